//! # wrong-name
//!
//! A name stands for something else.
//!
//! The name is declared, but not as what is needed here: a parameter where a zone is named, a
//! window where a number is needed.
//!
//! Rejected:
//!
//! ```text
//! boot RAM : size = 1G in 16M ..= 4G;
//! window vmalloc in kernel : 3G .. 4G -> pages from RAM;
//! ```
//!
//! What to do: name a zone: `-> pages from NORMAL`. Where a number is needed, say which number of a
//! range is meant: `lowmem.start`, `.end`, `.last`, `.size` or `.pages`.

use super::Meaning;
use crate::diagnostic::{Diagnostic, Page};
use crate::did_you_mean::article;
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "wrong-name",
    title: "a name stands for something else",
    source: include_str!("wrong_name.rs"),
};

/// `name` is not a `wanted`; `near` are names that are.
pub(crate) fn of(name: &str, meaning: Meaning, wanted: &str, at: Loc, near: &str) -> Diagnostic {
    let noun = meaning.noun;
    let message = format!(
        "`{name}` is {} {noun}, not {} {wanted}",
        article(noun),
        article(wanted)
    );
    let diagnostic = Diagnostic::error(&PAGE, message)
        .at(at, format!("{} {wanted} is named here", article(wanted)))
        .also(meaning.loc, format!("the {noun} is declared here"));
    match near {
        "" => diagnostic,
        _ => diagnostic.help(format!("declared as such: {near}")),
    }
}

/// `name` stands where a value is needed.
pub(crate) fn no_value(name: &str, meaning: Meaning, at: Loc) -> Diagnostic {
    let noun = meaning.noun;
    let message = format!("`{name}` is {} {noun}, not a value", article(noun));
    let diagnostic = Diagnostic::error(&PAGE, message)
        .at(at, "a value is needed here")
        .also(meaning.loc, format!("the {noun} is declared here"));
    match noun {
        "enum" => diagnostic.help(format!("name one of its choices: `{name}.CHOICE`")),
        "paging format" | "segment" => diagnostic,
        _ => diagnostic.help(format!(
            "say which number of it: `{name}.start`, `{name}.end` (exclusive), `{name}.last`, `{name}.size`"
        )),
    }
}
