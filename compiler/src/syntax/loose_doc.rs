//! # loose-doc
//!
//! A doc comment documents nothing.
//!
//! `///` lines belong to the item below them and go with it into generated code and pictures. One
//! without an item below it would be lost without a word.
//!
//! Rejected:
//!
//! ```text
//! zone low in physical : 0 .. 16M;
//! /// the end
//! ```
//!
//! What to do: write an ordinary comment (`//`), or move it above the item that it is about. Lines
//! about the whole file begin with `//!` and stand at its top.

use crate::diagnostic::Page;

/// Its page.
pub const PAGE: Page = Page {
    code: "loose-doc",
    title: "a doc comment documents nothing",
    source: include_str!("loose_doc.rs"),
};
