//! Where there is room: places that messages propose, and what to write so that they are taken.

use super::{Case, Checker, as_addr};
use crate::diagnostic::Place;
use crate::model::{Domain, ItemId, Kind, Num, SpaceId};
use crate::show_value::value_literal;
use crate::source::Loc;
use crate::term::TermId;

/// How many places are tried for an item.
const MOST_PLACES: usize = 4;

/// The size of a page of a space in a case, for advice about places: 1 when nothing says how large pages are.
pub(super) fn granule(checker: &Checker<'_>, space: SpaceId, case: &Case) -> i128 {
    let space = checker.model.space(space);
    match &space.pages {
        Some(pages) if pages.are_said() => checker.value(space.page, case),
        _ => 1,
    }
}

/// Where an item may begin: at multiples of `align` beyond `rest`.
struct Grid {
    align: i128,
    rest: i128,
}

impl Grid {
    /// What an item keeps when it moves: its place on a page, on its own size where that is a power of two, and on the steps
    /// of the parameter that it begins at.
    fn of(checker: &Checker<'_>, id: ItemId, (start, end): (i128, i128), case: &Case) -> Self {
        let item = checker.model.item(id);
        let page = granule(checker, item.space, case);
        let size = end - start;
        let own = size > 0 && size & (size - 1) == 0 && start % size == 0;
        let align = if own { size.max(page) } else { page };
        let step = item
            .range
            .and_then(|range| step(checker, range.start.term, case));
        match step {
            Some(step) if align % step != 0 => Self {
                align: lcm(align, step),
                rest: start.rem_euclid(lcm(align, step)),
            },
            _ => Self { align, rest: 0 },
        }
    }

    fn at_or_above(&self, address: i128) -> i128 {
        address + (self.rest - address).rem_euclid(self.align)
    }

    fn at_or_below(&self, address: i128) -> i128 {
        address - (address - self.rest).rem_euclid(self.align)
    }
}

fn lcm(a: i128, b: i128) -> i128 {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    a / x.max(1) * b
}

/// The step of the parameter that a term is, with or without an offset.
fn step(checker: &Checker<'_>, term: TermId, case: &Case) -> Option<i128> {
    let &[var] = &checker.terms.vars(&[term])[..] else {
        return None;
    };
    let Domain::Interval { low, step, .. } = checker.model.vars.get(var.index())?.domain else {
        return None;
    };
    let mut values = case.values.clone();
    let mut at = |value: i128| {
        values[var.index()] = value;
        checker.terms.eval(term, &values).ok()
    };
    let (first, second, third) = (at(low)?, at(low + step)?, at(low + 2 * step)?);
    (second - first == step && third - second == step).then_some(step)
}

/// The starts at which an item would meet no sibling and stay in its parent, keeping its alignment: the nearest first.
fn starts(checker: &Checker<'_>, id: ItemId, siblings: &[ItemId], case: &Case) -> Vec<i128> {
    let item = checker.model.item(id);
    let Some((start, end)) = checker.bounds(id, case) else {
        return Vec::new();
    };
    let size = end - start;
    let around = match item.parent {
        Some(parent) => checker.bounds(parent, case),
        None => Some((0, checker.value(checker.model.space(item.space).end, case))),
    };
    let Some((low, high)) = around else {
        return Vec::new();
    };
    let mut taken: Vec<(i128, i128)> = siblings
        .iter()
        .filter(|&&other| other != id)
        .filter_map(|&other| checker.bounds(other, case))
        .collect();
    taken.push((high, high));
    taken.sort_unstable();
    let grid = Grid::of(checker, id, (start, end), case);
    let mut found = Vec::new();
    let mut free = low;
    for (from, to) in taken {
        let first = grid.at_or_above(free);
        let last = grid.at_or_below(from - size);
        if first <= last {
            found.push(grid.at_or_below(start.clamp(first, last)).max(first));
        }
        free = free.max(to);
    }
    found.retain(|&base| base != start);
    found.sort_by_key(|base| (base - start).abs());
    found.truncate(MOST_PLACES);
    found
}

/// Places for an item as it is, each with what to write; empty when it would meet something everywhere.
pub(super) fn places(
    checker: &Checker<'_>,
    id: ItemId,
    siblings: &[ItemId],
    case: &Case,
) -> Vec<Place> {
    let found = starts(checker, id, siblings, case);
    found
        .into_iter()
        .filter_map(|base| start_at(checker, id, base, case))
        .collect()
}

/// An item moved out of `low .. high`, to the nearest places below and above.
pub(super) fn beside(
    checker: &Checker<'_>,
    id: ItemId,
    (low, high): (i128, i128),
    case: &Case,
) -> Vec<Place> {
    let Some((start, end)) = checker.bounds(id, case) else {
        return Vec::new();
    };
    let grid = Grid::of(checker, id, (start, end), case);
    let bases = [
        grid.at_or_below(low - (end - start)),
        grid.at_or_above(high),
    ];
    let bases = bases.into_iter().filter(|&base| base >= 0);
    bases
        .filter_map(|base| start_at(checker, id, base, case))
        .collect()
}

/// An item moved to begin at `base`. `None` for a family, whose members do not all begin there.
pub(super) fn start_at(
    checker: &Checker<'_>,
    id: ItemId,
    base: i128,
    case: &Case,
) -> Option<Place> {
    let item = checker.model.item(id);
    let range = item.range.filter(|_| item.family.is_none())?;
    let (start, end) = checker.bounds(id, case)?;
    let literal = value_literal(checker.model, Kind::Addr, base);
    let edit = if range.sized {
        (range.start.loc, literal)
    } else {
        let size = value_literal(checker.model, Kind::Size, end - start);
        (range.loc, format!("{literal} .. +{size}"))
    };
    Some(Place {
        text: as_addr(checker.model, base),
        edits: vec![edit],
    })
}

/// One end of an item moved to `to`; a range that is written with its size keeps that when its start moves.
pub(super) fn end_moved(
    checker: &Checker<'_>,
    id: ItemId,
    num: Num,
    to: i128,
    case: &Case,
) -> Option<Place> {
    let item = checker.model.item(id);
    let range = item.range.filter(|_| item.family.is_none())?;
    let (start, end) = checker.bounds(id, case)?;
    let is_start = num.loc == range.start.loc;
    let (start, end) = if is_start { (to, end) } else { (start, to) };
    if start >= end || to < 0 {
        return None;
    }
    let literal = value_literal(checker.model, Kind::Addr, to);
    let edit: (Loc, String) = if !is_start && range.sized {
        let size = value_literal(checker.model, Kind::Size, end - start);
        (num.loc, size)
    } else {
        (num.loc, literal)
    };
    Some(Place {
        text: as_addr(checker.model, to),
        edits: vec![edit],
    })
}
