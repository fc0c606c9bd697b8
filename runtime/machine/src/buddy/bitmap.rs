//! A set of small numbers whose lowest member is found in a handful of loads.

use alloc::vec::Vec;

/// Bits in a word.
const WORD: u64 = 64;
/// Levels that 64-bit numbers can need, with 64 bits a word.
const MOST_LEVELS: usize = 11;

/// A bitmap under a pyramid of summaries: bit `n` of a level is set when word `n` of the level below
/// is not zero. The cost is 1 bit a number, and 1/63 of that for the summaries.
///
/// All levels are brought up to date at each change, without a branch: which words turn zero is as good
/// as random, and a branch foretold wrongly costs more than all levels together.
#[derive(Debug, Clone)]
pub(super) struct Bitmap {
    /// The numbers.
    words: Vec<u64>,
    /// The summaries, lowest level first.
    summaries: Vec<u64>,
    /// Where each level begins in `summaries`.
    starts: [usize; MOST_LEVELS],
    /// How many levels of summaries there are.
    levels: usize,
    /// How many numbers are in the set.
    count: u64,
}

/// How many levels of summaries a set of numbers below `length` needs.
pub(super) fn levels(length: u64) -> usize {
    let words = length.div_ceil(WORD).max(1);
    words.next_power_of_two().ilog2().div_ceil(6) as usize
}

/// The words of the numbers, and of all summaries.
fn sizes(length: u64, least: usize) -> (u64, u64) {
    let words = length.div_ceil(WORD).max(1);
    let (mut total, mut left, mut levels) = (0, words, 0);
    while left > 1 || levels < least {
        left = left.div_ceil(WORD);
        total += left;
        levels += 1;
    }
    (words, total)
}

impl Bitmap {
    /// The empty set of numbers below `length`, with at least so many levels of summaries.
    pub(super) fn new(length: u64, least: usize) -> Self {
        let (words, summaries) = sizes(length, least);
        let mut starts = [0; MOST_LEVELS];
        let (mut levels, mut total, mut left) = (0, 0, words);
        while left > 1 || levels < least {
            left = left.div_ceil(WORD);
            starts[levels] = total;
            levels += 1;
            total += left as usize;
        }
        Self {
            // Zeroed memory from the system is not touched until it is written.
            words: alloc::vec![0; words as usize],
            summaries: alloc::vec![0; summaries as usize],
            starts,
            levels,
            count: 0,
        }
    }

    /// The bytes that [`Bitmap::new`] takes.
    pub(super) fn host_bytes(length: u64, least: usize) -> u64 {
        let (words, summaries) = sizes(length, least);
        (words + summaries) * 8
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// Whether a number below the length is in the set.
    #[inline]
    pub(super) fn contains(&self, number: u64) -> bool {
        self.words[(number / WORD) as usize] >> (number % WORD) & 1 == 1
    }

    /// Adds a number that is not in the set.
    #[inline]
    pub(super) fn insert(&mut self, number: u64) {
        let at = (number / WORD) as usize;
        self.merge_word(at, 1 << (number % WORD), 1);
    }

    /// Adds numbers of one word, at least one and none of which is in the set.
    #[inline]
    pub(super) fn merge_word(&mut self, at: usize, bits: u64, count: u64) {
        debug_assert!(self.words[at] & bits == 0 && bits != 0);
        self.count += count;
        self.words[at] |= bits;
        let mut at = at;
        for start in &self.starts[..self.levels] {
            self.summaries[start + at / 64] |= 1 << (at % 64);
            at /= 64;
        }
    }

    /// Notes in the summaries that word `at` may have turned zero.
    #[inline]
    fn note(&mut self, at: usize) {
        let mut at = at;
        let mut empty = u64::from(self.words[at] == 0);
        for start in &self.starts[..self.levels] {
            let word = &mut self.summaries[start + at / 64];
            *word &= !(empty << (at % 64));
            empty &= u64::from(*word == 0);
            at /= 64;
        }
    }

    /// Takes a number out that is in the set.
    #[inline]
    pub(super) fn remove(&mut self, number: u64) {
        debug_assert!(self.contains(number));
        self.clear_in_word((number / WORD) as usize, 1 << (number % WORD), 1);
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

    /// Word `at` of the numbers.
    #[inline]
    pub(super) fn word(&self, at: usize) -> u64 {
        self.words[at]
    }

    /// Takes numbers of one word out, all of which are in the set.
    #[inline]
    pub(super) fn clear_in_word(&mut self, at: usize, bits: u64, count: u64) {
        self.words[at] &= !bits;
        self.count -= count;
        self.note(at);
    }

    /// Takes the lowest number out.
    #[inline]
    pub(super) fn pop_first(&mut self) -> Option<u64> {
        if self.count == 0 {
            return None;
        }
        let at = self.lowest();
        let word = &mut self.words[at];
        let number = at as u64 * WORD + u64::from(word.trailing_zeros());
        *word &= word.wrapping_sub(1);
        self.count -= 1;
        self.note(at);
        Some(number)
    }

    /// Takes up to `wanted` of the lowest numbers out of one word, and calls `each` with them in
    /// rising order. Returns how many: 0 when the set is empty.
    #[inline]
    pub(super) fn pop_run(&mut self, wanted: u64, each: &mut impl FnMut(u64)) -> u64 {
        if self.count == 0 || wanted == 0 {
            return 0;
        }
        let at = self.lowest();
        let base = at as u64 * WORD;
        let word = &mut self.words[at];
        let mut taken = 0;
        while *word != 0 && taken < wanted {
            each(base + u64::from(word.trailing_zeros()));
            *word &= *word - 1;
            taken += 1;
        }
        self.count -= taken;
        self.note(at);
        taken
    }

    /// The lowest word with a number, of which there is one.
    #[inline]
    fn lowest(&self) -> usize {
        let levels = self.starts[..self.levels].iter().rev();
        levels.fold(0, |at, start| {
            at * 64 + self.summaries[start + at].trailing_zeros() as usize
        })
    }

    /// Adds `first .. end`, none of which is in the set, whole words at a time.
    pub(super) fn insert_range(&mut self, first: u64, end: u64) {
        if first >= end {
            return;
        }
        let (head, tail) = (first / WORD, (end - 1) / WORD);
        for at in head..=tail {
            let low = first.max(at * WORD) - at * WORD;
            let high = end.min((at + 1) * WORD) - at * WORD;
            let bits = u64::MAX >> (WORD - (high - low)) << low;
            self.merge_word(at as usize, bits, high - low);
        }
    }

    /// The members in rising order.
    pub(super) fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        let low = if self.count == 0 {
            self.words.len()
        } else {
            self.lowest()
        };
        let words = self.words.iter().enumerate().skip(low);
        words.flat_map(|(at, word)| {
            let rests =
                core::iter::successors(Some(*word), |rest| Some(rest & rest.wrapping_sub(1)));
            let rests = rests.take_while(|rest| *rest != 0);
            rests.map(move |rest| at as u64 * WORD + u64::from(rest.trailing_zeros()))
        })
    }

    /// The number of members, counted anew.
    pub(super) fn recount(&self) -> u64 {
        let ones = self.words.iter().map(|word| u64::from(word.count_ones()));
        ones.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Random;
    use std::collections::BTreeSet;

    /// Every operation on the pyramid is the operation on an ordered set.
    #[test]
    fn like_an_ordered_set() {
        for (seed, length) in [(1, 1), (2, 63), (3, 64), (4, 4097), (5, 300_000)] {
            let mut random = Random::new(seed);
            let mut bitmap = Bitmap::new(length, 0);
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
                        let mut popped = Vec::new();
                        bitmap.pop_run(3, &mut |number| popped.push(number));
                        for number in popped {
                            assert_eq!(set.pop_first(), Some(number));
                        }
                    }
                }
                assert_eq!(bitmap.count(), set.len() as u64);
                assert_eq!(bitmap.contains(number), set.contains(&number));
            }
            assert!(bitmap.iter().eq(set.iter().copied()));
        }
    }

    #[test]
    fn runs_and_ranges() {
        for (first, end) in [
            (0, 0),
            (0, 1),
            (5, 64),
            (64, 128),
            (3, 9_000),
            (8_191, 8_200),
        ] {
            let mut bitmap = Bitmap::new(9_000, 0);
            bitmap.insert_range(first, end);
            assert!(bitmap.iter().eq(first..end));
            let mut popped = Vec::new();
            while bitmap.pop_run(7, &mut |number| popped.push(number)) != 0 {}
            assert!(popped.into_iter().eq(first..end));
            assert_eq!(bitmap.pop_first(), None);
            assert_eq!((bitmap.count(), bitmap.recount()), (0, 0));
        }
    }

    #[test]
    fn cost() {
        // A quarter of a byte a frame is the sum over all orders of an eighth and its halves.
        assert_eq!(
            Bitmap::host_bytes(1 << 24, 0),
            (262_144 + 4_096 + 64 + 1) * 8
        );
        assert_eq!(Bitmap::host_bytes(0, 0), 8);
        let bitmap = Bitmap::new(5_000, 0);
        let words = bitmap.words.len() + bitmap.summaries.len();
        assert_eq!(words as u64 * 8, Bitmap::host_bytes(5_000, 0));
    }
}
