//! The entries under [`PageTables`]: finding, counting and writing them, tables made and freed, and the law
//! that they decode to what was asked for.

use super::encode::Entry;
use super::{PageTables, TableError, WalkFault};
use crate::buddy::{FrameRequest, Urgency};
use crate::error::MachineError;
use crate::laws::{Law, Violation};
use crate::memory::{FrameState, FrameUse, Memory};
use crate::physical::Physical;
use alloc::format;
use alloc::vec::Vec;
use mapwright_runtime::access::Access;

/// Where a search ended.
pub(super) enum Found {
    /// At the entry of the level asked for, or at a leaf above it.
    Entry {
        level: usize,
        entry_at: u64,
        entry: Entry,
    },
    /// At an entry above that points to no table.
    Missing { level: usize, entry_at: u64 },
}

impl PageTables {
    pub(super) fn root(&self, address: u64) -> Result<u64, TableError> {
        let root = self.encoder.root_of(address);
        let root = root.and_then(|root| self.roots.get(root).copied());
        root.ok_or(TableError::NotCanonical { address })
    }

    /// The entry for `address` in the tables of `level`, or above it where the way ends.
    pub(super) fn find(
        &self,
        memory: &Memory,
        address: u64,
        level: usize,
    ) -> Result<Found, MachineError> {
        let mut table = self.root(address)?;
        let entry_bytes = self.encoder.format().entry_bytes();
        let mut depth = 0;
        loop {
            let index = self.encoder.index(depth, address);
            let entry_at = table + index * u64::from(entry_bytes);
            let entry = self
                .encoder
                .entry(depth, memory.read(entry_at, entry_bytes)?);
            match entry {
                Entry::Table(below) if depth < level => {
                    table = below;
                    depth += 1;
                }
                Entry::Absent if depth < level => {
                    return Ok(Found::Missing {
                        level: depth,
                        entry_at,
                    });
                }
                _ => {
                    return Ok(Found::Entry {
                        level: depth,
                        entry_at,
                        entry,
                    });
                }
            }
        }
    }

    /// The tables on the way to `address`, the root first.
    pub(super) fn path(
        &self,
        memory: &Memory,
        address: u64,
    ) -> Result<Vec<(u64, u64)>, MachineError> {
        let mut table = self.root(address)?;
        let entry_bytes = self.encoder.format().entry_bytes();
        let mut path = Vec::new();
        for depth in 0..self.encoder.levels.len() {
            let index = self.encoder.index(depth, address);
            let entry_at = table + index * u64::from(entry_bytes);
            path.push((table, entry_at));
            match self
                .encoder
                .entry(depth, memory.read(entry_at, entry_bytes)?)
            {
                Entry::Table(below) => table = below,
                _ => break,
            }
        }
        Ok(path)
    }

    /// Frees the empty tables on the way to `address`, the lowest first.
    pub(super) fn prune(
        &mut self,
        physical: &mut Physical,
        address: u64,
    ) -> Result<(), MachineError> {
        let path = self.path(physical.memory(), address)?;
        for depth in (self.kept + 1..path.len()).rev() {
            let (table, _) = path[depth];
            if self.count_of(physical, table) != 0 {
                break;
            }
            let (_, above) = path[depth - 1];
            self.write(physical, above, 0)?;
            self.count(physical, above, -1)?;
            self.free_table(physical, table)?;
        }
        Ok(())
    }

    pub(super) fn make_table(
        &mut self,
        physical: &mut Physical,
        level: usize,
    ) -> Result<u64, MachineError> {
        let request = FrameRequest {
            order: 0,
            zones: &self.zones,
            cpu: 0,
            urgency: Urgency::Normal,
        };
        let state = FrameState {
            used: FrameUse::Table,
            owner: level as u32,
            count: 0,
        };
        let given = physical.take(&request, state)?;
        self.tables += 1;
        Ok(given.frame << physical.memory().frame_bits())
    }

    pub(super) fn free_table(
        &mut self,
        physical: &mut Physical,
        table: u64,
    ) -> Result<(), MachineError> {
        let frame = table >> physical.memory().frame_bits();
        physical.give_back(frame, 0, 0, FrameUse::Table)?;
        self.tables -= 1;
        Ok(())
    }

    pub(super) fn count_of(&self, physical: &Physical, table: u64) -> u32 {
        let memory = physical.memory();
        memory.frames().get(table >> memory.frame_bits()).count
    }

    pub(super) fn set_count(
        &self,
        physical: &mut Physical,
        table: u64,
        count: u32,
    ) -> Result<(), MachineError> {
        let frame = table >> physical.memory().frame_bits();
        let state = physical.memory().frames().get(frame);
        physical
            .memory_mut()
            .set_state(frame, FrameState { count, ..state })?;
        Ok(())
    }

    /// Counts entries more (or less) in the table that holds an entry.
    pub(super) fn count(
        &self,
        physical: &mut Physical,
        entry_at: u64,
        change: i32,
    ) -> Result<(), MachineError> {
        let count = self.count_of(physical, entry_at);
        self.set_count(physical, entry_at, count.saturating_add_signed(change))
    }

    pub(super) fn write(
        &self,
        physical: &mut Physical,
        entry_at: u64,
        entry: u64,
    ) -> Result<(), MachineError> {
        let bytes = self.encoder.format().entry_bytes();
        physical.memory_mut().write(entry_at, entry, bytes)?;
        Ok(())
    }

    /// The law: what a processor finds is what was asked for.
    pub(super) fn check_mapped(
        &self,
        memory: &Memory,
        address: u64,
        to: u64,
        bytes: u64,
        access: Access,
    ) -> Result<(), MachineError> {
        let found = self.walk(memory, address);
        let expected = self.encoder.expressible(access);
        if let Ok(found) = &found {
            let page = &found.page;
            if (page.address, page.physical, page.bytes) == (address, to, bytes)
                && page.access == expected
            {
                return Ok(());
            }
        }
        let operation = format_args!("mapping {address:#x}");
        let expected = format!("{to:#x}, {bytes:#x} bytes, {expected:?}");
        let found = match found {
            Ok(found) => {
                let page = found.page;
                format!(
                    "{:#x}, {:#x} bytes, {:?}",
                    page.physical, page.bytes, page.access
                )
            }
            Err(fault) => format!("{fault}"),
        };
        Err(Violation::new(Law::TablesDecode, operation, expected, found).into())
    }

    pub(super) fn check_unmapped(&self, memory: &Memory, address: u64) -> Result<(), MachineError> {
        match self.walk(memory, address) {
            Err(WalkFault::NotPresent { .. }) => Ok(()),
            other => {
                let operation = format_args!("unmapping {address:#x}");
                let found = format!("{other:?}");
                Err(Violation::new(Law::TablesDecode, operation, "nothing", found).into())
            }
        }
    }
}
