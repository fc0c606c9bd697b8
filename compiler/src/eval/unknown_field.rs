//! # unknown-field
//!
//! There is no such number of a range.
//!
//! Ranges and spaces have `.start`, `.end` (exclusive), `.last` (inclusive), `.size` and `.pages`;
//! a fixed window also has its slots; an enum has its choices; an address has `.page`, when it is known how large the pages of
//! its space are.
//!
//! Rejected:
//!
//! ```text
//! guard gap in kernel : lowmem.stop .. +8M;
//! ```
//!
//! What to do: write `lowmem.end`.

use crate::diagnostic::{Diagnostic, Page};
use crate::did_you_mean::{article, list, nearest, question};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "unknown-field",
    title: "there is no such number of a range",
    source: include_str!("unknown_field.rs"),
};

/// Other words for fields.
const SYNONYMS: &[(&str, &str)] = &[
    ("base", "start"),
    ("begin", "start"),
    ("first", "start"),
    ("low", "start"),
    ("stop", "end"),
    ("limit", "end"),
    ("top", "end"),
    ("high", "end"),
    ("len", "size"),
    ("length", "size"),
    ("bytes", "size"),
];

/// A `noun` has no such field; `fields` are those that it has.
pub(crate) fn of(field: &str, noun: &str, fields: &[&str], loc: Loc) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(&PAGE, format!("{} {noun} has no `.{field}`", article(noun)))
            .at(loc, "not known");
    let synonym = SYNONYMS
        .iter()
        .find(|(word, meant)| *word == field && fields.contains(meant));
    let near = match synonym {
        Some((_, meant)) => vec![(*meant).to_owned()],
        None => nearest(field, fields.iter().copied()),
    };
    match (question(&near), fields) {
        (Some(question), _) => diagnostic.help(question),
        (None, []) => diagnostic,
        (None, _) => diagnostic.help(format!("it has {}", list(fields.iter().copied()))),
    }
}

/// `.page` of an address of no space, where spaces have pages of different sizes.
pub(crate) fn no_one_page(one: &str, other: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, "it is not known how large a page is here")
        .at(loc, "an address of no space in particular")
        .note(format!("pages of `{one}` and of `{other}` differ"))
        .help("use an address of a range, such as `x.start`: its space is known")
}
