//! A format made ready to write entries: for each kind of entry, the bits that make it one.

use super::TableError;
use super::pattern::{Pattern, both, patterns};
use super::rights::Rights;
use alloc::string::ToString;
use alloc::vec::Vec;
use mapwright_runtime::access::Access;
use mapwright_runtime::paging::{AddressForm, Format, FramePiece, Saying, Slice, Subject};
use mapwright_runtime::range::Range;
use mapwright_runtime::walk::Interpreter;

/// What the processor notes in an entry when it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Marks {
    /// The page was read, written or executed.
    pub accessed: bool,
    /// The page was written.
    pub dirty: bool,
}

impl Marks {
    /// As the kernel sets its own entries, so that the processor never needs to.
    pub const BOTH: Self = Self {
        accessed: true,
        dirty: true,
    };
}

/// One meaning of entries of a level.
#[derive(Debug, Clone)]
pub(super) struct Form {
    pub(super) leaf: bool,
    patterns: Vec<Pattern>,
    pieces: Vec<FramePiece>,
    frame_mask: u64,
    reserved: u64,
    rights: Rights,
}

impl Form {
    fn fits(&self, entry: u64) -> bool {
        self.patterns.iter().any(|pattern| pattern.fits(entry))
    }

    /// The bits of an entry for an address; `None` when it has bits that the entry has no place for.
    fn place(&self, physical: u64) -> Option<Pattern> {
        let (mut value, mut held) = (0, 0);
        for piece in &self.pieces {
            let width = piece.hi - piece.lo + 1;
            let bits = u64::MAX >> (64 - width);
            value |= (physical >> piece.shift & bits) << piece.lo;
            held |= bits << piece.shift;
        }
        (physical & !held == 0).then_some(Pattern {
            mask: self.frame_mask,
            value,
        })
    }

    pub(super) fn address(&self, entry: u64) -> u64 {
        let mut address = 0;
        for piece in &self.pieces {
            let bits = u64::MAX >> (63 - (piece.hi - piece.lo));
            address |= (entry >> piece.lo & bits) << piece.shift;
        }
        address
    }
}

/// One level of tables.
#[derive(Debug, Clone)]
pub(super) struct TableLevel {
    pub(super) low: u32,
    pub(super) last_index: u64,
    pub(super) forms: Vec<Form>,
}

/// What an entry says, as the one who writes entries reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    Absent,
    Table(u64),
    Leaf {
        physical: u64,
        access: Access,
        marks: Marks,
    },
}

/// A format, ready to write entries in.
#[derive(Debug, Clone)]
pub struct Encoder {
    pub(super) format: Format,
    pub(super) levels: Vec<TableLevel>,
    pub(super) canonical: Vec<Range>,
    /// The same format as a processor reads it.
    pub(super) walks: Interpreter,
    /// How many roots there are.
    pub(super) roots: usize,
    /// What entries that map pages can say.
    rights: Rights,
    /// The rights that a page is given for those asked for, by their bits.
    granted: [Option<Access>; 8],
    accessed: Option<Saying>,
    dirty: Option<Saying>,
}

impl Encoder {
    /// Makes a format ready for a space of `space_bits` bits.
    ///
    /// # Errors
    /// When an empty table would not be empty: an entry of zeros is present; when the conditions of an entry are
    /// beyond what can be solved, or cannot be met; or when pages of different sizes note their use in different
    /// bits.
    pub fn new(format: &Format, space_bits: u32) -> Result<Self, TableError> {
        let unusable = |why: &str| TableError::UnusableFormat {
            format: format.name().to_string(),
            why: why.to_string(),
        };
        if format.spec().present.holds(0) {
            return Err(unusable("an entry of zeros is present"));
        }
        let mut levels = Vec::new();
        for (depth, level) in format.levels().iter().enumerate() {
            let forms = (0..level.forms.len()).map(|form| {
                compile(format, depth, form)
                    .ok_or_else(|| unusable("the conditions of its entries are too many"))
            });
            levels.push(TableLevel {
                low: level.index.lo,
                last_index: level.index.max_value(),
                forms: forms.collect::<Result<_, _>>()?,
            });
        }
        let rights = Rights::of_pages(format);
        let note = |right| rights.only(right).map_err(unusable);
        let (accessed, dirty) = (note(Subject::Accessed)?, note(Subject::Dirty)?);
        let mut encoder = Self {
            accessed,
            dirty,
            rights,
            granted: [None; 8],
            levels,
            roots: if format.form() == AddressForm::TwoRoots && space_bits > format.va_bits() {
                2
            } else {
                1
            },
            canonical: format.canonical_ranges_in(space_bits),
            walks: Interpreter::new(format, space_bits),
            format: format.clone(),
        };
        let asked = |bits: usize| Access::new(bits & 1 != 0, bits & 2 != 0, bits & 4 != 0);
        encoder.granted = core::array::from_fn(|bits| encoder.least_over(asked(bits)));
        Ok(encoder)
    }

    /// The least rights that include `asked` and that an entry of the smallest page can say: where loads cannot be kept
    /// from who may store (RISC-V reserves W without R), both are given, as kernels do.
    fn least_over(&self, asked: Access) -> Option<Access> {
        let level = self.levels.len() - 1;
        let says = |access: &Access| {
            let entry = self.exact_leaf(level, 0, access.for_user(), Marks::BOTH);
            entry.is_some()
        };
        // In this order: loads are added before fetches, both only when neither will do alone.
        let more = [(false, false), (true, false), (false, true), (true, true)];
        let over = more.map(|(read, execute)| Access {
            read: asked.read || read,
            execute: asked.execute || execute,
            ..asked
        });
        over.into_iter().find(says)
    }

    /// The rights of a page for which `access` is asked: those, and what the format cannot keep apart from them.
    /// `None` when no entry can give them.
    #[must_use]
    pub fn granted(&self, access: Access) -> Option<Access> {
        let Access {
            read,
            write,
            execute,
            ..
        } = access;
        let bits = usize::from(read) | usize::from(write) << 1 | usize::from(execute) << 2;
        self.granted[bits].map(|granted| Access {
            read: granted.read,
            write: granted.write,
            execute: granted.execute,
            ..access
        })
    }

    /// The format.
    #[must_use]
    pub fn format(&self) -> &Format {
        &self.format
    }

    /// What an entry of this format says that is asked for `access`: what it cannot forbid is allowed, but for `global`.
    #[must_use]
    pub fn expressible(&self, access: Access) -> Access {
        let access = self.granted(access).unwrap_or(access);
        self.rights.expressible(access)
    }

    /// The level whose entries map pages of this size.
    pub(super) fn level_of(&self, bytes: u64) -> Option<usize> {
        let fits = |level: &TableLevel| {
            1_u64 << level.low == bytes && level.forms.iter().any(|form| form.leaf)
        };
        self.levels.iter().position(fits)
    }

    /// An entry that maps a page, with the rights that are granted for `access`.
    pub(super) fn leaf(
        &self,
        level: usize,
        physical: u64,
        access: Access,
        marks: Marks,
    ) -> Option<u64> {
        self.exact_leaf(level, physical, self.granted(access)?, marks)
    }

    /// An entry that maps a page with just these rights.
    fn exact_leaf(&self, level: usize, physical: u64, access: Access, marks: Marks) -> Option<u64> {
        let forms = self.levels[level].forms.iter().filter(|form| form.leaf);
        let mut entries = forms.filter_map(|form| {
            let mut wanted = form.place(physical)?;
            for right in form.rights.of_page(access, marks) {
                // Bits that mean something else in this entry say no right.
                if right.mask & (form.frame_mask | form.reserved) == 0 {
                    wanted = wanted.and(right)?;
                }
            }
            self.finish(level, form, wanted)
        });
        entries.next()
    }

    /// An entry that points to a table, with all rights: the last level decides.
    pub(super) fn table(&self, level: usize, physical: u64) -> Option<u64> {
        let forms = self.levels[level].forms.iter().filter(|form| !form.leaf);
        let mut entries = forms.filter_map(|form| {
            let place = form.place(physical)?;
            // As many rights as the form leaves room for: its own condition goes first.
            let mut shapes = form.patterns.iter().filter_map(|shape| shape.and(place));
            shapes.find_map(|shape| {
                let rights = form.rights.of_table();
                let free = |right: &Pattern| right.mask & (shape.mask | form.reserved) == 0;
                let value = rights
                    .filter(free)
                    .fold(shape.value, |value, right| value | right.value);
                self.accepts(level, form, value).then_some(value)
            })
        });
        entries.next()
    }

    fn finish(&self, level: usize, form: &Form, wanted: Pattern) -> Option<u64> {
        let shapes = form.patterns.iter();
        let mut entries = shapes.filter_map(|shape| shape.and(wanted));
        entries
            .find(|entry| self.accepts(level, form, entry.value))
            .map(|entry| entry.value)
    }

    /// The entry is of this form, and of no other that goes first; reserved bits are clear.
    fn accepts(&self, level: usize, form: &Form, entry: u64) -> bool {
        let first = self.levels[level]
            .forms
            .iter()
            .find(|form| form.fits(entry));
        entry & form.reserved == 0 && first.is_some_and(|first| core::ptr::eq(first, form))
    }

    /// What an entry says.
    #[inline]
    pub(super) fn entry(&self, level: usize, entry: u64) -> Entry {
        let mut forms = self.levels[level].forms.iter();
        match forms.find(|form| form.fits(entry)) {
            None => Entry::Absent,
            Some(form) if !form.leaf => Entry::Table(form.address(entry)),
            Some(form) => {
                let seen = |note: Option<Saying>| note.is_some_and(|note| note.yes(entry));
                Entry::Leaf {
                    physical: form.address(entry),
                    access: form.rights.decode(entry),
                    marks: Marks {
                        accessed: seen(self.accessed),
                        dirty: seen(self.dirty),
                    },
                }
            }
        }
    }

    /// `entry` with what the processor notes when it uses it.
    #[must_use]
    pub fn marked(&self, entry: u64, write: bool) -> u64 {
        let entry = noted(entry, self.accessed, true);
        if write {
            noted(entry, self.dirty, true)
        } else {
            entry
        }
    }

    /// `entry` without the note that it was used.
    #[must_use]
    pub(crate) fn without_accessed(&self, entry: u64) -> u64 {
        noted(entry, self.accessed, false)
    }

    /// The index of an address in the tables of a level.
    #[inline]
    pub(super) fn index(&self, level: usize, address: u64) -> u64 {
        let level = &self.levels[level];
        address >> level.low & level.last_index
    }

    /// Which root translates an address; `None` for one that the format cannot translate.
    #[inline]
    pub(super) fn root_of(&self, address: u64) -> Option<usize> {
        if !self.canonical.iter().any(|range| range.contains(address)) {
            return None;
        }
        let upper = self.roots == 2 && address >> self.format.va_bits() & 1 == 1;
        Some(usize::from(upper))
    }
}

fn noted(entry: u64, note: Option<Saying>, yes: bool) -> u64 {
    note.map_or(entry, |note| {
        entry & !note.mask | Pattern::saying(note, yes).value
    })
}

fn mask_of(slices: &[Slice]) -> u64 {
    slices.iter().fold(0, |mask, slice| mask | slice.mask())
}

/// The patterns of a form: present, its own condition, and the condition of no form that goes first.
fn compile(format: &Format, depth: usize, number: usize) -> Option<Form> {
    let forms = &format.levels()[depth].forms;
    let form = &forms[number];
    let mut found = patterns(&format.spec().present, true)?;
    if let Some(when) = &form.when {
        found = both(&found, &patterns(when, true)?)?;
    }
    // The form without a condition comes after all others, wherever it stands.
    let before = if form.when.is_some() {
        &forms[..number]
    } else {
        forms
    };
    for when in before.iter().filter_map(|other| other.when.as_ref()) {
        found = both(&found, &patterns(when, false)?)?;
    }
    let shape = |piece: &FramePiece| piece.slice();
    let frame: Vec<Slice> = form.frame.iter().map(shape).collect();
    Some(Form {
        leaf: form.leaf,
        patterns: found,
        pieces: form.frame.clone(),
        frame_mask: mask_of(&frame),
        reserved: mask_of(&form.reserved) | mask_of(&format.spec().reserved),
        rights: Rights::of(format, depth, number),
    })
}
