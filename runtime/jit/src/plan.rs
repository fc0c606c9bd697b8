//! Which table suits a layout: tries shapes, weighs their size against the work of a lookup, and
//! has the one chosen filled.

mod fill;
mod region;

use super::cuts::Order;
use super::table::{Parts, Piece, Root, Table};
use alloc::vec::Vec;
use fill::Filler;
use region::{Region, Tail};

/// Up to so many pieces all shapes are tried: what is tried must not take longer than it can ever
/// save.
const FEW: usize = 48;
/// The most nodes between the root index and a leaf.
const MAX_DEPTH: u32 = 3;

/// Makes a table. `pieces` are in address order and begin with 0.
pub(super) fn table(pieces: &[Piece]) -> Table {
    let best = candidates(pieces)
        .into_iter()
        .filter(|candidate| candidate.bytes <= most_bytes(pieces))
        .min_by_key(|candidate| candidate.weight(pieces));
    filled(pieces, &best.unwrap_or_else(|| search(pieces)))
}

/// The table of a shape.
fn filled(pieces: &[Piece], shape: &Candidate) -> Table {
    let cuts = shape.order.cuts(pieces);
    let mut filler = Filler::new(&cuts, shape.tail);
    filler.fill(shape.root, shape.depth);
    Table::of(&Parts {
        pieces,
        order: shape.order,
        cuts: &cuts,
        root: shape.root,
        depth: shape.depth,
        halvings: shape.tail.halvings,
        nodes: filler.nodes,
        leaves: filler.leaves,
    })
}

/// A shape with what it costs.
struct Candidate {
    order: Order,
    root: Root,
    depth: u32,
    tail: Tail,
    /// What nodes and leaves take.
    bytes: u64,
}

impl Candidate {
    /// About how long a lookup takes, in tenths of a cycle: its instructions, and what missing the
    /// caches costs when the tables are larger than they are.
    fn weight(&self, pieces: &[Piece]) -> u64 {
        let root = match self.root {
            Root::None => 0,
            Root::Log => 4,
            Root::Shift { clamp: None, .. } => 3,
            // The clamp is a comparison and a move.
            Root::Shift { .. } => 8,
        };
        // A delta for each piece, and what a search reads.
        let halvings = u64::from(self.tail.halvings);
        let (tail, by_code) = match halvings {
            0 => (6, 8),
            _ => (4 + 11 * halvings, 16),
        };
        let bytes = self.bytes + by_code * pieces.len() as u64;
        root + 11 * u64::from(self.depth) + tail + missed(bytes)
    }
}

/// Tenths of a cycle that a lookup waits for memory, in tables of this size.
fn missed(bytes: u64) -> u64 {
    let beyond = |cache: u64, miss: u64| match bytes.checked_sub(cache) {
        Some(outside) => (u128::from(miss) * u128::from(outside) / u128::from(bytes.max(1))) as u64,
        None => 0,
    };
    beyond(32 << 10, 40) + beyond(768 << 10, 250) + beyond(16 << 20, 800)
}

/// More memory than this is not worth any speed.
fn most_bytes(pieces: &[Piece]) -> u64 {
    (4 << 20) + 128 * pieces.len() as u64
}

fn candidates(pieces: &[Piece]) -> Vec<Candidate> {
    let mut found = [search(pieces)].into_iter().collect::<Vec<_>>();
    let order = Order::above(pieces, 1 % pieces.len());
    let cuts = order.cuts(pieces);
    // Enough to halve the fullest bucket there can be.
    let all = pieces.len().next_power_of_two().ilog2();
    for depth in 0..=MAX_DEPTH {
        let tails = match (depth, pieces.len() > FEW) {
            (0, _) => 0..=all.min(8),
            (1, true) => 0..=1,
            (_, true) => continue,
            (_, false) => 0..=2.min(all),
        };
        found.extend(tails.map(|halvings| radix(&cuts, order, depth, Tail { halvings })));
    }
    if pieces.len() <= FEW {
        for position in [0, 1 % pieces.len(), pieces.len() - 1] {
            for order in [
                Order::above(pieces, position),
                Order::below(pieces, position),
            ] {
                let cuts = order.cuts(pieces);
                let tails = 0..=2.min(all);
                found.extend(tails.map(|halvings| log(&cuts, order, 1, Tail { halvings })));
                found.push(log(&cuts, order, 2, Tail { halvings: 0 }));
            }
        }
    }
    found
}

/// All pieces are searched.
fn search(pieces: &[Piece]) -> Candidate {
    let halvings = pieces.len().next_power_of_two().ilog2();
    Candidate {
        order: Order::above(pieces, 0),
        root: Root::None,
        depth: 0,
        tail: Tail { halvings },
        bytes: 0,
    }
}

/// Indexed by high bits.
fn radix(cuts: &[u64], order: Order, depth: u32, tail: Tail) -> Candidate {
    // Beyond the last bucket but one change everything may share one more bucket. Where the last
    // change is not so far, it needs a bucket as all others do.
    let but_last = cuts.split_last().map_or(cuts, |(_, rest)| rest);
    let (shift, clamp, bytes) = clamped(but_last, depth, tail)
        .filter(|(shift, clamp, _)| cuts.last().is_none_or(|last| last >> shift >= *clamp))
        .or_else(|| clamped(cuts, depth, tail))
        .map_or_else(
            || {
                let choice = Region::new(0, u64::MAX, cuts, tail).choose(depth + 1);
                (choice.shift.min(63), None, choice.bytes)
            },
            |(shift, clamp, bytes)| (shift, Some(clamp), bytes),
        );
    Candidate {
        order,
        root: Root::Shift { shift, clamp },
        depth,
        tail,
        bytes,
    }
}

/// The shift and the clamp that suit these changes, and the bytes that they take; `None` when keys
/// end before the clamp.
fn clamped(cuts: &[u64], depth: u32, tail: Tail) -> Option<(u32, u64, u64)> {
    let span = cuts.last().copied().unwrap_or(0);
    let choice = Region::new(0, span, cuts, tail).choose(depth + 1);
    let shift = choice.shift.min(63);
    let clamp = (span >> shift) + 1;
    // The bucket beyond: a leaf, and the nodes to it.
    let bytes = choice.bytes.saturating_add(12 + 8 * u64::from(depth));
    (clamp <= u64::MAX >> shift).then_some((shift, clamp, bytes))
}

/// Indexed by the leading zeros of a key.
fn log(cuts: &[u64], order: Order, depth: u32, tail: Tail) -> Candidate {
    let classes = (0..=64).map(|class| Region::of_class(cuts, class, tail));
    let bytes = classes.fold(65 * 8, |bytes: u64, class| {
        bytes.saturating_add(class.choose(depth).bytes)
    });
    Candidate {
        order,
        root: Root::Log,
        depth,
        tail,
        bytes,
    }
}

/// For tests: a table of every shape that is not too large, whether it suits or not.
#[cfg(test)]
pub(super) fn every_table(pieces: &[Piece]) -> Vec<Table> {
    let positions = 0..pieces.len().min(2);
    let orders: Vec<Order> = positions
        .flat_map(|position| {
            [
                Order::above(pieces, position),
                Order::below(pieces, position),
            ]
        })
        .collect();
    let tails = [0, 1, 2, 5].map(|halvings| Tail { halvings });
    let mut all = Vec::from([search(pieces)]);
    for (order, tail) in orders
        .iter()
        .flat_map(|order| tails.map(|tail| (*order, tail)))
    {
        let cuts = order.cuts(pieces);
        all.extend((0..=MAX_DEPTH).map(|depth| radix(&cuts, order, depth, tail)));
        all.extend((1..=MAX_DEPTH).map(|depth| log(&cuts, order, depth, tail)));
    }
    all.retain(|candidate| candidate.bytes <= 1 << 16);
    all.iter()
        .map(|candidate| filled(pieces, candidate))
        .collect()
}
