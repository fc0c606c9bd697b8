//! # scenario-key
//!
//! A key of a scenario is unknown, or one that is needed is missing.
//!
//! Keys that nobody reads would be wishes that are not fulfilled, so they are refused. Which keys there are depends on
//! the table, and in a step on what it does; `compiler/SCENARIOS.md` names them all.
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

/// Keys of all steps, which are not what somebody looks for who has mistaken an argument.
const OF_STEPS: &[&str] = &["do", "as", "into", "from", "pick", "weight", "about"];

/// A key that nobody reads. `of` says of what the known ones are.
pub(super) fn unknown(key: &str, known: &[&str], of: &str, loc: Loc) -> Diagnostic {
    let near = question(&nearest(key, known.iter().copied()));
    let made = Diagnostic::error(&PAGE, format!("{of} has no key `{key}`")).at(loc, "unknown");
    if let Some(near) = near {
        return made.help(near);
    }
    let is_step = known.contains(&"do");
    let mut own: Vec<&str> = known.to_vec();
    if is_step {
        own.retain(|key| !OF_STEPS.contains(key) && !key.starts_with("expect"));
    }
    own.sort_unstable();
    made.help(match (is_step, &own[..]) {
        (true, []) => "it has only the keys of all steps".to_string(),
        (true, own) => {
            let own = list(own.iter().copied());
            format!("it has {own}, besides the keys of all steps")
        }
        (false, own) => format!("it has {}", list(own.iter().copied())),
    })
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
