//! # expectation-fails
//!
//! What a scenario expects is not what the machine did.
//!
//! Expectations are the point of a scenario: `expect_address`, `expect_error`, `expect = "free(NORMAL) == before"` and the
//! others. The message shows both sides. The run goes on, so that all expectations that fail are told in one run.
//!
//! Rejected, with a direct map at 0xC000_0000:
//!
//! ```toml
//! [[step]]
//! do = "va"
//! physical = "1M"
//! expect_address = 0xD0100000
//! ```
//!
//! What to do: find out which side is wrong: the scenario, the layout, or the idea of what should happen.

use super::outcome::Refusal;
use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "expectation-fails",
    title: "an expectation of a scenario does not hold",
    source: include_str!("expectation_fails.rs"),
};

/// Both sides of what should be equal.
pub(super) fn differs(what: &str, expected: &str, found: &str, loc: Loc) -> Diagnostic {
    let message = format!("{what} is {found}, not {expected}");
    Diagnostic::error(&PAGE, message).at(loc, format!("{expected} is expected"))
}

/// A comparison that does not hold.
pub(super) fn comparison(text: &str, left: &str, right: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("`{text}` does not hold"))
        .at(loc, format!("{left} on the left, {right} on the right"))
}

/// The step was to be refused and was done.
pub(super) fn was_done(operation: &str, word: &str, result: &str, loc: Loc) -> Diagnostic {
    let made = Diagnostic::error(&PAGE, format!("{operation} was not refused"))
        .at(loc, format!("`{word}` is expected"));
    match result {
        "" => made,
        result => made.note(format!("it gave {result}")),
    }
}

/// A repeat was to be ended by a refusal, and came to its end without.
pub(super) fn nothing_ended(rounds: u64, word: &str, loc: Loc) -> Diagnostic {
    let message = format!("the repeat came to its end after {rounds} rounds");
    Diagnostic::error(&PAGE, message).at(loc, format!("`{word}` was to end it"))
}

/// The step was refused, but otherwise.
pub(super) fn other_refusal(
    operation: &str,
    word: &str,
    refusal: &Refusal,
    loc: Loc,
) -> Diagnostic {
    let found = refusal.word().unwrap_or("an argument that cannot be");
    let message = format!("{operation} was refused by `{found}`, not by `{word}`");
    Diagnostic::error(&PAGE, message)
        .at(loc, format!("`{word}` is expected"))
        .note(refusal.to_string())
}

/// What a comparison or an expected value names has no value now.
pub(super) fn no_value(message: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("the expectation has no value: {message}")).at(loc, "here")
}
