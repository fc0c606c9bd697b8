//! Why a window refuses.

use crate::memory::MemoryKind;
use alloc::string::String;
use core::fmt;
use mapwright_runtime::range::Range;

/// Why a window refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WindowError {
    /// The layout has no window of this kind (and name).
    NoWindow {
        /// What was looked for.
        what: String,
    },
    /// No gap of the window is large enough, whatever memory is free.
    Exhausted {
        /// The window.
        window: String,
        /// The bytes asked for, the guard included.
        wanted: u64,
        /// The bytes of the largest gap.
        largest: u64,
        /// The bytes of all gaps.
        free: u64,
    },
    /// Nothing was asked for.
    Empty,
    /// No area begins there.
    NoArea {
        /// The address.
        address: u64,
        /// Where the area that holds it begins.
        inside: Option<u64>,
    },
    /// Devices are mapped here, and this is memory.
    IsMemory {
        /// What was to be mapped.
        range: Range,
        /// The memory in it.
        memory: Range,
        /// Free or reserved.
        kind: MemoryKind,
        /// Its name.
        name: String,
    },
    /// Memory is mapped here, and this is none.
    NotMemory {
        /// The first physical address that is no memory.
        physical: u64,
    },
    /// The window maps no device, or not this one.
    NotForDevices {
        /// The window.
        window: String,
    },
    /// The physical space has no such addresses.
    OutsideSpace {
        /// Where it begins.
        physical: u64,
        /// The bytes.
        bytes: u64,
    },
    /// All slots are in use, and the caller did not want to wait.
    SlotsInUse {
        /// The window.
        window: String,
        /// How many slots it has.
        slots: u64,
    },
    /// The frame has no slot, or nobody uses it.
    NotMapped {
        /// The frame.
        frame: u64,
    },
    /// The window has no fixed slot of this name and number.
    NoSlot {
        /// The name.
        name: String,
        /// The number in its group.
        member: u64,
    },
    /// The fixed slot is not in use.
    SlotFree {
        /// The name.
        name: String,
        /// The number in its group.
        member: u64,
    },
}

impl fmt::Display for WindowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoWindow { what } => write!(f, "the layout has no {what}"),
            Self::Exhausted {
                window,
                wanted,
                largest,
                free,
            } => write!(
                f,
                "window `{window}` has no gap of {wanted:#x} bytes: the largest has {largest:#x}, \
                 all together {free:#x}"
            ),
            Self::Empty => f.write_str("nothing was asked for"),
            Self::NoArea {
                address,
                inside: Some(start),
            } => write!(
                f,
                "{address:#x} is inside the area that begins at {start:#x}"
            ),
            Self::NoArea {
                address,
                inside: None,
            } => write!(f, "no area begins at {address:#x}"),
            Self::IsMemory {
                range,
                memory,
                kind,
                name,
            } => write!(
                f,
                "{range} is no device: {memory} is {} `{name}`",
                kind.word()
            ),
            Self::NotMemory { physical } => write!(f, "{physical:#x} is no memory"),
            Self::NotForDevices { window } => write!(f, "window `{window}` does not map it"),
            Self::OutsideSpace { physical, bytes } => {
                write!(
                    f,
                    "{bytes:#x} bytes from {physical:#x} leave physical space"
                )
            }
            Self::SlotsInUse { window, slots } => {
                write!(f, "all {slots} slots of window `{window}` are in use")
            }
            Self::NotMapped { frame } => write!(f, "frame {frame:#x} is not mapped"),
            Self::NoSlot { name, member } => write!(f, "there is no fixed slot {name}[{member}]"),
            Self::SlotFree { name, member } => {
                write!(f, "fixed slot {name}[{member}] is not in use")
            }
        }
    }
}

impl core::error::Error for WindowError {}
