//! Sets of up to 16 ways. The order of use of a set is one number: its ways as hexadecimal digits, the newest
//! in the lowest, so that the oldest one becomes the newest by a rotation.

use super::part::{GLOBAL, key};
use alloc::vec::Vec;

/// Sets of a few ways. A way that is not valid has key 0 and is older than all that are.
#[derive(Debug, Clone)]
pub(super) struct Sets {
    keys: Vec<u64>,
    /// The low halves of the keys, side by side for a comparison of a whole set at once.
    prints: Vec<u32>,
    tags: Vec<u32>,
    /// The order of use of each set.
    orders: Vec<u64>,
    ways: usize,
}

/// Does something for a set with as many ways as the part has, known when compiled.
macro_rules! for_ways {
    ($self:ident, $call:ident ( $($argument:expr),* )) => {
        match $self.ways {
            1 => $self.$call::<1>($($argument),*),
            2 => $self.$call::<2>($($argument),*),
            4 => $self.$call::<4>($($argument),*),
            8 => $self.$call::<8>($($argument),*),
            12 => $self.$call::<12>($($argument),*),
            16 => $self.$call::<16>($($argument),*),
            // Any number of ways: 0 stands for as many as there are.
            _ => $self.$call::<0>($($argument),*),
        }
    };
}

/// Every digit 1.
const ONES: u64 = 0x1111_1111_1111_1111;

/// The ways `0 .. ways` in this order.
const FIRST_ORDER: u64 = 0xfedc_ba98_7654_3210;

/// The order with the way of its last digit first; `last` is that digit's place in bits.
#[inline]
fn rotated(order: u64, last: u32) -> (u64, usize) {
    let way = order >> last & 15;
    // Digits up to the last one.
    let mask = u64::MAX >> (60 - last);
    ((order << 4 | way) & mask, way as usize)
}

/// The order with this way first.
#[inline]
fn with_first(order: u64, way: usize) -> u64 {
    // The lowest digit that is equal: the lowest that becomes 0, found by its borrow.
    let differs = order ^ (ONES * way as u64);
    let equal = differs.wrapping_sub(ONES) & !differs & ONES << 3;
    // Shifts of 4 to 64 bits in two steps.
    let above = equal.trailing_zeros() & !3;
    let kept = u64::MAX << above << 1 << 3;
    let below = order & !(u64::MAX << above);
    order & kept | below << 4 | way as u64
}

/// The low half of a key.
#[inline]
const fn print_of(key: u64) -> u32 {
    key as u32
}

/// A bit for each way that has this print. All are compared: nothing to be guessed wrong.
#[inline]
fn matches(prints: &[u32], print: u32) -> u32 {
    let mut same = 0;
    for (way, other) in prints.iter().enumerate() {
        same |= u32::from(*other == print) << way;
    }
    same
}

impl Sets {
    pub(super) fn new(sets: usize, ways: usize) -> Self {
        let order = FIRST_ORDER & u64::MAX >> (64 - 4 * ways);
        Self {
            keys: alloc::vec![0; sets * ways],
            prints: alloc::vec![0; sets * ways],
            tags: alloc::vec![0; sets * ways],
            orders: alloc::vec![order; sets],
            ways,
        }
    }

    pub(super) fn entries(&self) -> usize {
        self.keys.len()
    }

    /// Whether the entry for a key and a space is there, and global; it becomes the newest.
    #[inline]
    pub(super) fn find(&mut self, set: usize, key: u64, space: u32) -> Option<bool> {
        for_ways!(self, find_in(set, key, space))
    }

    #[inline]
    fn find_in<const WAYS: usize>(&mut self, set: usize, key: u64, space: u32) -> Option<bool> {
        let ways = if WAYS == 0 { self.ways } else { WAYS };
        let start = set * ways;
        let mut same = matches(&self.prints[start..start + ways], print_of(key));
        while same != 0 {
            let way = same.trailing_zeros() as usize;
            let tag = self.tags[start + way];
            if self.keys[start + way] == key && (tag == space || tag == GLOBAL) {
                self.orders[set] = with_first(self.orders[set], way);
                return Some(tag == GLOBAL);
            }
            same &= same - 1;
        }
        None
    }

    /// Puts an entry first; the key of the one that had to go, or 0.
    #[inline]
    pub(super) fn insert(&mut self, set: usize, key: u64, tag: u32) -> u64 {
        let last = 4 * (self.ways as u32 - 1);
        let (order, way) = rotated(self.orders[set], last);
        self.orders[set] = order;
        let at = set * self.ways + way;
        self.tags[at] = tag;
        self.prints[at] = print_of(key);
        core::mem::replace(&mut self.keys[at], key)
    }

    /// Looks pages up one after the other, each put first where it is not there, all of one space; `misses` gets
    /// those that were not. Nothing depends on a guess of what is there: a hit and a miss do the same.
    pub(super) fn play(&mut self, mask: u64, shift: u8, pages: &[u64], misses: &mut Vec<u64>) {
        misses.clear();
        misses.resize(pages.len(), 0);
        let count = match self.ways {
            1 => self.play_in::<1>(mask, shift, pages, misses),
            2 => self.play_in::<2>(mask, shift, pages, misses),
            4 => self.play_in::<4>(mask, shift, pages, misses),
            6 => self.play_in::<6>(mask, shift, pages, misses),
            8 => self.play_in::<8>(mask, shift, pages, misses),
            12 => self.play_in::<12>(mask, shift, pages, misses),
            16 => self.play_in::<16>(mask, shift, pages, misses),
            _ => self.play_any(mask, shift, pages, misses),
        };
        misses.truncate(count);
    }

    fn play_in<const WAYS: usize>(
        &mut self,
        mask: u64,
        shift: u8,
        pages: &[u64],
        misses: &mut [u64],
    ) -> usize {
        let (rows, _) = self.keys.as_chunks_mut::<WAYS>();
        let (prints, _) = self.prints.as_chunks_mut::<WAYS>();
        let mut count = 0;
        for page in pages {
            // A set's number is below the number of sets.
            let set = (page & mask) as usize;
            let (row, prints, order) = (&mut rows[set], &mut prints[set], &mut self.orders[set]);
            let key = key(*page, shift);
            let same = matches(prints, print_of(key));
            let there = same.trailing_zeros() as usize;
            let mut hit = same != 0;
            let mut there = there.min(WAYS - 1);
            if hit && row[there] != key {
                // Another page with the same low half: pages that lie 256 GiB apart, of 4 KiB.
                let other = row.iter().position(|other| *other == key);
                (hit, there) = (other.is_some(), other.unwrap_or(0));
            }
            let oldest = (*order >> (4 * (WAYS - 1)) & 15) as usize;
            let way = if hit { there } else { oldest };
            *order = with_first(*order, way);
            let way = way.min(WAYS - 1);
            (row[way], prints[way]) = (key, print_of(key));
            misses[count] = *page;
            count += usize::from(!hit);
        }
        count
    }

    fn play_any(&mut self, mask: u64, shift: u8, pages: &[u64], misses: &mut [u64]) -> usize {
        let mut count = 0;
        for page in pages {
            let (set, key) = ((page & mask) as usize, key(*page, shift));
            if self.find(set, key, 0).is_none() {
                self.insert(set, key, 0);
                misses[count] = *page;
                count += 1;
            }
        }
        count
    }

    /// Takes entries out; calls `each` with their keys.
    pub(super) fn remove(&mut self, gone: impl Fn(u64, u32) -> bool, mut each: impl FnMut(u64)) {
        for (set, order) in self.orders.iter_mut().enumerate() {
            let digits = (0..self.ways).map(|digit| (*order >> (4 * digit) & 15) as usize);
            let (mut kept, mut out) = (Vec::new(), Vec::new());
            for way in digits {
                let at = set * self.ways + way;
                let key = self.keys[at];
                if key != 0 && gone(key, self.tags[at]) {
                    each(key);
                    (self.keys[at], self.prints[at]) = (0, 0);
                    out.push(way);
                } else {
                    kept.push(way);
                }
            }
            if !out.is_empty() {
                let ways = kept.iter().chain(&out).rev();
                *order = ways.fold(0, |order, way| order << 4 | *way as u64);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders() {
        assert_eq!(rotated(0x3210, 12), (0x2103, 3));
        assert_eq!(rotated(0, 0), (0, 0));
        assert_eq!(rotated(FIRST_ORDER, 60), (0xedcb_a987_6543_210f, 15));
        assert_eq!(with_first(0x3210, 0), 0x3210);
        assert_eq!(with_first(0x3210, 2), 0x3102);
        assert_eq!(with_first(0x3210, 3), 0x2103);
        assert_eq!(with_first(FIRST_ORDER, 15), 0xedcb_a987_6543_210f);
        assert_eq!(with_first(0xedcb_a987_6543_210f, 0), 0xedcb_a987_6543_21f0);
    }
}
