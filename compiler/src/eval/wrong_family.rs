//! # wrong-family
//!
//! A family of ranges is used or declared wrongly.
//!
//! `window kstack[p in 0 .. 64] in kernel : ...` is a family: 64 windows, one for each p. One of
//! them is named with its number: `kstack[3].start`. The numbers run from the first to below the
//! second, and may depend on parameters as long as there is a largest number.
//!
//! Rejected:
//!
//! ```text
//! guard below in kernel : kstack.end .. +4K;
//! ```
//!
//! What to do: write `kstack[0].end .. +4K`.

use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "wrong-family",
    title: "a family of ranges is used or declared wrongly",
    source: include_str!("wrong_family.rs"),
};

/// A number of a family without the member's.
pub(crate) fn needs_member(name: &str, loc: Loc, declared: Loc) -> Diagnostic {
    Diagnostic::error(
        &PAGE,
        format!("`{name}` is a family: which member is meant?"),
    )
    .at(loc, "no member number")
    .also(declared, "the family is declared here")
    .help(format!("name one: `{name}[0].start`"))
}

/// A member without saying which number of it.
pub(crate) fn no_field(name: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(
        &PAGE,
        format!("a member of `{name}` is a range, not a value"),
    )
    .at(loc, "a value is needed here")
    .help(format!(
        "say which number of it: `{name}[0].start`, `.end`, `.size`"
    ))
}

/// A member number after something that is no family.
pub(crate) fn not_one(name: &str, noun: &str, loc: Loc, declared: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("the {noun} `{name}` is no family"))
        .at(loc, "a member number")
        .also(declared, "declared as a single range here")
        .help(format!(
            "leave the number out, or declare it as `{name}[n in 0 .. N]`"
        ))
}

/// An index after something that cannot be counted.
pub(crate) fn no_index(loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, "there is nothing to count here")
        .at(loc, "neither a family nor a group of slots")
}

/// A family whose numbers have no known end.
pub(crate) fn unbounded(name: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(
        &PAGE,
        format!("it is not known how many members `{name}` may have"),
    )
    .at(loc, "no largest number is known")
    .help("bound it: `min(N, 1024)`")
}

/// A family that never has a member.
pub(crate) fn empty(name: &str, (first, past): (i128, i128), loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("the family `{name}` has no members"))
        .at(loc, format!("from {first} to below {past}"))
        .help("the second number is one past the last")
}
