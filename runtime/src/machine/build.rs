//! Building a machine: memory, zones, kernel tables, the direct map, descriptors of frames.

use super::buddy::{FrameRequest, ListSizes, Urgency, Watermarks, Zone, ZoneId, ZoneSpec, Zones};
use super::direct::LinearWindows;
use super::memory::{FrameState, FrameUse, HostBudget, Memory, MemoryKind, MemoryRange, RamMap};
use super::physical::Physical;
use super::slab::Slabs;
use super::spec::{BuildError, Lists, MachineSpec, Marks};
use super::tables::{DirectMap, Encoder, Marks as PageMarks, PageTables};
use super::window::{AreaWindow, FixedWindow, SlotWindow};
use super::{Machine, MachineError, Random};
use crate::layout::{Layout, Place, PlaceId, PlaceKind, SpaceId, Target};
use crate::range::Range;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

/// The most bytes of a frame descriptor.
const MOST_DESCRIPTOR: u64 = 4096;

impl Machine {
    /// Builds a machine with this layout and starts its kernel: zones filled, the direct map and the
    /// descriptors of frames in place.
    ///
    /// # Errors
    /// When layout and machine do not go together, or the kernel does not fit.
    pub fn new(layout: &Layout, spec: &MachineSpec) -> Result<Self, BuildError> {
        check_numbers(spec)?;
        let (space, physical_space) = spaces(layout, spec)?;
        let format = layout.format_of(space).ok_or(BuildError::NotPaged)?;
        let space_bits = layout.space(space).bits;
        let encoder = Arc::new(Encoder::new(format, space_bits)?);
        let bits = format.page_bits();
        let zones = zone_places(layout, physical_space)?;
        let map = ram_map(layout, spec, physical_space, &zones)?;
        let specs = zone_specs(layout, spec, &zones, &map, bits)?;
        let mut budget = HostBudget::new(spec.host_limit);
        for zone in &specs {
            budget.take(Zone::host_bytes(zone.first, zone.end, spec.largest_order))?;
        }
        let memory = Memory::new(map, bits, budget);
        let zones_by_place = zones.iter().enumerate();
        let zone_ids = zones_by_place.map(|(at, (place, _))| (*place, ZoneId::from_index(at)));
        let zone_ids = zone_ids.collect();
        let mut physical = Physical::new(memory, Zones::new(specs, spec.cpus, spec.largest_order));
        let windows = LinearWindows::of(layout, space, physical_space);
        let choices = Choices::of(&physical, &windows, bits);
        set_marks(&mut physical, spec, &windows, bits);
        let table_zones = physical.zones().order_from(choices.normal).to_vec();
        let kernel = PageTables::new(encoder, space_bits, table_zones, 1, &mut physical)?;
        let slabs = Slabs::new(spec.kmalloc_limit, 1 << bits, spec.largest_order);
        let mut machine = Self {
            layout: layout.clone(),
            space,
            physical_space,
            physical,
            kernel,
            windows,
            slabs,
            zone_ids,
            choices,
            areas: BTreeMap::new(),
            slots: BTreeMap::new(),
            fixed: BTreeMap::new(),
            tables_of_frames: Vec::new(),
            direct: DirectMap::default(),
            cpus: spec.cpus,
            random: Random::new(spec.seed),
            log: None,
            processes: BTreeMap::new(),
            next_process: 1,
            owners: BTreeMap::new(),
            swap: None,
            ends_victims: false,
        };
        machine.map_directly(spec)?;
        machine.describe_frames(spec)?;
        machine.open_windows(1 << bits);
        Ok(machine)
    }

    fn map_directly(&mut self, spec: &MachineSpec) -> Result<(), MachineError> {
        for window in self.windows.windows().to_vec() {
            let made = self.kernel.map_direct(
                &mut self.physical,
                window.range,
                window.target.base(),
                window.access,
                spec.direct,
            )?;
            for (size, pages) in made.pages {
                *self.direct.pages.entry(size).or_default() += pages;
            }
        }
        Ok(())
    }

    /// Takes frames for the array that describes frames: mapped where the layout has a window for it, in
    /// the direct map otherwise.
    fn describe_frames(&mut self, spec: &MachineSpec) -> Result<(), MachineError> {
        let physical = self.physical_space;
        let tables: Vec<(Place, u64, u64)> = self
            .layout
            .places()
            .filter(|(_, place)| place.space == self.space)
            .filter_map(|(_, place)| match place.target {
                Target::Table { element, per, of } if of == physical => {
                    Some((place.clone(), element, per))
                }
                _ => None,
            })
            .collect();
        for (place, element, per) in &tables {
            self.map_descriptors(place, spec.descriptor_bytes.unwrap_or(*element), *per)?;
        }
        if tables.is_empty() {
            let usual = if self.kernel.space_bits() <= 32 {
                32
            } else {
                64
            };
            let bytes = spec.descriptor_bytes.unwrap_or(usual);
            let frames = self.physical.counts().memory;
            let page = self.physical.memory().frame_bytes();
            self.take_descriptors(frames.saturating_mul(bytes).div_ceil(page))?;
        }
        Ok(())
    }

    /// Takes so many frames in blocks as large as can be had.
    fn take_descriptors(&mut self, frames: u64) -> Result<(), MachineError> {
        let mut left = frames;
        let mut order = self.physical.zones().largest_order();
        while left != 0 {
            order = order.min(left.ilog2());
            match self.take_block(order) {
                Ok(_) => left -= 1 << order,
                Err(error) if order == 0 => return Err(error),
                Err(_) => order -= 1,
            }
        }
        Ok(())
    }

    fn take_block(&mut self, order: u32) -> Result<u64, MachineError> {
        let zones = self
            .physical
            .zones()
            .order_from(self.choices.normal)
            .to_vec();
        let request = FrameRequest {
            order,
            zones: &zones,
            cpu: 0,
            urgency: Urgency::Normal,
        };
        let state = FrameState {
            used: FrameUse::Descriptors,
            owner: 0,
            count: 0,
        };
        Ok(self.physical.take(&request, state)?.frame)
    }

    /// Maps the part of a window that describes frames of memory, in pages as large as blocks can be.
    fn map_descriptors(
        &mut self,
        window: &Place,
        element: u64,
        per: u64,
    ) -> Result<(), MachineError> {
        let page = self.physical.memory().frame_bytes();
        let mut needed: Vec<(u64, u64)> = Vec::new();
        for one in self.physical.memory().map().ranges() {
            if one.kind == MemoryKind::Device {
                continue;
            }
            let first = (one.range.base() / per).saturating_mul(element) / page;
            let end = (one.range.last() / per + 1)
                .saturating_mul(element)
                .div_ceil(page);
            match needed.last_mut() {
                Some((_, last)) if *last >= first => *last = end.max(*last),
                _ => needed.push((first, end)),
            }
        }
        let most = self.physical.zones().largest_order();
        let sizes = self.kernel.page_sizes();
        let orders = sizes.iter().map(|size| (size / page).ilog2());
        let orders: Vec<u32> = orders.filter(|order| *order <= most).collect();
        for (first, end) in needed {
            let mut at = first;
            while at < end {
                let address = window.range.base().saturating_add(at.saturating_mul(page));
                if !window.range.contains(address) {
                    break;
                }
                let fits = |order: &&u32| {
                    let size = page << **order;
                    address.is_multiple_of(size) && at + (1 << **order) <= end
                };
                let order = orders.iter().rev().find(fits).copied().unwrap_or(0);
                let frame = self.take_block(order)?;
                let (size, to) = (page << order, frame * page);
                let Self {
                    kernel, physical, ..
                } = self;
                kernel.map(physical, address, to, size, window.access, PageMarks::BOTH)?;
                at += 1 << order;
            }
        }
        self.tables_of_frames.push(window.range);
        Ok(())
    }

    /// Opens the books of the dynamic windows.
    fn open_windows(&mut self, page: u64) {
        let layout = self.layout.clone();
        let windows = layout
            .places()
            .filter(|(_, place)| place.space == self.space && place.kind == PlaceKind::Window);
        for (id, place) in windows {
            let name = place.label().to_string();
            match &place.target {
                Target::Pages { .. } | Target::Device { .. } => {
                    let guard = match place.target {
                        Target::Pages { guard, .. } => guard,
                        _ => page,
                    };
                    let inner = layout.children(id).iter();
                    let taken: Vec<Range> = inner.map(|id| layout.place(*id).range).collect();
                    let window = AreaWindow::new(id, name, place.range, guard, page, &taken);
                    self.areas.insert(id, window);
                }
                Target::Slots { count, .. } => {
                    let window = SlotWindow::new(id, name, place.range, page, *count);
                    self.slots.insert(id, window);
                }
                Target::Fixed { .. } => {
                    self.fixed.insert(id, FixedWindow::new(&layout, id, page));
                }
                _ => {}
            }
        }
    }
}

/// The zones that requests start from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choices {
    pub(super) dma: ZoneId,
    pub(super) normal: ZoneId,
    pub(super) high: ZoneId,
}

impl Choices {
    fn of(physical: &Physical, windows: &LinearWindows, bits: u32) -> Self {
        let mut zones: Vec<(u64, u64, ZoneId)> = physical
            .zones()
            .iter()
            .filter(|(_, zone)| zone.spec().first < zone.spec().end)
            .map(|(id, zone)| (zone.spec().first, zone.spec().end, id))
            .collect();
        zones.sort_unstable();
        let first = ZoneId::from_index(0);
        let high = zones.last().map_or(first, |zone| zone.2);
        let shown = |(first, end, _): &&(u64, u64, ZoneId)| {
            let range = Range::from_start_end(u128::from(*first) << bits, u128::from(*end) << bits);
            range.is_some_and(|range| windows.shows(range))
        };
        Self {
            dma: zones.first().map_or(first, |zone| zone.2),
            normal: zones.iter().rev().find(shown).map_or(high, |zone| zone.2),
            high,
        }
    }
}

fn check_numbers(spec: &MachineSpec) -> Result<(), BuildError> {
    let numbers = [
        ("the number of processors", u64::from(spec.cpus), 1, 4096),
        ("the largest order", u64::from(spec.largest_order), 0, 20),
        (
            "the size of a frame descriptor",
            spec.descriptor_bytes.unwrap_or(0),
            0,
            MOST_DESCRIPTOR,
        ),
    ];
    for (what, value, least, most) in numbers {
        if !(least..=most).contains(&value) {
            return Err(BuildError::Number {
                what,
                value,
                least,
                most,
            });
        }
    }
    Ok(())
}

fn spaces(layout: &Layout, spec: &MachineSpec) -> Result<(SpaceId, SpaceId), BuildError> {
    let mut paged = layout.spaces().filter(|(_, space)| space.format.is_some());
    let first = paged.next().map(|(id, _)| id);
    let space = spec.space.or(first).ok_or(BuildError::NotPaged)?;
    if space.index() >= layout.spaces().count() || layout.format_of(space).is_none() {
        return Err(BuildError::NotPaged);
    }
    let to = layout.space(space).to.ok_or_else(|| BuildError::NoTarget {
        space: layout.space(space).name.clone(),
    })?;
    Ok((space, to))
}

/// The zones in the order declared.
fn zone_places(layout: &Layout, physical: SpaceId) -> Result<Vec<(PlaceId, Place)>, BuildError> {
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

fn ram_map(
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
fn zone_specs(
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
fn set_marks(physical: &mut Physical, spec: &MachineSpec, windows: &LinearWindows, bits: u32) {
    if spec.marks == Marks::None {
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
