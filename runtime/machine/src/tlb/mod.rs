//! The translation lookaside buffer as a model: levels, ways and page sizes; what it counts, and what
//! that costs.
//!
//! A [`Tlb`] translates nothing: it says what a processor with such a TLB would have had to walk. Real
//! ones pick a victim by approximations; this one takes the entry used longest ago (LRU), exactly.

mod error;
mod lru;
mod part;
mod player;
mod sets;
mod spec;

pub use error::TlbError;
pub use spec::{TablesIn, TlbLevelSpec, TlbPartSpec, TlbSpec};

pub(super) use player::Player;

use alloc::vec::Vec;
use part::Part;

/// What is counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TlbCounts {
    /// Translations.
    pub accesses: u64,
    /// Hits in each level.
    pub hits: Vec<u64>,
    /// Translations that no level had.
    pub misses: u64,
    /// Table entries that walks read.
    pub reads: u64,
    /// Walks that the walk cache made short: it had the last table, and one entry was read.
    pub short_walks: u64,
    /// Flushes of all entries, or of all that are not global.
    pub flushes: u64,
    /// Pages taken out one by one.
    pub page_flushes: u64,
    /// Cycles, by the cost model.
    pub cycles: u64,
}

impl TlbCounts {
    /// Translations that this level was asked for and did not have.
    #[must_use]
    pub fn misses_of(&self, level: usize) -> u64 {
        let hits = self.hits.iter().take(level + 1).sum();
        self.accesses.saturating_sub(hits)
    }
}

/// What a walk found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WalkedPage {
    /// The bytes of the page, a power of two.
    pub bytes: u64,
    /// It is the same in all address spaces.
    pub global: bool,
    /// The entries read from the root on.
    pub reads: u32,
    /// The bytes that the page's table maps, a power of two: what one entry of the walk cache stands for. 0
    /// when that is not known, or the page's table is the root.
    pub table_bytes: u64,
}

impl WalkedPage {
    /// A page of `bytes` bytes, found by so many reads, in a table that the walk cache knows nothing of.
    #[must_use]
    pub const fn new(bytes: u64, global: bool, reads: u32) -> Self {
        Self {
            bytes,
            global,
            reads,
            table_bytes: 0,
        }
    }
}

/// The page that was translated last, when the first level has it: the next translation in it hits there,
/// and changes no order.
#[derive(Debug, Clone, Copy)]
struct Last {
    page: u64,
    space: u32,
    shift: u8,
}

impl Last {
    /// No page: an address has no 2^63-rd page of two bytes.
    const NONE: Self = Self {
        page: u64::MAX,
        space: 0,
        shift: 1,
    };
}

/// A level: parts that are looked at together.
#[derive(Debug, Clone)]
struct Level {
    parts: Vec<Part>,
    hit_cycles: u64,
}

impl Level {
    #[inline]
    fn find(&mut self, address: u64, space: u32) -> Option<(u8, bool)> {
        self.parts
            .iter_mut()
            .find_map(|part| part.find(address, space))
    }

    /// Whether a part holds pages of this size.
    #[inline]
    fn fill(&mut self, address: u64, shift: u8, space: u32, global: bool) -> bool {
        let mut parts = self.parts.iter_mut();
        match parts.find(|part| part.holds(shift)) {
            Some(part) => {
                part.fill(address, shift, space, global);
                true
            }
            None => false,
        }
    }
}

/// A TLB.
#[derive(Debug, Clone)]
pub struct Tlb {
    levels: Vec<Level>,
    /// The last tables of walks.
    walk_cache: Option<Part>,
    tagged: bool,
    read_cycles: u64,
    flush_cycles: u64,
    last: Last,
    counts: TlbCounts,
}

impl Tlb {
    /// An empty TLB.
    ///
    /// # Errors
    /// When a level cannot be.
    pub fn new(spec: &TlbSpec) -> Result<Self, TlbError> {
        let mut levels = Vec::with_capacity(spec.levels.len());
        for (number, level) in (0..).zip(&spec.levels) {
            let parts = level.parts.iter().map(|part| Part::new(number, part));
            levels.push(Level {
                parts: parts.collect::<Result<_, _>>()?,
                hit_cycles: level.hit_cycles,
            });
        }
        let walk_cache = match spec.walk_cache {
            0 => None,
            entries => Some(Part::of_tables(spec.levels.len() as u32, entries)?),
        };
        let counts = TlbCounts {
            hits: alloc::vec![0; levels.len()],
            ..TlbCounts::default()
        };
        Ok(Self {
            levels,
            walk_cache,
            tagged: spec.tagged,
            read_cycles: spec.read_cycles,
            flush_cycles: spec.flush_cycles,
            last: Last::NONE,
            counts,
        })
    }

    /// What was counted.
    #[must_use]
    pub fn counts(&self) -> &TlbCounts {
        &self.counts
    }

    /// Looks an address up: the level that has it. A level further down fills those before it. After a
    /// miss the caller walks and calls [`Tlb::fill`].
    #[inline]
    pub fn look_up(&mut self, address: u64, space: u32) -> Option<usize> {
        self.counts.accesses += 1;
        let Last {
            page,
            space: tag,
            shift,
        } = self.last;
        if address >> shift == page && tag == space {
            self.counts.hits[0] += 1;
            self.counts.cycles += self.levels[0].hit_cycles;
            return Some(0);
        }
        self.search(address, space)
    }

    fn search(&mut self, address: u64, space: u32) -> Option<usize> {
        for number in 0..self.levels.len() {
            let (before, rest) = self.levels.split_at_mut(number);
            let level = &mut rest[0];
            self.counts.cycles += level.hit_cycles;
            let Some((shift, global)) = level.find(address, space) else {
                continue;
            };
            self.counts.hits[number] += 1;
            let mut in_first = number == 0;
            for (at, level) in before.iter_mut().enumerate() {
                let filled = level.fill(address, shift, space, global);
                in_first |= at == 0 && filled;
            }
            self.remember(address, shift, space, in_first);
            return Some(number);
        }
        self.counts.misses += 1;
        None
    }

    #[inline]
    fn remember(&mut self, address: u64, shift: u8, space: u32, in_first: bool) {
        self.last = if in_first {
            let page = address >> shift;
            Last { page, space, shift }
        } else {
            Last::NONE
        };
    }

    /// Notes what a walk found: the page is in all levels that hold its size from now on. Where the walk
    /// cache has the page's table, one entry is read.
    pub fn fill(&mut self, address: u64, space: u32, page: &WalkedPage) {
        let reads = self.reads(address, space, page);
        self.walked(reads);
        // A page has at most 2^63 bytes.
        let shift = page.bytes.max(1).ilog2() as u8;
        let mut in_first = false;
        for (at, level) in self.levels.iter_mut().enumerate() {
            let filled = level.fill(address, shift, space, page.global);
            in_first |= at == 0 && filled;
        }
        self.remember(address, shift, space, in_first);
    }

    /// The entries that a walk reads when the walk cache helps.
    fn reads(&mut self, address: u64, space: u32, page: &WalkedPage) -> u32 {
        let Some(cache) = &mut self.walk_cache else {
            return page.reads;
        };
        if page.reads < 2 || page.table_bytes == 0 {
            return page.reads;
        }
        let shift = page.table_bytes.ilog2() as u8;
        if cache.find_sized(address, shift, space) {
            self.counts.short_walks += 1;
            return 1;
        }
        cache.fill(address, shift, space, page.global);
        page.reads
    }

    /// Notes a walk of so many reads that found nothing.
    pub fn walked(&mut self, reads: u32) {
        self.counts.reads += u64::from(reads);
        self.counts.cycles += u64::from(reads) * self.read_cycles;
    }

    /// Switches to another address space: without tags, entries that are not global go.
    pub fn switch(&mut self) {
        if self.tagged {
            self.last = Last::NONE;
        } else {
            self.flush(false);
        }
    }

    /// Empties the TLB, the global entries too if `all`.
    pub fn flush(&mut self, all: bool) {
        self.counts.flushes += 1;
        self.counts.cycles += self.flush_cycles;
        self.last = Last::NONE;
        self.parts_mut().for_each(|part| part.flush(all));
    }

    fn parts_mut(&mut self) -> impl Iterator<Item = &mut Part> {
        let levels = self.levels.iter_mut().flat_map(|level| &mut level.parts);
        levels.chain(&mut self.walk_cache)
    }

    /// Takes the entries for the page at an address out (`invlpg`), of all spaces, global ones too.
    pub fn flush_page(&mut self, address: u64) {
        self.counts.page_flushes += 1;
        self.last = Last::NONE;
        self.parts_mut().for_each(|part| part.flush_page(address));
    }

    /// How many entries of the levels are valid.
    #[must_use]
    pub fn valid(&self) -> usize {
        let parts = self.levels.iter().flat_map(|level| &level.parts);
        parts.map(Part::valid).sum()
    }

    /// The bytes that the entries of a level reach when all are for pages of `page` bytes.
    #[must_use]
    pub fn reach(&self, level: usize, page: u64) -> u64 {
        let parts = self.levels.get(level).map_or(&[][..], |level| &level.parts);
        let shift = page.max(1).ilog2() as u8;
        let holding = parts.iter().filter(|part| part.holds(shift));
        let entries: u64 = holding.map(|part| part.entries() as u64).sum();
        entries.saturating_mul(page)
    }
}
