//! Which table suits a layout: tries shapes, weighs their size against their depth, and fills the
//! one chosen.

use super::cuts::{Cut, Key, cuts, piece_at};
use super::table::{Leaf, Node, Parts, Piece, Root, Table};
use alloc::vec::Vec;

/// Up to so many pieces the logarithmic forms are tried, and up to so many changes in a region
/// every size of its nodes: what is tried must not take longer than it can ever save.
const FEW: usize = 128;
/// The most nodes between the root index and a leaf.
const MAX_DEPTH: u32 = 4;
/// A word.
const NODE_BYTES: u64 = 8;
/// A word and a half.
const LEAF_BYTES: u64 = 12;

/// Makes a table. `pieces` are in address order and begin with 0.
pub(super) fn table(pieces: &[Piece]) -> Table {
    let best = candidates(pieces)
        .into_iter()
        .filter(|candidate| candidate.bytes <= most_bytes(pieces))
        .min_by_key(|candidate| candidate.weight);
    match best {
        Some(best) if best.weight <= search_weight(pieces) => filled(pieces, best),
        _ => searched(pieces),
    }
}

/// The table of a shape.
fn filled(pieces: &[Piece], shape: Candidate) -> Table {
    let mut filler = Filler {
        start: piece_at(pieces, shape.key_start()),
        cuts: shape.cuts,
        nodes: Vec::new(),
        leaves: Vec::new(),
    };
    filler.fill_root(shape.root, shape.depth, shape.last);
    Table::of(&Parts {
        pieces,
        key: shape.key,
        root: shape.root,
        depth: shape.depth,
        nodes: filler.nodes,
        leaves: filler.leaves,
    })
}

/// Sorted bases instead of a table.
pub(super) fn searched(pieces: &[Piece]) -> Table {
    Table::of(&Parts {
        pieces,
        key: Key::Above {
            pivot: 0,
            clamp: None,
        },
        root: Root::Search(pieces.len().next_power_of_two().ilog2()),
        depth: 0,
        nodes: Vec::new(),
        leaves: Vec::new(),
    })
}

/// More memory than this is not worth any speed.
fn most_bytes(pieces: &[Piece]) -> u64 {
    (4 << 20) + 512 * pieces.len() as u64
}

/// Tenths of a cycle for a lookup by search.
fn search_weight(pieces: &[Piece]) -> u64 {
    let halvings = u64::from(pieces.len().next_power_of_two().ilog2());
    // Each halving waits for the one before, and the last ones for memory.
    10 + 15 * halvings + 2 * missed(32 * pieces.len() as u64)
}

/// A shape with what it costs.
struct Candidate {
    key: Key,
    root: Root,
    depth: u32,
    cuts: Vec<Cut>,
    /// The highest key.
    last: u64,
    /// What nodes and leaves take, about.
    bytes: u64,
    /// About how long a lookup takes, in tenths of a cycle.
    weight: u64,
}

impl Candidate {
    /// The address whose key is 0.
    fn key_start(&self) -> u64 {
        match self.key {
            Key::Above { pivot, .. } | Key::Below { pivot } => pivot,
        }
    }
}

fn candidates(pieces: &[Piece]) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for depth in 0..=MAX_DEPTH {
        let radix = radix(pieces, depth);
        let small = missed(radix.bytes) == 0;
        let before = found.last().map_or(u64::MAX, |before| before.bytes);
        // Deeper tables are only smaller, and worth it only while they are much smaller.
        let settled = radix.bytes > before / 2 && before <= most_bytes(pieces);
        found.push(radix);
        if small || settled {
            break;
        }
    }
    if found.len() > 1 && pieces.len() <= FEW {
        for piece in [pieces[0], pieces[1], pieces[pieces.len() - 1]] {
            let above = Key::Above {
                pivot: piece.base,
                clamp: None,
            };
            let below = Key::Below {
                pivot: piece.base.wrapping_sub(1),
            };
            for key in [above, below] {
                found.extend((1..=2).map(|depth| log(pieces, key, depth)));
            }
        }
    }
    found
}

/// Tenths of a cycle for one lookup: what its instructions take, and what missing the caches costs
/// when the table is larger than they are.
fn weight(root: Root, depth: u32, bytes: u64) -> u64 {
    let root = match root {
        Root::Log => 5,
        // The clamp is a comparison and a move.
        Root::Shift(_) | Root::Search(_) => 12,
    };
    root + 10 * u64::from(depth) + missed(bytes)
}

/// Tenths of a cycle that a lookup waits for memory, in a table of this size.
fn missed(bytes: u64) -> u64 {
    let beyond = |cache: u64, miss: u64| match bytes.checked_sub(cache) {
        Some(outside) => (u128::from(miss) * u128::from(outside) / u128::from(bytes.max(1))) as u64,
        None => 0,
    };
    beyond(24 << 10, 40) + beyond(1 << 20, 200) + beyond(32 << 20, 800)
}

/// Indexed by the high bits of the distance above the first change.
fn radix(pieces: &[Piece], depth: u32) -> Candidate {
    let pivot = pieces.get(1).map_or(0, |piece| piece.base);
    let span = pieces[pieces.len() - 1].base - pivot;
    let unclamped = Key::Above { pivot, clamp: None };
    let mut cuts = cuts(pieces, unclamped);
    let inner = cuts.partition_point(|cut| cut.at <= span);
    let region = Region::new(0, span, &cuts[..inner]);
    let choice = region.choose(depth + 1);
    let shift = choice.shift.min(63);
    // Everything beyond the last bucket shares one more, in which the change is that from the top
    // of the address space to its bottom, if that lies so far.
    let beyond = ((span >> shift) + 1).checked_shl(shift);
    let has_room = |clamp: &u64| {
        *clamp >> shift > span >> shift && cuts.get(inner).is_some_and(|cut| *clamp <= cut.at)
    };
    let clamp = beyond.filter(has_room);
    let last = match clamp {
        Some(clamp) => {
            cuts[inner].at = clamp + 1;
            clamp + 1
        }
        None => u64::MAX,
    };
    // Where there is no room for a bucket beyond, the shift must separate all changes.
    let choice = match clamp {
        Some(_) => choice,
        None => Region::new(0, u64::MAX, &cuts).choose(depth + 1),
    };
    let root = Root::Shift(choice.shift.min(63));
    Candidate {
        key: Key::Above { pivot, clamp },
        root,
        depth,
        weight: weight(root, depth, choice.bytes),
        bytes: choice.bytes,
        cuts,
        last,
    }
}

/// Indexed by the leading zeros of a distance.
fn log(pieces: &[Piece], key: Key, depth: u32) -> Candidate {
    let cuts = cuts(pieces, key);
    let classes = (0..=64).map(|class| Region::of_class(&cuts, class));
    let bytes = classes.fold(65 * NODE_BYTES, |bytes, class| {
        bytes.saturating_add(class.choose(depth).bytes)
    });
    Candidate {
        key,
        root: Root::Log,
        depth,
        weight: weight(Root::Log, depth, bytes),
        bytes,
        cuts,
        last: u64::MAX,
    }
}

/// Keys from `base` to `last` with the changes among them.
#[derive(Clone, Copy)]
struct Region<'a> {
    base: u64,
    last: u64,
    cuts: &'a [Cut],
}

/// How a region is cut into buckets, and the bytes that all of it takes.
#[derive(Debug, Clone, Copy)]
struct Choice {
    /// 64 when one leaf is enough.
    shift: u32,
    bytes: u64,
}

impl<'a> Region<'a> {
    fn new(base: u64, last: u64, cuts: &'a [Cut]) -> Self {
        Self { base, last, cuts }
    }

    /// The keys with `class` leading zeros.
    fn of_class(cuts: &'a [Cut], class: u32) -> Self {
        let (base, last) = match class {
            64 => (0, 0),
            _ => (1 << (63 - class), u64::MAX >> class),
        };
        let from = cuts.partition_point(|cut| cut.at < base);
        let to = cuts.partition_point(|cut| cut.at <= last);
        Self::new(base, last, &cuts[from..to])
    }

    /// The buckets of this size that hold changes, in order.
    fn buckets(self, shift: u32) -> impl Iterator<Item = Region<'a>> {
        let groups = self
            .cuts
            .chunk_by(move |a, b| a.at >> shift == b.at >> shift);
        groups.map(move |cuts| self.bucket(cuts[0].at >> shift, shift, cuts))
    }

    /// The bucket of this number: all of it, also where the region ends within, because there are
    /// keys up to the clamp.
    fn bucket(self, number: u64, shift: u32, cuts: &'a [Cut]) -> Self {
        let base = number << shift;
        let last = base | ((1 << shift) - 1);
        Region::new(base, last, cuts)
    }

    /// How many buckets of this size it has.
    fn count(self, shift: u32) -> u64 {
        (self.last >> shift) - (self.base >> shift) + 1
    }

    /// True when one leaf is enough: a change at the very beginning needs no comparison.
    fn is_simple(self) -> bool {
        match self.cuts {
            [] | [_] => true,
            [first, _] => first.at == self.base,
            _ => false,
        }
    }

    /// The best way to cut it with `levels` levels of tables left, the last of which are leaves.
    fn choose(self, levels: u32) -> Choice {
        if self.is_simple() {
            return Choice {
                shift: 64,
                bytes: LEAF_BYTES,
            };
        }
        if levels <= 1 {
            let shift = self.leaf_shift();
            let bytes = self.count(shift).saturating_mul(LEAF_BYTES);
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

    /// The largest size of which every bucket is simple.
    fn leaf_shift(self) -> u32 {
        let pairs = self.cuts.windows(2);
        let apart = pairs.map(|pair| (pair[0].at ^ pair[1].at).ilog2()).min();
        // Buckets that separate all changes; twice that may do, where they begin buckets. Buckets
        // of two keys always do.
        let mut shift = apart.unwrap_or(63).max(1);
        while shift < 63 && self.buckets(shift + 1).all(Region::is_simple) {
            shift += 1;
        }
        shift
    }

    /// The sizes worth trying for nodes: from two buckets to some for each change; with many
    /// changes only from one for each of them on.
    fn sizes(self) -> impl Iterator<Item = u32> {
        let width = (self.last - self.base).max(1).ilog2();
        let each = self.cuts.len().ilog2();
        let (least, step) = if self.cuts.len() > FEW {
            (each - 1, 2)
        } else {
            (0, 1)
        };
        (least..=each + 2)
            .step_by(step)
            .map(move |bits| width.saturating_sub(bits).max(1))
    }

    /// The bytes of nodes of this size and all below them.
    fn bytes(self, shift: u32, levels: u32) -> u64 {
        let nodes = self.count(shift).saturating_mul(NODE_BYTES);
        let children = self.buckets(shift).map(|bucket| {
            let empty = LEAF_BYTES;
            bucket.choose(levels - 1).bytes.saturating_add(empty)
        });
        children.fold(nodes, u64::saturating_add)
    }
}

/// Fills a table of a chosen shape.
struct Filler {
    cuts: Vec<Cut>,
    /// The piece at key 0.
    start: usize,
    nodes: Vec<Node>,
    leaves: Vec<Leaf>,
}

impl Filler {
    fn fill_root(&mut self, root: Root, depth: u32, last: u64) {
        let all = 0..self.cuts.len();
        match root {
            Root::Shift(shift) if depth == 0 => self.fill_leaves(0, last, all, shift),
            Root::Shift(shift) => self.fill_nodes((0, last), all, shift, depth),
            Root::Search(_) => {}
            Root::Log => {
                let first = self.reserve(65);
                for class in 0..=64_u32 {
                    let cuts = core::mem::take(&mut self.cuts);
                    let region = Region::of_class(&cuts, class);
                    let (base, last) = (region.base, region.last);
                    let from = cuts.partition_point(|cut| cut.at < base);
                    let range = from..from + region.cuts.len();
                    self.cuts = cuts;
                    let node = self.child(base, last, range, depth);
                    self.nodes[first + class as usize] = node;
                }
            }
        }
    }

    fn reserve(&mut self, count: usize) -> usize {
        let first = self.nodes.len();
        let empty = Node { shift: 0, base: 0 };
        self.nodes.resize(first + count, empty);
        first
    }

    /// The buckets of a region: their bounds and their changes.
    fn buckets(
        &self,
        (base, last): (u64, u64),
        range: core::ops::Range<usize>,
        shift: u32,
    ) -> Vec<(u64, u64, core::ops::Range<usize>)> {
        let mut from = range.start;
        let numbers = base >> shift..=last >> shift;
        numbers
            .map(|number| {
                let low = number << shift;
                let high = low | ((1 << shift) - 1);
                let mut to = from;
                while to < range.end && self.cuts[to].at <= high {
                    to += 1;
                }
                let bucket = (low.max(base), high.min(last), from..to);
                from = to;
                bucket
            })
            .collect()
    }

    /// Leaves for all buckets of a region, from the end of the leaves on.
    fn fill_leaves(&mut self, base: u64, last: u64, range: core::ops::Range<usize>, shift: u32) {
        for (base, _, range) in self.buckets((base, last), range, shift) {
            let leaf = self.leaf(base, range);
            self.leaves.push(leaf);
        }
    }

    /// Nodes for all buckets of a region, from the end of the nodes on, with `levels` levels below.
    fn fill_nodes(
        &mut self,
        region: (u64, u64),
        range: core::ops::Range<usize>,
        shift: u32,
        levels: u32,
    ) {
        let buckets = self.buckets(region, range, shift);
        let first = self.reserve(buckets.len());
        for (number, (base, last, range)) in buckets.into_iter().enumerate() {
            self.nodes[first + number] = self.child(base, last, range, levels);
        }
    }

    /// The leaf of a simple bucket.
    fn leaf(&self, base: u64, range: core::ops::Range<usize>) -> Leaf {
        let inner = self.cuts[range.clone()].iter().find(|cut| cut.at > base);
        match inner {
            Some(cut) => cut.leaf,
            None => {
                let passed = self.cuts[..range.end].last();
                let piece = passed.map_or(self.start, |cut| cut.after);
                Leaf::whole(piece)
            }
        }
    }

    /// The node that leads to the tables of a region, with `levels` levels below it.
    fn child(&mut self, base: u64, last: u64, range: core::ops::Range<usize>, levels: u32) -> Node {
        let region = Region::new(base, last, &self.cuts[range.clone()]);
        let choice = region.choose(levels);
        if choice.shift == 64 {
            return self.single(base, range, levels);
        }
        let shift = choice.shift;
        let first = if levels == 1 {
            let first = self.leaves.len();
            self.fill_leaves(base, last, range, shift);
            first
        } else {
            let first = self.nodes.len();
            self.fill_nodes((base, last), range, shift, levels - 1);
            first
        };
        Node {
            shift,
            base: (first as u32).wrapping_sub((base >> shift) as u32),
        }
    }

    /// The node that leads to one leaf, whatever the key's lower bits are.
    fn single(&mut self, base: u64, range: core::ops::Range<usize>, levels: u32) -> Node {
        let leaf = self.leaf(base, range);
        // Neighbours without a change have the same leaf.
        if self.leaves.last() != Some(&leaf) {
            self.leaves.push(leaf);
        }
        // A bucket below the root never holds keys of both halves, so that the top bit is the same
        // for all of them.
        let lead = |index: usize| Node {
            shift: 63,
            base: (index as u32).wrapping_sub((base >> 63) as u32),
        };
        let mut node = lead(self.leaves.len() - 1);
        for _ in 1..levels {
            if self.nodes.last() != Some(&node) {
                self.nodes.push(node);
            }
            node = lead(self.nodes.len() - 1);
        }
        node
    }
}

/// For tests: a table of every shape that is not too large, whether it suits or not.
#[cfg(test)]
pub(super) fn every_table(pieces: &[Piece]) -> Vec<Table> {
    let pivots = pieces.iter().map(|piece| piece.base).take(4);
    let keys = pivots.flat_map(|pivot| {
        let below = Key::Below {
            pivot: pivot.wrapping_sub(1),
        };
        [Key::Above { pivot, clamp: None }, below]
    });
    let logs = keys.flat_map(|key| (1..=3).map(move |depth| log(pieces, key, depth)));
    let radices = (0..=MAX_DEPTH).map(|depth| radix(pieces, depth));
    let all = radices
        .chain(logs)
        .filter(|candidate| candidate.bytes <= 1 << 20);
    let mut tables: Vec<Table> = all.map(|candidate| filled(pieces, candidate)).collect();
    tables.push(searched(pieces));
    tables
}
