//! Mapping memory for devices, and unmapping it.

use super::domain::OwnTables;
use super::{BusDevice, BusError, BusMapping, DeviceId, Domain, DomainId};
use crate::event::Event;
use crate::tables::{Marks, PageTables};
use crate::{Machine, MachineError};
use mapwright_runtime::access::Access;
use mapwright_runtime::range::Range;
use mapwright_runtime::translate::Translation;

impl Machine {
    /// Makes a physical range reachable for a device (`dma_map`): the bus address of its first byte.
    ///
    /// In a domain with its own tables the lowest gap that the device reaches is taken, and the tables
    /// map whole pages, as large as alignment allows; bus page 0 is never given. Without a domain nothing is
    /// mapped: the answer is the address by which the device reaches the range already, if it does.
    /// Frames that are mapped are not written out to swap.
    ///
    /// # Errors
    /// When the device cannot reach it, nothing answers there, no gap or no frame for a table is left, or
    /// the domain's tables are shared with processors.
    pub fn bus_map(
        &mut self,
        device: DeviceId,
        physical: u64,
        bytes: u64,
        access: Access,
    ) -> Result<u64, MachineError> {
        let range = self.dma_range(physical, bytes)?;
        let BusDevice { bits, domain, .. } = *self.bus_device(device)?;
        let Some(domain) = domain else {
            return Ok(self.reachable(range, bits)?);
        };
        let found = self.domain(domain)?;
        let own = found.own.as_ref();
        let own = own.ok_or(BusError::SharedTables { domain })?;
        let page = own.tables.page_sizes()[0];
        let offset = physical % page;
        let whole = (offset + (bytes - 1)) / page * page + page;
        let aligned = physical - offset;
        let align = own.tables.page_sizes().into_iter().rev();
        let mut align = align.filter(|size| *size <= whole);
        let align = align.next().unwrap_or(page);
        let gap = found.gap(own, whole, align, bits);
        // Without a gap for large pages, one for small ones will do.
        let gap = gap.or_else(|| found.gap(own, whole, page, bits));
        let address = gap.ok_or(BusError::NoGap { bytes: whole, bits })?;
        let mapping = BusMapping {
            address,
            physical: aligned,
            bytes: whole,
            access,
        };
        self.map_in(domain, mapping)?;
        Ok(address + offset)
    }

    /// Makes a physical range reachable at a bus address that the caller chooses. All of it is in whole
    /// pages of the bus.
    ///
    /// # Errors
    /// As [`Machine::bus_map`]; when something is mapped there, or the bus has no room for mappings
    /// there.
    pub fn bus_map_at(
        &mut self,
        device: DeviceId,
        address: u64,
        physical: u64,
        bytes: u64,
        access: Access,
    ) -> Result<(), MachineError> {
        self.dma_range(physical, bytes)?;
        let BusDevice { bits, domain, .. } = *self.bus_device(device)?;
        let bad = BusError::BadRange { address, bytes };
        let domain = domain.ok_or(bad.clone())?;
        let found = self.domain(domain)?;
        let own = found.own.as_ref();
        let own = own.ok_or(BusError::SharedTables { domain })?;
        let page = own.tables.page_sizes()[0];
        let range = Range::from_base_size(address, bytes.into()).ok_or(bad.clone())?;
        let whole = (address | physical | bytes).is_multiple_of(page);
        let fits = own.room.iter().any(|room| room.contains_range(range));
        let reach = Range::of_bits(bits).unwrap_or(Range::ALL);
        if !whole || !fits || !reach.contains_range(range) {
            return Err(bad.into());
        }
        if let Some(mapping) = found.overlap(range) {
            return Err(BusError::InUse { mapping }.into());
        }
        let mapping = BusMapping {
            address,
            physical,
            bytes,
            access,
        };
        self.map_in(domain, mapping)
    }

    /// A range that devices may be shown: memory or other devices, from end to end.
    fn dma_range(&self, physical: u64, bytes: u64) -> Result<Range, MachineError> {
        let bad = BusError::BadRange {
            address: physical,
            bytes,
        };
        let range = Range::from_base_size(physical, bytes.into());
        let range = range.filter(|_| bytes != 0).ok_or(bad)?;
        let mut next = Some(range.base());
        for one in self.physical.memory().map().overlapping(range) {
            if !next.is_some_and(|next| one.range.contains(next)) {
                break;
            }
            next = one.range.last().checked_add(1);
        }
        match next.filter(|next| range.contains(*next)) {
            Some(physical) => Err(BusError::Hole { physical }.into()),
            None => Ok(range),
        }
    }

    /// Where a device without a domain finds a range.
    fn reachable(&self, range: Range, bits: u32) -> Result<u64, BusError> {
        let reach = Range::of_bits(bits).unwrap_or(Range::ALL);
        let beyond = |physical| BusError::BeyondReach { physical, bits };
        let Some(space) = self.windowed_bus() else {
            let past = (range.last() > reach.last()).then(|| range.base().max(reach.last() + 1));
            return past.map_or(Ok(range.base()), |physical| Err(beyond(physical)));
        };
        let ways = self
            .layout
            .reverse(space, self.physical_space, range.base());
        let whole = |address: &u64| {
            let shown = Range::from_base_size(*address, range.size());
            let there = |at: u64| match self.layout.translate(space, at) {
                Translation::Mapped { address, .. } => Some(address),
                _ => None,
            };
            shown.is_some_and(|shown| {
                reach.contains_range(shown) && there(shown.last()) == Some(range.last())
            })
        };
        let mut addresses = ways.iter().map(|way| way.address);
        addresses
            .find(|address| whole(address))
            .ok_or_else(|| beyond(range.base()))
    }

    fn map_in(&mut self, domain: DomainId, mapping: BusMapping) -> Result<(), MachineError> {
        let no_domain = BusError::NoDomain { domain };
        let bus = self.bus.domains.get_mut(&domain);
        let found = bus.ok_or(no_domain)?;
        let own = found.own.as_mut();
        let own = own.ok_or(BusError::SharedTables { domain })?;
        map_pages(&mut own.tables, &mut self.physical, &mapping)?;
        found.mappings.insert(mapping.address, mapping);
        self.pin(&mapping, 1);
        self.note(Event::BusMapped {
            domain: domain.number(),
            address: mapping.address,
            physical: mapping.physical,
            bytes: mapping.bytes,
        });
        Ok(())
    }

    /// Takes a mapping away (`dma_unmap`): the one that holds the first byte that [`Machine::bus_map`]
    /// answered with. Without a domain there is nothing to take away.
    ///
    /// # Errors
    /// When nothing is mapped there, or the address is in another page than the mapping's first.
    pub fn bus_unmap(&mut self, device: DeviceId, address: u64) -> Result<(), MachineError> {
        let Some(domain) = self.bus_device(device)?.domain else {
            return Ok(());
        };
        let found = self.bus.domains.get_mut(&domain);
        let found = found.ok_or(BusError::NoDomain { domain })?;
        let own = found.own.as_ref();
        let own = own.ok_or(BusError::SharedTables { domain })?;
        let page = own.tables.page_sizes()[0];
        let inside = found.mapping_at(address).map(BusMapping::range);
        let first = address - address % page;
        let mapping = found.mappings.remove(&first);
        let mapping = mapping.ok_or(BusError::NotMapped { address, inside })?;
        if let Some(own) = &mut found.own {
            unmap_pages(&mut own.tables, &mut self.physical, &mapping, mapping.bytes)?;
        }
        self.pin(&mapping, -1);
        self.note(Event::BusUnmapped {
            domain: domain.number(),
            address: mapping.address,
            bytes: mapping.bytes,
        });
        Ok(())
    }
}

impl Domain {
    /// The lowest gap of so many bytes, below 2^`bits` and above page 0.
    fn gap(&self, own: &OwnTables, bytes: u64, align: u64, bits: u32) -> Option<u64> {
        let reach = Range::of_bits(bits).unwrap_or(Range::ALL);
        let rooms = own.room.iter().filter_map(|room| room.intersection(reach));
        for room in rooms {
            let mut at = room.base().max(1).checked_next_multiple_of(align);
            while let Some(range) = at.and_then(|at| Range::from_base_size(at, bytes.into())) {
                if !room.contains_range(range) {
                    break;
                }
                let after = self.mappings.range(..=range.last()).next_back();
                match after.filter(|(_, mapping)| mapping.range().overlaps(range)) {
                    None => return Some(range.base()),
                    Some((_, mapping)) => {
                        let end = mapping.range().last().checked_add(1);
                        at = end.and_then(|end| end.checked_next_multiple_of(align));
                    }
                }
            }
        }
        None
    }
}

use crate::physical::Physical;

/// Maps all pages of a mapping, as large as they can be; none, when one cannot be mapped.
fn map_pages(
    tables: &mut PageTables,
    physical: &mut Physical,
    mapping: &BusMapping,
) -> Result<(), MachineError> {
    let sizes = tables.page_sizes();
    let mut done = 0;
    while done < mapping.bytes {
        let (address, to) = (mapping.address + done, mapping.physical + done);
        let fits =
            |size: &&u64| (address | to).is_multiple_of(**size) && **size <= mapping.bytes - done;
        // The smallest size always fits.
        let size = sizes.iter().rev().find(fits).copied().unwrap_or(sizes[0]);
        let made = tables.map(physical, address, to, size, mapping.access, Marks::BOTH);
        if let Err(error) = made {
            unmap_pages(tables, physical, mapping, done)?;
            return Err(error);
        }
        done += size;
    }
    Ok(())
}

/// Unmaps the pages of the first `bytes` bytes of a mapping.
fn unmap_pages(
    tables: &mut PageTables,
    physical: &mut Physical,
    mapping: &BusMapping,
    bytes: u64,
) -> Result<(), MachineError> {
    let mut done = 0;
    while done < bytes {
        done += tables.unmap(physical, mapping.address + done)?.bytes;
    }
    Ok(())
}
