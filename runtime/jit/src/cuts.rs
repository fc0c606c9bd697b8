//! Pieces in the order in which a table looks at them.

use super::table::Piece;
use alloc::vec::Vec;

/// How the key of an address is made, on which a table is indexed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// The distance above the pivot, modulo 2^64.
    Above {
        /// The address whose key is 0.
        pivot: u64,
    },
    /// The distance below the pivot, modulo 2^64.
    Below {
        /// The address whose key is 0.
        pivot: u64,
    },
}

impl Key {
    /// The key of an address.
    pub(super) fn of(self, address: u64) -> u64 {
        match self {
            Self::Above { pivot } => address.wrapping_sub(pivot),
            Self::Below { pivot } => pivot.wrapping_sub(address),
        }
    }
}

/// Which piece a code stands for: pieces are numbered in the order of their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    /// How keys are made. The pivot is an end of a piece, so that no piece goes round the end of
    /// the keys.
    pub(super) key: Key,
    /// How many pieces there are, at least one.
    pieces: usize,
    /// The position of the piece with code 0.
    start: usize,
}

impl Order {
    /// Keys rise with addresses, from the base of the piece at this position.
    pub(super) fn above(pieces: &[Piece], start: usize) -> Self {
        let pivot = pieces[start].base;
        Self {
            key: Key::Above { pivot },
            pieces: pieces.len(),
            start,
        }
    }

    /// Keys rise as addresses fall, from the last address below the piece at this position.
    pub(super) fn below(pieces: &[Piece], position: usize) -> Self {
        let pivot = pieces[position].base.wrapping_sub(1);
        Self {
            key: Key::Below { pivot },
            pieces: pieces.len(),
            start: (position + pieces.len() - 1) % pieces.len(),
        }
    }

    /// The position of the piece with this code; codes beyond the pieces stand for the last one.
    pub(super) fn piece(&self, code: usize) -> usize {
        let code = code.min(self.pieces - 1);
        match self.key {
            Key::Above { .. } => (self.start + code) % self.pieces,
            Key::Below { .. } => (self.start + self.pieces - code) % self.pieces,
        }
    }

    /// Where pieces begin, in keys: entry `n` is the lowest key of code `n + 1`.
    pub(super) fn cuts(&self, pieces: &[Piece]) -> Vec<u64> {
        let lowest = |code| {
            let piece = self.piece(code);
            match self.key {
                Key::Above { .. } => self.key.of(pieces[piece].base),
                Key::Below { .. } => self.key.of(last(pieces, piece)),
            }
        };
        (1..self.pieces).map(lowest).collect()
    }
}

/// The last address of a piece.
pub(super) fn last(pieces: &[Piece], position: usize) -> u64 {
    let next = pieces.get(position + 1);
    next.map_or(u64::MAX, |next| next.base - 1)
}
