//! `mapwright check`: every law, and what was proved.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::console::{Console, Exit, Failure};
use super::open::{Checked, Opener};
use super::options::{Check, TextOrJson};
use crate::diagnostic::{Severity, has_errors, visible_line};
use crate::show_value::value_literal;

/// Numbers below this are printed in full.
const FULL: u128 = 10_000_000;

/// One line of `--format json`.
#[derive(Debug, Serialize)]
struct JsonCheck<'a> {
    /// The layout as it was named.
    file: &'a str,
    /// True when it has no error.
    right: bool,
    /// How many laws were decided or tried; 0 when mistakes stood before.
    laws: usize,
    /// How many of them hold.
    proved: usize,
    /// How many of them do not.
    refuted: usize,
    /// How many were not decided within the budget.
    undecided: usize,
    /// The parameters, in the order of declaration.
    parameters: Vec<JsonParameter>,
    /// For how many combinations of parameter values the laws were decided; a string, as it may pass 2^53.
    points: String,
    /// How many errors it has.
    errors: usize,
    /// How many warnings it has.
    warnings: usize,
    /// How long it took.
    seconds: f64,
}

/// A parameter.
#[derive(Debug, Serialize)]
struct JsonParameter {
    /// Its name.
    name: String,
    /// How many values it takes; a string, as it may pass 2^53.
    values: String,
    /// Its value when it has only one, as a literal of the language.
    value: Option<String>,
}

/// Checks every layout, also after one that is wrong or cannot be read.
pub(super) fn run(
    command: &Check,
    opener: &Opener,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let mut exit = Exit::Fine;
    for name in &command.layouts {
        exit = exit.max(one(name, command, opener, console)?);
    }
    Ok(exit)
}

fn one(
    name: &str,
    command: &Check,
    opener: &Opener,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let start = Instant::now();
    let checked = match opener.check(name, &command.settings.set, console) {
        Ok(checked) => checked,
        Err(failure) => {
            console.complain(&failure);
            return Ok(Exit::Failed);
        }
    };
    let time = start.elapsed();
    let json = command.format == TextOrJson::Json;
    checked.report(name, json, console);
    if !command.quiet {
        let text = match json {
            true => json_line(name, &checked, time),
            false => text(name, &checked, time),
        };
        console.print(&text)?;
        // In step with the messages, which are not buffered.
        console.flush()?;
    }
    Ok(checked.exit())
}

fn text(name: &str, checked: &Checked, time: Duration) -> String {
    let summary = checked.summary;
    let mut text = format!("{}: ", visible_line(name));
    let broken = has_errors(&checked.diagnostics);
    match (summary.laws(), broken) {
        (0, true) => text.push_str("not checked"),
        (0, false) => text.push_str("nothing to prove"),
        (1, false) => text.push_str("1 law proved"),
        (laws, _) if summary.proved == laws => {
            let _ = write!(text, "{laws} laws proved");
        }
        (laws, _) => {
            let _ = write!(text, "{} of {laws} laws proved", summary.proved);
            for (count, word) in [
                (summary.refuted, "refuted"),
                (summary.undecided, "not decided"),
            ] {
                if count > 0 {
                    let _ = write!(text, ", {count} {word}");
                }
            }
        }
    }
    let _ = writeln!(text, " in {:.3} s", time.as_secs_f64());
    if summary.laws() > 0 {
        let _ = writeln!(text, "    {}", domain(checked));
    }
    text
}

/// `for all 1.1e12 values of RAM x VMALLOC_RESERVE, with PAE = false`
fn domain(checked: &Checked) -> String {
    let (free, fixed): (Vec<_>, Vec<_>) = checked.parameters().partition(|p| p.values > 1);
    let fixed: Vec<String> = fixed
        .iter()
        .map(|p| format!("{} = {}", p.name, p.value))
        .collect();
    let names: Vec<&str> = free.iter().map(|p| p.name.as_str()).collect();
    let count = count_text(free.iter().fold(1, |n: u128, p| n.saturating_mul(p.values)));
    match (&names[..], &fixed[..]) {
        ([], []) => "it has no parameters".to_string(),
        ([], fixed) => format!("for {}", fixed.join(", ")),
        (names, []) => format!("for all {count} values of {}", names.join(" x ")),
        (names, fixed) => {
            format!(
                "for all {count} values of {}, with {}",
                names.join(" x "),
                fixed.join(", ")
            )
        }
    }
}

fn count_text(count: u128) -> String {
    match count {
        0..FULL => count.to_string(),
        u128::MAX => "more than 3.4e38".to_string(),
        _ => format!("{count:.1e}"),
    }
}

fn json_line(name: &str, checked: &Checked, time: Duration) -> String {
    let summary = checked.summary;
    let errors = checked
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .count();
    let parameters = checked.parameters().map(|p| JsonParameter {
        value: (p.values == 1).then_some(p.value),
        values: p.values.to_string(),
        name: p.name,
    });
    let json = JsonCheck {
        file: name,
        right: errors == 0,
        laws: summary.laws(),
        proved: summary.proved,
        refuted: summary.refuted,
        undecided: summary.undecided,
        parameters: parameters.collect(),
        points: summary.points.to_string(),
        errors,
        warnings: checked.diagnostics.len() - errors,
        seconds: time.as_secs_f64(),
    };
    // Strings and numbers always have a JSON form.
    let mut line = serde_json::to_string(&json).unwrap_or_default();
    line.push('\n');
    line
}

/// A parameter as it was checked.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    name: String,
    /// How many values.
    values: u128,
    /// The value, where there is one only.
    value: String,
}

impl Checked {
    /// The parameters as they were checked, in the order of declaration.
    fn parameters(&self) -> impl Iterator<Item = Parameter> {
        self.model.params.iter().map(|param| {
            let domain = &self.model.vars[param.var.index()].domain;
            let fixed = self.fixed.as_ref().map(|values| values[param.var.index()]);
            Parameter {
                name: param.name.clone(),
                values: fixed.map_or(domain.count(), |_| 1),
                value: value_literal(&self.model, param.kind, fixed.unwrap_or(domain.low())),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_readable() {
        assert_eq!(count_text(5), "5");
        assert_eq!(count_text(9_999_999), "9999999");
        assert_eq!(count_text(1_099_511_627_776), "1.1e12");
        assert_eq!(count_text(u128::MAX), "more than 3.4e38");
    }
}
