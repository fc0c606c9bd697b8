//! Sets of a few ways, each in the order of use: the newest first.

use super::part::GLOBAL;
use alloc::vec::Vec;

/// Sets of up to 16 ways. A way that is not valid has key 0 and stands behind all that are.
#[derive(Debug, Clone)]
pub(super) struct Sets {
    keys: Vec<u64>,
    tags: Vec<u32>,
    ways: usize,
}

/// Does something for a set with as many ways as the part has, known when compiled.
macro_rules! for_ways {
    ($self:ident, $set:ident, $call:ident ( $($argument:expr),* )) => {
        match $self.ways {
            1 => $self.$call::<1>($set, $($argument),*),
            2 => $self.$call::<2>($set, $($argument),*),
            4 => $self.$call::<4>($set, $($argument),*),
            6 => $self.$call::<6>($set, $($argument),*),
            8 => $self.$call::<8>($set, $($argument),*),
            12 => $self.$call::<12>($set, $($argument),*),
            16 => $self.$call::<16>($set, $($argument),*),
            // Any number of ways: 0 stands for as many as there are.
            _ => $self.$call::<0>($set, $($argument),*),
        }
    };
}

impl Sets {
    pub(super) fn new(sets: usize, ways: usize) -> Self {
        Self {
            keys: alloc::vec![0; sets * ways],
            tags: alloc::vec![0; sets * ways],
            ways,
        }
    }

    pub(super) fn entries(&self) -> usize {
        self.keys.len()
    }

    #[inline]
    fn row<const WAYS: usize>(&mut self, set: usize) -> (&mut [u64], &mut [u32]) {
        let ways = if WAYS == 0 { self.ways } else { WAYS };
        let start = set * ways;
        let keys = &mut self.keys[start..start + ways];
        (keys, &mut self.tags[start..start + ways])
    }

    /// Whether the entry for a key and a space is there, and global; it becomes the newest.
    #[inline]
    pub(super) fn find(&mut self, set: usize, key: u64, space: u32) -> Option<bool> {
        for_ways!(self, set, find_in(key, space))
    }

    #[inline]
    fn find_in<const WAYS: usize>(&mut self, set: usize, key: u64, space: u32) -> Option<bool> {
        let (keys, tags) = self.row::<WAYS>(set);
        let ours = |at: usize| keys[at] == key && (tags[at] == space || tags[at] == GLOBAL);
        let at = (0..keys.len()).find(|at| ours(*at))?;
        let tag = tags[at];
        to_front(keys, at, key);
        to_front(tags, at, tag);
        Some(tag == GLOBAL)
    }

    /// Puts an entry first; the key of the one that had to go, or 0.
    #[inline]
    pub(super) fn insert(&mut self, set: usize, key: u64, tag: u32) -> u64 {
        for_ways!(self, set, insert_in(key, tag))
    }

    #[inline]
    fn insert_in<const WAYS: usize>(&mut self, set: usize, key: u64, tag: u32) -> u64 {
        let (keys, tags) = self.row::<WAYS>(set);
        let last = keys.len() - 1;
        let gone = keys[last];
        to_front(keys, last, key);
        to_front(tags, last, tag);
        gone
    }

    /// Takes entries out; calls `each` with their keys.
    pub(super) fn remove(&mut self, gone: impl Fn(u64, u32) -> bool, mut each: impl FnMut(u64)) {
        let rows = self.keys.chunks_mut(self.ways);
        for (keys, tags) in rows.zip(self.tags.chunks_mut(self.ways)) {
            let mut kept = 0;
            for at in 0..keys.len() {
                let (key, tag) = (keys[at], tags[at]);
                if key == 0 {
                    break;
                }
                if gone(key, tag) {
                    each(key);
                } else {
                    (keys[kept], tags[kept]) = (key, tag);
                    kept += 1;
                }
            }
            keys[kept..].fill(0);
        }
    }
}

/// Moves what stands before `at` back by one and puts `first` in front.
#[inline]
fn to_front<T: Copy>(row: &mut [T], at: usize, first: T) {
    for place in (1..=at).rev() {
        row[place] = row[place - 1];
    }
    row[0] = first;
}
