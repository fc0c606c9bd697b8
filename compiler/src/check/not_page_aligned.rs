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

use super::room::end_moved;
use super::{Case, Checker, Law, as_addr, item_title};
use crate::diagnostic::{Diagnostic, Page, Proposal};
use crate::model::paging::PLAIN_PAGE;
use crate::model::{ItemId, ItemKind, Kind, Num, Target};
use crate::show_value::{size_text, value_literal};
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "not-page-aligned",
    title: "a range does not begin or end on a page",
    source: include_str!("not_page_aligned.rs"),
};

/// The pages that an item has to begin and end on; empty when it may lie anywhere.
fn pages_of(checker: &Checker<'_>, id: ItemId) -> Vec<(TermId, i128)> {
    let item = checker.model.item(id);
    if matches!(
        item.kind,
        ItemKind::Place(PlaceKind::Device | PlaceKind::Reserve)
    ) {
        return Vec::new();
    }
    let Some(pages) = &checker.model.space(item.space).pages else {
        return Vec::new();
    };
    let by_page = matches!(
        item.target,
        Target::Pages { .. } | Target::Slots { .. } | Target::Fixed { .. }
    );
    if by_page && !pages.are_said() {
        return vec![(TermId::TRUE, PLAIN_PAGE)];
    }
    pages.sound().collect()
}

/// Ranges begin and end on pages.
pub(super) fn check(checker: &mut Checker<'_>) {
    for id in checker.sound_items() {
        let Some(range) = checker.model.item(id).range else {
            continue;
        };
        let pages = pages_of(checker, id);
        if pages.is_empty() {
            continue;
        }
        let under = checker.present(id);
        // A range that begins off a page ends off one too.
        if on_page(checker, id, range.start, "begin", under, &pages) {
            on_page(checker, id, range.end, "end", under, &pages);
        }
    }
}

/// Decides whether one end of an item is on a page, however large pages are: one law, so that one mistake is one message.
fn on_page(
    checker: &mut Checker<'_>,
    id: ItemId,
    num: Num,
    word: &'static str,
    under: TermId,
    pages: &[(TermId, i128)],
) -> bool {
    let goal = for_all_pages(checker, num.term, pages);
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
        diagnostic(checker, id, num, word, in_force(checker, pages, case), case)
    });
    checker.summary.refuted == before
}

/// `term` is a multiple of the page, in each case of its size.
pub(super) fn for_all_pages(
    checker: &mut Checker<'_>,
    term: TermId,
    pages: &[(TermId, i128)],
) -> TermId {
    let mut all = Vec::with_capacity(pages.len());
    for &(when, page) in pages {
        let multiple = multiple(checker, term, page);
        all.push(checker.terms.implies(when, multiple));
    }
    checker.terms.all(&all)
}

/// The size of a page in a case that breaks a law about pages.
pub(super) fn in_force(checker: &Checker<'_>, pages: &[(TermId, i128)], case: &Case) -> i128 {
    let holds = |when: TermId| checker.value(when, case) != 0;
    let found = pages.iter().find(|(when, _)| holds(*when));
    found.map_or(PLAIN_PAGE, |&(_, bytes)| bytes)
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
    let literal = value_literal(checker.model, Kind::Size, page);
    let rounding = format!("round with `align_down(x, {literal})` or `align_up(x, {literal})`");
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
    .propose(Proposal {
        before: format!("{word} at "),
        places: [below, below + page]
            .iter()
            .filter_map(|&to| end_moved(checker, id, num, to, case))
            .collect(),
        most: 2,
        after: format!(", or {rounding}"),
        otherwise: rounding,
        values: case.values.clone(),
    })
}
