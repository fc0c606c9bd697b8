//! A set of small numbers whose lowest member is found in a handful of loads.

use alloc::vec::Vec;

/// Bits in a word.
const WORD: u64 = 64;
/// Levels that 64-bit numbers can need, with 64 bits a word.
const MOST_LEVELS: usize = 11;

/// A bitmap under a pyramid of summaries: bit `n` of a level says that word `n` of the level below
/// is not zero. The cost is 1 bit a number, and 1/63 of that for the summaries.
#[derive(Debug, Clone)]
pub(super) struct Bitmap {
    /// All levels, the numbers first.
    words: Vec<u64>,
    /// Where each level begins in `words`.
    starts: [usize; MOST_LEVELS],
    /// How many levels there are, at least 1.
    levels: usize,
    /// How many numbers are in the set.
    count: u64,
}

impl Bitmap {
    /// The empty set of numbers below `length`.
    pub(super) fn new(length: u64) -> Self {
        let mut starts = [0; MOST_LEVELS];
        let (mut levels, mut total, mut left) = (0, 0, length);
        loop {
            left = left.div_ceil(WORD).max(1);
            starts[levels] = total;
            levels += 1;
            total += left as usize;
            if left == 1 {
                break;
            }
        }
        Self {
            // Zeroed memory from the system is not touched until it is written.
            words: alloc::vec![0; total],
            starts,
            levels,
            count: 0,
        }
    }

    /// The bytes that a set of numbers below `length` takes.
    pub(super) fn host_bytes(length: u64) -> u64 {
        let (mut total, mut left) = (0, length);
        loop {
            left = left.div_ceil(WORD).max(1);
            total += left;
            if left == 1 {
                return total * 8;
            }
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    #[inline]
    pub(super) fn contains(&self, number: u64) -> bool {
        let word = self.words.get((number / WORD) as usize);
        word.is_some_and(|word| word >> (number % WORD) & 1 == 1)
    }

    /// Adds a number that is not in the set.
    #[inline]
    pub(super) fn insert(&mut self, number: u64) {
        debug_assert!(!self.contains(number));
        self.count += 1;
        let mut at = number;
        for level in 0..self.levels {
            let word = &mut self.words[self.starts[level] + (at / WORD) as usize];
            let before = *word;
            *word |= 1 << (at % WORD);
            if before != 0 {
                return;
            }
            at /= WORD;
        }
    }

    /// Takes a number out that is in the set.
    #[inline]
    pub(super) fn remove(&mut self, number: u64) {
        debug_assert!(self.contains(number));
        self.count -= 1;
        let mut at = number;
        for level in 0..self.levels {
            let word = &mut self.words[self.starts[level] + (at / WORD) as usize];
            *word &= !(1 << (at % WORD));
            if *word != 0 {
                return;
            }
            at /= WORD;
        }
    }

    /// Takes a number out if it is in the set, and says whether it was.
    #[inline]
    pub(super) fn take(&mut self, number: u64) -> bool {
        let found = self.contains(number);
        if found {
            self.remove(number);
        }
        found
    }

    /// Takes the lowest number out.
    #[inline]
    pub(super) fn pop_first(&mut self) -> Option<u64> {
        if self.count == 0 {
            return None;
        }
        let mut at = 0;
        for level in (0..self.levels).rev() {
            let word = self.words[self.starts[level] + at as usize];
            at = at * WORD + u64::from(word.trailing_zeros());
        }
        self.remove(at);
        Some(at)
    }

    /// Takes up to `wanted` of the lowest numbers out of one word, and calls `each` with them in
    /// rising order. Returns how many: 0 when the set is empty.
    pub(super) fn pop_run(&mut self, wanted: u64, each: &mut impl FnMut(u64)) -> u64 {
        if self.count == 0 || wanted == 0 {
            return 0;
        }
        let mut at = 0;
        for level in (1..self.levels).rev() {
            let word = self.words[self.starts[level] + at as usize];
            at = at * WORD + u64::from(word.trailing_zeros());
        }
        let word = &mut self.words[at as usize];
        let mut taken = 0;
        while *word != 0 && taken < wanted {
            each(at * WORD + u64::from(word.trailing_zeros()));
            *word &= *word - 1;
            taken += 1;
        }
        self.count -= taken;
        if *word == 0 {
            self.clear_summary(at);
        }
        taken
    }

    /// Notes that word `at` of the numbers has become zero.
    fn clear_summary(&mut self, mut at: u64) {
        for level in 1..self.levels {
            let word = &mut self.words[self.starts[level] + (at / WORD) as usize];
            *word &= !(1 << (at % WORD));
            if *word != 0 {
                return;
            }
            at /= WORD;
        }
    }

    /// Adds `first .. end`, none of which is in the set, whole words at a time.
    pub(super) fn insert_range(&mut self, first: u64, end: u64) {
        if first >= end {
            return;
        }
        self.count += end - first;
        let (mut first, mut end) = (first, end);
        for level in 0..self.levels {
            let start = self.starts[level];
            let (head, tail) = (first / WORD, (end - 1) / WORD);
            for at in head..=tail {
                let low = first.max(at * WORD) - at * WORD;
                let high = end.min((at + 1) * WORD) - at * WORD;
                self.words[start + at as usize] |= u64::MAX >> (WORD - (high - low)) << low;
            }
            (first, end) = (head, tail + 1);
        }
    }

    /// The members from `from` on, in rising order.
    pub(super) fn iter_from(&self, from: u64) -> impl Iterator<Item = u64> + '_ {
        core::iter::successors(self.next_at_or_above(from), |last| {
            self.next_at_or_above(last + 1)
        })
    }

    /// The lowest member that is at least `from`.
    fn next_at_or_above(&self, from: u64) -> Option<u64> {
        // Up to the first level that has something right of the path, then down its left edge.
        let mut at = from;
        let mut level = 0;
        loop {
            if level == self.levels {
                return None;
            }
            let index = (at / WORD) as usize;
            let end = self.starts[level + 1..self.levels].first();
            let end = end.copied().unwrap_or(self.words.len());
            if self.starts[level] + index >= end {
                return None;
            }
            let word = self.words[self.starts[level] + index] & u64::MAX << (at % WORD);
            if word != 0 {
                at = at / WORD * WORD + u64::from(word.trailing_zeros());
                break;
            }
            at = at / WORD + 1;
            level += 1;
        }
        for level in (0..level).rev() {
            let word = self.words[self.starts[level] + at as usize];
            at = at * WORD + u64::from(word.trailing_zeros());
        }
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Random;
    use std::collections::BTreeSet;

    /// Every operation on the pyramid is the operation on an ordered set.
    #[test]
    fn like_an_ordered_set() {
        for (seed, length) in [(1, 1), (2, 63), (3, 64), (4, 4097), (5, 300_000)] {
            let mut random = Random::new(seed);
            let mut bitmap = Bitmap::new(length);
            let mut set = BTreeSet::new();
            for _ in 0..4_000 {
                let number = random.below(length);
                match random.below(5) {
                    0 | 1 => {
                        if set.insert(number) {
                            bitmap.insert(number);
                        }
                    }
                    2 => assert_eq!(bitmap.take(number), set.remove(&number)),
                    3 => assert_eq!(bitmap.pop_first(), set.pop_first()),
                    _ => {
                        let found = bitmap.iter_from(number).take(3);
                        assert!(found.eq(set.range(number..).copied().take(3)));
                    }
                }
                assert_eq!(bitmap.count(), set.len() as u64);
                assert_eq!(bitmap.contains(number), set.contains(&number));
            }
            assert!(bitmap.iter_from(0).eq(set.iter().copied()));
        }
    }

    #[test]
    fn runs_and_ranges() {
        for (first, end) in [(0, 0), (0, 1), (5, 64), (64, 128), (3, 9_000), (8_191, 8_200)] {
            let mut bitmap = Bitmap::new(9_000);
            bitmap.insert_range(first, end);
            assert!(bitmap.iter_from(0).eq(first..end));
            let mut popped = Vec::new();
            while bitmap.pop_run(7, &mut |number| popped.push(number)) != 0 {}
            assert!(popped.into_iter().eq(first..end));
            assert_eq!(bitmap.pop_first(), None);
            assert!(bitmap.words.iter().all(|word| *word == 0), "summaries too");
        }
    }

    #[test]
    fn cost() {
        // A quarter of a byte a frame is the sum over all orders of an eighth and its halves.
        assert_eq!(Bitmap::host_bytes(1 << 24), (262_144 + 4_096 + 64 + 1) * 8);
        assert_eq!(Bitmap::host_bytes(0), 8);
        assert_eq!(
            Bitmap::new(5_000).words.len() as u64 * 8,
            Bitmap::host_bytes(5_000)
        );
    }
}
