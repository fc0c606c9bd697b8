//! Layouts made by chance, and the addresses that are worth asking about.

use super::{Draft, range, x86_32, x86_64_4level};
use mapwright_runtime::layout::{Layout, Place, PlaceId, PlaceKind, Sharing, Target};
use mapwright_runtime::{Access, Range};
use proptest::prelude::*;

/// What a place may be, in a layout made by chance.
#[derive(Debug, Clone, Copy)]
enum Choice {
    Linear(u64),
    Repeat(u64, u64),
    Pages,
    Guard,
    Hole,
    Area,
}

fn choice() -> impl Strategy<Value = Choice> {
    prop_oneof![
        4 => any::<u64>().prop_map(Choice::Linear),
        1 => (any::<u64>(), 1..5000_u64).prop_map(|(at, unit)| Choice::Repeat(at, unit)),
        1 => Just(Choice::Pages),
        1 => Just(Choice::Guard),
        1 => Just(Choice::Hole),
        1 => Just(Choice::Area),
    ]
}

/// A place cut out of the room that is left: a hole before it, a size, and its children's plan.
type Plan = Vec<(u64, u64, Choice)>;

/// A layout of random places, some nested, in a space of 32, 48 of 64, or 64 bits.
pub fn layout() -> impl Strategy<Value = Layout> {
    let sizes = || (0..40_u32, any::<u64>()).prop_map(|(bits, x)| x & ((1 << bits) - 1));
    let plan = move || prop::collection::vec((sizes(), sizes(), choice()), 0..12);
    let zones = prop::collection::vec((sizes(), sizes()), 0..6);
    (
        0..4_u8,
        any::<bool>(),
        1..=64_u32,
        plan(),
        plan(),
        plan(),
        zones,
    )
        .prop_map(|(shape, split, bits, low, high, inner, zones)| {
            build(shape, split, bits.max(8), [low, high], &inner, &zones)
        })
}

fn build(
    shape: u8,
    split: bool,
    physical_bits: u32,
    halves: [Plan; 2],
    inner: &Plan,
    zones: &[(u64, u64)],
) -> Layout {
    let (bits, format, middle) = match shape {
        0 => (32, Some(x86_32()), 0xC000_0000),
        1 => (64, Some(x86_64_4level()), 0xffff_8000_0000_0000_u64),
        2 => (64, None, 1 << 63),
        _ => (20, None, 1 << 19),
    };
    let mut draft = Draft::new("random", bits, physical_bits, format);
    let end = Range::of_bits(bits).expect("a width").end();
    let [low_range, high_range] = [range(0, middle.into()), range(middle.into(), end)];
    let tables = [Some(Sharing::PerProcess), Some(Sharing::Shared)];
    let parts = if split {
        let low = draft.part("low", low_range, tables[0]);
        let high = draft.part("high", high_range, tables[1]);
        [Some(low), Some(high)]
    } else {
        [None, None]
    };
    for ((plan, room), parent) in halves.iter().zip([low_range, high_range]).zip(parts) {
        fill(&mut draft, parent, room, plan, Some(inner));
    }
    let mut next = 0_u128;
    for (number, (gap, size)) in zones.iter().enumerate() {
        let start = next + u128::from(*gap);
        next = start + u128::from(*size) + 1;
        let bounds = Range::of_bits(physical_bits).expect("a width");
        if next <= bounds.end() {
            draft.zone(&format!("z{number}"), range(start, next));
        }
    }
    draft.finish()
}

fn fill(
    draft: &mut Draft,
    parent: Option<PlaceId>,
    room: Range,
    plan: &Plan,
    inner: Option<&Plan>,
) {
    let mut next = u128::from(room.base());
    for (number, (gap, size, choice)) in plan.iter().enumerate() {
        let start = next + u128::from(*gap);
        next = start + u128::from(*size) + 1;
        let Some(range) = Range::from_start_end(start, next).filter(|r| room.contains_range(*r))
        else {
            return;
        };
        // The room and the position tell places apart, and the depth the room of a first child.
        let depth = if inner.is_some() { "outer" } else { "inner" };
        let name = format!("{depth}_{:x}_{:x}_{number}", room.base(), room.size());
        let Some(id) = add(draft, &name, parent, range, *choice) else {
            continue;
        };
        if let (Some(inner), true) = (inner, matches!(choice, Choice::Linear(_) | Choice::Pages)) {
            let mut view = Place::new(format!("{name}v"), PlaceKind::Window, draft.space, range);
            view.range = Range::new(
                range.base(),
                range.base() + (range.last() - range.base()) / 2,
            )
            .expect("a range");
            view.parent = Some(id);
            view.target = Target::View;
            view.access = Access::new(true, false, true);
            let room = view.range;
            let view = draft.builder.place(view);
            let inner: Plan = inner
                .iter()
                .map(|(gap, size, c)| (gap % 512 + 1, size % 512, *c))
                .collect();
            fill(draft, Some(view), room, &inner, None);
        }
    }
}

fn add(
    draft: &mut Draft,
    name: &str,
    parent: Option<PlaceId>,
    range: Range,
    choice: Choice,
) -> Option<PlaceId> {
    let physical = draft.physical;
    let linear = |at, repeat| Target::Linear {
        space: physical,
        at,
        repeat,
    };
    let (kind, target) = match choice {
        Choice::Linear(at) => (PlaceKind::Window, linear(at, None)),
        Choice::Repeat(at, unit) => (PlaceKind::Window, linear(at, Some(unit))),
        Choice::Pages => {
            let pages = Target::Pages {
                zones: Vec::new(),
                or_device: true,
                guard: 0,
            };
            (PlaceKind::Window, pages)
        }
        Choice::Guard => (PlaceKind::Guard, Target::None),
        Choice::Hole => (PlaceKind::Hole, Target::None),
        Choice::Area => (PlaceKind::Area, Target::None),
    };
    let mut place = Place {
        parent,
        target,
        ..Place::new(name, kind, draft.space, range)
    };
    fit(draft.physical_bits, &mut place)?;
    Some(draft.builder.place(place))
}

/// Brings a random target into its space of `bits`: somewhere inside, or (when the number is odd)
/// below zero; `None` when the window is larger than that space.
fn fit(bits: u32, place: &mut Place) -> Option<()> {
    let Target::Linear { at, repeat, .. } = &mut place.target else {
        return Some(());
    };
    let space = Range::of_bits(bits).expect("a width").size();
    let needed = place.range.size();
    let needed = repeat.map_or(needed, |unit| needed.min(unit.into()));
    let room = space.checked_sub(needed)?;
    *at = if *at % 2 == 0 {
        (u128::from(*at) % (room + 1)) as u64
    } else {
        // Below zero means beyond the space, modulo 2^64.
        at.wrapping_neg() | 1 << 63
    };
    Some(())
}

/// Addresses on and beside every end of every place, and some by chance.
pub fn addresses(layout: &Layout, random: &[u64]) -> Vec<u64> {
    let mut addresses = vec![0, u64::MAX];
    for (_, place) in layout.places() {
        for end in [place.range.base(), place.range.last()] {
            for distance in [0, 1, 4096] {
                addresses.push(end.wrapping_add(distance));
                addresses.push(end.wrapping_sub(distance));
            }
        }
    }
    for x in random {
        addresses.extend([*x, x >> 32, x >> 44, x | 0xffff_8000_0000_0000]);
    }
    addresses
}
