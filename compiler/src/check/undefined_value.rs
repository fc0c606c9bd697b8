//! # undefined-value
//!
//! An expression has no value for some parameter values: it divides by zero or a negative number, aligns to one, or takes
//! the logarithm of one.
//!
//! ```layout
//! config CPUS : int = 4 in 0 ..= 64;
//! space  physical : 32 bits;
//! let    share = 64M / CPUS;                          // rejected: CPUS may be 0
//! zone   low in physical : 0 .. align_up(share, 4K) { unreached: "an example" };
//! ```
//!
//! What to do: narrow the domain of the parameter (`in 1 ..= 64`), say in an `assume` what excludes the case, or decide it
//! first: `if CPUS > 0 { 64M / CPUS } else { 64M }`.

use super::{Checker, Law};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Need;

/// Its page.
pub const PAGE: Page = Page {
    code: "undefined-value",
    title: "an expression has no value for some parameter values",
    source: include_str!("undefined_value.rs"),
};

/// Divisors, alignments and arguments of logarithms are positive.
pub(super) fn check(checker: &mut Checker<'_>) {
    for obligation in &checker.model.obligations {
        let (term, noun, what) = match obligation.need {
            Need::Divisor(term) => (term, "divisor", "this divisor is positive"),
            Need::Alignment(term) => (term, "alignment", "this alignment is positive"),
            Need::Logarithm(term) => (term, "argument of `log2`", "this logarithm exists"),
            Need::Exists(_) | Need::Member(..) => continue,
        };
        let law = Law {
            under: obligation.under,
            goal: obligation.cond,
            loc: obligation.loc,
            what,
        };
        checker.demand(&law, |checker, case| {
            let value = checker.value(term, case);
            let kind = if value == 0 { "zero" } else { "negative" };
            let diagnostic = Diagnostic::error(&PAGE, format!("the {noun} is {kind}"))
                .at(obligation.loc, format!("is {value}"));
            if case.uses.is_empty() {
                diagnostic.help("it has to be at least 1")
            } else {
                diagnostic.help("narrow the domain of a parameter in it, or guard it with `if`")
            }
        });
    }
}
