//! Which blocks are given out: what makes a wrong free a named error instead of a wrong state.

use super::{FreeError, MOST_ORDER};
use alloc::vec::Vec;

/// One bit for each block that can be given out, set for the first frame of one that is: a quarter
/// of a byte a frame for all orders together.
#[derive(Debug, Clone)]
pub(super) struct Given {
    base: u64,
    /// The bits of each order, one order after the other.
    words: Vec<u64>,
    /// Where each order begins in `words`, in bits.
    starts: [u64; MOST_ORDER as usize + 1],
    /// How many orders there are.
    orders: u32,
}

/// The blocks of an order that hold some of `span` frames: a last one may be there in part only, and is asked for
/// when a frame of it is freed wrongly.
fn blocks(span: u64, order: u32) -> u64 {
    span.div_ceil(1 << order)
}

impl Given {
    /// Nothing given, of `span` frames from `base` on, in blocks of up to 2^`largest`.
    pub(super) fn new(base: u64, span: u64, largest: u32) -> Self {
        let mut starts = [0; MOST_ORDER as usize + 1];
        let mut total = 0;
        for order in 0..=largest {
            starts[order as usize] = total;
            total += blocks(span, order).next_multiple_of(64);
        }
        Self {
            base,
            words: alloc::vec![0; (total / 64) as usize],
            starts,
            orders: largest + 1,
        }
    }

    /// The bytes that [`Given::new`] takes.
    pub(super) fn host_bytes(span: u64, largest: u32) -> u64 {
        let words = (0..=largest).map(|order| blocks(span, order).div_ceil(64));
        words.sum::<u64>() * 8
    }

    #[inline]
    fn place(&self, frame: u64, order: u32) -> (usize, u64) {
        let bit = self.starts[order as usize] + ((frame - self.base) >> order);
        ((bit / 64) as usize, 1 << (bit % 64))
    }

    /// Notes that a block is given out.
    #[inline]
    pub(super) fn give(&mut self, frame: u64, order: u32) {
        let (word, bit) = self.place(frame, order);
        self.words[word] |= bit;
    }

    /// Notes that a block came back; false when it is not given out.
    #[inline]
    pub(super) fn take_back(&mut self, frame: u64, order: u32) -> bool {
        let (word, bit) = self.place(frame, order);
        let given = self.words[word] & bit != 0;
        self.words[word] &= !bit;
        given
    }

    /// Notes that single frames are given out: those of frames `64 * at ..` whose bits are set, counted
    /// from the first frame of the zone's largest block.
    #[inline]
    pub(super) fn give_bits(&mut self, at: u64, bits: u64) {
        self.words[at as usize] |= bits;
    }

    /// Notes that single frames came back; those of them that are not given out, and nothing changes if
    /// there are any.
    #[inline]
    pub(super) fn take_back_bits(&mut self, at: u64, bits: u64) -> u64 {
        let wrong = bits & !self.words[at as usize];
        if wrong == 0 {
            self.words[at as usize] &= !bits;
        }
        wrong
    }

    fn is_given(&self, frame: u64, order: u32) -> bool {
        let (word, bit) = self.place(frame, order);
        self.words[word] & bit != 0
    }

    /// The block given out that holds `frame`: its first frame and its order.
    pub(super) fn block_of(&self, frame: u64) -> Option<(u64, u32)> {
        (0..self.orders).find_map(|order| {
            let head = frame >> order << order;
            self.is_given(head, order).then_some((head, order))
        })
    }

    /// The number of frames in blocks given out, counted anew.
    pub(super) fn recount(&self) -> u64 {
        let count = |order: u32| {
            let word = |order: u32| (self.starts[order as usize] / 64) as usize;
            let end = if order + 1 < self.orders {
                word(order + 1)
            } else {
                self.words.len()
            };
            let words = &self.words[word(order)..end];
            let blocks: u64 = words.iter().map(|word| u64::from(word.count_ones())).sum();
            blocks << order
        };
        (0..self.orders).map(count).sum()
    }

    /// Why a block that is not given out cannot be freed, given that `frame` is in some block of
    /// this order that is: the wrong order, or not its first frame.
    pub(super) fn explain(&self, frame: u64, order: u32) -> Option<FreeError> {
        let (head, actual) = self.block_of(frame)?;
        Some(if head == frame {
            FreeError::WrongOrder {
                frame,
                order,
                actual,
            }
        } else {
            FreeError::InsideBlock {
                frame,
                head,
                order: actual,
            }
        })
    }
}
