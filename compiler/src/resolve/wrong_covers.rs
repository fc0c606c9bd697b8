//! # wrong-covers
//!
//! A `covers` does not fit.
//!
//! `covers [A, B] because "..."` says that a linear window shows devices and reserves, which are no memory, on purpose. So it
//! stands on a linear window, names devices and reserves (or says `all`), and says why.
//!
//! Rejected:
//!
//! ```text
//! window hhdm in kernel : 0xFFFF_8000_0000_0000 .. +4G -> physical at 0 covers all;
//! ```
//!
//! What to do: write `... covers all because "the loader's map, which we take over";`

use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "wrong-covers",
    title: "a `covers` does not fit",
    source: include_str!("wrong_covers.rs"),
};

/// On something that maps no frames for good.
pub(crate) fn not_here(noun: &str, name: &str, at: Loc) -> Diagnostic {
    Diagnostic::error(
        &PAGE,
        format!("the {noun} `{name}` covers no device or reserve"),
    )
    .at(at, "only a linear window does")
    .help("leave it out")
}

/// Without a reason.
pub(crate) fn no_reason(name: &str, at: Loc) -> Diagnostic {
    Diagnostic::error(
        &PAGE,
        format!("`{name}` does not say why it covers what is no memory"),
    )
    .at(at, "no reason given")
    .help("add it: `because \"...\"`; a processor may read ahead of what the kernel asks for")
}
