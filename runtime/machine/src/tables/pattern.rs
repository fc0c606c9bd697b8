//! From conditions on entries to entries that fulfil them.

use alloc::vec::Vec;
use mapwright_runtime::paging::{Condition, Slice};

/// Bits that must have certain values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pattern {
    pub(super) mask: u64,
    pub(super) value: u64,
}

impl Pattern {
    const ANY: Self = Self { mask: 0, value: 0 };

    #[inline]
    pub(super) const fn fits(self, entry: u64) -> bool {
        entry & self.mask == self.value
    }

    /// Both at once; `None` when they contradict each other.
    pub(super) const fn and(self, other: Self) -> Option<Self> {
        if (self.value ^ other.value) & self.mask & other.mask != 0 {
            return None;
        }
        Some(Self {
            mask: self.mask | other.mask,
            value: self.value | other.value,
        })
    }
}

/// More patterns than any real format needs; a condition that needs more is refused.
const MOST: usize = 256;

/// The entries for which `condition` holds (or, with `wanted` false, does not), as patterns of which
/// each such entry fits at least one. `None` when there would be too many.
pub(super) fn patterns(condition: &Condition, wanted: bool) -> Option<Vec<Pattern>> {
    let all = |parts: &[Condition]| {
        let none = Some(Vec::from([Pattern::ANY]));
        parts
            .iter()
            .fold(none, |found, part| both(&found?, &patterns(part, wanted)?))
    };
    let any = |parts: &[Condition]| {
        let lists: Option<Vec<_>> = parts.iter().map(|part| patterns(part, wanted)).collect();
        let list = lists?.concat();
        (list.len() <= MOST).then_some(list)
    };
    match (condition, wanted) {
        (Condition::Equal(slice, value), true) | (Condition::NotEqual(slice, value), false) => {
            Some(Vec::from([equal(*slice, *value)]))
        }
        (Condition::Equal(slice, value), false) | (Condition::NotEqual(slice, value), true) => {
            Some(different(*slice, *value))
        }
        (Condition::Not(part), wanted) => patterns(part, !wanted),
        (Condition::All(parts), true) | (Condition::Any(parts), false) => all(parts),
        (Condition::Any(parts), true) | (Condition::All(parts), false) => any(parts),
    }
}

/// The entries that fit a pattern of each list.
pub(super) fn both(first: &[Pattern], second: &[Pattern]) -> Option<Vec<Pattern>> {
    let pairs = first
        .iter()
        .flat_map(|one| second.iter().filter_map(|other| one.and(*other)));
    let mut found: Vec<Pattern> = Vec::new();
    for pattern in pairs {
        if !found.contains(&pattern) {
            found.push(pattern);
        }
        if found.len() > MOST {
            return None;
        }
    }
    Some(found)
}

fn equal(slice: Slice, value: u64) -> Pattern {
    Pattern {
        mask: slice.mask(),
        value: value << slice.lo,
    }
}

/// One bit of the slice differs; the clear bits of other values first, so that what is found first has few
/// bits set.
fn different(slice: Slice, value: u64) -> Vec<Pattern> {
    let bits = slice.lo..=slice.hi;
    let flipped = bits.map(|bit| {
        let mask = 1_u64 << bit;
        let value = !(value << slice.lo) & mask;
        Pattern { mask, value }
    });
    let mut list: Vec<Pattern> = flipped.collect();
    list.sort_by_key(|pattern| pattern.value != 0);
    list
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::boxed::Box;

    /// A condition holds exactly where a pattern fits, for all entries of eight bits.
    #[test]
    fn patterns_are_the_condition() {
        let low = Slice::new(2, 0);
        let conditions = [
            Condition::set(3),
            Condition::Equal(low, 5),
            Condition::NotEqual(low, 5),
            Condition::All(Vec::new()),
            Condition::Any(Vec::new()),
            Condition::All(vec![
                Condition::set(7),
                Condition::Any(vec![
                    Condition::set(1),
                    Condition::NotEqual(Slice::new(4, 3), 2),
                ]),
            ]),
            Condition::Any(vec![
                Condition::Not(Box::new(Condition::All(vec![
                    Condition::set(0),
                    Condition::Equal(low, 3),
                ]))),
                Condition::Equal(Slice::new(7, 5), 1),
            ]),
        ];
        for condition in conditions {
            for wanted in [true, false] {
                let list = patterns(&condition, wanted).expect("few");
                for entry in 0..256 {
                    let fits = list.iter().any(|pattern| pattern.fits(entry));
                    assert_eq!(
                        fits,
                        condition.holds(entry) == wanted,
                        "{condition} {entry:#x}"
                    );
                }
            }
        }
    }

    #[test]
    fn too_many_are_refused() {
        let wide = Condition::NotEqual(Slice::new(63, 0), 0);
        let both = Condition::All(vec![wide.clone(), wide.clone(), wide]);
        assert_eq!(patterns(&both, true), None);
    }
}
