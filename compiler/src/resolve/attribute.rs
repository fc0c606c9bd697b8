//! # wrong-attribute
//!
//! An attribute does not fit.
//!
//! The attributes between the braces are few, and each belongs to some kinds of ranges:
//!
//! ```text
//! parts          access: user | supervisor | none,  tables: shared | per_process
//! windows, areas access: rwx (any of r, w, x in this order),  global,  guard: SIZE,  page: SIZE,
//!                grows: up | down,  everywhere
//! windows        cache: write_back | write_through | uncached | write_combining
//! areas          backing: anon | file
//! zones          fallback: [A, B],  reach: SIZE,  unreached: "why"
//! reserves       needed: "why",  unreached: "why",  map: never
//! devices        cache: uncached | ...,  unreached: "why",  map: never
//! segments       base: ADDRESS,  limit: SIZE,  dpl: 0 ..= 3
//! ```
//!
//! Behind each may stand `because "why"`, which says something.
//!
//! Rejected:
//!
//! ```text
//! window lowmem in kernel : 3G .. +896M -> physical at 0 { acess: rwx };
//! ```
//!
//! What to do: write `{ access: rwx }`.

use crate::diagnostic::{Diagnostic, Page};
use crate::did_you_mean::{article, list, nearest, question};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "wrong-attribute",
    title: "an attribute does not fit",
    source: include_str!("attribute.rs"),
};

/// A `noun` has no such attribute; `known` are those that it has, `elsewhere` is who has it.
pub(crate) fn unknown(
    key: &str,
    noun: &str,
    known: &[&str],
    elsewhere: Option<&str>,
    at: Loc,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(
        &PAGE,
        format!("{} {noun} has no attribute `{key}`", article(noun)),
    )
    .at(at, "not known here");
    if let Some(question) = question(&nearest(key, known.iter().copied())) {
        return diagnostic.help(question);
    }
    let diagnostic = match elsewhere {
        Some(other) => diagnostic.note(format!("`{key}` is an attribute of {other}s")),
        None => diagnostic,
    };
    match known {
        [] => diagnostic.help(format!("{} {noun} has no attributes", article(noun))),
        _ => diagnostic.help(format!(
            "its attributes are {}",
            list(known.iter().copied())
        )),
    }
}

/// The value is none of those that are possible; `found` is the word that stands there, if it is
/// one word.
pub(crate) fn value(
    key: &str,
    wanted: &str,
    words: &[&str],
    found: Option<&str>,
    at: Loc,
) -> Diagnostic {
    let diagnostic = Diagnostic::error(&PAGE, format!("`{key}` needs {wanted}")).at(at, "not that");
    let near = found.map_or_else(Vec::new, |word| nearest(word, words.iter().copied()));
    match question(&near) {
        Some(question) => diagnostic.help(question),
        None if words.is_empty() => diagnostic,
        None if words.len() == 1 => diagnostic.help(format!("write `{}`", words[0])),
        None => diagnostic.help(format!("write one of {}", list(words.iter().copied()))),
    }
}

/// Given twice.
pub(crate) fn twice(key: &str, at: Loc, first: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("`{key}` is given twice"))
        .at(at, "again here")
        .also(first, "first given here")
        .help("leave one of them out")
}

/// A reason that says nothing.
pub(crate) fn no_reason(at: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, "this `because` does not say why")
        .at(at, "nothing is said here")
        .help("say why, or leave it out")
}

/// Needed, and not there.
pub(crate) fn missing(key: &str, noun: &str, name: &str, at: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("the {noun} `{name}` has no `{key}`"))
        .at(at, format!("needs `{key}`"))
        .help(format!("add `{{ {key}: ... }}`"))
}
