//! What a bus refuses, and how the access of a device fails.

use super::{DeviceId, DomainId};
use crate::access::AccessKind;
use alloc::string::String;
use core::fmt;
use mapwright_runtime::range::Range;

/// Why a device may not access an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BusDenied {
    /// The domain maps nothing there.
    NotMapped,
    /// It is mapped, but not for that.
    Permission,
    /// The device has fewer address lines.
    Reach {
        /// How many it has.
        bits: u32,
    },
    /// The bus has no such address, or its tables cannot translate it.
    OutOfSpace,
    /// An entry of the tables is wrong: a reserved bit, a table where no memory is.
    BadTable,
    /// Nothing answers at the physical address.
    Nothing {
        /// It.
        physical: u64,
    },
    /// The frame was given back and nobody owns it: the driver forgot to unmap it.
    Stale {
        /// The frame.
        frame: u64,
    },
}

impl BusDenied {
    /// The name of the fault: `bus_not_mapped`, `bus_permission`, `bus_reach`, `bus_out_of_space`,
    /// `bus_bad_table`, `bus_nothing` or `bus_stale`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotMapped => "bus_not_mapped",
            Self::Permission => "bus_permission",
            Self::Reach { .. } => "bus_reach",
            Self::OutOfSpace => "bus_out_of_space",
            Self::BadTable => "bus_bad_table",
            Self::Nothing { .. } => "bus_nothing",
            Self::Stale { .. } => "bus_stale",
        }
    }
}

/// An access of a device that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BusFault {
    /// The device's name.
    pub device: String,
    /// The bus address.
    pub address: u64,
    /// What was tried.
    pub kind: AccessKind,
    /// Why it is refused.
    pub why: BusDenied,
}

impl fmt::Display for BusFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            device,
            address,
            kind,
            why,
        } = self;
        let (kind, word) = (kind.word(), why.word());
        write!(f, "{kind} of bus address {address:#x} by {device}: {word}")?;
        match why {
            BusDenied::Reach { bits } => write!(f, " (it has {bits} address lines)"),
            BusDenied::Nothing { physical } => write!(f, " (physical {physical:#x})"),
            BusDenied::Stale { frame } => write!(f, " (frame {frame:#x} has no owner)"),
            _ => Ok(()),
        }
    }
}

/// What a bus refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BusError {
    /// There is no such device.
    NoDevice {
        /// Its number.
        device: DeviceId,
    },
    /// There is no such domain (any more).
    NoDomain {
        /// Its number.
        domain: DomainId,
    },
    /// The layout has no bus: no space that leads to memory beside the processor's own.
    NoSpace,
    /// The bus has no page-table format, so that it cannot have tables of its own.
    NoFormat {
        /// The space.
        space: String,
    },
    /// The tables of this format are larger than the machine's frames.
    TableSize {
        /// The format.
        format: String,
        /// The bytes of its largest table.
        table: u128,
        /// The bytes of a frame.
        frame: u64,
    },
    /// A device has 1 to 64 address lines.
    AddressLines {
        /// How many were asked for.
        bits: u32,
    },
    /// The range is empty, not in whole pages, or leaves what the bus has for mappings.
    BadRange {
        /// Where it begins.
        address: u64,
        /// Its bytes.
        bytes: u64,
    },
    /// Something is mapped there already.
    InUse {
        /// What.
        mapping: Range,
    },
    /// Nothing that begins there is mapped.
    NotMapped {
        /// The bus address.
        address: u64,
        /// The mapping that the address is inside of.
        inside: Option<Range>,
    },
    /// No gap is large enough below the end of the device's reach.
    NoGap {
        /// The bytes asked for.
        bytes: u64,
        /// The device's address lines.
        bits: u32,
    },
    /// The device cannot reach the memory, and no tables stand between: the bytes must be copied to
    /// memory that it reaches (a bounce buffer).
    BeyondReach {
        /// The physical address of the first byte that it cannot reach.
        physical: u64,
        /// The device's address lines.
        bits: u32,
    },
    /// Part of the physical range is neither memory nor a device.
    Hole {
        /// The first address where nothing answers.
        physical: u64,
    },
    /// The device uses tables that processors use: `mmap` and its like map there.
    SharedTables {
        /// The domain.
        domain: DomainId,
    },
    /// Devices still use the domain.
    DomainInUse {
        /// The domain.
        domain: DomainId,
        /// One of them.
        device: String,
    },
    /// An access of a device was refused.
    Fault(BusFault),
}

impl fmt::Display for BusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDevice { device } => write!(f, "there is no device {device}"),
            Self::NoDomain { domain } => write!(f, "there is no bus domain {domain}"),
            Self::NoSpace => f.write_str(
                "the layout has no bus: no space besides the processor's that leads to memory",
            ),
            Self::NoFormat { space } => write!(
                f,
                "space `{space}` has no paging format: its addresses need no tables"
            ),
            Self::TableSize {
                format,
                table,
                frame,
            } => write!(
                f,
                "tables of format `{format}` have {table:#x} bytes, but frames have {frame:#x}"
            ),
            Self::AddressLines { bits } => {
                write!(f, "a device has 1 to 64 address lines, not {bits}")
            }
            Self::BadRange { address, bytes } => write!(
                f,
                "{bytes:#x} bytes from bus address {address:#x} are not for mappings"
            ),
            Self::InUse { mapping } => write!(f, "bus addresses {mapping} are mapped already"),
            Self::NotMapped {
                address,
                inside: Some(mapping),
            } => write!(
                f,
                "bus address {address:#x} is inside the mapping {mapping}, not its begin"
            ),
            Self::NotMapped {
                address,
                inside: None,
            } => write!(f, "nothing is mapped at bus address {address:#x}"),
            Self::NoGap { bytes, bits } => write!(
                f,
                "no gap of {bytes:#x} bytes is left in {bits} bits of bus addresses"
            ),
            Self::BeyondReach { physical, bits } => write!(
                f,
                "a device with {bits} address lines cannot reach physical {physical:#x}, and \
                 nothing translates for it"
            ),
            Self::Hole { physical } => {
                write!(f, "nothing answers at physical address {physical:#x}")
            }
            Self::SharedTables { domain } => write!(
                f,
                "bus domain {domain} uses the tables of processors: map there"
            ),
            Self::DomainInUse { domain, device } => {
                write!(f, "bus domain {domain} is in use by {device}")
            }
            Self::Fault(fault) => fault.fmt(f),
        }
    }
}

impl core::error::Error for BusError {}
