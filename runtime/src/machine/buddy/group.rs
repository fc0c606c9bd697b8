//! Sixty-four frames in one word: which free blocks of up to 32 frames are in it.
//!
//! Free buddies are always merged, so that the free frames alone say which blocks there are: those
//! that are free from end to end while the block twice as large around them is not. No list and no
//! flag is needed, and splitting and merging are changes of bits.

/// Orders of blocks that are smaller than a group: 0 to 5.
pub(super) const ORDERS: u32 = 6;

/// Where blocks of each order begin.
const HEADS: [u64; 7] = [
    u64::MAX,
    0x5555_5555_5555_5555,
    0x1111_1111_1111_1111,
    0x0101_0101_0101_0101,
    0x0001_0001_0001_0001,
    0x0000_0001_0000_0001,
    1,
];

/// The frames of a block of `order` (0 to 5) at the bottom of a group.
#[inline]
pub(super) const fn ones(order: u32) -> u64 {
    u64::MAX >> (64 - (1 << order))
}

/// Of blocks of `order` that are free from end to end, those of the next order.
#[inline]
const fn pairs(whole: u64, order: u32) -> u64 {
    whole & whole >> (1 << order) & HEADS[order as usize + 1]
}

/// The first frames of the free blocks of `order` (0 to `largest`, at most 5): free from end to end, and
/// not half of a larger one.
#[inline]
pub(super) fn blocks(free: u64, order: u32, largest: u32) -> u64 {
    let mut whole = free;
    for below in 0..order {
        whole = pairs(whole, below);
    }
    if order == largest {
        return whole;
    }
    let above = pairs(whole, order);
    whole & !(above | above << (1 << order))
}

/// Bit `n` is set when a group has a free block of order `n`, 0 to `largest` (at most 5).
#[inline]
pub(super) fn orders(free: u64, largest: u32) -> u8 {
    let mut found = 0;
    let mut whole = free;
    for order in 0..largest {
        let above = pairs(whole, order);
        let alone = whole & !(above | above << (1 << order));
        found |= u8::from(alone != 0) << order;
        whole = above;
    }
    found | u8::from(whole != 0) << largest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::Random;

    /// The definition, frame by frame.
    fn naive(free: u64, order: u32, largest: u32) -> u64 {
        let is_free = |head: u32, order: u32| (0..1 << order).all(|n| free >> (head + n) & 1 == 1);
        let heads = (0..64_u32).step_by(1 << order).filter(|head| {
            let around = head >> (order + 1) << (order + 1);
            is_free(*head, order) && (order == largest || !is_free(around, order + 1))
        });
        heads.fold(0, |bits, head| bits | 1 << head)
    }

    #[test]
    fn blocks_are_the_definition() {
        let mut random = Random::new(6);
        for round in 0..3_000 {
            let mut free = random.word();
            for _ in 0..round % 6 {
                // Denser words have larger blocks.
                free |= random.word();
            }
            let largest = random.below(6) as u32;
            let mut seen = 0;
            for order in 0..=largest {
                let found = blocks(free, order, largest);
                assert_eq!(
                    found,
                    naive(free, order, largest),
                    "{free:#x} {order} {largest}"
                );
                seen |= u8::from(found != 0) << order;
            }
            assert_eq!(orders(free, largest), seen);
        }
        assert_eq!(orders(0, 5), 0);
        assert_eq!(ones(5), 0xffff_ffff);
    }
}
