//! # scenario-layout
//!
//! A scenario names another layout than the one it is run with.
//!
//! Its numbers are for the layout that it names: addresses, zones and windows of another may differ, and expectations
//! fail that hold there. The command line decides all the same; this is a warning.
//!
//! Rejected:
//!
//! ```toml
//! layout = "std:linux/x86_64"   # and the command line says std:linux/i386
//!
//! [[step]]
//! do = "check"
//! ```
//!
//! What to do: run it with the layout that it names, or name the one that it is for.

use crate::diagnostic::{Diagnostic, Page, visible_line};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "scenario-layout",
    title: "a scenario is run with another layout than it names",
    source: include_str!("scenario_layout.rs"),
};

/// The layout that the scenario names at `loc` is not the one that is `given`.
#[must_use]
pub fn other(given: &str, loc: Loc) -> Diagnostic {
    let given = visible_line(given);
    Diagnostic::warning(&PAGE, format!("the scenario is run with `{given}`"))
        .at(loc, "its numbers are for this layout")
        .help("run it with the layout that it names, or name the one that it is for")
}
