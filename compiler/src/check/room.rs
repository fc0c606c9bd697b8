//! Where there is room: places that messages propose.

use super::{Case, Checker};
use crate::model::{ItemId, SpaceId};

/// The size of a page of a space in a case, for advice about places: 1 when nothing says how large pages are.
pub(super) fn granule(checker: &Checker<'_>, space: SpaceId, case: &Case) -> i128 {
    let space = checker.model.space(space);
    match &space.pages {
        Some(pages) if pages.are_said() => checker.value(space.page, case),
        _ => 1,
    }
}

/// The nearest start at which an item would meet no sibling and stay in its parent, on pages.
pub(super) fn room(
    checker: &Checker<'_>,
    id: ItemId,
    siblings: &[ItemId],
    case: &Case,
) -> Option<i128> {
    let item = checker.model.item(id);
    let page = granule(checker, item.space, case);
    let (start, end) = checker.bounds(id, case)?;
    let size = end - start;
    let (low, high) = match item.parent {
        Some(parent) => checker.bounds(parent, case)?,
        None => (0, checker.value(checker.model.space(item.space).end, case)),
    };
    let mut taken: Vec<(i128, i128)> = siblings
        .iter()
        .filter(|&&other| other != id)
        .filter_map(|&other| checker.bounds(other, case))
        .collect();
    taken.push((high, high));
    taken.sort_unstable();
    let mut best: Option<i128> = None;
    let mut free = low;
    for (s, e) in taken {
        let first = free + (page - free.rem_euclid(page)) % page;
        let last = s - size;
        let last = last - last.rem_euclid(page);
        if first <= last {
            let nearest = start.clamp(first, last);
            let nearest = nearest - nearest.rem_euclid(page);
            let nearest = nearest.max(first);
            if best.is_none_or(|b| (nearest - start).abs() < (b - start).abs()) {
                best = Some(nearest);
            }
        }
        free = free.max(e);
    }
    best
}
