//! Which siblings must be compared: most are seen to be apart by cheap bounds, most of the others by their order.

use super::{Case, Checker, ItemId, Law, culprits, diagnostic, disjoint};
use crate::prove::Verdict;
use crate::term::{Evaluation, TermId};

/// Siblings that cheap bounds cannot tell apart.
pub(super) struct Cluster {
    /// In the order of their starts for the default values.
    pub(super) items: Vec<ItemId>,
    /// True when nothing about them depends on a parameter.
    pub(super) fixed: bool,
}

/// Sorts siblings by the lowest start that they may have and joins those whose bounds meet.
pub(super) fn clusters(checker: &Checker<'_>, siblings: &[ItemId]) -> Vec<Cluster> {
    let model = checker.model;
    let mut hulls = checker.hulls();
    let mut reach: Vec<(i128, i128, ItemId)> = Vec::with_capacity(siblings.len());
    for &id in siblings {
        let Some(range) = model.item(id).range else { continue };
        let low = hulls.of(&checker.terms, range.start.term).map_or(i128::MIN, |(low, _)| low);
        let high = hulls.of(&checker.terms, range.end.term).map_or(i128::MAX, |(_, high)| high);
        reach.push((low, high, id));
    }
    let groups: Vec<Vec<ItemId>> = meeting(&mut reach)
        .into_iter()
        .map(|run| reach[run].iter().map(|&(_, _, id)| id).collect())
        .collect();
    let defaults = model.defaults();
    let mut evaluation = Evaluation::new(&checker.terms, &defaults);
    let mut cluster = |mut items: Vec<ItemId>| {
        let fixed = items.iter().all(|&id| {
            let item = model.item(id);
            let constant = |term: TermId| checker.terms.as_const(term).is_some();
            item.exists == TermId::TRUE
                && item.family.is_none()
                && item.range.is_some_and(|range| constant(range.start.term) && constant(range.end.term))
        });
        items.sort_by_cached_key(|&id| {
            let range = model.item(id).range.map(|range| (range.start.term, range.end.term));
            range.map(|(start, end)| (evaluation.get(start).unwrap_or(0), evaluation.get(end).unwrap_or(0)))
        });
        Cluster { items, fixed }
    };
    groups.into_iter().map(&mut cluster).collect()
}

/// Sorts ranges (start, exclusive end, name) by start and gives the runs of two or more that meet.
pub fn meeting<T: Ord>(ranges: &mut [(i128, i128, T)]) -> Vec<std::ops::Range<usize>> {
    ranges.sort_unstable();
    let mut runs = Vec::new();
    let (mut first, mut end) = (0, i128::MIN);
    for at in 0..=ranges.len() {
        let apart = ranges.get(at).is_none_or(|range| range.0 >= end);
        if apart {
            if at > first + 1 {
                runs.push(first..at);
            }
            first = at;
        }
        if let Some(range) = ranges.get(at) {
            end = end.max(range.1);
        }
    }
    runs
}

/// Items at fixed places: one sweep finds who meets whom.
pub(super) fn fixed(checker: &mut Checker<'_>, items: &[ItemId]) {
    // More messages than are shown, and more open ranges than a person would compare: a file that is wrong
    // everywhere stays quick.
    const ENOUGH: usize = 1_000;
    const OPEN: usize = 64;
    let case = Case { values: checker.model.defaults(), uses: Vec::new(), always: true };
    let mut open: Vec<(i128, ItemId)> = Vec::new();
    let mut collisions = Vec::new();
    for &id in items {
        let Some((start, end)) = checker.bounds(id, &case) else { continue };
        if start >= end {
            continue;
        }
        open.retain(|&(other_end, _)| other_end > start);
        checker.summary.proved += usize::from(open.is_empty());
        if collisions.len() < ENOUGH {
            collisions.extend(open.iter().map(|&(_, other)| (other.min(id), other.max(id))));
        }
        open.push((end, id));
        if open.len() > OPEN {
            let first_to_end = (0..open.len()).min_by_key(|&at| open[at].0).unwrap_or(0);
            open.swap_remove(first_to_end);
        }
    }
    checker.summary.refuted += collisions.len();
    for (culprit, victims) in culprits(&collisions) {
        checker.broken.insert(culprit);
        let message = diagnostic(checker, culprit, &victims, items, &case);
        checker.report(message);
    }
}

/// Proves that each item ends before the next one starts. What may not exist is stepped over: two items are compared
/// under the condition that none between them exists. True when all of that is proved; then no two items meet.
pub(super) fn in_order(checker: &mut Checker<'_>, items: &[ItemId]) -> bool {
    let mut proved = 0;
    for (at, &first) in items.iter().enumerate() {
        let mut under = checker.exists(first);
        for &second in &items[at + 1..] {
            let exists = checker.exists(second);
            let both = checker.terms.and(under, exists);
            let (Some(a), Some(b)) = (checker.model.item(first).range, checker.model.item(second).range) else {
                return false;
            };
            let goal = checker.terms.le(a.end.term, b.start.term);
            if checker.verdict(both, goal) != Verdict::Proved {
                return false;
            }
            proved += 1;
            // A family exists for some member numbers, not for the one that a comparison looks at.
            let always = exists == TermId::TRUE;
            if always {
                break;
            }
            if checker.model.item(second).family.is_none() {
                let absent = checker.terms.not(exists);
                under = checker.terms.and(under, absent);
            }
        }
    }
    checker.summary.proved += proved;
    true
}

/// Compares every two, nearest first. A collision that was reported is assumed away for the others, so that one item in
/// the wrong place makes one message.
pub(super) fn any_order(checker: &mut Checker<'_>, items: &[ItemId], siblings: &[ItemId]) {
    for distance in 1..items.len() {
        for at in 0..items.len() - distance {
            let (a, b) = (items[at].min(items[at + distance]), items[at].max(items[at + distance]));
            if !checker.broken.contains(&a) && !checker.broken.contains(&b) {
                pair(checker, a, b, siblings);
            }
        }
    }
}

fn pair(checker: &mut Checker<'_>, a: ItemId, b: ItemId, siblings: &[ItemId]) {
    let (Some(x), Some(y)) = (checker.model.item(a).range, checker.model.item(b).range) else { return };
    let (first, second) = (checker.exists(a), checker.exists(b));
    let under = checker.terms.and(first, second);
    let goal = disjoint(checker, (x.start.term, x.end.term), (y.start.term, y.end.term));
    let law = Law { under, goal, loc: y.loc, what: "this range does not overlap its siblings" };
    if let Some(case) = checker.law(&law) {
        if case.always {
            checker.broken.insert(b);
        }
        let message = diagnostic(checker, b, &[a], siblings, &case);
        checker.report(message);
    }
}
