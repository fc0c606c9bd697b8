//! # segment-index
//!
//! A segment descriptor stands where its table has no place for it.
//!
//! A descriptor table has 8192 places, numbered from 0. Place 0 of the global table is never used: selector 0 means no
//! segment. Two segments cannot have one place.
//!
//! ```layout
//! space   linear : 32 bits;
//! segment code : gdt[0] = code { base: 0, limit: 4G, dpl: 0 };       // rejected
//! ```
//!
//! What to do: choose a free place: 1 to 8191 of the `gdt`, 0 to 8191 of the `ldt`.

use super::{Checker, Law};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Segment;
use crate::term::TermId;

/// Its page.
pub const PAGE: Page = Page {
    code: "segment-index",
    title: "a segment descriptor stands where its table has no place for it",
    source: include_str!("segment_index.rs"),
};

/// How many places a descriptor table has.
const PLACES: i128 = 8192;

/// Every segment has a place of its own.
pub(super) fn check(checker: &mut Checker<'_>) {
    let segments = &checker.model.segments;
    for (at, segment) in segments.iter().enumerate() {
        let first = i128::from(!segment.local);
        let (low, high) = (
            checker.terms.constant(first),
            checker.terms.constant(PLACES),
        );
        let index = segment.index;
        let (above, below) = (
            checker.terms.ge(index.term, low),
            checker.terms.lt(index.term, high),
        );
        let goal = checker.terms.and(above, below);
        let law = Law {
            under: TermId::TRUE,
            goal,
            loc: index.loc,
            what: "a segment has a place in its table",
        };
        checker.demand(&law, |checker, case| {
            let value = checker.value(index.term, case);
            let diagnostic = Diagnostic::error(
                &PAGE,
                format!(
                    "segment `{}` cannot stand at {}[{value}]",
                    segment.name,
                    table(segment)
                ),
            )
            .at(index.loc, format!("is {value}"));
            let diagnostic = if value == 0 {
                diagnostic.note("selector 0 means no segment")
            } else {
                diagnostic
            };
            diagnostic.help(format!(
                "the places of the {} are {first} to {}",
                table(segment),
                PLACES - 1
            ))
        });
        for other in segments[..at]
            .iter()
            .filter(|other| other.local == segment.local)
        {
            let goal = checker.terms.ne(index.term, other.index.term);
            let law = Law {
                under: TermId::TRUE,
                goal,
                loc: index.loc,
                what: "two segments have different places",
            };
            checker.demand(&law, |checker, case| {
                let value = checker.value(index.term, case);
                let message = format!(
                    "segments `{}` and `{}` have one place",
                    other.name, segment.name
                );
                Diagnostic::error(&PAGE, message)
                    .at(
                        index.loc,
                        format!("`{}` is {}[{value}]", segment.name, table(segment)),
                    )
                    .also(
                        other.index.loc,
                        format!("`{}` is {}[{value}]", other.name, table(other)),
                    )
                    .help("give one of them another place")
            });
        }
    }
}

fn table(segment: &Segment) -> &'static str {
    if segment.local { "ldt" } else { "gdt" }
}
