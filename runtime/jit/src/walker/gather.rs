//! How the rights of all entries on the way are gathered.

use super::outcome::RIGHTS_SHIFT;
use super::plan::LevelPlan;
use alloc::vec::Vec;
use mapwright_runtime::paging::{Format, Saying, Subject};
use mapwright_runtime::walk::Rights;

/// How many bits of a code rights may take before there is one bit for each right instead.
const MOST_BITS: u32 = 12;

/// The bits in which a code holds rights, and what they mean.
#[derive(Debug)]
pub(super) struct Gather {
    /// How code gathers them.
    pub(super) way: Way,
    /// The rights by what the code has gathered.
    pub(super) rights: Vec<Rights>,
}

/// How code gathers rights.
#[derive(Debug)]
pub(super) enum Way {
    /// The bits of entries, turned so that set ones say something that holds for all of the way, are put together,
    /// and moved to their place in a code at the end.
    Bits(Bits),
    /// Each field is asked in each entry, because it has several bits, or one bit says several things.
    Fields,
}

/// Bits of entries that speak of rights.
#[derive(Debug, Default)]
pub(super) struct Bits {
    /// Those that are turned: set ones give what no entry may withhold, or clear ones give.
    pub(super) flipped: u64,
    /// Those that withhold a right, after that.
    pub(super) withholding: u64,
    /// Those that give one.
    pub(super) giving: u64,
    /// How they are moved to their place in a code.
    pub(super) moves: Vec<Move>,
}

/// A rotation to the left, and what is kept after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Move {
    pub(super) left: u32,
    pub(super) kept: u64,
}

impl Gather {
    pub(super) fn new(format: &Format, levels: &[LevelPlan]) -> Self {
        let forms = levels.iter().flat_map(|level| &level.forms);
        let sayings: Vec<Saying> = forms
            .flat_map(|form| form.sayings.iter().copied())
            .filter(|saying| Rights::of(format, saying.subject).is_some())
            .collect();
        Self::of_bits(format, &sayings).unwrap_or_else(|| Self {
            way: Way::Fields,
            rights: (0..64).map(Rights::from_bits).collect(),
        })
    }

    /// `None` when a bit says several things, depending on where it is, or they are too many.
    fn of_bits(format: &Format, sayings: &[Saying]) -> Option<Self> {
        let mut bits = Bits::default();
        let mut what = [Rights::NONE; 64];
        for saying in sayings {
            let mask = saying.mask;
            let right = Rights::of(format, saying.subject)?;
            let (global, place) = (saying.subject == Subject::Global, mask.trailing_zeros());
            // Withholding bits are turned where set ones give, giving ones where clear ones do.
            let flip = if saying.inverted == global { mask } else { 0 };
            let (this, other) = if global {
                (&mut bits.giving, bits.withholding)
            } else {
                (&mut bits.withholding, bits.giving)
            };
            let again = *this & mask != 0;
            let same = what[place as usize] == right && bits.flipped & mask == flip;
            if !mask.is_power_of_two() || other & mask != 0 || again && !same {
                return None;
            }
            *this |= mask;
            bits.flipped |= flip;
            what[place as usize] = right;
        }
        bits.moves = moves(bits.withholding | bits.giving)?;
        let width = bits.width();
        let rights = (0..1_u64 << width).map(|gathered| bits.rights(gathered, &what));
        Some(Self {
            rights: rights.collect(),
            way: Way::Bits(bits),
        })
    }

    /// What code says when it has found these rights, for answers that are not found by code.
    pub(super) fn gathered(&self, rights: Rights) -> Option<u32> {
        let found = self.rights.iter().position(|one| *one == rights)?;
        u32::try_from(found).ok()
    }
}

impl Bits {
    /// How many bits of a code they take.
    fn width(&self) -> u32 {
        let all = self.moves.iter().fold(0, |all, one| all | one.kept);
        64 - (all >> RIGHTS_SHIFT).leading_zeros()
    }

    /// What a word in which entries were put together says in a code.
    fn moved(&self, word: u64) -> u64 {
        let moves = self.moves.iter();
        moves.fold(0, |code, one| code | word.rotate_left(one.left) & one.kept)
    }

    /// The rights that this says, by what each bit of an entry is about.
    fn rights(&self, gathered: u64, what: &[Rights; 64]) -> Rights {
        let said = |bit: &u64| self.moved(1 << bit) & gathered << RIGHTS_SHIFT != 0;
        let all = ones(self.withholding | self.giving).filter(said);
        all.fold(Rights::START, |rights, bit| {
            let right = what[bit as usize];
            if self.giving >> bit & 1 == 1 {
                rights.with(right)
            } else {
                rights.without(right)
            }
        })
    }
}

/// The moves of the bits of a mask to the place of rights in a code: one, if they stand close enough to each other,
/// counting round the end of a word; one for each run of bits otherwise. `None` when they are too many.
fn moves(mask: u64) -> Option<Vec<Move>> {
    let span = |left: &u32| 64 - mask.rotate_left(*left).leading_zeros();
    let left = (0..64).min_by_key(span)?;
    if span(&left) <= MOST_BITS {
        return Some(Vec::from([Move {
            left: (left + RIGHTS_SHIFT) % 64,
            kept: mask.rotate_left(left) << RIGHTS_SHIFT,
        }]));
    }
    let mut place = RIGHTS_SHIFT;
    let runs = runs(mask).into_iter().map(|(low, bits)| {
        let one = Move {
            left: (64 + place - low) % 64,
            kept: u64::MAX >> (64 - bits) << place,
        };
        place += bits;
        one
    });
    let runs: Vec<Move> = runs.collect();
    (place <= RIGHTS_SHIFT + MOST_BITS).then_some(runs)
}

/// The runs of set bits in a mask: where each begins, and how many bits it has; the lowest first.
fn runs(mask: u64) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for bit in ones(mask).map(|bit| bit as u32) {
        match runs.last_mut() {
            Some((low, bits)) if *low + *bits == bit => *bits += 1,
            _ => runs.push((bit, 1)),
        }
    }
    runs
}

/// The numbers of the set bits, the lowest first.
fn ones(mut mask: u64) -> impl Iterator<Item = u64> {
    core::iter::from_fn(move || {
        let bit = mask.checked_ilog2().map(|_| mask.trailing_zeros())?;
        mask &= mask - 1;
        Some(bit.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_bits() {
        assert_eq!(runs(0), []);
        assert_eq!(runs(0b110), [(1, 2)]);
        assert_eq!(runs(1 << 63 | 0x106), [(1, 2), (8, 1), (63, 1)]);
    }

    #[test]
    fn bits_are_moved_together() {
        for (mask, count) in [
            (0, 1),
            (1 << 63 | 0x106, 1),
            (0x3e, 1),
            (0xe0 | 3 << 53 | 1 << 62, 3),
            (0x1111 << 40, 4),
        ] {
            let bits = Bits {
                moves: moves(mask).expect("few"),
                ..Bits::default()
            };
            assert_eq!(bits.moves.len(), count, "{mask:#x}");
            assert!(bits.width() <= MOST_BITS);
            let places = ones(mask).map(|bit| bits.moved(1 << bit));
            let mut seen = 0;
            for place in places {
                assert!(place.is_power_of_two() && place >> RIGHTS_SHIFT != 0);
                assert_eq!(seen & place, 0, "{mask:#x}: each its own");
                seen |= place;
            }
        }
        assert_eq!(moves(0x5555_5555_5555), None);
    }
}
