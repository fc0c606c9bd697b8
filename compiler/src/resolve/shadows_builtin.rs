//! # shadows-builtin
//!
//! A declaration takes a word of the language.
//!
//! The names of functions (`min`, `align_up`, ...), of the kinds of numbers (`addr`, `size`,
//! `int`, `bool`, `version`) and a few others (`page`, `default`) mean something everywhere; a
//! declaration of the same name would make files that look alike mean different things.
//!
//! Rejected:
//!
//! ```text
//! let size = 4K;
//! ```
//!
//! What to do: choose another name; capitals (`SIZE`) are different from small letters.

use crate::diagnostic::{Diagnostic, Page};
use crate::did_you_mean::article;
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "shadows-builtin",
    title: "a declaration takes a word of the language",
    source: include_str!("shadows_builtin.rs"),
};

/// A `noun` is called `name`, which is `meaning` already.
pub(crate) fn of(name: &str, noun: &str, meaning: &str, at: Loc) -> Diagnostic {
    let message = format!("{} {noun} cannot be called `{name}`", article(noun));
    Diagnostic::error(&PAGE, message)
        .at(at, format!("`{name}` is {meaning}"))
        .help(format!(
            "call it `{}`, or anything else",
            name.to_uppercase()
        ))
}
