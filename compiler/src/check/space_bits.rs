//! # space-bits
//!
//! A space has fewer than 1 or more than 64 address bits, or fewer than its page tables translate.
//!
//! Addresses are numbers of at most 64 bits; a space without bits has one address and no ranges. A space with page tables has
//! every address that they translate: it is as wide as their format, or wider.
//!
//! ```layout
//! space physical : 65 bits;      // rejected
//! ```
//!
//! What to do: give it the width of its addresses: 32, 36, 48, 64.

use super::{Checker, Law};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::paging::{InForce, formats};
use crate::model::{Num, Space, SpaceId};
use crate::term::TermId;

/// Its page.
pub const PAGE: Page = Page {
    code: "space-bits",
    title: "a space has no width between 1 and 64 bits, or is narrower than its format",
    source: include_str!("space_bits.rs"),
};

/// Every space has 1 to 64 bits, and no fewer than its page tables translate.
pub(super) fn check(checker: &mut Checker<'_>) {
    for (space, at) in checker.model.spaces.iter().zip(0..) {
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
        for in_force in formats(checker.model, SpaceId(at)) {
            as_wide(checker, space, bits, &in_force);
        }
    }
}

fn as_wide(checker: &mut Checker<'_>, space: &Space, bits: Num, in_force: &InForce<'_>) {
    let width = in_force.spec.va_bits;
    let needed = checker.terms.constant(i128::from(width));
    let law = Law {
        under: in_force.when,
        goal: checker.terms.ge(bits.term, needed),
        loc: bits.loc,
        what: "a space has all addresses that its page tables translate",
    };
    checker.demand(&law, |checker, case| {
        let value = checker.value(bits.term, case);
        let name = &in_force.format.name;
        Diagnostic::error(
            &PAGE,
            format!(
                "space `{}` has {value} address bits, but `{name}` translates {width}",
                space.name
            ),
        )
        .at(bits.loc, format!("is {value}"))
        .also(
            in_force.format.address_loc,
            format!("addresses of {width} bits"),
        )
        .help(format!(
            "give it {width} bits or more, or use a format of {value} bits"
        ))
    });
}
