//! What windows show.

use super::{ItemId, Num, SpaceId};
use crate::source::Loc;
use crate::term::TermId;

/// The mapping rule of an item.
#[derive(Debug, Clone)]
pub enum Target {
    /// No rule: zones, guards, holes, parts.
    None,
    /// A child of a linear window that keeps its parent's translation (or a child of a dynamic one, that keeps its pool).
    View,
    /// What was written is wrong and has had its message.
    Poisoned,
    /// A fixed offset.
    Linear {
        /// The space mapped to.
        space: SpaceId,
        /// The address there of the first byte.
        at: Num,
        /// Offsets are taken modulo this.
        repeat: Option<Num>,
    },
    /// Pages allocated from zones.
    Pages {
        /// The zones, in order of preference.
        from: Vec<ItemId>,
        /// Device ranges may be mapped here too.
        or_device: bool,
    },
    /// A pool of page slots.
    Slots {
        /// How many.
        count: Num,
        /// The zones, in order of preference.
        from: Vec<ItemId>,
    },
    /// Numbered slots, counted down from the top.
    Fixed {
        /// Their names and counts.
        slots: Vec<Slot>,
    },
    /// Devices, mapped on demand.
    Device {
        /// Which; any, when empty.
        of: Vec<ItemId>,
    },
    /// An array that describes memory.
    Table {
        /// The size of an element in bytes.
        element: Num,
        /// The size of memory that one element describes, in bytes.
        per: Num,
        /// The space described.
        of: SpaceId,
    },
    /// The page tables of a space, seen through one of their own entries.
    Tables {
        /// The space that they translate.
        of: SpaceId,
        /// The name of the level whose table holds the entry.
        level: String,
        /// Where the level is named.
        level_loc: Loc,
        /// The number of the entry.
        entry: Num,
    },
}

/// A named group of fixed slots.
#[derive(Debug, Clone)]
pub struct Slot {
    /// Its name.
    pub name: String,
    /// Its doc lines.
    pub doc: String,
    /// How many slots it has.
    pub count: Num,
    /// The number of its first slot: the sum of the counts before it.
    pub first: TermId,
    /// Where its name stands.
    pub loc: Loc,
}
