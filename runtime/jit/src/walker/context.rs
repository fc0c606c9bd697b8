//! What walking code is given besides addresses: roots and the pieces of an image.

use super::cache::Set;
use alloc::vec::Vec;
use core::marker::PhantomData;
use mapwright_runtime::walk::{Image, PhysicalMemory, Piece};

/// Levels that code is made for.
pub(super) const MOST_LEVELS: usize = 16;

/// One piece of an image.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Stretch {
    /// Its first physical address.
    pub(super) base: u64,
    /// Entries begin at distances from the base below this.
    pub(super) limit: u64,
    /// What is added to a physical address to get the host's.
    pub(super) host: u64,
}

/// The bytes of a [`Stretch`].
pub(super) const STRETCH: usize = size_of::<Stretch>();

/// What the code reads; it changes only `asked` and `touched`.
#[repr(C)]
#[derive(Debug)]
pub(super) struct Context {
    /// The roots: with one piece at 0, where they are in the host.
    pub(super) roots: [u64; 2],
    /// The bits of a physical address that the machine does not have.
    pub(super) beyond: u64,
    /// The first piece.
    pub(super) first: Stretch,
    pub(super) stretches: *const Stretch,
    pub(super) count: u64,
    /// Not 0 once the code has left an address to the interpreter.
    pub(super) asked: u64,
    /// What is made of entries that are only brought near.
    pub(super) touched: u64,
    /// The sets of a cache, and its epoch in its place in a tag.
    pub(super) sets: *mut Set,
    pub(super) epoch: u64,
    /// For each level, the addresses of tables that are as a whole in a first piece at 0 are below this.
    pub(super) limits: [u64; MOST_LEVELS],
}

/// Pieces that need no allocation: most images have few.
const FEW: usize = 4;

/// The pieces of an image as code needs them, while the image is borrowed.
#[derive(Debug)]
pub(super) struct Stretches<'a> {
    few: [Stretch; FEW],
    /// All of them, if they are more than that.
    many: Vec<Stretch>,
    count: usize,
    /// The bytes of the first piece.
    first_bytes: u64,
    beyond: u64,
    image: PhantomData<&'a [u8]>,
}

impl<'a> Stretches<'a> {
    /// Pieces that the machine's addresses do not reach are left out, and cut off where they do.
    pub(super) fn new(image: &'a Image<'_>, physical_bits: u32, entry_bytes: u32) -> Self {
        let width = physical_bits.min(image.physical_bits());
        let beyond = u64::MAX.checked_shl(width).unwrap_or(0);
        let stretch = |piece: &Piece<'_>| {
            let (base, bytes) = (piece.range().base(), piece.bytes());
            let length = reached(piece, beyond);
            Stretch {
                base,
                limit: length.saturating_sub(u64::from(entry_bytes) - 1),
                host: (bytes.as_ptr().addr() as u64).wrapping_sub(base),
            }
        };
        let pieces = image.pieces();
        let count = pieces.partition_point(|piece| piece.range().base() & beyond == 0);
        let mut few = [Stretch::default(); FEW];
        let mut many = Vec::new();
        if count > FEW {
            many = pieces[..count].iter().map(stretch).collect();
        } else {
            for (place, piece) in few.iter_mut().zip(&pieces[..count]) {
                *place = stretch(piece);
            }
        }
        Self {
            few,
            many,
            count,
            first_bytes: pieces[..count]
                .first()
                .map_or(0, |piece| reached(piece, beyond)),
            beyond,
            image: PhantomData,
        }
    }

    pub(super) fn list(&self) -> &[Stretch] {
        if self.count > FEW {
            &self.many
        } else {
            &self.few[..self.count]
        }
    }

    /// The bits of a physical address that the machine does not have.
    pub(super) fn beyond(&self) -> u64 {
        self.beyond
    }

    /// True when there is one piece, which begins at 0 and holds these roots of so many bytes, and the machine has all
    /// addresses below 2^`format_bits`.
    pub(super) fn is_flat(&self, format_bits: u32, roots: [u64; 2], root_bytes: u64) -> bool {
        let said = !u64::MAX.checked_shl(format_bits).unwrap_or(0);
        let holds = |root: &u64| {
            let end = root.checked_add(root_bytes);
            end.is_some_and(|end| end <= self.first_bytes)
        };
        self.count == 1
            && self.few[0].base == 0
            && self.beyond & said == 0
            && roots.iter().all(holds)
    }

    /// For code that knows tables of so many bytes, by level.
    pub(super) fn context(&self, roots: [u64; 2], table_bytes: &[u64]) -> Context {
        let mut limits = [0; MOST_LEVELS];
        for (limit, bytes) in limits.iter_mut().zip(table_bytes) {
            *limit = (self.first_bytes + 1).saturating_sub(*bytes);
        }
        let list = self.list();
        Context {
            roots,
            beyond: self.beyond,
            first: list.first().copied().unwrap_or_default(),
            stretches: list.as_ptr(),
            count: list.len() as u64,
            asked: 0,
            touched: 0,
            sets: core::ptr::null_mut(),
            epoch: 0,
            limits,
        }
    }
}

/// The bytes of a piece whose addresses the machine has: at most 2^63, as of all slices.
fn reached(piece: &Piece<'_>, beyond: u64) -> u64 {
    (piece.bytes().len() as u64).min((!beyond - piece.range().base()).saturating_add(1))
}
