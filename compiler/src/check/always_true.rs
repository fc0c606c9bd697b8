//! # always-true
//!
//! An assertion or assumption says nothing: it is true by construction. (A warning.)
//!
//! The two sides depend on parameters, but what depends on them cancels, so that no layout could break it.
//!
//! ```layout
//! boot  RAM : size = 64M in 16M ..= 64M step 4K;
//! space physical : 32 bits;
//! zone  low in physical : 0 .. RAM { unreached: "an example" };
//! assert low.end - low.start == low.size;      // warned about
//! ```
//!
//! What to do: delete it, or write what was meant. A law about constants (`assert MAXMEM == 896M`) is not meant: it holds the
//! author to a number.

use super::Checker;
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Claim;
use crate::term::TermId;

/// Its page.
pub const PAGE: Page = Page {
    code: "always-true",
    title: "an assertion or assumption is true by construction",
    source: include_str!("always_true.rs"),
};

/// Assertions and assumptions that depend on parameters can be false.
pub(super) fn check(checker: &mut Checker<'_>) {
    let asserts = checker
        .model
        .asserts
        .iter()
        .map(|claim| ("assertion", claim));
    let assumes = checker
        .model
        .assumes
        .iter()
        .map(|claim| ("assumption", claim));
    let empty: Vec<(&str, &Claim)> = asserts
        .chain(assumes)
        .filter(|(_, claim)| says_nothing(checker, claim))
        .collect();
    for (noun, claim) in empty {
        checker.report(
            Diagnostic::warning(&PAGE, format!("this {noun} says nothing"))
                .at(
                    claim.loc,
                    "true by construction, whatever the parameters are",
                )
                .help("delete it, or write what was meant"),
        );
    }
}

fn says_nothing(checker: &Checker<'_>, claim: &Claim) -> bool {
    // A law about constants holds the author to a number.
    let constant = |term| checker.terms.as_const(term).is_some();
    let mut comparisons = checker
        .model
        .comparisons
        .iter()
        .filter(|comparison| comparison.claim == claim.loc);
    claim.cond == TermId::TRUE
        && comparisons.any(|c| !constant(c.left.1.term) || !constant(c.right.1.term))
}
