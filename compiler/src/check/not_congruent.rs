//! # not-congruent
//!
//! A linear window cannot be mapped with pages of the size that it asks for.
//!
//! A page-table entry replaces the upper bits of an address and keeps the offset in the page. So the first address of a
//! linear window and the address that it maps to must have the same offset in a page: of the size that `page: SIZE` asks
//! for, or of the smallest size when nothing is asked.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 32 bits;
//! space  linear   : 32 bits, paging x86_32, to physical;
//! zone   low   in physical : 0 .. 64M;
//! window image in linear   : 3G .. +8M -> physical at 1M { page: 4M };       // rejected: 3G is on a 4M page, 1M is not
//! ```
//!
//! What to do: move the window so that both addresses differ by a multiple of the page size (`3G + 1M`), or use smaller
//! pages.

use super::not_page_aligned::multiple;
use super::pages::page_sizes;
use super::{Case, Checker, Law, as_addr, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{ItemId, Num, Target};
use crate::show_value::size_text;
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
        for (when, smallest) in page_sizes(checker, item.space) {
            let present = checker.present(id);
            let smallest = checker.terms.constant(smallest);
            let page = item.attrs.page.map_or(smallest, |page| page.term);
            let some = checker.terms.gt(page, TermId::FALSE);
            let under = checker.terms.all(&[present, when, some]);
            let distance = checker.terms.sub(range.start.term, at.term);
            let rest = checker.terms.rem(distance, page);
            let goal = checker.terms.eq(rest, TermId::FALSE);
            let law = Law {
                under,
                goal,
                loc: at.loc,
                what: "the window and what it maps to have the same offset in a page",
            };
            checker.hold(id, &law, |checker, case| {
                diagnostic(checker, id, *at, page, case)
            });
            if let (Some(repeat), Some(smallest)) = (repeat, checker.terms.as_const(smallest)) {
                repeated(checker, id, *repeat, smallest, under);
            }
        }
    }
}

fn repeated(checker: &mut Checker<'_>, id: ItemId, repeat: Num, page: i128, under: TermId) {
    let goal = multiple(checker, repeat.term, page);
    let law = Law {
        under,
        goal,
        loc: repeat.loc,
        what: "what is repeated consists of whole pages",
    };
    checker.hold(id, &law, |checker, case| {
        let value = checker.value(repeat.term, case);
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

fn diagnostic(checker: &Checker<'_>, id: ItemId, at: Num, page: TermId, case: &Case) -> Diagnostic {
    let item = checker.model.item(id);
    let range = item.range.expect("checked items have a range");
    let page = checker.value(page, case);
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
    diagnostic
        .note("a page-table entry keeps the offset in the page: both must have the same")
        .help(format!(
            "start the window at {} or map it to {}",
            as_addr(checker.model, fitting),
            as_addr(checker.model, at_value - its + own)
        ))
}
