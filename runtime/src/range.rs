//! Ranges of addresses: never empty, and able to end at 2^64.

use core::fmt;

/// The bytes `base ..= last` of an address space. It is never empty, and `last` is inclusive, so
/// that a range may reach the top of a 64-bit space.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Range {
    base: u64,
    last: u64,
}

impl Range {
    /// Every 64-bit address.
    pub const ALL: Self = Self {
        base: 0,
        last: u64::MAX,
    };

    /// `base ..= last`, or `None` when `last` is below `base`.
    #[must_use]
    pub const fn new(base: u64, last: u64) -> Option<Self> {
        if base <= last {
            Some(Self { base, last })
        } else {
            None
        }
    }

    /// The half-open `start .. end` of the language; `end` may be 2^64. `None` when it is empty or
    /// inverted, or when it passes 2^64.
    #[must_use]
    pub const fn from_start_end(start: u128, end: u128) -> Option<Self> {
        if start < end && end <= 1 << 64 {
            // Both fit: start < end <= 2^64.
            Some(Self {
                base: start as u64,
                last: (end - 1) as u64,
            })
        } else {
            None
        }
    }

    /// The `size` bytes from `base`; `None` when `size` is 0 or the range would pass 2^64.
    #[must_use]
    pub const fn from_base_size(base: u64, size: u128) -> Option<Self> {
        match (base as u128).checked_add(size) {
            Some(end) => Self::from_start_end(base as u128, end),
            None => None,
        }
    }

    /// Every address of `bits` bits (1 to 64); `None` for another width.
    #[must_use]
    pub const fn of_bits(bits: u32) -> Option<Self> {
        match bits {
            1..=64 => Some(Self {
                base: 0,
                last: u64::MAX >> (64 - bits),
            }),
            _ => None,
        }
    }

    /// The first address.
    #[must_use]
    pub const fn base(self) -> u64 {
        self.base
    }

    /// The last address, inclusive.
    #[must_use]
    pub const fn last(self) -> u64 {
        self.last
    }

    /// One past the last address: 1 to 2^64.
    #[must_use]
    pub const fn end(self) -> u128 {
        self.last as u128 + 1
    }

    /// The number of bytes: 1 to 2^64.
    #[must_use]
    pub const fn size(self) -> u128 {
        (self.last - self.base) as u128 + 1
    }

    /// True when `address` is inside.
    #[must_use]
    pub const fn contains(self, address: u64) -> bool {
        self.base <= address && address <= self.last
    }

    /// True when all of `inner` is inside.
    #[must_use]
    pub const fn contains_range(self, inner: Self) -> bool {
        self.base <= inner.base && inner.last <= self.last
    }

    /// True when the two have an address in common.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.base <= other.last && other.base <= self.last
    }

    /// The addresses in both, if any.
    #[must_use]
    pub fn intersection(self, other: Self) -> Option<Self> {
        Self::new(self.base.max(other.base), self.last.min(other.last))
    }

    /// The addresses of `self` below and above `other`, as far as there are any.
    #[must_use]
    pub fn without(self, other: Self) -> (Option<Self>, Option<Self>) {
        let below = match other.base.checked_sub(1) {
            Some(last) => Self::new(self.base, self.last.min(last)),
            None => None,
        };
        let above = match other.last.checked_add(1) {
            Some(base) => Self::new(self.base.max(base), self.last),
            None => None,
        };
        (below, above)
    }

    /// The distance of `address` from the base, when it is inside.
    #[must_use]
    pub const fn offset_of(self, address: u64) -> Option<u64> {
        if self.contains(address) {
            Some(address - self.base)
        } else {
            None
        }
    }

    /// True when base and end are multiples of `alignment` (at least 1, at most 2^64).
    #[must_use]
    pub const fn is_aligned(self, alignment: u128) -> bool {
        (self.base as u128).is_multiple_of(alignment) && self.end().is_multiple_of(alignment)
    }
}

/// `0xc0000000 .. 0x100000000`, half-open, as in the language.
impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x} .. {:#x}", self.base, self.end())
    }
}

impl fmt::Debug for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
