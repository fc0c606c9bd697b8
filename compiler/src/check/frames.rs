//! Which frames windows show: what the laws about memory are made of.

use super::Checker;
use super::sweep::Stretch;
use crate::model::{ItemId, ItemKind, SpaceId, Target};
use crate::term::{TermId, VarId};
use mapwright_grammar::ast::PlaceKind;
use std::collections::BTreeSet;

/// Members of a family are told apart one by one up to this many, where they do not lie at even distances.
const FEW: i128 = 256;

/// A linear window, or a view of one, with the frames that it shows.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    /// The window.
    pub(super) id: ItemId,
    /// The window whose mapping rule it is.
    pub(super) owner: ItemId,
    /// The space that it shows.
    pub(super) space: SpaceId,
    /// When it exists and has a byte.
    pub(super) present: TermId,
    /// Its first address.
    start: TermId,
    /// The address in `space` of its first byte; may be below 0, modulo the size of the space.
    pub(super) at: TermId,
    /// One past the last byte shown, counted from `at`.
    pub(super) end: TermId,
    /// What lies inside and is not shown: guards, holes, windows with another rule.
    pub(super) without: Vec<ItemId>,
}

impl Shown {
    /// What a window shows; `None` when it is no linear window, or is broken.
    pub(super) fn of(checker: &mut Checker<'_>, id: ItemId) -> Option<Self> {
        let model = checker.model;
        let owner = owner_of(checker, id)?;
        let Target::Linear { space, at, repeat } = &model.item(owner).target else {
            return None;
        };
        if checker.broken.contains(&id)
            || checker.broken.contains(&owner)
            || is_uncertain(checker, owner)
        {
            return None;
        }
        let (range, whole) = (model.item(id).range?, model.item(owner).range?);
        let present = checker.present(id);
        let terms = &mut checker.terms;
        let offset = terms.sub(range.start.term, whole.start.term);
        let mut first = terms.add(at.term, offset);
        let mut length = terms.sub(range.end.term, range.start.term);
        if let Some(repeat) = repeat {
            // A view of a window that repeats shows all of it again, or a part that is taken for all of it.
            first = at.term;
            length = terms.min(length, repeat.term);
        }
        let end = terms.add(first, length);
        let mut without = Vec::new();
        if repeat.is_none() {
            gather(checker, id, &mut without);
        }
        Some(Self {
            id,
            owner,
            space: *space,
            present,
            start: range.start.term,
            at: first,
            end,
            without,
        })
    }

    /// True when it shows all frames from `at` to `end` whenever it is present, and is one window, not a family.
    pub(super) fn plain(&self, checker: &Checker<'_>) -> bool {
        self.without.is_empty()
            && checker.model.item(self.id).family.is_none()
            && !self.wraps(checker)
    }

    fn wraps(&self, checker: &Checker<'_>) -> bool {
        checker
            .hulls()
            .of(&checker.terms, self.at)
            .is_none_or(|(low, _)| low < 0)
    }

    /// The frames as stretches: one, or two where they may go round the end of the space.
    pub(super) fn stretches(&self, checker: &mut Checker<'_>) -> Vec<Stretch> {
        let family = checker.model.item(self.id).family.is_some();
        let straight = Stretch {
            id: self.id,
            exists: self.present,
            start: self.at,
            end: self.end,
            family,
        };
        let mut all = vec![straight];
        if self.wraps(checker) {
            let round = checker.model.space(self.space).end;
            let (start, end) = (
                checker.terms.add(self.at, round),
                checker.terms.add(self.end, round),
            );
            all.push(Stretch {
                start,
                end,
                ..straight
            });
        }
        all
    }

    /// When it shows `frame`, a byte address of its space.
    pub(super) fn shows(&self, checker: &mut Checker<'_>, frame: TermId) -> TermId {
        let mut ways = Vec::new();
        for stretch in self.stretches(checker) {
            let terms = &mut checker.terms;
            let mut all = vec![
                self.present,
                terms.ge(frame, stretch.start),
                terms.lt(frame, stretch.end),
            ];
            let offset = terms.sub(frame, stretch.start);
            let address = terms.add(self.start, offset);
            for &hole in &self.without {
                let inside = contains(checker, hole, address);
                all.push(checker.terms.not(inside));
            }
            let shown = checker.terms.all(&all);
            ways.push(some_member(checker, self.id, stretch.start, frame, shown));
        }
        checker.terms.any(&ways)
    }
}

/// The window whose mapping rule holds in a window: itself, or for a view the one around it.
pub(super) fn owner_of(checker: &Checker<'_>, id: ItemId) -> Option<ItemId> {
    let mut id = id;
    for _ in 0..checker.model.items.len() {
        match checker.model.item(id).target {
            Target::View => id = checker.model.item(id).parent?,
            _ => return Some(id),
        }
    }
    None
}

/// Guards, holes, areas and windows with a rule of their own inside a window, also inside its views.
fn gather(checker: &Checker<'_>, id: ItemId, found: &mut Vec<ItemId>) {
    for child in children(checker, id) {
        if matches!(checker.model.item(child).target, Target::View) {
            gather(checker, child, found);
        } else {
            found.push(child);
        }
    }
}

/// The items directly inside an item that may be checked.
pub(super) fn children(checker: &Checker<'_>, id: ItemId) -> Vec<ItemId> {
    checker
        .children(id)
        .iter()
        .copied()
        .filter(|child| {
            checker.model.item(*child).range.is_some() && !checker.broken.contains(child)
        })
        .collect()
}

/// True when something inside a window is wrong, so that it is not known what the window shows.
fn is_uncertain(checker: &Checker<'_>, id: ItemId) -> bool {
    checker.children(id).iter().any(|&child| {
        checker.model.item(child).range.is_none()
            || checker.broken.contains(&child)
            || is_uncertain(checker, child)
    })
}

/// Every linear window that is not a view, in the order of declaration.
pub(super) fn linear_windows(checker: &mut Checker<'_>) -> Vec<Shown> {
    let windows = checker.sound(PlaceKind::Window);
    let own = |id: &ItemId| matches!(checker.model.item(*id).target, Target::Linear { .. });
    let linear: Vec<ItemId> = windows.into_iter().filter(own).collect();
    linear
        .into_iter()
        .filter_map(|id| Shown::of(checker, id))
        .collect()
}

/// When an item (for a family, any member of it) exists and holds `address`.
pub(super) fn contains(checker: &mut Checker<'_>, id: ItemId, address: TermId) -> TermId {
    let Some(range) = checker.model.item(id).range else {
        return TermId::FALSE;
    };
    let exists = checker.exists(id);
    let terms = &mut checker.terms;
    let inside = [
        exists,
        terms.ge(address, range.start.term),
        terms.lt(address, range.end.term),
    ];
    let inside = terms.all(&inside);
    some_member(checker, id, range.start.term, address, inside)
}

/// `condition` for the member of a family that comes into question at `address`: the last one whose `origin` is not above it.
/// Members at even distances are found by division, a few others are tried in turn.
fn some_member(
    checker: &mut Checker<'_>,
    id: ItemId,
    origin: TermId,
    address: TermId,
    condition: TermId,
) -> TermId {
    let Some(family) = checker.model.item(id).family.clone() else {
        return condition;
    };
    let terms = &mut checker.terms;
    let member = terms.var(family.var);
    let next = terms.plus(member, 1);
    let next = terms.substituted(origin, family.var, next);
    let stride = terms.sub(next, origin);
    if let Some(stride) = terms.as_const(stride) {
        let first = terms.substituted(origin, family.var, TermId::FALSE);
        let by = terms.constant(stride.abs());
        let place = match stride {
            0 => family.low,
            1.. => {
                let distance = terms.sub(address, first);
                terms.div(distance, by)
            }
            _ => {
                let distance = terms.sub(first, address);
                terms.ceil_div(distance, by)
            }
        };
        let (place, last) = (terms.max(place, family.low), terms.plus(family.high, -1));
        let place = terms.min(place, last);
        return terms.substituted(condition, family.var, place);
    }
    let bounds = {
        let mut hulls = checker.hulls();
        (
            hulls.of(&checker.terms, family.low),
            hulls.of(&checker.terms, family.high),
        )
    };
    match bounds {
        (Some((low, _)), Some((_, high))) if high - low <= FEW => {
            let members: Vec<TermId> = (low..high)
                .map(|value| {
                    let value = checker.terms.constant(value);
                    checker.terms.substituted(condition, family.var, value)
                })
                .collect();
            checker.terms.any(&members)
        }
        _ => condition,
    }
}

/// A variable for every byte of a space, as a term.
pub(super) fn every_frame(checker: &mut Checker<'_>, space: SpaceId) -> (VarId, TermId) {
    let end = checker.model.space(space).end;
    let high = checker
        .hulls()
        .of(&checker.terms, end)
        .map_or(1 << 64, |(_, high)| high);
    let var = checker.every_address(high - 1);
    let term = checker.terms.var(var);
    (var, term)
}

/// The windows of which a window shows frames again, directly or by way of another, itself included.
pub(super) fn kin(checker: &Checker<'_>, id: ItemId) -> BTreeSet<ItemId> {
    let mut found = BTreeSet::new();
    let mut open = vec![id];
    while let Some(next) = open.pop() {
        let next = owner_of(checker, next).unwrap_or(next);
        if found.insert(next) {
            open.extend(
                checker
                    .model
                    .item(next)
                    .alias
                    .iter()
                    .flat_map(|alias| alias.of.iter().copied()),
            );
        }
    }
    found
}

/// True when what describes the memory of a space is all known: nothing of it had a message.
pub(super) fn memory_is_known(checker: &Checker<'_>, space: SpaceId) -> bool {
    let describes = |kind: ItemKind| {
        matches!(
            kind,
            ItemKind::Place(PlaceKind::Zone | PlaceKind::Reserve | PlaceKind::Device)
        )
    };
    let all = checker
        .model
        .items
        .iter()
        .enumerate()
        .map(|(at, item)| (ItemId(at as u32), item));
    all.filter(|(_, item)| item.space == space && describes(item.kind))
        .all(|(id, item)| item.range.is_some() && !checker.broken.contains(&id))
}

/// When an item (for a family, its first member) exists and has a byte.
pub(super) fn any_member_present(checker: &mut Checker<'_>, id: ItemId) -> TermId {
    let present = checker.present(id);
    some_member(checker, id, TermId::FALSE, TermId::FALSE, present)
}
