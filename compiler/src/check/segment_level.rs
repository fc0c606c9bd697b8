//! # segment-level
//!
//! The privilege level of a segment is not 0, 1, 2 or 3.
//!
//! ```layout
//! space   linear : 32 bits;
//! segment user_code : gdt[14] = code { base: 0, limit: 4G, dpl: 4 };       // rejected
//! ```
//!
//! What to do: 0 is the kernel, 3 the user; 1 and 2 are hardly used.

use super::{Checker, Law};
use crate::diagnostic::{Diagnostic, Page};
use crate::term::TermId;

/// Its page.
pub const PAGE: Page = Page {
    code: "segment-level",
    title: "a segment has a privilege level that there is not",
    source: include_str!("segment_level.rs"),
};

/// Privilege levels are 0 to 3.
pub(super) fn check(checker: &mut Checker<'_>) {
    for segment in &checker.model.segments {
        let dpl = segment.dpl;
        let three = checker.terms.constant(3);
        let (low, high) = (
            checker.terms.ge(dpl.term, TermId::FALSE),
            checker.terms.le(dpl.term, three),
        );
        let goal = checker.terms.and(low, high);
        let law = Law {
            under: TermId::TRUE,
            goal,
            loc: dpl.loc,
            what: "a privilege level is 0 to 3",
        };
        checker.demand(&law, |checker, case| {
            let value = checker.value(dpl.term, case);
            Diagnostic::error(
                &PAGE,
                format!("segment `{}` has privilege level {value}", segment.name),
            )
            .at(dpl.loc, format!("is {value}"))
            .help("levels are 0 (the kernel) to 3 (the user)")
        });
    }
}
