//! Where addresses change their meaning, in the order in which a table looks at them.

use super::table::{Leaf, Piece};
use alloc::vec::Vec;

/// How the key of an address is made, on which a table is indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// The distance above the pivot, modulo 2^64, but at most the clamp: addresses beyond it, and
    /// those below the pivot, share one key.
    Above { pivot: u64, clamp: Option<u64> },
    /// The distance below the pivot, modulo 2^64.
    Below { pivot: u64 },
}

impl Key {
    /// The key of an address.
    pub(super) fn of(self, address: u64) -> u64 {
        match self {
            Self::Above { pivot, clamp } => {
                let key = address.wrapping_sub(pivot);
                clamp.map_or(key, |clamp| key.min(clamp))
            }
            Self::Below { pivot } => pivot.wrapping_sub(address),
        }
    }
}

/// One change of meaning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    /// The key of the first address after the change, in the order of keys.
    pub(super) at: u64,
    /// What a bucket with this change and no other must hold.
    pub(super) leaf: Leaf,
    /// The piece after the change, in the order of keys.
    pub(super) after: usize,
}

/// All changes between pieces, in the order of unclamped keys.
pub(super) fn cuts(pieces: &[Piece], key: Key) -> Vec<Cut> {
    let last = pieces.len() - 1;
    let mut cuts: Vec<Cut> = (0..pieces.len())
        .filter_map(|number| {
            // The code below a change, by address, to which a leaf adds one above it. Where
            // addresses go round from the top to 0, the first piece is below: there is a seam for
            // that beyond the pieces.
            let (first, boundary) = match number {
                0 => (pieces.len(), pieces[last].base),
                _ => (number - 1, pieces[number].base),
            };
            if last == 0 {
                return None;
            }
            let base = pieces[number].base;
            let (at, after) = match key {
                Key::Above { pivot, .. } => (base.wrapping_sub(pivot), number),
                // Keys fall as addresses rise: what comes after the change is the piece below it.
                Key::Below { pivot } => {
                    let after = if number == 0 { last } else { number - 1 };
                    (pivot.wrapping_sub(base).wrapping_add(1), after)
                }
            };
            let first = first as u32;
            let leaf = Leaf { boundary, first };
            // A change at key 0 is where keys begin.
            (at != 0).then_some(Cut { at, leaf, after })
        })
        .collect();
    cuts.sort_unstable_by_key(|cut| cut.at);
    cuts
}

/// The piece that holds an address.
pub(super) fn piece_at(pieces: &[Piece], address: u64) -> usize {
    // The first piece begins at 0.
    pieces.partition_point(|piece| piece.base <= address) - 1
}
