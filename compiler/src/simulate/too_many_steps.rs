//! # too-many-steps
//!
//! A scenario does more steps than a run may.
//!
//! Repeats multiply: three nested ones of ten thousand rounds are 10^12 steps. A run that would not end is refused before
//! it begins when its numbers are written down, and stopped when they come out of the run.
//!
//! Rejected:
//!
//! ```toml
//! [[step]]
//! do = "repeat"
//! count = 1_000_000_000_000
//! step = [{ do = "kmalloc", bytes = 28 }]
//! ```
//!
//! What to do: repeat less often, or raise the limit with `--max-steps N` or `max_steps` in `[run]`.

use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "too-many-steps",
    title: "a scenario does more steps than a run may",
    source: include_str!("too_many_steps.rs"),
};

/// The limit would be passed, or was.
pub(super) fn of(steps: Option<u128>, limit: u64, loc: Loc) -> Diagnostic {
    let message = match steps {
        Some(steps) => format!("the scenario does {steps} steps"),
        None => "the scenario does ever more steps".to_string(),
    };
    Diagnostic::error(&PAGE, message)
        .at(loc, "the limit is passed here")
        .note(format!("a run does at most {limit} steps"))
        .help("repeat less often, or raise the limit: --max-steps N, or `max_steps` in [run]")
}
