//! The tables that translators look into, whichever engine does it.
//!
//! A lookup is the same work for every address. It makes a key and indexes the nodes `depth` times
//! (each node says by which shift of the key the next level is indexed). The last level leads to
//! neighbouring pieces: to two, of which one comparison chooses one, or to more, which are halved
//! as often as the fullest bucket needs.

use super::cuts::{Key, Order, last};
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

/// A last entry: the code is `first`, and one more for keys from the boundary on. Where pieces are
/// halved there is no boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Leaf {
    pub(super) boundary: u64,
    pub(super) first: u32,
    /// True when no key of the leaf is so far from the boundary that the sign of the difference is
    /// not enough to compare them.
    pub(super) near: bool,
}

/// How the first index is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// From the key's high bits, but at most the clamp.
    Shift {
        /// How many low bits do not count.
        shift: u32,
        /// The highest index, where not all indices have entries. Where keys are compared by sign, they are
        /// clamped themselves, to the first of that index.
        clamp: Option<u64>,
    },
    /// From the number of the key's leading zeros: fine near the pivot, coarse far from it.
    Log,
    /// There is none: the search is over all pieces.
    None,
}

/// Where each kind of entry begins in the words of a table. Code has these numbers built in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sections {
    /// Nodes, one word each: the shift in the low half, the base in the high half.
    pub(super) nodes: usize,
    /// The boundaries of leaves (by sign: the last key below each); or, where pieces are halved, the lowest key of each code, filled up
    /// so that a search may look beyond the last.
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
    /// How often the pieces of a leaf are halved; 0 where it has a boundary.
    pub(super) halvings: u32,
    /// True when the sign of a difference says on which side of a boundary a key is.
    pub(super) by_sign: bool,
    /// True when the guards are so many that looking at one for each group of addresses costs
    /// more than a branch.
    pub(super) many_guards: bool,
    /// Groups of addresses that are looked up after one that left its piece, itself included. With many
    /// pieces, addresses in order leave one so often that not testing the next group costs more.
    pub(super) untested: u32,
    /// True when there are masks.
    pub(super) masked: bool,
    pub(super) sections: Sections,
}

impl Shape {
    /// The highest key, where keys are clamped.
    pub(super) fn highest(self) -> Option<u64> {
        match self.root {
            Root::Shift {
                shift,
                clamp: Some(clamp),
            } if self.by_sign => Some(clamp << shift),
            _ => None,
        }
    }

    /// The key, not above the highest.
    fn clamped(self, key: u64) -> u64 {
        self.highest().map_or(key, |highest| key.min(highest))
    }

    /// The shape in a few words.
    pub(super) fn words(self) -> String {
        let root = match self.root {
            Root::Shift { .. } => "radix",
            Root::Log => "log-radix",
            Root::None => "search",
        };
        let nodes = match (self.root, self.depth) {
            (Root::None, _) => String::new(),
            (_, 0) => ", no node".into(),
            (_, 1) => ", 1 node".into(),
            (_, depth) => format!(", {depth} nodes"),
        };
        match self.halvings {
            0 => format!("{root}{nodes}"),
            1 => format!("{root}{nodes}, 1 halving"),
            halvings => format!("{root}{nodes}, {halvings} halvings"),
        }
    }
}

/// More bytes of guards than this are looked at sparingly.
const MANY_GUARD_BYTES: usize = 24 << 10;

/// More pieces than this are left often.
const MANY_PIECES: usize = 64;

/// A finished table.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) shape: Shape,
    order: Order,
    /// How many codes there are, those included that a search gives beyond the last piece.
    codes: usize,
    /// All entries.
    words: Vec<u64>,
}

/// What a table is made of.
pub(super) struct Parts<'a> {
    pub(super) pieces: &'a [Piece],
    pub(super) order: Order,
    pub(super) cuts: &'a [u64],
    pub(super) root: Root,
    pub(super) depth: u32,
    pub(super) halvings: u32,
    pub(super) nodes: Vec<Node>,
    pub(super) leaves: Vec<Leaf>,
}

impl Table {
    /// Lays the parts out one after the other.
    pub(super) fn of(parts: &Parts<'_>) -> Self {
        let Parts { pieces, order, .. } = *parts;
        let beyond = (1 << parts.halvings) - 1;
        let codes = pieces.len() + beyond;
        let mut words: Vec<u64> = Vec::new();
        let nodes = words.len();
        let node = |node: &Node| u64::from(node.base) << 32 | u64::from(node.shift);
        words.extend(parts.nodes.iter().map(node));
        let boundaries = words.len();
        let by_sign = parts.halvings == 0 && parts.leaves.iter().all(|leaf| leaf.near);
        if parts.halvings == 0 {
            let below = u64::from(by_sign);
            let boundary = |leaf: &Leaf| leaf.boundary.wrapping_sub(below);
            words.extend(parts.leaves.iter().map(boundary));
        } else {
            // The highest key of all is not below what is beyond, and no harm is done: those codes
            // stand for the last piece.
            words.push(0);
            words.extend(parts.cuts);
            words.resize(boundaries + codes, u64::MAX);
        }
        let firsts = words.len();
        words.extend(parts.leaves.chunks(2).map(|pair| {
            let high = pair.get(1).map_or(0, |leaf| leaf.first);
            u64::from(high) << 32 | u64::from(pair[0].first)
        }));
        let by_code = || (0..codes).map(|code| order.piece(code));
        let deltas = words.len();
        words.extend(by_code().map(|piece| pieces[piece].delta));
        let masks = words.len();
        let masked = pieces.iter().any(|piece| piece.mask != u64::MAX);
        if masked {
            words.extend(by_code().map(|piece| pieces[piece].mask));
        }
        let guards = words.len();
        words.extend(by_code().flat_map(|piece| guard(pieces, piece)));
        let sections = Sections {
            nodes,
            boundaries,
            firsts,
            deltas,
            masks,
            guards,
        };
        let shape = Shape {
            key: order.key,
            root: parts.root,
            depth: parts.depth,
            halvings: parts.halvings,
            by_sign,
            many_guards: size_of_val(&words[guards..]) > MANY_GUARD_BYTES,
            untested: if codes > MANY_PIECES { 1 } else { 2 },
            masked,
            sections,
        };
        Self {
            shape,
            order,
            codes,
            words,
        }
    }

    /// The target and the code of an address.
    pub(super) fn look_up(&self, address: u64) -> (u64, u32) {
        let Shape { sections, .. } = self.shape;
        let key = self.shape.clamped(self.shape.key.of(address));
        let code = match self.index(key) {
            None => self.halve(key, 0),
            Some(index) => {
                let pair = self.words[sections.firsts + index / 2];
                let first = (pair >> (index % 2 * 32)) as u32;
                match self.shape.halvings {
                    0 => {
                        let boundary = self.words[sections.boundaries + index];
                        let reached = match self.shape.by_sign {
                            true => boundary.wrapping_sub(key) >> 63,
                            false => u64::from(key >= boundary),
                        };
                        first.wrapping_add(reached as u32)
                    }
                    _ => self.halve(key, first),
                }
            }
        };
        let delta = self.words[sections.deltas + code as usize];
        let mask = if self.shape.masked {
            self.words[sections.masks + code as usize]
        } else {
            u64::MAX
        };
        ((address & mask).wrapping_add(delta), code)
    }

    /// The leaf of a key.
    fn index(&self, key: u64) -> Option<usize> {
        let mut index = match self.shape.root {
            Root::Shift { shift, clamp } => (key >> shift).min(clamp.unwrap_or(u64::MAX)),
            Root::Log => u64::from(key.leading_zeros()),
            Root::None => return None,
        } as u32;
        for _ in 0..self.shape.depth {
            let node = self.words[self.shape.sections.nodes + index as usize];
            let base = (node >> 32) as u32;
            // The shift is in the low bits, of which a shift takes no others.
            index = base.wrapping_add(key.wrapping_shr(node as u32) as u32);
        }
        Some(index as usize)
    }

    /// The last code from `first` on, of those a search reaches, that begins at the key or below.
    fn halve(&self, key: u64, first: u32) -> u32 {
        let mut code = first;
        for step in (0..self.shape.halvings).rev() {
            let middle = code + (1 << step);
            if self.words[self.shape.sections.boundaries + middle as usize] <= key {
                code = middle;
            }
        }
        code
    }

    /// The piece that a code stands for, by position. `None` for codes that no lookup gives.
    pub(super) fn piece(&self, code: u32) -> Option<usize> {
        let code = code as usize;
        (code < self.codes).then(|| self.order.piece(code))
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

/// The first and the last address of a piece that may be tested.
fn guard(pieces: &[Piece], piece: usize) -> [u64; 2] {
    let base = pieces[piece].base;
    [
        base,
        last(pieces, piece).min(base.saturating_add((1 << 63) - 1)),
    ]
}
