//! # outside-space
//!
//! A range reaches outside its space: below address 0 or beyond the top.
//!
//! A space of n bits has the addresses `0 .. 2^n`. A range may end exactly at the top (`linear.end`); one byte more is
//! an address that no pointer can hold.
//!
//! ```layout
//! space physical : 32 bits;
//! space linear   : 32 bits, to physical;
//! window fixmap in linear : 0xFFFF_F000 .. +8K -> fixed { APIC, VDSO };     // rejected: 4K beyond the top
//! ```
//!
//! What to do: end the range at `SPACE.end`, or start it lower.

use super::{Case, Checker, Law, as_addr, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::ItemId;
use crate::show_value::size_text;
use crate::term::TermId;

/// Its page.
pub const PAGE: Page = Page {
    code: "outside-space",
    title: "a range reaches outside its space",
    source: include_str!("outside_space.rs"),
};

/// Every range lies within the addresses of its space.
pub fn check(checker: &mut Checker<'_>) {
    for id in checker.sound_items() {
        let item = checker.model.item(id);
        let Some(range) = item.range else { continue };
        let space = checker.model.space(item.space);
        if space.bits.is_none() {
            continue;
        }
        let under = checker.exists(id);
        let above = checker.terms.ge(range.start.term, TermId::FALSE);
        let below = checker.terms.le(range.end.term, space.end);
        let goal = checker.terms.and(above, below);
        let law = Law {
            under,
            goal,
            loc: range.loc,
            what: "this range lies within its space",
        };
        checker.hold(id, &law, |checker, case| diagnostic(checker, id, case));
    }
}

fn diagnostic(checker: &Checker<'_>, id: ItemId, case: &Case) -> Diagnostic {
    let model = checker.model;
    let item = model.item(id);
    let range = item.range.expect("checked items have a range");
    let space = model.space(item.space);
    let (start, end) = checker.bounds(id, case).unwrap_or_default();
    let top = checker.value(space.end, case);
    let bits = top.max(1).ilog2();
    let diagnostic = if start < 0 {
        let by = size_text(-start);
        Diagnostic::error(
            &PAGE,
            format!("{} starts {by} below address 0", item_title(item)),
        )
        .at(range.start.loc, format!("is {}", as_addr(model, start)))
        .help(format!("start it at least {by} higher"))
    } else {
        let by = size_text(end - top);
        Diagnostic::error(
            &PAGE,
            format!(
                "{} passes the top of `{}` by {by}",
                item_title(item),
                space.name
            ),
        )
        .at(
            range.end.loc,
            format!("the range is {}", checker.range_text(id, case)),
        )
        .help(format!(
            "end it at `{}.end`, or start it at least {by} lower",
            space.name
        ))
    };
    diagnostic.also(
        space.loc,
        format!(
            "`{}` has {bits} bits: its addresses end at {}",
            space.name,
            as_addr(model, top)
        ),
    )
}
