//! # wrong-domain
//!
//! A parameter's domain is wrong.
//!
//! The domain says which values a parameter may have: a set `{ a, b, c }`, or an interval
//! `a ..= b` whose values are `a`, `a + step`, ... up to and including `b`. Parameters of kind
//! `bool` or of an enum have all their values when no domain is written.
//!
//! Rejected:
//!
//! ```text
//! boot RAM : size = 1G in 64G ..= 16M;
//! ```
//!
//! What to do: write `16M ..= 64G step 4K`.

use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "wrong-domain",
    title: "a parameter's domain is wrong",
    source: include_str!("wrong_domain.rs"),
};

/// A kind with too many values to leave the domain out.
pub(crate) fn missing(name: &str, kind: &str, loc: Loc) -> Diagnostic {
    let example = match kind {
        "version" => "in v2.6.20 ..= v6.12",
        "int" => "in 1 ..= 64",
        "addr" => "in { 0xC000_0000, 0x8000_0000 }",
        _ => "in 16M ..= 64G step 4K",
    };
    Diagnostic::error(&PAGE, format!("the parameter `{name}` has no domain"))
        .at(loc, format!("`{kind}` has too many values to try them all"))
        .help(format!("say which values it may have: `{example}`"))
}

/// An enum without choices.
pub(crate) fn no_choice(name: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("the parameter `{name}` can have no value"))
        .at(loc, "this enum has no choices")
}

/// `{ }`
pub(crate) fn empty_set(loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, "this domain is empty")
        .at(loc, "no values")
        .help("a parameter needs at least one value")
}

/// A value stands twice in a set.
pub(crate) fn twice(value: &str, loc: Loc, first: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("{value} stands twice in this domain"))
        .at(loc, "again here")
        .also(first, "first here")
        .help("leave one of them out, or correct it")
}

/// An interval of a kind without order.
pub(crate) fn no_order(kind: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(
        &PAGE,
        format!("`{kind}` has no order, so it has no intervals"),
    )
    .at(loc, "an interval")
    .help("leave the domain out, or list the values: `in { A, B }`")
}

/// The end lies below the beginning.
pub(crate) fn inverted(low: (&str, Loc), high: (&str, Loc), loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, "this domain is empty: it ends before it begins")
        .at(loc, "no values")
        .also(low.1, format!("begins at {}", low.0))
        .also(high.1, format!("ends at {}", high.0))
        .help(format!("did you mean `{} ..= {}`?", high.0, low.0))
}

/// The end is not one of the values.
pub(crate) fn off_step(high: &str, step: &str, last: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("{high} is not reached in steps of {step}"))
        .at(loc, "not a value of this domain")
        .note(format!("the last value would be {last}"))
        .help(format!("end the domain at {last}, or change the step"))
}

/// A step that leads nowhere.
pub(crate) fn bad_step(step: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("a step of {step} leads nowhere")).at(loc, "must be positive")
}

/// Versions have no distance.
pub(crate) fn version_step(loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, "versions have no distance, so they have no steps")
        .at(loc, "leave the step out")
}
