//! The tables that translators look into, whichever engine does it.
//!
//! A lookup is the same work for every address. It makes a key, indexes the nodes `depth` times
//! (each node says by which shift of the key the next level is indexed), and reaches a leaf, in
//! which one comparison chooses between two meanings.

use super::cuts::Key;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Addresses from `base` to the next piece: the target is `(address & mask) + delta`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) base: u64,
    pub(super) delta: u64,
    pub(super) code: u32,
    /// Taken of the address before `delta` is added: all ones, but where pages are repeated.
    pub(super) mask: u64,
}

impl Piece {
    /// A piece in which every address has a target of its own.
    pub(super) fn straight(base: u64, delta: u64, code: u32) -> Self {
        Self {
            base,
            delta,
            code,
            mask: u64::MAX,
        }
    }
}

/// An inner entry: the next index is `base + (key >> shift)`, modulo 2^32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub(super) struct Node {
    pub(super) shift: u32,
    pub(super) base: u32,
}

/// A last entry: meanings below the boundary and from it on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C, align(32))]
pub(super) struct Leaf {
    pub(super) boundary: u64,
    pub(super) delta: [u64; 2],
    pub(super) code: [u32; 2],
}

impl Leaf {
    pub(super) fn of(boundary: u64, below: Piece, above: Piece) -> Self {
        Self {
            boundary,
            delta: [below.delta, above.delta],
            code: [below.code, above.code],
        }
    }

    /// A leaf with one meaning.
    pub(super) fn whole(piece: Piece) -> Self {
        Self::of(0, piece, piece)
    }
}

/// The addresses of one code, for testing many addresses at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C, align(32))]
pub(super) struct Guard {
    /// The first address.
    pub(super) base: u64,
    /// The last address that the test may accept: less than 2^63 above the base, because the test
    /// looks at signs.
    pub(super) last: u64,
    /// What to add.
    pub(super) delta: u64,
    /// The code, filling the rest of the entry.
    pub(super) code: u64,
}

/// How the first index is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// From the key's high bits.
    Shift(u32),
    /// From the number of its leading zeros: fine near the pivot, coarse far from it.
    Log,
    /// Not at all: so many halvings of the sorted bases find the piece. For layouts that no table
    /// of decent size fits.
    Search(u32),
}

/// Everything about a table that decides what the code which walks it looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) key: Key,
    pub(super) root: Root,
    /// How many nodes stand between the root index and a leaf.
    pub(super) depth: u32,
    /// True when the guards are so many that looking at one for each group of addresses costs
    /// more than a branch.
    pub(super) many_guards: bool,
    /// True when there are masks.
    pub(super) masked: bool,
}

impl Shape {
    /// The shape in a few words.
    pub(super) fn words(self) -> String {
        let root = match self.root {
            Root::Shift(_) => "radix",
            Root::Log => "log-radix",
            Root::Search(halvings) => return format!("search, {halvings} halvings"),
        };
        match self.depth {
            0 => format!("{root}, no node"),
            1 => format!("{root}, 1 node"),
            depth => format!("{root}, {depth} nodes"),
        }
    }
}

/// A finished table.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) shape: Shape,
    pub(super) nodes: Vec<Node>,
    pub(super) leaves: Vec<Leaf>,
    /// The bases of the pieces, 2^n of them, when they are searched; empty otherwise.
    pub(super) bases: Vec<u64>,
    /// By code. Codes are positions of pieces. As many as bases, when those are searched.
    pub(super) guards: Vec<Guard>,
    /// By code, the mask of each piece; empty when all are all ones.
    pub(super) masks: Vec<u64>,
}

impl Table {
    /// The target and the code of an address.
    pub(super) fn look_up(&self, address: u64) -> (u64, u32) {
        let key = self.shape.key.of(address);
        let mut index = match self.shape.root {
            Root::Shift(shift) => key >> shift,
            Root::Log => u64::from(key.leading_zeros()),
            Root::Search(halvings) => return self.search(address, halvings),
        } as u32;
        for _ in 0..self.shape.depth {
            let node = self.nodes[index as usize];
            index = node.base.wrapping_add((key >> node.shift) as u32);
        }
        let leaf = &self.leaves[index as usize];
        let side = usize::from(address >= leaf.boundary);
        self.target(address, leaf.delta[side], leaf.code[side])
    }

    fn target(&self, address: u64, delta: u64, code: u32) -> (u64, u32) {
        let mask = if self.shape.masked {
            self.masks[code as usize]
        } else {
            u64::MAX
        };
        ((address & mask).wrapping_add(delta), code)
    }

    fn search(&self, address: u64, halvings: u32) -> (u64, u32) {
        let mut index = 0;
        for step in (0..halvings).rev() {
            let middle = index + (1 << step);
            if self.bases[middle] <= address {
                index = middle;
            }
        }
        let guard = &self.guards[index];
        self.target(address, guard.delta, guard.code as u32)
    }

    /// The memory that it takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.nodes)
            + size_of_val(&*self.leaves)
            + size_of_val(&*self.bases)
            + size_of_val(&*self.guards)
            + size_of_val(&*self.masks)
    }
}

/// The guard of each piece; pieces are in address order from 0 and their codes are their positions.
pub(super) fn guards(pieces: &[Piece]) -> Vec<Guard> {
    let ends = pieces.iter().skip(1).map(|next| next.base - 1);
    let lasts = ends.chain([u64::MAX]);
    let guard = |(piece, last): (&Piece, u64)| Guard {
        base: piece.base,
        last: last.min(piece.base.saturating_add((1 << 63) - 1)),
        delta: piece.delta,
        code: piece.code.into(),
    };
    pieces.iter().zip(lasts).map(guard).collect()
}

/// The mask of each piece, if any is not all ones.
pub(super) fn masks(pieces: &[Piece]) -> Vec<u64> {
    if pieces.iter().all(|piece| piece.mask == u64::MAX) {
        return Vec::new();
    }
    pieces.iter().map(|piece| piece.mask).collect()
}
