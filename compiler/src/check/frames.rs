//! Which frames windows show: what the laws about memory are made of.

use super::members::{Ways, side_by_side};
use super::sweep::Stretch;
use super::{Case, Checker};
use crate::model::{ItemId, Model, Space, SpaceId, Target};
use crate::term::{TermId, VarId};
use mapwright_grammar::ast::PlaceKind;
use std::collections::BTreeSet;

/// Members of a family inside a window are tried one by one up to this many, where they do not lie at even distances.
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

    /// True when it (of a family: each member) shows all frames from `at` to `end` whenever it is present.
    pub(super) fn plain(&self, checker: &Checker<'_>) -> bool {
        self.without.is_empty() && !self.wraps(checker)
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

    /// When it (of a family: the member that the family's variable stands for) shows `frame`, a byte address of its space.
    pub(super) fn shows(&self, checker: &mut Checker<'_>, frame: TermId) -> TermId {
        let mut ways = Vec::new();
        for stretch in self.stretches(checker) {
            ways.push(self.shows_in(checker, stretch, frame));
        }
        checker.terms.any(&ways)
    }

    /// `frame` is shown, as a way to fulfil a law: some member is enough.
    pub(super) fn ways_to_show(&self, checker: &mut Checker<'_>, frame: TermId, ways: &mut Ways) {
        for stretch in self.stretches(checker) {
            let size = checker.terms.sub(stretch.end, stretch.start);
            if self.without.is_empty()
                && let Some(all) = side_by_side(checker, self.id, stretch.start, size)
            {
                ways.add(between(checker, all, frame));
                continue;
            }
            let shown = self.shows_in(checker, stretch, frame);
            ways.add_for(checker, self.id, shown, Some((stretch.start, size, frame)));
        }
    }

    /// `frame` is shown by a window that shows all of `[start, end)` from its first byte to its last: some member is enough.
    pub(super) fn ways_to_show_whole(
        &self,
        checker: &mut Checker<'_>,
        frame: TermId,
        (start, end): (TermId, TermId),
        ways: &mut Ways,
    ) {
        for stretch in self.stretches(checker) {
            let shown = self.shows_in(checker, stretch, frame);
            let terms = &mut checker.terms;
            let whole = [
                shown,
                terms.le(stretch.start, start),
                terms.ge(stretch.end, end),
            ];
            let whole = terms.all(&whole);
            let size = terms.sub(stretch.end, stretch.start);
            ways.add_for(checker, self.id, whole, Some((stretch.start, size, frame)));
        }
    }

    fn shows_in(&self, checker: &mut Checker<'_>, stretch: Stretch, frame: TermId) -> TermId {
        let terms = &mut checker.terms;
        let mut all = vec![
            self.present,
            terms.ge(frame, stretch.start),
            terms.lt(frame, stretch.end),
        ];
        let offset = terms.sub(frame, stretch.start);
        let address = terms.add(self.start, offset);
        for &hole in &self.without {
            let inside = within_some(checker, hole, address);
            all.push(checker.terms.not(inside));
        }
        checker.terms.all(&all)
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

/// When an item (of a family: the member that the family's variable stands for) exists and holds `address`.
pub(super) fn holds(checker: &mut Checker<'_>, id: ItemId, address: TermId) -> TermId {
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
    terms.all(&inside)
}

/// `address` is held by an item, as a way to fulfil a law: some member is enough.
pub(super) fn ways_to_hold(
    checker: &mut Checker<'_>,
    id: ItemId,
    address: TermId,
    ways: &mut Ways,
) {
    let Some(range) = checker.model.item(id).range else {
        return;
    };
    let start = range.start.term;
    let size = checker.terms.sub(range.end.term, start);
    if let Some(all) = side_by_side(checker, id, start, size) {
        return ways.add(between(checker, all, address));
    }
    let inside = holds(checker, id, address);
    ways.add_for(checker, id, inside, Some((start, size, address)));
}

/// When an address lies in a range that is there under a condition.
fn between(
    checker: &mut Checker<'_>,
    (exists, (start, end)): (TermId, (TermId, TermId)),
    address: TermId,
) -> TermId {
    let terms = &mut checker.terms;
    let all = [exists, terms.ge(address, start), terms.lt(address, end)];
    terms.all(&all)
}

/// When an item, or some member of it, exists and holds `address`: a condition that may stand anywhere in a law. Members that
/// division does not find are tried in turn, up to [`FEW`].
pub(super) fn within_some(checker: &mut Checker<'_>, id: ItemId, address: TermId) -> TermId {
    let mut ways = Ways::default();
    ways_to_hold(checker, id, address, &mut ways);
    ways.each(checker, FEW)
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
    // Asked for each window: it looks at what describes memory, never at all items.
    [PlaceKind::Zone, PlaceKind::Reserve, PlaceKind::Device]
        .into_iter()
        .flat_map(|kind| checker.declared(kind))
        .filter(|id| checker.model.item(**id).space == space)
        .all(|id| checker.model.item(*id).range.is_some() && !checker.broken.contains(id))
}

/// What a window maps in a case; of a family, which member it is.
pub(super) fn maps_text(checker: &Checker<'_>, id: ItemId, frames: &str, case: &Case) -> String {
    if checker.model.item(id).family.is_some() {
        format!("`{}` maps {frames}", checker.name(id, case))
    } else {
        format!("maps {frames}")
    }
}

/// For each space whether the processor's own accesses go through it: a space with page tables that is split into parts for
/// user and kernel (where none is split, every space with page tables; where none has page tables, every space), and what
/// those are translated into. Other spaces are a device's: what it sees, no program can reach.
pub(super) fn of_the_processor(model: &Model) -> Vec<bool> {
    let spaces = || (0..).map(SpaceId).zip(&model.spaces);
    let split = |id: SpaceId| model.splits.iter().any(|split| split.space == id);
    let paged = |space: &Space| space.paging_loc.is_some();
    let mut own: Vec<bool> = spaces().map(|(id, s)| paged(s) && split(id)).collect();
    if !own.contains(&true) {
        own = spaces().map(|(_, space)| paged(space)).collect();
    }
    if !own.contains(&true) {
        return vec![true; own.len()];
    }
    let mut open: Vec<SpaceId> = spaces()
        .map(|(id, _)| id)
        .filter(|id| own[id.index()])
        .collect();
    while let Some(next) = open.pop() {
        if let Some(to) = model.space(next).to
            && !std::mem::replace(&mut own[to.index()], true)
        {
            open.push(to);
        }
    }
    own
}
