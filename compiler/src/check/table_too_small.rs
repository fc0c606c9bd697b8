//! # table-too-small
//!
//! A window for a table has no room for an element of every frame.
//!
//! `table of 64 per page of physical` is an array with 64 bytes for every page of physical memory, from address 0 up to the
//! end of the last zone: element n describes page n, so that the array can be indexed by frame number.
//!
//! ```layout
//! use std "paging/x86.layout";
//! boot   RAM : size = 8G in 1G ..= 64G step 4K;
//! space  physical : 46 bits;
//! space  linear   : 64 bits, paging x86_64_4level, to physical;
//! zone   all     in physical : 0 .. RAM { unreached: "an example" };
//! window vmemmap in linear   : 0xFFFF_EA00_0000_0000 .. +512M -> table of 64 per page of physical;   // rejected when RAM > 32G
//! ```
//!
//! What to do: make the window larger, the elements smaller, or let one describe more memory (`per 2M`).

use super::room::granule;
use super::{Case, Checker, Law, item_title, span_text};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{ItemId, SpaceId, Target};
use crate::show_value::size_text;
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "table-too-small",
    title: "a table has no room for every frame",
    source: include_str!("table_too_small.rs"),
};

/// Tables have an element for every frame up to the end of the last zone.
pub(super) fn check(checker: &mut Checker<'_>) {
    for id in checker.sound(PlaceKind::Window) {
        let item = checker.model.item(id);
        let (Some(range), Target::Table { element, per, of }) = (item.range, &item.target) else {
            continue;
        };
        let Some(memory) = end_of_memory(checker, *of) else {
            continue;
        };
        let present = checker.present(id);
        let terms = &mut checker.terms;
        let positive = [
            present,
            terms.gt(element.term, TermId::FALSE),
            terms.gt(per.term, TermId::FALSE),
        ];
        let under = terms.all(&positive);
        let count = terms.ceil_div(memory, per.term);
        let needed = terms.mul(count, element.term);
        let size = terms.sub(range.end.term, range.start.term);
        let goal = terms.ge(size, needed);
        let law = Law {
            under,
            goal,
            loc: range.loc,
            what: "the table has an element for every frame",
        };
        let numbers = (memory, count, needed);
        checker.hold(id, &law, |checker, case| {
            diagnostic(checker, id, *of, numbers, case)
        });
    }
}

/// The end of the last zone that exists; `None` when there are no zones, or one is not known.
fn end_of_memory(checker: &mut Checker<'_>, space: SpaceId) -> Option<TermId> {
    let zones = checker.sound_in(space, PlaceKind::Zone);
    if zones.is_empty() || !super::frames::memory_is_known(checker, space) {
        return None;
    }
    let mut end = TermId::FALSE;
    for zone in zones {
        let range = checker.model.item(zone).range?;
        let present = checker.present(zone);
        let its = checker.terms.choose(present, range.end.term, TermId::FALSE);
        end = checker.terms.max(end, its);
    }
    Some(end)
}

fn diagnostic(
    checker: &Checker<'_>,
    id: ItemId,
    of: SpaceId,
    (memory, count, needed): (TermId, TermId, TermId),
    case: &Case,
) -> Diagnostic {
    let item = checker.model.item(id);
    let range = item.range.expect("checked items have a range");
    let Target::Table { element, per, .. } = &item.target else {
        unreachable!("only tables are asked")
    };
    let (start, end) = checker.bounds(id, case).unwrap_or_default();
    let (memory, count, needed) = (
        checker.value(memory, case),
        checker.value(count, case),
        checker.value(needed, case),
    );
    let (element, per) = (
        checker.value(element.term, case),
        checker.value(per.term, case),
    );
    let space = &checker.model.space(of).name;
    let by = size_text(needed - (end - start));
    let page = granule(checker, item.space, case);
    let fitting = needed + (page - needed.rem_euclid(page)) % page;
    Diagnostic::error(
        &PAGE,
        format!("{} is too small for its table by {by}", item_title(item)),
    )
    .at(
        range.loc,
        format!("`{}` is {}", checker.name(id, case), span_text(start, end)),
    )
    .also(
        item.target_loc.unwrap_or(item.name_loc),
        format!("{} for every {}", size_text(element), size_text(per)),
    )
    .note(format!(
        "the zones of `{space}` end at {}: {count} elements of {} are {}",
        super::as_addr(checker.model, memory),
        size_text(element),
        size_text(needed)
    ))
    .help(format!(
        "make the window at least {}, or let an element describe more memory",
        size_text(fitting)
    ))
}
