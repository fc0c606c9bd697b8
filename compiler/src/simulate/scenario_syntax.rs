//! # scenario-syntax
//!
//! A scenario is not TOML.
//!
//! Scenarios are TOML files (<https://toml.io>): tables in brackets, `key = value` lines, texts in quotes. Nothing of
//! a file that cannot be read is simulated.
//!
//! Rejected:
//!
//! ```toml
//! [[step]]
//! do = kmalloc
//! ```
//!
//! What to do: put texts in quotes (`do = "kmalloc"`), close what is open, and write every key of a table once.

use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "scenario-syntax",
    title: "a scenario is not TOML",
    source: include_str!("scenario_syntax.rs"),
};

/// What the reader of TOML says.
pub(super) fn of(message: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("the scenario is not TOML: {message}")).at(loc, "here")
}
