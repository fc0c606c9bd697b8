//! Writing page tables.

use super::encode::{Encoder, Entry, Marks};
use super::entries::Found;
use super::{TableError, WalkFault};
use crate::buddy::ZoneId;
use crate::error::MachineError;
use crate::memory::Memory;
use crate::physical::Physical;
use alloc::sync::Arc;
use alloc::vec::Vec;
use mapwright_runtime::access::Access;

/// A page as the one who maps it knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mapping {
    /// Its first virtual address.
    pub address: u64,
    /// The physical address of its first byte.
    pub physical: u64,
    /// Its bytes.
    pub bytes: u64,
    /// Its rights, as far as the format can say them.
    pub access: Access,
    /// What the processor noted.
    pub marks: Marks,
    /// Where its entry stands.
    pub entry_at: u64,
}

/// The page tables of one address space (or, with the roots of a process, of one process).
#[derive(Debug, Clone)]
pub struct PageTables {
    pub(super) encoder: Arc<Encoder>,
    space_bits: u32,
    pub(super) roots: Vec<u64>,
    pub(super) zones: Vec<ZoneId>,
    /// Tables of a level up to this one are kept when they become empty.
    pub(super) kept: usize,
    pub(super) tables: u64,
}

impl PageTables {
    /// Empty tables for a space of `space_bits` bits, whose frames come from `zones`, tried in this
    /// order. A table of a level up to `kept` stays when it becomes empty: 0 keeps the roots only, 1
    /// also what an entry of a root may be copied of.
    ///
    /// # Errors
    /// When there are no frames for the roots.
    pub fn new(
        encoder: Arc<Encoder>,
        space_bits: u32,
        zones: Vec<ZoneId>,
        kept: usize,
        physical: &mut Physical,
    ) -> Result<Self, MachineError> {
        let roots = encoder.roots;
        let mut tables = Self {
            encoder,
            space_bits,
            roots: Vec::new(),
            zones,
            kept,
            tables: 0,
        };
        for _ in 0..roots {
            match tables.make_table(physical, 0) {
                Ok(root) => tables.roots.push(root),
                Err(error) => {
                    tables.free_all(physical)?;
                    return Err(error);
                }
            }
        }
        Ok(tables)
    }

    /// The physical addresses of the roots: one, or two for a format that has two.
    #[must_use]
    pub fn roots(&self) -> &[u64] {
        &self.roots
    }

    /// The format, ready to write entries.
    #[must_use]
    pub fn encoder(&self) -> &Arc<Encoder> {
        &self.encoder
    }

    /// The width of the space in bits.
    #[must_use]
    pub fn space_bits(&self) -> u32 {
        self.space_bits
    }

    /// How many tables there are, the roots included, those shared with others not.
    #[must_use]
    pub fn tables(&self) -> u64 {
        self.tables
    }

    /// The sizes of pages, smallest first.
    #[must_use]
    pub fn page_sizes(&self) -> Vec<u64> {
        self.encoder.format().leaf_sizes()
    }

    /// What maps `address`, as the one who writes tables reads them.
    #[must_use]
    pub fn lookup(&self, memory: &Memory, address: u64) -> Option<Mapping> {
        let last = self.encoder.levels.len() - 1;
        match self.find(memory, address, last).ok()? {
            Found::Entry {
                level,
                entry_at,
                entry:
                    Entry::Leaf {
                        physical,
                        access,
                        marks,
                    },
            } => {
                let bytes = 1_u64 << self.encoder.levels[level].low;
                Some(Mapping {
                    address: address & !(bytes - 1),
                    physical,
                    bytes,
                    access,
                    marks,
                    entry_at,
                })
            }
            _ => None,
        }
    }

    /// What a processor finds at `address`.
    ///
    /// # Errors
    /// Why it finds nothing.
    pub fn walk(&self, memory: &Memory, address: u64) -> Result<super::Walk, WalkFault> {
        self.encoder.walks.walk(memory, &self.roots, address)
    }

    /// Maps a page of `bytes` bytes.
    ///
    /// # Errors
    /// When it cannot be mapped there, or there is no frame for a table; nothing has changed then.
    pub fn map(
        &mut self,
        physical: &mut Physical,
        address: u64,
        to: u64,
        bytes: u64,
        access: Access,
        marks: Marks,
    ) -> Result<(), MachineError> {
        let level = self.check_page(address, to, bytes)?;
        let entry = self.encoder.leaf(level, to, access, marks);
        let entry = entry.ok_or_else(|| self.unencodable(level, to))?;
        let entry_at = self.slot_for(physical, address, level, bytes)?;
        self.write(physical, entry_at, entry)?;
        self.count(physical, entry_at, 1)?;
        self.check_mapped(physical.memory(), address, to, bytes, access)
    }

    fn check_page(&self, address: u64, to: u64, bytes: u64) -> Result<usize, TableError> {
        let level = self.encoder.level_of(bytes);
        let level = level.ok_or(TableError::NoSuchPage { page: bytes })?;
        for address in [address, to] {
            if !address.is_multiple_of(bytes) {
                return Err(TableError::Misaligned {
                    address,
                    page: bytes,
                });
            }
        }
        Ok(level)
    }

    /// Refuses rights that no entry of the format can give.
    ///
    /// # Errors
    /// When there is no such entry.
    pub(crate) fn check_rights(&self, access: Access) -> Result<(), TableError> {
        let level = self.encoder.levels.len() - 1;
        let granted = self.encoder.granted(access);
        granted
            .map(|_| ())
            .ok_or_else(|| self.unencodable(level, 0))
    }

    fn unencodable(&self, level: usize, physical: u64) -> TableError {
        let level = self.encoder.format().levels()[level].name.clone();
        TableError::Unencodable { physical, level }
    }

    /// Where the entry for a page goes, with all tables above it made. An entry that is there is an error.
    fn slot_for(
        &mut self,
        physical: &mut Physical,
        address: u64,
        level: usize,
        bytes: u64,
    ) -> Result<u64, MachineError> {
        loop {
            match self.find(physical.memory(), address, level)? {
                Found::Entry {
                    entry: Entry::Absent,
                    entry_at,
                    ..
                } => return Ok(entry_at),
                Found::Entry {
                    entry: Entry::Table(_),
                    ..
                } => {
                    let page = bytes;
                    return Err(TableError::InUse { address, page }.into());
                }
                Found::Entry {
                    level,
                    entry: Entry::Leaf { physical: to, .. },
                    ..
                } => {
                    let page = 1 << self.encoder.levels[level].low;
                    return Err(TableError::AlreadyMapped {
                        address,
                        physical: to,
                        page,
                    }
                    .into());
                }
                Found::Missing { level, entry_at } => {
                    if let Err(error) = self.add_table(physical, level, entry_at) {
                        self.prune(physical, address)?;
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Makes the table that an absent entry of `level` is to point to.
    fn add_table(
        &mut self,
        physical: &mut Physical,
        level: usize,
        entry_at: u64,
    ) -> Result<(), MachineError> {
        let table = self.make_table(physical, level + 1)?;
        let Some(entry) = self.encoder.table(level, table) else {
            self.free_table(physical, table)?;
            return Err(self.unencodable(level, table).into());
        };
        self.write(physical, entry_at, entry)?;
        self.count(physical, entry_at, 1)
    }

    /// Takes a mapping away and frees the tables that become empty.
    ///
    /// # Errors
    /// When nothing is mapped there.
    pub fn unmap(
        &mut self,
        physical: &mut Physical,
        address: u64,
    ) -> Result<Mapping, MachineError> {
        let mapping = self
            .lookup(physical.memory(), address)
            .ok_or(TableError::NotMapped { address })?;
        self.write(physical, mapping.entry_at, 0)?;
        physical.entry_changed(address);
        self.count(physical, mapping.entry_at, -1)?;
        self.prune(physical, address)?;
        self.check_unmapped(physical.memory(), address)?;
        Ok(mapping)
    }

    /// Changes the rights of the page at `address`, and gives back what was mapped before.
    ///
    /// # Errors
    /// When nothing is mapped there.
    pub fn protect(
        &mut self,
        physical: &mut Physical,
        address: u64,
        access: Access,
    ) -> Result<Mapping, MachineError> {
        let mapping = self
            .lookup(physical.memory(), address)
            .ok_or(TableError::NotMapped { address })?;
        self.rewrite(physical, &mapping, mapping.physical, access, mapping.marks)?;
        Ok(mapping)
    }

    /// Makes the entry of a mapping point elsewhere, with other rights and marks.
    ///
    /// # Errors
    /// When the format cannot say it.
    pub(crate) fn rewrite(
        &mut self,
        physical: &mut Physical,
        mapping: &Mapping,
        to: u64,
        access: Access,
        marks: Marks,
    ) -> Result<(), MachineError> {
        let level = self.check_page(mapping.address, to, mapping.bytes)?;
        let entry = self.encoder.leaf(level, to, access, marks);
        let entry = entry.ok_or_else(|| self.unencodable(level, to))?;
        self.write(physical, mapping.entry_at, entry)?;
        physical.entry_changed(mapping.address);
        let memory = physical.memory();
        self.check_mapped(memory, mapping.address, to, mapping.bytes, access)
    }

    /// Replaces a large page by a table of pages of the next smaller size that map the same.
    ///
    /// # Errors
    /// When nothing is mapped there, the page is of the smallest size, or there is no frame.
    pub fn split(
        &mut self,
        physical: &mut Physical,
        address: u64,
    ) -> Result<Mapping, MachineError> {
        let mapping = self
            .lookup(physical.memory(), address)
            .ok_or(TableError::NotMapped { address })?;
        let page = mapping.bytes;
        let level = self
            .encoder
            .level_of(page)
            .ok_or(TableError::NoSuchPage { page })?;
        let below = level + 1;
        let smaller = self
            .encoder
            .levels
            .get(below)
            .map(|level| 1_u64 << level.low);
        let smaller = smaller
            .filter(|bytes| self.encoder.level_of(*bytes) == Some(below))
            .ok_or(TableError::NoSuchPage { page: page / 2 })?;
        let Mapping { access, marks, .. } = mapping;
        let count = page / smaller;
        let entry = |index| {
            let to = mapping.physical + index * smaller;
            let entry = self.encoder.leaf(below, to, access, marks);
            entry.ok_or_else(|| self.unencodable(below, to))
        };
        let entries: Vec<u64> = (0..count).map(entry).collect::<Result<_, _>>()?;
        let table = self.make_table(physical, below)?;
        let entry_bytes = u64::from(self.encoder.format().entry_bytes());
        for (index, entry) in entries.into_iter().enumerate() {
            self.write(physical, table + index as u64 * entry_bytes, entry)?;
        }
        self.set_count(physical, table, count as u32)?;
        let entry = self.encoder.table(level, table);
        let entry = entry.ok_or_else(|| self.unencodable(level, table))?;
        self.write(physical, mapping.entry_at, entry)?;
        physical.entry_changed(mapping.address);
        let to = mapping.physical + (address - mapping.address) / smaller * smaller;
        let address = address & !(smaller - 1);
        self.check_mapped(physical.memory(), address, to, smaller, access)?;
        Ok(mapping)
    }

    /// The entry of the root for `address`, and where it stands.
    ///
    /// # Errors
    /// When the format cannot translate the address.
    pub fn top_entry(&self, memory: &Memory, address: u64) -> Result<(u64, u64), MachineError> {
        let root = self.root(address)?;
        let entry_bytes = self.encoder.format().entry_bytes();
        let at = root + self.encoder.index(0, address) * u64::from(entry_bytes);
        Ok((memory.read(at, entry_bytes)?, at))
    }

    /// Copies the entry of another root for `address`: what it points to is shared from then on, and
    /// belongs to the other. True when that changed anything.
    ///
    /// # Errors
    /// When the format cannot translate the address, or the host's limit is reached.
    pub(crate) fn share_top_entry(
        &mut self,
        physical: &mut Physical,
        other: &Self,
        address: u64,
    ) -> Result<bool, MachineError> {
        let (theirs, _) = other.top_entry(physical.memory(), address)?;
        let (ours, at) = self.top_entry(physical.memory(), address)?;
        if ours == theirs {
            return Ok(false);
        }
        self.write(physical, at, theirs)?;
        let present = |entry| i32::from(self.encoder.entry(0, entry) != Entry::Absent);
        self.count(physical, at, present(theirs) - present(ours))?;
        Ok(true)
    }

    /// Frees the roots. What is mapped must be unmapped before; shared entries are only forgotten.
    ///
    /// # Errors
    /// When a law is broken.
    pub fn free_all(&mut self, physical: &mut Physical) -> Result<(), MachineError> {
        while let Some(root) = self.roots.pop() {
            self.free_table(physical, root)?;
        }
        Ok(())
    }

    /// Notes in an entry that its page was used, as a processor does.
    ///
    /// # Errors
    /// When the host's limit is reached.
    pub fn mark(
        &self,
        physical: &mut Physical,
        entry_at: u64,
        entry: u64,
        write: bool,
    ) -> Result<(), MachineError> {
        let marked = self.encoder.marked(entry, write);
        if marked != entry {
            self.write(physical, entry_at, marked)?;
        }
        Ok(())
    }

    /// Takes the note away that the page of a mapping was used; whether there was one.
    ///
    /// # Errors
    /// When nothing answers where the entry should stand.
    pub fn take_accessed(
        &self,
        physical: &mut Physical,
        entry_at: u64,
    ) -> Result<bool, MachineError> {
        let entry_bytes = self.encoder.format().entry_bytes();
        let entry = physical.memory().read(entry_at, entry_bytes)?;
        let without = self.encoder.without_accessed(entry);
        if without != entry {
            self.write(physical, entry_at, without)?;
        }
        Ok(without != entry)
    }
}
