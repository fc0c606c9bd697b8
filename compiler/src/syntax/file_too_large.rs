//! # file-too-large
//!
//! A file has more than 16 MiB.
//!
//! A layout of 65,536 windows needs about 5 MiB of text, so a file above 16 MiB is almost always
//! the wrong file: a memory image, a log, a device such as `/dev/zero`. Reading stops at the limit.
//!
//! Rejected:
//!
//! ```text
//! $ mapwright check memory.img
//! ```
//!
//! What to do: name the layout file. If a layout really is that large, generate families
//! (`window slot[n in 0 .. 65536] in kernel : ...`) instead of single windows, or split it into
//! files joined by `use`.

use crate::diagnostic::{Diagnostic, Page};
use crate::show_value::size_text;
use crate::source::{Loc, MAX_BYTES};

/// Its page.
pub const PAGE: Page = Page {
    code: "file-too-large",
    title: "a file has more than 16 MiB",
    source: include_str!("file_too_large.rs"),
};

fn limit() -> String {
    format!("the limit is {}iB", size_text(i128::from(MAX_BYTES)))
}

/// The main file is too large.
pub(crate) fn main(name: &str) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("`{name}` is too large for a layout file"))
        .note(limit())
        .help("is it a layout file? Many equal ranges can be one family: `window w[n in 0 .. 64]`")
}

/// A used file is too large.
pub(crate) fn used(name: &str, at: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("`{name}` is too large for a layout file"))
        .at(at, "used here")
        .note(limit())
}
