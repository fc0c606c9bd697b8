//! # overflow
//!
//! A number is too large.
//!
//! Arithmetic is exact: numbers have up to 127 bits and a sign, which is more than any address
//! or any product of two addresses' sizes needs. What leaves that range is an error and never
//! wraps around. The parts of a version go up to 65,535.
//!
//! Rejected:
//!
//! ```text
//! let N = 16E * 16E * 16E;
//! ```
//!
//! What to do: look for the factor that is not meant.

use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;
use mapwright_grammar::{NumberError, VersionError};

/// Its page.
pub const PAGE: Page = Page {
    code: "overflow",
    title: "a number is too large",
    source: include_str!("overflow.rs"),
};

/// A literal does not fit.
pub(crate) fn literal(text: &str, loc: Loc) -> Diagnostic {
    let error = NumberError::too_large(text);
    Diagnostic::error(&PAGE, error.message)
        .at(loc, error.label)
        .help(error.help)
}

/// A part of a version does not fit.
pub(crate) fn version(error: &VersionError, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, &error.message)
        .at(loc, error.label)
        .help(error.help)
}

/// The result of an operation does not fit.
pub(crate) fn result(loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, "the result of this calculation is too large")
        .at(loc, "does not fit in 127 bits")
        .help("no address has more than 64 bits: is there a factor too many?")
}
