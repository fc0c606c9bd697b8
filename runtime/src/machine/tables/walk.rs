//! Reading page tables as a processor does: by the declaration of the format, byte by byte.
//!
//! Nothing here knows how tables are written.

use crate::access::Access;
use crate::machine::memory::{Memory, MemoryError};
use crate::paging::{AddressForm, EntryForm, Format, Slice};
use alloc::vec::Vec;
use core::fmt;

/// A page that tables map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Page {
    /// Its first virtual address.
    pub address: u64,
    /// The physical address of its first byte.
    pub physical: u64,
    /// Its bytes.
    pub bytes: u64,
    /// What may be done there: the rights of all levels together.
    pub access: Access,
    /// Where its entry stands.
    pub entry_at: u64,
    /// Its entry.
    pub entry: u64,
}

/// A walk that ended at a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Walk {
    /// The physical address.
    pub physical: u64,
    /// The page.
    pub page: Page,
    /// How many entries were read.
    pub reads: u32,
}

/// Why a walk ended without a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WalkFault {
    /// The format cannot translate the address.
    NonCanonical,
    /// An entry is not present.
    NotPresent {
        /// Its level, 0 for the top.
        level: u32,
        /// Where it stands.
        entry_at: u64,
        /// The entry.
        entry: u64,
    },
    /// A present entry has a reserved bit set, or means nothing.
    Reserved {
        /// Its level, 0 for the top.
        level: u32,
        /// Where it stands.
        entry_at: u64,
        /// The entry.
        entry: u64,
    },
    /// A table lies where nothing answers.
    NoTable {
        /// The level, 0 for the top.
        level: u32,
        /// Where the entry would stand.
        entry_at: u64,
    },
}

impl fmt::Display for WalkFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NonCanonical => f.write_str("the address is not canonical"),
            Self::NotPresent {
                level,
                entry_at,
                entry,
            } => write!(
                f,
                "entry {entry:#x} at {entry_at:#x} of level {level} is not present"
            ),
            Self::Reserved {
                level,
                entry_at,
                entry,
            } => write!(
                f,
                "entry {entry:#x} at {entry_at:#x} of level {level} has reserved bits set"
            ),
            Self::NoTable { level, entry_at } => write!(
                f,
                "no memory answers at {entry_at:#x}, where a table of level {level} should be"
            ),
        }
    }
}

/// Translates an address of a space of `space_bits` bits by the tables at `roots` (the second one for
/// formats with two).
///
/// # Errors
/// Why it has no translation.
pub fn walk(
    memory: &Memory,
    format: &Format,
    space_bits: u32,
    roots: &[u64],
    address: u64,
) -> Result<Walk, WalkFault> {
    let ranges = format.canonical_ranges_in(space_bits);
    if !ranges.iter().any(|range| range.contains(address)) {
        return Err(WalkFault::NonCanonical);
    }
    let mut table = root_for(format, space_bits, roots, address).ok_or(WalkFault::NonCanonical)?;
    let mut access = EVERYTHING;
    for (depth, level) in format.levels().iter().enumerate() {
        let index = level.index.of(address);
        let entry_at = table.saturating_add(index * u64::from(format.entry_bytes()));
        let (form, entry) = read_entry(memory, format, depth, entry_at)?;
        access = restrict(format, form, entry, access);
        let base = form.frame_of(entry);
        if form.leaf {
            let offset = address & (level.span() - 1);
            let page = Page {
                address: address - offset,
                physical: base,
                bytes: level.span(),
                access,
                entry_at,
                entry,
            };
            return Ok(Walk {
                physical: base | offset,
                page,
                reads: depth as u32 + 1,
            });
        }
        table = base;
    }
    // A checked format's last level has only leaves.
    Err(WalkFault::NonCanonical)
}

/// Calls `visit` with every page that the tables at `roots` map, in address order within each root,
/// and `table` with the physical address and level of every table. Entries that are wrong are passed over;
/// [`walk`] says why.
pub fn for_each_page(
    memory: &Memory,
    format: &Format,
    space_bits: u32,
    roots: &[u64],
    mut visit: impl FnMut(Page),
    mut table: impl FnMut(u64, u32, u32),
) {
    let halves = format.canonical_ranges_in(space_bits);
    for (number, root) in roots.iter().enumerate() {
        let mut scan = Scan {
            memory,
            format,
            visit: &mut visit,
            table: &mut table,
        };
        let canonical = |address: u64| {
            let sign = match format.form() {
                AddressForm::ZeroExtended => 0,
                AddressForm::SignExtended => address >> (format.va_bits() - 1),
                AddressForm::TwoRoots => number as u64,
            };
            let above = u64::MAX.checked_shl(format.va_bits()).unwrap_or(0);
            let space = u64::MAX >> (64 - space_bits);
            let full = if sign & 1 == 1 {
                address | above
            } else {
                address
            };
            let full = full & space;
            halves
                .iter()
                .any(|half| half.contains(full))
                .then_some(full)
        };
        scan.table(*root, 0, 0, EVERYTHING, &canonical);
    }
}

struct Scan<'a> {
    memory: &'a Memory,
    format: &'a Format,
    visit: &'a mut dyn FnMut(Page),
    table: &'a mut dyn FnMut(u64, u32, u32),
}

impl Scan<'_> {
    fn table(
        &mut self,
        at: u64,
        depth: usize,
        base: u64,
        access: Access,
        canonical: &dyn Fn(u64) -> Option<u64>,
    ) {
        let format = self.format;
        let level = &format.levels()[depth];
        let mut present = 0;
        for index in 0..level.entries() {
            let entry_at = at.saturating_add(index * u64::from(format.entry_bytes()));
            let Ok((form, entry)) = read_entry(self.memory, format, depth, entry_at) else {
                continue;
            };
            present += 1;
            let low = base | index << level.index.lo;
            let access = restrict(format, form, entry, access);
            let below = form.frame_of(entry);
            if !form.leaf {
                self.table(below, depth + 1, low, access, canonical);
            } else if let Some(address) = canonical(low) {
                (self.visit)(Page {
                    address,
                    physical: below,
                    bytes: level.span(),
                    access,
                    entry_at,
                    entry,
                });
            }
        }
        (self.table)(at, depth as u32, present);
    }
}

const EVERYTHING: Access = Access {
    read: true,
    write: true,
    execute: true,
    user: true,
    global: false,
};

fn root_for(format: &Format, space_bits: u32, roots: &[u64], address: u64) -> Option<u64> {
    let upper = format.form() == AddressForm::TwoRoots
        && space_bits > format.va_bits()
        && address >> format.va_bits() & 1 == 1;
    roots.get(usize::from(upper)).copied()
}

fn read_entry<'a>(
    memory: &Memory,
    format: &'a Format,
    depth: usize,
    entry_at: u64,
) -> Result<(&'a EntryForm, u64), WalkFault> {
    let level = depth as u32;
    let entry = match memory.read(entry_at, format.entry_bytes()) {
        Ok(entry) => entry,
        Err(
            MemoryError::Nothing { .. } | MemoryError::PastTheEnd { .. } | MemoryError::Host(_),
        ) => {
            return Err(WalkFault::NoTable { level, entry_at });
        }
    };
    if !format.spec().present.holds(entry) {
        return Err(WalkFault::NotPresent {
            level,
            entry_at,
            entry,
        });
    }
    let reserved = |slices: &[Slice]| slices.iter().any(|slice| slice.of(entry) != 0);
    match format.levels()[depth].form_of(entry) {
        Some(form) if !reserved(&form.reserved) && !reserved(&format.spec().reserved) => {
            Ok((form, entry))
        }
        _ => Err(WalkFault::Reserved {
            level,
            entry_at,
            entry,
        }),
    }
}

/// The rights left after one more entry. In an entry that points to a table, a field speaks only where
/// its bits say nothing about what the entry is, and are not reserved.
fn restrict(format: &Format, form: &EntryForm, entry: u64, access: Access) -> Access {
    let mut left = access;
    for field in &format.spec().fields {
        let mask = field.slice.mask();
        if !form.leaf && decided_bits(format, form) & mask != 0 {
            continue;
        }
        let (name, negated) = match field.name.split_once('_') {
            Some(("no" | "not", name)) => (name, true),
            _ => (field.name.as_str(), false),
        };
        let set = (entry & mask != 0) != (field.inverted != negated);
        match name {
            "read" | "readable" => left.read &= set,
            "write" | "writable" => left.write &= set,
            "execute" | "executable" => left.execute &= set,
            "user" => left.user &= set,
            "global" if form.leaf => left.global = set,
            _ => {}
        }
    }
    left
}

/// The bits that say what an entry is, where it points, or that are reserved.
fn decided_bits(format: &Format, form: &EntryForm) -> u64 {
    let mut mask = 0;
    let mut note = |slice: Slice, _| mask |= slice.mask();
    format.spec().present.for_each_comparison(&mut note);
    if let Some(when) = &form.when {
        when.for_each_comparison(&mut note);
    }
    let frame = form.frame.iter().map(|piece| piece.slice());
    let reserved = form.reserved.iter().chain(&format.spec().reserved).copied();
    let rest: Vec<Slice> = frame.chain(reserved).collect();
    rest.iter().fold(mask, |mask, slice| mask | slice.mask())
}
