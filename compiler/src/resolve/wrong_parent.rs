//! # wrong-parent
//!
//! A range cannot lie there.
//!
//! What may hold what: a space that is not split, or a part of one that is, holds anything;
//! windows hold windows (views of the same translation), guards, holes and areas, but not what
//! describes memory (zones, reserves, devices); zones, reserves and devices hold reserves and
//! devices; a family holds nothing, because its members have no single range.
//!
//! Rejected:
//!
//! ```text
//! split linear { user : 0 .. 3G; kernel : 3G .. linear.end; }
//! window lowmem in linear : 3G .. +896M -> physical at 0;
//! ```
//!
//! What to do: name the part: `window lowmem in kernel : ...`.

use crate::diagnostic::{Diagnostic, Page};
use crate::did_you_mean::list;
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "wrong-parent",
    title: "a range cannot lie there",
    source: include_str!("wrong_parent.rs"),
};

/// The space is split: a part of it has to be named.
pub(crate) fn split(name: &str, space: &str, parts: &[&str], at: Loc, split: Loc) -> Diagnostic {
    Diagnostic::error(
        &PAGE,
        format!("`{name}` has to name the part of `{space}` that it lies in"),
    )
    .at(at, format!("`{space}` is split"))
    .also(split, "split here")
    .help(format!("the parts are {}", list(parts.iter().copied())))
}

/// A `noun` cannot lie in a `parent_noun`.
pub(crate) fn kind(
    (noun, name): (&str, &str),
    (parent_noun, parent): (&str, &str),
    at: Loc,
    parent_loc: Loc,
) -> Diagnostic {
    Diagnostic::error(
        &PAGE,
        format!("the {noun} `{name}` cannot lie in the {parent_noun} `{parent}`"),
    )
    .at(at, format!("a {parent_noun} holds no {noun}s"))
    .also(parent_loc, format!("`{parent}` is declared here"))
    .help("name a space or a part of one")
}

/// The parent is a family.
pub(crate) fn family(name: &str, parent: &str, at: Loc, parent_loc: Loc) -> Diagnostic {
    Diagnostic::error(
        &PAGE,
        format!("`{name}` cannot lie in the family `{parent}`"),
    )
    .at(at, "a family has no single range")
    .also(parent_loc, format!("`{parent}` is declared here"))
    .help(format!(
        "put `{name}` beside the members, in what holds `{parent}`, or make it a family too"
    ))
}
