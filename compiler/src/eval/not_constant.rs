//! # not-constant
//!
//! A number depends on a parameter where it must not.
//!
//! Domains and defaults of parameters, the values in `with`, and the bits of a paging format are
//! known before any parameter is: they may be made of numbers and of named values, not of
//! parameters.
//!
//! Rejected:
//!
//! ```text
//! boot RAM : size = 1G in 16M ..= 64G step 4K;
//! boot HIGH : size = 0 in 0 ..= RAM;
//! ```
//!
//! What to do: give the domain its largest extent and relate the parameters: `assume HIGH <= RAM;`

use crate::diagnostic::{Diagnostic, Page};
use crate::did_you_mean::list;
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "not-constant",
    title: "a number depends on a parameter where it must not",
    source: include_str!("not_constant.rs"),
};

/// `what` depends on these parameters.
pub(crate) fn of(what: &str, params: Vec<&str>, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("{what} must not depend on a parameter"))
        .at(loc, format!("depends on {}", list(params)))
        .help("write a number; relations between parameters are said by `assume`")
}

/// A shift by something that depends on a parameter.
pub(crate) fn shift(loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, "a shift must not depend on a parameter")
        .at(loc, "not a constant")
        .help("choose between constant shifts with `if`, or multiply")
}
