//! From the text of a scenario to a [`Scenario`]: everything that can be wrong without running it is found here.

use mapwright_runtime::layout::Layout;
use toml::de::{DeTable, DeValue};

use super::constants::Constants;
use super::document::{Item, Reader, Text, get};
use super::machine;
use super::memory::Beside;
use super::scope::Scope;
use super::steps::StepReader;
use super::{Action, Limits, Scenario, Step};
use crate::diagnostic::Diagnostic;
use crate::simulate::{scenario_key, scenario_syntax, too_many_steps};
use crate::source::{FileId, Loc, Sources};

/// A run does at most so many steps, if it is not told otherwise.
pub const DEFAULT_MAX_STEPS: u64 = 1_000_000;

const TOP: &[&str] = &["about", "layout", "set", "machine", "run", "step"];

/// A parameter that a scenario fixes, as an argument of `--set`, with its place in the scenario's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// `RAM=32M`
    pub argument: String,
    /// The bytes of its value.
    pub span: std::ops::Range<usize>,
}

/// What must be known of a scenario before its layout is compiled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preface {
    /// The layout that its numbers are for, with the bytes of that name in the scenario's text.
    pub layout: Option<(String, std::ops::Range<usize>)>,
    /// The parameters that it fixes.
    pub settings: Vec<Setting>,
}

/// The preface of a scenario. Mistakes are left to [`read`].
#[must_use]
pub fn preface(text: &str) -> Preface {
    let mut preface = Preface::default();
    let Ok(document) = DeTable::parse(text) else {
        return preface;
    };
    let table = document.get_ref();
    if let Some((_, item)) = get(table, "layout")
        && let DeValue::String(name) = item.get_ref()
    {
        preface.layout = Some((name.to_string(), item.span()));
    }
    if let Some((_, item)) = get(table, "set")
        && let DeValue::Table(set) = item.get_ref()
    {
        for (name, item) in set.iter() {
            let value = match item.get_ref() {
                DeValue::String(text) => text.to_string(),
                DeValue::Integer(number) => number.to_string(),
                DeValue::Boolean(flag) => flag.to_string(),
                _ => continue,
            };
            preface.settings.push(Setting {
                argument: format!("{}={value}", name.get_ref()),
                span: item.span(),
            });
        }
    }
    preface
}

/// Reads the scenario in `file`, a text of `sources`. `beside` reads files that it names; `max_steps` overrides what it
/// says.
pub fn read(
    file: FileId,
    sources: &Sources,
    layout: &Layout,
    beside: Beside<'_>,
    max_steps: Option<u64>,
) -> (Option<Scenario>, Vec<Diagnostic>) {
    let text = &sources.get(file).text;
    let mut reader = Reader::new(file, text);
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let span = error.span().unwrap_or(text.len()..text.len());
        let loc = reader.loc(span);
        let message = error.message().lines().next().unwrap_or("").to_string();
        reader.wrong(scenario_syntax::of(&message, loc));
    }
    if !errors.is_empty() {
        // What was recovered is a guess: complaints about it would be guesses too.
        return (None, reader.found);
    }
    let table = document.get_ref();
    reader.only(table, TOP, "a scenario");
    let whole = reader.loc(0..0);
    let scope = Scope::new(layout);
    let about = get(table, "about").and_then(|(_, item)| reader.text(item));
    if let Some((_, item)) = get(table, "layout") {
        reader.text(item);
    }
    settings(&mut reader, table);
    let machine = get(table, "machine").map(|(_, item)| item);
    let machine = machine::read(&mut reader, &scope, machine, (whole, beside));
    let mut limits = limits(&mut reader, &scope, table);
    limits.max_steps = max_steps.unwrap_or(limits.max_steps);
    let steps = match get(table, "step") {
        Some((_, item)) => StepReader::new(&mut reader, scope, sources).steps(item, false),
        None => {
            let does = "what is done, step by step: [[step]] tables";
            let missing = scenario_key::missing("step", "a scenario", does, whole);
            reader.wrong(missing);
            Vec::new()
        }
    };
    check_count(&mut reader, layout, &steps, limits.max_steps);
    let mut found = reader.found;
    found.sort_by_key(place);
    let scenario = found.is_empty().then_some(Scenario {
        about: about.map(|about: Text| about.text).unwrap_or_default(),
        machine,
        limits,
        steps,
    });
    (scenario, found)
}

/// In the order of the text, as far as they have a place.
fn place(diagnostic: &Diagnostic) -> u32 {
    let primary = diagnostic.primary.as_ref();
    primary.map_or(0, |label| label.loc.span.start)
}

/// Values of parameters are literals of the layout language, so only their kind is looked at here.
fn settings(reader: &mut Reader<'_>, table: &DeTable<'_>) {
    let Some((_, item)) = get(table, "set") else {
        return;
    };
    let Some(set) = reader.table(item) else {
        return;
    };
    for (_, item) in set.iter() {
        let literal = matches!(
            item.get_ref(),
            DeValue::String(_) | DeValue::Integer(_) | DeValue::Boolean(_)
        );
        if !literal {
            reader.not::<()>(item, "a literal of the layout language, such as \"512M\",");
        }
    }
}

fn limits(reader: &mut Reader<'_>, scope: &Scope<'_>, table: &DeTable<'_>) -> Limits {
    let mut limits = Limits {
        check_every: None,
        max_steps: DEFAULT_MAX_STEPS,
    };
    let run = get(table, "run").and_then(|(_, item)| reader.table(item));
    let Some(run) = run else {
        return limits;
    };
    reader.only(run, &["check_every", "max_steps"], "[run]");
    let mut numbers = Constants { reader, scope };
    let mut of = |key, most| {
        let (_, item): (_, Item<'_, '_>) = get(run, key)?;
        numbers.number(item, 0, most)
    };
    limits.check_every = of("check_every", u64::MAX);
    if let Some(most) = of("max_steps", u64::MAX) {
        limits.max_steps = most;
    }
    limits
}

/// Refuses a scenario whose written numbers alone pass the limit.
fn check_count(reader: &mut Reader<'_>, layout: &Layout, steps: &[Step], limit: u64) {
    let mut passed = None;
    let all = count(layout, steps, limit.into(), &mut passed);
    if all > limit.into() {
        let loc = passed.or_else(|| steps.first().map(|step| step.loc));
        if let Some(loc) = loc {
            reader.wrong(too_many_steps::of(Some(all), limit, loc));
        }
    }
}

/// How many operations some steps do, as far as it is written down; `passed` is the repeat that first
/// passes the limit by itself.
fn count(layout: &Layout, steps: &[Step], limit: u128, passed: &mut Option<Loc>) -> u128 {
    let mut all = 0_u128;
    for step in steps {
        let here = match &step.action {
            Action::Do { .. } => 1,
            Action::Choose(_) => 1,
            Action::Repeat {
                count: (expression, _),
                until: None,
                steps,
                ..
            } => {
                let rounds = crate::simulate::evaluate::constant(layout, expression).unwrap_or(1);
                let rounds = u128::try_from(rounds).unwrap_or(0);
                count(layout, steps, limit, passed).saturating_mul(rounds)
            }
            // Its end is not written down.
            Action::Repeat { .. } => 1,
        };
        all = all.saturating_add(here);
        if all > limit && passed.is_none() {
            *passed = Some(step.loc);
        }
    }
    all
}
