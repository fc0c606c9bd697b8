//! How the rights of all entries on the way are gathered.

use super::plan::LevelPlan;
use crate::paging::{Format, Saying, Subject};
use crate::walk::Rights;

/// How many bits of entries may count towards rights before there is one bit for each right instead.
const MOST_BITS: usize = 10;

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
    /// The entries themselves are gathered, and their bits drawn together at the end: those of these masks.
    Bits {
        /// Where a clear bit withholds a right, in any entry on the way.
        needed: u64,
        /// Where a set bit withholds one.
        forbidding: u64,
        /// Where a bit gives one: a set bit, or, for those that are `clear` too, a clear one.
        giving: u64,
        clear: u64,
    },
    /// Each field is asked in each entry, because it has several bits, or others mean the same bit otherwise.
    Fields,
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

    /// `None` when a bit says several things, depending on where it is.
    fn of_bits(format: &Format, sayings: &[Saying]) -> Option<Self> {
        let (mut needed, mut forbidding, mut giving, mut clear) = (0, 0, 0, 0);
        for saying in sayings {
            let Some(what) = Rights::of(format, saying.subject) else {
                continue;
            };
            let global = saying.subject == Subject::Global;
            if !saying.mask.is_power_of_two() {
                return None;
            }
            let same = |other: &Saying| {
                other.mask != saying.mask
                    || (other.subject == Subject::Global) != global
                    || other.inverted == saying.inverted
                        && Rights::of(format, other.subject) == Some(what)
            };
            if !sayings.iter().all(same) {
                return None;
            }
            match (global, saying.inverted) {
                (true, false) => giving |= saying.mask,
                (true, true) => {
                    giving |= saying.mask;
                    clear |= saying.mask;
                }
                (false, false) => needed |= saying.mask,
                (false, true) => forbidding |= saying.mask,
            }
        }
        let way = Way::Bits {
            needed,
            forbidding,
            giving,
            clear,
        };
        let withholding = needed | forbidding;
        let bits = withholding.count_ones() + giving.count_ones();
        if bits as usize > MOST_BITS {
            return None;
        }
        // Withholding bits from the lowest on, then giving ones, as `Way::places` has them.
        let what = |bit: u64, giving: bool| {
            let mut sayings = sayings.iter();
            let one = sayings.find(|saying| {
                saying.mask == 1 << bit && (saying.subject == Subject::Global) == giving
            });
            one.and_then(|saying| Rights::of(format, saying.subject))
                .unwrap_or(Rights::NONE)
        };
        let places: Vec<(Rights, bool)> = ones(withholding)
            .map(|bit| (what(bit, false), false))
            .chain(ones(giving).map(|bit| (what(bit, true), true)))
            .collect();
        let rights = |gathered: u32| {
            let set = places
                .iter()
                .enumerate()
                .filter(|(place, _)| gathered >> place & 1 == 1);
            set.fold(Rights::START, |rights, (_, (what, giving))| match giving {
                true => rights.with(*what),
                false => rights.without(*what),
            })
        };
        Some(Self {
            way,
            rights: (0..1 << bits).map(rights).collect(),
        })
    }

    /// What code says when it has found these rights, for answers that are not found by code.
    pub(super) fn gathered(&self, rights: Rights) -> Option<u32> {
        let found = self.rights.iter().position(|one| *one == rights)?;
        u32::try_from(found).ok()
    }
}

/// The numbers of the set bits, the lowest first.
pub(super) fn ones(mut mask: u64) -> impl Iterator<Item = u64> {
    core::iter::from_fn(move || {
        let bit = mask.checked_ilog2().map(|_| mask.trailing_zeros())?;
        mask &= mask - 1;
        Some(bit.into())
    })
}
