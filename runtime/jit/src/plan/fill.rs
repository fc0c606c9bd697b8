//! Filling the tables of a shape.

use super::super::table::{Leaf, Node, Root};
use super::region::{Region, Tail};
use alloc::vec::Vec;
use core::ops::Range;

/// A difference of less than this has a sign.
const HALF: u64 = 1 << 63;

/// Fills the tables of a shape. Changes are named by their positions; change `n` begins code
/// `n + 1`.
pub(super) struct Filler<'a> {
    cuts: &'a [u64],
    tail: Tail,
    /// The first key of the bucket beyond the clamp.
    clamp: Option<u64>,
    pub(super) nodes: Vec<Node>,
    pub(super) leaves: Vec<Leaf>,
}

/// A bucket: its keys and its changes.
struct Bucket {
    base: u64,
    last: u64,
    cuts: Range<usize>,
}

impl<'a> Filler<'a> {
    pub(super) fn new(cuts: &'a [u64], tail: Tail) -> Self {
        Self {
            cuts,
            tail,
            clamp: None,
            nodes: Vec::new(),
            leaves: Vec::new(),
        }
    }

    /// Fills everything below the root.
    pub(super) fn fill(&mut self, root: Root, depth: u32) {
        let buckets: Vec<Bucket> = match root {
            Root::None => return,
            Root::Log => (0..=64)
                .map(|class| {
                    let Region { base, last, .. } = Region::of_class(self.cuts, class, self.tail);
                    self.bucket(base, last)
                })
                .collect(),
            Root::Shift { shift, clamp } => {
                self.clamp = clamp.map(|clamp| clamp << shift);
                let top = clamp.unwrap_or(u64::MAX >> shift);
                let end = |number: u64| match clamp {
                    Some(clamp) if clamp == number => u64::MAX,
                    _ => number << shift | ((1 << shift) - 1),
                };
                (0..=top)
                    .map(|number| self.bucket(number << shift, end(number)))
                    .collect()
            }
        };
        self.fill_buckets(&buckets, depth);
    }

    fn bucket(&self, base: u64, last: u64) -> Bucket {
        let from = self.cuts.partition_point(|cut| *cut < base);
        let to = self.cuts.partition_point(|cut| *cut <= last);
        Bucket {
            base,
            last,
            cuts: from..to,
        }
    }

    /// The buckets of this size of a bucket.
    fn split(&self, whole: &Bucket, shift: u32) -> Vec<Bucket> {
        let mut from = whole.cuts.start;
        let numbers = whole.base >> shift..=whole.last >> shift;
        let bucket = |number: u64| {
            let base = number << shift;
            let last = base | ((1 << shift) - 1);
            let inside = self.cuts[from..whole.cuts.end].iter();
            let to = from + inside.take_while(|cut| **cut <= last).count();
            let cuts = from..to;
            from = to;
            Bucket { base, last, cuts }
        };
        numbers.map(bucket).collect()
    }

    /// Entries for all buckets, side by side, with `levels` levels of nodes from here on.
    fn fill_buckets(&mut self, buckets: &[Bucket], levels: u32) {
        if levels == 0 {
            let leaves: Vec<Leaf> = buckets.iter().map(|bucket| self.leaf(bucket)).collect();
            self.leaves.extend(leaves);
            return;
        }
        let first = self.nodes.len();
        let empty = Node { shift: 0, base: 0 };
        self.nodes.resize(first + buckets.len(), empty);
        for (number, bucket) in buckets.iter().enumerate() {
            self.nodes[first + number] = self.node(bucket, levels - 1);
        }
    }

    /// The leaf of a simple bucket.
    fn leaf(&self, bucket: &Bucket) -> Leaf {
        let Range { start, end } = bucket.cuts;
        // Changes up to the very beginning are behind us; their number is the code there.
        let here = start + usize::from(start < end && self.cuts[start] == bucket.base);
        let Bucket { base, last, .. } = *bucket;
        // Where keys are clamped, nothing above the first key of the last bucket is ever compared.
        let last = if self.clamp == Some(base) { base } else { last };
        match self.cuts[..end].get(here) {
            Some(boundary) if self.tail.halvings == 0 => Leaf {
                boundary: *boundary,
                first: here as u32,
                near: boundary - base <= HALF && *boundary <= last && last - boundary < HALF,
            },
            // No change: all keys are from the boundary on, modulo 2^32. Where one of these boundaries
            // will do, leaves are alike.
            None if self.tail.halvings == 0 => {
                let boundary = match (base, last) {
                    (_, ..HALF) => 0,
                    (HALF.., _) => HALF,
                    _ => base,
                };
                Leaf {
                    boundary,
                    first: (here as u32).wrapping_sub(1),
                    near: last - boundary < HALF,
                }
            }
            _ => Leaf {
                boundary: 0,
                first: here as u32,
                near: false,
            },
        }
    }

    /// The node that leads to the tables of a bucket, with `levels` levels of nodes below it.
    fn node(&mut self, bucket: &Bucket, levels: u32) -> Node {
        let Bucket { base, last, .. } = *bucket;
        let cuts = &self.cuts[bucket.cuts.clone()];
        let choice = Region::new(base, last, cuts, self.tail).choose(levels + 1);
        if choice.shift == 64 {
            return self.single(bucket, levels);
        }
        let first = match levels {
            0 => self.leaves.len(),
            _ => self.nodes.len(),
        };
        let buckets = self.split(bucket, choice.shift);
        self.fill_buckets(&buckets, levels);
        Node {
            shift: choice.shift,
            base: (first as u32).wrapping_sub((base >> choice.shift) as u32),
        }
    }

    /// The node that leads to one leaf for all keys of the bucket, through one node of each level
    /// below. No shift leaves nothing of a key; one of 63 leaves its highest bit, which is the same
    /// for all keys of a bucket, but for one beyond a clamp: there all entries stand twice.
    fn single(&mut self, bucket: &Bucket, levels: u32) -> Node {
        let (low, high) = (bucket.base >> 63, bucket.last >> 63);
        let lead = |index: usize| Node {
            shift: 63,
            base: (index as u32).wrapping_sub(low as u32),
        };
        let leaf = self.leaf(bucket);
        let mut node = lead(add(&mut self.leaves, leaf, low == high));
        for _ in 0..levels {
            node = lead(add(&mut self.nodes, node, low == high));
        }
        node
    }
}

/// Adds an entry, once (when it is not the last already) or twice, and gives its index.
fn add<T: Copy + PartialEq>(entries: &mut Vec<T>, entry: T, once: bool) -> usize {
    if !once {
        entries.extend([entry, entry]);
        return entries.len() - 2;
    }
    // Neighbours without a change have the same leaf.
    if entries.last() != Some(&entry) {
        entries.push(entry);
    }
    entries.len() - 1
}
