//! # duplicate-name
//!
//! A name is declared twice.
//!
//! All names of a layout (parameters, values, enums, formats, spaces, parts, ranges, segments) of
//! all its files share one namespace, so that a name means one thing wherever it stands. The
//! choices of an enum, the slots of a fixed window and the constants that `export` makes have
//! lists of their own, and there too each name stands once.
//!
//! Rejected:
//!
//! ```text
//! let PAGE : size = 4K;
//! zone PAGE in physical : 0 .. 16M;
//! ```
//!
//! What to do: rename one of them. The first declaration counts; the second is left out of all other
//! checks.

use crate::diagnostic::{Diagnostic, Page};
use crate::did_you_mean::article;
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "duplicate-name",
    title: "a name is declared twice",
    source: include_str!("duplicate_name.rs"),
};

/// `noun` at `at` has the name of another thing.
pub(crate) fn of(name: &str, noun: &str, at: Loc, first_noun: &str, first: Loc) -> Diagnostic {
    let message = match noun == first_noun {
        true => format!("there are two {noun}s `{name}`"),
        false => format!(
            "`{name}` is the name of both {} {first_noun} and {} {noun}",
            article(first_noun),
            article(noun)
        ),
    };
    Diagnostic::error(&PAGE, message)
        .at(at, "declared again here")
        .also(first, format!("the {first_noun} is declared here"))
        .help("rename one of them")
}
