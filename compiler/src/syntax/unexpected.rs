//! # syntax
//!
//! Something else was expected here.
//!
//! The text does not follow the grammar: a word is misspelt, a `;` or a bracket is missing. The
//! message says what was found and what could stand there. Reading goes on with the next item, so
//! that one run shows the mistakes of all items.
//!
//! Rejected:
//!
//! ```text
//! zone low : 0 .. 16M;
//! ```
//!
//! What to do: write `zone low in physical : 0 .. 16M;`. Every range has the same shape:
//! `KIND name in parent : range -> target { attributes };`

use crate::diagnostic::Page;

/// Its page.
pub const PAGE: Page = Page {
    code: "syntax",
    title: "the text does not follow the grammar",
    source: include_str!("unexpected.rs"),
};
