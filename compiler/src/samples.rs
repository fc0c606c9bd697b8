//! Layouts for the tests of all stages.

use crate::diagnostic::Diagnostic;
use crate::eval::eval;
use crate::load::load;
use crate::model::Model;
use crate::resolve::resolve;
use crate::source::{Input, Memory, Sources};

/// Spaces, parts and zones that most tests need.
pub(crate) const BASE: &str = "
use std \"paging/x86.layout\";
boot RAM : size = 128M in 16M ..= 896M step 4K;
space physical : 32 bits;
space linear : 32 bits, paging x86_32, to physical;
split linear {
    user : 0 .. 3G { access: user, tables: per_process };
    kernel : 3G .. linear.end { access: supervisor, tables: shared };
}
zone low in physical : 0 .. RAM;
";

/// Parses, resolves and evaluates one text.
pub(crate) fn evaluated(text: &str) -> (Sources, Model, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let input = Input::Text {
        name: "test.layout".into(),
        bytes: text.into(),
    };
    let (loaded, mut found) =
        load(&mut sources, &Memory::new(), &input, &[]).expect("a text is given");
    let (resolved, more) = resolve(&loaded, &sources, &found);
    found.extend(more);
    let (model, more) = eval(&resolved);
    found.extend(more);
    (sources, model, found)
}

/// Everything that the messages about [`BASE`] followed by each text say, as one text.
pub(crate) fn told<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let mut told = String::new();
    for text in texts {
        let (sources, _, diagnostics) = evaluated(&format!("{BASE}{text}"));
        told.push_str(&format!("{text}\n"));
        diagnostics
            .iter()
            .for_each(|d| tell(&mut told, &sources, d));
        told.push('\n');
    }
    told
}

/// One message with all its labels, notes and helps.
fn tell(told: &mut String, sources: &Sources, d: &Diagnostic) {
    let mut line = |text: String| {
        told.push_str("    ");
        told.push_str(&text);
        told.push('\n');
    };
    line(format!("{:?}[{}]: {}", d.severity, d.code, d.message));
    for label in d.primary.iter().chain(&d.secondary) {
        let place = sources.place_text(label.loc);
        let marked = sources.slice(label.loc).replace('\n', " ");
        line(format!("  {place} `{marked}`: {}", label.text));
    }
    d.notes
        .iter()
        .for_each(|note| line(format!("  note: {note}")));
    d.help
        .iter()
        .for_each(|help| line(format!("  help: {help}")));
}

/// `code @ marked text: message | help | ...` of every message.
pub(crate) fn lines(sources: &Sources, diagnostics: &[Diagnostic]) -> Vec<String> {
    let line = |d: &Diagnostic| {
        let at = d
            .primary
            .as_ref()
            .map_or("-", |label| sources.slice(label.loc));
        let mut line = format!("{} @ {at}: {}", d.code, d.message);
        for help in &d.help {
            line.push_str(" | ");
            line.push_str(help);
        }
        line
    };
    diagnostics.iter().map(line).collect()
}

/// The messages about [`BASE`] followed by `text`.
pub(crate) fn said(text: &str) -> Vec<String> {
    let (sources, _, diagnostics) = evaluated(&format!("{BASE}{text}"));
    lines(&sources, &diagnostics)
}

/// The model of [`BASE`] followed by `text`, which has no mistakes.
pub(crate) fn model(text: &str) -> (Sources, Model) {
    let (sources, model, diagnostics) = evaluated(&format!("{BASE}{text}"));
    assert_eq!(lines(&sources, &diagnostics), Vec::<String>::new());
    (sources, model)
}
