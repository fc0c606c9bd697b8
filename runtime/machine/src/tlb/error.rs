//! Why a TLB cannot be.

use core::fmt;

/// Why a TLB cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TlbError {
    /// The entries of a part are no power of two of sets of its ways, or more than 2^20.
    Shape {
        /// The level's position.
        level: u32,
        /// The part's entries.
        entries: u32,
        /// Its ways.
        ways: u32,
    },
    /// A page size is no power of two from 64 bytes on.
    PageSize {
        /// The level's position.
        level: u32,
        /// The size.
        bytes: u64,
    },
}

impl fmt::Display for TlbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape {
                level,
                entries,
                ways,
            } => write!(
                f,
                "TLB level {level}: {entries} entries in {ways} ways are no power of two of sets, \
                 or more than 2^20"
            ),
            Self::PageSize { level, bytes } => {
                write!(f, "TLB level {level}: {bytes} is no page size")
            }
        }
    }
}

impl core::error::Error for TlbError {}
