//! What is remembered of walks: the last table for each stretch of addresses that it serves.

use super::context::{Stretch, Stretches};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// How many tables a cache holds.
pub(super) const SETS: usize = 1024;

/// One table that is remembered.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Set {
    /// The number of the stretch of addresses, with the epoch in the bits above.
    pub(super) tag: u64,
    /// Where the table is in the host.
    pub(super) host: u64,
    /// The code of its pages, but for what their own entries say.
    pub(super) above: u64,
    /// Its physical address.
    pub(super) table: u64,
}

/// What a cache was filled from. As long as it is the same, what the cache holds is inside of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Filled {
    code: u64,
    stretches: Vec<Stretch>,
    beyond: u64,
    roots: [u64; 2],
}

/// The last-level tables that walks have found, for batches over the same tables
/// ([`super::Walker::walk_batch_cached`]).
///
/// A cache belongs to one thread and one address space at a time. It notices by itself when it is used with another
/// walker, image or other roots, and forgets everything. It **cannot** notice that the bytes of the tables have changed, nor that
/// another image of the same size has taken the place of the last one in the host's memory.
/// Like a processor's paging-structure caches, it must be told
///
/// - when an entry **above** the last level has changed (a table was made, freed, moved or replaced by a large page; a right
///   in an upper entry changed): [`WalkCache::invalidate`] with any address behind the entry if the entry stands in the level just
///   above the last, so that one last table is behind it; [`WalkCache::invalidate_all`] for entries further up;
/// - when an image was dropped and another is used: [`WalkCache::invalidate_all`];
/// - when threads share tables: each has its own cache, and whoever changes upper entries counts a generation up, which the
///   others pass to [`WalkCache::at_generation`] before each batch.
///
/// Entries of the last level may change without a word: they are read each time.
///
/// An answer from a stale cache may be wrong, but nothing outside the image is ever read.
#[derive(Debug)]
pub struct WalkCache {
    /// A table of nothing, for sets that are empty: entries are read by them before anybody asks what they are.
    nothing: Box<[u64]>,
    sets: Box<[Set]>,
    /// 1 or more, so that no tag is that of an empty set.
    epoch: u64,
    generation: u64,
    reach_bits: u32,
    filled: Filled,
}

impl WalkCache {
    pub(super) fn new(reach_bits: u32) -> Self {
        Self {
            nothing: Box::new([]),
            sets: Box::new([]),
            epoch: 1,
            generation: 0,
            reach_bits,
            filled: Filled::default(),
        }
    }

    /// Forgets the last table that serves `address`.
    pub fn invalidate(&mut self, address: u64) {
        let number = address.checked_shr(self.reach_bits).unwrap_or(0);
        // A tag of epoch 0 is never asked for.
        if let Some(set) = self.sets.get_mut(number as usize % SETS) {
            set.tag = 0;
        }
    }

    /// Forgets everything. Costs next to nothing.
    pub fn invalidate_all(&mut self) {
        self.epoch += 1;
        if self.epoch.checked_shr(self.reach_bits).unwrap_or(0) != 0 {
            self.epoch = 1;
            self.empty();
        }
    }

    fn empty(&mut self) {
        self.sets.fill(Set {
            host: self.nothing.as_ptr().addr() as u64,
            ..Set::default()
        });
    }

    /// True when it holds so many tables that more would push each other out.
    pub(super) fn is_crowded(&self) -> bool {
        let used = self.sets.iter().filter(|set| set.tag != 0).count();
        used > SETS / 8 * 7
    }

    /// Forgets everything if `generation` is another one than the last time (0 at first).
    pub fn at_generation(&mut self, generation: u64) {
        if generation != self.generation {
            self.generation = generation;
            self.invalidate_all();
        }
    }

    /// Forgets everything unless it was filled from this.
    pub(super) fn filled_from(
        &mut self,
        code: u64,
        (reach_bits, table_bytes): (u32, u64),
        stretches: &Stretches<'_>,
        roots: [u64; 2],
    ) {
        let filled = &self.filled;
        if (filled.code, filled.beyond, filled.roots) == (code, stretches.beyond(), roots)
            && filled.stretches == stretches.list()
        {
            return;
        }
        self.filled = Filled {
            code,
            stretches: stretches.list().to_vec(),
            beyond: stretches.beyond(),
            roots,
        };
        self.reach_bits = reach_bits;
        self.epoch = 1;
        self.nothing = vec![0; table_bytes.div_ceil(8) as usize].into();
        self.sets = vec![Set::default(); SETS].into();
        self.empty();
    }

    /// The sets, and the epoch in its place in a tag.
    pub(super) fn given(&mut self) -> (*mut Set, u64) {
        let epoch = self.epoch.checked_shl(64 - self.reach_bits).unwrap_or(0);
        (self.sets.as_mut_ptr(), epoch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn epochs_run_out_and_begin_again() {
        let mut cache = WalkCache::new(2);
        cache.sets = vec![Set::default(); SETS].into();
        cache.sets[5].tag = 7;
        for expected in [2, 3, 1] {
            cache.invalidate_all();
            assert_eq!(cache.epoch, expected);
        }
        assert_eq!(
            cache.sets[5].tag, 0,
            "old tags are gone before they come again"
        );
        let epoch = cache.epoch;
        cache.at_generation(0);
        assert_eq!(cache.epoch, epoch);
        cache.at_generation(9);
        assert_ne!(cache.epoch, epoch);
    }
}
