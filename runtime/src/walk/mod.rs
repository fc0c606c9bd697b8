//! Reading page tables as a processor does: by the declaration of their format, byte by byte.
//!
//! Nothing here knows how tables are written. [`Interpreter`] is a format made ready for walks; [`walk`],
//! [`walk_for`] and [`for_each_page`] make one for a single call. All of them are as strict as a processor; a reader of
//! dumps makes an [`Interpreter::with_reading`] that is [`Reading::Lax`].
//!
//! # Roots
//!
//! A root is the **physical address of the top table**, not a register: CR3 without its low 12 bits (with PAE, the
//! low 5), TTBR0 and TTBR1 without ASID (63:48) and CnP (0), and with bits 51:48 put back where a 52-bit format keeps
//! them in 5:2; satp's PPN times 4096. A root that is not a multiple of its table's bytes (32 with PAE, 16 for the two entries
//! of Arm's 16K granule at 48 bits), or that is beyond the width of physical addresses, is a `bad_table_address` at
//! level 0: bits of a register are never dropped silently. A format with two roots has the lower half's first; an
//! address whose root is not given is not canonical.

mod fault;
mod image;
mod interpreter;
mod memory;
mod ranges;
mod reading;
mod rights;
mod visit;

pub use fault::WalkFault;
pub use image::{Image, ImageError, Piece};
pub use interpreter::{Interpreter, Page, Walk};
pub use memory::{Missing, PhysicalMemory};
pub use ranges::{BrokenRange, MappedRange, MappedTree};
pub use reading::Reading;
pub use rights::{AccessKind, Mode, Rights, Wanted};

use crate::paging::Format;

/// Translates an address of a space of `space_bits` bits by the tables at `roots` (the second one for
/// formats with two).
///
/// # Errors
/// Why it has no translation.
pub fn walk(
    memory: &(impl PhysicalMemory + ?Sized),
    format: &Format,
    space_bits: u32,
    roots: &[u64],
    address: u64,
) -> Result<Walk, WalkFault> {
    Interpreter::new(format, space_bits).walk(memory, roots, address)
}

/// [`walk`], and a page that may not be used as wanted is a [`WalkFault::Permission`].
///
/// # Errors
/// Why it has no translation, or that it may not be used so.
pub fn walk_for(
    memory: &(impl PhysicalMemory + ?Sized),
    format: &Format,
    space_bits: u32,
    roots: &[u64],
    address: u64,
    wanted: Wanted,
) -> Result<Walk, WalkFault> {
    Interpreter::new(format, space_bits).walk_for(memory, roots, address, wanted)
}

/// Calls `visit` with every page that the tables at `roots` map, in address order within each root,
/// and `table` with the physical address and level of every table, and how many present entries it has. Entries
/// that are wrong are passed over; [`walk`] says why.
///
/// A table that several entries point to is read once for each of them: for tables that nobody vouches
/// for, there is [`Interpreter::ranges`].
pub fn for_each_page(
    memory: &(impl PhysicalMemory + ?Sized),
    format: &Format,
    space_bits: u32,
    roots: &[u64],
    visit: impl FnMut(Page),
    table: impl FnMut(u64, u32, u32),
) {
    Interpreter::new(format, space_bits).for_each_page(memory, roots, visit, table);
}

/// Everything that the tables at `roots` map, merged into at most `limit` ranges: see [`Interpreter::ranges`].
pub fn ranges(
    memory: &(impl PhysicalMemory + ?Sized),
    format: &Format,
    space_bits: u32,
    roots: &[u64],
    limit: usize,
) -> MappedTree {
    Interpreter::new(format, space_bits).ranges(memory, roots, limit)
}
