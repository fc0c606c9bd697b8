//! The buddy system itself: free blocks of 2^order frames, split and merged.

use super::bitmap::Bitmap;
use super::group::{self, ORDERS};
use alloc::vec::Vec;

/// The largest order that can be asked for: blocks of 2^32 frames.
pub const MOST_ORDER: u32 = 32;

/// Frames in a group.
const GROUP: u64 = 64;

/// The free blocks of a stretch of frames.
///
/// The policy, so that a naive allocator can be held to it exactly: a request takes a block of the
/// smallest order that is enough and has one, and of these the one with the lowest address; what
/// is split off is always the upper half. A block given back merges with its buddy as long as that
/// is free, up to the largest order. Linux takes the block that was given back last instead; the
/// lowest needs no list through the frames, so that a frame costs a sixth of a byte.
///
/// Frames are kept in groups of 64, a word each. A group that is free from end to end is a block of
/// order 6, or part of a larger one, and noted in the bitmap of that order; its word is 0 then. The
/// word of any other group says which of its frames are free, and by that which blocks it has
/// ([`group`]). For each order below 6 a bitmap says which groups have a block of that order.
#[derive(Debug, Clone)]
pub struct Blocks {
    /// The frame of bit 0: a multiple of the largest block and of a group, at or below the first
    /// frame.
    base: u64,
    largest: u32,
    /// The free frames of each group that is not part of a free block of order 6 or more.
    words: Vec<u64>,
    /// The orders of which each group has a block.
    shapes: Vec<u8>,
    /// For each order below 6, the groups that have such a block.
    groups: Vec<Bitmap>,
    /// For each order from 6 on, the free blocks, numbered by (frame - base) >> order.
    blocks: Vec<Bitmap>,
    /// Bit `n` says that order `n` has a free block.
    orders: u64,
    /// The frames in all free blocks.
    free_frames: u64,
}

impl Blocks {
    /// No free frame yet, in frames `first .. end`, with blocks of up to 2^`largest` frames
    /// (`largest` at most [`MOST_ORDER`]). Blocks lie at multiples of their size.
    #[must_use]
    pub fn new(first: u64, end: u64, largest: u32) -> Self {
        let (base, span) = extent(first, end, largest);
        let groups = span / GROUP;
        let small = (0..=largest.min(ORDERS - 1)).map(|_| Bitmap::new(groups));
        let large = (ORDERS..=largest).map(|order| Bitmap::new(span >> order));
        Self {
            base,
            largest,
            // Zeroed memory from the system is not touched until it is written.
            words: alloc::vec![0; groups as usize],
            shapes: alloc::vec![0; groups as usize],
            groups: small.collect(),
            blocks: large.collect(),
            orders: 0,
            free_frames: 0,
        }
    }

    /// The bytes of the host's memory that [`Blocks::new`] takes.
    #[must_use]
    pub fn host_bytes(first: u64, end: u64, largest: u32) -> u64 {
        let (_, span) = extent(first, end, largest);
        let groups = span / GROUP;
        let small = Bitmap::host_bytes(groups) * u64::from(ORDERS.min(largest + 1));
        let large = (ORDERS..=largest).map(|order| Bitmap::host_bytes(span >> order));
        groups * 9 + small + large.sum::<u64>()
    }

    /// The largest order.
    #[must_use]
    pub fn largest_order(&self) -> u32 {
        self.largest
    }

    /// The frames in free blocks.
    #[must_use]
    pub fn free_frames(&self) -> u64 {
        self.free_frames
    }

    /// The largest order below 6.
    #[inline]
    fn small(&self) -> u32 {
        self.largest.min(ORDERS - 1)
    }

    /// How many free blocks there are of each order, from 0 up.
    pub fn free_by_order(&self) -> impl Iterator<Item = u64> + '_ {
        let small = self.groups.iter().enumerate().map(move |(order, groups)| {
            let blocks = groups.iter().map(move |at| self.heads(at, order as u32));
            blocks.map(|heads| u64::from(heads.count_ones())).sum()
        });
        small.chain(self.blocks.iter().map(Bitmap::count))
    }

    fn heads(&self, at: u64, order: u32) -> u64 {
        group::blocks(self.words[at as usize], order, self.small())
    }

    /// The free blocks of an order by their first frames, lowest first.
    pub fn free_blocks(&self, order: u32) -> impl Iterator<Item = u64> + '_ {
        let small = self.groups.get(order as usize).into_iter();
        let small = small.flat_map(Bitmap::iter).flat_map(move |at| {
            let heads = self.heads(at, order);
            let bits = (0..GROUP).filter(move |bit| heads >> bit & 1 == 1);
            bits.map(move |bit| self.base + at * GROUP + bit)
        });
        let large = order.checked_sub(ORDERS);
        let large = large
            .and_then(|at| self.blocks.get(at as usize))
            .into_iter();
        let large = large.flat_map(Bitmap::iter);
        small.chain(large.map(move |number| self.base + (number << order)))
    }

    /// The largest order that has a free block.
    #[must_use]
    pub fn largest_free(&self) -> Option<u32> {
        self.orders.checked_ilog2()
    }

    /// The free block that holds `frame`: its first frame and its order.
    #[must_use]
    pub fn block_of(&self, frame: u64) -> Option<(u64, u32)> {
        let number = frame.checked_sub(self.base)?;
        let (at, bit) = (number / GROUP, number % GROUP);
        let word = *self.words.get(at as usize)?;
        if word >> bit & 1 == 1 {
            return (0..=self.small()).find_map(|order| {
                let head = bit >> order << order;
                let found = self.heads(at, order) >> head & 1 == 1;
                found.then_some((self.base + at * GROUP + head, order))
            });
        }
        (ORDERS..=self.largest).find_map(|order| {
            let free = self.large(order).contains(number >> order);
            free.then(|| (self.base + (number >> order << order), order))
        })
    }

    #[inline]
    fn large(&self, order: u32) -> &Bitmap {
        &self.blocks[(order - ORDERS) as usize]
    }

    #[inline]
    fn large_mut(&mut self, order: u32) -> &mut Bitmap {
        &mut self.blocks[(order - ORDERS) as usize]
    }

    /// Takes a block of 2^`order` frames; its first frame.
    #[inline]
    pub fn take(&mut self, order: u32) -> Option<u64> {
        let enough = self.orders.checked_shr(order)?;
        if enough == 0 {
            return None;
        }
        let from = order + enough.trailing_zeros();
        self.free_frames -= 1 << order;
        if order >= ORDERS {
            let number = self.pop(from);
            return Some(self.base + (self.split(number, from, order) << order));
        }
        let (at, free, bit) = if from < ORDERS {
            let at = self.groups[from as usize].first().unwrap_or(0);
            let free = self.words[at as usize];
            let heads = group::blocks(free, from, self.small());
            (at, free, heads.trailing_zeros())
        } else {
            let number = self.pop(from);
            (self.split(number, from, ORDERS), u64::MAX, 0)
        };
        self.set_group(at, free & !(group::ones(order) << bit));
        Some(self.base + at * GROUP + u64::from(bit))
    }

    /// Takes up to `wanted` single frames, exactly those that as many calls of
    /// [`Blocks::take`]`(0)` would, and calls `each` with them in that order. Returns how many.
    pub fn take_frames(&mut self, wanted: u64, mut each: impl FnMut(u64)) -> u64 {
        let mut taken = 0;
        while taken < wanted && self.orders != 0 {
            let order = self.orders.trailing_zeros();
            taken += match order {
                0 => self.take_singles(wanted - taken, &mut each),
                1..ORDERS => self.take_from_group(order, wanted - taken, &mut each),
                _ => self.take_from_block(order, wanted - taken, &mut each),
            };
        }
        self.free_frames -= taken;
        taken
    }

    /// The blocks of one frame of the lowest group that has any.
    fn take_singles(&mut self, wanted: u64, each: &mut impl FnMut(u64)) -> u64 {
        let at = self.groups[0].first().unwrap_or(0);
        let free = self.words[at as usize];
        let heads = group::blocks(free, 0, self.small());
        let mut left = heads;
        let mut taken = 0;
        while left != 0 && taken < wanted {
            each(self.base + at * GROUP + u64::from(left.trailing_zeros()));
            left &= left - 1;
            taken += 1;
        }
        self.set_group(at, free & !(heads ^ left));
        taken
    }

    /// No smaller block is free: one frame after the other comes out of the lowest of this order.
    fn take_from_group(&mut self, order: u32, wanted: u64, each: &mut impl FnMut(u64)) -> u64 {
        let at = self.groups[order as usize].first().unwrap_or(0);
        let free = self.words[at as usize];
        let bit = group::blocks(free, order, self.small()).trailing_zeros();
        let used = wanted.min(1 << order);
        let head = self.base + at * GROUP + u64::from(bit);
        (head..head + used).for_each(each);
        let bits = u64::MAX >> (GROUP - used) << bit;
        self.set_group(at, free & !bits);
        used
    }

    /// No group has a free frame: they come out of the lowest block of this order.
    fn take_from_block(&mut self, order: u32, wanted: u64, each: &mut impl FnMut(u64)) -> u64 {
        let head = self.pop(order) << order;
        let end = head + (1 << order);
        let used = wanted.min(1 << order);
        (head..head + used).for_each(|number| each(self.base + number));
        let mut rest = head + used;
        if !rest.is_multiple_of(GROUP) {
            self.set_group(rest / GROUP, u64::MAX << (rest % GROUP));
            rest = rest.next_multiple_of(GROUP);
        }
        while rest < end {
            let order = rest.trailing_zeros();
            self.insert(rest >> order, order);
            rest += 1 << order;
        }
        used
    }

    /// Takes exactly the block of 2^`order` frames at `frame`, if all of it is free.
    pub fn take_at(&mut self, frame: u64, order: u32) -> bool {
        let Some((head, from)) = self.block_of(frame) else {
            return false;
        };
        if from < order || !frame.is_multiple_of(1 << order) {
            return false;
        }
        self.free_frames -= 1 << order;
        let number = frame - self.base;
        if from >= ORDERS {
            let head = (head - self.base) >> from;
            self.large_mut(from).remove(head);
            self.note_large(from);
            for order in (order.max(ORDERS)..from).rev() {
                // Of the two halves, the one without the frame stays free.
                self.insert(number >> order ^ 1, order);
            }
        }
        if order < ORDERS {
            let at = number / GROUP;
            let free = if from < ORDERS {
                self.words[at as usize]
            } else {
                u64::MAX
            };
            self.set_group(at, free & !(group::ones(order) << (number % GROUP)));
        }
        true
    }

    /// Gives back a block of 2^`order` frames. None of it may be free, and it lies at a multiple of
    /// its size: [`super::Zone::free`] checks it.
    #[inline]
    pub fn give(&mut self, frame: u64, order: u32) {
        let number = frame - self.base;
        if order < ORDERS {
            self.give_bits(number / GROUP, group::ones(order) << (number % GROUP));
        } else {
            self.free_frames += 1 << order;
            self.merge(number >> order, order);
        }
    }

    /// Gives back single frames, as [`Blocks::give`] of each would, but those that follow each
    /// other within 64 frames together.
    pub fn give_frames(&mut self, frames: impl IntoIterator<Item = u64>) {
        let (mut at, mut bits) = (0, 0_u64);
        for frame in frames {
            let number = frame - self.base;
            if number / GROUP != at {
                self.give_bits(at, bits);
                (at, bits) = (number / GROUP, 0);
            }
            bits |= 1 << (number % GROUP);
        }
        self.give_bits(at, bits);
    }

    /// Gives back those frames of a group whose bits are set. A group that becomes free from end to
    /// end is a block of order 6.
    #[inline]
    fn give_bits(&mut self, at: u64, bits: u64) {
        self.free_frames += u64::from(bits.count_ones());
        let free = self.words[at as usize] | bits;
        if free == u64::MAX && self.largest >= ORDERS {
            self.set_group(at, 0);
            self.merge(at, ORDERS);
        } else {
            self.set_group(at, free);
        }
    }

    /// Frees a block of order 6 or more: merged with its buddy as long as that is free.
    #[inline]
    fn merge(&mut self, number: u64, order: u32) {
        let mut number = number;
        let mut order = order;
        while order < self.largest && self.large_mut(order).take(number ^ 1) {
            self.note_large(order);
            number >>= 1;
            order += 1;
        }
        self.insert(number, order);
    }

    /// Sets the free frames of a group, and notes of which orders it has blocks.
    #[inline]
    fn set_group(&mut self, at: u64, free: u64) {
        let index = at as usize;
        let shape = group::orders(free, self.small());
        let mut changed = shape ^ self.shapes[index];
        self.words[index] = free;
        self.shapes[index] = shape;
        while changed != 0 {
            let order = changed.trailing_zeros();
            changed &= changed - 1;
            let groups = &mut self.groups[order as usize];
            if shape >> order & 1 == 1 {
                groups.insert(at);
                self.orders |= 1 << order;
            } else {
                groups.remove(at);
                self.orders &= !(u64::from(groups.count() == 0) << order);
            }
        }
    }

    /// Gives frames `first .. end`, none of them free, as the largest blocks possible, whole words
    /// of largest blocks at a time.
    pub fn add(&mut self, first: u64, end: u64) {
        let (mut at, end) = (first - self.base, end.max(first) - self.base);
        let largest = self.largest;
        while at < end {
            let whole = (end - at) >> largest;
            if largest >= ORDERS && at.is_multiple_of(1 << largest) && whole != 0 {
                let number = at >> largest;
                self.large_mut(largest).insert_range(number, number + whole);
                self.orders |= 1 << largest;
                self.free_frames += whole << largest;
                at += whole << largest;
            } else if at.is_multiple_of(GROUP) && end - at >= GROUP && largest >= ORDERS {
                let order = at.trailing_zeros().min((end - at).ilog2()).min(largest);
                self.free_frames += 1 << order;
                self.merge(at >> order, order);
                at += 1 << order;
            } else {
                let bit = at % GROUP;
                let count = (GROUP - bit).min(end - at);
                self.give_bits(at / GROUP, u64::MAX >> (GROUP - count) << bit);
                at += count;
            }
        }
    }

    /// The frames in the free blocks as the words and bitmaps have them; equal to
    /// [`Blocks::free_frames`], or the law of counting is broken.
    #[must_use]
    pub fn recount(&self) -> u64 {
        let words = self.words.iter().map(|word| u64::from(word.count_ones()));
        let blocks = (ORDERS..).zip(&self.blocks);
        let blocks = blocks.map(|(order, bitmap)| bitmap.recount() << order);
        words.sum::<u64>() + blocks.sum::<u64>()
    }

    /// Keeps the lower half of a block, again and again, down to `order` (6 or more), and frees the
    /// upper ones.
    #[inline]
    fn split(&mut self, number: u64, from: u32, order: u32) -> u64 {
        let mut number = number;
        for order in (order..from).rev() {
            number <<= 1;
            self.insert(number + 1, order);
        }
        number
    }

    #[inline]
    fn insert(&mut self, number: u64, order: u32) {
        self.large_mut(order).insert(number);
        self.orders |= 1 << order;
    }

    #[inline]
    fn pop(&mut self, order: u32) -> u64 {
        // The caller has seen that the order has a block.
        let number = self.large_mut(order).pop_first().unwrap_or(0);
        self.note_large(order);
        number
    }

    /// Notes when an order has no block any more.
    #[inline]
    fn note_large(&mut self, order: u32) {
        let empty = self.large(order).count() == 0;
        self.orders &= !(u64::from(empty) << order);
    }
}

/// The frame of bit 0, and how many frames are covered: whole largest blocks, and whole groups.
fn extent(first: u64, end: u64, largest: u32) -> (u64, u64) {
    let size = GROUP.max(1 << largest);
    let base = first / size * size;
    (base, (end.max(first) - base).div_ceil(size) * size)
}
