//! The laws that every operation is held to, and what a broken one says.
//!
//! Laws are checked always, not only in tests. A [`Violation`] means that the simulator (or an
//! interposer that plays a broken allocator) is wrong, never that the scenario is.

use alloc::string::{String, ToString};
use core::fmt;

/// A law of the machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Law {
    /// A frame that is given is memory, whole and not reserved.
    FrameIsMemory,
    /// A frame that is given lies in the zone that gave it, and the request allowed that zone.
    FrameInZone,
    /// A frame has one owner.
    OneOwner,
    /// A frame that is given up is used as its owner says.
    OwnerGivesUp,
    /// Free, used and reserved frames are all memory.
    FramesAddUp,
    /// An address that is handed out lies in its window.
    AddressInWindow,
    /// Two things in one window do not overlap.
    NoOverlap,
    /// Page tables decode to what was asked for.
    TablesDecode,
    /// A table holds as many entries as are counted, and tables are as many as are counted.
    TablesCount,
    /// A slab's free and used objects are all of its objects.
    ObjectsAddUp,
    /// A frame of a process has as many owners as mappings.
    SharersAddUp,
}

impl Law {
    /// The law in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::FrameIsMemory => "a frame that is given is memory, whole and not reserved",
            Self::FrameInZone => "a frame comes from a zone that the request allows",
            Self::OneOwner => "a frame has one owner",
            Self::OwnerGivesUp => "a frame is given up by its owner",
            Self::FramesAddUp => "free, used and reserved frames are all memory",
            Self::AddressInWindow => "an address that is handed out lies in its window",
            Self::NoOverlap => "two things in one window do not overlap",
            Self::TablesDecode => "page tables decode to what was asked for",
            Self::TablesCount => "tables and their entries are as many as counted",
            Self::ObjectsAddUp => "free and used objects are all objects of a slab",
            Self::SharersAddUp => "a frame has as many sharers as mappings",
        }
    }
}

/// A law that was broken: by which operation, and both sides of what should be equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Violation {
    /// The law.
    pub law: Law,
    /// The operation, with its numbers.
    pub operation: String,
    /// What must be.
    pub expected: String,
    /// What is.
    pub found: String,
}

impl Violation {
    /// A broken law.
    #[must_use]
    pub fn new(
        law: Law,
        operation: impl fmt::Display,
        expected: impl fmt::Display,
        found: impl fmt::Display,
    ) -> Self {
        Self {
            law,
            operation: operation.to_string(),
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            law,
            operation,
            expected,
            found,
        } = self;
        let law = law.words();
        write!(
            f,
            "law broken by {operation}: {law}; expected {expected}, found {found}"
        )
    }
}

impl core::error::Error for Violation {}
