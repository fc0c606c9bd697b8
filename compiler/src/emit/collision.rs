//! Two things of a layout would have the same name in generated code.
//!
//! Generated code names the bounds of an item after the item: window `vmalloc` has `VMALLOC_START`, `VMALLOC_END`,
//! `VMALLOC_LAST` and `VMALLOC_SIZE`. Constants are written in capitals and functions in small letters, so that names that
//! differ in a layout can become one in the code. Two values under one name would leave it to chance which one a kernel
//! gets, so both are refused. Equal values under one name are written once, and an `export` takes its exact name from
//! whatever else would have it.
//!
//! ```layout
//! let pkmap_start = 0xFF80_0000;
//! window pkmap in kernel : 0xFFA0_0000 .. +4M -> slots 1024 from HIGHMEM;
//! ```
//!
//! Rename one of the two, make them the same value, or say which of them has the name in generated code:
//! `export "PKMAP_START" = pkmap.start;`. `mapwright check` warns of names that a target cannot keep apart, and says which
//! targets those are; `mapwright emit` for one of them then writes nothing.

use super::define::define;
use super::{data, export_name, rust};
use crate::diagnostic::{Diagnostic, Page, Severity};
use crate::model::Model;
use crate::source::Loc;

/// `name-collision`
pub const PAGE: Page = Page {
    code: "name-collision",
    title: "two things would have the same name in generated code",
    source: include_str!("collision.rs"),
};

/// What generated code of some target cannot name, as warnings that say which targets those are.
pub(crate) fn warnings(model: &Model, values: &[i128]) -> Vec<Diagnostic> {
    let mut found: Vec<(Diagnostic, Vec<&str>)> = Vec::new();
    for naming in [&rust::names::NAMING, &data::NAMING] {
        let told = match define(model, values, naming, false) {
            Ok(defined) => defined.defs.told,
            // Numbers without a value are the business of laws.
            Err(no_name) if no_name.code == export_name::PAGE.code => vec![*no_name],
            Err(_) => Vec::new(),
        };
        for message in told {
            match found.iter_mut().find(|(other, _)| *other == message) {
                Some((_, targets)) => targets.extend(naming.targets),
                None => found.push((message, naming.targets.to_vec())),
            }
        }
    }
    let warning = |(mut message, targets): (Diagnostic, Vec<&str>)| {
        message.severity = Severity::Warning;
        message.note(format!(
            "`mapwright emit` writes nothing for the target {}",
            any_of(&targets)
        ))
    };
    found.into_iter().map(warning).collect()
}

/// `rust`, `json` or `toml`
fn any_of(targets: &[&str]) -> String {
    let quoted: Vec<String> = targets.iter().map(|target| format!("`{target}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// One of two things with one name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Side<'a> {
    /// What it is.
    pub(crate) what: &'a str,
    /// Where it is declared.
    pub(crate) loc: Loc,
    /// How the layout's language writes its value; empty where it has no word for it.
    pub(crate) written: &'a str,
}

/// The message for two things that both become `name`.
pub(crate) fn collision(name: &str, first: Side<'_>, second: Side<'_>) -> Diagnostic {
    let sides = [first.written, second.written];
    let written = sides.into_iter().find(|written| !written.is_empty());
    let help = match written {
        Some(written) => format!(
            "rename one of the two, or say which has the name: `export \"{name}\" = {written};`"
        ),
        None => "rename one of the two".to_owned(),
    };
    Diagnostic::error(
        &PAGE,
        format!("two things would be named `{name}` in generated code"),
    )
    .at(second.loc, format!("second: {}", second.what))
    .also(first.loc, format!("first: {}", first.what))
    .help(help)
}

/// The message for something that becomes a name that generated code needs for itself.
pub(crate) fn reserved(name: &str, what: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(
        &PAGE,
        format!("generated code needs the name `{name}` for itself"),
    )
    .at(loc, format!("{what} would be named `{name}`"))
    .help("rename it")
}
