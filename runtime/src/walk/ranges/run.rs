//! What tables map, as runs that merge with their neighbours.

use crate::walk::interpreter::Decoded;
use crate::walk::{Rights, WalkFault};
use alloc::vec::Vec;

/// A range that a table maps, relative to the first address behind the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) first: u64,
    /// Inclusive.
    pub(super) last: u64,
    pub(super) what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Mapped {
        physical: u64,
        page: u64,
        rights: Rights,
        repeat: Option<u64>,
        /// As in [`crate::walk::MappedRange`].
        reserved: Option<WalkFault>,
    },
    Broken(WalkFault),
}

impl Run {
    /// The bytes less one.
    const fn extent(&self) -> u64 {
        self.last - self.first
    }

    /// What `next`, which begins where `self` ends, adds, if the frames of both lie one after the other, or
    /// the mistake is the same.
    fn continues(&self, next: &Self) -> bool {
        if self.last.checked_add(1) != Some(next.first) {
            return false;
        }
        match (self.what, next.what) {
            (
                What::Mapped {
                    physical,
                    page,
                    rights,
                    repeat: None,
                    reserved,
                },
                What::Mapped {
                    physical: next_physical,
                    page: next_page,
                    rights: next_rights,
                    repeat: None,
                    reserved: next_reserved,
                },
            ) => {
                (page, rights) == (next_page, next_rights)
                    && alike(reserved, next_reserved)
                    && self
                        .extent()
                        .checked_add(1)
                        .and_then(|size| physical.checked_add(size))
                        == Some(next_physical)
            }
            (What::Broken(one), What::Broken(other)) => alike(Some(one), Some(other)),
            _ => false,
        }
    }

    /// The two together, if `next` maps the same frames again as `self`.
    fn folded(&self, next: &Self) -> Option<Self> {
        let What::Mapped {
            physical,
            page,
            rights,
            repeat,
            reserved,
        } = self.what
        else {
            return None;
        };
        let period_of = |run: &Self, repeat: Option<u64>| match repeat {
            Some(period) => Some(period),
            None => run.extent().checked_add(1),
        };
        let same = match next.what {
            What::Mapped {
                physical: next_physical,
                page: next_page,
                rights: next_rights,
                repeat: next_repeat,
                reserved: next_reserved,
            } => {
                alike(reserved, next_reserved)
                    && (physical, page, rights) == (next_physical, next_page, next_rights)
                    && period_of(self, repeat) == period_of(next, next_repeat)
            }
            What::Broken(_) => false,
        };
        if !same || self.last.checked_add(1) != Some(next.first) {
            return None;
        }
        let repeat = period_of(self, repeat)?;
        Some(Self {
            first: self.first,
            last: next.last,
            what: What::Mapped {
                physical,
                page,
                rights,
                repeat: Some(repeat),
                reserved,
            },
        })
    }

    /// The same run behind an entry of `level`, whose addresses begin at `base`.
    pub(super) fn placed(&self, base: u64, level: u32, found: Decoded) -> Self {
        let what = match self.what {
            What::Mapped {
                physical,
                page,
                rights,
                repeat,
                reserved,
            } => What::Mapped {
                physical,
                page,
                rights: rights.below(found.rights),
                repeat,
                // The first from the top is the one that is told.
                reserved: found.reserved.or(reserved),
            },
            What::Broken(fault) => What::Broken(led_from(fault, level, found.entry)),
        };
        Self {
            first: base + self.first,
            last: base + self.last,
            what,
        }
    }
}

/// The same is wrong with both, at the same level.
fn alike(one: Option<WalkFault>, other: Option<WalkFault>) -> bool {
    let what = |fault: Option<WalkFault>| fault.map(|fault| (fault.word(), fault.level()));
    what(one) == what(other)
}

/// A table that is not there may be missed by several entries: the fault names the one by which we came.
fn led_from(fault: WalkFault, above: u32, from: u64) -> WalkFault {
    match fault {
        WalkFault::ImageHole {
            level, entry_at, ..
        } if level == above + 1 => WalkFault::ImageHole {
            level,
            entry_at,
            entry: from,
        },
        WalkFault::BadTableAddress {
            level, entry_at, ..
        } if level == above + 1 => WalkFault::BadTableAddress {
            level,
            entry_at,
            entry: from,
        },
        other => other,
    }
}

/// True when nothing of a table at this depth could be read.
pub(super) fn is_missing(runs: &[Run], depth: usize) -> bool {
    let missing = |run: &Run| match run.what {
        What::Broken(
            WalkFault::ImageHole { level, .. } | WalkFault::BadTableAddress { level, .. },
        ) => level as usize == depth,
        _ => false,
    };
    !runs.is_empty() && runs.iter().all(missing)
}

/// Runs in address order, merged as they come.
#[derive(Debug, Default)]
pub(super) struct Runs {
    pub(super) list: Vec<Run>,
}

impl Runs {
    pub(super) fn push(&mut self, run: Run) {
        match self.list.last_mut() {
            Some(last) if last.continues(&run) => last.last = run.last,
            _ => {
                self.close();
                self.list.push(run);
            }
        }
    }

    /// The last run will not grow any more: is it the one before it again?
    pub(super) fn close(&mut self) {
        if let [.., before, last] = &self.list[..]
            && let Some(folded) = before.folded(last)
        {
            self.list.pop();
            if let Some(before) = self.list.last_mut() {
                *before = folded;
            }
        }
    }
}
