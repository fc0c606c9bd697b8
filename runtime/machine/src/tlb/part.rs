//! Entries for pages of certain sizes.

use super::TlbError;
use super::lru::LruSets;
use super::sets::Sets;
use super::spec::TlbPartSpec;
use alloc::vec::Vec;

/// The tag of an entry that is the same in all spaces. Spaces are numbers below it.
pub(super) const GLOBAL: u32 = u32::MAX;

/// The most ways that are searched one after the other; beyond, entries are found by a hash.
const MOST_SCANNED: u32 = 16;

/// A page and its size in one number that is never 0: sizes are at least 2^6, so that a page number
/// leaves room for the shift below it.
#[inline]
pub(super) const fn key(page: u64, shift: u8) -> u64 {
    page << 6 | shift as u64
}

/// How entries are kept.
#[derive(Debug, Clone)]
enum Store {
    Scanned(Sets),
    Hashed(LruSets),
}

#[derive(Debug, Clone)]
pub(super) struct Part {
    /// The page sizes as shifts, the smallest first.
    shifts: Vec<u8>,
    /// How many valid entries there are of each page size, by its shift.
    present: [u32; 64],
    set_mask: u64,
    store: Store,
}

impl Part {
    pub(super) fn new(level: u32, spec: &TlbPartSpec) -> Result<Self, TlbError> {
        let shifts = spec.page_sizes.iter().map(|bytes| {
            let good = bytes.is_power_of_two() && *bytes >= 64;
            let shift = good.then(|| bytes.ilog2() as u8);
            shift.ok_or(TlbError::PageSize {
                level,
                bytes: *bytes,
            })
        });
        let mut shifts: Vec<u8> = shifts.collect::<Result<_, _>>()?;
        shifts.sort_unstable();
        shifts.dedup();
        Self::with_shifts(level, spec.entries, spec.ways, shifts)
    }

    /// A fully associative one for tables, whatever they map.
    pub(super) fn of_tables(level: u32, entries: u32) -> Result<Self, TlbError> {
        Self::with_shifts(level, entries, entries, (6..64).collect())
    }

    fn with_shifts(level: u32, entries: u32, ways: u32, shifts: Vec<u8>) -> Result<Self, TlbError> {
        let sets = entries.checked_div(ways).unwrap_or(0);
        if !sets.is_power_of_two() || !entries.is_multiple_of(ways) || entries > 1 << 20 {
            return Err(TlbError::Shape {
                level,
                entries,
                ways,
            });
        }
        let store = if ways <= MOST_SCANNED {
            Store::Scanned(Sets::new(sets as usize, ways as usize))
        } else {
            Store::Hashed(LruSets::new(sets as usize, ways as usize))
        };
        Ok(Self {
            present: [0; 64],
            shifts,
            set_mask: u64::from(sets - 1),
            store,
        })
    }

    #[inline]
    pub(super) fn holds(&self, shift: u8) -> bool {
        self.shifts.contains(&shift)
    }

    pub(super) fn entries(&self) -> usize {
        match &self.store {
            Store::Scanned(sets) => sets.entries(),
            Store::Hashed(sets) => sets.entries(),
        }
    }

    /// The entry for an address: the shift of its page, and whether it is global. It is the newest of
    /// its set from now on.
    #[inline]
    pub(super) fn find(&mut self, address: u64, space: u32) -> Option<(u8, bool)> {
        for at in 0..self.shifts.len() {
            let shift = self.shifts[at];
            if self.present[usize::from(shift & 63)] == 0 {
                continue;
            }
            if let Some(global) = self.find_page(address >> shift, shift, space) {
                return Some((shift, global));
            }
        }
        None
    }

    /// Whether there is an entry of exactly this size.
    #[inline]
    pub(super) fn find_sized(&mut self, address: u64, shift: u8, space: u32) -> bool {
        self.find_page(address >> shift, shift, space).is_some()
    }

    #[inline]
    fn find_page(&mut self, page: u64, shift: u8, space: u32) -> Option<bool> {
        // A set's number is below the number of sets, which is at most 2^20.
        let set = (page & self.set_mask) as usize;
        match &mut self.store {
            Store::Scanned(sets) => sets.find(set, key(page, shift), space),
            Store::Hashed(sets) => sets.find(set, key(page, shift), space),
        }
    }

    /// Puts an entry in the place of the one used longest ago, or of one that is not valid.
    #[inline]
    pub(super) fn fill(&mut self, address: u64, shift: u8, space: u32, global: bool) {
        let page = address >> shift;
        let set = (page & self.set_mask) as usize;
        let tag = if global { GLOBAL } else { space };
        let gone = match &mut self.store {
            Store::Scanned(sets) => sets.insert(set, key(page, shift), tag),
            Store::Hashed(sets) => sets.insert(set, key(page, shift), tag),
        };
        self.count(shift, 1);
        if gone != 0 {
            self.count_gone(gone);
        }
    }

    /// Looks pages of one size and space up one after the other, each put first where it is not there; `misses`
    /// gets those that were not. The part is for this alone: how many entries are valid is not counted.
    pub(super) fn play(&mut self, shift: u8, pages: &[u64], misses: &mut Vec<u64>) {
        match &mut self.store {
            Store::Scanned(sets) => sets.play(self.set_mask, shift, pages, misses),
            Store::Hashed(sets) => sets.play(self.set_mask, shift, pages, misses),
        }
    }

    #[inline]
    fn count(&mut self, shift: u8, change: i32) {
        let count = &mut self.present[usize::from(shift & 63)];
        *count = count.saturating_add_signed(change);
    }

    /// Counts an entry less.
    #[inline]
    fn count_gone(&mut self, key: u64) {
        // The low six bits are the shift.
        self.count((key & 63) as u8, -1);
    }

    /// Takes all entries out, the global ones too if `all`.
    pub(super) fn flush(&mut self, all: bool) {
        let gone = |_: u64, tag: u32| all || tag != GLOBAL;
        self.remove(gone);
    }

    /// Takes the entries for the page at an address out, whatever their size and space.
    pub(super) fn flush_page(&mut self, address: u64) {
        let gone = |key: u64, _: u32| address >> (key & 63) == key >> 6;
        self.remove(gone);
    }

    fn remove(&mut self, gone: impl Fn(u64, u32) -> bool) {
        let mut keys = Vec::new();
        match &mut self.store {
            Store::Scanned(sets) => sets.remove(gone, |key| keys.push(key)),
            Store::Hashed(sets) => sets.remove(gone, |key| keys.push(key)),
        }
        keys.into_iter().for_each(|key| self.count_gone(key));
    }

    pub(super) fn valid(&self) -> usize {
        self.present.iter().map(|count| *count as usize).sum()
    }
}
