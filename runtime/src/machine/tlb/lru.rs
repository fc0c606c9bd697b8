//! Sets of many ways: entries are found by a hash, and each set keeps a list in the order of use.

use super::part::GLOBAL;
use alloc::vec::Vec;

/// No entry.
const NONE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// 0 when it is not valid.
    key: u64,
    tag: u32,
    newer: u32,
    older: u32,
    /// The next one in the same bucket.
    next: u32,
}

/// Sets of any number of ways. Entries that are not valid stand at the end of their set's list.
#[derive(Debug, Clone)]
pub(super) struct LruSets {
    entries: Vec<Entry>,
    /// The newest and the oldest of each set.
    ends: Vec<(u32, u32)>,
    buckets: Vec<u32>,
    shift: u32,
}

impl LruSets {
    pub(super) fn new(sets: usize, ways: usize) -> Self {
        let count = sets * ways;
        let (ways, bits) = (ways as u32, (count.max(2) * 2).next_power_of_two().ilog2());
        let entry = |at: u32| Entry {
            key: 0,
            tag: 0,
            newer: if at % ways == 0 { NONE } else { at - 1 },
            older: if at % ways == ways - 1 { NONE } else { at + 1 },
            next: NONE,
        };
        // At most 2^20 entries.
        let ends = (0..sets as u32).map(|set| (set * ways, set * ways + ways - 1));
        Self {
            entries: (0..count as u32).map(entry).collect(),
            ends: ends.collect(),
            buckets: alloc::vec![NONE; 1 << bits],
            shift: 64 - bits,
        }
    }

    pub(super) fn entries(&self) -> usize {
        self.entries.len()
    }

    /// Multiplicative hashing (Knuth): the high bits of a product with 2^64 divided by the golden ratio.
    #[inline]
    fn bucket(&self, key: u64) -> usize {
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize
    }

    /// Whether the entry for a key and a space is there, and global; it becomes the newest.
    #[inline]
    pub(super) fn find(&mut self, set: usize, key: u64, space: u32) -> Option<bool> {
        let mut at = self.buckets[self.bucket(key)];
        while at != NONE {
            let entry = &self.entries[at as usize];
            if entry.key == key && (entry.tag == space || entry.tag == GLOBAL) {
                let global = entry.tag == GLOBAL;
                self.to_front(set, at);
                return Some(global);
            }
            at = entry.next;
        }
        None
    }

    #[inline]
    fn to_front(&mut self, set: usize, at: u32) {
        let (newest, oldest) = self.ends[set];
        if newest == at {
            return;
        }
        let Entry { newer, older, .. } = self.entries[at as usize];
        // It is not the newest: something is newer.
        self.entries[newer as usize].older = older;
        let oldest = if older == NONE {
            newer
        } else {
            self.entries[older as usize].newer = newer;
            oldest
        };
        let entry = &mut self.entries[at as usize];
        (entry.newer, entry.older) = (NONE, newest);
        self.entries[newest as usize].newer = at;
        self.ends[set] = (at, oldest);
    }

    /// Puts an entry first; the key of the one that had to go, or 0.
    #[inline]
    pub(super) fn insert(&mut self, set: usize, key: u64, tag: u32) -> u64 {
        let at = self.ends[set].1;
        let gone = self.entries[at as usize].key;
        if gone != 0 {
            self.unhash(at);
        }
        let bucket = self.bucket(key);
        let entry = &mut self.entries[at as usize];
        (entry.key, entry.tag, entry.next) = (key, tag, self.buckets[bucket]);
        self.buckets[bucket] = at;
        self.to_front(set, at);
        gone
    }

    /// Takes an entry out of its bucket.
    #[inline]
    fn unhash(&mut self, at: u32) {
        let Entry { key, next, .. } = self.entries[at as usize];
        let bucket = self.bucket(key);
        if self.buckets[bucket] == at {
            self.buckets[bucket] = next;
            return;
        }
        let mut before = self.buckets[bucket];
        while self.entries[before as usize].next != at {
            before = self.entries[before as usize].next;
        }
        self.entries[before as usize].next = next;
    }

    /// Takes entries out; calls `each` with their keys.
    pub(super) fn remove(&mut self, gone: impl Fn(u64, u32) -> bool, mut each: impl FnMut(u64)) {
        for set in 0..self.ends.len() {
            let mut at = self.ends[set].0;
            let mut out = Vec::new();
            while at != NONE {
                let entry = &self.entries[at as usize];
                if entry.key != 0 && gone(entry.key, entry.tag) {
                    out.push(at);
                }
                at = entry.older;
            }
            for at in out {
                each(self.entries[at as usize].key);
                self.unhash(at);
                self.entries[at as usize].key = 0;
                self.to_back(set, at);
            }
        }
    }

    fn to_back(&mut self, set: usize, at: u32) {
        let (newest, oldest) = self.ends[set];
        if oldest == at {
            return;
        }
        let Entry { newer, older, .. } = self.entries[at as usize];
        // It is not the oldest: something is older.
        self.entries[older as usize].newer = newer;
        let newest = if newer == NONE {
            older
        } else {
            self.entries[newer as usize].older = older;
            newest
        };
        let entry = &mut self.entries[at as usize];
        (entry.newer, entry.older) = (oldest, NONE);
        self.entries[oldest as usize].older = at;
        self.ends[set] = (newest, at);
    }
}
