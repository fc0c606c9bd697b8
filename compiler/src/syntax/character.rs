//! # character
//!
//! A character that no layout file may contain.
//!
//! Control characters and characters that change the direction of writing are refused everywhere,
//! in comments and texts too: they make a file look different from what it means.
//!
//! Rejected: a NUL byte, an escape sequence, U+202E (right-to-left override).
//!
//! What to do: delete the character; an editor that shows invisible characters helps to find it.

use crate::diagnostic::Page;

/// Its page.
pub const PAGE: Page = Page {
    code: "character",
    title: "a character that no layout file may contain",
    source: include_str!("character.rs"),
};
