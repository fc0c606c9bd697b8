//! Ranges that mean something.

use super::{PlaceId, SpaceId};
use crate::access::Access;
use crate::range::Range;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// What kind of range a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PlaceKind {
    /// A part of a split: the parts of a space tile it.
    Part,
    /// A class of frames with an allocator.
    Zone,
    /// Memory that is not to be allocated.
    Reserve,
    /// A device's registers or memory.
    Device,
    /// A range with one mapping rule.
    Window,
    /// A hole left on purpose, so that a stray access faults.
    Guard,
    /// A range that is documented to be unused.
    Hole,
    /// A range of a process: text, heap, stack.
    Area,
}

impl PlaceKind {
    /// The word of the language; `part` for the parts of a split, which have none.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Part => "part",
            Self::Zone => "zone",
            Self::Reserve => "reserve",
            Self::Device => "device",
            Self::Window => "window",
            Self::Guard => "guard",
            Self::Hole => "hole",
            Self::Area => "area",
        }
    }

    /// True for what decides how addresses are translated (parts, windows, guards, holes, areas),
    /// false for what describes memory (zones, reserves, devices).
    #[must_use]
    pub const fn decides_translation(self) -> bool {
        !matches!(self, Self::Zone | Self::Reserve | Self::Device)
    }
}

impl fmt::Display for PlaceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// Whose page tables describe a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sharing {
    /// The same in every process.
    Shared,
    /// Each process has its own.
    PerProcess,
}

/// `shared` or `per_process`, as in the language.
impl fmt::Display for Sharing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shared => "shared",
            Self::PerProcess => "per_process",
        })
    }
}

/// A named group of the slots of a fixed window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedSlot {
    /// Its name.
    pub name: String,
    /// How many slots it has, at least 1.
    pub count: u64,
    /// The number of its first slot. Slots are numbered from 0 at the top of the window downwards.
    pub first_index: u64,
}

/// What a place maps its addresses to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Nothing by itself.
    None,
    /// Whatever its parent maps them to: a named part of a window, which keeps its translation.
    View,
    /// The address at a fixed distance: byte `n` of the window is byte `at + n` of the space,
    /// modulo the size of that space.
    Linear {
        /// The space mapped to.
        space: SpaceId,
        /// The address there of the window's first byte. An `at` below zero is given modulo 2^64
        /// (`at as u64`); an `at` inside the space must leave room for all of the window.
        at: u64,
        /// With `Some(n)`, byte `i` of the window is byte `at + i % n`; at least 1.
        repeat: Option<u64>,
    },
    /// Pages allocated from zones and mapped through page tables (`vmalloc`).
    Pages {
        /// The zones, in order of preference.
        zones: Vec<PlaceId>,
        /// True when device ranges may be mapped here too.
        or_device: bool,
        /// The bytes left unmapped after each allocation.
        guard: u64,
    },
    /// A pool of page slots, borrowed and given back (`pkmap`).
    Slots {
        /// How many slots.
        count: u64,
        /// The zones whose frames they show, in order of preference.
        zones: Vec<PlaceId>,
    },
    /// Numbered page slots, counted down from the top: slot `x` begins at
    /// `last + 1 - (x + 1) * page` of the window (`fixmap`).
    Fixed {
        /// The groups, in the order of their numbers.
        slots: Vec<FixedSlot>,
    },
    /// Devices, mapped on demand (`ioremap`).
    Device {
        /// The devices that it may map; any, when empty.
        of: Vec<PlaceId>,
    },
    /// An array with one element for each stretch of memory (`vmemmap`).
    Table {
        /// The size of an element in bytes, at least 1.
        element: u64,
        /// The bytes of memory that one element describes, at least 1.
        per: u64,
        /// The space described.
        of: SpaceId,
    },
    /// The page tables of the window's own space, seen through one of their own entries.
    Tables {
        /// The space that they translate: that of the window.
        of: SpaceId,
        /// The number of the entry of the top table that leads to the top table again.
        entry: u64,
    },
}

impl Target {
    /// `none`, `view`, `linear`, `pages`, `slots`, `fixed`, `device`, `table` or `tables`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::View => "view",
            Self::Linear { .. } => "linear",
            Self::Pages { .. } => "pages",
            Self::Slots { .. } => "slots",
            Self::Fixed { .. } => "fixed",
            Self::Device { .. } => "device",
            Self::Table { .. } => "table",
            Self::Tables { .. } => "tables",
        }
    }
}

/// A range of a space that means something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its name; the family's name, for a member.
    pub name: String,
    /// Its number in its family, when it is a member of one.
    pub member: Option<i128>,
    /// What it is.
    pub kind: PlaceKind,
    /// The space that it is in.
    pub space: SpaceId,
    /// The place that it is directly inside of, in the same space.
    pub parent: Option<PlaceId>,
    /// Its addresses.
    pub range: Range,
    /// What may be done there.
    pub access: Access,
    /// Whose page tables describe it, where that is said: on parts.
    pub tables: Option<Sharing>,
    /// What it maps its addresses to.
    pub target: Target,
    /// The windows whose frames it shows a second time, on purpose.
    pub alias_of: Vec<PlaceId>,
    /// Where it is declared, as `file:line:column`; may be empty.
    pub declared_at: String,
    /// Its doc comment, lines joined by newlines; may be empty.
    pub doc: String,
    /// Its other attributes, keys and printable values, in the order declared.
    pub attrs: Vec<(String, String)>,
}

impl Place {
    /// A place with this name, kind, space and range; no parent, no right, no target.
    #[must_use]
    pub fn new(name: impl Into<String>, kind: PlaceKind, space: SpaceId, range: Range) -> Self {
        Self {
            name: name.into(),
            member: None,
            kind,
            space,
            parent: None,
            range,
            access: Access::NONE,
            tables: None,
            target: Target::None,
            alias_of: Vec::new(),
            declared_at: String::new(),
            doc: String::new(),
            attrs: Vec::new(),
        }
    }

    /// Its name with its member number: `lowmem`, `kstack[3]`.
    #[must_use]
    pub fn label(&self) -> super::PlaceLabel {
        super::PlaceLabel {
            name: self.name.clone(),
            member: self.member,
        }
    }

    /// The value of an attribute.
    #[must_use]
    pub fn attr(&self, key: &str) -> Option<&str> {
        let found = self.attrs.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str())
    }

    /// The address of page slot `number`, counted from 0 at the top of the place downwards, for
    /// pages of `page` bytes; `None` when it is not inside.
    #[must_use]
    pub fn slot_address(&self, number: u64, page: u64) -> Option<u64> {
        let distance = (u128::from(number) + 1).checked_mul(u128::from(page))?;
        let address = self.range.end().checked_sub(distance)?;
        let address = u64::try_from(address).ok()?;
        self.range.contains(address).then_some(address)
    }
}
