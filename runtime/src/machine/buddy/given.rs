//! Which blocks are given out: what makes a wrong free a named error instead of a wrong state.

use super::FreeError;
use alloc::vec::Vec;

/// One bit for each block that can be given out, set for the first frame of one that is: a quarter
/// of a byte a frame for all orders together.
#[derive(Debug, Clone)]
pub(super) struct Given {
    base: u64,
    /// The bits of each order, one order after the other.
    words: Vec<u64>,
    /// Where each order begins in `words`.
    starts: Vec<usize>,
}

impl Given {
    /// Nothing given, of `span` frames from `base` on, in blocks of up to 2^`largest`.
    pub(super) fn new(base: u64, span: u64, largest: u32) -> Self {
        let mut total = 0;
        let starts = (0..=largest).map(|order| {
            let start = total;
            total += (span >> order).div_ceil(64) as usize;
            start
        });
        let starts = starts.collect();
        Self {
            base,
            words: alloc::vec![0; total],
            starts,
        }
    }

    /// The bytes that [`Given::new`] takes.
    pub(super) fn host_bytes(span: u64, largest: u32) -> u64 {
        let words = (0..=largest).map(|order| (span >> order).div_ceil(64));
        words.sum::<u64>() * 8
    }

    #[inline]
    fn place(&self, frame: u64, order: u32) -> (usize, u64) {
        let number = (frame - self.base) >> order;
        let start = self.starts[order as usize];
        (start + (number / 64) as usize, 1 << (number % 64))
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

    fn is_given(&self, frame: u64, order: u32) -> bool {
        let (word, bit) = self.place(frame, order);
        self.words[word] & bit != 0
    }

    /// The block given out that holds `frame`: its first frame and its order.
    pub(super) fn block_of(&self, frame: u64) -> Option<(u64, u32)> {
        (0..self.starts.len() as u32).find_map(|order| {
            let head = frame >> order << order;
            self.is_given(head, order).then_some((head, order))
        })
    }

    /// The number of frames in blocks given out, counted anew.
    pub(super) fn recount(&self) -> u64 {
        let orders = 0..self.starts.len();
        let count = |order: usize| {
            let end = self.starts.get(order + 1).copied();
            let words = &self.words[self.starts[order]..end.unwrap_or(self.words.len())];
            let blocks: u64 = words.iter().map(|word| u64::from(word.count_ones())).sum();
            blocks << order
        };
        orders.map(count).sum()
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
