//! # use-outside
//!
//! A used path leaves the layout's directory.
//!
//! A layout may come from anywhere, so it reaches only files that its user put within its reach:
//! those below its own directory, below the directories given with `--include`, and the bundled
//! library. Absolute paths, `..`, and symbolic links that lead out are refused.
//!
//! Rejected:
//!
//! ```text
//! use "../secret.layout";
//! ```
//!
//! What to do: put the file below the layout's directory, or say on the command line that it may be
//! read: `--include ../shared`, and `use "secret.layout";`.

use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "use-outside",
    title: "a used path leaves the layout's directory",
    source: include_str!("use_outside.rs"),
};

/// The path is absolute, empty or has `..` in it.
pub(crate) fn path(path: &str, at: Loc) -> Diagnostic {
    let what = if path.is_empty() {
        "it is empty"
    } else if path.starts_with('/') {
        "it is absolute"
    } else {
        "it does not only go down"
    };
    Diagnostic::error(
        &PAGE,
        format!("`{path}` is no path below the layout's directory"),
    )
    .at(at, what)
    .note("`use` reaches files below the layout's directory and below `--include` directories")
    .help("give the other directory with `--include DIR` and name the file from there")
}

/// The path leads through a symbolic link to a place outside.
pub(crate) fn link(path: &str, at: Loc) -> Diagnostic {
    Diagnostic::error(
        &PAGE,
        format!("`{path}` leads out of the layout's directory"),
    )
    .at(at, "a symbolic link on this path leads outside")
    .note("`use` reaches files below the layout's directory and below `--include` directories")
    .help("give the directory that the link leads to with `--include DIR`")
}
