//! Domains: whose tables translate for devices, and what is mapped in them.

use super::{Bus, BusError, DomainId};
use crate::direct::LinearWindows;
use crate::process::ProcessId;
use crate::tables::{DirectPages, Encoder, PageTables};
use crate::{Machine, MachineError, ZoneChoice};
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use mapwright_runtime::access::Access;
use mapwright_runtime::layout::{Layout, PlaceKind, SpaceId, Target};
use mapwright_runtime::range::Range;

/// Whose tables a domain uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BusTables {
    /// Its own, in the format of the bus space.
    Own,
    /// The kernel's: bus addresses are the kernel's addresses.
    Kernel,
    /// A process's: bus addresses are its addresses, and its page faults are served for devices too.
    Process(ProcessId),
}

/// What a domain maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BusMapping {
    /// The first bus address, at a page.
    pub address: u64,
    /// The physical address of its first byte, at a page.
    pub physical: u64,
    /// Its bytes, whole pages.
    pub bytes: u64,
    /// What devices may do there.
    pub access: Access,
}

impl BusMapping {
    /// Its bus addresses.
    #[must_use]
    pub fn range(&self) -> Range {
        Range::from_base_size(self.address, self.bytes.into()).unwrap_or(Range::ALL)
    }
}

/// The tables of a domain with its own.
#[derive(Debug, Clone)]
pub(super) struct OwnTables {
    pub(super) tables: PageTables,
    /// The linear windows of the bus space, mapped from the start.
    pub(super) windows: LinearWindows,
    /// Where mappings may be, in order.
    pub(super) room: Vec<Range>,
}

/// What devices share: the meaning of their bus addresses.
#[derive(Debug, Clone)]
pub struct Domain {
    pub(super) id: DomainId,
    pub(super) uses: BusTables,
    pub(super) own: Option<OwnTables>,
    pub(super) mappings: BTreeMap<u64, BusMapping>,
}

impl Domain {
    /// Its number.
    #[must_use]
    pub fn id(&self) -> DomainId {
        self.id
    }

    /// Whose tables it uses.
    #[must_use]
    pub fn uses(&self) -> BusTables {
        self.uses
    }

    /// Its own tables, if it has them.
    #[must_use]
    pub fn own_tables(&self) -> Option<&PageTables> {
        self.own.as_ref().map(|own| &own.tables)
    }

    /// What it maps, by bus address.
    pub fn mappings(&self) -> impl Iterator<Item = &BusMapping> {
        self.mappings.values()
    }

    /// The mapping that holds a bus address.
    #[must_use]
    pub(crate) fn mapping_at(&self, address: u64) -> Option<&BusMapping> {
        let (_, mapping) = self.mappings.range(..=address).next_back()?;
        mapping.range().contains(address).then_some(mapping)
    }

    /// The first mapping that overlaps a range.
    pub(super) fn overlap(&self, range: Range) -> Option<Range> {
        let (_, last) = self.mappings.range(..=range.last()).next_back()?;
        last.range().overlaps(range).then(|| last.range())
    }
}

/// Where mappings of a bus space may be: its dynamic windows, or everything outside its places.
fn room(layout: &Layout, space: SpaceId) -> Vec<Range> {
    let places = || layout.places().map(|(_, place)| place);
    let places = || places().filter(|place| place.space == space);
    let windows: Vec<Range> = places()
        .filter(|place| matches!(place.target, Target::Pages { .. } | Target::Device { .. }))
        .map(|place| place.range)
        .collect();
    let taken = |place: &&mapwright_runtime::layout::Place| {
        !matches!(place.kind, PlaceKind::Part)
            && !matches!(place.target, Target::Pages { .. } | Target::Device { .. })
    };
    let mut room = if windows.is_empty() {
        Vec::from([layout.space_range(space)])
    } else {
        windows
    };
    for gone in places().filter(taken) {
        let cut = |range: Range| match range.intersection(gone.range) {
            Some(_) => range.without(gone.range),
            None => (Some(range), None),
        };
        let pieces = room.into_iter().map(cut);
        room = pieces
            .flat_map(|(below, above)| [below, above])
            .flatten()
            .collect();
    }
    if let Some(format) = layout.format_of(space) {
        let canonical = format.canonical_ranges_in(layout.space(space).bits);
        let common = |range: &Range| {
            let parts = canonical
                .iter()
                .filter_map(|other| other.intersection(*range));
            parts.collect::<Vec<_>>()
        };
        room = room.iter().flat_map(common).collect();
    }
    room.sort_unstable_by_key(|range| range.base());
    room
}

impl Machine {
    /// Makes a domain. One with its own tables takes frames for them, and maps the linear windows of the
    /// bus space.
    ///
    /// # Errors
    /// When the layout has no bus with a format, there is no such process, or no frames for tables.
    pub fn add_domain(&mut self, uses: BusTables) -> Result<DomainId, MachineError> {
        let own = match uses {
            BusTables::Own => Some(self.own_tables()?),
            BusTables::Kernel => None,
            BusTables::Process(id) => {
                self.process(id)?;
                None
            }
        };
        let id = DomainId(self.bus.next_domain);
        self.bus.next_domain += 1;
        let domain = Domain {
            id,
            uses,
            own,
            mappings: BTreeMap::new(),
        };
        self.bus.domains.insert(id, domain);
        Ok(id)
    }

    fn own_tables(&mut self) -> Result<OwnTables, MachineError> {
        let space = self.bus.space.ok_or(BusError::NoSpace)?;
        let Some(format) = self.layout.format_of(space) else {
            let space = self.layout.space(space).name.clone();
            return Err(BusError::NoFormat { space }.into());
        };
        let tables = (0..format.levels().len()).filter_map(|level| format.table_bytes(level));
        let (table, frame) = (tables.max().unwrap_or(0), self.page());
        if table > frame.into() {
            let format = format.name().into();
            return Err(BusError::TableSize {
                format,
                table,
                frame,
            }
            .into());
        }
        let bits = self.layout.space(space).bits;
        let encoder = Arc::new(Encoder::new(format, bits)?);
        let zones = self.zones_from(ZoneChoice::Normal);
        let mut tables = PageTables::new(encoder, bits, zones, 0, &mut self.physical)?;
        let windows = LinearWindows::of(&self.layout, space, self.physical_space);
        for (number, window) in windows.windows().iter().enumerate() {
            let (target, access) = (window.target.base(), window.access);
            let physical = &mut self.physical;
            let made =
                tables.map_direct(physical, window.range, target, access, DirectPages::Large);
            if let Err(error) = made {
                for window in &windows.windows()[..=number] {
                    self.unmap_all(&mut tables, window.range)?;
                }
                tables.free_all(&mut self.physical)?;
                return Err(error);
            }
        }
        let room = room(&self.layout, space);
        Ok(OwnTables {
            tables,
            windows,
            room,
        })
    }

    /// Unmaps whatever is mapped in a range.
    pub(super) fn unmap_all(
        &mut self,
        tables: &mut PageTables,
        range: Range,
    ) -> Result<(), MachineError> {
        let mut pages = Vec::new();
        let encoder = tables.encoder().clone();
        crate::tables::for_each_page(
            self.physical.memory(),
            encoder.format(),
            tables.space_bits(),
            tables.roots(),
            |page| pages.push(page.address),
            |_, _, _| {},
        );
        for address in pages.into_iter().filter(|page| range.contains(*page)) {
            tables.unmap(&mut self.physical, address)?;
        }
        Ok(())
    }

    /// Takes a domain away, with everything that it maps.
    ///
    /// # Errors
    /// When there is none, or a device is attached to it.
    pub fn drop_domain(&mut self, domain: DomainId) -> Result<(), MachineError> {
        self.domain(domain)?;
        let mut devices = self.bus.devices.iter();
        if let Some(device) = devices.find(|device| device.domain == Some(domain)) {
            let device = device.name.clone();
            return Err(BusError::DomainInUse { domain, device }.into());
        }
        let gone = self.bus.domains.remove(&domain);
        let Some(Domain {
            own: Some(mut own),
            mappings,
            ..
        }) = gone
        else {
            return Ok(());
        };
        self.unmap_all(&mut own.tables, Range::ALL)?;
        own.tables.free_all(&mut self.physical)?;
        for mapping in mappings.values() {
            self.pin(mapping, -1);
        }
        Ok(())
    }

    /// Counts the frames of a mapping as shown once more, or less.
    pub(super) fn pin(&mut self, mapping: &BusMapping, change: i32) {
        let page = self.page();
        let last = mapping.physical + (mapping.bytes - 1);
        let Bus { pinned, .. } = &mut self.bus;
        for frame in mapping.physical / page..=last / page {
            let count = pinned.entry(frame).or_default();
            *count = count.saturating_add_signed(change);
            if *count == 0 {
                pinned.remove(&frame);
            }
        }
    }
}
