//! How keys are best cut into buckets.

use super::FEW;

/// A node: a word.
const NODE_BYTES: u64 = 8;

/// What stands at the end of a lookup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tail {
    /// How often the pieces of a leaf are halved; 0 for one comparison with a boundary.
    pub(super) halvings: u32,
}

impl Tail {
    /// The most changes that a leaf can hold, one at its very beginning not counted.
    pub(super) fn room(self) -> usize {
        match self.halvings {
            0 => 1,
            halvings => (1 << halvings) - 1,
        }
    }

    /// A boundary and a first code; or a first code alone.
    fn leaf_bytes(self) -> u64 {
        match self.halvings {
            0 => 12,
            _ => 4,
        }
    }
}

/// Keys from `base` to `last` with the changes among them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Region<'a> {
    pub(super) base: u64,
    pub(super) last: u64,
    pub(super) cuts: &'a [u64],
    tail: Tail,
}

/// How a region is cut into buckets, and the bytes that all of it takes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Choice {
    /// The bits of a bucket; 64 when one leaf is enough for the region.
    pub(super) shift: u32,
    pub(super) bytes: u64,
}

impl<'a> Region<'a> {
    pub(super) fn new(base: u64, last: u64, cuts: &'a [u64], tail: Tail) -> Self {
        Self {
            base,
            last,
            cuts,
            tail,
        }
    }

    /// The keys with `class` leading zeros, of all changes.
    pub(super) fn of_class(cuts: &'a [u64], class: u32, tail: Tail) -> Self {
        let (base, last) = match class {
            64 => (0, 0),
            _ => (1 << (63 - class), u64::MAX >> class),
        };
        let from = cuts.partition_point(|cut| *cut < base);
        let to = cuts.partition_point(|cut| *cut <= last);
        Self::new(base, last, &cuts[from..to], tail)
    }

    /// The buckets of this size that hold changes, in order. Each is looked at as a whole, also
    /// where the region ends within: tables are made for whole buckets.
    fn buckets(self, shift: u32) -> impl Iterator<Item = Region<'a>> {
        let groups = self.cuts.chunk_by(move |a, b| a >> shift == b >> shift);
        groups.map(move |cuts| {
            let base = cuts[0] >> shift << shift;
            Region::new(base, base | ((1 << shift) - 1), cuts, self.tail)
        })
    }

    /// How many buckets of this size it has.
    fn count(self, shift: u32) -> u64 {
        ((self.last >> shift) - (self.base >> shift)).saturating_add(1)
    }

    /// True when one leaf is enough.
    pub(super) fn is_simple(self) -> bool {
        let at_base = self.cuts.first().is_some_and(|first| *first == self.base);
        self.cuts.len() - usize::from(at_base) <= self.tail.room()
    }

    /// The best way to cut it with `levels` levels of tables left, the last of which are leaves.
    pub(super) fn choose(self, levels: u32) -> Choice {
        if self.is_simple() {
            return Choice {
                shift: 64,
                bytes: self.tail.leaf_bytes(),
            };
        }
        if levels <= 1 {
            let shift = self.leaf_shift();
            let bytes = self.count(shift).saturating_mul(self.tail.leaf_bytes());
            return Choice { shift, bytes };
        }
        let sizes = self.sizes().map(|shift| Choice {
            shift,
            bytes: self.bytes(shift, levels),
        });
        sizes.min_by_key(|choice| choice.bytes).unwrap_or(Choice {
            shift: 63,
            bytes: u64::MAX,
        })
    }

    /// The largest size of which every bucket is simple. Buckets of two keys always are, and parts
    /// of simple ones too.
    fn leaf_shift(self) -> u32 {
        let (mut good, mut bad) = (1_u32, 64_u32);
        while bad - good > 1 {
            let middle = good.midpoint(bad);
            if self.buckets(middle).all(Region::is_simple) {
                good = middle;
            } else {
                bad = middle;
            }
        }
        good
    }

    /// The sizes worth trying for nodes: from two buckets to some for each change; with many
    /// changes only about one for each.
    fn sizes(self) -> impl Iterator<Item = u32> {
        let width = (self.last - self.base).max(1).ilog2();
        let each = self.cuts.len().ilog2();
        let least = if self.cuts.len() > FEW { each } else { 0 };
        let most = if self.cuts.len() > FEW {
            each
        } else {
            each + 2
        };
        (least..=most).map(move |bits| width.saturating_sub(bits).max(1))
    }

    /// The bytes of nodes of this size and all below them.
    fn bytes(self, shift: u32, levels: u32) -> u64 {
        let nodes = self.count(shift).saturating_mul(NODE_BYTES);
        let children = self.buckets(shift).map(|bucket| {
            // Before and behind it there may be buckets without a change, of one leaf.
            let bytes = bucket.choose(levels - 1).bytes;
            bytes.saturating_add(self.tail.leaf_bytes())
        });
        children.fold(nodes, u64::saturating_add)
    }
}
