//! What a layout says about what tables map.

use mapwright_runtime::Access;
use mapwright_runtime::layout::{Layout, PlaceId, PlaceKind, SpaceId, Target};
use mapwright_runtime::paging::{Format, Subject};
use mapwright_runtime::range::Range;
use mapwright_runtime::translate::{Fault, Translation};
use mapwright_runtime::walk::MappedRange;

/// A part of a mapped range in which the layout says one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judged {
    /// The part.
    pub(super) mapped: MappedRange,
    /// What is declared there: a window, guard or hole, or the part of the space.
    pub(super) place: Option<PlaceId>,
    /// What is wrong.
    pub(super) findings: Vec<Finding>,
}

/// A mapping that the layout does not declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finding {
    /// The layout says that nothing is there: a guard, a hole, no address of the space.
    Stray,
    /// The layout has nothing there.
    Outside,
    /// A linear window maps this address elsewhere.
    Elsewhere {
        /// The first address that differs.
        address: u64,
        /// Where the window maps it.
        expected: u64,
    },
    /// Its rights are not those of its linear window, or more than what any other window may have.
    Rights {
        /// What is declared there.
        declared: Access,
    },
    /// User mode may use it, in a part that is for supervisor mode.
    User,
    /// It is writable and executable, in a format that could forbid one of the two.
    WriteExecute,
    /// An entry on the way to it has reserved bits set.
    ReservedBit,
}

impl Finding {
    /// `stray`, `outside`, `elsewhere`, `rights`, `user`, `write_execute` or `reserved_bit`.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Stray => "stray",
            Self::Outside => "outside",
            Self::Elsewhere { .. } => "elsewhere",
            Self::Rights { .. } => "rights",
            Self::User => "user",
            Self::WriteExecute => "write_execute",
            Self::ReservedBit => "reserved_bit",
        }
    }
}

/// Judges ranges by one space of a layout.
#[derive(Debug)]
pub(super) struct Judge<'l> {
    layout: &'l Layout,
    space: SpaceId,
    /// Where the layout begins to say something else, in order.
    cuts: Vec<u128>,
    /// The rights that entries of the format can withhold: what they cannot, no layout can ask for.
    withheld: Access,
}

impl<'l> Judge<'l> {
    pub(super) fn new(layout: &'l Layout, space: SpaceId, format: &Format) -> Self {
        let places = layout.places().filter(|(_, place)| place.space == space);
        let ranges = places.map(|(_, place)| place.range);
        let canonical = layout.format_of(space).map(|format| {
            let bits = layout.space(space).bits;
            format.canonical_ranges_in(bits)
        });
        let all = ranges
            .chain(canonical.unwrap_or_default())
            .chain([layout.space_range(space)]);
        let mut cuts: Vec<u128> = all
            .flat_map(|range| [u128::from(range.base()), range.end()])
            .collect();
        cuts.sort_unstable();
        cuts.dedup();
        Self {
            layout,
            space,
            cuts,
            withheld: withheld(format),
        }
    }

    /// Calls `visit` with each part of a range in which the layout says one thing, in address order.
    pub(super) fn judge(&self, mapped: &MappedRange, visit: &mut dyn FnMut(Judged)) {
        let mut start = u128::from(mapped.range.base());
        let end = mapped.range.end();
        while start < end {
            let next = self.cuts.partition_point(|cut| *cut <= start);
            let stop = self.cuts.get(next).copied().unwrap_or(end).min(end);
            let Some(part) = part_of(mapped, start, stop) else {
                return;
            };
            start = part.range.end();
            visit(self.one(part));
        }
    }

    /// A part in which the layout says one thing.
    fn one(&self, mapped: MappedRange) -> Judged {
        let mut findings = Vec::new();
        let translation = self.layout.translate(self.space, mapped.range.base());
        let place = match translation {
            Translation::Mapped { window, access, .. } => {
                findings.extend(self.elsewhere(&mapped, window));
                findings.extend(self.rights(&mapped, access, Strictness::Exact));
                Some(window)
            }
            Translation::Dynamic { place } => {
                let access = self.dynamic_access(place, mapped.range.base());
                findings.extend(self.rights(&mapped, access, Strictness::AtMost));
                Some(place)
            }
            Translation::Fault(fault) => {
                findings.push(match fault {
                    Fault::Unmapped { .. } => Finding::Outside,
                    _ => Finding::Stray,
                });
                place_of(fault)
            }
        };
        let access = mapped.access();
        if access.user && self.is_for_supervisor(mapped.range.base()) {
            findings.push(Finding::User);
        }
        if access.write && access.execute && self.withheld.execute {
            findings.push(Finding::WriteExecute);
        }
        if mapped.reserved.is_some() {
            findings.push(Finding::ReservedBit);
        }
        Judged {
            mapped,
            place,
            findings,
        }
    }

    /// What pages that change while the system runs may have: by the view or area that they are in, or by the part of
    /// the space that belongs to each process.
    fn dynamic_access(&self, place: PlaceId, address: u64) -> Access {
        let part = self.layout.place(place).kind == PlaceKind::Part;
        let innermost = self.layout.innermost(self.space, address);
        let place = innermost.filter(|_| !part).unwrap_or(place);
        self.layout.place(place).access
    }

    /// Rights that are not as declared, as far as the format can tell.
    fn rights(&self, mapped: &MappedRange, declared: Access, how: Strictness) -> Option<Finding> {
        let seen = |access: Access| Access {
            read: access.read || !self.withheld.read,
            write: access.write || !self.withheld.write,
            execute: access.execute || !self.withheld.execute,
            ..Access::NONE
        };
        let (is, may) = (seen(mapped.access()), seen(declared));
        let right = match how {
            Strictness::Exact => is == may,
            Strictness::AtMost => is.within(may),
        };
        (!right).then_some(Finding::Rights { declared })
    }

    /// True where a part of the space says that user mode has no business there, and nothing inside of it lets it in.
    fn is_for_supervisor(&self, address: u64) -> bool {
        let mut in_part = false;
        for (_, place) in self.layout.places() {
            if place.space == self.space && place.range.contains(address) {
                if place.access.user {
                    return false;
                }
                in_part |= place.kind == PlaceKind::Part;
            }
        }
        in_part
    }

    /// Where a linear window disagrees. Both go on in steps of one, or begin again after so many bytes: if they
    /// agree at both ends, and where either begins again, they agree everywhere.
    fn elsewhere(&self, mapped: &MappedRange, window: PlaceId) -> Option<Finding> {
        let range = mapped.range;
        let unit = match self.layout.place(window).target {
            Target::Linear { repeat, .. } => repeat,
            _ => None,
        };
        let turns = [unit, mapped.repeat].into_iter().flatten();
        let turns = turns.filter_map(|bytes| range.base().checked_add(bytes));
        let mut points: Vec<u64> = [range.base(), range.last()]
            .into_iter()
            .chain(turns.filter(|point| range.contains(*point)))
            .collect();
        points.sort_unstable();
        points.into_iter().find_map(|address| {
            let found = mapped.physical_of(address);
            match self.layout.translate(self.space, address) {
                Translation::Mapped {
                    address: expected, ..
                } if found != Some(expected) => Some(Finding::Elsewhere { address, expected }),
                _ => None,
            }
        })
    }
}

/// How rights are compared with those declared.
#[derive(Debug, Clone, Copy)]
enum Strictness {
    /// They are the same.
    Exact,
    /// They are no more: who fills the window may give less.
    AtMost,
}

/// The rights that entries of a format can withhold.
fn withheld(format: &Format) -> Access {
    let mut withheld = Access::NONE;
    for (level, declared) in format.levels().iter().enumerate() {
        let forms = 0..declared.forms.len();
        for saying in forms.flat_map(|form| format.sayings_in(level, form)) {
            match saying.subject {
                Subject::Read => withheld.read = true,
                Subject::Write => withheld.write = true,
                Subject::Execute | Subject::KernelExecute | Subject::UserExecute => {
                    withheld.execute = true;
                }
                _ => {}
            }
        }
    }
    withheld
}

fn place_of(fault: Fault) -> Option<PlaceId> {
    match fault {
        Fault::Unmapped { part } => part,
        Fault::Guard(place) | Fault::Hole(place) => Some(place),
        Fault::NonCanonical | Fault::OutOfSpace => None,
    }
}

/// The part of a mapped range from `start` up to `end`. Where its frames repeat and `start` is in the middle of a turn, the
/// part is the rest of that turn only.
fn part_of(mapped: &MappedRange, start: u128, end: u128) -> Option<MappedRange> {
    let base = u128::from(mapped.range.base());
    let (mut end, mut repeat) = (end, mapped.repeat);
    if let Some(turn) = repeat.map(u128::from) {
        let begun = (start - base) % turn;
        if begun != 0 {
            end = end.min(start - begun + turn);
        }
        if end - start <= turn - begun {
            repeat = None;
        }
    }
    let range = Range::from_start_end(start, end)?;
    Some(MappedRange {
        range,
        physical: mapped.physical_of(range.base())?,
        repeat,
        ..*mapped
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapwright_runtime::walk::Rights;

    #[test]
    fn parts_of_repeating_frames_begin_a_turn() {
        let mapped = MappedRange {
            range: Range::new(0x1_0000, 0x1_ffff).expect("a range"),
            physical: 0x8000,
            page: 0x1000,
            rights: Rights::READ,
            repeat: Some(0x4000),
            reserved: None,
        };
        let mut start = 0x1_1000;
        let mut parts = Vec::new();
        while start < 0x1_f000 {
            let part = part_of(&mapped, start, 0x1_f000).expect("a part");
            for address in [part.range.base(), part.range.last()] {
                assert_eq!(part.physical_of(address), mapped.physical_of(address));
            }
            start = part.range.end();
            parts.push((part.range.base(), part.range.end(), part.repeat));
        }
        assert_eq!(
            parts,
            [
                (0x1_1000, 0x1_4000, None),
                (0x1_4000, 0x1_f000, Some(0x4000))
            ]
        );
    }
}
