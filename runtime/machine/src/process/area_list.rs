//! The areas of a process by address, and the gaps that `mmap` looks for between them.

use super::VmArea;
use crate::gaps::Gaps;
use alloc::collections::BTreeMap;
use core::ops::RangeBounds;
use mapwright_runtime::range::Range;

/// Where `mmap` looks for gaps.
#[derive(Debug, Clone)]
struct Search {
    range: Range,
    /// From the highest address down.
    from_top: bool,
    /// Free stretches by their distance from the beginning of the range.
    gaps: Gaps,
}

impl Search {
    /// The part of some addresses in the range, as distances from its beginning.
    fn part(&self, of: Range) -> Option<(u64, u64)> {
        let part = self.range.intersection(of)?;
        let start = part.base() - self.range.base();
        // A range that is the whole of 2^64 bytes loses its last one.
        let end = (part.last() - self.range.base()).saturating_add(1);
        Some((start, end))
    }
}

/// Areas that do not overlap.
#[derive(Debug, Clone, Default)]
pub(super) struct AreaList {
    by_base: BTreeMap<u64, VmArea>,
    search: Option<Search>,
}

impl AreaList {
    /// `mmap` looks for gaps in `range`, but not where something is kept.
    pub(super) fn search_in(
        &mut self,
        range: Range,
        from_top: bool,
        kept: impl Iterator<Item = Range>,
    ) {
        let mut search = Search {
            range,
            from_top,
            gaps: Gaps::default(),
        };
        if let Some((start, end)) = search.part(range) {
            search.gaps.give(start, end);
        }
        let areas = self.by_base.values().map(|area| area.range);
        for taken in kept.chain(areas) {
            if let Some((start, end)) = search.part(taken) {
                search.gaps.take(start, end);
            }
        }
        self.search = Some(search);
    }

    /// Adds an area where none is.
    pub(super) fn insert(&mut self, area: VmArea) {
        if let Some(search) = &mut self.search
            && let Some((start, end)) = search.part(area.range)
        {
            search.gaps.take(start, end);
        }
        self.by_base.insert(area.range.base(), area);
    }

    /// Takes the area away that begins at `base`.
    pub(super) fn remove(&mut self, base: u64) -> Option<VmArea> {
        let area = self.by_base.remove(&base)?;
        if let Some(search) = &mut self.search
            && let Some((start, end)) = search.part(area.range)
        {
            search.gaps.give(start, end);
        }
        Some(area)
    }

    /// Takes all areas away, and forgets where gaps are looked for.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The areas in address order.
    pub(super) fn values(&self) -> impl Iterator<Item = &VmArea> {
        self.by_base.values()
    }

    /// The areas that begin in a range.
    pub(super) fn range(
        &self,
        bases: impl RangeBounds<u64>,
    ) -> impl DoubleEndedIterator<Item = &VmArea> {
        self.by_base.range(bases).map(|(_, area)| area)
    }

    /// The areas that share addresses with a range, in address order.
    pub(super) fn overlapping(&self, range: Range) -> impl Iterator<Item = &VmArea> {
        let first = self.range(..range.base()).next_back();
        let first = first.filter(|area| area.range.overlaps(range));
        first
            .into_iter()
            .chain(self.range(range.base()..=range.last()))
    }

    /// Where `mmap` puts so many bytes.
    pub(super) fn gap(&self, bytes: u64) -> Option<u64> {
        let search = self.search.as_ref()?;
        let at = if search.from_top {
            search.gaps.last(bytes)?.1 - bytes
        } else {
            search.gaps.first(bytes)?.0
        };
        Some(search.range.base() + at)
    }
}
