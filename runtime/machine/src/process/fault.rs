//! Page faults of processes: demand paging, copy-on-write, stacks that grow, kernel entries that came
//! later, pages that were written out.

use super::{AreaGrowth, Process, ProcessError, ProcessId, VmArea};
use crate::access::{AccessFault, AccessKind, Denied, Mode};
use crate::buddy::{FrameFailure, FrameRequest, Urgency};
use crate::event::Event;
use crate::memory::{FrameState, FrameUse};
use crate::spec::ZoneChoice;
use crate::tables::{Marks, Walk, WalkFault};
use crate::{Machine, MachineError};
use mapwright_runtime::range::Range;
use mapwright_runtime::translate::{Fault, Translation};

/// A fault is served and the access tried again so often at most: growing a stack, reading a page
/// back and making it writable are three, and each may have to make room first.
const TRIES: u32 = 8;

impl Machine {
    /// What a process finds at `address`; faults are served on the way.
    ///
    /// # Errors
    /// The fault that cannot be served, or why not.
    pub fn touch(
        &mut self,
        id: ProcessId,
        address: u64,
        kind: AccessKind,
        mode: Mode,
    ) -> Result<Walk, MachineError> {
        let mut tries = 0;
        self.enter(id);
        loop {
            let tables = self.process(id)?.tables.clone();
            let fault = match self.resolve(&tables, address, kind, mode) {
                Err(MachineError::Fault(fault)) => fault,
                other => return other,
            };
            tries += 1;
            if tries > TRIES {
                return Err(MachineError::Fault(fault));
            }
            let how = self.serve(id, &fault)?;
            self.process_mut(id)?.faults += 1;
            self.processors.fault();
            self.note(Event::PageFault {
                process: id.number(),
                address,
                how,
            });
        }
    }

    /// Why a fault cannot be served, whatever there is of memory; `None` when it can. An area gives what its format
    /// cannot keep apart from its rights, and nothing when it gives no right.
    pub(crate) fn beyond_serving(&self, id: ProcessId, fault: &AccessFault) -> Option<Denied> {
        let address = fault.address;
        if let Denied::Privilege | Denied::OutOfSpace | Denied::Walk(WalkFault::NonCanonical) =
            fault.why
        {
            return Some(fault.why);
        }
        if self.is_shared(address) {
            let user = fault.mode == Mode::User;
            return user.then_some(Denied::Privilege);
        }
        if let Translation::Fault(Fault::Guard(_) | Fault::Hole(_)) = fault.meaning {
            // Declared inside an area: nothing is ever mapped there.
            return Some(Denied::NoArea);
        }
        let process = self.processes.get(&id)?;
        let area = match process.area_at(address) {
            Some(area) => area,
            None => match process.stack_over(address - address % self.page()) {
                Ok(area) => area,
                Err(why) => return Some(why),
            },
        };
        let granted = self.kernel.encoder().expressible(area.access);
        let allowed = area.is_open()
            && match fault.kind {
                AccessKind::Read => granted.read,
                AccessKind::Write => granted.write,
                AccessKind::Execute => granted.execute,
            };
        (!allowed).then_some(Denied::Area)
    }

    /// Serves a page fault: how.
    fn serve(&mut self, id: ProcessId, fault: &AccessFault) -> Result<&'static str, MachineError> {
        if let Some(why) = self.beyond_serving(id, fault) {
            return Err(AccessFault { why, ..*fault }.into());
        }
        let address = fault.address;
        if self.is_shared(address) {
            return self.serve_kernel(id, fault);
        }
        let page = address - address % self.page();
        let grown = self.process_mut(id)?.grow_stack(address, page);
        let area = self.process(id)?.area_at(address);
        let area = area.cloned().ok_or(AccessFault {
            why: Denied::NoArea,
            ..*fault
        })?;
        let how = match fault.why {
            Denied::Walk(WalkFault::NotPresent { .. }) => {
                self.bring_in(id, page, &area, fault.kind)?
            }
            Denied::Right if fault.kind == AccessKind::Write => {
                self.copy_on_write(id, page, &area)?
            }
            // Reserved bits, or rights that the area has and the entry has not: the tables are wrong.
            _ => return Err((*fault).into()),
        };
        Ok(if grown { "stack" } else { how })
    }

    /// The entry that the kernel has made since the process began is copied now.
    fn serve_kernel(
        &mut self,
        id: ProcessId,
        fault: &AccessFault,
    ) -> Result<&'static str, MachineError> {
        let mut tables = self.process(id)?.tables.clone();
        let Self {
            kernel, physical, ..
        } = self;
        let changed = tables.share_top_entry(physical, kernel, fault.address)?;
        self.process_mut(id)?.tables = tables;
        if changed {
            Ok("kernel")
        } else {
            Err((*fault).into())
        }
    }

    /// Gives an untouched page a frame of zeros, reads it back, or shows it again.
    fn bring_in(
        &mut self,
        id: ProcessId,
        page: u64,
        area: &VmArea,
        kind: AccessKind,
    ) -> Result<&'static str, MachineError> {
        match self.show_page(id, page, area.access) {
            Ok(true) => return Ok("rights"),
            Ok(false) => {}
            Err(error) if self.can_mend(&error) && self.make_room(id)? => return Ok("retry"),
            Err(error) => return Err(error),
        }
        let place = self.process(id)?.swapped.get(&page).copied();
        let frame = self.user_frame(id)?;
        if let Some(place) = place
            && let Err(error) = self.read_back(place, frame)
        {
            self.physical.give_back(frame, 0, 0, FrameUse::User)?;
            return Err(error);
        }
        let marks = Marks {
            accessed: false,
            dirty: kind == AccessKind::Write,
        };
        let size = self.page();
        let mut tables = self.process(id)?.tables.clone();
        let made = tables.map(
            &mut self.physical,
            page,
            frame * size,
            size,
            area.access,
            marks,
        );
        self.process_mut(id)?.tables = tables;
        if let Err(error) = made {
            self.physical.give_back(frame, 0, 0, FrameUse::User)?;
            // A frame for a table was missing: room may be made for that too.
            if self.can_mend(&error) && self.make_room(id)? {
                return Ok("retry");
            }
            return Err(error);
        }
        let process = self.process_mut(id)?;
        process.resident.insert(page);
        process.swapped.remove(&page);
        self.link(frame, id, page);
        if let Some(place) = place {
            // Counted when it is there: what is tried again is read again, and is one page all the same.
            if let Some(swap) = &mut self.swap {
                swap.count_read();
            }
            self.release_swap(place);
            self.note(Event::Swapped {
                process: id.number(),
                address: page,
                out: false,
            });
            return Ok("swap");
        }
        Ok("demand")
    }

    /// The first write to a page that is shared copies it; the last sharer only gets the right back.
    fn copy_on_write(
        &mut self,
        id: ProcessId,
        page: u64,
        area: &VmArea,
    ) -> Result<&'static str, MachineError> {
        let size = self.page();
        let memory = self.physical.memory();
        let mapping = self.process(id)?.tables.lookup(memory, page);
        let mapping = mapping.ok_or(ProcessError::NoArea { address: page })?;
        let old = mapping.physical / size;
        let sharers = memory.frames().get(old).count;
        let marks = Marks::BOTH;
        let mut to = mapping.physical;
        if sharers > 1 {
            let new = self.user_frame(id)?;
            // Room may have been made for it by writing out this very page.
            if !self.process(id)?.resident.contains(&page) {
                self.physical.give_back(new, 0, 0, FrameUse::User)?;
                return Ok("retry");
            }
            if let Err(error) = self.physical.memory_mut().copy_frame(old, new) {
                self.physical.give_back(new, 0, 0, FrameUse::User)?;
                return Err(error.into());
            }
            to = new * size;
        }
        let mut tables = self.process(id)?.tables.clone();
        tables.rewrite(&mut self.physical, &mapping, to, area.access, marks)?;
        self.process_mut(id)?.tables = tables;
        if sharers > 1 {
            self.unlink(old, id, page);
            self.link(to / size, id, page);
            self.change_sharers(old, -1)?;
        }
        Ok("copy")
    }

    /// A frame for a page of a process, from the highest zone. When there is none, a page is written out;
    /// when there is no room for that either, a victim is ended, if that was allowed.
    fn user_frame(&mut self, id: ProcessId) -> Result<u64, MachineError> {
        loop {
            let zones = self.zones_from(ZoneChoice::High);
            let request = FrameRequest {
                order: 0,
                zones: &zones,
                cpu: 0,
                urgency: Urgency::Normal,
            };
            let state = FrameState {
                used: FrameUse::User,
                owner: id.number(),
                count: 1,
            };
            let error = match self.physical.take(&request, state) {
                Ok(given) => return Ok(given.frame),
                Err(error) => error,
            };
            if !self.can_mend(&error) || !self.make_room(id)? {
                return Err(error);
            }
        }
    }

    /// True for a shortage that more room would end, and not one that was ordered.
    fn can_mend(&self, error: &MachineError) -> bool {
        let ordered = matches!(error, MachineError::Frames(FrameFailure::Injected { .. }));
        error.is_shortage() && !ordered
    }

    /// Makes room for a page: whether it could.
    fn make_room(&mut self, id: ProcessId) -> Result<bool, MachineError> {
        if self.evict()? {
            return Ok(true);
        }
        if !self.ends_victims {
            return Ok(false);
        }
        let largest = self
            .processes
            .values()
            .max_by_key(|process| (process.resident_pages(), process.id().number()));
        let Some((victim, frames)) = largest.map(|one| (one.id(), one.resident_pages())) else {
            return Ok(false);
        };
        self.note(Event::OutOfMemory {
            victim: victim.number(),
            frames,
        });
        self.exit(victim)?;
        if victim == id {
            let process = id.number();
            return Err(ProcessError::Killed { process }.into());
        }
        Ok(frames != 0)
    }

    pub(super) fn link(&mut self, frame: u64, id: ProcessId, address: u64) {
        self.owners.entry(frame).or_default().push((id, address));
        if let Some(swap) = &mut self.swap {
            swap.note(frame);
        }
    }

    pub(super) fn unlink(&mut self, frame: u64, id: ProcessId, address: u64) {
        if let Some(owners) = self.owners.get_mut(&frame) {
            owners.retain(|owner| *owner != (id, address));
            if owners.is_empty() {
                self.owners.remove(&frame);
            }
        }
    }
}

impl Process {
    /// The stack that would grow down to hold the page at `address`.
    fn stack_over(&self, address: u64) -> Result<&VmArea, Denied> {
        let above = self.areas.range(address..).next();
        let above = above.ok_or(Denied::NoArea)?;
        let AreaGrowth::Down(limit) = above.growth else {
            return Err(Denied::NoArea);
        };
        // Far below is no stack at all; right below its limit it is one that is too large.
        match limit.checked_sub(address) {
            None | Some(0) => Ok(above),
            Some(below) if below <= above.range.last() - limit => Err(Denied::StackLimit),
            Some(_) => Err(Denied::NoArea),
        }
    }

    /// Lets a stack grow down to the page touched; whether it did.
    fn grow_stack(&mut self, address: u64, page: u64) -> bool {
        if self.area_at(address).is_some() {
            return false;
        }
        let Ok(above) = self.stack_over(page) else {
            return false;
        };
        let (base, last) = (above.range.base(), above.range.last());
        let below = self.areas.range(..address).next_back();
        let free = below.is_none_or(|area| area.range.last() < page);
        let range = Range::new(page, last).filter(|_| free);
        if let (Some(range), Some(area)) = (range, self.areas.remove(base)) {
            self.areas.insert(area.over(range));
            return true;
        }
        false
    }
}
