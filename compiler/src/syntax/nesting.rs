//! # nesting
//!
//! Brackets or operators are nested too deeply.
//!
//! Brackets, `if`s and operators may be nested 128 deep. No layout that people read comes near
//! it; the limit keeps hostile text from exhausting the stack.
//!
//! Rejected: an expression with 200 opening parentheses in a row.
//!
//! What to do: give parts of the expression names: `let inner = ...;`.

use crate::diagnostic::Page;

/// Its page.
pub const PAGE: Page = Page {
    code: "nesting",
    title: "brackets or operators are nested too deeply",
    source: include_str!("nesting.rs"),
};
