//! # not-congruent
//!
//! A linear window cannot be mapped with pages of the size that it asks for.
//!
//! A page-table entry replaces the upper bits of an address and keeps the offset in the page. So the first address of a
//! linear window and the address that it maps to must have the same offset in a page: of the size that `page: SIZE` asks
//! for, or of the smallest size when nothing is asked. Both may begin in the middle of such a page: what does not fill one, at
//! either end, is mapped with smaller pages.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 32 bits;
//! space  linear   : 32 bits, paging x86_32, to physical;
//! zone   low   in physical : 0 .. 64M { unreached: "an example" };
//! window image in linear   : 3G .. +8M -> physical at 1M { page: 4M };       // rejected: 3G is on a 4M page, 1M is not
//! ```
//!
//! What to do: move the window so that both addresses differ by a multiple of the page size (`3G + 1M`), or use smaller
//! pages.

use super::not_page_aligned::{for_all_pages, in_force};
use super::room::start_at;
use super::{Case, Checker, Law, as_addr, item_title};
use crate::diagnostic::{Diagnostic, Page, Place, Proposal};
use crate::model::paging::Pages;
use crate::model::{ItemId, Kind, Num, Target};
use crate::show_value::{size_text, value_literal};
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "not-congruent",
    title: "a linear window cannot be mapped with pages of its size",
    source: include_str!("not_congruent.rs"),
};

/// Windows and what they map to have the same offset in a page.
pub(super) fn check(checker: &mut Checker<'_>) {
    for id in checker.sound(PlaceKind::Window) {
        let item = checker.model.item(id);
        let (Some(range), Target::Linear { at, repeat, .. }) = (item.range, &item.target) else {
            continue;
        };
        let pages = checker.model.space(item.space).pages.iter();
        let pages: Vec<(TermId, i128)> = pages.flat_map(Pages::sound).collect();
        if pages.is_empty() {
            continue;
        }
        let under = checker.present(id);
        congruent(checker, id, (range.start, *at), &pages, under);
        if let Some(repeat) = repeat {
            repeated(checker, id, *repeat, &pages, under);
        }
    }
}

/// Decides whether a window and what it maps to have the same offset in pages of the size asked for, or of the smallest.
fn congruent(
    checker: &mut Checker<'_>,
    id: ItemId,
    (start, at): (Num, Num),
    pages: &[(TermId, i128)],
    under: TermId,
) {
    let distance = checker.terms.sub(start.term, at.term);
    let asked = checker.model.item(id).attrs.page;
    let (under, goal) = match asked {
        None => (under, for_all_pages(checker, distance, pages)),
        Some(asked) => {
            let known: Vec<TermId> = pages.iter().map(|&(when, _)| when).collect();
            let known = checker.terms.any(&known);
            let some = checker.terms.gt(asked.term, TermId::FALSE);
            let rest = checker.terms.rem(distance, asked.term);
            let goal = checker.terms.eq(rest, TermId::FALSE);
            (checker.terms.all(&[under, known, some]), goal)
        }
    };
    let law = Law {
        under,
        goal,
        loc: at.loc,
        what: "the window and what it maps to have the same offset in a page",
    };
    checker.hold(id, &law, |checker, case| {
        let page = match asked {
            Some(asked) => checker.value(asked.term, case),
            None => in_force(checker, pages, case),
        };
        diagnostic(checker, id, at, page, case)
    });
}

fn repeated(
    checker: &mut Checker<'_>,
    id: ItemId,
    repeat: Num,
    pages: &[(TermId, i128)],
    under: TermId,
) {
    let goal = for_all_pages(checker, repeat.term, pages);
    let law = Law {
        under,
        goal,
        loc: repeat.loc,
        what: "what is repeated consists of whole pages",
    };
    checker.hold(id, &law, |checker, case| {
        let value = checker.value(repeat.term, case);
        let page = in_force(checker, pages, case);
        Diagnostic::error(
            &PAGE,
            format!(
                "{} repeats a part of a page",
                item_title(checker.model.item(id))
            ),
        )
        .at(repeat.loc, format!("is {}", size_text(value)))
        .note(format!("pages here have {}", size_text(page)))
        .help(format!("repeat a multiple of {}", size_text(page)))
    });
}

fn diagnostic(checker: &Checker<'_>, id: ItemId, at: Num, page: i128, case: &Case) -> Diagnostic {
    let item = checker.model.item(id);
    let range = item.range.expect("checked items have a range");
    let (start, at_value) = (
        checker.value(range.start.term, case),
        checker.value(at.term, case),
    );
    let (own, its) = (start.rem_euclid(page), at_value.rem_euclid(page));
    let fitting = start - own + its;
    let mut diagnostic = Diagnostic::error(
        &PAGE,
        format!(
            "{} cannot be mapped with pages of {}",
            item_title(item),
            size_text(page)
        ),
    )
    .at(
        at.loc,
        format!(
            "is {}: {} into a page",
            as_addr(checker.model, at_value),
            size_text(its)
        ),
    )
    .also(
        range.start.loc,
        format!(
            "is {}: {} into a page",
            as_addr(checker.model, start),
            size_text(own)
        ),
    );
    if let Some(asked) = item.attrs.page {
        diagnostic = diagnostic.also(asked.loc, "the size asked for");
    }
    let start_there = start_at(checker, id, fitting, case).map(|place| Place {
        text: format!("start the window at {}", place.text),
        ..place
    });
    let shown = at_value - its + own;
    let map_there = Place {
        text: format!("map it to {}", as_addr(checker.model, shown)),
        edits: vec![(at.loc, value_literal(checker.model, Kind::Addr, shown))],
    };
    diagnostic
        .note("a page-table entry keeps the offset in the page: both must have the same")
        .propose(Proposal {
            before: String::new(),
            places: start_there.into_iter().chain([map_there]).collect(),
            most: 2,
            after: String::new(),
            otherwise: "move the window, or map it elsewhere".to_owned(),
            values: case.values.clone(),
        })
}
