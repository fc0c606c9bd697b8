//! Processes: their own part of the address space over the kernel's shared part.

mod area_list;
mod fault;
mod lifecycle;
mod memory_calls;
mod memory_map;
mod user_copy;

use area_list::AreaList;
pub use memory_map::{AreaGrowth, Backing, VmArea};
pub use user_copy::UserCopy;

use super::tables::PageTables;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use core::fmt;
use mapwright_runtime::range::Range;

/// Names a process of one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProcessId(u32);

impl ProcessId {
    pub(super) const fn new(number: u32) -> Self {
        Self(number)
    }

    /// Its number, from 1 in the order made.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for ProcessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a process cannot do what it asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProcessError {
    /// There is no such process (any more).
    NoProcess {
        /// Its number.
        process: u32,
    },
    /// The range leaves the process's part of the space, is empty, or is not in whole pages.
    BadRange {
        /// Where it begins.
        address: u64,
        /// Its bytes.
        bytes: u64,
    },
    /// There is an area already.
    InUse {
        /// The area.
        area: Range,
    },
    /// The layout declares something else there: a guard, a hole, a window.
    Kept {
        /// What it is, with its name.
        what: String,
        /// Its addresses.
        range: Range,
    },
    /// No area is in part of the range.
    NoArea {
        /// The first address without one.
        address: u64,
    },
    /// No gap is large enough.
    NoGap {
        /// The bytes asked for.
        bytes: u64,
    },
    /// The layout has no area of this name to start from.
    NoTemplate {
        /// Its name.
        name: &'static str,
    },
    /// The heap may not end there.
    BadBreak {
        /// The end asked for.
        end: u64,
        /// Where it may end.
        allowed: Range,
    },
    /// The process was ended because memory ran out.
    Killed {
        /// Its number.
        process: u32,
    },
}

impl fmt::Display for ProcessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoProcess { process } => write!(f, "there is no process {process}"),
            Self::BadRange { address, bytes } => write!(
                f,
                "{bytes:#x} bytes from {address:#x} are no pages of a process"
            ),
            Self::InUse { area } => write!(f, "there is an area at {area} already"),
            Self::Kept { what, range } => write!(f, "the layout has {what} at {range}"),
            Self::NoArea { address } => write!(f, "no area is at {address:#x}"),
            Self::NoGap { bytes } => write!(f, "no gap of {bytes:#x} bytes is left"),
            Self::NoTemplate { name } => write!(f, "the layout has no area `{name}`"),
            Self::BadBreak { end, allowed } => {
                write!(
                    f,
                    "the heap cannot end at {end:#x}: it may end in {allowed}"
                )
            }
            Self::Killed { process } => {
                write!(f, "process {process} was ended: out of memory")
            }
        }
    }
}

impl core::error::Error for ProcessError {}

/// A process.
#[derive(Debug, Clone)]
pub struct Process {
    id: ProcessId,
    parent: Option<ProcessId>,
    tables: PageTables,
    areas: AreaList,
    /// Pages with a frame and an entry, by address.
    resident: BTreeSet<u64>,
    /// Pages with a frame and no entry, since nothing may be done there, with the frame of each.
    hidden: BTreeMap<u64, u64>,
    /// Pages that were written out, with the place of each in swap.
    swapped: BTreeMap<u64, u64>,
    /// Where the heap begins and may end at most, and where it ends.
    heap: Option<(Range, u64)>,
    /// Page faults that were served.
    faults: u64,
}

impl Process {
    /// Its number.
    #[must_use]
    pub fn id(&self) -> ProcessId {
        self.id
    }

    /// Who forked it.
    #[must_use]
    pub fn parent(&self) -> Option<ProcessId> {
        self.parent
    }

    /// Its tables.
    #[must_use]
    pub fn tables(&self) -> &PageTables {
        &self.tables
    }

    /// Its areas in address order.
    pub fn areas(&self) -> impl Iterator<Item = &VmArea> {
        self.areas.values()
    }

    /// The area that holds `address`.
    #[must_use]
    pub fn area_at(&self, address: u64) -> Option<&VmArea> {
        let area = self.areas.range(..=address).next_back()?;
        area.range.contains(address).then_some(area)
    }

    /// Its pages that have a frame and an entry in the tables, by address.
    pub fn resident(&self) -> impl Iterator<Item = u64> {
        self.resident.iter().copied()
    }

    /// Its pages that have a frame and no entry, since nothing may be done there, with the frame of each.
    pub fn hidden(&self) -> impl Iterator<Item = (u64, u64)> {
        self.hidden
            .iter()
            .map(|(address, frame)| (*address, *frame))
    }

    /// How many pages have a frame.
    #[must_use]
    pub fn resident_pages(&self) -> u64 {
        (self.resident.len() + self.hidden.len()) as u64
    }

    /// How many pages are written out.
    #[must_use]
    pub fn swapped_pages(&self) -> u64 {
        self.swapped.len() as u64
    }

    /// The end of the heap.
    #[must_use]
    pub fn brk(&self) -> Option<u64> {
        self.heap.map(|(_, end)| end)
    }

    /// Page faults that were served.
    #[must_use]
    pub fn faults(&self) -> u64 {
        self.faults
    }
}
