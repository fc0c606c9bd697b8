//! From what the command line names to a checked layout, with its messages printed.

use std::path::PathBuf;

use mapwright_runtime::layout::Layout;

use super::console::{Console, Exit, Failure};
use crate::diagnostic::{self, Diagnostic, Severity, visible_line};
use crate::source::{Disk, Input, MAX_BYTES, Origin, Sources, split_variant};
use crate::{Compilation, Options};

/// How a layout from standard input is called in messages.
const STANDARD_INPUT: &str = "<stdin>";

/// True when a `LAYOUT` argument names standard input.
pub(super) fn is_standard_input(argument: &str) -> bool {
    split_variant(argument).0 == "-"
}

/// A `LAYOUT` argument as people read it: standard input has a name.
pub(super) fn display_name(argument: &str) -> String {
    match split_variant(argument) {
        ("-", None) => STANDARD_INPUT.to_string(),
        ("-", Some(variant)) => format!("{STANDARD_INPUT}:{variant}"),
        _ => visible_line(argument),
    }
}

/// Opens layouts for all commands in the same way.
#[derive(Debug)]
pub(super) struct Opener {
    include: Vec<PathBuf>,
}

/// What a command needs of a layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Proofs for all values of all parameters, or for one instance when parameters are set.
    Proof,
    /// One instance: parameters that are not set have their defaults.
    Instance,
    /// What is declared; nothing is proved.
    Declarations,
}

impl Opener {
    /// Opens layouts that may use files below these directories.
    pub(super) fn new(include: &[PathBuf]) -> Result<Self, Failure> {
        for directory in include {
            let name = directory.display();
            match std::fs::metadata(directory) {
                Ok(about) if about.is_dir() => {}
                Ok(_) => return Err(Failure::new(format!("`{name}` is not a directory"))),
                Err(error) => return Err(Failure::io(&format!("read `{name}`"), &error)),
            }
        }
        let include = include.to_vec();
        Ok(Self { include })
    }

    /// Compiles a layout. Its messages are in the result.
    pub(super) fn open(
        &self,
        argument: &str,
        settings: &[String],
        need: Need,
        console: &mut Console<'_>,
    ) -> Result<Compilation, Failure> {
        let (name, variant) = split_variant(argument);
        let input = match name {
            "-" => Input::Text {
                name: STANDARD_INPUT.to_string(),
                bytes: console.read_all(MAX_BYTES)?,
            },
            name => Input::named(name),
        };
        let options = Options {
            include: self.include.clone(),
            set: settings.to_vec(),
            variant: variant.map(str::to_string),
            instance: need == Need::Instance,
            unchecked: need == Need::Declarations,
        };
        crate::compile(&input, &Disk, &options).map_err(|error| Failure::new(error.to_string()))
    }

    /// A layout without mistakes. When it has some, they have been printed, and this is how the command ends.
    pub(super) fn right(
        &self,
        argument: &str,
        settings: &[String],
        need: Need,
        json: bool,
        console: &mut Console<'_>,
    ) -> Result<Result<(Compilation, Layout), Exit>, Failure> {
        let mut made = self.open(argument, settings, need, console)?;
        Ok(match made.lowered.take() {
            Some(lowered) => Ok((made, lowered.layout)),
            None => {
                report(&made, argument, json, console);
                Err(exit_of(&made))
            }
        })
    }
}

/// How a command that only checks ends.
pub(super) fn exit_of(made: &Compilation) -> Exit {
    match (made.is_wrong(), arguments_are_wrong(made)) {
        (false, _) => Exit::Fine,
        (true, false) => Exit::Wrong,
        (true, true) => Exit::Failed,
    }
}

/// True when the command line is wrong, and not the layout: every error is in a `--set` argument or a variant's name.
fn arguments_are_wrong(made: &Compilation) -> bool {
    let mut errors = made
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error);
    errors.all(|diagnostic| {
        let file = diagnostic.primary.as_ref().map(|label| label.loc.file);
        file.and_then(|file| made.sources.find(file))
            .is_some_and(|source| source.origin != Origin::File)
    })
}

/// Prints the messages of a compilation, and how many there are.
pub(super) fn report(made: &Compilation, argument: &str, json: bool, console: &mut Console<'_>) {
    let name = &display_name(argument);
    print_messages(
        &made.diagnostics,
        made.hidden_errors,
        &made.sources,
        name,
        json,
        console,
    );
}

/// Prints messages to standard error, and how many there are; `hidden` more errors were found.
pub(super) fn print_messages(
    diagnostics: &[Diagnostic],
    hidden: usize,
    sources: &Sources,
    name: &str,
    json: bool,
    console: &mut Console<'_>,
) {
    if json {
        console.report(&diagnostic::json::render(diagnostics, sources));
        return;
    }
    let text = diagnostic::render(
        diagnostics,
        sources,
        console.color,
        diagnostic::DEFAULT_WIDTH,
    );
    console.report(&text);
    let summary = diagnostic::summary(diagnostics, hidden, name);
    if let Some((word, rest)) = summary.as_deref().and_then(|line| line.split_once(": ")) {
        console.headline(word, rest);
    }
}
