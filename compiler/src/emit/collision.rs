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
//! Rename one of the two, or make them the same value: `let pkmap_start = pkmap.start;`.

use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// `name-collision`
pub const PAGE: Page = Page {
    code: "name-collision",
    title: "two things would have the same name in generated code",
    source: include_str!("collision.rs"),
};

/// The message for two things that both become `rust`.
pub(crate) fn collision(rust: &str, first: (&str, Loc), second: (&str, Loc)) -> Box<Diagnostic> {
    let message = Diagnostic::error(
        &PAGE,
        format!("two things would be named `{rust}` in generated code"),
    )
    .at(second.1, format!("second: {}", second.0))
    .also(first.1, format!("first: {}", first.0))
    .help("rename one of the two, or give both the same value");
    Box::new(message)
}

/// The message for something that becomes a name that generated code needs for itself.
pub(crate) fn reserved(rust: &str, what: &str, loc: Loc) -> Box<Diagnostic> {
    let message = Diagnostic::error(
        &PAGE,
        format!("generated code needs the name `{rust}` for itself"),
    )
    .at(loc, format!("{what} would be named `{rust}`"))
    .help("rename it");
    Box::new(message)
}
