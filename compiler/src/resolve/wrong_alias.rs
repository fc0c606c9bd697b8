//! # wrong-alias
//!
//! An alias does not fit.
//!
//! `alias of WINDOW because "..."` says that a window shows frames a second time on purpose. So it
//! stands on a window, names other windows, and says why.
//!
//! Rejected:
//!
//! ```text
//! window text in kernel : 0xFFFF_FFFF_8000_0000 .. +512M -> physical at 0 alias of text;
//! ```
//!
//! What to do: write `... alias of direct because "kernel text is linked at its own address";`

use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "wrong-alias",
    title: "an alias does not fit",
    source: include_str!("wrong_alias.rs"),
};

/// On something that maps nothing.
pub(crate) fn not_here(noun: &str, name: &str, at: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("the {noun} `{name}` cannot be an alias"))
        .at(at, "only a window shows frames")
        .help("leave it out, or declare a `window`")
}

/// Of itself.
pub(crate) fn itself(name: &str, at: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("`{name}` is called an alias of itself"))
        .at(at, "this is the window itself")
        .help("name the other window that shows the same frames")
}

/// Without a reason.
pub(crate) fn no_reason(name: &str, at: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("the alias `{name}` does not say why"))
        .at(at, "no reason given")
        .help("add it: `because \"...\"`; two ways to the same frames are a decision")
}
