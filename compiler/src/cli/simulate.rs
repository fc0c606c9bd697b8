//! `mapwright simulate`: a scenario on a machine with a layout.

use crate::diagnostic::{Diagnostic, Severity, has_errors};
use crate::simulate::{
    self, Json, Ran, Report, RunOptions, Scenario, Setting, Text, scenario_layout,
};
use crate::source::{FileId, Loc, MAX_BYTES, Origin, split_variant};
use crate::{Compilation, diagnostic};
use mapwright_grammar::ast::Span;
use mapwright_runtime::layout::Layout;
use std::path::{Component, Path};

use super::console::{Console, Exit, Failure};
use super::open::{self, Need, Opener};
use super::options::{Simulate, TextOrJson};
use super::trace;

/// Runs a scenario.
pub(super) fn run(
    command: &Simulate,
    opener: &Opener,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let Some(path) = &command.scenario else {
        return trace::run(command, opener, console);
    };
    let (name, text) = read(command, path, console)?;
    let preface = simulate::preface(&text);
    let settings = preface.settings;
    let set = all_settings(command, &settings);
    let mut made = opener.open(&command.layout, &set, Need::Instance, console)?;
    let file = made.sources.add(name.clone(), text);
    let json = command.format == TextOrJson::Json;
    let Some(lowered) = made.lowered.take() else {
        let mine = blame_scenario(&mut made, &settings, file);
        open::report(&made, &command.layout, json, console);
        let exit = open::exit_of(&made);
        // A value that the scenario gives a parameter is the scenario's mistake.
        return Ok(if mine { Exit::Wrong } else { exit });
    };
    let told = preface.layout.and_then(|(named, span)| {
        let other = !is_layout(path, &named, &command.layout);
        other.then(|| scenario_layout::other(&command.layout, place(file, &span)))
    });
    let mut told: Vec<Diagnostic> = told.into_iter().collect();
    let beside = |name: &str| read_beside(path, name);
    let (scenario, found) = simulate::read(
        file,
        &made.sources,
        &lowered.layout,
        &beside,
        command.max_steps,
    );
    let Some(scenario) = scenario else {
        told.extend(found);
        say(&told, &made, &name, json, console);
        return Ok(Exit::Wrong);
    };
    let ran = print_run(command, &name, &scenario, &lowered.layout, console)?;
    console.flush()?;
    told.extend(ran.diagnostics);
    say(&told, &made, &name, json, console);
    Ok(match has_errors(&told) {
        true => Exit::Wrong,
        false => Exit::Fine,
    })
}

/// Runs the scenario and prints what happens.
fn print_run(
    command: &Simulate,
    name: &str,
    scenario: &Scenario,
    layout: &Layout,
    console: &mut Console<'_>,
) -> Result<Ran, Failure> {
    let options = RunOptions {
        seed: command.seed,
        events: command.events,
        fail_allocation: command.fail_allocation,
    };
    let mut failed = None;
    let mut sink = |text: &str| match console.print(text) {
        Ok(()) => !console.is_closed(),
        Err(failure) => {
            failed = Some(failure);
            false
        }
    };
    let mut report: Box<dyn Report> = match command.format {
        TextOrJson::Json => Box::new(Json::new(&mut sink, command.events)),
        TextOrJson::Text => {
            let on = open::display_name(&command.layout);
            let name = diagnostic::visible_line(name);
            sink(&format!("scenario {name} on {on}\n"));
            Box::new(Text::new(&mut sink, command.events))
        }
    };
    let ran = simulate::run(scenario, layout, &options, &mut *report);
    report.end(&ran);
    drop(report);
    match failed {
        Some(failure) => Err(failure),
        None => Ok(ran),
    }
}

/// The scenario's name and text.
fn read(
    command: &Simulate,
    path: &Path,
    console: &mut Console<'_>,
) -> Result<(String, String), Failure> {
    let is_input = path.as_os_str() == "-";
    if is_input && open::is_standard_input(&command.layout) {
        let why = "standard input cannot be the layout and the scenario";
        return Err(Failure::new(why));
    }
    let (name, bytes) = if is_input {
        ("<stdin>".to_string(), console.read_all(MAX_BYTES)?)
    } else {
        let name = path.display().to_string();
        let what = format!("read `{name}`");
        let about = std::fs::metadata(path).map_err(|error| Failure::io(&what, &error))?;
        if about.len() > MAX_BYTES {
            return Err(Failure::new(format!(
                "`{name}` is too large for a scenario"
            )));
        }
        let bytes = std::fs::read(path).map_err(|error| Failure::io(&what, &error))?;
        (name, bytes)
    };
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Failure::new(format!(
            "`{name}` is too large for a scenario"
        )));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok((name, text)),
        Err(_) => Err(Failure::new(format!("`{name}` is not UTF-8 text"))),
    }
}

/// A file beside the scenario, or below its directory.
fn read_beside(scenario: &Path, name: &str) -> Result<String, String> {
    let inside = Path::new(name).components();
    if name.is_empty()
        || !inside
            .into_iter()
            .all(|part| matches!(part, Component::Normal(_)))
    {
        return Err("files lie beside the scenario, or below its directory".into());
    }
    let directory = scenario.parent().unwrap_or(Path::new(""));
    let path = directory.join(name);
    let about = std::fs::metadata(&path).map_err(|error| error.to_string())?;
    if !about.is_file() || about.len() > MAX_BYTES {
        return Err("it is no file of at most 16 MiB".into());
    }
    std::fs::read_to_string(&path).map_err(|error| error.to_string())
}

/// What the scenario fixes and the command line does not, then what the command line fixes.
fn all_settings(command: &Simulate, settings: &[Setting]) -> Vec<String> {
    let given = &command.settings.set;
    let name = |argument: &str| argument.split('=').next().unwrap_or("").trim().to_string();
    let own = settings
        .iter()
        .filter(|setting| !given.iter().any(|one| name(one) == name(&setting.argument)));
    own.map(|setting| &setting.argument)
        .chain(given)
        .cloned()
        .collect()
}

/// Whether the layout that a scenario names is the one that is given: by its name, or the file of that name beside the
/// scenario. What is read from standard input has no name that could differ.
fn is_layout(scenario: &Path, named: &str, given: &str) -> bool {
    let ((name, variant), (given, of)) = (split_variant(named), split_variant(given));
    if given == "-" {
        return true;
    }
    if variant != of {
        return false;
    }
    let beside = scenario.parent().unwrap_or(Path::new("")).join(name);
    let files = (beside.canonicalize(), Path::new(given).canonicalize());
    match files {
        (Ok(named), Ok(given)) => named == given,
        _ => name == given,
    }
}

/// Bytes of a scenario's text.
fn place(file: FileId, span: &std::ops::Range<usize>) -> Loc {
    // Scenarios have at most 16 MiB.
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Loc {
        file,
        span: Span::new(offset(span.start), offset(span.end)),
    }
}

/// Moves messages about arguments that the scenario made to where the scenario gives the values; whether
/// there was one that is an error.
fn blame_scenario(made: &mut Compilation, settings: &[Setting], file: FileId) -> bool {
    let mut mine = false;
    for diagnostic in &mut made.diagnostics {
        let Some(label) = &mut diagnostic.primary else {
            continue;
        };
        let source = made.sources.get(label.loc.file);
        let of = settings
            .iter()
            .find(|setting| source.origin == Origin::Setting && source.text == setting.argument);
        if let Some(setting) = of {
            label.loc = place(file, &setting.span);
            mine |= diagnostic.severity == Severity::Error;
        }
    }
    mine
}

fn say(
    found: &[Diagnostic],
    made: &Compilation,
    name: &str,
    json: bool,
    console: &mut Console<'_>,
) {
    open::print_messages(found, 0, &made.sources, name, json, console);
}
