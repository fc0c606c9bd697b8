//! Making, forking, replacing and ending processes.

use super::{AreaGrowth, AreaList, Process, ProcessError, ProcessId, VmArea};
use crate::event::Event;
use crate::memory::{FrameState, FrameUse};
use crate::tables::{Mapping, PageTables};
use crate::{Machine, MachineError};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use mapwright_runtime::layout::{PlaceKind, Sharing};
use mapwright_runtime::range::Range;

impl Machine {
    /// The processes, by number.
    pub fn processes(&self) -> impl Iterator<Item = &Process> {
        self.processes.values()
    }

    /// The process of this number, while it lives.
    #[must_use]
    pub fn process_numbered(&self, number: u32) -> Option<ProcessId> {
        let id = ProcessId::new(number);
        self.processes.contains_key(&id).then_some(id)
    }

    /// A process.
    ///
    /// # Errors
    /// When there is none of this number.
    pub fn process(&self, id: ProcessId) -> Result<&Process, MachineError> {
        let process = id.number();
        let found = self.processes.get(&id);
        Ok(found.ok_or(ProcessError::NoProcess { process })?)
    }

    pub(super) fn process_mut(&mut self, id: ProcessId) -> Result<&mut Process, MachineError> {
        let process = id.number();
        let found = self.processes.get_mut(&id);
        Ok(found.ok_or(ProcessError::NoProcess { process })?)
    }

    /// True when an address is in a part whose tables all processes share.
    pub(crate) fn is_shared(&self, address: u64) -> bool {
        let mut parts = self.shared_parts();
        parts.any(|range| range.contains(address))
    }

    fn shared_parts(&self) -> impl Iterator<Item = Range> {
        let space = self.space;
        let places = self.layout.places().map(|(_, place)| place);
        places
            .filter(move |place| place.space == space && place.kind == PlaceKind::Part)
            .filter(|place| place.tables == Some(Sharing::Shared))
            .map(|place| place.range)
    }

    /// Tables of a process: the entries of the shared parts are copied from the kernel's.
    fn process_tables(&mut self) -> Result<PageTables, MachineError> {
        let encoder = self.kernel.encoder().clone();
        let bits = self.kernel.space_bits();
        let zones = self.zones_from(crate::ZoneChoice::Normal);
        let mut tables = PageTables::new(encoder, bits, zones, 0, &mut self.physical)?;
        if let Err(error) = self.share_kernel(&mut tables) {
            tables.free_all(&mut self.physical)?;
            return Err(error);
        }
        Ok(tables)
    }

    fn share_kernel(&mut self, tables: &mut PageTables) -> Result<(), MachineError> {
        let span = self.kernel.encoder().format().top_entry_span();
        let canonical = self.kernel.encoder().clone();
        let ranges = canonical
            .format()
            .canonical_ranges_in(self.kernel.space_bits());
        let parts: Vec<Range> = self.shared_parts().collect();
        for part in parts.iter().flat_map(|part| {
            let common = ranges.iter().filter_map(|range| range.intersection(*part));
            common.collect::<Vec<_>>()
        }) {
            let mut next = Some(part.base());
            while let Some(address) = next.filter(|next| part.contains(*next)) {
                tables.share_top_entry(&mut self.physical, &self.kernel, address)?;
                next = address.checked_add(span);
            }
        }
        Ok(())
    }

    /// Makes a process with the layout's areas: a heap that is empty, a stack of one page, a range for
    /// `mmap`, and all others whole.
    ///
    /// # Errors
    /// When there are no frames for its tables.
    pub fn spawn(&mut self) -> Result<ProcessId, MachineError> {
        let tables = self.process_tables()?;
        let id = self.add_process(None, tables);
        self.load_areas(id)?;
        Ok(id)
    }

    fn add_process(&mut self, parent: Option<ProcessId>, tables: PageTables) -> ProcessId {
        let id = ProcessId::new(self.next_process);
        self.next_process += 1;
        let process = Process {
            id,
            parent,
            tables,
            areas: AreaList::default(),
            resident: BTreeSet::new(),
            hidden: BTreeMap::new(),
            swapped: BTreeMap::new(),
            heap: None,
            faults: 0,
        };
        self.processes.insert(id, process);
        self.note(Event::ProcessMade {
            process: id.number(),
            parent: parent.map(ProcessId::number),
        });
        id
    }

    fn load_areas(&mut self, id: ProcessId) -> Result<(), MachineError> {
        let page = self.page();
        let space = self.space;
        let places = self.layout.places().map(|(_, place)| place.clone());
        let templates: Vec<_> = places
            .filter(|place| place.space == space && place.kind == PlaceKind::Area)
            .collect();
        let kept: Vec<Range> = self.kept_places().map(|place| place.range).collect();
        let process = self.process_mut(id)?;
        for place in templates {
            let mut area = VmArea::of(&place);
            match (place.name.as_str(), place.attr("grows")) {
                ("mmap", grows) => {
                    let from_top = grows == Some("down");
                    let kept = kept.iter().copied();
                    process.areas.search_in(place.range, from_top, kept);
                }
                ("heap", _) | (_, Some("up")) => {
                    process.heap = Some((place.range, place.range.base()));
                }
                (_, Some("down")) => {
                    let last = place.range.last();
                    let top = Range::new(last - last % page, last).unwrap_or(place.range);
                    area.range = top;
                    area.growth = AreaGrowth::Down(place.range.base());
                    process.areas.insert(area);
                }
                _ => {
                    process.areas.insert(area);
                }
            }
        }
        Ok(())
    }

    /// `fork`: a copy of a process. Both share all frames; those that may be written are copied by the
    /// first write.
    ///
    /// # Errors
    /// When there are no frames for the tables; nothing has changed then.
    pub fn fork(&mut self, parent: ProcessId) -> Result<ProcessId, MachineError> {
        self.process(parent)?;
        let tables = self.process_tables()?;
        let child = self.add_process(Some(parent), tables);
        let original = self.process(parent)?.clone();
        let process = self.process_mut(child)?;
        process.areas = original.areas.clone();
        process.heap = original.heap;
        for address in &original.resident {
            if let Err(error) = self.share_page(parent, child, *address) {
                self.exit(child)?;
                return Err(error);
            }
        }
        for (address, frame) in original.hidden() {
            self.process_mut(child)?.hidden.insert(address, frame);
            self.link(frame, child, address);
            self.change_sharers(frame, 1)?;
        }
        for (address, place) in &original.swapped {
            if let Some(swap) = &mut self.swap {
                swap.share(*place);
            }
            self.process_mut(child)?.swapped.insert(*address, *place);
        }
        Ok(child)
    }

    /// Gives the child the parent's page, read-only in both.
    fn share_page(
        &mut self,
        parent: ProcessId,
        child: ProcessId,
        address: u64,
    ) -> Result<(), MachineError> {
        let memory = self.physical.memory();
        let mapping = self.process(parent)?.tables.lookup(memory, address);
        let Some(mapping) = mapping else {
            return Ok(());
        };
        let access = mapwright_runtime::Access {
            write: false,
            ..mapping.access
        };
        let Mapping {
            physical, bytes, ..
        } = mapping;
        let marks = mapping.marks;
        let mut tables = self.process(child)?.tables.clone();
        let made = tables.map(&mut self.physical, address, physical, bytes, access, marks);
        self.process_mut(child)?.tables = tables;
        made?;
        self.process_mut(child)?.resident.insert(address);
        self.link(physical / self.page(), child, address);
        self.change_sharers(physical / self.page(), 1)?;
        if mapping.access.write {
            let mut tables = self.process(parent)?.tables.clone();
            tables.rewrite(&mut self.physical, &mapping, physical, access, marks)?;
            self.process_mut(parent)?.tables = tables;
        }
        Ok(())
    }

    /// Counts sharers of a frame more or less, and frees it when there are none; how many are left.
    pub(super) fn change_sharers(&mut self, frame: u64, change: i32) -> Result<u32, MachineError> {
        let state = self.physical.memory().frames().get(frame);
        let count = state.count.saturating_add_signed(change);
        let state = FrameState { count, ..state };
        self.physical.memory_mut().set_state(frame, state)?;
        if count == 0 {
            if let Some(swap) = &mut self.swap {
                swap.forget(frame);
            }
            self.physical.give_back(frame, 0, 0, FrameUse::User)?;
        }
        Ok(count)
    }

    /// `exec`: the process begins anew with the layout's areas.
    ///
    /// # Errors
    /// When there is no such process.
    pub fn exec(&mut self, id: ProcessId) -> Result<(), MachineError> {
        self.drop_pages(id, Range::ALL)?;
        let process = self.process_mut(id)?;
        process.areas.clear();
        self.load_areas(id)
    }

    /// `exit`: everything that is the process's own is given back.
    ///
    /// # Errors
    /// When there is no such process.
    pub fn exit(&mut self, id: ProcessId) -> Result<(), MachineError> {
        self.drop_pages(id, Range::ALL)?;
        let process = id.number();
        let gone = self.processes.remove(&id);
        let mut gone = gone.ok_or(ProcessError::NoProcess { process })?;
        gone.tables.free_all(&mut self.physical)?;
        self.processors.forget(id);
        self.note(Event::ProcessEnded { process });
        Ok(())
    }

    /// Unmaps the pages of a range, and forgets those that were written out.
    pub(super) fn drop_pages(&mut self, id: ProcessId, range: Range) -> Result<(), MachineError> {
        let page = self.page();
        let within = range.base()..=range.last();
        let process = self.process_mut(id)?;
        let resident: Vec<u64> = process.resident.range(within.clone()).copied().collect();
        let hidden: Vec<(u64, u64)> = process
            .hidden
            .range(within.clone())
            .map(|(address, frame)| (*address, *frame))
            .collect();
        let swapped: Vec<(u64, u64)> = process
            .swapped
            .range(within)
            .map(|(address, place)| (*address, *place))
            .collect();
        for (address, frame) in hidden {
            self.process_mut(id)?.hidden.remove(&address);
            self.unlink(frame, id, address);
            self.change_sharers(frame, -1)?;
        }
        for address in resident {
            let mut tables = self.process(id)?.tables.clone();
            let mapping = tables.unmap(&mut self.physical, address)?;
            let process = self.process_mut(id)?;
            process.tables = tables;
            process.resident.remove(&address);
            self.unlink(mapping.physical / page, id, address);
            self.change_sharers(mapping.physical / page, -1)?;
        }
        for (address, place) in swapped {
            self.process_mut(id)?.swapped.remove(&address);
            self.release_swap(place);
        }
        Ok(())
    }

    /// Notes that a page was written out; `tables` are the process's, without it.
    pub(crate) fn write_out(
        &mut self,
        id: ProcessId,
        address: u64,
        place: u64,
        tables: PageTables,
    ) -> Result<(), MachineError> {
        let process = self.process_mut(id)?;
        process.tables = tables;
        process.resident.remove(&address);
        process.swapped.insert(address, place);
        Ok(())
    }

    /// A page that has no entry was written out.
    pub(crate) fn write_out_hidden(
        &mut self,
        id: ProcessId,
        address: u64,
        place: u64,
    ) -> Result<bool, MachineError> {
        let process = self.process_mut(id)?;
        let hidden = process.hidden.remove(&address).is_some();
        if hidden {
            process.swapped.insert(address, place);
        }
        Ok(hidden)
    }

    /// Gives a frame back that nobody maps any more.
    pub(crate) fn drop_frame(&mut self, frame: u64) -> Result<(), MachineError> {
        self.owners.remove(&frame);
        self.physical.give_back(frame, 0, 0, FrameUse::User)
    }
}
