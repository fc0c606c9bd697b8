//! # too-many-files
//!
//! A layout is made of more than 256 files.
//!
//! `use` may pull in at most 255 other files. The limit keeps a generated tree of files from
//! being read without end.
//!
//! Rejected: a file that uses 256 others.
//!
//! What to do: put what belongs together in one file.

use super::MAX_FILES;
use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "too-many-files",
    title: "a layout is made of more than 256 files",
    source: include_str!("too_many_files.rs"),
};

/// This `use` is one too many.
pub(crate) fn at(at: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("a layout has at most {MAX_FILES} files"))
        .at(at, format!("this would be file {}", MAX_FILES + 1))
        .note("this `use` and all later ones are left out")
        .help("put what belongs together in one file")
}
