//! The translation lookaside buffer as a model: levels, ways and page sizes; what it counts, and what
//! that costs.

use alloc::string::String;
use alloc::vec::Vec;

/// One level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlbLevelSpec {
    /// Its name in tables: `L1`.
    pub name: String,
    /// Entries, a power of two times the ways.
    pub entries: u32,
    /// Ways; as many as entries for a fully associative one.
    pub ways: u32,
    /// The sizes in bytes of the pages that it holds, powers of two.
    pub page_sizes: Vec<u64>,
    /// What a hit here costs in cycles, beyond levels before it.
    pub hit_cycles: u64,
}

/// A whole TLB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlbSpec {
    /// Its levels, the first one looked at first.
    pub levels: Vec<TlbLevelSpec>,
    /// Entries carry the number of their address space, so that a switch need not empty them.
    pub tagged: bool,
    /// What each table entry that a walk reads costs in cycles.
    pub read_cycles: u64,
    /// What a flush costs in cycles.
    pub flush_cycles: u64,
}

/// Why a TLB cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TlbError {
    /// The entries of a level are no power of two of sets of its ways, or more than 2^20.
    Shape {
        /// The level's position.
        level: u32,
        /// Its entries.
        entries: u32,
        /// Its ways.
        ways: u32,
    },
    /// A page size is no power of two.
    PageSize {
        /// The level's position.
        level: u32,
        /// The size.
        bytes: u64,
    },
}

impl core::fmt::Display for TlbError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Shape {
                level,
                entries,
                ways,
            } => write!(
                f,
                "TLB level {level}: {entries} entries in {ways} ways are no power of two of sets"
            ),
            Self::PageSize { level, bytes } => {
                write!(f, "TLB level {level}: {bytes} is no page size")
            }
        }
    }
}

impl core::error::Error for TlbError {}

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
    /// Flushes.
    pub flushes: u64,
    /// Cycles, by the cost model.
    pub cycles: u64,
}

/// An entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Entry {
    page: u64,
    space: u32,
    size: u8,
    global: bool,
    valid: bool,
    used: u64,
}

#[derive(Debug, Clone)]
struct Level {
    entries: Vec<Entry>,
    ways: usize,
    set_mask: u64,
    /// The page sizes as shifts, the smallest first.
    shifts: Vec<u8>,
    hit_cycles: u64,
}

impl Level {
    fn set(&self, page: u64) -> core::ops::Range<usize> {
        let set = (page & self.set_mask) as usize * self.ways;
        set..set + self.ways
    }

    #[inline]
    fn find(&self, address: u64, space: u32) -> Option<usize> {
        self.shifts.iter().find_map(|shift| {
            let page = address >> shift;
            self.set(page).find(|at| {
                let entry = &self.entries[*at];
                entry.page == page
                    && entry.size == *shift
                    && entry.valid
                    && (entry.global || entry.space == space)
            })
        })
    }

    /// Puts an entry in the place of the one used longest ago, or of one that is not valid.
    fn fill(&mut self, page: u64, shift: u8, space: u32, global: bool, now: u64) {
        if !self.shifts.contains(&shift) {
            return;
        }
        let key = |at: &usize| (self.entries[*at].valid, self.entries[*at].used);
        if let Some(at) = self.set(page).min_by_key(key) {
            self.entries[at] = Entry {
                page,
                space,
                size: shift,
                global,
                valid: true,
                used: now,
            };
        }
    }
}

/// A TLB: least recently used entries go first. It translates nothing; it says what a processor with such
/// a TLB would have had to walk.
#[derive(Debug, Clone)]
pub struct Tlb {
    levels: Vec<Level>,
    tagged: bool,
    read_cycles: u64,
    flush_cycles: u64,
    now: u64,
    counts: TlbCounts,
}

impl Tlb {
    /// An empty TLB.
    ///
    /// # Errors
    /// When a level cannot be.
    pub fn new(spec: &TlbSpec) -> Result<Self, TlbError> {
        let levels = spec.levels.iter().enumerate();
        let levels = levels.map(|(number, level)| level_of(number as u32, level));
        let levels: Vec<Level> = levels.collect::<Result<_, _>>()?;
        let counts = TlbCounts {
            hits: alloc::vec![0; levels.len()],
            ..TlbCounts::default()
        };
        Ok(Self {
            levels,
            tagged: spec.tagged,
            read_cycles: spec.read_cycles,
            flush_cycles: spec.flush_cycles,
            now: 0,
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
        self.now += 1;
        self.counts.accesses += 1;
        let now = self.now;
        for number in 0..self.levels.len() {
            let level = &mut self.levels[number];
            self.counts.cycles += level.hit_cycles;
            let Some(at) = level.find(address, space) else {
                continue;
            };
            level.entries[at].used = now;
            let Entry {
                page, size, global, ..
            } = level.entries[at];
            self.counts.hits[number] += 1;
            for before in &mut self.levels[..number] {
                before.fill(page, size, space, global, now);
            }
            return Some(number);
        }
        self.counts.misses += 1;
        None
    }

    /// Notes what a walk of so many reads found: a page of `bytes` bytes (a power of two).
    pub fn fill(&mut self, address: u64, space: u32, bytes: u64, global: bool, reads: u32) {
        self.walked(reads);
        // A page has at most 2^63 bytes.
        let shift = bytes.max(1).ilog2() as u8;
        for level in &mut self.levels {
            level.fill(address >> shift, shift, space, global, self.now);
        }
    }

    /// Notes a walk of so many reads that found nothing.
    pub fn walked(&mut self, reads: u32) {
        self.counts.reads += u64::from(reads);
        self.counts.cycles += u64::from(reads) * self.read_cycles;
    }

    /// Switches to another address space: without tags, entries that are not global go.
    pub fn switch(&mut self) {
        if !self.tagged {
            self.flush(false);
        }
    }

    /// Empties the TLB, the global entries too if `all`.
    pub fn flush(&mut self, all: bool) {
        self.counts.flushes += 1;
        self.counts.cycles += self.flush_cycles;
        for entry in self.levels.iter_mut().flat_map(|level| &mut level.entries) {
            entry.valid &= entry.global && !all;
        }
    }

    /// Takes the entries for the page at an address out (`invlpg`), global ones too.
    pub fn flush_page(&mut self, address: u64, space: u32) {
        for level in &mut self.levels {
            while let Some(at) = level.find(address, space) {
                level.entries[at].valid = false;
            }
        }
    }

    /// How many entries are valid.
    #[must_use]
    pub fn valid(&self) -> usize {
        let entries = self.levels.iter().flat_map(|level| &level.entries);
        entries.filter(|entry| entry.valid).count()
    }
}

fn level_of(number: u32, spec: &TlbLevelSpec) -> Result<Level, TlbError> {
    let (entries, ways) = (spec.entries, spec.ways);
    let sets = entries.checked_div(ways).unwrap_or(0);
    if !sets.is_power_of_two() || sets * ways != entries || entries > 1 << 20 {
        return Err(TlbError::Shape {
            level: number,
            entries,
            ways,
        });
    }
    let shifts = spec.page_sizes.iter().map(|bytes| {
        let shift = bytes.is_power_of_two().then(|| bytes.ilog2() as u8);
        shift.ok_or(TlbError::PageSize {
            level: number,
            bytes: *bytes,
        })
    });
    let mut shifts: Vec<u8> = shifts.collect::<Result<_, _>>()?;
    shifts.sort_unstable();
    Ok(Level {
        entries: alloc::vec![Entry::default(); entries as usize],
        ways: ways as usize,
        set_mask: u64::from(sets - 1),
        shifts,
        hit_cycles: spec.hit_cycles,
    })
}
