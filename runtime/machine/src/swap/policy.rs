//! Which page goes: the same policies for a machine's frames and for a recorded trace.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};

/// A replacement policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Policy {
    /// What came first goes first.
    #[default]
    Fifo,
    /// As FIFO, but what was used since it was looked at last gets another round (second chance).
    Clock,
    /// Two lists, as Linux keeps them: new pages are inactive; one that is found used there becomes active;
    /// when the inactive list is shorter than the active one, the oldest active ones that were not used go
    /// back.
    TwoLists,
    /// What will be used last, or never again: only for a recorded trace. In a machine, which knows no
    /// future, it is FIFO.
    Optimal,
}

impl Policy {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Fifo, Self::Clock, Self::TwoLists, Self::Optimal];

    /// `fifo`, `clock`, `two_lists` or `optimal`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fifo => "fifo",
            Self::Clock => "clock",
            Self::TwoLists => "two_lists",
            Self::Optimal => "optimal",
        }
    }
}

/// The order in which pages may go. Pages are numbers: frames, or pages of a trace.
#[derive(Debug, Clone)]
pub struct Replacement {
    policy: Policy,
    members: BTreeSet<u64>,
    /// The oldest first. For two lists, the inactive one.
    queue: VecDeque<u64>,
    active: VecDeque<u64>,
}

impl Replacement {
    /// No page yet.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        Self {
            policy,
            members: BTreeSet::new(),
            queue: VecDeque::new(),
            active: VecDeque::new(),
        }
    }

    /// Adds a page as the newest, unless it is there.
    pub fn insert(&mut self, page: u64) {
        if self.members.insert(page) {
            self.queue.push_back(page);
        }
    }

    /// Takes a page out, wherever it is.
    pub fn remove(&mut self, page: u64) {
        if self.members.remove(&page) {
            self.queue.retain(|other| *other != page);
            self.active.retain(|other| *other != page);
        }
    }

    /// How many pages there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// True when there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Takes the page that goes next. `take_used` says whether a page was used since it was asked last.
    pub fn victim(&mut self, mut take_used: impl FnMut(u64) -> bool) -> Option<u64> {
        let victim = match self.policy {
            Policy::Fifo | Policy::Optimal => self.queue.pop_front()?,
            Policy::Clock => self.clock(&mut take_used)?,
            Policy::TwoLists => self.two_lists(&mut take_used)?,
        };
        self.members.remove(&victim);
        Some(victim)
    }

    fn clock(&mut self, take_used: &mut impl FnMut(u64) -> bool) -> Option<u64> {
        // After one round all marks are gone.
        for _ in 0..=self.queue.len() {
            let page = self.queue.pop_front()?;
            if !take_used(page) {
                return Some(page);
            }
            self.queue.push_back(page);
        }
        self.queue.pop_front()
    }

    fn two_lists(&mut self, take_used: &mut impl FnMut(u64) -> bool) -> Option<u64> {
        for _ in 0..=2 * self.members.len() {
            self.balance(take_used);
            let Some(page) = self.queue.pop_front() else {
                break;
            };
            if !take_used(page) {
                return Some(page);
            }
            self.active.push_back(page);
        }
        self.active.pop_front().or_else(|| self.queue.pop_front())
    }

    /// Moves active pages that were not used to the inactive list until that is as long.
    fn balance(&mut self, take_used: &mut impl FnMut(u64) -> bool) {
        for _ in 0..self.active.len() {
            if self.queue.len() >= self.active.len() {
                return;
            }
            let Some(page) = self.active.pop_front() else {
                return;
            };
            if take_used(page) {
                self.active.push_back(page);
            } else {
                self.queue.push_back(page);
            }
        }
        // All are in use: the oldest goes back all the same.
        if self.queue.is_empty() {
            self.queue.extend(self.active.pop_front());
        }
    }
}

/// What a trace did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct TraceCounts {
    /// References.
    pub references: u64,
    /// References to a page that was not there.
    pub faults: u64,
    /// Pages that had to go for another.
    pub evictions: u64,
}

/// Replays a trace of pages in so many frames (at least 1).
#[must_use]
pub fn replay(policy: Policy, frames: usize, trace: &[u64]) -> TraceCounts {
    let frames = frames.max(1);
    if policy == Policy::Optimal {
        return optimal(frames, trace);
    }
    let mut replacement = Replacement::new(policy);
    let mut used: BTreeSet<u64> = BTreeSet::new();
    let mut counts = TraceCounts::default();
    for page in trace {
        counts.references += 1;
        if !replacement.members.contains(page) {
            counts.faults += 1;
            if replacement.len() == frames {
                replacement.victim(|page| used.remove(&page));
                counts.evictions += 1;
            }
            replacement.insert(*page);
        }
        used.insert(*page);
    }
    counts
}

/// The fewest faults that are possible: what is used last goes (Belady).
fn optimal(frames: usize, trace: &[u64]) -> TraceCounts {
    let never = trace.len();
    let mut next_use = alloc::vec![never; trace.len()];
    let mut seen: BTreeMap<u64, usize> = BTreeMap::new();
    for (at, page) in trace.iter().enumerate().rev() {
        next_use[at] = seen.insert(*page, at).unwrap_or(never);
    }
    let mut counts = TraceCounts::default();
    // By next use; pages never used again differ by their number.
    let mut present: BTreeSet<(usize, u64)> = BTreeSet::new();
    let mut when: BTreeMap<u64, usize> = BTreeMap::new();
    for (at, page) in trace.iter().enumerate() {
        counts.references += 1;
        match when.get(page) {
            Some(next) => {
                present.remove(&(*next, *page));
            }
            None => {
                counts.faults += 1;
                if present.len() == frames
                    && let Some((_, gone)) = present.pop_last()
                {
                    when.remove(&gone);
                    counts.evictions += 1;
                }
            }
        }
        present.insert((next_use[at], *page));
        when.insert(*page, next_use[at]);
    }
    counts
}
