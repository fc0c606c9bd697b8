//! # step-fails
//!
//! A step of a scenario was refused, and the scenario did not expect that.
//!
//! The machine does what a kernel would: memory runs out, a window has no gap, an access is a fault. A scenario that
//! wants to see it says so with `expect_error`, `expect_fault` or `expect_law`. Steps that would use what the refused step
//! did not give are left out, and all others are still done.
//!
//! Rejected, when nothing was allocated at that address:
//!
//! ```toml
//! [[step]]
//! do = "kfree"
//! address = 0xC0123000
//! ```
//!
//! What to do: mend the step, or expect the refusal: `expect_error = "foreign_object"`.

use super::outcome::Refusal;
use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "step-fails",
    title: "a step of a scenario was refused unexpectedly",
    source: include_str!("step_fails.rs"),
};

/// The step was refused.
pub(super) fn of(operation: &str, refusal: &Refusal, loc: Loc) -> Diagnostic {
    let message = format!("{operation} was refused: {refusal}");
    let made = Diagnostic::error(&PAGE, message).at(loc, "this step");
    let Some(word) = refusal.word() else {
        return made;
    };
    let key = if refusal.is_fault() {
        "expect_fault"
    } else {
        "expect_error"
    };
    made.help(format!("if that is what it shows: {key} = \"{word}\""))
}
