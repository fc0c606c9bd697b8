//! The tables that translators look into, whichever engine does it.
//!
//! A lookup is the same work for every address. It makes a key, indexes the nodes `depth` times
//! (each node says by which shift of the key the next level is indexed), and reaches a leaf, in
//! which one comparison chooses between two neighbouring pieces.

use super::cuts::Key;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Addresses from `base` to the next piece: the target is `(address & mask) + delta`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) base: u64,
    pub(super) delta: u64,
    /// Taken of the address before `delta` is added: all ones, but where pages are repeated.
    pub(super) mask: u64,
}

impl Piece {
    /// A piece in which every address has a target of its own.
    pub(super) fn straight(base: u64, delta: u64) -> Self {
        Self {
            base,
            delta,
            mask: u64::MAX,
        }
    }
}

/// An inner entry: the next index is `base + (key >> shift)`, modulo 2^32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) shift: u32,
    pub(super) base: u32,
}

/// A last entry: the code is `first`, and one more from the boundary on, modulo 2^32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Leaf {
    pub(super) boundary: u64,
    pub(super) first: u32,
}

impl Leaf {
    /// A leaf with one meaning.
    pub(super) fn whole(code: usize) -> Self {
        Self {
            boundary: 0,
            first: (code as u32).wrapping_sub(1),
        }
    }
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

/// Where each kind of entry begins in the words of a table. Code has these numbers built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sections {
    /// Nodes, one word each: the shift in the low half, the base in the high half.
    pub(super) nodes: usize,
    /// The boundaries of leaves, or the sorted bases of pieces where those are searched.
    pub(super) boundaries: usize,
    /// The first codes of leaves, two in each word.
    pub(super) firsts: usize,
    /// What is added, by code.
    pub(super) deltas: usize,
    /// The masks by code, where there are any.
    pub(super) masks: usize,
    /// First and last address of each piece, by code, two words each: for testing many addresses
    /// at once. The last is less than 2^63 above the first, because the test looks at signs.
    pub(super) guards: usize,
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
    pub(super) sections: Sections,
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

/// Codes beyond the pieces: a leaf needs neighbours, and where addresses go round from the top to 0,
/// the last piece must follow the first. So these two are there once more, in this order.
pub(super) const SEAM: usize = 2;

/// More bytes of guards than this are looked at sparingly.
const MANY_GUARD_BYTES: usize = 256 << 10;

/// A finished table.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) shape: Shape,
    /// The number of pieces.
    pieces: usize,
    /// All entries.
    words: Vec<u64>,
}

/// What a table is made of.
pub(super) struct Parts<'a> {
    pub(super) pieces: &'a [Piece],
    pub(super) key: Key,
    pub(super) root: Root,
    pub(super) depth: u32,
    pub(super) nodes: Vec<Node>,
    pub(super) leaves: Vec<Leaf>,
}

impl Table {
    /// Lays the parts out one after the other.
    pub(super) fn of(parts: &Parts<'_>) -> Self {
        let pieces = parts.pieces;
        let mut words: Vec<u64> = Vec::new();
        let nodes = words.len();
        let node = |node: &Node| u64::from(node.base) << 32 | u64::from(node.shift);
        words.extend(parts.nodes.iter().map(node));
        let boundaries = words.len();
        let by_code = match parts.root {
            Root::Search(halvings) => {
                words.extend(pieces.iter().map(|piece| piece.base));
                // Filled up to a power of two with what only the very last address reaches.
                let count = 1 << halvings;
                words.resize(boundaries + count, u64::MAX);
                (0..count).map(|code| code.min(pieces.len() - 1)).collect()
            }
            _ => seam(pieces.len()),
        };
        words.extend(parts.leaves.iter().map(|leaf| leaf.boundary));
        let firsts = words.len();
        words.extend(parts.leaves.chunks(2).map(|pair| {
            let high = pair.get(1).map_or(0, |leaf| leaf.first);
            u64::from(high) << 32 | u64::from(pair[0].first)
        }));
        let deltas = words.len();
        words.extend(by_code.iter().map(|code| pieces[*code].delta));
        let masks = words.len();
        let masked = pieces.iter().any(|piece| piece.mask != u64::MAX);
        if masked {
            words.extend(by_code.iter().map(|code| pieces[*code].mask));
        }
        let guards = words.len();
        words.extend(by_code.iter().flat_map(|code| guard(pieces, *code)));
        let sections = Sections {
            nodes,
            boundaries,
            firsts,
            deltas,
            masks,
            guards,
        };
        let shape = Shape {
            key: parts.key,
            root: parts.root,
            depth: parts.depth,
            many_guards: size_of_val(&words[guards..]) > MANY_GUARD_BYTES,
            masked,
            sections,
        };
        Self {
            shape,
            pieces: pieces.len(),
            words,
        }
    }

    /// The target and the code of an address.
    pub(super) fn look_up(&self, address: u64) -> (u64, u32) {
        let Shape { key, root, .. } = self.shape;
        let sections = self.shape.sections;
        let key = key.of(address);
        let mut index = match root {
            Root::Shift(shift) => key >> shift,
            Root::Log => u64::from(key.leading_zeros()),
            Root::Search(halvings) => return self.search(address, halvings),
        } as u32;
        for _ in 0..self.shape.depth {
            let node = self.words[sections.nodes + index as usize];
            let base = (node >> 32) as u32;
            // The shift is in the low bits, of which a shift takes no others.
            index = base.wrapping_add(key.wrapping_shr(node as u32) as u32);
        }
        let boundary = self.words[sections.boundaries + index as usize];
        let pair = self.words[sections.firsts + index as usize / 2];
        let first = (pair >> (index % 2 * 32)) as u32;
        self.target(address, first.wrapping_add(u32::from(address >= boundary)))
    }

    fn search(&self, address: u64, halvings: u32) -> (u64, u32) {
        let bases = &self.words[self.shape.sections.boundaries..];
        let mut index = 0;
        for step in (0..halvings).rev() {
            let middle = index + (1 << step);
            if bases[middle] <= address {
                index = middle;
            }
        }
        self.target(address, index as u32)
    }

    fn target(&self, address: u64, code: u32) -> (u64, u32) {
        let sections = self.shape.sections;
        let delta = self.words[sections.deltas + code as usize];
        let mask = if self.shape.masked {
            self.words[sections.masks + code as usize]
        } else {
            u64::MAX
        };
        ((address & mask).wrapping_add(delta), code)
    }

    /// The piece that a code stands for, by position: codes are positions, but for those beyond
    /// the pieces. `None` for codes that no lookup gives.
    pub(super) fn piece(&self, code: u32) -> Option<usize> {
        let code = code as usize;
        if code < self.pieces {
            return Some(code);
        }
        match self.shape.root {
            Root::Search(halvings) => (code < 1 << halvings).then_some(self.pieces - 1),
            _ => seam(self.pieces).get(code).copied(),
        }
    }

    /// All entries.
    pub(super) fn words(&self) -> &[u64] {
        &self.words
    }

    /// The memory that it takes, in bytes.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&*self.words)
    }
}

/// The piece of each code, the seam included.
fn seam(pieces: usize) -> Vec<usize> {
    let seam: [usize; SEAM] = [0, pieces - 1];
    (0..pieces).chain(seam).collect()
}

/// The first and the last address of a piece that may be tested.
fn guard(pieces: &[Piece], piece: usize) -> [u64; 2] {
    let base = pieces[piece].base;
    let last = pieces.get(piece + 1).map_or(u64::MAX, |next| next.base - 1);
    [base, last.min(base.saturating_add((1 << 63) - 1))]
}
