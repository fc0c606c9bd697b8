//! What can be wrong with a declared format.

use super::{FramePiece, Slice};
use alloc::string::String;
use core::fmt;

/// What part of a format a slice belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Owner {
    /// The condition of presence.
    Present,
    /// The named field.
    Field(String),
    /// The bits reserved in every entry.
    Reserved,
    /// An entry form (numbered from 0 in the order declared) of the named level.
    Form {
        /// The level's name.
        level: String,
        /// Which form.
        form: usize,
    },
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Present => f.write_str("the condition of presence"),
            Self::Field(name) => write!(f, "field `{name}`"),
            Self::Reserved => f.write_str("the reserved bits"),
            Self::Form { level, form } => write!(f, "form {form} of level `{level}`"),
        }
    }
}

/// A law that a declared format breaks. All sizes are in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormatError {
    /// The virtual width is not 1 to 64.
    AddressBits {
        /// As declared.
        bits: u32,
    },
    /// The physical width is not 1 to 64.
    PhysicalBits {
        /// As declared.
        bits: u32,
    },
    /// An entry is neither 4 nor 8 bytes.
    EntryBytes {
        /// As declared.
        bytes: u32,
    },
    /// There is no level.
    NoLevels,
    /// Two levels, or two fields, have the same name.
    DuplicateName {
        /// The name.
        name: String,
    },
    /// An index is no slice of the virtual address.
    IndexOutside {
        /// The level.
        level: String,
        /// Its index.
        index: Slice,
        /// The virtual width.
        va_bits: u32,
    },
    /// The index of a level does not start where the level above (or the address) ends: bits are
    /// left out or used twice.
    IndexGap {
        /// The level.
        level: String,
        /// Its index.
        index: Slice,
        /// The bit that its index must have on top.
        expected_hi: u32,
    },
    /// The last level leaves no offset: pages of one byte.
    NoOffset {
        /// The last level.
        level: String,
    },
    /// A table below the top is not exactly one page.
    TableNotOnePage {
        /// Its level.
        level: String,
        /// The table's size.
        table_bytes: u128,
        /// The page's size.
        page_bytes: u64,
    },
    /// A slice passes the entry, or is the wrong way round.
    SliceOutside {
        /// Whose slice it is.
        owner: Owner,
        /// The slice.
        slice: Slice,
        /// The width of an entry in bits.
        entry_bits: u32,
    },
    /// A constant is too large for the slice that it is compared with, so that the comparison
    /// can have one result only.
    ConstantTooLarge {
        /// Whose condition it is.
        owner: Owner,
        /// The slice.
        slice: Slice,
        /// The constant.
        value: u64,
    },
    /// A level has no form.
    NoForms {
        /// The level.
        level: String,
    },
    /// Two forms of a level have no condition.
    TwoDefaults {
        /// The level.
        level: String,
        /// The second of the two.
        form: usize,
    },
    /// The last level has a form that points to a further table.
    TableAtLastLevel {
        /// The level.
        level: String,
        /// The form.
        form: usize,
    },
    /// No form of a level points to the next, which is never reached.
    NextLevelUnreachable {
        /// The level.
        level: String,
        /// The next.
        next: String,
    },
    /// A form takes its address from no bits.
    NoFrame {
        /// The level.
        level: String,
        /// The form.
        form: usize,
    },
    /// Two pieces of an address claim the same bit.
    FrameOverlap {
        /// The level.
        level: String,
        /// The form.
        form: usize,
        /// The second of the two pieces.
        piece: FramePiece,
    },
    /// The lowest bit of a frame is not the size of the page that the level maps (or, for a table,
    /// of a table).
    FrameUnaligned {
        /// The level.
        level: String,
        /// The form.
        form: usize,
        /// The lowest address bit that the pieces give.
        lowest: u32,
        /// The bit that it must be.
        expected: u32,
    },
    /// An address can be wider than physical addresses are.
    FrameTooWide {
        /// The level.
        level: String,
        /// The form.
        form: usize,
        /// The highest address bit that the pieces give.
        highest: u32,
        /// The physical width.
        physical_bits: u32,
    },
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddressBits { bits } => {
                write!(f, "a virtual address has 1 to 64 bits, not {bits}")
            }
            Self::PhysicalBits { bits } => {
                write!(f, "a physical address has 1 to 64 bits, not {bits}")
            }
            Self::EntryBytes { bytes } => write!(f, "an entry has 4 or 8 bytes, not {bytes}"),
            Self::NoLevels => f.write_str("a format has at least one level"),
            Self::DuplicateName { name } => write!(f, "the name `{name}` is used twice"),
            Self::IndexOutside {
                level,
                index,
                va_bits,
            } => write!(
                f,
                "level `{level}` is indexed by va{index}, but an address has {va_bits} bits"
            ),
            Self::IndexGap {
                level,
                index,
                expected_hi,
            } => write!(
                f,
                "level `{level}` is indexed by va{index}, but its highest bit must be {expected_hi}"
            ),
            Self::NoOffset { level } => write!(
                f,
                "level `{level}` uses the last bit, which leaves pages of one byte"
            ),
            Self::TableNotOnePage {
                level,
                table_bytes,
                page_bytes,
            } => write!(
                f,
                "a table of level `{level}` has {table_bytes} bytes, a page has {page_bytes}"
            ),
            Self::SliceOutside {
                owner,
                slice,
                entry_bits,
            } => write!(
                f,
                "{owner} uses {slice}, but an entry has {entry_bits} bits"
            ),
            Self::ConstantTooLarge {
                owner,
                slice,
                value,
            } => write!(
                f,
                "{owner} compares {slice} with {value:#x}, which is above {:#x}",
                slice.max_value()
            ),
            Self::NoForms { level } => {
                write!(f, "level `{level}` does not say what its entries are")
            }
            Self::TwoDefaults { level, form } => write!(
                f,
                "form {form} of level `{level}` is the second one without a condition"
            ),
            Self::TableAtLastLevel { level, form } => write!(
                f,
                "form {form} of level `{level}` points to a table, but there is no further level"
            ),
            Self::NextLevelUnreachable { level, next } => write!(
                f,
                "no form of level `{level}` points to a table, so that `{next}` is never reached"
            ),
            Self::NoFrame { level, form } => {
                write!(f, "form {form} of level `{level}` gives no address")
            }
            Self::FrameOverlap { level, form, piece } => write!(
                f,
                "form {form} of level `{level}`: `{piece}` gives a bit that another piece gives"
            ),
            Self::FrameUnaligned {
                level,
                form,
                lowest,
                expected,
            } => write!(
                f,
                "form {form} of level `{level}` gives addresses from bit {lowest}, \
                 which must be bit {expected}"
            ),
            Self::FrameTooWide {
                level,
                form,
                highest,
                physical_bits,
            } => write!(
                f,
                "form {form} of level `{level}` gives address bit {highest}, \
                 but physical addresses have {physical_bits} bits"
            ),
        }
    }
}

impl core::error::Error for FormatError {}
