//! # scenario-value
//!
//! A value of a scenario is not what its key takes.
//!
//! A number, a name or a word was wanted, or the number is out of its range. Numbers are integers of TOML or expressions
//! in quotes: `4096`, `0x1000`, `"4K"`, `"page.frame + 3"`, `"free(NORMAL) - 1"`. Most mistakes are found before anything
//! is simulated; a number that depends on results of steps is looked at when its turn comes.
//!
//! Rejected:
//!
//! ```toml
//! [[step]]
//! do = "alloc_pages"
//! order = "4Q"
//! ```
//!
//! What to do: write a value of the kind that the message names.

use super::expression::Mistake;
use crate::diagnostic::{Diagnostic, Page};
use crate::did_you_mean::{list, nearest, question};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "scenario-value",
    title: "a value of a scenario is not what its key takes",
    source: include_str!("scenario_value.rs"),
};

/// A value of another kind.
pub(super) fn kind(wanted: &str, is: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("{wanted} is wanted here")).at(loc, format!("this is {is}"))
}

/// An expression that cannot be read.
pub(super) fn expression(mistake: &Mistake, loc: Loc) -> Diagnostic {
    let made = Diagnostic::error(&PAGE, mistake.message.clone()).at(loc, mistake.label.clone());
    match &mistake.help {
        Some(help) => made.help(help.clone()),
        None => made,
    }
}

/// A word that is none of those that are known.
pub(super) fn word<'a>(
    what: &str,
    word: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
    loc: Loc,
) -> Diagnostic {
    let message = format!("`{word}` is no {what}");
    let made = Diagnostic::error(&PAGE, message).at(loc, "unknown");
    match question(&nearest(word, known.clone())) {
        Some(near) => made.help(near),
        None => match list(known) {
            known if known.is_empty() => made.help("there is none at all"),
            known => made.help(format!("there are {known}")),
        },
    }
}

/// Anything else that is wrong with a value.
pub(super) fn wrong(message: impl Into<String>, label: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, message).at(loc, label)
}
