//! The references of a pattern, one piece after the other.

use super::{Order, Pattern, Shape};
use crate::trace::{PIECE, Progress, References, TraceError};
use mapwright_machine::trace::Reference;
use mapwright_machine::{AccessKind, Random};

/// A pattern on its way.
#[derive(Debug, Clone)]
pub struct PatternStream {
    pattern: Pattern,
    done: u64,
    random: Random,
    /// The offset of the next reference, of patterns that go on from the last one.
    at: u64,
    /// Where a strided round began.
    round: u64,
}

impl PatternStream {
    pub(super) fn new(pattern: Pattern) -> Self {
        Self {
            pattern,
            done: 0,
            random: Random::new(pattern.seed),
            at: 0,
            round: 0,
        }
    }

    /// Moves behind `at` by `step`; at the end of the memory to `to`.
    fn advance(&mut self, step: u64, to: u64) -> u64 {
        let Pattern { bytes, size, .. } = self.pattern;
        let at = self.at;
        // Both are below 2^63.
        self.at = at + step;
        if self.at + u64::from(size) > bytes {
            self.at = to;
        }
        at
    }

    /// The offset of the next reference.
    fn next_offset(&mut self) -> u64 {
        let Pattern {
            shape, bytes, size, ..
        } = self.pattern;
        let size = u64::from(size);
        let units = bytes / size;
        match shape {
            Shape::Sequential => self.advance(size, 0),
            Shape::Strided { stride } => {
                let again = self.round + size;
                let last_start = stride.min(bytes);
                let again = if again + size > last_start { 0 } else { again };
                let at = self.advance(stride, again);
                if self.at == again && at + stride != again {
                    self.round = again;
                }
                at
            }
            Shape::Random => self.random.below(units) * size,
            Shape::Zipf => scatter(self.popular(units), units) * size,
            Shape::Chase { node } => self.chase(bytes / node.max(size)) * node.max(size),
            Shape::Matrix {
                rows,
                columns,
                order,
                tile,
            } => {
                let number = self.at;
                self.at = (number + 1) % (rows * columns);
                element(number, rows, columns, order, tile) * size
            }
        }
    }

    /// A number below `units`, n about as likely as 1 / (n + 1): each doubling of the numbers is as likely
    /// as any other, and within it all are alike.
    fn popular(&mut self, units: u64) -> u64 {
        let doublings = u64::from(units.max(1).ilog2()) + 1;
        loop {
            let first = 1 << self.random.below(doublings);
            let number = first - 1 + self.random.below(first);
            if number < units {
                return number;
            }
        }
    }

    /// The next node of a cycle through all of them: a congruential generator modulo a power of two whose
    /// period is all of it (Hull and Dobell: odd increment, multiplier 1 modulo 4); what is beyond the
    /// last node is passed over.
    fn chase(&mut self, nodes: u64) -> u64 {
        let mask = nodes.next_power_of_two() - 1;
        let increment = self.pattern.seed << 1 | 1;
        loop {
            let raw = self.at;
            self.at = raw
                .wrapping_mul(0x5851_f42d_4c95_7f2d)
                .wrapping_add(increment)
                & mask;
            let node = mix(raw, mask);
            if node < nodes {
                return node;
            }
        }
    }
}

/// Another number below a power of two, for each its own: the low bits of a congruential generator have short
/// periods, and would lie side by side.
fn mix(number: u64, mask: u64) -> u64 {
    let bits = mask.count_ones();
    let half = bits.div_ceil(2).max(1);
    let mut mixed = number;
    for _ in 0..2 {
        mixed = (mixed ^ mixed >> half).wrapping_mul(0x9e37_79b9_7f4a_7c15) & mask;
    }
    mixed ^ mixed >> half
}

/// Where the n-th most popular unit lies: a permutation of the numbers below `units`, the mixing of the next power
/// of two, walked on until it is one of them.
fn scatter(number: u64, units: u64) -> u64 {
    let mask = units.next_power_of_two() - 1;
    let mut at = number;
    loop {
        at = mix(at, mask);
        if at < units {
            return at;
        }
    }
}

/// The place of the n-th element that is visited, in a matrix that lies row by row.
fn element(number: u64, rows: u64, columns: u64, order: Order, tile: u64) -> u64 {
    let (row, column) = match order {
        Order::Rows => (number / columns, number % columns),
        Order::Columns => (number % rows, number / rows),
        Order::Tiles => {
            // A band is as many rows as a tile has; the last one may be lower, the last tile narrower.
            let band = number / (tile.min(rows) * columns);
            let high = tile.min(rows);
            let height = high.min(rows - band * high);
            let inside = number - band * high * columns;
            let across = inside / (height * tile.min(columns));
            let wide = tile.min(columns);
            let width = wide.min(columns - across * wide);
            let inside = inside - across * wide * height;
            let (row, column) = (inside / width, inside % width);
            (band * high + row, across * wide + column)
        }
    };
    row * columns + column
}

impl References for PatternStream {
    fn read(&mut self, into: &mut Vec<Reference>) -> Result<bool, TraceError> {
        let Pattern {
            count,
            start,
            size,
            write,
            ..
        } = self.pattern;
        let piece = (count - self.done).min(PIECE as u64);
        into.reserve(piece as usize);
        for _ in 0..piece {
            self.done += 1;
            let writes = write != 0 && self.done.is_multiple_of(write);
            into.push(Reference {
                address: start + self.next_offset(),
                bytes: size,
                kind: if writes {
                    AccessKind::Write
                } else {
                    AccessKind::Read
                },
            });
        }
        Ok(self.done < count)
    }

    fn progress(&self) -> Progress {
        Progress {
            references: self.done,
            done: self.done,
            total: Some(self.pattern.count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn offsets(text: &str) -> Vec<u64> {
        let pattern = Pattern::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let mut stream = pattern.stream();
        let mut found = Vec::new();
        while stream.read(&mut found).expect("no error") {}
        let progress = stream.progress();
        assert_eq!(progress.total, Some(found.len() as u64));
        assert_eq!(
            (progress.done, progress.references),
            (pattern.count, pattern.count)
        );
        let inside = |one: &Reference| {
            one.address >= pattern.start && one.last() - pattern.start < pattern.bytes
        };
        assert!(found.iter().all(inside), "{text}");
        found
            .iter()
            .map(|one| one.address - pattern.start)
            .collect()
    }

    #[test]
    fn walks() {
        assert_eq!(offsets("sequential:bytes=20,count=5"), [0, 8, 0, 8, 0]);
        assert_eq!(
            offsets("strided:bytes=64,stride=16,count=9"),
            [0, 16, 32, 48, 8, 24, 40, 56, 0]
        );
        assert_eq!(offsets("strided:bytes=16,stride=64,count=4"), [0, 8, 0, 8]);
        let matrix = |order| offsets(&format!("matrix:rows=2,columns=3,size=1,count=7,{order}"));
        assert_eq!(matrix("order=rows"), [0, 1, 2, 3, 4, 5, 0]);
        assert_eq!(matrix("order=columns"), [0, 3, 1, 4, 2, 5, 0]);
        assert_eq!(matrix("order=tiles,tile=2"), [0, 1, 3, 4, 2, 5, 0]);
    }

    /// Every element is visited once, whatever the tile.
    #[test]
    fn tiles_cover_a_matrix() {
        for (rows, columns, tile) in [(7, 5, 3), (1, 9, 4), (8, 8, 8), (3, 3, 100), (16, 4, 1)] {
            let count = rows * columns;
            let text = format!(
                "matrix:rows={rows},columns={columns},size=1,order=tiles,tile={tile},count={count}"
            );
            let mut all = offsets(&text);
            all.sort_unstable();
            assert!(all.into_iter().eq(0..count), "{text}");
        }
    }

    #[test]
    fn a_chase_visits_every_node_once() {
        for (bytes, seed) in [(64, 0), (640, 1), (64 * 1000, 2), (64 << 10, 99)] {
            let nodes = bytes / 64;
            let text = format!("chase:bytes={bytes},seed={seed},count={}", 2 * nodes);
            let all = offsets(&text);
            let (first, second) = all.split_at(nodes as usize);
            assert_eq!(first, second, "the same round again");
            let near = first
                .windows(2)
                .filter(|pair| pair[0].abs_diff(pair[1]) <= 64);
            assert!(nodes < 100 || near.count() < nodes as usize / 10, "{text}");
            let mut all = first.to_vec();
            all.sort_unstable();
            assert!(
                all.into_iter().eq((0..nodes).map(|node| node * 64)),
                "{text}"
            );
        }
    }

    /// The first of 1,000 units is as likely as the doubling from 512 on, and every seventh or so is
    /// chosen at all.
    #[test]
    fn zipf_is_skewed_and_random_is_not() {
        let count = |text: &str| {
            let mut counts: BTreeMap<u64, u32> = BTreeMap::new();
            offsets(text)
                .into_iter()
                .for_each(|at| *counts.entry(at).or_default() += 1);
            let mut counts: Vec<u32> = counts.into_values().collect();
            counts.sort_unstable_by(|a, b| b.cmp(a));
            counts
        };
        let zipf = count("zipf:bytes=8000,count=100K,seed=3");
        let half: u32 = zipf[..31].iter().sum();
        assert!((9_500..11_500).contains(&zipf[0]), "{}", zipf[0]);
        assert!(
            (48_000..56_000).contains(&half),
            "{half}: five doublings of ten"
        );
        let random = count("random:bytes=8000,count=100K,seed=3");
        assert!(random.len() == 1000 && random[0] < 170 && random[999] > 50);
        assert_ne!(offsets("random:count=9"), offsets("random:count=9,seed=1"));
        assert_eq!(offsets("random:count=9"), offsets("random:count=9"));
    }

    #[test]
    fn writes() {
        let pattern = Pattern::parse("random: count = 10, write = 3, size=0x4").expect("a pattern");
        let mut found = Vec::new();
        assert!(!pattern.stream().read(&mut found).expect("no error"));
        let writes: Vec<_> = found
            .iter()
            .map(|one| one.kind == AccessKind::Write)
            .collect();
        assert_eq!(writes.iter().filter(|writes| **writes).count(), 3);
        assert!(writes[2] && found[0].bytes == 4);
        assert!(
            !Pattern::parse("zipf:count=0")
                .expect("one")
                .stream()
                .read(&mut found)
                .expect("empty")
        );
    }

    #[test]
    fn mistakes() {
        let mistake = |text: &str| Pattern::parse(text).expect_err(text).to_string();
        for (text, expected) in [
            ("zip", "no pattern is named `zip`; did you mean `zipf`?"),
            (
                "",
                "no pattern is named ``; there are `sequential`, `strided`, `random`, `zipf`, `chase` and `matrix`",
            ),
            (
                "random:cuont=3",
                "the pattern has no key `cuont`; did you mean `count`?",
            ),
            (
                "random:stride=3",
                "the pattern has no key `stride`; there are `size`, `bytes`, `count`, `start`, `write` and `seed`",
            ),
            ("random:count=1,count=2", "`count` is given twice"),
            (
                "random:size=3T",
                "`size` cannot be `3T`: it is a number from 1 to 1048576",
            ),
            (
                "random:size=+3",
                "`size`: `+3` is not a number; a number is `4096`, `4K`, `0x1000`, `0b1010` or `0o17`; digits may be grouped with `_`",
            ),
            (
                "random:size=0X8",
                "`size`: `0X8` is not a number; write the prefix small: `0x`",
            ),
            (
                "matrix:order=up",
                "`order` cannot be `up`: it is `rows`, `columns` or `tiles`",
            ),
            (
                "random:start=0xffff_ffff_ffff_ffff",
                "0x4000000 bytes from 0xffffffffffffffff pass the end of all addresses",
            ),
            (
                "matrix:rows=1G,columns=1G,size=1M",
                "0xffffffffffffffff bytes from 0x0 pass the end of all addresses",
            ),
            (
                "chase:node=128,bytes=100",
                "`bytes` cannot be `100`: it is a number from 128 to 4611686018427387904",
            ),
        ] {
            assert_eq!(mistake(text), expected);
        }
    }
}
