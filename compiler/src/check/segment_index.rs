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
        place(checker, segment);
        for other in segments[..at]
            .iter()
            .filter(|other| other.local == segment.local)
        {
            apart(checker, segment, other);
        }
    }
}

fn place(checker: &mut Checker<'_>, segment: &Segment) {
    let (index, first) = (segment.index, i128::from(!segment.local));
    let (low, high) = (
        checker.terms.constant(first),
        checker.terms.constant(PLACES),
    );
    let above = checker.terms.ge(index.term, low);
    let below = checker.terms.lt(index.term, high);
    let goal = checker.terms.and(above, below);
    let what = "a segment has a place in its table";
    let law = Law {
        under: TermId::TRUE,
        goal,
        loc: index.loc,
        what,
    };
    checker.demand(&law, |checker, case| {
        let value = checker.value(index.term, case);
        let (name, table) = (&segment.name, table(segment));
        let message = format!("segment `{name}` cannot stand at {table}[{value}]");
        let diagnostic = Diagnostic::error(&PAGE, message).at(index.loc, format!("is {value}"));
        let diagnostic = match value {
            0 => diagnostic.note("selector 0 means no segment"),
            _ => diagnostic,
        };
        diagnostic.help(format!(
            "the places of the {table} are {first} to {}",
            PLACES - 1
        ))
    });
}

fn apart(checker: &mut Checker<'_>, segment: &Segment, other: &Segment) {
    let (index, its) = (segment.index, other.index);
    let goal = checker.terms.ne(index.term, its.term);
    let what = "two segments have different places";
    let law = Law {
        under: TermId::TRUE,
        goal,
        loc: index.loc,
        what,
    };
    checker.demand(&law, |checker, case| {
        let value = checker.value(index.term, case);
        let table = table(segment);
        let message = format!(
            "segments `{}` and `{}` have one place",
            other.name, segment.name
        );
        Diagnostic::error(&PAGE, message)
            .at(index.loc, format!("`{}` is {table}[{value}]", segment.name))
            .also(its.loc, format!("`{}` is {table}[{value}]", other.name))
            .help("give one of them another place")
    });
}

fn table(segment: &Segment) -> &'static str {
    if segment.local { "ldt" } else { "gdt" }
}
