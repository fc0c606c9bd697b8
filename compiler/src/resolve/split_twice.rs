//! # split-twice
//!
//! A space is split twice.
//!
//! The parts of a split tile their space: together they are all of it, so a second split of the
//! same space would have to say the same again.
//!
//! Rejected:
//!
//! ```text
//! split linear { user : 0 .. 3G; kernel : 3G .. linear.end; }
//! split linear { low : 0 .. 1G; high : 1G .. linear.end; }
//! ```
//!
//! What to do: make one split with all the parts.

use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "split-twice",
    title: "a space is split twice",
    source: include_str!("split_twice.rs"),
};

/// The second split of a space.
pub(crate) fn of(space: &str, at: Loc, first: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("`{space}` is split twice"))
        .at(at, "split again here")
        .also(first, "first split here")
        .help("make one split with all the parts")
}
