//! # split-gap
//!
//! The parts of a split leave addresses of their space to nobody.
//!
//! A split says for every address of a space whose it is. Addresses that nobody may use are a part as well, with
//! `access: none`.
//!
//! ```layout
//! space linear : 32 bits;
//! split linear {
//!     user   : 0 .. 3G                   { access: user };
//!     kernel : 0xC010_0000 .. linear.end { access: supervisor };      // rejected: 1M is left out
//! }
//! ```
//!
//! What to do: begin a part where the one before it ends (`user.end`), or give what is between to a part of its own.

use super::frames::{every_frame, holds};
use super::{Case, Checker, Law, as_addr, item_title, span_text};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Lack;
use crate::model::{Extent, ItemId, Split};
use crate::prove::Verdict;
use crate::show_value::size_text;
use crate::source::Loc;
use crate::term::{Evaluation, TermId};

/// Its page.
pub const PAGE: Page = Page {
    code: "split-gap",
    title: "the parts of a split leave addresses to nobody",
    source: include_str!("split_gap.rs"),
};

/// No address lies before, between or after the parts.
pub(super) fn check(checker: &mut Checker<'_>) {
    // What is missing because it was wrong has had its message.
    if checker.model.missing.any_of(&[Lack::Part]) {
        return;
    }
    for split in &checker.model.splits {
        let Some(parts) = in_order(checker, split) else {
            continue;
        };
        if !keep_order(checker, &parts) {
            anywhere(checker, split, &parts);
            continue;
        }
        for pair in parts.windows(2) {
            between(checker, split, pair[0], pair[1]);
        }
        if let (Some(&first), Some(&last)) = (parts.first(), parts.last()) {
            at_start(checker, split, first);
            at_end(checker, split, last);
        }
    }
}

/// True when no parameter makes a part begin before one that it follows for the default values.
pub(super) fn keep_order(checker: &mut Checker<'_>, parts: &[ItemId]) -> bool {
    let starts = parts.iter().map(|&id| checker.model.item(id).range);
    let Some(starts) = starts.collect::<Option<Vec<_>>>() else {
        return false;
    };
    starts.windows(2).all(|pair| {
        let follows = checker.terms.le(pair[0].start.term, pair[1].start.term);
        checker.verdict(TermId::TRUE, follows) == Verdict::Proved
    })
}

/// Parts that a parameter puts in another order: some part holds every address, whichever comes first.
fn anywhere(checker: &mut Checker<'_>, split: &Split, parts: &[ItemId]) {
    let (var, address) = every_frame(checker, split.space);
    let in_space = checker
        .terms
        .lt(address, checker.model.space(split.space).end);
    let held: Vec<TermId> = parts
        .iter()
        .map(|&id| holds(checker, id, address))
        .collect();
    let law = Law {
        under: in_space,
        goal: checker.terms.any(&held),
        loc: split.loc,
        what: "every address belongs to a part",
    };
    let Some(case) = checker.law(&law) else {
        return;
    };
    let first = case.values[var.index()];
    let around = |id: &ItemId| checker.bounds(*id, &case).map(|bounds| (bounds, *id));
    let bounds: Vec<((i128, i128), ItemId)> = parts.iter().filter_map(around).collect();
    let before = bounds.iter().filter(|((_, end), _)| *end <= first).max();
    let after = bounds.iter().filter(|((start, _), _)| *start > first).min();
    let (before, after) = (before.map(|&(_, id)| id), after.map(|&(_, id)| id));
    for id in [before, after].into_iter().flatten() {
        checker.mistake(id, case.always);
    }
    let diagnostic = match (before, after) {
        (Some(before), Some(after)) => left_between(checker, split, before, after, &case),
        (Some(last), None) => left_above(checker, split, last, &case),
        (None, Some(first)) => left_below(checker, split, first, &case),
        (None, None) => return,
    };
    let diagnostic = diagnostic.shown_by(checker.counterexample(&case));
    checker.report(diagnostic);
}

/// The parts by their starts for the default values; `None` when the range of one is not known.
pub(super) fn in_order(checker: &Checker<'_>, split: &Split) -> Option<Vec<ItemId>> {
    checker.model.space(split.space).bits?;
    let mut evaluation = Evaluation::new(&checker.terms, checker.defaults());
    let mut parts = Vec::with_capacity(split.parts.len());
    for &id in &split.parts {
        let range = checker.model.item(id).range?;
        if checker.broken.contains(&id) {
            return None;
        }
        let (start, end) = (
            evaluation.get(range.start.term),
            evaluation.get(range.end.term),
        );
        parts.push((start.unwrap_or(0), end.unwrap_or(0), id));
    }
    parts.sort_by_key(|&(start, end, _)| (start, end));
    Some(parts.into_iter().map(|(_, _, id)| id).collect())
}

fn between(checker: &mut Checker<'_>, split: &Split, before: ItemId, after: ItemId) {
    let (a, b) = (checker.model.item(before), checker.model.item(after));
    let (Some(x), Some(y)) = (a.range, b.range) else {
        return;
    };
    let goal = checker.terms.le(y.start.term, x.end.term);
    let law = Law {
        under: TermId::TRUE,
        goal,
        loc: y.start.loc,
        what: "this part begins where the one before it ends",
    };
    let Some(case) = checker.law(&law) else {
        return;
    };
    checker.mistake(before, case.always);
    checker.mistake(after, case.always);
    let diagnostic = left_between(checker, split, before, after, &case);
    let diagnostic = diagnostic.shown_by(checker.counterexample(&case));
    checker.report(diagnostic);
}

fn left_between(
    checker: &Checker<'_>,
    split: &Split,
    before: ItemId,
    after: ItemId,
    case: &Case,
) -> Diagnostic {
    let (a, b) = (checker.model.item(before), checker.model.item(after));
    let (from, end) = checker.bounds(before, case).unwrap_or_default();
    let (start, _) = checker.bounds(after, case).unwrap_or_default();
    let place = |id: ItemId, of: fn(&Extent) -> Loc| {
        let item = checker.model.item(id);
        item.range.as_ref().map_or(item.name_loc, of)
    };
    let space = &checker.model.space(split.space).name;
    let message = format!(
        "the split of `{space}` leaves {} between `{}` and `{}` to nobody",
        size_text(start - end),
        a.name,
        b.name
    );
    Diagnostic::error(&PAGE, message)
        .at(
            place(after, |range| range.start.loc),
            format!("`{}` starts at {}", b.name, as_addr(checker.model, start)),
        )
        .also(
            place(before, |range| range.end.loc),
            format!("`{}` is {}", a.name, span_text(from, end)),
        )
        .note(format!("left out: {}", span_text(end, start)))
        .help(format!(
            "start it at `{}.end`, or give what is between to a part with `access: none`",
            a.name
        ))
}

fn at_start(checker: &mut Checker<'_>, split: &Split, first: ItemId) {
    let item = checker.model.item(first);
    let Some(range) = item.range else { return };
    let goal = checker.terms.le(range.start.term, TermId::FALSE);
    let law = Law {
        under: TermId::TRUE,
        goal,
        loc: range.start.loc,
        what: "the first part begins at 0",
    };
    checker.hold(first, &law, |checker, case| {
        left_below(checker, split, first, case)
    });
}

fn left_below(checker: &Checker<'_>, split: &Split, first: ItemId, case: &Case) -> Diagnostic {
    let item = checker.model.item(first);
    let (start, _) = checker.bounds(first, case).unwrap_or_default();
    let space = &checker.model.space(split.space).name;
    Diagnostic::error(
        &PAGE,
        format!(
            "the split of `{space}` leaves its first {} to nobody",
            size_text(start)
        ),
    )
    .at(
        item.range.map_or(item.name_loc, |range| range.start.loc),
        format!(
            "{} starts at {}",
            item_title(item),
            as_addr(checker.model, start)
        ),
    )
    .note(format!("left out: {}", span_text(0, start)))
    .help("start it at 0, or give what is below to a part with `access: none`")
}

fn at_end(checker: &mut Checker<'_>, split: &Split, last: ItemId) {
    let item = checker.model.item(last);
    let Some(range) = item.range else { return };
    let space = checker.model.space(split.space);
    let goal = checker.terms.ge(range.end.term, space.end);
    let law = Law {
        under: TermId::TRUE,
        goal,
        loc: range.end.loc,
        what: "the last part ends at the top of its space",
    };
    checker.hold(last, &law, |checker, case| {
        left_above(checker, split, last, case)
    });
}

fn left_above(checker: &Checker<'_>, split: &Split, last: ItemId, case: &Case) -> Diagnostic {
    let item = checker.model.item(last);
    let space = checker.model.space(split.space);
    let (_, end) = checker.bounds(last, case).unwrap_or_default();
    let top = checker.value(space.end, case);
    let by = size_text(top - end);
    Diagnostic::error(
        &PAGE,
        format!(
            "the split of `{}` leaves its last {by} to nobody",
            space.name
        ),
    )
    .at(
        item.range.map_or(item.name_loc, |range| range.end.loc),
        format!(
            "{} ends at {}",
            item_title(item),
            as_addr(checker.model, end)
        ),
    )
    .note(format!("left out: {}", span_text(end, top)))
    .help(format!(
        "end it at `{}.end`, or give what is above to a part with `access: none`",
        space.name
    ))
}
