//! # unknown-name
//!
//! A name is not declared.
//!
//! Nothing of this name is declared in the layout or in any file that it uses. Declarations may
//! stand in any order and in any file, so it is a slip of the pen or a missing `use`.
//!
//! Rejected:
//!
//! ```text
//! zone NORMAL in physcial : 16M .. 896M;
//! ```
//!
//! What to do: write `zone NORMAL in physical : 16M .. 896M;`

use super::Names;
use crate::diagnostic::{Diagnostic, Page};
use crate::did_you_mean::{list, nearest, question};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "unknown-name",
    title: "a name is not declared",
    source: include_str!("unknown_name.rs"),
};

/// Up to this many names are listed when none is close.
const SHORT_LIST: usize = 8;

/// No `noun` is called `name`; `candidates` are the names that would do here.
pub(crate) fn among<'a>(
    name: &str,
    noun: &str,
    at: Loc,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    let diagnostic =
        Diagnostic::error(&PAGE, format!("there is no {noun} `{name}`")).at(at, "not declared");
    if let Some(question) = question(&nearest(name, candidates.iter().copied())) {
        return diagnostic.help(question);
    }
    match candidates.len() {
        0 => diagnostic,
        1..=SHORT_LIST => diagnostic.note(format!("there is {}", list(candidates))),
        _ => diagnostic,
    }
}

/// A choice of an enum stands where no choice of it is expected.
pub(crate) fn bare_choice(name: &str, of: &str, at: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("`{name}` is not declared"))
        .at(at, "not declared")
        .note(format!(
            "`{of}` has a choice of this name; alone it is known only where a `{of}` is needed"
        ))
        .help(format!("write `{of}.{name}`"))
}

/// Another word for true or false.
pub(crate) fn no_bool(name: &str, at: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("`{name}` is not declared"))
        .at(at, "not declared")
        .help("write `true` or `false`")
}

/// No value is called `name`.
pub(crate) fn value(name: &str, at: Loc, names: &Names) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(&PAGE, format!("`{name}` is not declared")).at(at, "not declared");
    let all = names.all().map(|(name, _)| name);
    match question(&nearest(name, all)) {
        Some(question) => diagnostic.help(question),
        None => diagnostic.help(format!("declare it: `let {name} = ...;`")),
    }
}
