//! Areas of a window: virtually contiguous, frame by frame from anywhere.

use super::WindowError;
use crate::gaps::Gaps;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use mapwright_runtime::layout::PlaceId;
use mapwright_runtime::range::Range;

/// What an area shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AreaUse {
    /// Frames of its own, in the order of its pages.
    Frames(Vec<u64>),
    /// A device, from this physical address on.
    Device(u64),
    /// Memory that belongs to others, from this physical address on.
    Borrowed(u64),
}

/// An area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Its first address.
    pub start: u64,
    /// Its bytes, without the guard.
    pub bytes: u64,
    /// What it shows.
    pub used: AreaUse,
}

/// The areas of one window. The first gap by address that is large enough is taken; after every
/// area so many bytes as the layout says stay unmapped.
#[derive(Debug, Clone)]
pub struct AreaWindow {
    /// The window.
    pub place: PlaceId,
    /// Its name.
    pub name: String,
    /// Its addresses.
    pub range: Range,
    /// The bytes left unmapped after each area.
    pub guard: u64,
    /// The bytes of a page.
    pub page: u64,
    areas: BTreeMap<u64, Area>,
    /// Free stretches by their offsets in the window.
    gaps: Gaps,
    /// The most areas there were at once.
    most: usize,
}

impl AreaWindow {
    /// A window without areas; those inside it that mean something else are left out.
    #[must_use]
    pub fn new(
        place: PlaceId,
        name: String,
        range: Range,
        guard: u64,
        page: u64,
        taken: &[Range],
    ) -> Self {
        let end = u64::try_from(range.size()).unwrap_or(u64::MAX) / page * page;
        let mut gaps = Gaps::default();
        let mut from = 0;
        // In address order, as the layout keeps what is inside a place.
        for inner in taken {
            let start = inner.base() - range.base();
            gaps.give(from, start);
            from = (inner.last() - range.base()).saturating_add(1);
        }
        from = from.next_multiple_of(page);
        gaps.give(from, end);
        Self {
            place,
            name,
            range,
            guard: guard.next_multiple_of(page),
            page,
            areas: BTreeMap::new(),
            gaps,
            most: 0,
        }
    }

    /// The areas in address order.
    pub fn areas(&self) -> impl Iterator<Item = &Area> {
        self.areas.values()
    }

    /// How many areas there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.areas.len()
    }

    /// True when there is no area.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
    }

    /// The area that holds `address`.
    #[must_use]
    pub fn area_at(&self, address: u64) -> Option<&Area> {
        let (_, area) = self.areas.range(..=address).next_back()?;
        (address - area.start < area.bytes).then_some(area)
    }

    /// The bytes of all gaps, and of the largest.
    #[must_use]
    pub fn free_bytes(&self) -> (u64, u64) {
        self.gaps.bytes()
    }

    /// Takes the first gap for an area of `bytes` bytes, rounded up to pages, at a multiple of `align`
    /// (a power of two).
    ///
    /// # Errors
    /// When nothing is asked for, or no gap is large enough.
    pub fn reserve(&mut self, bytes: u64, align: u64, used: AreaUse) -> Result<u64, WindowError> {
        let align = align.max(self.page);
        let rounded = bytes.checked_next_multiple_of(self.page);
        let wanted = rounded.and_then(|bytes| bytes.checked_add(self.guard));
        let found = match (rounded, wanted) {
            (Some(0), _) => return Err(WindowError::Empty),
            (Some(bytes), Some(wanted)) => self.find(wanted, align).map(|gap| (gap, bytes, wanted)),
            _ => None,
        };
        let Some((at, bytes, wanted)) = found else {
            let (free, largest) = self.free_bytes();
            return Err(WindowError::Exhausted {
                window: self.name.clone(),
                wanted: wanted.unwrap_or(u64::MAX),
                largest,
                free,
            });
        };
        self.gaps.take(at, at + wanted);
        let start = self.range.base() + at;
        self.areas.insert(start, Area { start, bytes, used });
        self.most = self.most.max(self.areas.len());
        Ok(start)
    }

    /// Where the first gap has room.
    fn find(&self, wanted: u64, align: u64) -> Option<u64> {
        let base = self.range.base();
        let fits = |(start, end): (u64, u64)| {
            let address = (base + start).checked_next_multiple_of(align)?;
            let at = address - base;
            (at.checked_add(wanted)? <= end).then_some(at)
        };
        let mut gap = self.gaps.first(wanted)?;
        loop {
            // Gaps begin at pages, so that the first is the one, but for areas that are aligned to more.
            if let Some(at) = fits(gap) {
                return Some(at);
            }
            gap = self.gaps.at_or_above(gap.1)?;
        }
    }

    /// Sets what the area at `start` shows.
    pub(crate) fn set_use(&mut self, start: u64, used: AreaUse) {
        if let Some(area) = self.areas.get_mut(&start) {
            area.used = used;
        }
    }

    /// The area that begins at `address`.
    ///
    /// # Errors
    /// When none does.
    pub(crate) fn area_from(&self, address: u64) -> Result<&Area, WindowError> {
        self.areas.get(&address).ok_or_else(|| WindowError::NoArea {
            address,
            inside: self.area_at(address).map(|area| area.start),
        })
    }

    /// Gives the area that begins at `address` back; gaps that touch become one.
    ///
    /// # Errors
    /// When none does.
    pub fn release(&mut self, address: u64) -> Result<Area, WindowError> {
        self.area_from(address)?;
        let area = self.areas.remove(&address);
        let area = area.ok_or(WindowError::NoArea {
            address,
            inside: None,
        })?;
        let start = area.start - self.range.base();
        self.gaps.give(start, start + area.bytes + self.guard);
        Ok(area)
    }

    /// What is wrong with the books, if anything: an area that leaves the window or overlaps the next with
    /// its guard; both sides.
    #[must_use]
    pub fn wrong(&self) -> Option<(Range, Range)> {
        let whole =
            |area: &Area| Range::from_base_size(area.start, (area.bytes + self.guard).into());
        let mut last: Option<Range> = None;
        for area in self.areas.values() {
            let range = whole(area).unwrap_or(Range::ALL);
            if !self.range.contains_range(range) {
                return Some((self.range, range));
            }
            if let Some(last) = last.filter(|last| last.overlaps(range)) {
                return Some((last, range));
            }
            last = Some(range);
        }
        None
    }
}
