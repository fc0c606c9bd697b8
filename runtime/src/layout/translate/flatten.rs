//! From nested places to disjoint stretches.

use super::inverse::InverseTable;
use super::stretch::{Decision, Linear, Rule, Stretch};
use super::{Fault, Tables};
use crate::layout::{
    Contents, Index, Place, PlaceId, PlaceKind, Sharing as Owned, SpaceId, Target,
};
use crate::range::Range;
use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// The stretches of one space: disjoint, in address order, and together all of the space.
#[derive(Debug, Clone, Default)]
pub(super) struct SpaceTable {
    /// The last address of each stretch, apart from them so that a search touches little memory.
    lasts: Vec<u64>,
    stretches: Vec<Stretch>,
    /// Who is innermost where, in address order.
    owners: Owners,
}

impl SpaceTable {
    pub(super) fn stretch(&self, address: u64) -> Option<&Stretch> {
        let at = self.lasts.partition_point(|last| *last < address);
        self.stretches.get(at)
    }

    pub(super) fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    pub(super) fn innermost(&self, address: u64) -> Option<PlaceId> {
        self.owners.at(address)
    }
}

/// The zones of one space.
#[derive(Debug, Clone, Default)]
pub(super) struct ZoneTable(Owners);

impl ZoneTable {
    pub(super) fn zone(&self, address: u64) -> Option<PlaceId> {
        self.0.at(address)
    }
}

/// Disjoint ranges in address order with the innermost place of each; not all of a space.
#[derive(Debug, Clone, Default)]
struct Owners(Vec<(Range, PlaceId)>);

impl Owners {
    fn at(&self, address: u64) -> Option<PlaceId> {
        let at = self.0.partition_point(|(range, _)| range.last() < address);
        let (range, place) = self.0.get(at)?;
        range.contains(address).then_some(*place)
    }

    /// Paints the places over each other: the deepest wins, then what is no alias, then the first
    /// declared. One pass over all ends in order, with the open places in a heap.
    fn paint(contents: &Contents, index: &Index, mut painted: Vec<PlaceId>) -> Self {
        let of = |id: PlaceId| &contents.places[id.index()];
        painted.sort_by_key(|id| of(*id).range.base());
        let mut cuts: Vec<u128> = Vec::with_capacity(painted.len() * 2);
        for id in &painted {
            cuts.push(u128::from(of(*id).range.base()));
            cuts.push(of(*id).range.end());
        }
        cuts.sort_unstable();
        cuts.dedup();

        let mut waiting = painted.into_iter().peekable();
        let mut open = BinaryHeap::new();
        let mut owners: Vec<(Range, PlaceId)> = Vec::new();
        for pair in cuts.windows(2) {
            let Some(range) = Range::from_start_end(pair[0], pair[1]) else {
                continue;
            };
            while let Some(id) = waiting.next_if(|id| of(*id).range.base() == range.base()) {
                let original = of(id).alias_of.is_empty();
                open.push((index.depth(id), original, Reverse(id)));
            }
            let over = |id: PlaceId| of(id).range.last() < range.base();
            while open.peek().is_some_and(|(_, _, Reverse(id))| over(*id)) {
                open.pop();
            }
            let Some((_, _, Reverse(id))) = open.peek() else {
                continue;
            };
            match owners.last_mut() {
                Some((before, owner)) if owner == id && before.end() == pair[0] => {
                    *before = Range::new(before.base(), range.last()).unwrap_or(*before);
                }
                _ => owners.push((range, *id)),
            }
        }
        Self(owners)
    }
}

impl Tables {
    /// The tables of checked contents.
    pub(crate) fn of(contents: &Contents, index: &Index) -> Self {
        let rules = Rules::of(contents, index);
        let mut tables = Self::default();
        for space in (0..contents.spaces.len()).map(SpaceId::from_index) {
            let select = |wanted: fn(PlaceKind) -> bool| -> Vec<PlaceId> {
                let all = index.in_address_order(space).iter().copied();
                all.filter(|id| wanted(contents.places[id.index()].kind))
                    .collect()
            };
            let owners = Owners::paint(contents, index, select(PlaceKind::decides_translation));
            let zones = Owners::paint(contents, index, select(|kind| kind == PlaceKind::Zone));
            let stretches = stretches(contents, space, &owners, &rules);
            tables.inverses.push(InverseTable::of(&stretches));
            tables.zones.push(ZoneTable(zones));
            tables.spaces.push(SpaceTable {
                lasts: stretches
                    .iter()
                    .map(|stretch| stretch.range.last())
                    .collect(),
                stretches,
                owners,
            });
        }
        tables
    }
}

/// For each place, who decides in it.
struct Rules {
    /// The place whose target holds: itself, or for views the window around it.
    deciding: Vec<Option<PlaceId>>,
    /// The part that it is in.
    part: Vec<Option<PlaceId>>,
}

impl Rules {
    /// Parents come before their children in address order, so that one pass is enough.
    fn of(contents: &Contents, index: &Index) -> Self {
        let count = contents.places.len();
        let mut rules = Self {
            deciding: alloc::vec![None; count],
            part: alloc::vec![None; count],
        };
        for space in (0..contents.spaces.len()).map(SpaceId::from_index) {
            for id in index.in_address_order(space) {
                let place = &contents.places[id.index()];
                let parent = place.parent.map(PlaceId::index);
                rules.part[id.index()] = match place.kind {
                    PlaceKind::Part => Some(*id),
                    _ => parent.and_then(|parent| rules.part[parent]),
                };
                rules.deciding[id.index()] = match place.target {
                    Target::None | Target::View => parent.and_then(|parent| rules.deciding[parent]),
                    _ => Some(*id),
                };
            }
        }
        rules
    }

    /// What addresses mean of which `id` is the innermost place.
    fn decision(&self, contents: &Contents, id: PlaceId) -> Decision {
        let place = &contents.places[id.index()];
        let part = self.part[id.index()];
        match place.kind {
            PlaceKind::Guard => return Decision::Fault(Fault::Guard(id)),
            PlaceKind::Hole => return Decision::Fault(Fault::Hole(id)),
            _ => {}
        }
        if let Some(window) = self.deciding[id.index()] {
            return decided(contents, window, id);
        }
        let tables = part.and_then(|part| contents.places[part.index()].tables);
        match (part, tables) {
            (Some(part), Some(Owned::PerProcess)) => Decision::Dynamic(part),
            _ if place.kind == PlaceKind::Area => Decision::Dynamic(id),
            _ => Decision::Fault(Fault::Unmapped { part }),
        }
    }
}

/// What `window` says about addresses of which `innermost` is the innermost place.
fn decided(contents: &Contents, window: PlaceId, innermost: PlaceId) -> Decision {
    let Place { target, range, .. } = &contents.places[window.index()];
    let Target::Linear { space, at, repeat } = *target else {
        return Decision::Dynamic(window);
    };
    let mask = Range::of_bits(contents.spaces[space.index()].bits).map_or(u64::MAX, Range::last);
    Decision::Linear(Linear {
        window,
        view: (innermost != window).then_some(innermost),
        space,
        access: contents.places[innermost.index()].access,
        // As if the stretch were the whole window; cutting it out corrects that.
        rule: match repeat {
            Some(unit) => Rule::Repeat {
                origin: range.base(),
                at,
                unit,
                mask,
            },
            None => Rule::Straight { first: at & mask },
        },
    })
}

/// All of a space: what the owners say, nothing between them, and non-canonical addresses over all.
fn stretches(contents: &Contents, space: SpaceId, owners: &Owners, rules: &Rules) -> Vec<Stretch> {
    let declared = &contents.spaces[space.index()];
    let all = Range::of_bits(declared.bits).unwrap_or(Range::ALL);
    let format = declared.format.map(|id| &contents.formats[id.index()]);
    let canonical = format.map_or_else(
        || alloc::vec![all],
        |format| format.canonical_ranges_in(declared.bits),
    );
    let mut made = Made::default();
    for range in canonical {
        made.fill(range.base().into(), Decision::Fault(Fault::NonCanonical));
        let first = owners
            .0
            .partition_point(|(owned, _)| owned.last() < range.base());
        let inside = owners.0[first..].iter();
        for (owned, id) in inside.take_while(|(owned, _)| owned.base() <= range.last()) {
            let Some(clipped) = owned.intersection(range) else {
                continue;
            };
            let nothing = Decision::Fault(Fault::Unmapped { part: None });
            made.fill(clipped.base().into(), nothing);
            made.cut(contents, clipped, rules.decision(contents, *id));
        }
        made.fill(range.end(), Decision::Fault(Fault::Unmapped { part: None }));
    }
    made.fill(all.end(), Decision::Fault(Fault::NonCanonical));
    made.stretches
}

/// Stretches made so far, from address 0 without a gap.
#[derive(Default)]
struct Made {
    stretches: Vec<Stretch>,
}

impl Made {
    /// Gives everything below `end` that has no meaning yet this one.
    fn fill(&mut self, end: u128, decision: Decision) {
        let start = self.stretches.last().map_or(0, |last| last.range.end());
        if let Some(range) = Range::from_start_end(start, end) {
            self.push(range, decision);
        }
    }

    /// Adds a part of a window, whose rule still counts from the window's base: in two stretches,
    /// where the target goes round the end of its space.
    fn cut(&mut self, contents: &Contents, range: Range, decision: Decision) {
        let Decision::Linear(linear) = decision else {
            return self.push(range, decision);
        };
        let Rule::Straight { first } = linear.rule else {
            return self.push(range, decision);
        };
        let bits = contents.spaces[linear.space.index()].bits;
        let mask = Range::of_bits(bits).map_or(u64::MAX, Range::last);
        let window = contents.places[linear.window.index()].range;
        let straight = |base: u64| {
            let first = first.wrapping_add(base - window.base()) & mask;
            let rule = Rule::Straight { first };
            (first, Decision::Linear(Linear { rule, ..linear }))
        };
        let (first_here, decision) = straight(range.base());
        // Bytes up to the end of the target space.
        let room = u128::from(mask - first_here) + 1;
        let turn = u128::from(range.base()) + room;
        match (
            Range::from_start_end(range.base().into(), turn.min(range.end())),
            Range::from_start_end(turn, range.end()),
        ) {
            (Some(before), Some(after)) => {
                self.push(before, decision);
                self.push(after, straight(after.base()).1);
            }
            _ => self.push(range, decision),
        }
    }

    /// Adds a stretch, joined to the one before it when they mean the same.
    fn push(&mut self, range: Range, decision: Decision) {
        if let Some(before) = self.stretches.last_mut()
            && before.decision == decision
            && !matches!(
                decision,
                Decision::Linear(Linear {
                    rule: Rule::Straight { .. },
                    ..
                })
            )
            && let Some(joined) = Range::new(before.range.base(), range.last())
        {
            before.range = joined;
            return;
        }
        self.stretches.push(Stretch { range, decision });
    }
}
