//! What the compiler says: data first, text last. This is the only file that names `codespan_reporting`.
//!
//! A message is a [`Diagnostic`], made by the stages. [`render`] turns it into text for people, [`json`] into lines for
//! programs. Both make what came from files and command lines safe to print first.

mod excerpt;
pub mod json;
mod lines;
mod message;
mod proposal;
mod visible;

use std::ops::Range;

use codespan_reporting::diagnostic as codespan;
use codespan_reporting::files::{Error as FilesError, Files};
use codespan_reporting::term::{self, termcolor};

pub use message::{CounterValue, Counterexample, Diagnostic, Label, Page, Severity, has_errors};
pub use proposal::{Place, Proposal};
pub use visible::line as visible_line;

use crate::source::{FileId, Sources};
use excerpt::Excerpt;
use lines::Lines;

/// More messages of one severity than this are counted, not shown.
pub const MOST_SHOWN: usize = 100;

/// More secondary labels of one message than this are counted, not shown.
const MOST_LABELS: usize = 8;

/// How many columns a terminal has when nothing is known about it.
pub const DEFAULT_WIDTH: usize = 120;

/// Renders messages for people, at most [`MOST_SHOWN`] errors and as many warnings. [`summary`] counts them all. `color` adds ANSI colours. `width` is the number of columns of source text to show at most.
#[must_use]
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, color: bool, width: usize) -> String {
    let mut lines = Lines::new(sources);
    let mut buffer = if color {
        termcolor::Buffer::ansi()
    } else {
        termcolor::Buffer::no_color()
    };
    let mut shown = [0; 2];
    for diagnostic in diagnostics {
        let count = &mut shown[diagnostic.severity as usize];
        *count += 1;
        if *count <= MOST_SHOWN {
            write_one(&mut buffer, diagnostic, &mut lines, width);
        }
    }
    let rendered = String::from_utf8_lossy(buffer.as_slice());
    let mut text = String::with_capacity(rendered.len());
    for line in rendered.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The line after all messages: `error: 3 errors, 1 warning in std:linux/i386`, or nothing when there were none. `hidden`
/// more errors were found than are among the messages.
#[must_use]
pub fn summary(diagnostics: &[Diagnostic], hidden: usize, name: &str) -> Option<String> {
    let errors = diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .count();
    let warnings = diagnostics.len() - errors;
    let errors = errors + hidden;
    let name = visible::line(name);
    let part = |all: usize, shown: usize, word| match all.checked_sub(shown) {
        None | Some(0) => counted(all, word),
        Some(_) => format!("{} ({shown} shown)", counted(all, word)),
    };
    let e = part(errors, MOST_SHOWN.min(errors - hidden), "error");
    let w = part(warnings, MOST_SHOWN, "warning");
    match (errors, warnings) {
        (0, 0) => None,
        (0, _) => Some(format!("warning: {w} in {name}")),
        (_, 0) => Some(format!("error: {e} in {name}")),
        (_, _) => Some(format!("error: {e}, {w} in {name}")),
    }
}

fn counted(n: usize, word: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {word}{plural}")
}

fn write_one(
    buffer: &mut termcolor::Buffer,
    diagnostic: &Diagnostic,
    lines: &mut Lines<'_>,
    width: usize,
) {
    let (excerpts, labels) = excerpts(diagnostic, lines, width);
    let severity = match diagnostic.severity {
        Severity::Error => codespan::Severity::Error,
        Severity::Warning => codespan::Severity::Warning,
    };
    let message = codespan::Diagnostic::new(severity)
        .with_code(diagnostic.code)
        .with_message(visible::line(&diagnostic.message))
        .with_labels(labels)
        .with_notes(notes(diagnostic));
    let settings = term::Config {
        start_context_lines: 2,
        ..term::Config::default()
    };
    // Writing to memory cannot fail, and every label was made from its own excerpt.
    if term::emit_to_write_style(buffer, &settings, &Excerpts(excerpts), &message).is_err() {
        let _ = std::io::Write::write_all(buffer, message.message.as_bytes());
    }
}

/// The excerpts that a message shows, one for each file, and its labels in them.
fn excerpts(
    diagnostic: &Diagnostic,
    lines: &mut Lines<'_>,
    width: usize,
) -> (Vec<Excerpt>, Vec<codespan::Label<usize>>) {
    let primary = diagnostic.primary.iter();
    let places: Vec<&Label> = primary
        .chain(diagnostic.secondary.iter().take(MOST_LABELS))
        .collect();
    let mut files: Vec<FileId> = Vec::new();
    for label in &places {
        if !files.contains(&label.loc.file) {
            files.push(label.loc.file);
        }
    }
    let (mut excerpts, mut labels) = (Vec::new(), Vec::new());
    for (index, &file) in files.iter().enumerate() {
        let here = places.iter().filter(|label| label.loc.file == file);
        let here: Vec<&Label> = here.copied().collect();
        let bytes: Vec<(usize, usize)> = here.iter().map(|l| lines.bytes(l.loc)).collect();
        let excerpt = Excerpt::new(lines, file, &bytes, width);
        for (label, range) in here.iter().zip(&excerpt.labels) {
            let first = diagnostic.primary.as_ref();
            let style = if first.is_some_and(|p| std::ptr::eq(p, *label)) {
                codespan::LabelStyle::Primary
            } else {
                codespan::LabelStyle::Secondary
            };
            let text = visible::line(&label.text);
            labels.push(codespan::Label::new(style, index, range.clone()).with_message(text));
        }
        excerpts.push(excerpt);
    }
    (excerpts, labels)
}

/// Everything below the source lines: what was left out, notes, the counterexample, the way out.
fn notes(diagnostic: &Diagnostic) -> Vec<String> {
    let mut notes = Vec::new();
    let more = diagnostic.secondary.len().saturating_sub(MOST_LABELS);
    if more > 0 {
        notes.push(format!("and {} not shown", counted(more, "more place")));
    }
    notes.extend(diagnostic.notes.iter().map(|note| visible::paragraph(note)));
    notes.extend(diagnostic.counterexample.as_ref().map(shown_by));
    notes.extend(
        diagnostic
            .help
            .iter()
            .map(|help| format!("help: {}", visible::paragraph(help))),
    );
    notes
}

/// The counterexample in words, what differs from the defaults first.
///
/// ```text
/// shown by: RAM = 904M, PAE = true; all other parameters at their defaults, NR_CPUS = 8
/// ```
fn shown_by(counterexample: &Counterexample) -> String {
    let list = |default: bool| {
        let values = counterexample
            .values
            .iter()
            .filter(|v| v.default == default);
        let values: Vec<String> = values
            .map(|v| format!("{} = {}", visible::line(&v.name), visible::line(&v.value)))
            .collect();
        values.join(", ")
    };
    match (list(false), list(true)) {
        (changed, defaults) if changed.is_empty() && defaults.is_empty() => {
            "shown by: every value of the parameters".to_string()
        }
        (changed, defaults) if changed.is_empty() => {
            format!("shown by: the defaults, {defaults}")
        }
        (changed, defaults) if defaults.is_empty() => {
            format!("shown by: {changed}; all other parameters at their defaults")
        }
        (changed, defaults) => {
            format!("shown by: {changed}; all other parameters at their defaults, {defaults}")
        }
    }
}

/// What the renderer reads: excerpts, under the numbers of their true lines.
struct Excerpts(Vec<Excerpt>);

impl Excerpts {
    fn find(&self, id: usize) -> Result<&Excerpt, FilesError> {
        self.0.get(id).ok_or(FilesError::FileMissing)
    }
}

impl<'a> Files<'a> for Excerpts {
    type FileId = usize;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<&'a str, FilesError> {
        Ok(&self.find(id)?.name)
    }

    fn source(&'a self, id: usize) -> Result<&'a str, FilesError> {
        Ok(&self.find(id)?.text)
    }

    fn line_index(&'a self, id: usize, byte: usize) -> Result<usize, FilesError> {
        let lines = &self.find(id)?.lines;
        Ok(lines
            .partition_point(|&(start, _)| start <= byte)
            .saturating_sub(1))
    }

    fn line_number(&'a self, id: usize, line: usize) -> Result<usize, FilesError> {
        let lines = &self.find(id)?.lines;
        Ok(lines.get(line).map_or(1, |&(_, number)| number))
    }

    fn column_number(&'a self, id: usize, _: usize, byte: usize) -> Result<usize, FilesError> {
        let origin = self.find(id)?.origins.get(&byte);
        Ok(origin.map_or(1, |&(_, column)| column))
    }

    fn line_range(&'a self, id: usize, line: usize) -> Result<Range<usize>, FilesError> {
        let excerpt = self.find(id)?;
        let start = excerpt.lines.get(line).ok_or(FilesError::LineTooLarge {
            given: line,
            max: excerpt.lines.len(),
        })?;
        let end = excerpt.lines.get(line + 1);
        Ok(start.0..end.map_or(excerpt.text.len(), |&(end, _)| end))
    }
}

#[cfg(test)]
mod tests;
