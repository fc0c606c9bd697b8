//! Everything that a tree of tables maps, merged into ranges.
//!
//! The tables may be anybody's: of a crashed kernel, or made to make a reader run for ever. A table that many
//! entries point to (a recursive mapping, KASAN's shadow, a hostile image whose entries all point to
//! themselves) is read once for each level that it is used at, and its ranges are placed relative to where each of
//! its users begins. Neighbours that map the same frames again become one range with a period
//! ([`MappedRange::repeat`]), so that the usual reasons for sharing tables give one range, not millions; for
//! what is left there is a limit.

mod run;

use super::interpreter::{Decoded, Interpreter};
use super::{PhysicalMemory, Rights, WalkFault};
use crate::access::Access;
use crate::range::Range;
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::vec::Vec;
use run::{Run, Runs, What, is_missing};

/// Tables of more entries are not read: no memory has them, and a format may be declared with any width.
const MOST_ENTRIES: u64 = 1 << 26;

/// Neighbouring pages of one size, with the same rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MappedRange {
    /// Their virtual addresses.
    pub range: Range,
    /// The physical address of the first byte.
    pub physical: u64,
    /// The bytes of a page.
    pub page: u64,
    /// The rights of all levels together.
    pub rights: Rights,
    /// `None`: the frames lie one after the other like the pages. Otherwise the bytes after which the same frames
    /// come again, a multiple of `page` that divides the range.
    pub repeat: Option<u64>,
    /// As [`Walk::reserved`](super::Walk::reserved) for the first address; all of the range is behind entries of the same
    /// level with reserved bits, or none of it.
    pub reserved: Option<WalkFault>,
}

impl MappedRange {
    /// The rights in short.
    #[must_use]
    pub const fn access(&self) -> Access {
        self.rights.access()
    }

    /// The physical addresses.
    #[must_use]
    pub fn physical_range(&self) -> Option<Range> {
        let size = self.repeat.map_or(self.range.size(), u128::from);
        Range::from_base_size(self.physical, size)
    }

    /// Where an address inside the range is mapped to.
    #[must_use]
    pub fn physical_of(&self, address: u64) -> Option<u64> {
        let offset = self.range.offset_of(address)?;
        Some(
            self.physical
                .wrapping_add(self.repeat.map_or(offset, |period| offset % period)),
        )
    }
}

/// Neighbouring entries that are present but lead nowhere: reserved bits, tables that are not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BrokenRange {
    /// The virtual addresses behind them.
    pub range: Range,
    /// What a walk to the first address says.
    pub fault: WalkFault,
}

/// What a tree of tables maps.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MappedTree {
    /// What is mapped, in address order.
    pub ranges: Vec<MappedRange>,
    /// What is broken, in address order. Entries that are not present are no mistake.
    pub broken: Vec<BrokenRange>,
    /// How many tables were read, each counted once for each level that it is used at.
    pub tables: u64,
    /// Where the search was given up because there are too many ranges, or a table has more than 2^26 entries: the first
    /// address that was not looked at. `None` when all is there.
    pub stopped_at: Option<u64>,
}

impl Interpreter {
    /// Everything that the tables at `roots` map, in at most `limit` ranges, broken ones included.
    ///
    /// Takes time for each table once and for each range, whatever points to what.
    pub fn ranges(
        &self,
        memory: &(impl PhysicalMemory + ?Sized),
        roots: &[u64],
        limit: usize,
    ) -> MappedTree {
        let mut found = MappedTree::default();
        for (number, root) in roots.iter().enumerate().take(self.roots()) {
            let mut search = Search {
                memory,
                walk: self,
                limit,
                budget: limit.saturating_mul(4 * self.levels.len()),
                uses: BTreeMap::new(),
                known: BTreeMap::new(),
                tables: 0,
            };
            search.count_uses(0, *root, *root);
            let runs = search.top(number, *root);
            found.tables += search.tables + u64::from(!is_missing(&runs.list, 0));
            self.sort_out(&runs.list, limit, &mut found);
            if search.budget == 0 && found.stopped_at.is_none() {
                let last = runs.list.last().map_or(0, |run| run.last.saturating_add(1));
                found.stopped_at = Some(last);
            }
            if found.stopped_at.is_some() {
                break;
            }
        }
        found
    }

    /// Sorts runs of full addresses into what is mapped and what is broken, as far as the limit allows.
    fn sort_out(&self, runs: &[Run], limit: usize, found: &mut MappedTree) {
        for run in runs {
            if found.ranges.len() + found.broken.len() >= limit {
                found.stopped_at = Some(run.first);
                return;
            }
            // A format that is wider than its space may have an entry that reaches beyond it.
            let range = Range::new(run.first, run.last);
            let inside = self.canonical.iter();
            let Some(range) =
                range.and_then(|range| inside.filter_map(|one| one.intersection(range)).next())
            else {
                continue;
            };
            match run.what {
                What::Broken(fault) => found.broken.push(BrokenRange { range, fault }),
                What::Mapped {
                    physical,
                    page,
                    rights,
                    repeat,
                    reserved,
                } => found.ranges.push(MappedRange {
                    range,
                    physical,
                    page,
                    rights,
                    repeat,
                    reserved,
                }),
            }
        }
    }
}

struct Search<'a, M: ?Sized> {
    memory: &'a M,
    walk: &'a Interpreter,
    limit: usize,
    /// How many runs may still be placed.
    budget: usize,
    /// How many entries point to each table, by where it is and its level.
    uses: BTreeMap<(u64, usize), u32>,
    /// What the tables map that several entries point to and that were read already. What one entry points to
    /// is needed once, and is not kept: tables of much memory may map very many ranges.
    known: BTreeMap<(u64, usize), Rc<[Run]>>,
    /// How many tables were read that are there.
    tables: u64,
}

impl<M: PhysicalMemory + ?Sized> Search<'_, M> {
    /// The runs of a root, with full addresses.
    fn top(&mut self, number: usize, root: u64) -> Runs {
        let mut runs = Runs::default();
        let walk = self.walk;
        let level = &walk.levels[0];
        self.afford(level.entries());
        for index in 0..level.entries() {
            if self.budget == 0 {
                break;
            }
            if let Some(base) = walk.full_address(number, index << level.index.lo) {
                self.add_entry(&mut runs, 0, root, root, index, base);
            }
        }
        runs.close();
        runs
    }

    /// Counts the entries that point to each table below the one at `at`.
    fn count_uses(&mut self, depth: usize, at: u64, from: u64) {
        let walk = self.walk;
        if depth + 1 >= walk.levels.len() {
            return;
        }
        for index in 0..walk.levels[depth].entries() {
            let read = walk
                .entry_at(self.memory, depth, at, from, index)
                .and_then(|at| walk.entry(self.memory, depth, at, from, Rights::START));
            if let Ok(found) = read
                && !found.leaf
            {
                let uses = self.uses.entry((found.frame, depth + 1)).or_default();
                *uses = uses.saturating_add(1);
                if *uses == 1 {
                    self.count_uses(depth + 1, found.frame, found.entry);
                }
            }
        }
    }

    /// Adds the runs of a table of a level below the top, placed behind the entry of `depth` that points to it.
    fn add_table(&mut self, runs: &mut Runs, depth: usize, base: u64, found: Decoded) {
        let key = (found.frame, depth + 1);
        let placed = |run: &Run| run.placed(base, depth as u32, found);
        if self.uses.get(&key).is_none_or(|uses| *uses < 2) {
            let below = self.table(depth + 1, found.frame, found.entry);
            self.budget = self.budget.saturating_sub(below.len());
            if runs.list.is_empty() {
                // In place: these may be nearly all that there are.
                runs.list = below.into_iter().map(|run| placed(&run)).collect();
            } else {
                below.iter().for_each(|run| runs.push(placed(run)));
            }
            return;
        }
        let below = match self.known.get(&key) {
            Some(known) => known.clone(),
            None => {
                let below: Rc<[Run]> = self.table(depth + 1, found.frame, found.entry).into();
                self.known.insert(key, below.clone());
                below
            }
        };
        self.budget = self.budget.saturating_sub(below.len());
        below.iter().for_each(|run| runs.push(placed(run)));
    }

    /// The runs of a table of a level below the top.
    fn table(&mut self, depth: usize, at: u64, from: u64) -> Vec<Run> {
        let mut runs = Runs::default();
        let level = &self.walk.levels[depth];
        self.afford(level.entries());
        for index in 0..level.entries() {
            if self.budget == 0 {
                break;
            }
            self.add_entry(&mut runs, depth, at, from, index, index << level.index.lo);
        }
        runs.close();
        self.tables += u64::from(!is_missing(&runs.list, depth));
        runs.list
    }

    /// Each entry that is read pays for a run to be placed.
    fn afford(&mut self, entries: u64) {
        if entries > MOST_ENTRIES {
            self.budget = 0;
        } else if self.budget > 0 {
            self.budget = self.budget.saturating_add(entries as usize);
        }
    }

    /// Adds what is behind an entry.
    fn add_entry(
        &mut self,
        runs: &mut Runs,
        depth: usize,
        table: u64,
        from: u64,
        index: u64,
        base: u64,
    ) {
        let walk = self.walk;
        let level = &walk.levels[depth];
        let last = base | (level.span() - 1);
        let read = walk
            .entry_at(self.memory, depth, table, from, index)
            .and_then(|at| walk.entry(self.memory, depth, at, from, Rights::START));
        match read {
            Err(WalkFault::NotPresent { .. }) => {}
            Err(fault) => runs.push(Run {
                first: base,
                last,
                what: What::Broken(fault),
            }),
            Ok(found) if found.leaf => runs.push(Run {
                first: base,
                last,
                what: What::Mapped {
                    physical: found.frame,
                    page: level.span(),
                    rights: found.rights,
                    repeat: None,
                    reserved: found.reserved,
                },
            }),
            Ok(found) => self.add_table(runs, depth, base, found),
        }
        if runs.list.len() > self.limit {
            self.budget = 0;
        }
    }
}
