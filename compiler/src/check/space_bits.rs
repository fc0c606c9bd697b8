//! # space-bits
//!
//! A space has fewer than 1 or more than 64 address bits.
//!
//! Addresses are numbers of at most 64 bits; a space without bits has one address and no ranges.
//!
//! ```layout
//! space physical : 65 bits;      // rejected
//! ```
//!
//! What to do: give it the width of its addresses: 32, 36, 48, 64.

use super::{Checker, Law};
use crate::diagnostic::{Diagnostic, Page};
use crate::term::TermId;

/// Its page.
pub const PAGE: Page = Page {
    code: "space-bits",
    title: "a space has no width between 1 and 64 bits",
    source: include_str!("space_bits.rs"),
};

/// Every space has 1 to 64 bits.
pub(super) fn check(checker: &mut Checker<'_>) {
    for space in &checker.model.spaces {
        let Some(bits) = space.bits else { continue };
        let most = checker.terms.constant(64);
        let (some, few) = (
            checker.terms.ge(bits.term, TermId::TRUE),
            checker.terms.le(bits.term, most),
        );
        let goal = checker.terms.and(some, few);
        let law = Law {
            under: TermId::TRUE,
            goal,
            loc: bits.loc,
            what: "a space has 1 to 64 address bits",
        };
        checker.demand(&law, |checker, case| {
            let value = checker.value(bits.term, case);
            Diagnostic::error(
                &PAGE,
                format!("space `{}` has {value} address bits", space.name),
            )
            .at(bits.loc, format!("is {value}"))
            .note("addresses have 1 to 64 bits")
        });
    }
}
