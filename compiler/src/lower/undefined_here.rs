//! # undefined-here
//!
//! A number has no value for these parameters.
//!
//! A division by zero, a logarithm of zero or a number beyond its range: the checks find such
//! expressions for all parameters; this is said when an instance is made of a layout that has not
//! passed them.
//!
//! Rejected, where N may be 0:
//!
//! ```text
//! let SHARE = RAM / N;
//! ```
//!
//! What to do: exclude the value: `config N : int = 1 in 1 ..= 64;`, or `if N > 0 { RAM / N } else { 0 }`.

use crate::diagnostic::{Diagnostic, Page};
use crate::model::{Model, Param};
use crate::show_value::{addr_text, value_literal};
use crate::source::Loc;
use crate::term::NoValue;

/// Its page.
pub const PAGE: Page = Page {
    code: "undefined-here",
    title: "a number has no value for these parameters",
    source: include_str!("undefined_here.rs"),
};

/// `with RAM = 2G, PAE = true`, of all parameters.
pub(super) fn given(model: &Model, values: &[i128]) -> String {
    let text = |param: &Param| {
        let value = value_literal(model, param.kind, values[param.var.index()]);
        format!("{} = {value}", param.name)
    };
    let all: Vec<String> = model.params.iter().map(text).collect();
    match &all[..] {
        [] => "there are no parameters".to_owned(),
        all => format!("with {}", all.join(", ")),
    }
}

/// `what` has no value.
pub(super) fn of(model: &Model, values: &[i128], what: &str, no: NoValue, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("{what} has no value: {no}"))
        .at(loc, "no value")
        .note(given(model, values))
}

/// The value given for a parameter has none.
pub(crate) fn setting(name: &str, no: NoValue, loc: Loc) -> Diagnostic {
    Diagnostic::error(
        &PAGE,
        format!("{name} is set to something without a value: {no}"),
    )
    .at(loc, "no value")
}

/// `what` has a value that the place for it cannot hold.
pub(super) fn out_of_range(
    model: &Model,
    values: &[i128],
    what: &str,
    value: i128,
    loc: Loc,
) -> Diagnostic {
    Diagnostic::error(
        &PAGE,
        format!("{what} is {}, which is out of range", addr_text(value)),
    )
    .at(loc, "out of range")
    .note(given(model, values))
}
