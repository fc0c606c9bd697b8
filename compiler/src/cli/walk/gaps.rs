//! What a layout says is mapped, and tables do not map.

use mapwright_runtime::layout::{Layout, PlaceId, PlaceKind, SpaceId};
use mapwright_runtime::range::Range;
use mapwright_runtime::translate::{Decision, Linear, Rule, Stretch};
use mapwright_runtime::walk::MappedRange;

/// Addresses of a linear window that no table maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gap {
    /// The addresses.
    pub(super) range: Range,
    /// The window.
    pub(super) window: PlaceId,
}

/// The gaps of all linear windows of a space, in address order: where they show memory, are `covered` by the roots and not
/// `mapped` (both in address order). A window onto a device is mapped when somebody drives the device.
pub(super) fn gaps(
    layout: &Layout,
    space: SpaceId,
    covered: &[Range],
    mapped: &[MappedRange],
) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for stretch in layout.stretches_of(space) {
        let Decision::Linear(linear) = &stretch.decision else {
            continue;
        };
        for shown in memory(layout, stretch, linear) {
            for range in covered.iter().filter_map(|one| one.intersection(shown)) {
                add(&mut gaps, range, linear.window, mapped);
            }
        }
    }
    gaps
}

/// The addresses of a stretch that lead into zones, in address order.
fn memory(layout: &Layout, stretch: &Stretch, linear: &Linear) -> Vec<Range> {
    let range = stretch.range;
    let first = match linear.rule {
        Rule::Straight { first } => first,
        // What is shown again and again is memory or is not.
        Rule::Repeat { .. } => {
            let target = linear.address_of(range, range.base());
            let zone = layout.zone_at(linear.space, target);
            return zone.map_or_else(Vec::new, |_| vec![range]);
        }
    };
    let Some(target) = Range::from_base_size(first, range.size()) else {
        return Vec::new();
    };
    let zones = layout.places().map(|(_, place)| place);
    let zones = zones.filter(|place| place.space == linear.space && place.kind == PlaceKind::Zone);
    let mut shown: Vec<Range> = zones
        .filter_map(|zone| {
            let part = zone.range.intersection(target)?;
            let base = range.base() + (part.base() - first);
            Range::from_base_size(base, part.size())
        })
        .collect();
    shown.sort_unstable();
    // Zones may lie in each other.
    let mut next = 0;
    shown.retain_mut(|one| {
        let start = next.max(u128::from(one.base()));
        let rest = Range::from_start_end(start, one.end());
        next = next.max(one.end());
        *one = rest.unwrap_or(*one);
        rest.is_some()
    });
    shown
}

/// Adds what of a range is not mapped.
fn add(gaps: &mut Vec<Gap>, range: Range, window: PlaceId, mapped: &[MappedRange]) {
    let mut next = u128::from(range.base());
    let first = mapped.partition_point(|one| one.range.last() < range.base());
    let inside = mapped[first..].iter().map(|one| one.range);
    for one in inside.take_while(|one| one.base() <= range.last()) {
        push(gaps, next, one.base().into(), window);
        next = one.end();
    }
    push(gaps, next, range.end(), window);
}

/// Adds a gap, to the one before it where they are one: a view inside a window cuts the layout's stretches, not the gap.
fn push(gaps: &mut Vec<Gap>, start: u128, end: u128, window: PlaceId) {
    let Some(range) = Range::from_start_end(start, end) else {
        return;
    };
    match gaps.last_mut() {
        Some(before) if before.window == window && before.range.end() == start => {
            before.range = Range::new(before.range.base(), range.last()).unwrap_or(range);
        }
        _ => gaps.push(Gap { range, window }),
    }
}
