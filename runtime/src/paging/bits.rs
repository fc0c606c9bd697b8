//! Slices of bits, and conditions on them.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

/// The bits `hi ..= lo` of a word of up to 64 bits, bit 0 the lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Slice {
    /// The highest bit; at least `lo`, at most 63, in a checked format.
    pub hi: u32,
    /// The lowest bit.
    pub lo: u32,
}

impl Slice {
    /// The bits `hi ..= lo`.
    #[must_use]
    pub const fn new(hi: u32, lo: u32) -> Self {
        Self { hi, lo }
    }

    /// One bit.
    #[must_use]
    pub const fn bit(bit: u32) -> Self {
        Self { hi: bit, lo: bit }
    }

    /// How many bits: 1 to 64.
    #[must_use]
    pub const fn width(self) -> u32 {
        self.hi - self.lo + 1
    }

    /// The largest value that the slice can hold.
    #[must_use]
    pub const fn max_value(self) -> u64 {
        u64::MAX >> (64 - self.width())
    }

    /// The bits of the slice, in place.
    #[must_use]
    pub const fn mask(self) -> u64 {
        self.max_value() << self.lo
    }

    /// The value of the slice in `word`.
    #[must_use]
    pub const fn of(self, word: u64) -> u64 {
        (word >> self.lo) & self.max_value()
    }

    /// True when it lies inside a word of `bits` bits, right way round.
    #[must_use]
    pub const fn fits(self, bits: u32) -> bool {
        self.lo <= self.hi && self.hi < bits
    }
}

/// `[51:12]` or `[7]`.
impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.hi == self.lo {
            write!(f, "[{}]", self.lo)
        } else {
            write!(f, "[{}:{}]", self.hi, self.lo)
        }
    }
}

/// The bits `hi ..= lo` of an entry, shifted left by `shift`: a part of a physical address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FramePiece {
    /// The highest bit in the entry.
    pub hi: u32,
    /// The lowest bit in the entry.
    pub lo: u32,
    /// Where the lowest bit stands in the physical address.
    pub shift: u32,
}

impl FramePiece {
    /// The bits in the entry.
    #[must_use]
    pub const fn slice(self) -> Slice {
        Slice::new(self.hi, self.lo)
    }

    /// The bits in the physical address; `None` when they would pass bit 63.
    #[must_use]
    pub(crate) const fn destination(self) -> Option<Slice> {
        match (self.hi - self.lo).checked_add(self.shift) {
            Some(hi) if hi < 64 => Some(Slice::new(hi, self.shift)),
            _ => None,
        }
    }

    /// This part of the physical address in `entry`.
    #[must_use]
    pub const fn of(self, entry: u64) -> u64 {
        self.slice().of(entry) << self.shift
    }
}

/// `entry[51:12] << 12`
impl fmt::Display for FramePiece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry{} << {}", self.slice(), self.shift)
    }
}

/// A condition on an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// The slice has this value.
    Equal(Slice, u64),
    /// The slice has another value.
    NotEqual(Slice, u64),
    /// All of them hold; true when there are none.
    All(Vec<Condition>),
    /// At least one holds; false when there are none.
    Any(Vec<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
}

impl Condition {
    /// This bit is set.
    #[must_use]
    pub const fn set(bit: u32) -> Self {
        Self::Equal(Slice::bit(bit), 1)
    }

    /// Whether it holds for `entry`.
    #[must_use]
    pub fn holds(&self, entry: u64) -> bool {
        match self {
            Self::Equal(slice, value) => slice.of(entry) == *value,
            Self::NotEqual(slice, value) => slice.of(entry) != *value,
            Self::All(parts) => parts.iter().all(|part| part.holds(entry)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(entry)),
            Self::Not(part) => !part.holds(entry),
        }
    }

    /// Calls `visit` with each comparison: its slice and constant.
    pub(crate) fn for_each_comparison(&self, visit: &mut impl FnMut(Slice, u64)) {
        match self {
            Self::Equal(slice, value) | Self::NotEqual(slice, value) => visit(*slice, *value),
            Self::All(parts) | Self::Any(parts) => {
                parts.iter().for_each(|p| p.for_each_comparison(visit));
            }
            Self::Not(part) => part.for_each_comparison(visit),
        }
    }
}

/// As in the language: `entry[1:0] == 3 && !(entry[7] == 1)`.
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, parts: &[Self], word, none| {
            let Some((first, rest)) = parts.split_first() else {
                return f.write_str(none);
            };
            write!(f, "({first}")?;
            rest.iter()
                .try_for_each(|part| write!(f, " {word} {part}"))?;
            f.write_str(")")
        };
        match self {
            Self::Equal(slice, value) => write!(f, "entry{slice} == {value:#x}"),
            Self::NotEqual(slice, value) => write!(f, "entry{slice} != {value:#x}"),
            Self::All(parts) => joined(f, parts, "&&", "true"),
            Self::Any(parts) => joined(f, parts, "||", "false"),
            Self::Not(part) => write!(f, "!({part})"),
        }
    }
}
