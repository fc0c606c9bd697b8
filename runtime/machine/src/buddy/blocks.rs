//! The buddy system itself: free blocks of 2^order frames, split and merged.

use super::bitmap::{Bitmap, levels};
use alloc::vec::Vec;

/// The largest order that can be asked for: blocks of 2^32 frames.
pub const MOST_ORDER: u32 = 32;

/// The free blocks of a stretch of frames.
///
/// The policy, so that a naive allocator can be held to it exactly: a request takes a block of the
/// smallest order that is enough and has one, and of these the one with the lowest address; what
/// is split off is always the upper half. A block given back merges with its buddy as long as that
/// is free, up to the largest order. Linux takes the block that was given back last instead; the
/// lowest needs no list through the frames, so that a frame costs a quarter of a byte.
#[derive(Debug, Clone)]
pub struct Blocks {
    /// The frame of bit 0: a multiple of the largest block, at or below the first frame.
    base: u64,
    /// How many frames the bitmaps cover.
    span: u64,
    /// For each order, the blocks that are free, numbered by (frame - base) >> order.
    free: Vec<Bitmap>,
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
        // The same number of levels for all, so that it is no news to the processor.
        let levels = levels(span);
        let free = (0..=largest).map(|order| Bitmap::new(span >> order, levels));
        Self {
            base,
            span,
            free: free.collect(),
            orders: 0,
            free_frames: 0,
        }
    }

    /// The bytes of the host's memory that [`Blocks::new`] takes.
    #[must_use]
    pub fn host_bytes(first: u64, end: u64, largest: u32) -> u64 {
        let (_, span) = extent(first, end, largest);
        let levels = levels(span);
        let bitmaps = (0..=largest).map(|order| Bitmap::host_bytes(span >> order, levels));
        bitmaps.sum()
    }

    /// The frame that all numbers of blocks are counted from.
    pub(super) fn base(&self) -> u64 {
        self.base
    }

    /// The largest order.
    #[must_use]
    pub fn largest_order(&self) -> u32 {
        self.free.len() as u32 - 1
    }

    /// The frames in free blocks.
    #[must_use]
    pub fn free_frames(&self) -> u64 {
        self.free_frames
    }

    /// How many free blocks there are of each order, from 0 up.
    pub fn free_by_order(&self) -> impl Iterator<Item = u64> + '_ {
        self.free.iter().map(Bitmap::count)
    }

    /// The free blocks of an order by their first frames, lowest first.
    pub fn free_blocks(&self, order: u32) -> impl Iterator<Item = u64> + '_ {
        let bitmap = self.free.get(order as usize);
        let numbers = bitmap.into_iter().flat_map(|bitmap| bitmap.iter());
        numbers.map(move |number| self.base + (number << order))
    }

    /// The largest order that has a free block.
    #[must_use]
    pub(crate) fn largest_free(&self) -> Option<u32> {
        self.orders.checked_ilog2()
    }

    /// The free block that holds `frame`: its first frame and its order.
    #[must_use]
    pub(crate) fn block_of(&self, frame: u64) -> Option<(u64, u32)> {
        let at = frame.checked_sub(self.base).filter(|at| *at < self.span)?;
        (0..=self.largest_order()).find_map(|order| {
            let number = at >> order;
            let free = self.free[order as usize].contains(number);
            free.then(|| (self.base + (number << order), order))
        })
    }

    /// Takes a block of 2^`order` frames; its first frame.
    #[inline]
    pub fn take(&mut self, order: u32) -> Option<u64> {
        let enough = self.orders.checked_shr(order)?;
        if enough == 0 {
            return None;
        }
        let from = order + enough.trailing_zeros();
        let number = self.pop(from);
        self.free_frames -= 1 << order;
        Some(self.base + (self.split(number, from, order) << order))
    }

    /// Takes up to `wanted` single frames, exactly those that as many calls of
    /// [`Blocks::take`]`(0)` would, and calls `each` with them in that order. Returns how many.
    pub fn take_frames(&mut self, wanted: u64, mut each: impl FnMut(u64)) -> u64 {
        let base = self.base;
        let mut taken = 0;
        while taken < wanted && self.orders != 0 {
            let order = self.orders.trailing_zeros();
            if order == 0 {
                taken += self.free[0].pop_run(wanted - taken, &mut |number| each(base + number));
                self.note_empty(0);
                continue;
            }
            // No smaller block is free: one frame after the other would come out of this one.
            let head = self.pop(order) << order;
            let whole = 1 << order;
            let used = whole.min(wanted - taken);
            (head..head + used).for_each(|number| each(base + number));
            let mut rest = head + used;
            while rest < head + whole {
                let order = rest.trailing_zeros();
                self.insert(rest >> order, order);
                rest += 1 << order;
            }
            taken += used;
        }
        self.free_frames -= taken;
        taken
    }

    /// Takes exactly the block of 2^`order` frames at `frame`, if all of it is free.
    pub fn take_at(&mut self, frame: u64, order: u32) -> bool {
        let Some((head, from)) = self.block_of(frame) else {
            return false;
        };
        if from < order || !frame.is_multiple_of(1 << order) {
            return false;
        }
        self.remove((head - self.base) >> from, from);
        self.free_frames -= 1 << order;
        for order in (order..from).rev() {
            // Of the two halves, the one without the frame stays free.
            self.insert((frame - self.base) >> order ^ 1, order);
        }
        true
    }

    /// Gives back a block of 2^`order` frames. None of it may be free, and it lies at a multiple of
    /// its size: [`super::Zone::free`] checks it.
    #[inline]
    pub fn give(&mut self, frame: u64, order: u32) {
        self.free_frames += 1 << order;
        self.merge((frame - self.base) >> order, order);
    }

    /// Frees a block: merged with its buddy as long as that is free.
    #[inline]
    fn merge(&mut self, number: u64, order: u32) {
        let mut number = number;
        let mut order = order;
        let largest = self.largest_order();
        while order < largest && self.free[order as usize].take(number ^ 1) {
            self.note_empty(order);
            number >>= 1;
            order += 1;
        }
        self.insert(number, order);
    }

    /// Gives back single frames, as [`Blocks::give`] of each would, but those that follow each
    /// other within 64 frames together.
    pub fn give_frames(&mut self, frames: impl IntoIterator<Item = u64>) {
        let (mut at, mut bits) = (0, 0_u64);
        for frame in frames {
            let number = frame - self.base;
            if number / 64 != at {
                self.give_bits(at, bits);
                (at, bits) = (number / 64, 0);
            }
            bits |= 1 << (number % 64);
        }
        self.give_bits(at, bits);
    }

    /// Gives back those of frames `64 * at ..` whose bits are set. Order by order, all pairs of
    /// buddies in the 64 frames merge at once.
    pub(super) fn give_bits(&mut self, at: u64, bits: u64) {
        self.free_frames += u64::from(bits.count_ones());
        let mut new = bits;
        let mut order = 0;
        let orders = self.free.len();
        while new != 0 && order < orders.min(6) {
            let width = 64 >> order;
            let first = at * width;
            let (word, shift) = ((first / 64) as usize, first % 64);
            let bitmap = &mut self.free[order];
            let old = bitmap.word(word) >> shift & u64::MAX >> (64 - width);
            let all = old | new;
            let merges = order + 1 < orders;
            let pairs = if merges {
                all & all >> 1 & LOWER_HALVES
            } else {
                0
            };
            let merged = pairs | pairs << 1;
            let (gone, stay) = (old & merged, new & !merged);
            if gone != 0 {
                bitmap.clear_in_word(word, gone << shift, gone.count_ones().into());
            }
            if stay != 0 {
                bitmap.merge_word(word, stay << shift, stay.count_ones().into());
                self.orders |= 1 << order;
            }
            self.note_empty(order as u32);
            new = every_second(pairs);
            order += 1;
        }
        if new != 0 {
            self.merge(at, 6);
        }
    }

    /// Notes when an order has no block any more.
    #[inline]
    fn note_empty(&mut self, order: u32) {
        let empty = self.free[order as usize].count() == 0;
        self.orders &= !(u64::from(empty) << order);
    }

    /// Gives frames `first .. end`, none of them free, as the largest blocks possible, whole words
    /// of largest blocks at a time.
    pub fn add(&mut self, first: u64, end: u64) {
        let largest = self.largest_order();
        let size = 1_u64 << largest;
        let mut at = first;
        while at < end {
            let whole = (end - at) >> largest;
            if at.is_multiple_of(size) && whole != 0 {
                let number = (at - self.base) >> largest;
                self.free[largest as usize].insert_range(number, number + whole);
                self.orders |= size;
                self.free_frames += whole << largest;
                at += whole << largest;
            } else {
                let aligned = at.trailing_zeros();
                let fits = (end - at).ilog2();
                let order = aligned.min(fits).min(largest);
                self.give(at, order);
                at += 1 << order;
            }
        }
    }

    /// The frames in the free blocks as their bitmaps have them; equal to
    /// [`Blocks::free_frames`], or the law of counting is broken.
    #[must_use]
    pub fn recount(&self) -> u64 {
        let orders = self.free.iter().enumerate();
        orders
            .map(|(order, bitmap)| bitmap.recount() << order)
            .sum()
    }

    /// Keeps the lower half, again and again, and frees the upper ones.
    #[inline]
    fn split(&mut self, number: u64, from: u32, order: u32) -> u64 {
        let mut number = number;
        for order in (order..from).rev() {
            number <<= 1;
            self.free[order as usize].insert(number + 1);
        }
        // All orders between had no free block, and now have one.
        self.orders |= (1_u64 << from) - (1 << order);
        number
    }

    #[inline]
    fn insert(&mut self, number: u64, order: u32) {
        self.free[order as usize].insert(number);
        self.orders |= 1 << order;
    }

    fn remove(&mut self, number: u64, order: u32) {
        self.free[order as usize].remove(number);
        self.note_empty(order);
    }

    #[inline]
    fn pop(&mut self, order: u32) -> u64 {
        // The caller has seen that the order has a block.
        let number = self.free[order as usize].pop_first().unwrap_or(0);
        self.note_empty(order);
        number
    }
}

/// The lower ones of each two bits.
const LOWER_HALVES: u64 = 0x5555_5555_5555_5555;

/// Bits 0, 2, 4 ... of `bits`, the only ones that may be set, moved together.
fn every_second(bits: u64) -> u64 {
    let twos = (bits | bits >> 1) & 0x3333_3333_3333_3333;
    let fours = (twos | twos >> 2) & 0x0f0f_0f0f_0f0f_0f0f;
    let eights = (fours | fours >> 4) & 0x00ff_00ff_00ff_00ff;
    let sixteens = (eights | eights >> 8) & 0x0000_ffff_0000_ffff;
    (sixteens | sixteens >> 16) & 0xffff_ffff
}

/// The frame of bit 0, and how many frames the bitmaps cover: whole largest blocks.
fn extent(first: u64, end: u64, largest: u32) -> (u64, u64) {
    let size = 1_u64 << largest;
    let base = first / size * size;
    (base, (end.max(first) - base).div_ceil(size) * size)
}
