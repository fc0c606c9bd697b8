//! What a machine is built from, beside its layout.

use super::buddy::{ListSizes, Urgency, ZoneId};
use super::memory::MemoryConflict;
use super::tables::{DirectPages, TableError};
use super::{MachineError, memory::HostLimit};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use mapwright_runtime::layout::SpaceId;
use mapwright_runtime::range::Range;

/// Which watermarks zones have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum WatermarkChoice {
    /// As Linux computes them from the size of memory (`init_per_zone_wmark_min`).
    #[default]
    Linux,
    /// None: every frame can be had.
    None,
}

/// Which lists of single frames processors have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Lists {
    /// As Linux computes their sizes from those of zones.
    #[default]
    Linux,
    /// These sizes in every zone.
    Sizes(ListSizes),
}

/// What a machine is built from, beside its layout. The default is what the layout says, one
/// processor, and the limits of a textbook kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineSpec {
    /// The space that page tables translate; the first one with a format, if absent.
    pub space: Option<SpaceId>,
    /// Memory, if it is other than all zones together: an e820 map.
    pub ram: Option<Vec<Range>>,
    /// Memory in use from the start, beside the layout's own reserves: the kernel's image.
    pub reserved: Vec<(String, Range)>,
    /// Devices, beside the layout's own.
    pub devices: Vec<(String, Range)>,
    /// Processors, 1 to 4096.
    pub cpus: u32,
    /// The seed of all chance.
    pub seed: u64,
    /// The largest order of a block, at most 20.
    pub largest_order: u32,
    /// The most bytes that `kmalloc` gives.
    pub kmalloc_limit: u64,
    /// The bytes that describe a frame, if it is other than what the layout's table of frames says (or, when
    /// it has none, 32 in spaces of up to 32 bits and 64 in others).
    pub descriptor_bytes: Option<u64>,
    /// The pages of the direct map.
    pub direct: DirectPages,
    /// The watermarks.
    pub marks: WatermarkChoice,
    /// Requests that could use a higher zone leave one frame in a lower one for each so many of the higher
    /// (`lowmem_reserve_ratio`); 0 for none.
    pub protection: u64,
    /// The lists of processors.
    pub lists: Lists,
    /// The most bytes of the host's memory that the simulation may take.
    pub host_limit: u64,
}

impl Default for MachineSpec {
    fn default() -> Self {
        Self {
            space: None,
            ram: None,
            reserved: Vec::new(),
            devices: Vec::new(),
            cpus: 1,
            seed: 0,
            largest_order: 10,
            kmalloc_limit: 128 << 10,
            descriptor_bytes: None,
            direct: DirectPages::Large,
            marks: WatermarkChoice::Linux,
            protection: 0,
            lists: Lists::Linux,
            host_limit: 1 << 30,
        }
    }
}

/// Where a request for frames starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum ZoneChoice {
    /// The lowest zone: what the weakest device reaches.
    Dma,
    /// The highest zone that is in the direct map as a whole.
    #[default]
    Normal,
    /// The highest zone.
    High,
    /// This one.
    Zone(ZoneId),
}

/// How frames are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct FrameFlags {
    /// The zone to start from; its fallback follows.
    pub zone: ZoneChoice,
    /// How deep into the reserves it may go.
    pub urgency: Urgency,
    /// The processor that asks.
    pub cpu: u32,
}

impl FrameFlags {
    /// An ordinary request that starts from this zone.
    #[must_use]
    pub const fn from(zone: ZoneChoice) -> Self {
        Self {
            zone,
            urgency: Urgency::Normal,
            cpu: 0,
        }
    }
}

/// Why a machine cannot be built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildError {
    /// No space of the layout has page tables (or not this one).
    NotPaged,
    /// A space is translated by page tables into nothing.
    NoTarget {
        /// The space.
        space: String,
    },
    /// There is no memory: no zone, no RAM range.
    NoMemory,
    /// No memory is in the direct map: the kernel could not reach its own tables.
    NoLowMemory,
    /// The layout is for fewer processors.
    Processors {
        /// The processors of the machine.
        machine: u32,
        /// The processors that the layout has fixed slots for.
        layout: u64,
    },
    /// Ranges of memory or devices overlap.
    Conflict(MemoryConflict),
    /// A zone is inside another one.
    NestedZones {
        /// The one that begins first.
        first: String,
        /// The other.
        second: String,
    },
    /// A zone falls back to one that is not below it, or that does not exist.
    Fallback {
        /// The zone.
        zone: String,
        /// What it falls back to.
        to: String,
    },
    /// A number is out of its domain.
    Number {
        /// Which.
        what: &'static str,
        /// Its value.
        value: u64,
        /// The least.
        least: u64,
        /// The most.
        most: u64,
    },
    /// The books of so much memory do not fit the limit.
    Host(HostLimit),
    /// Page tables of this format cannot be written.
    Table(TableError),
    /// The kernel could not be started: not enough memory for its tables and descriptors.
    Start(Box<MachineError>),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotPaged => f.write_str("no space of the layout has page tables"),
            Self::NoTarget { space } => {
                write!(f, "the page tables of space `{space}` lead to no space")
            }
            Self::NoMemory => f.write_str("the machine has no memory"),
            Self::NoLowMemory => f.write_str("no memory of the machine is in the direct map"),
            Self::Processors { machine, layout } => {
                let plural = if *layout == 1 { "" } else { "s" };
                write!(
                    f,
                    "it has {machine} processors, and the layout is for {layout} processor{plural}"
                )
            }
            Self::Conflict(conflict) => conflict.fmt(f),
            Self::NestedZones { first, second } => {
                write!(f, "zones `{first}` and `{second}` share frames")
            }
            Self::Fallback { zone, to } => write!(
                f,
                "zone `{zone}` falls back to `{to}`, which is no zone below it"
            ),
            Self::Number {
                what,
                value,
                least,
                most,
            } => write!(f, "{what} is {value}, but must be {least} to {most}"),
            Self::Host(limit) => limit.fmt(f),
            Self::Table(error) => error.fmt(f),
            Self::Start(error) => write!(f, "the kernel cannot start: {error}"),
        }
    }
}

impl core::error::Error for BuildError {}

impl From<MemoryConflict> for BuildError {
    fn from(conflict: MemoryConflict) -> Self {
        Self::Conflict(conflict)
    }
}

impl From<HostLimit> for BuildError {
    fn from(limit: HostLimit) -> Self {
        Self::Host(limit)
    }
}

impl From<TableError> for BuildError {
    fn from(error: TableError) -> Self {
        Self::Table(error)
    }
}

impl From<MachineError> for BuildError {
    fn from(error: MachineError) -> Self {
        match error {
            MachineError::Memory(super::memory::MemoryError::Host(limit)) => Self::Host(limit),
            error => Self::Start(Box::new(error)),
        }
    }
}
