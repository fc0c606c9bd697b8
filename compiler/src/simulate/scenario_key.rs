//! # scenario-key
//!
//! A key of a scenario is unknown, or one that is needed is missing.
//!
//! Keys that nobody reads would be wishes that are not fulfilled, so they are refused. Which keys there are depends on
//! the table, and in a step on what it does; `mapwright list` does not name them, `compiler/SCENARIOS.md` does.
//!
//! Rejected:
//!
//! ```toml
//! [[step]]
//! do = "kmalloc"
//! size = 28
//! ```
//!
//! What to do: write the key as it is suggested (`bytes = 28`), or add the one that is missing.

use crate::diagnostic::{Diagnostic, Page};
use crate::did_you_mean::{list, nearest, question};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "scenario-key",
    title: "a key of a scenario is unknown or missing",
    source: include_str!("scenario_key.rs"),
};

/// A key that nobody reads. `of` says of what the known ones are.
pub(super) fn unknown(key: &str, known: &[&str], of: &str, loc: Loc) -> Diagnostic {
    let near = question(&nearest(key, known.iter().copied()));
    let made = Diagnostic::error(&PAGE, format!("{of} has no key `{key}`")).at(loc, "unknown");
    let mut sorted = known.to_vec();
    sorted.sort_unstable();
    match near {
        Some(near) => made.help(near),
        None => made.help(format!("it has {}", list(sorted))),
    }
}

/// A key that must be there.
pub(super) fn missing(key: &str, of: &str, does: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("{of} needs the key `{key}`"))
        .at(loc, format!("`{key}` is missing"))
        .note(format!("`{key}` is {does}"))
}

/// A key that does not go with what the step does, or with another key.
pub(super) fn misplaced(key: &str, why: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("`{key}` has no meaning here")).at(loc, why)
}
