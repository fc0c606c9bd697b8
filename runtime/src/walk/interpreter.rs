//! A format made ready for walks.

use super::{Missing, PhysicalMemory, Reading, Rights, WalkFault, Wanted};
use crate::access::Access;
use crate::paging::{AddressForm, Condition, Format, FramePiece, Saying, Slice, Subject};
use crate::range::Range;
use alloc::vec::Vec;

/// A page that tables map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Page {
    /// Its first virtual address.
    pub address: u64,
    /// The physical address of its first byte.
    pub physical: u64,
    /// Its bytes.
    pub bytes: u64,
    /// What may be done there: the rights of all levels together, in short.
    pub access: Access,
    /// The same in full.
    pub rights: Rights,
    /// Where its entry stands.
    pub entry_at: u64,
    /// Its entry.
    pub entry: u64,
}

/// A walk that ended at a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Walk {
    /// The physical address.
    pub physical: u64,
    /// The page.
    pub page: Page,
    /// The level of the page's entry, 0 for the top.
    pub level: u32,
    /// How many entries were read.
    pub reads: u32,
    /// The [`WalkFault::ReservedBit`] with which a processor would have ended this walk: the first entry on the way, from
    /// the top, that has reserved bits set. Always `None` where reading is [`Reading::Strict`].
    pub reserved: Option<WalkFault>,
}

/// A format made ready to walk the tables of one address space.
#[derive(Debug, Clone)]
pub struct Interpreter {
    pub(super) canonical: Vec<Range>,
    pub(super) space_bits: u32,
    pub(super) va_bits: u32,
    pub(super) form: AddressForm,
    physical_bits: u32,
    pub(super) entry_bytes: u32,
    present: Condition,
    reading: Reading,
    pub(super) levels: Vec<LevelPlan>,
}

/// One level.
#[derive(Debug, Clone)]
pub(super) struct LevelPlan {
    pub(super) index: Slice,
    forms: Vec<FormPlan>,
}

impl LevelPlan {
    pub(super) fn span(&self) -> u64 {
        1 << self.index.lo
    }

    pub(super) fn entries(&self) -> u64 {
        1 << self.index.width()
    }
}

/// One meaning of an entry.
#[derive(Debug, Clone)]
pub(super) struct FormPlan {
    pub(super) leaf: bool,
    when: Option<Condition>,
    frame: Vec<FramePiece>,
    reserved: u64,
    /// What each field takes away when it says no.
    sayings: Vec<(Saying, Rights)>,
}

/// What a present and well-formed entry says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decoded {
    pub(super) leaf: bool,
    /// The address of the page or of the next table.
    pub(super) frame: u64,
    pub(super) entry: u64,
    pub(super) rights: Rights,
    /// The fault that it is for a processor, if reserved bits are set.
    pub(super) reserved: Option<WalkFault>,
}

impl FormPlan {
    fn frame_of(&self, entry: u64) -> u64 {
        let pieces = self.frame.iter();
        pieces.fold(0, |frame, piece| frame | piece.of(entry))
    }

    /// The rights left after one more entry.
    fn restrict(&self, entry: u64, rights: Rights) -> Rights {
        let mut left = rights;
        for (saying, what) in &self.sayings {
            match (saying.subject, saying.yes(entry)) {
                // One entry on the way is enough (RISC-V's G in an entry that points to a table).
                (Subject::Global, true) => left = left.with(*what),
                (Subject::Global, false) => {}
                (_, false) => left = left.without(*what),
                _ => {}
            }
        }
        left
    }
}

impl Interpreter {
    /// Makes `format` ready for a space of `space_bits` bits (1 to 64; in a space of another width, no address
    /// is canonical), to walk as strictly as a processor.
    #[must_use]
    pub fn new(format: &Format, space_bits: u32) -> Self {
        Self::with_reading(format, space_bits, Reading::Strict)
    }

    /// [`Interpreter::new`], as strict as this.
    #[must_use]
    pub fn with_reading(format: &Format, space_bits: u32, reading: Reading) -> Self {
        let form = |depth: usize, number: usize| {
            let form = &format.levels()[depth].forms[number];
            let reserved = form.reserved.iter().chain(&format.spec().reserved);
            let sayings = format.sayings_in(depth, number).into_iter();
            FormPlan {
                leaf: form.leaf,
                when: form.when.clone(),
                frame: form.frame.clone(),
                reserved: reserved.fold(0, |mask, slice| mask | slice.mask()),
                sayings: sayings
                    .filter_map(|saying| Some((saying, Rights::of(format, saying.subject)?)))
                    .collect(),
            }
        };
        let plan = |depth: usize| {
            let level = &format.levels()[depth];
            LevelPlan {
                index: level.index,
                forms: (0..level.forms.len()).map(|at| form(depth, at)).collect(),
            }
        };
        Self {
            canonical: format.canonical_ranges_in(space_bits),
            space_bits,
            va_bits: format.va_bits(),
            form: format.form(),
            physical_bits: format.physical_bits(),
            entry_bytes: format.entry_bytes(),
            present: format.spec().present.clone(),
            reading,
            levels: (0..format.levels().len()).map(plan).collect(),
        }
    }

    /// How many roots there are: 1, or 2 for a format with two in a wider space.
    #[must_use]
    pub fn roots(&self) -> usize {
        if self.form == AddressForm::TwoRoots && self.space_bits > self.va_bits {
            2
        } else {
            1
        }
    }

    /// The addresses that these roots translate: one or two ranges, in address order. Without a second root, a format with
    /// two translates its lower half only.
    #[must_use]
    pub fn covered(&self, roots: &[u64]) -> Vec<Range> {
        let lower_half = u64::MAX.checked_shr(64 - self.va_bits).unwrap_or(0);
        let reach = match (roots.len(), self.roots()) {
            (0, _) => None,
            (1, 2) => Range::new(0, lower_half),
            _ => Some(Range::ALL),
        };
        let ranges = self.canonical.iter();
        ranges
            .filter_map(|range| range.intersection(reach?))
            .collect()
    }

    /// The bytes of a root, and what its address must be a multiple of.
    #[must_use]
    pub fn root_bytes(&self) -> u128 {
        let width = self.levels.first().map_or(0, |level| level.index.width());
        u128::from(self.entry_bytes) << width
    }

    /// Translates an address by the tables at `roots`.
    ///
    /// # Errors
    /// Why it has no translation.
    pub fn walk(
        &self,
        memory: &(impl PhysicalMemory + ?Sized),
        roots: &[u64],
        address: u64,
    ) -> Result<Walk, WalkFault> {
        let root = self
            .root_for(roots, address)
            .ok_or(WalkFault::NonCanonical)?;
        let (mut table, mut from, mut rights) = (root, root, Rights::START);
        let mut reserved = None;
        for (depth, level) in self.levels.iter().enumerate() {
            let index = level.index.of(address);
            let entry_at = self.entry_at(memory, depth, table, from, index)?;
            let found = self.entry(memory, depth, entry_at, from, rights)?;
            rights = found.rights;
            reserved = reserved.or(found.reserved);
            if found.leaf {
                let offset = address & (level.span() - 1);
                return Ok(Walk {
                    physical: found.frame | offset,
                    page: self.page(level, address - offset, entry_at, found),
                    level: depth as u32,
                    reads: depth as u32 + 1,
                    reserved,
                });
            }
            (table, from) = (found.frame, found.entry);
        }
        // A checked format's last level has only leaves.
        Err(WalkFault::NonCanonical)
    }

    /// [`Interpreter::walk`], and a page that may not be used as wanted is a [`WalkFault::Permission`].
    ///
    /// # Errors
    /// Why it has no translation, or that it may not be used so.
    pub fn walk_for(
        &self,
        memory: &(impl PhysicalMemory + ?Sized),
        roots: &[u64],
        address: u64,
        wanted: Wanted,
    ) -> Result<Walk, WalkFault> {
        let walk = self.walk(memory, roots, address)?;
        if walk.page.rights.allow(wanted) {
            return Ok(walk);
        }
        Err(WalkFault::Permission {
            level: walk.level,
            entry_at: walk.page.entry_at,
            entry: walk.page.entry,
        })
    }

    pub(super) fn page(
        &self,
        level: &LevelPlan,
        address: u64,
        entry_at: u64,
        found: Decoded,
    ) -> Page {
        Page {
            address,
            physical: found.frame,
            bytes: level.span(),
            access: found.rights.access(),
            rights: found.rights,
            entry_at,
            entry: found.entry,
        }
    }

    /// The root that translates an address; `None` when there is none.
    pub(super) fn root_for(&self, roots: &[u64], address: u64) -> Option<u64> {
        if !self.canonical.iter().any(|range| range.contains(address)) {
            return None;
        }
        let upper = self.roots() == 2 && address >> self.va_bits & 1 == 1;
        roots.get(usize::from(upper)).copied()
    }

    /// Addresses below 2^width are physical addresses of this memory in this format.
    fn width(&self, memory: &(impl PhysicalMemory + ?Sized)) -> u32 {
        self.physical_bits.min(memory.physical_bits())
    }

    /// Where an entry of a table stands, if the table can be where it is said to be.
    pub(super) fn entry_at(
        &self,
        memory: &(impl PhysicalMemory + ?Sized),
        depth: usize,
        table: u64,
        from: u64,
        index: u64,
    ) -> Result<u64, WalkFault> {
        let size = u64::from(self.entry_bytes);
        // A table is aligned to its size, so that only one larger than all memory has entries past 2^64.
        let entry_at = index
            .checked_mul(size)
            .and_then(|offset| table.checked_add(offset));
        let misaligned = depth == 0 && !u128::from(table).is_multiple_of(self.root_bytes());
        match entry_at {
            Some(entry_at) if !misaligned && !beyond(table, self.width(memory)) => Ok(entry_at),
            _ => Err(WalkFault::BadTableAddress {
                level: depth as u32,
                entry_at: table.wrapping_add(index.wrapping_mul(size)),
                entry: from,
            }),
        }
    }

    /// Reads an entry and says what it is.
    pub(super) fn entry(
        &self,
        memory: &(impl PhysicalMemory + ?Sized),
        depth: usize,
        entry_at: u64,
        from: u64,
        rights: Rights,
    ) -> Result<Decoded, WalkFault> {
        let level = depth as u32;
        let entry = memory
            .entry(entry_at, self.entry_bytes)
            .map_err(|missing| match missing {
                Missing::Hole => WalkFault::ImageHole {
                    level,
                    entry_at,
                    entry: from,
                },
                Missing::Nowhere => WalkFault::BadTableAddress {
                    level,
                    entry_at,
                    entry: from,
                },
            })?;
        if !self.present.holds(entry) {
            return Err(WalkFault::NotPresent {
                level,
                entry_at,
                entry,
            });
        }
        let reserved = WalkFault::ReservedBit {
            level,
            entry_at,
            entry,
        };
        let form = self.levels[depth].form_of(entry).ok_or(reserved)?;
        let frame = form.frame_of(entry);
        let has_reserved = entry & form.reserved != 0;
        let refused = has_reserved && self.reading == Reading::Strict;
        if refused || form.leaf && beyond(frame, self.width(memory)) {
            return Err(reserved);
        }
        Ok(Decoded {
            leaf: form.leaf,
            frame,
            entry,
            rights: form.restrict(entry, rights),
            reserved: has_reserved.then_some(reserved),
        })
    }
}

impl LevelPlan {
    /// As [`crate::paging::Level::form_of`].
    fn form_of(&self, entry: u64) -> Option<&FormPlan> {
        let fits = |form: &&FormPlan| form.when.as_ref().is_some_and(|when| when.holds(entry));
        let otherwise = || self.forms.iter().find(|form| form.when.is_none());
        self.forms.iter().find(fits).or_else(otherwise)
    }
}

/// True when an address needs more than `bits` bits.
fn beyond(address: u64, bits: u32) -> bool {
    address.checked_shr(bits).unwrap_or(0) != 0
}
