//! A TLB for many translations of pages of one size, of one space, without flushes: level by level, and so
//! several times faster than a [`super::Tlb`] with the same counts.
//!
//! It works since a level that is asked for a page has it afterwards, whichever level further down had it: what a level
//! does depends only on what the levels before it missed, in order.

use super::part::Part;
use super::{TlbCounts, TlbError, TlbSpec, WalkedPage};
use alloc::vec::Vec;

/// A level's part for the pages, and how often it had one.
#[derive(Debug, Clone)]
struct Stage {
    /// `None` when the level holds no pages of this size.
    part: Option<Part>,
    hits: u64,
}

/// A TLB on its way through a trace.
#[derive(Debug, Clone)]
pub(crate) struct Player {
    spec: TlbSpec,
    page: WalkedPage,
    shift: u8,
    stages: Vec<Stage>,
    /// Where repetitions of a page hit: the first level that holds such pages.
    first: Option<usize>,
    walk_cache: Option<Part>,
    /// The page of the last translation, if it is in the first level.
    last: Option<u64>,
    accesses: u64,
    misses: u64,
    short_walks: u64,
    /// The pages that a level is asked for, and those that it does not have.
    pages: Vec<u64>,
    missed: Vec<u64>,
}

impl Player {
    /// An empty TLB. The page's sizes are powers of two, at least 64.
    pub(crate) fn new(spec: &TlbSpec, page: WalkedPage) -> Result<Self, TlbError> {
        let shift = page.bytes.max(1).ilog2() as u8;
        let mut stages = Vec::with_capacity(spec.levels.len());
        for (number, level) in (0..).zip(&spec.levels) {
            let mut found = None;
            for part in &level.parts {
                // All parts are looked at, so that a wrong one is an error here too.
                let part = Part::new(number, part)?;
                if part.holds(shift) && found.is_none() {
                    found = Some(part);
                }
            }
            stages.push(Stage {
                part: found,
                hits: 0,
            });
        }
        let helps = page.reads >= 2 && page.table_bytes != 0;
        let walk_cache = match spec.walk_cache {
            0 => None,
            entries => Some(Part::of_tables(stages.len() as u32, entries)?),
        };
        Ok(Self {
            first: stages.iter().position(|stage| stage.part.is_some()),
            walk_cache: walk_cache.filter(|_| helps),
            spec: spec.clone(),
            page,
            shift,
            stages,
            last: None,
            accesses: 0,
            misses: 0,
            short_walks: 0,
            pages: Vec::new(),
            missed: Vec::new(),
        })
    }

    /// Translates pages, by their numbers, in order. `pages` is used up.
    pub(crate) fn play(&mut self, pages: &mut Vec<u64>) {
        self.accesses += pages.len() as u64;
        if let Some(first) = self.first {
            let before = pages.len();
            self.drop_repetitions(pages);
            self.stages[first].hits += (before - pages.len()) as u64;
        }
        core::mem::swap(pages, &mut self.pages);
        for stage in &mut self.stages {
            if let Some(part) = &mut stage.part {
                part.play(self.shift, &self.pages, &mut self.missed);
                stage.hits += (self.pages.len() - self.missed.len()) as u64;
                core::mem::swap(&mut self.pages, &mut self.missed);
            }
        }
        self.misses += self.pages.len() as u64;
        if let Some(cache) = &mut self.walk_cache {
            let table = self.page.table_bytes.ilog2() as u8;
            let up = table - self.shift;
            self.pages.iter_mut().for_each(|page| *page >>= up);
            cache.play(table, &self.pages, &mut self.missed);
            self.short_walks += (self.pages.len() - self.missed.len()) as u64;
        }
        self.pages.clear();
        core::mem::swap(pages, &mut self.pages);
    }

    /// A page that was the last one too is in the first level, as its newest entry.
    fn drop_repetitions(&mut self, pages: &mut Vec<u64>) {
        let Some(newest) = pages.last().copied() else {
            return;
        };
        let mut kept = 0;
        // Not a page: no size leaves room for it.
        let mut last = self.last.unwrap_or(u64::MAX);
        for at in 0..pages.len() {
            let page = pages[at];
            pages[kept] = page;
            kept += usize::from(page != last);
            last = page;
        }
        pages.truncate(kept);
        self.last = Some(newest);
    }

    /// What was counted, as a [`super::Tlb`] counts it.
    pub(crate) fn counts(&self) -> TlbCounts {
        let hits: Vec<u64> = self.stages.iter().map(|stage| stage.hits).collect();
        let long = self.misses - self.short_walks;
        let reads = self.short_walks + long * u64::from(self.page.reads);
        let (mut cycles, mut asked) = (reads.saturating_mul(self.spec.read_cycles), self.accesses);
        for (level, hits) in self.spec.levels.iter().zip(&hits) {
            cycles = cycles.saturating_add(asked.saturating_mul(level.hit_cycles));
            asked -= hits;
        }
        TlbCounts {
            accesses: self.accesses,
            hits,
            misses: self.misses,
            reads,
            short_walks: self.short_walks,
            cycles,
            ..TlbCounts::default()
        }
    }
}
