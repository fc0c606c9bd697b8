//! Sets of many ways: entries are found by a hash, and each set is a ring in the order of use, so that the oldest
//! becomes the newest by turning it.

use super::part::{GLOBAL, key};
use alloc::vec::Vec;

/// No entry.
const NONE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
struct Entry {
    /// 0 when it is not valid.
    key: u64,
    tag: u32,
    /// The next newer one; for the newest, the oldest.
    newer: u32,
    /// The next older one; for the oldest, the newest.
    older: u32,
    /// Where a valid one stands in the hash table.
    slot: u32,
}

/// Sets of any number of ways. Entries that are not valid are older than all that are.
#[derive(Debug, Clone)]
pub(super) struct LruSets {
    entries: Vec<Entry>,
    /// The newest of each set.
    newest: Vec<u32>,
    /// A hash table with linear probing: numbers of valid entries.
    slots: Vec<u32>,
    shift: u32,
}

impl LruSets {
    pub(super) fn new(sets: usize, ways: usize) -> Self {
        // At most 2^20 entries.
        let (count, ways) = ((sets * ways) as u32, ways as u32);
        // Nearly empty, so that searches end where they begin, while it is small enough for a cache.
        let spare = match count {
            0..512 => 16,
            512..4096 => 8,
            _ => 2,
        };
        let bits = (count.max(2) * spare).next_power_of_two().ilog2();
        let entry = |at: u32| {
            let first = at - at % ways;
            Entry {
                key: 0,
                tag: 0,
                newer: first + (at % ways + ways - 1) % ways,
                older: first + (at % ways + 1) % ways,
                slot: 0,
            }
        };
        Self {
            entries: (0..count).map(entry).collect(),
            newest: (0..sets as u32).map(|set| set * ways).collect(),
            slots: alloc::vec![NONE; 1 << bits],
            shift: 64 - bits,
        }
    }

    pub(super) fn entries(&self) -> usize {
        self.entries.len()
    }

    /// Where a key's search begins. Multiplicative hashing (Knuth): the high bits of a product with 2^64 divided
    /// by the golden ratio.
    #[inline]
    fn home(&self, key: u64) -> usize {
        (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize
    }

    #[inline]
    fn next(&self, slot: usize) -> usize {
        (slot + 1) & (self.slots.len() - 1)
    }

    /// Whether the entry for a key and a space is there, and global; it becomes the newest.
    #[inline]
    pub(super) fn find(&mut self, set: usize, key: u64, space: u32) -> Option<bool> {
        let at = self.search(self.home(key), key, space)?;
        self.make_newest(set, at);
        Some(self.entries[at as usize].tag == GLOBAL)
    }

    /// The entry for a key and a space, from the key's home on.
    #[inline]
    fn search(&self, home: usize, key: u64, space: u32) -> Option<u32> {
        let mut slot = home;
        loop {
            let at = self.slots[slot];
            if at == NONE {
                return None;
            }
            let entry = &self.entries[at as usize];
            if entry.key == key && (entry.tag == space || entry.tag == GLOBAL) {
                return Some(at);
            }
            slot = self.next(slot);
        }
    }

    #[inline]
    fn make_newest(&mut self, set: usize, at: u32) {
        let front = self.newest[set];
        if front == at {
            return;
        }
        self.newest[set] = at;
        let oldest = self.entries[front as usize].newer;
        if oldest == at {
            // The ring is turned.
            return;
        }
        let Entry { newer, older, .. } = self.entries[at as usize];
        self.entries[newer as usize].older = older;
        self.entries[older as usize].newer = newer;
        self.entries[oldest as usize].older = at;
        self.entries[front as usize].newer = at;
        let entry = &mut self.entries[at as usize];
        (entry.newer, entry.older) = (oldest, front);
    }

    /// Puts an entry first; the key of the one that had to go, or 0.
    #[inline]
    pub(super) fn insert(&mut self, set: usize, key: u64, tag: u32) -> u64 {
        self.put(set, key, tag, self.home(key))
    }

    /// Puts an entry first; its slot is looked for from `from` on.
    #[inline]
    fn put(&mut self, set: usize, key: u64, tag: u32, from: usize) -> u64 {
        // The oldest is on the newer side of the newest.
        let front = self.newest[set];
        let at = self.entries[front as usize].newer;
        let Entry {
            key: gone,
            slot: old,
            ..
        } = self.entries[at as usize];
        if gone != 0 {
            self.unhash(old as usize);
        }
        let mut slot = from;
        while self.slots[slot] != NONE {
            slot = self.next(slot);
        }
        self.slots[slot] = at;
        let entry = &mut self.entries[at as usize];
        (entry.key, entry.tag, entry.slot) = (key, tag, slot as u32);
        self.newest[set] = at;
        gone
    }

    /// Looks pages up one after the other, each put first where it is not there, all of one space; `misses` gets
    /// those that were not.
    pub(super) fn play(&mut self, mask: u64, shift: u8, pages: &[u64], misses: &mut Vec<u64>) {
        misses.clear();
        for page in pages {
            // A set's number is below the number of sets.
            let (set, key) = ((page & mask) as usize, key(*page, shift));
            let home = self.home(key);
            match self.search(home, key, 0) {
                Some(at) => self.make_newest(set, at),
                None => {
                    self.put(set, key, 0, home);
                    misses.push(*page);
                }
            }
        }
    }

    /// Empties a slot of the hash table; what is behind it moves up.
    #[inline]
    fn unhash(&mut self, slot: usize) {
        let (mut hole, mut slot) = (slot, self.next(slot));
        let mask = self.slots.len() - 1;
        while self.slots[slot] != NONE {
            let moved = self.slots[slot];
            let home = self.home(self.entries[moved as usize].key);
            // It may move to the hole when that is not before its home, going round.
            if slot.wrapping_sub(home) & mask >= slot.wrapping_sub(hole) & mask {
                self.slots[hole] = moved;
                self.entries[moved as usize].slot = hole as u32;
                hole = slot;
            }
            slot = self.next(slot);
        }
        self.slots[hole] = NONE;
    }

    /// Takes entries out; calls `each` with their keys.
    pub(super) fn remove(&mut self, gone: impl Fn(u64, u32) -> bool, mut each: impl FnMut(u64)) {
        let ways = self.entries.len() / self.newest.len();
        for set in 0..self.newest.len() {
            let (mut kept, mut out) = (Vec::new(), Vec::new());
            let mut at = self.newest[set];
            for _ in 0..ways {
                let Entry {
                    key,
                    tag,
                    older,
                    slot,
                    ..
                } = self.entries[at as usize];
                if key != 0 && gone(key, tag) {
                    each(key);
                    self.unhash(slot as usize);
                    self.entries[at as usize].key = 0;
                    out.push(at);
                } else {
                    kept.push(at);
                }
                at = older;
            }
            if !out.is_empty() {
                kept.extend(out);
                self.link(set, &kept);
            }
        }
    }

    /// Makes the ring of a set anew, the newest first.
    fn link(&mut self, set: usize, order: &[u32]) {
        self.newest[set] = order[0];
        let older = order.iter().cycle().skip(1);
        for (at, older) in order.iter().zip(older) {
            self.entries[*at as usize].older = *older;
            self.entries[*older as usize].newer = *at;
        }
    }
}
