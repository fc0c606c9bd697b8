//! Messages for programs: one JSON object per line, with every key always there.

use serde::Serialize;
use serde::ser::SerializeMap;

use super::lines::{Lines, Place};
use super::{Counterexample, Diagnostic, Label, Severity};
use crate::source::Sources;

/// A message.
#[derive(Debug, Serialize)]
pub struct JsonDiagnostic {
    /// Its code, such as `overlap`; `mapwright explain CODE` prints its page.
    pub code: &'static str,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// What is wrong, in one line.
    pub message: String,
    /// The file of the culprit as it was named, `std:...` for bundled files, `--set NAME` for arguments; `null` when
    /// the message is about no place. So are the next four.
    pub file: Option<String>,
    /// The line where the culprit starts, from 1.
    pub line: Option<usize>,
    /// The column where it starts, from 1, in characters.
    pub column: Option<usize>,
    /// The line where it ends.
    pub end_line: Option<usize>,
    /// The column after its last character.
    pub end_column: Option<usize>,
    /// The culprit and the others involved.
    pub labels: Vec<JsonLabel>,
    /// Numbers and reasons; ways out start with `help: `.
    pub notes: Vec<String>,
    /// The smallest parameter values that show the mistake, as literals of the language by name, in the order of
    /// declaration; parameters that are not named keep their defaults. `null` when it does not depend on parameters.
    pub counterexample: Option<JsonValues>,
}

/// A place with words.
#[derive(Debug, Serialize)]
pub struct JsonLabel {
    /// True for the culprit.
    pub primary: bool,
    /// The file as it was named.
    pub file: String,
    /// The line where the place starts, from 1.
    pub line: usize,
    /// The column where it starts, from 1, in characters.
    pub column: usize,
    /// The line where it ends.
    pub end_line: usize,
    /// The column after its last character.
    pub end_column: usize,
    /// What to say there; may be empty.
    pub message: String,
}

/// An object of names and literals that keeps its order.
#[derive(Debug)]
pub struct JsonValues(pub Vec<(String, String)>);

impl Serialize for JsonValues {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// All messages, one JSON object per line. Nothing is counted instead of shown.
///
/// Texts are those of the messages, unchanged: JSON escapes control characters, and a program that prints them is the one
/// to make them safe.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut lines = Lines::new(sources);
    let mut text = String::new();
    for diagnostic in diagnostics {
        let object = of(diagnostic, &mut lines);
        // Strings and numbers always have a JSON form.
        text.push_str(&serde_json::to_string(&object).unwrap_or_default());
        text.push('\n');
    }
    text
}

fn of(diagnostic: &Diagnostic, lines: &mut Lines<'_>) -> JsonDiagnostic {
    let primary = diagnostic.primary.as_ref();
    let place: Option<Place> = primary.map(|label| lines.place(label.loc));
    let labels = primary.into_iter().map(|label| (true, label));
    let labels = labels.chain(diagnostic.secondary.iter().map(|label| (false, label)));
    let help = diagnostic.help.iter().map(|help| format!("help: {help}"));
    JsonDiagnostic {
        code: diagnostic.code,
        severity: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        message: diagnostic.message.clone(),
        file: primary.map(|label| lines.name(label.loc.file).to_string()),
        line: place.map(|place| place.line),
        column: place.map(|place| place.column),
        end_line: place.map(|place| place.end_line),
        end_column: place.map(|place| place.end_column),
        labels: labels
            .map(|(primary, label)| json_label(primary, label, lines))
            .collect(),
        notes: diagnostic.notes.iter().cloned().chain(help).collect(),
        counterexample: diagnostic.counterexample.as_ref().map(values),
    }
}

fn json_label(primary: bool, label: &Label, lines: &mut Lines<'_>) -> JsonLabel {
    let place = lines.place(label.loc);
    JsonLabel {
        primary,
        file: lines.name(label.loc.file).to_string(),
        line: place.line,
        column: place.column,
        end_line: place.end_line,
        end_column: place.end_column,
        message: label.text.clone(),
    }
}

fn values(counterexample: &Counterexample) -> JsonValues {
    let values = counterexample.values.iter();
    JsonValues(
        values
            .map(|value| (value.name.clone(), value.value.clone()))
            .collect(),
    )
}
