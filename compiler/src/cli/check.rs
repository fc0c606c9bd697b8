//! `mapwright check`: every law, and what was proved.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::console::{Console, Exit, Failure};
use super::open::{self, Need, Opener};
use super::options::{Check, TextOrJson};
use crate::Compilation;
use crate::diagnostic::Severity;
use crate::eval::domain_text;
use crate::model::{Kind, Param};
use crate::show_value::value_literal;
use crate::source::split_variant;
use crate::wrap::hanging;

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
    let opened = opener.open(name, &command.settings.set, Need::Proof, console);
    let made = match opened {
        Ok(made) => made,
        Err(failure) => {
            console.complain(&failure);
            return Ok(Exit::Failed);
        }
    };
    let checked = Checked {
        name,
        time: start.elapsed(),
        one: !command.settings.set.is_empty() || split_variant(name).1.is_some(),
        made: &made,
    };
    let json = command.format == TextOrJson::Json;
    open::report(&made, name, json, console);
    let exit = open::exit_of(&made);
    // A wrong argument says nothing about the layout.
    if !command.quiet && exit != Exit::Failed {
        let text = match json {
            true => checked.json(),
            false => checked.text(),
        };
        console.print(&text)?;
        // In step with the messages, which are not buffered.
        console.flush()?;
    }
    Ok(exit)
}

/// A layout and what was found out about it.
struct Checked<'a> {
    name: &'a str,
    time: Duration,
    /// One instance was checked, not all.
    one: bool,
    made: &'a Compilation,
}

/// A parameter as it was checked.
#[derive(Debug, Clone)]
struct Parameter {
    name: String,
    kind: Kind,
    /// How many values.
    values: u128,
    /// The value where there is one only, the domain where there are more.
    text: String,
}

impl Checked<'_> {
    /// One line, and a second about the values for which the laws were decided.
    fn text(&self) -> String {
        let verdict = if self.made.is_wrong() {
            "wrong"
        } else {
            "right"
        };
        let name = open::display_name(self.name);
        let (laws, time) = (self.laws(), self.time.as_secs_f64());
        let mut text = format!("{name}: {verdict}; {laws} in {time:.3} s\n");
        if self.made.summary.laws() > 0 {
            text.push_str(&hanging("    ", &self.domain()));
        }
        text
    }

    /// `212 laws proved`, `210 of 212 laws proved, 2 refuted`
    fn laws(&self) -> String {
        let summary = self.made.summary;
        let plural = |n| if n == 1 { "" } else { "s" };
        let laws = summary.laws();
        if laws == 0 {
            let wrong = self.made.is_wrong();
            return if wrong {
                "not checked"
            } else {
                "no law to prove"
            }
            .to_string();
        }
        if summary.proved == laws {
            return format!("{laws} law{} proved", plural(laws));
        }
        let mut text = format!("{} of {laws} law{} proved", summary.proved, plural(laws));
        let others = [
            (summary.refuted, "refuted"),
            (summary.undecided, "not decided"),
        ];
        for (count, word) in others.iter().filter(|(count, _)| *count > 0) {
            let _ = write!(text, ", {count} {word}");
        }
        text
    }

    /// `for all 1.1e12 values of RAM x VMALLOC_RESERVE, all KERNEL in v2.6.20 ..= v6.12, with PAE = false`
    fn domain(&self) -> String {
        let parameters = self.parameters();
        let of = |fits: &dyn Fn(&Parameter) -> bool, form: &dyn Fn(&Parameter) -> String| {
            let found = parameters.iter().filter(|p| fits(p));
            found.map(form).collect::<Vec<String>>()
        };
        let is_version = |p: &Parameter| p.kind == Kind::Version;
        let counted = of(&|p| p.values > 1 && !is_version(p), &|p| p.name.clone());
        let versions = of(&|p| p.values > 1 && is_version(p), &|p| {
            format!("all {} in {}", p.name, p.text)
        });
        let fixed = of(&|p| p.values == 1, &|p| format!("{} = {}", p.name, p.text));
        let mut phrases = Vec::new();
        if !counted.is_empty() {
            // Between two versions there are countless numbers, but few versions.
            let values = parameters
                .iter()
                .filter(|p| !is_version(p))
                .map(|p| p.values);
            let count = count_text(values.fold(1, u128::saturating_mul));
            phrases.push(format!("all {count} of {}", counted.join(" x ")));
        }
        phrases.extend(versions);
        match (phrases.is_empty(), fixed.is_empty()) {
            (true, true) => return "it has no parameters".to_string(),
            (true, false) => phrases.push(fixed.join(", ")),
            (false, true) => {}
            (false, false) => phrases.push(format!("with {}", fixed.join(", "))),
        }
        format!("for {}", phrases.join(", "))
    }

    fn json(&self) -> String {
        let (made, summary) = (self.made, self.made.summary);
        let found = made.diagnostics.iter();
        let shown = found.filter(|d| d.severity == Severity::Error).count();
        let parameters = self.parameters().into_iter().map(|p| JsonParameter {
            value: (p.values == 1).then_some(p.text),
            values: p.values.to_string(),
            name: p.name,
        });
        let json = JsonCheck {
            file: self.name,
            right: shown == 0,
            laws: summary.laws(),
            proved: summary.proved,
            refuted: summary.refuted,
            undecided: summary.undecided,
            parameters: parameters.collect(),
            points: summary.points.to_string(),
            errors: shown + made.hidden_errors,
            warnings: made.diagnostics.len() - shown,
            seconds: self.time.as_secs_f64(),
        };
        // Strings and numbers always have a JSON form.
        let mut line = serde_json::to_string(&json).unwrap_or_default();
        line.push('\n');
        line
    }

    /// The parameters as they were checked, in the order of declaration.
    fn parameters(&self) -> Vec<Parameter> {
        let model = &self.made.model;
        let of = |param: &Param| {
            let domain = &model.vars[param.var.index()].domain;
            let values = if self.one { 1 } else { domain.count() };
            let text = match values {
                1 => value_literal(model, param.kind, self.made.values[param.var.index()]),
                _ => domain_text(model, param.kind, domain),
            };
            Parameter {
                name: param.name.clone(),
                kind: param.kind,
                values,
                text,
            }
        };
        model.params.iter().map(of).collect()
    }
}

/// `1044481 values`
fn count_text(count: u128) -> String {
    match count {
        0..FULL => format!("{count} values"),
        u128::MAX => "values (over 3.4e38)".to_string(),
        _ => format!("{count:.1e} values"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_readable() {
        assert_eq!(count_text(5), "5 values");
        assert_eq!(count_text(9_999_999), "9999999 values");
        assert_eq!(count_text(1_099_511_627_776), "1.1e12 values");
        assert_eq!(count_text(u128::MAX), "values (over 3.4e38)");
    }
}
