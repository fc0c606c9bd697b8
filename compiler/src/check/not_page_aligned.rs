//! # not-page-aligned
//!
//! A range does not begin or end on a page.
//!
//! Page tables map whole pages: where a range ends in the middle of one, the rest of the page has the rights and the fate of
//! its neighbour. Pages are those of the space's own format; zones, which hand out frames, have those of the spaces that map
//! to theirs. Without page tables only windows that are filled page by page have pages, of 4K. Devices and reserves may lie
//! anywhere.
//!
//! ```layout
//! use std "paging/x86.layout";
//! boot  RAM : size = 64M in 16M ..= 64M step 1K;                 // in steps of 1K
//! space physical : 32 bits;
//! space linear   : 32 bits, paging x86_32, to physical;
//! zone   low    in physical : 0 .. 64M { unreached: "an example" };
//! window direct in linear   : 3G .. +RAM -> physical at 0;       // rejected
//! ```
//!
//! What to do: round the number (`align_up(x, 4K)`, `align_down(x, 4K)`), or give the parameter a `step` of a page.

use super::pages::page_sizes;
use super::{Case, Checker, Law, as_addr, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{ItemId, ItemKind, Num, Target};
use crate::show_value::size_text;
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "not-page-aligned",
    title: "a range does not begin or end on a page",
    source: include_str!("not_page_aligned.rs"),
};

/// The pages that an item has to begin and end on.
fn pages_of(checker: &Checker<'_>, id: ItemId) -> Vec<(TermId, i128)> {
    let item = checker.model.item(id);
    if matches!(
        item.kind,
        ItemKind::Place(PlaceKind::Device | PlaceKind::Reserve)
    ) {
        return Vec::new();
    }
    let sizes = page_sizes(checker, item.space);
    let by_page = matches!(
        item.target,
        Target::Pages { .. } | Target::Slots { .. } | Target::Fixed { .. }
    );
    if sizes.is_empty() && by_page && checker.model.space(item.space).paging.is_empty() {
        return vec![(TermId::TRUE, super::pages::DEFAULT_PAGE)];
    }
    sizes
}

/// Ranges begin and end on pages.
pub(super) fn check(checker: &mut Checker<'_>) {
    for id in checker.sound_items() {
        let Some(range) = checker.model.item(id).range else {
            continue;
        };
        for (when, page) in pages_of(checker, id) {
            let present = checker.present(id);
            let under = checker.terms.and(present, when);
            let law = |checker: &mut Checker<'_>, num: Num, word: &'static str| {
                let goal = multiple(checker, num.term, page);
                // Many ranges share their ends: what holds without any condition is found out once.
                let _ = checker.verdict(TermId::TRUE, goal);
                let law = Law {
                    under,
                    goal,
                    loc: num.loc,
                    what: "this range begins and ends on a page",
                };
                let before = checker.summary.refuted;
                checker.hold(id, &law, |checker, case| {
                    diagnostic(checker, id, num, word, page, case)
                });
                checker.summary.refuted == before
            };
            // A range that begins off a page ends off one too.
            if law(checker, range.start, "begin") {
                law(checker, range.end, "end");
            }
        }
    }
}

/// `term` is a multiple of a constant.
pub(super) fn multiple(checker: &mut Checker<'_>, term: TermId, of: i128) -> TermId {
    let of = checker.terms.constant(of);
    let rest = checker.terms.rem(term, of);
    checker.terms.eq(rest, TermId::FALSE)
}

fn diagnostic(
    checker: &Checker<'_>,
    id: ItemId,
    num: Num,
    word: &str,
    page: i128,
    case: &Case,
) -> Diagnostic {
    let item = checker.model.item(id);
    let value = checker.value(num.term, case);
    let below = value - value.rem_euclid(page);
    let sized = word == "end" && item.range.is_some_and(|range| range.sized);
    let text = if sized {
        format!("ends at {}", as_addr(checker.model, value))
    } else {
        format!("is {}", as_addr(checker.model, value))
    };
    Diagnostic::error(
        &PAGE,
        format!("{} does not {word} on a page", item_title(item)),
    )
    .at(num.loc, text)
    .note(format!(
        "pages here have {}: this is {} above one",
        size_text(page),
        size_text(value - below)
    ))
    .help(format!(
        "{word} at {} or {}, or round with `align_down(x, {page})` or `align_up(x, {page})`",
        as_addr(checker.model, below),
        as_addr(checker.model, below + page),
        page = crate::show_value::value_literal(checker.model, crate::model::Kind::Size, page)
    ))
}
