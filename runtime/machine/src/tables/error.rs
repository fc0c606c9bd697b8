//! Why page tables cannot be changed as asked.

use alloc::string::String;
use core::fmt;

/// Why page tables cannot be changed as asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TableError {
    /// The format cannot be written.
    UnusableFormat {
        /// The format.
        format: String,
        /// Why.
        why: String,
    },
    /// The format cannot translate this address.
    NotCanonical {
        /// The virtual address.
        address: u64,
    },
    /// An address is no multiple of the page.
    Misaligned {
        /// The virtual or physical address.
        address: u64,
        /// The bytes of the page.
        page: u64,
    },
    /// The format has no pages of this size.
    NoSuchPage {
        /// The bytes asked for.
        page: u64,
    },
    /// Something is mapped there already.
    AlreadyMapped {
        /// The virtual address.
        address: u64,
        /// What is mapped there.
        physical: u64,
        /// The bytes of the page that is.
        page: u64,
    },
    /// Tables stand where a larger page should be.
    InUse {
        /// The virtual address.
        address: u64,
        /// The bytes of the page asked for.
        page: u64,
    },
    /// Nothing is mapped there.
    NotMapped {
        /// The virtual address.
        address: u64,
    },
    /// An entry has no place for this physical address.
    Unencodable {
        /// The physical address.
        physical: u64,
        /// The name of the level.
        level: String,
    },
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnusableFormat { format, why } => {
                write!(f, "tables of format `{format}` cannot be written: {why}")
            }
            Self::NotCanonical { address } => {
                write!(f, "the format cannot translate {address:#x}")
            }
            Self::Misaligned { address, page } => {
                write!(
                    f,
                    "{address:#x} is no multiple of a page of {page:#x} bytes"
                )
            }
            Self::NoSuchPage { page } => {
                write!(f, "the format has no pages of {page:#x} bytes")
            }
            Self::AlreadyMapped {
                address,
                physical,
                page,
            } => write!(
                f,
                "{address:#x} is mapped already, to {physical:#x} in a page of {page:#x} bytes"
            ),
            Self::InUse { address, page } => write!(
                f,
                "smaller pages are mapped where a page of {page:#x} bytes at {address:#x} should be"
            ),
            Self::NotMapped { address } => write!(f, "nothing is mapped at {address:#x}"),
            Self::Unencodable { physical, level } => write!(
                f,
                "an entry of level `{level}` has no place for physical address {physical:#x}"
            ),
        }
    }
}

impl core::error::Error for TableError {}
