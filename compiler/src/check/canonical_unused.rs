//! # canonical-unused
//!
//! A part with `access: none` holds addresses that the page tables could translate. (A warning.)
//!
//! `access: none` is for the addresses between the halves of a space, which fault whatever the tables say. Where a part of
//! it is canonical, either a boundary is wrong or address space is given away.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space physical : 52 bits;
//! space linear   : 64 bits, paging x86_64_4level, to physical;
//! split linear {
//!     user    : 0 .. 64T                                  { access: user };
//!     nothing : 64T .. linear.end - 128T                  { access: none };        // warned about: 64T are usable
//!     kernel  : linear.end - 128T .. linear.end           { access: supervisor };
//! }
//! ```
//!
//! What to do: move the boundary; leave single pages free with a `guard` or `hole` inside the part beside it.

use super::non_canonical::hole;
use super::{Checker, item_title, span_text};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::paging::{InForce, formats};
use crate::model::{ItemId, Mode};

/// Its page.
pub const PAGE: Page = Page {
    code: "canonical-unused",
    title: "a part without access holds addresses that could be used",
    source: include_str!("canonical_unused.rs"),
};

/// Parts without access lie inside the hole, where there is one.
pub(super) fn check(checker: &mut Checker<'_>) {
    for split in &checker.model.splits {
        for &id in &split.parts {
            for in_force in formats(checker.model, split.space) {
                part(checker, id, &in_force);
            }
        }
    }
}

fn part(checker: &mut Checker<'_>, id: ItemId, in_force: &InForce<'_>) {
    let item = checker.model.item(id);
    let Some(range) = item.range else { return };
    if checker.broken.contains(&id) || !matches!(item.attrs.mode, Some((Mode::Nobody, _))) {
        return;
    }
    let (low, high) = hole(checker, item.space, in_force);
    let terms = &mut checker.terms;
    let conditions = [in_force.when, terms.lt(low, high)];
    let under = terms.all(&conditions);
    let inside = [
        terms.ge(range.start.term, low),
        terms.le(range.end.term, high),
    ];
    let goal = terms.all(&inside);
    checker.advise(id, under, goal, |checker, case| {
        let (low, high) = (checker.value(low, case), checker.value(high, case));
        let name = &in_force.format.name;
        let (start, end) = checker.bounds(id, case).unwrap_or_default();
        let mut diagnostic = Diagnostic::warning(
            &PAGE,
            format!(
                "{} holds addresses that `{name}` could translate",
                item_title(item)
            ),
        )
        .at(
            range.loc,
            format!("`{}` is {}", item.name, span_text(start, end)),
        )
        .note(format!(
            "`{name}` translates all but {}",
            span_text(low, high)
        ));
        if start < low {
            diagnostic =
                diagnostic.note(format!("could be used: {}", span_text(start, low.min(end))));
        }
        if end > high {
            diagnostic = diagnostic.note(format!(
                "could be used: {}",
                span_text(high.max(start), end)
            ));
        }
        diagnostic.help(
            "move the boundary to the edge of the hole, or keep a `guard` in the part beside it",
        )
    });
}
