//! Memory and zones of a new machine: what the layout and the machine's own map say together.

use crate::buddy::{ListSizes, Watermarks, ZoneId, ZoneSpec};
use crate::direct::LinearWindows;
use crate::memory::{MemoryKind, MemoryRange, RamMap};
use crate::physical::Physical;
use crate::spec::{BuildError, Lists, MachineSpec, WatermarkChoice, ZoneChoice};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use mapwright_runtime::layout::{Layout, Place, PlaceId, PlaceKind, SpaceId};
use mapwright_runtime::range::Range;

/// The zones that requests start from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choices {
    pub(crate) dma: ZoneId,
    pub(crate) normal: ZoneId,
    pub(crate) high: ZoneId,
}

impl Choices {
    /// The zone that a choice names.
    pub(crate) fn zone(&self, choice: ZoneChoice) -> ZoneId {
        match choice {
            ZoneChoice::Dma => self.dma,
            ZoneChoice::Normal => self.normal,
            ZoneChoice::High => self.high,
            ZoneChoice::Zone(id) => id,
        }
    }

    /// That zone and its fallback, in the order tried; none if there is no such zone.
    pub(crate) fn order(&self, physical: &Physical, choice: ZoneChoice) -> Vec<ZoneId> {
        let id = self.zone(choice);
        if id.index() < physical.zones().all().len() {
            physical.zones().order_from(id).to_vec()
        } else {
            Vec::new()
        }
    }

    /// `places` are the zones as declared, in the order of their numbers.
    ///
    /// # Errors
    /// When there is a direct map, and no memory of the machine in it: its kernel could not reach its own tables.
    pub(super) fn of(
        physical: &Physical,
        places: &[(PlaceId, Place)],
        windows: &LinearWindows,
        bits: u32,
    ) -> Result<Self, BuildError> {
        let mut zones: Vec<(u64, u64, ZoneId)> = physical
            .zones()
            .iter()
            .filter(|(_, zone)| zone.spec().first < zone.spec().end)
            .map(|(id, zone)| (zone.spec().first, zone.spec().end, id))
            .collect();
        zones.sort_unstable();
        let dma = dma_zone(places);
        let high = zones.last().map_or(dma, |zone| zone.2);
        let range = |first: u64, end: u64| {
            Range::from_start_end(u128::from(first) << bits, u128::from(end) << bits)
        };
        let whole = |(first, end, _): &&(u64, u64, ZoneId)| {
            range(*first, *end).is_some_and(|range| windows.shows(range))
        };
        let normal = zones.iter().rev().find(whole).map(|zone| zone.2);
        let mut memory = zones.iter().filter_map(|zone| range(zone.0, zone.1));
        let in_part = |memory: Range| {
            let mut all = windows.windows().iter();
            all.any(|window| window.target.overlaps(memory))
        };
        if normal.is_none() && !windows.windows().is_empty() && !memory.any(in_part) {
            return Err(BuildError::NoLowMemory);
        }
        Ok(Self {
            dma,
            normal: normal.unwrap_or(high),
            high,
        })
    }
}

/// The zone for devices: the lowest, which the weakest of them reaches; whether it has memory or not, since no other
/// will do.
fn dma_zone(places: &[(PlaceId, Place)]) -> ZoneId {
    let zones = places.iter().enumerate();
    let lowest = zones.min_by_key(|(_, (_, place))| place.range.base());
    ZoneId::from_index(lowest.map_or(0, |(at, _)| at))
}

/// The zones in the order declared.
pub(super) fn zone_places(
    layout: &Layout,
    physical: SpaceId,
) -> Result<Vec<(PlaceId, Place)>, BuildError> {
    let zones = layout
        .places()
        .filter(|(_, place)| place.space == physical && place.kind == PlaceKind::Zone);
    let zones: Vec<(PlaceId, Place)> = zones.map(|(id, place)| (id, place.clone())).collect();
    let mut by_base: Vec<&Place> = zones.iter().map(|(_, place)| place).collect();
    by_base.sort_by_key(|place| place.range.base());
    match by_base
        .windows(2)
        .find(|pair| pair[0].range.overlaps(pair[1].range))
    {
        Some(pair) => Err(BuildError::NestedZones {
            first: pair[0].name.clone(),
            second: pair[1].name.clone(),
        }),
        None => Ok(zones),
    }
}

pub(super) fn ram_map(
    layout: &Layout,
    spec: &MachineSpec,
    physical: SpaceId,
    zones: &[(PlaceId, Place)],
) -> Result<RamMap, BuildError> {
    let named = |kind| move |(name, range): (String, Range)| MemoryRange { range, kind, name };
    let ram: Vec<(String, Range)> = match &spec.ram {
        Some(ranges) => ranges.iter().map(|range| ("RAM".into(), *range)).collect(),
        None => {
            let zones = zones.iter();
            zones
                .map(|(_, zone)| (zone.name.clone(), zone.range))
                .collect()
        }
    };
    if ram.is_empty() {
        return Err(BuildError::NoMemory);
    }
    let places = |kind| {
        let found = layout.places().map(|(_, place)| place);
        found
            .filter(move |place| place.space == physical && place.kind == kind)
            .map(|place| (place.label().to_string(), place.range))
    };
    let devices = places(PlaceKind::Device).chain(spec.devices.clone());
    let devices: Vec<_> = devices.map(named(MemoryKind::Device)).collect();
    // Where a zone spans a device, or a hole, there is no memory.
    let holes = places(PlaceKind::Hole).map(|(_, range)| range);
    let gone: Vec<Range> = devices.iter().map(|one| one.range).chain(holes).collect();
    let ram = ram.into_iter().flat_map(|(name, range)| {
        let mut left = Vec::from([range]);
        for gap in &gone {
            let cut = |range: Range| {
                if range.overlaps(*gap) {
                    let (below, above) = range.without(*gap);
                    [below, above]
                } else {
                    [Some(range), None]
                }
            };
            left = left.into_iter().flat_map(cut).flatten().collect();
        }
        left.into_iter().map(move |range| (name.clone(), range))
    });
    let ram = ram.map(named(MemoryKind::Ram)).collect();
    let reserved = places(PlaceKind::Reserve).chain(spec.reserved.clone());
    let reserved: Vec<_> = reserved.map(named(MemoryKind::Reserved)).collect();
    Ok(RamMap::new(ram, &reserved, devices)?)
}

/// Zones as the allocator wants them: cut to where memory is.
pub(super) fn zone_specs(
    layout: &Layout,
    spec: &MachineSpec,
    zones: &[(PlaceId, Place)],
    map: &RamMap,
    bits: u32,
) -> Result<Vec<ZoneSpec>, BuildError> {
    let stretches = map.whole_frames(bits);
    let mut specs = Vec::new();
    for (id, zone) in zones {
        let size = 1_u128 << bits;
        let first = u128::from(zone.range.base()).div_ceil(size) as u64;
        let end = (zone.range.end() / size) as u64;
        let inside = stretches.iter().filter_map(|(from, to)| {
            let (from, to) = ((*from).max(first), (*to).min(end));
            (from < to).then_some((from, to))
        });
        let inside: Vec<(u64, u64)> = inside.collect();
        let from = inside.first().map_or(first, |one| one.0);
        let to = inside.last().map_or(from, |one| one.1);
        let frames: u64 = inside.iter().map(|(from, to)| to - from).sum();
        specs.push(ZoneSpec {
            name: zone.label().to_string(),
            first: from,
            end: to,
            fallback: fallback(layout, zones, *id, zone)?,
            lists: match spec.lists {
                Lists::Linux => ListSizes::of_zone(frames, 1 << bits),
                Lists::Sizes(sizes) => sizes,
            },
            watermarks: Watermarks::default(),
            protection: spec.protection,
        });
    }
    Ok(specs)
}

/// The fallback of a zone by position: what the layout says, or all zones below, the highest first.
fn fallback(
    layout: &Layout,
    zones: &[(PlaceId, Place)],
    id: PlaceId,
    zone: &Place,
) -> Result<Vec<usize>, BuildError> {
    let below = |other: &Place| other.range.last() < zone.range.base();
    let Some(list) = layout.place(id).attr("fallback") else {
        let mut all: Vec<usize> = (0..zones.len()).filter(|at| below(&zones[*at].1)).collect();
        all.sort_by_key(|at| core::cmp::Reverse(zones[*at].1.range.base()));
        return Ok(all);
    };
    let names = list.trim_matches(['[', ']']).split(',').map(str::trim);
    let mut found = Vec::new();
    for name in names.filter(|name| !name.is_empty()) {
        match zones.iter().position(|(_, zone)| zone.name == name) {
            Some(at) if below(&zones[at].1) => found.push(at),
            // An optional zone that this instance does not have.
            None => {}
            Some(_) => {
                return Err(BuildError::Fallback {
                    zone: zone.name.clone(),
                    to: name.into(),
                });
            }
        }
    }
    Ok(found)
}

/// Watermarks as `init_per_zone_wmark_min` sets them: the square root of sixteen times the kilobytes of
/// directly mapped memory, between 128K and 64M, shared out among its zones by size; other zones
/// keep a 1024th of their frames, between 32 and 128.
pub(super) fn set_marks(
    physical: &mut Physical,
    spec: &MachineSpec,
    windows: &LinearWindows,
    bits: u32,
) {
    if spec.marks == WatermarkChoice::None {
        return;
    }
    let zones: Vec<(ZoneId, u64, bool)> = physical
        .zones()
        .iter()
        .map(|(id, zone)| {
            let low = windows.address_of(zone.spec().first << bits).is_some();
            (id, zone.managed_frames(), low)
        })
        .collect();
    let low: u64 = zones.iter().filter(|zone| zone.2).map(|zone| zone.1).sum();
    let kilobytes = (u128::from(low) << bits >> 10) as u64;
    let kept = kilobytes.saturating_mul(16).isqrt().clamp(128, 65_536);
    let pages = (kept << 10) >> bits;
    for (id, managed, is_low) in zones {
        let min = if is_low {
            let share = u128::from(pages) * u128::from(managed) / u128::from(low.max(1));
            share as u64
        } else {
            (managed / 1024).clamp(32, 128).min(managed / 4)
        };
        physical
            .zones_mut()
            .set_watermarks(id, Watermarks::from_min(min));
    }
}
