//! # use-unreadable
//!
//! A used file cannot be read.
//!
//! The file is there, but it is a directory, or the system refuses to read it.
//!
//! Rejected, where `paging` is a directory:
//!
//! ```text
//! use "paging";
//! ```
//!
//! What to do: name a file in it (`use "paging/mine.layout";`), or change its permissions.

use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "use-unreadable",
    title: "a used file cannot be read",
    source: include_str!("use_unreadable.rs"),
};

/// It is a directory.
pub(crate) fn directory(name: &str, at: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("`{name}` is a directory"))
        .at(at, "not a file")
        .help("name a file in it")
}

/// The system refuses.
pub(crate) fn refused(name: &str, words: &str, at: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("`{name}` cannot be read: {words}")).at(at, "used here")
}
