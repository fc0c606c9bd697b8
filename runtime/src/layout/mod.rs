//! A layout with all its numbers: one instance of a layout file, checked.
//!
//! A [`Layout`] holds [`Space`]s (address spaces) and [`Place`]s (ranges of them that mean
//! something). It is only made by a [`LayoutBuilder`], which checks every law that translation
//! relies on; nothing in it changes afterwards.

mod builder;
mod check;
mod error;
mod index;
mod place;
pub mod translate;

pub use builder::LayoutBuilder;
pub use error::{LayoutError, PlaceLabel};
pub use place::{FixedSlot, Place, PlaceKind, Sharing, Target};

use crate::paging::Format;
use crate::range::Range;
use alloc::string::String;
use alloc::vec::Vec;
pub(crate) use index::Index;
use translate::Tables as TranslationTables;

/// Makes a number that names one thing of a layout.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u32);

        impl $name {
            /// The id of what is (or will be) added at this position, counted from 0. A builder
            /// refuses positions at which nothing was added.
            ///
            /// # Panics
            /// If `index` exceeds `u32::MAX - 1`.
            #[must_use]
            pub const fn from_index(index: usize) -> Self {
                assert!(index < u32::MAX as usize, "more than 2^32 - 2 things in a layout");
                Self(index as u32)
            }

            /// The position, counted from 0 in the order added.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id! {
    /// Names a [`Space`] of one layout.
    SpaceId
}
id! {
    /// Names a [`Place`] of one layout.
    PlaceId
}
id! {
    /// Names a [`Format`] of one layout.
    FormatId
}

/// A parameter with the value that it has in this instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its value as the language writes it: `2G`, `v6.1`, `true`.
    pub value: String,
    /// Its value as a number, when it has one. Bools are 0 and 1.
    pub number: Option<i128>,
}

/// An address space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Space {
    /// Its name.
    pub name: String,
    /// The width of its addresses in bits, 1 to 64.
    pub bits: u32,
    /// The space that its addresses are translated into, if any.
    pub to: Option<SpaceId>,
    /// The page-table format that translates it, if any.
    pub format: Option<FormatId>,
    /// Where it is declared, as `file:line:column`; may be empty.
    pub declared_at: String,
    /// Its doc comment, lines joined by newlines; may be empty.
    pub doc: String,
}

/// Which table an x86 segment descriptor stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DescriptorTable {
    /// The global descriptor table.
    Gdt,
    /// A process's local descriptor table.
    Ldt,
}

/// What an x86 segment holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SegmentClass {
    /// Instructions.
    Code,
    /// Data or stack.
    Data,
}

/// An x86 segment descriptor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its name.
    pub name: String,
    /// The table that it stands in.
    pub table: DescriptorTable,
    /// Its index in the table, 0 to 8191.
    pub index: u16,
    /// What it holds.
    pub class: SegmentClass,
    /// The linear address of its first byte.
    pub base: u64,
    /// Its size in bytes; 4G for a flat segment.
    pub limit: u64,
    /// The descriptor's privilege level, 0 to 3.
    pub dpl: u8,
    /// Where it is declared, as `file:line:column`; may be empty.
    pub declared_at: String,
    /// Its doc comment; may be empty.
    pub doc: String,
}

impl Segment {
    /// The selector that code of its own privilege level uses: index, table and level.
    #[must_use]
    pub const fn selector(&self) -> u16 {
        let table = matches!(self.table, DescriptorTable::Ldt) as u16;
        self.index << 3 | table << 2 | self.dpl as u16
    }
}

/// What a builder collects and a layout holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contents {
    pub(crate) name: String,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) formats: Vec<Format>,
    pub(crate) spaces: Vec<Space>,
    pub(crate) places: Vec<Place>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) constants: Vec<(String, i128)>,
    pub(crate) exports: Vec<(String, i128)>,
}

/// A checked layout with all its numbers.
#[derive(Debug, Clone)]
pub struct Layout {
    contents: Contents,
    index: Index,
    tables: TranslationTables,
}

impl Layout {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.contents.name
    }

    /// The parameters and their values, in the order declared.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &self.contents.parameters
    }

    /// The constants of the file (`let`), in the order declared.
    #[must_use]
    pub fn constants(&self) -> &[(String, i128)] {
        &self.contents.constants
    }

    /// What the file exports to generated code, in the order declared.
    #[must_use]
    pub fn exports(&self) -> &[(String, i128)] {
        &self.contents.exports
    }

    /// The x86 segment descriptors, in the order declared.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.contents.segments
    }

    /// The page-table formats that its spaces use, in the order added.
    #[must_use]
    pub fn formats(&self) -> &[Format] {
        &self.contents.formats
    }

    /// The format `id`.
    ///
    /// # Panics
    /// If `id` is from another layout and beyond this one's formats.
    #[must_use]
    pub fn format(&self, id: FormatId) -> &Format {
        &self.contents.formats[id.index()]
    }

    /// The format of a space, when it has one.
    #[must_use]
    pub fn format_of(&self, space: SpaceId) -> Option<&Format> {
        self.space(space).format.map(|id| self.format(id))
    }

    /// The spaces with their ids, in the order added.
    pub fn spaces(&self) -> impl Iterator<Item = (SpaceId, &Space)> + Clone {
        let spaces = self.contents.spaces.iter().enumerate();
        spaces.map(|(at, space)| (SpaceId::from_index(at), space))
    }

    /// The space `id`.
    ///
    /// # Panics
    /// If `id` is from another layout and beyond this one's spaces.
    #[must_use]
    pub fn space(&self, id: SpaceId) -> &Space {
        &self.contents.spaces[id.index()]
    }

    /// The space of this name.
    #[must_use]
    pub fn space_named(&self, name: &str) -> Option<SpaceId> {
        let found = self.spaces().find(|(_, space)| space.name == name);
        found.map(|(id, _)| id)
    }

    /// All addresses of a space.
    #[must_use]
    pub fn space_range(&self, id: SpaceId) -> Range {
        // The builder has checked the width.
        Range::of_bits(self.space(id).bits).unwrap_or(Range::ALL)
    }

    /// The number of places.
    #[must_use]
    pub fn place_count(&self) -> usize {
        self.contents.places.len()
    }

    /// The places with their ids, in the order added. Members of a family are places of their own.
    pub fn places(&self) -> impl Iterator<Item = (PlaceId, &Place)> + Clone {
        let places = self.contents.places.iter().enumerate();
        places.map(|(at, place)| (PlaceId::from_index(at), place))
    }

    /// The place `id`.
    ///
    /// # Panics
    /// If `id` is from another layout and beyond this one's places.
    #[must_use]
    pub fn place(&self, id: PlaceId) -> &Place {
        &self.contents.places[id.index()]
    }

    /// The place of this name; the first member, when it is a family.
    #[must_use]
    pub fn place_named(&self, name: &str) -> Option<PlaceId> {
        self.places_named(name).first().copied()
    }

    /// The places of this name, by member number: one, or the members of a family.
    #[must_use]
    pub fn places_named(&self, name: &str) -> &[PlaceId] {
        self.index.named(name, &self.contents.places)
    }

    /// The places of a space that have no parent, in address order (of equal bases the larger
    /// first).
    #[must_use]
    pub fn roots(&self, space: SpaceId) -> &[PlaceId] {
        self.index.roots(space)
    }

    /// The places directly inside a place, in address order (of equal bases the larger first).
    #[must_use]
    pub fn children(&self, parent: PlaceId) -> &[PlaceId] {
        self.index.children(parent)
    }

    /// Every place of a space in address order, a parent directly before what is inside it.
    #[must_use]
    pub fn in_address_order(&self, space: SpaceId) -> &[PlaceId] {
        self.index.in_address_order(space)
    }

    /// How many parents a place has above it.
    #[must_use]
    pub fn depth(&self, place: PlaceId) -> u32 {
        self.index.depth(place)
    }

    /// The slots of a fixed window with the address of each, in the order of their numbers: slot
    /// `x` of pages of `page` bytes begins at `last + 1 - (x + 1) * page`. Empty for other places,
    /// and cut off where the slots would leave the window.
    pub fn fixed_slots(
        &self,
        window: PlaceId,
        page: u64,
    ) -> impl Iterator<Item = (&FixedSlot, u64, u64)> {
        let place = self.place(window);
        let slots = match &place.target {
            Target::Fixed { slots } => slots.as_slice(),
            _ => &[],
        };
        slots.iter().flat_map(move |slot| {
            (0..slot.count).map_while(move |member| {
                let number = slot.first_index.checked_add(member)?;
                Some((slot, member, place.slot_address(number, page)?))
            })
        })
    }

    pub(crate) fn tables(&self) -> &TranslationTables {
        &self.tables
    }
}
