//! Why a walk ends without a page.

use crate::paging::Format;
use core::fmt;

/// Why a walk ended without a page.
///
/// Levels are counted from the top, which is 0; [`WalkFault::in_format`] gives their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WalkFault {
    /// The format cannot translate the address.
    NonCanonical,
    /// An entry is not present.
    NotPresent {
        /// Its level.
        level: u32,
        /// Where it stands.
        entry_at: u64,
        /// The entry.
        entry: u64,
    },
    /// A present entry has a reserved bit set, has no meaning, or maps what is beyond the machine's
    /// physical addresses.
    ReservedBit {
        /// Its level.
        level: u32,
        /// Where it stands.
        entry_at: u64,
        /// The entry.
        entry: u64,
    },
    /// A table cannot be where it is said to be: beyond the width of physical addresses, not aligned to
    /// its size (a root), or where the machine has no memory.
    BadTableAddress {
        /// The level of the table.
        level: u32,
        /// Where its entry would stand.
        entry_at: u64,
        /// What led there: the entry of the level above, or the root itself.
        entry: u64,
    },
    /// The image does not hold the entry of a table.
    ImageHole {
        /// The level of the table.
        level: u32,
        /// Where its entry would stand.
        entry_at: u64,
        /// What led there: the entry of the level above, or the root itself.
        entry: u64,
    },
    /// There is a page, but it may not be used so.
    Permission {
        /// The level of the page's entry.
        level: u32,
        /// Where it stands.
        entry_at: u64,
        /// The entry. The right may be missing in an entry above it.
        entry: u64,
    },
}

impl WalkFault {
    /// `non_canonical`, `not_present`, `reserved_bit`, `bad_table_address`, `image_hole` or `permission`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NonCanonical => "non_canonical",
            Self::NotPresent { .. } => "not_present",
            Self::ReservedBit { .. } => "reserved_bit",
            Self::BadTableAddress { .. } => "bad_table_address",
            Self::ImageHole { .. } => "image_hole",
            Self::Permission { .. } => "permission",
        }
    }

    /// The level, where the entry stands, and the entry; `None` when no table was read.
    #[must_use]
    pub const fn place(&self) -> Option<(u32, u64, u64)> {
        match *self {
            Self::NonCanonical => None,
            Self::NotPresent {
                level,
                entry_at,
                entry,
            }
            | Self::ReservedBit {
                level,
                entry_at,
                entry,
            }
            | Self::BadTableAddress {
                level,
                entry_at,
                entry,
            }
            | Self::ImageHole {
                level,
                entry_at,
                entry,
            }
            | Self::Permission {
                level,
                entry_at,
                entry,
            } => Some((level, entry_at, entry)),
        }
    }

    /// The level, 0 for the top; `None` when no table was read.
    #[must_use]
    pub const fn level(&self) -> Option<u32> {
        match self.place() {
            Some((level, ..)) => Some(level),
            None => None,
        }
    }

    /// Where the entry stands, or should.
    #[must_use]
    pub const fn entry_at(&self) -> Option<u64> {
        match self.place() {
            Some((_, entry_at, _)) => Some(entry_at),
            None => None,
        }
    }

    /// The entry: of the fault's level, or, where that cannot be read, the one that led there.
    #[must_use]
    pub const fn entry(&self) -> Option<u64> {
        match self.place() {
            Some((.., entry)) => Some(entry),
            None => None,
        }
    }

    /// The fault with the name of its level: `not_present level=PT entry=0x0 at=0xb018`.
    #[must_use]
    pub fn in_format<'a>(&'a self, format: &'a Format) -> impl fmt::Display + 'a {
        fmt::from_fn(move |f| {
            f.write_str(self.word())?;
            let Some((level, entry_at, entry)) = self.place() else {
                return Ok(());
            };
            match format.levels().get(level as usize) {
                Some(level) => write!(f, " level={}", level.name)?,
                None => write!(f, " level={level}")?,
            }
            write!(f, " entry={entry:#x} at={entry_at:#x}")
        })
    }
}

impl fmt::Display for WalkFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((level, at, entry)) = self.place() else {
            return f.write_str("the address is not canonical");
        };
        match self {
            Self::BadTableAddress { .. } => write!(
                f,
                "{entry:#x} leads to a table of level {level} that cannot be there (entry at {at:#x})"
            ),
            Self::ImageHole { .. } => write!(
                f,
                "{entry:#x} leads to a table of level {level} that the image does not hold (entry at {at:#x})"
            ),
            _ => {
                let what = match self {
                    Self::NotPresent { .. } => "is not present",
                    Self::ReservedBit { .. } => "has reserved bits set",
                    _ => "does not allow that",
                };
                write!(f, "entry {entry:#x} at {at:#x} of level {level} {what}")
            }
        }
    }
}

impl core::error::Error for WalkFault {}
