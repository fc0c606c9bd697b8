//! Building a machine: memory, zones, kernel tables, the direct map, descriptors of frames.

mod zones;

pub(super) use zones::Choices;
use zones::{ram_map, set_marks, zone_places, zone_specs};

use super::buddy::{FrameRequest, Urgency, Zone, ZoneId, Zones};
use super::direct::LinearWindows;
use super::memory::{FrameState, FrameUse, HostBudget, Memory, MemoryKind};
use super::physical::Physical;
use super::slab::Slabs;
use super::spec::{BuildError, MachineSpec};
use super::tables::{DirectMap, Encoder, Marks as PageMarks, PageTables};
use super::window::{Windows, processors_of};
use super::{Machine, MachineError, Random};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use mapwright_runtime::layout::{Layout, Place, SpaceId, Target};

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
        check_processors(layout, spec.cpus)?;
        let (space, physical_space) = spaces(layout, spec)?;
        let format = layout.format_of(space).ok_or(BuildError::NotPaged)?;
        let space_bits = layout.space(space).bits;
        let encoder = Arc::new(Encoder::new(format, space_bits)?);
        let bits = format.page_bits();
        let zones = zone_places(layout, physical_space)?;
        let windows = LinearWindows::of(layout, space, physical_space);
        let map = ram_map(layout, spec, physical_space, &zones)?
            .with_devices_in_holes(&windows.targets());
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
        let choices = Choices::of(&physical, &zones, &windows, bits)?;
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
            dynamic: Windows::open(layout, space, 1 << bits),
            direct: DirectMap::default(),
            cpus: spec.cpus,
            processors: super::cost::Processors::new(spec.cpus),
            bus: super::bus::Bus::of(layout, space, physical_space),
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
        self.dynamic.descriptors.push(window.range);
        Ok(())
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

/// A layout with fixed slots for each processor is for so many of them, and no more.
fn check_processors(layout: &Layout, machine: u32) -> Result<(), BuildError> {
    match processors_of(layout) {
        Some(layout) if u64::from(machine) > layout => {
            Err(BuildError::Processors { machine, layout })
        }
        _ => Ok(()),
    }
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
