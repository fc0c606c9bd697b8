//! `brk`, `mmap`, `munmap`, `mprotect`.

use super::{AreaGrowth, Backing, Process, ProcessError, ProcessId, VmArea};
use crate::tables::{Mapping, Marks};
use crate::{Machine, MachineError};
use alloc::format;
use alloc::vec::Vec;
use mapwright_runtime::access::Access;
use mapwright_runtime::layout::{Place, PlaceKind, Sharing};
use mapwright_runtime::range::Range;

impl Machine {
    /// A range of whole pages in the part of the space that is the process's own.
    fn user_range(&self, address: u64, bytes: u64) -> Result<Range, ProcessError> {
        let bad = ProcessError::BadRange { address, bytes };
        let page = self.page();
        let whole = bytes
            .checked_next_multiple_of(page)
            .filter(|bytes| *bytes != 0);
        let range = whole.and_then(|bytes| Range::from_base_size(address, bytes.into()));
        let range = range.filter(|range| range.base().is_multiple_of(page));
        let range = range.ok_or(bad.clone())?;
        if self.is_own(range) {
            Ok(range)
        } else {
            Err(bad)
        }
    }

    /// True when a range is in a part with tables of each process's own, or, in a space without parts,
    /// anywhere. Where areas are declared, such a part is one that has some.
    pub(super) fn is_own(&self, range: Range) -> bool {
        let of_kind = |kind| {
            let places = self.layout.places().map(|(_, place)| place);
            places.filter(move |place| place.space == self.space && place.kind == kind)
        };
        if of_kind(PlaceKind::Part).next().is_none() {
            return self.layout.space_range(self.space).contains_range(range);
        }
        let own = of_kind(PlaceKind::Part).filter(|part| part.tables == Some(Sharing::PerProcess));
        let mut holding = own.filter(|part| part.range.contains_range(range));
        holding.any(|part| {
            let mut areas = of_kind(PlaceKind::Area).peekable();
            areas.peek().is_none() || areas.any(|area| part.range.contains_range(area.range))
        })
    }

    /// What the layout declares where no area of a process may be: guards, holes, windows.
    pub(super) fn kept_places(&self) -> impl Iterator<Item = &Place> {
        let places = self.layout.places().map(|(_, place)| place);
        places.filter(|place| place.space == self.space && is_kept(place.kind))
    }

    /// Nothing of a process is mapped where the layout declares something else.
    fn check_kept(&self, range: Range) -> Result<(), ProcessError> {
        let found = self.kept_places().find(|place| place.range.overlaps(range));
        match found {
            Some(place) => Err(ProcessError::Kept {
                what: format!("{} `{}`", place.kind.word(), place.label()),
                range: place.range,
            }),
            None => Ok(()),
        }
    }

    /// `brk`: moves the end of the heap to `end`.
    ///
    /// # Errors
    /// When the heap may not end there, or another area is in the way.
    pub fn brk(&mut self, id: ProcessId, end: u64) -> Result<u64, MachineError> {
        let page = self.page();
        let heap = self.process(id)?.heap;
        let (range, old) = heap.ok_or(ProcessError::NoTemplate { name: "heap" })?;
        let allowed = range;
        if end < range.base() || u128::from(end) > range.end() {
            return Err(ProcessError::BadBreak { end, allowed }.into());
        }
        let (was, now) = (old.next_multiple_of(page), end.next_multiple_of(page));
        if let Some(new) = Range::from_start_end(was.into(), now.into()) {
            self.check_kept(new)?;
        }
        if let Some(gone) = Range::from_start_end(now.into(), was.into()) {
            self.drop_pages(id, gone)?;
        }
        let template = self.template("heap", Some("up"));
        let process = self.process_mut(id)?;
        // `mprotect` and `munmap` may have cut the heap in pieces: only what is between the ends changes.
        if let Some(gone) = Range::from_start_end(now.into(), was.into()) {
            for area in process.cut(gone) {
                process.areas.remove(area.range.base());
            }
        }
        if let Some(new) = Range::from_start_end(was.into(), now.into()) {
            process.check_free(new)?;
            let area = template.ok_or(ProcessError::NoTemplate { name: "heap" })?;
            process.extend(area.over(new));
        }
        process.heap = Some((range, end));
        Ok(end)
    }

    /// The layout's area of a name, or else the one that grows so.
    fn template(&self, name: &str, grows: Option<&str>) -> Option<VmArea> {
        let areas = self.layout.places().map(|(_, place)| place);
        let mut areas = areas
            .filter(|place| place.space == self.space && place.kind == PlaceKind::Area)
            .filter(|place| place.name == name || place.attr("grows") == grows);
        areas.next().map(|place| VmArea {
            name: name.into(),
            ..VmArea::of(place)
        })
    }

    /// `mmap`: a new area of `bytes` bytes, at `address` or, without one, in the first gap from the top (or
    /// the bottom, as the layout's area `mmap` grows); where it is.
    ///
    /// # Errors
    /// When no gap is large enough, or something is there already.
    pub fn mmap(
        &mut self,
        id: ProcessId,
        address: Option<u64>,
        bytes: u64,
        access: Access,
        backing: Backing,
    ) -> Result<u64, MachineError> {
        let process = self.process(id)?;
        let range = match address {
            Some(address) => self.user_range(address, bytes)?,
            None => {
                let page = self.page();
                let whole = bytes.checked_next_multiple_of(page);
                let whole = whole.filter(|bytes| *bytes != 0);
                let whole = whole.ok_or(ProcessError::BadRange { address: 0, bytes })?;
                let found = process
                    .areas
                    .gap(whole)
                    .ok_or(ProcessError::NoGap { bytes })?;
                self.user_range(found, whole)?
            }
        };
        self.check_kept(range)?;
        let process = self.process_mut(id)?;
        process.check_free(range)?;
        let area = VmArea {
            name: "anon".into(),
            range,
            access: access.for_user(),
            backing,
            growth: AreaGrowth::None,
        };
        process.areas.insert(area);
        Ok(range.base())
    }

    /// `munmap`: takes a range away, of whatever areas are there; parts of areas stay.
    ///
    /// # Errors
    /// When the range is no whole pages of a process.
    pub fn munmap(&mut self, id: ProcessId, address: u64, bytes: u64) -> Result<(), MachineError> {
        let range = self.user_range(address, bytes)?;
        self.drop_pages(id, range)?;
        let process = self.process_mut(id)?;
        for area in process.cut(range) {
            process.areas.remove(area.range.base());
        }
        Ok(())
    }

    /// `mprotect`: other rights for a range that areas cover from end to end. Pages that are shared
    /// stay read-only until the first write.
    ///
    /// # Errors
    /// When part of the range is in no area.
    pub fn mprotect(
        &mut self,
        id: ProcessId,
        address: u64,
        bytes: u64,
        access: Access,
    ) -> Result<(), MachineError> {
        let range = self.user_range(address, bytes)?;
        let access = access.for_user();
        self.kernel.check_rights(access)?;
        let process = self.process_mut(id)?;
        process.check_covered(range)?;
        let mut open = false;
        for area in process.cut(range) {
            let area = VmArea { access, ..area };
            open |= area.is_open();
            process.areas.remove(area.range.base());
            process.areas.insert(area);
        }
        if open {
            self.protect_pages(id, range, access)?;
            self.show_pages(id, range, access)
        } else {
            self.hide_pages(id, range)
        }
    }

    /// Gives the entries of a range other rights.
    fn protect_pages(
        &mut self,
        id: ProcessId,
        range: Range,
        access: Access,
    ) -> Result<(), MachineError> {
        let granted = self.kernel.encoder().expressible(access);
        let process = self.process(id)?;
        let within = process.resident.range(range.base()..=range.last());
        let pages: Vec<u64> = within.copied().collect();
        for page in pages {
            let mut tables = self.process(id)?.tables.clone();
            let memory = self.physical.memory();
            let Some(mapping) = tables.lookup(memory, page) else {
                continue;
            };
            let frame = mapping.physical / mapping.bytes;
            let shared = memory.frames().get(frame).count > 1;
            // A shared page stays read-only: its first write copies it.
            let rights = Access {
                write: granted.write && !shared,
                ..granted
            };
            let Mapping {
                physical, marks, ..
            } = mapping;
            tables.rewrite(&mut self.physical, &mapping, physical, rights, marks)?;
            self.process_mut(id)?.tables = tables;
        }
        Ok(())
    }

    /// Takes the entries of a range away: its pages keep their frames. No rights are no entry, in every format.
    fn hide_pages(&mut self, id: ProcessId, range: Range) -> Result<(), MachineError> {
        let process = self.process(id)?;
        let within = process.resident.range(range.base()..=range.last());
        let pages: Vec<u64> = within.copied().collect();
        for page in pages {
            let mut tables = self.process(id)?.tables.clone();
            let mapping = tables.unmap(&mut self.physical, page)?;
            let frame = mapping.physical / mapping.bytes;
            let process = self.process_mut(id)?;
            process.tables = tables;
            process.resident.remove(&page);
            process.hidden.insert(page, frame);
        }
        Ok(())
    }

    /// Gives hidden pages of a range their entries back, as far as there are frames for tables: the others come when
    /// they are touched.
    fn show_pages(
        &mut self,
        id: ProcessId,
        range: Range,
        access: Access,
    ) -> Result<(), MachineError> {
        let within = self.process(id)?.hidden.range(range.base()..=range.last());
        let pages: Vec<u64> = within.map(|(page, _)| *page).collect();
        for page in pages {
            match self.show_page(id, page, access) {
                Err(error) if error.is_shortage() => return Ok(()),
                shown => shown.map(|_| ())?,
            }
        }
        Ok(())
    }

    /// Gives a hidden page its entry back; whether the page was hidden.
    pub(super) fn show_page(
        &mut self,
        id: ProcessId,
        page: u64,
        access: Access,
    ) -> Result<bool, MachineError> {
        let Some(frame) = self.process(id)?.hidden.get(&page).copied() else {
            return Ok(false);
        };
        let shared = self.physical.memory().frames().get(frame).count > 1;
        let granted = self.kernel.encoder().expressible(access);
        let rights = Access {
            write: granted.write && !shared,
            ..granted
        };
        let mut tables = self.process(id)?.tables.clone();
        let size = self.page();
        // What it held may have been written before: it counts as written.
        let made = tables.map(
            &mut self.physical,
            page,
            frame * size,
            size,
            rights,
            Marks::BOTH,
        );
        self.process_mut(id)?.tables = tables;
        made?;
        let process = self.process_mut(id)?;
        process.hidden.remove(&page);
        process.resident.insert(page);
        Ok(true)
    }
}

/// Kinds of places that keep processes' areas away.
const fn is_kept(kind: PlaceKind) -> bool {
    matches!(
        kind,
        PlaceKind::Guard | PlaceKind::Hole | PlaceKind::Window | PlaceKind::Reserve
    )
}

impl Process {
    /// No area is in a range.
    fn check_free(&self, range: Range) -> Result<(), ProcessError> {
        let below = self.areas.range(..=range.last()).next_back();
        match below.filter(|area| area.range.overlaps(range)) {
            Some(area) => Err(ProcessError::InUse { area: area.range }),
            None => Ok(()),
        }
    }

    /// Areas cover a range from end to end.
    fn check_covered(&self, range: Range) -> Result<(), ProcessError> {
        let mut next = range.base();
        loop {
            let area = self.area_at(next);
            let area = area.ok_or(ProcessError::NoArea { address: next })?;
            match area.range.last().checked_add(1) {
                Some(end) if end <= range.last() => next = end,
                _ => return Ok(()),
            }
        }
    }

    /// Cuts areas at the ends of a range; those inside it.
    fn cut(&mut self, range: Range) -> Vec<VmArea> {
        let overlapping: Vec<VmArea> = self.areas.overlapping(range).cloned().collect();
        let mut inside = Vec::new();
        for area in overlapping {
            self.areas.remove(area.range.base());
            let (below, above) = area.range.without(range);
            let middle = area.range.intersection(range);
            for (number, piece) in [below, middle, above].into_iter().enumerate() {
                let Some(piece) = piece else { continue };
                let mut part = area.over(piece);
                if number != 0 && piece.base() != area.range.base() {
                    // Only the lowest piece of a stack goes on growing.
                    part.growth = AreaGrowth::None;
                }
                if number == 1 {
                    inside.push(part.clone());
                }
                self.areas.insert(part);
            }
        }
        inside
    }

    /// Adds an area; one of the same name and rights right below it grows instead.
    fn extend(&mut self, mut area: VmArea) {
        let below = self.areas.range(..area.range.base()).next_back();
        let same = below.filter(|below| {
            below.range.end() == u128::from(area.range.base())
                && (&below.name, below.access, below.backing)
                    == (&area.name, area.access, area.backing)
        });
        if let Some(base) = same.map(|below| below.range.base())
            && let Some(whole) = Range::new(base, area.range.last())
        {
            self.areas.remove(base);
            area.range = whole;
        }
        self.areas.insert(area);
    }
}
