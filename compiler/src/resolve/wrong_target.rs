//! # wrong-target
//!
//! A mapping rule does not fit.
//!
//! Windows have a mapping rule (`-> ...`), other ranges have none. A window inside another window
//! may leave it out: it is a view then, with its parent's translation. The space that a window
//! maps to is the one that its own space is translated into (`to` in the declaration of the
//! space), and zones and devices that it takes frames from lie there.
//!
//! Rejected:
//!
//! ```text
//! space linear : 32 bits, paging x86_32, to physical;
//! window lowmem in linear : 3G .. +896M;
//! zone   NORMAL in physical : 0 .. 896M -> physical at 0;
//! ```
//!
//! What to do: write `window lowmem in linear : 3G .. +896M -> physical at 0;`, and no rule for the zone.

use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "wrong-target",
    title: "a mapping rule does not fit",
    source: include_str!("wrong_target.rs"),
};

/// A range of this kind has no mapping rule.
pub(crate) fn not_here(noun: &str, name: &str, at: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("the {noun} `{name}` cannot map to anything"))
        .at(at, format!("a {noun} has no mapping rule"))
        .help("only windows have one: declare a `window`, or leave out `-> ...`")
}

/// A window without a mapping rule that is no view.
pub(crate) fn missing(name: &str, at: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("the window `{name}` maps to nothing"))
        .at(at, "no `-> ...`")
        .help("say what it maps to: `-> physical at 0`, `-> pages from ZONE`, `-> device`, ...")
        .help("a range that nothing is mapped in is a `guard` or a `hole`")
}

/// A linear window into a space that its own is not translated into.
pub(crate) fn space(
    (space, loc): (&str, Loc),
    to: Option<&str>,
    target: &str,
    at: Loc,
) -> Diagnostic {
    let message = format!("`{space}` is not translated into `{target}`");
    let (label, help) = match to {
        Some(to) => (
            format!("translated into `{to}`"),
            format!("map to `{to}`, or change `to {to}` of `{space}`"),
        ),
        None => (
            "translated into no space".to_owned(),
            format!("declare it: `space {space} : ..., to {target};`"),
        ),
    };
    Diagnostic::error(&PAGE, message)
        .at(at, format!("`{target}` is named here"))
        .also(loc, label)
        .help(help)
}

/// The tables of another space than the one that the window lies in.
pub(crate) fn tables_elsewhere((space, loc): (&str, Loc), of: &str, at: Loc) -> Diagnostic {
    Diagnostic::error(
        &PAGE,
        format!("the tables of `{of}` are not seen in `{space}`"),
    )
    .at(
        at,
        "tables that have themselves as an entry are seen in the space that they translate",
    )
    .also(loc, format!("the window lies in `{space}`"))
    .help(format!("write `tables of {space}`"))
}

/// The tables of a space that has none.
pub(crate) fn no_tables((space, loc): (&str, Loc), at: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("`{space}` has no page tables"))
        .at(at, "no tables to see")
        .also(loc, "declared without `paging`")
        .help("give the space a format: `paging x86_64_4level`")
}

/// A zone or device in another space than the one mapped to.
pub(crate) fn elsewhere(
    (noun, name): (&str, &str),
    (its_space, to): (&str, &str),
    at: Loc,
    declared: Loc,
) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("the {noun} `{name}` is not in `{to}`"))
        .at(at, format!("windows here map to `{to}`"))
        .also(declared, format!("`{name}` lies in `{its_space}`"))
        .help(format!("name a {noun} of `{to}`"))
}
