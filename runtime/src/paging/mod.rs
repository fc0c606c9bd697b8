//! Page-table formats as data: how a virtual address is cut into indices, and what the bits of an
//! entry mean.
//!
//! A [`FormatSpec`] says it; [`Format::new`] checks it, and a [`Format`] is right by construction:
//! its levels use every address bit once, its tables fit their pages, and its frames fit physical
//! addresses.

mod bits;
mod error;
pub mod rights;
mod validate;

pub use bits::{Condition, FramePiece, Slice};
pub use error::{FormatError, Owner};
pub use rights::{Saying, Subject};

use crate::range::Range;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Which addresses of a wider space a format can translate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AddressForm {
    /// All bits above the width equal the width's highest bit (x86-64, RISC-V): half of the
    /// addresses are at the bottom of the space, half at its top.
    SignExtended,
    /// All bits above the width are zero (x86 with 32 bits).
    ZeroExtended,
    /// All bits above the width are equal: zeros choose the first root, ones the second (Arm's
    /// TTBR0 and TTBR1). Each root translates addresses of the full width.
    TwoRoots,
}

/// `sign_extended`, `zero_extended` or `two_roots`, as in the language.
impl fmt::Display for AddressForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SignExtended => "sign_extended",
            Self::ZeroExtended => "zero_extended",
            Self::TwoRoots => "two_roots",
        })
    }
}

/// A named part of an entry, such as `writable [1]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its bits.
    pub slice: Slice,
    /// True when a set bit means no (`no_execute` said as `execute ![63]`).
    pub inverted: bool,
}

/// One level of tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Its name, such as `PML4`.
    pub name: String,
    /// The bits of a virtual address that index its tables.
    pub index: Slice,
    /// What a present entry may be. Forms with a condition are tried in this order; the one without
    /// is what all other entries are, wherever it stands.
    pub forms: Vec<EntryForm>,
}

/// One meaning of a present entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryForm {
    /// True when it maps memory, false when it points to the table of the next level.
    pub leaf: bool,
    /// When the entry has this meaning; whenever no other form fits, if absent.
    pub when: Option<Condition>,
    /// The bits of the entry that make up the physical address, and where they go.
    pub frame: Vec<FramePiece>,
    /// Bits that must be zero in this form.
    pub reserved: Vec<Slice>,
}

/// A page-table format as someone declared it, not checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatSpec {
    /// Its name, such as `x86_64_4level`.
    pub name: String,
    /// Its documentation, lines joined by newlines; may be empty.
    pub doc: String,
    /// The width of a virtual address in bits, 1 to 64.
    pub va_bits: u32,
    /// What the bits above the width must be.
    pub form: AddressForm,
    /// The width of a physical address in bits, 1 to 64.
    pub physical_bits: u32,
    /// The size of an entry: 4 or 8 bytes.
    pub entry_bytes: u32,
    /// When an entry is present.
    pub present: Condition,
    /// The named parts of an entry.
    pub fields: Vec<Field>,
    /// Bits that must be zero in every present entry.
    pub reserved: Vec<Slice>,
    /// The levels, top first.
    pub levels: Vec<Level>,
}

/// A checked page-table format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    spec: FormatSpec,
}

impl Format {
    /// Checks `spec`.
    ///
    /// # Errors
    /// The first law that it breaks, with the numbers.
    pub fn new(spec: FormatSpec) -> Result<Self, FormatError> {
        validate::check(&spec)?;
        Ok(Self { spec })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.spec.name
    }

    /// Everything that was declared.
    #[must_use]
    pub fn spec(&self) -> &FormatSpec {
        &self.spec
    }

    /// The width of a virtual address in bits.
    #[must_use]
    pub fn va_bits(&self) -> u32 {
        self.spec.va_bits
    }

    /// What the bits above the width must be.
    #[must_use]
    pub fn form(&self) -> AddressForm {
        self.spec.form
    }

    /// The width of a physical address in bits.
    #[must_use]
    pub fn physical_bits(&self) -> u32 {
        self.spec.physical_bits
    }

    /// The size of an entry in bytes: 4 or 8.
    #[must_use]
    pub fn entry_bytes(&self) -> u32 {
        self.spec.entry_bytes
    }

    /// The levels, top first; at least one.
    #[must_use]
    pub fn levels(&self) -> &[Level] {
        &self.spec.levels
    }

    /// The bits of the offset within the smallest page.
    #[must_use]
    pub fn page_bits(&self) -> u32 {
        self.spec.levels.last().map_or(0, |level| level.index.lo)
    }

    /// The smallest page in bytes.
    #[must_use]
    pub fn page_size(&self) -> u64 {
        1 << self.page_bits()
    }

    /// The sizes in bytes of the pages that entries can map, smallest first, without repetition.
    #[must_use]
    pub fn leaf_sizes(&self) -> Vec<u64> {
        let levels = self.spec.levels.iter().rev();
        levels
            .filter(|level| level.forms.iter().any(|form| form.leaf))
            .map(Level::span)
            .collect()
    }

    /// The bytes of virtual addresses behind one entry of the top table.
    #[must_use]
    pub fn top_entry_span(&self) -> u64 {
        self.spec.levels.first().map_or(1, Level::span)
    }

    /// The bytes of a table of `level` (0 is the top). `None` when there is no such level.
    #[must_use]
    pub fn table_bytes(&self, level: usize) -> Option<u128> {
        let level = self.spec.levels.get(level)?;
        Some(u128::from(level.entries()) * u128::from(self.spec.entry_bytes))
    }

    /// What the entries of a form of a level (0 is the top) say about rights, by the names of fields (listed in
    /// [`rights`]), in the order declared; nothing when there is no such level or form.
    #[must_use]
    pub fn sayings_in(&self, level: usize, form: usize) -> Vec<Saying> {
        let level = self.spec.levels.get(level);
        let form = level.and_then(|level| Some((level, level.forms.get(form)?)));
        form.map_or_else(Vec::new, |(level, form)| {
            rights::sayings(&self.spec, level, form)
        })
    }

    /// True when a field of its own says whether user mode may fetch instructions. Otherwise user mode may
    /// where it may load and anybody may fetch.
    #[must_use]
    pub fn has_user_execute(&self) -> bool {
        rights::has_user_execute(&self.spec)
    }

    /// True when the format can translate this 64-bit address.
    #[must_use]
    pub fn is_canonical(&self, address: u64) -> bool {
        self.canonical_ranges()
            .iter()
            .any(|range| range.contains(address))
    }

    /// The 64-bit addresses that the format can translate: one or two ranges, in address order.
    #[must_use]
    pub fn canonical_ranges(&self) -> Vec<Range> {
        self.canonical_ranges_in(64)
    }

    /// The addresses of a space of `space_bits` (1 to 64) that the format can translate: one or
    /// two ranges in address order. A format at least as wide as the space translates all of it.
    #[must_use]
    pub fn canonical_ranges_in(&self, space_bits: u32) -> Vec<Range> {
        let Some(space) = Range::of_bits(space_bits) else {
            return Vec::new();
        };
        let half_bits = match self.spec.form {
            _ if self.spec.va_bits >= space_bits => return [space].into(),
            AddressForm::SignExtended => self.spec.va_bits - 1,
            AddressForm::ZeroExtended | AddressForm::TwoRoots => self.spec.va_bits,
        };
        let half_last = (1_u64 << half_bits) - 1;
        let low = Range::new(0, half_last);
        let high = match self.spec.form {
            AddressForm::ZeroExtended => None,
            _ => Range::new(space.last() - half_last, space.last()),
        };
        match (low, high) {
            // Two roots one bit narrower than their space meet in the middle.
            (Some(low), Some(high)) if low.end() == u128::from(high.base()) => [space].into(),
            _ => low.into_iter().chain(high).collect(),
        }
    }
}

impl Level {
    /// How many entries a table of this level has.
    #[must_use]
    pub fn entries(&self) -> u64 {
        1 << self.index.width()
    }

    /// The bytes of virtual addresses behind one entry.
    #[must_use]
    pub fn span(&self) -> u64 {
        1 << self.index.lo
    }

    /// What a present entry of this value is; `None` when no form fits.
    #[must_use]
    pub fn form_of(&self, entry: u64) -> Option<&EntryForm> {
        let fits = |form: &&EntryForm| form.when.as_ref().is_some_and(|when| when.holds(entry));
        let otherwise = || self.forms.iter().find(|form| form.when.is_none());
        self.forms.iter().find(fits).or_else(otherwise)
    }
}

impl EntryForm {
    /// The physical address in `entry`.
    #[must_use]
    pub fn frame_of(&self, entry: u64) -> u64 {
        self.frame
            .iter()
            .fold(0, |frame, piece| frame | piece.of(entry))
    }
}
