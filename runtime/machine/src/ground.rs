//! What the parts of a running kernel stand on: memory with its allocator, the kernel's tables, the direct map, and who
//! watches.

use crate::MachineError;
use crate::buddy::{FrameRequest, FreeError, ZoneId};
use crate::build::Choices;
use crate::direct::LinearWindows;
use crate::event::{Event, EventLog};
use crate::memory::{FrameState, FrameUse, MemoryKind};
use crate::physical::Physical;
use crate::spec::{FrameFlags, ZoneChoice};
use crate::tables::PageTables;
use crate::window_error::WindowError;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use mapwright_runtime::layout::{Layout, PlaceId, SpaceId};
use mapwright_runtime::range::Range;

/// Frames that `alloc_pages` gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pages {
    /// The first frame: its physical address divided by the bytes of a frame.
    pub frame: u64,
    /// 2^order of them.
    pub order: u32,
    /// The zone that gave them.
    pub zone: ZoneId,
    /// Their address in the direct map, if they have one.
    pub address: Option<u64>,
    /// All zones that may serve the request are below their low watermarks.
    pub pressure: bool,
}

/// All of that, borrowed from a machine for one operation of a part that has its own books (windows, slabs).
pub(crate) struct Ground<'m> {
    pub(crate) layout: &'m Layout,
    pub(crate) physical_space: SpaceId,
    pub(crate) cpus: u32,
    pub(crate) physical: &'m mut Physical,
    /// The kernel's tables.
    pub(crate) tables: &'m mut PageTables,
    pub(crate) linear: &'m LinearWindows,
    pub(crate) zone_ids: &'m BTreeMap<PlaceId, ZoneId>,
    pub(crate) choices: &'m Choices,
    pub(crate) log: &'m mut Option<Box<dyn EventLog>>,
}

impl Ground<'_> {
    /// The bytes of a frame, and of the smallest page.
    pub(crate) fn page(&self) -> u64 {
        self.physical.memory().frame_bytes()
    }

    pub(crate) fn note(&mut self, event: Event) {
        if let Some(log) = self.log {
            log.note(&event);
        }
    }

    /// A zone and its fallback, in the order tried.
    pub(crate) fn zones_from(&self, choice: ZoneChoice) -> Vec<ZoneId> {
        self.choices.order(self.physical, choice)
    }

    /// The physical range of so many bytes, if physical space has it.
    pub(crate) fn physical_range(&self, at: u64, bytes: u64) -> Result<Range, WindowError> {
        if bytes == 0 {
            return Err(WindowError::Empty);
        }
        let outside = WindowError::OutsideSpace {
            physical: at,
            bytes,
        };
        let range = Range::from_base_size(at, bytes.into()).ok_or(outside.clone())?;
        let space = self.layout.space_range(self.physical_space);
        space.contains_range(range).then_some(range).ok_or(outside)
    }

    /// The address of a physical range in the direct map, as far as the kernel's tables show it.
    pub(crate) fn direct_address(&self, range: Range) -> Option<u64> {
        let address = self.linear.address_of_range(range)?;
        let last = address + (range.last() - range.base());
        let memory = self.physical.memory();
        let shown = |address| self.tables.walk(memory, address).is_ok();
        (shown(address) && shown(last)).then_some(address)
    }

    /// The physical address of a frame of memory.
    pub(crate) fn memory_frame(&self, frame: u64) -> Result<u64, WindowError> {
        let outside = WindowError::NotMemory {
            physical: frame.saturating_mul(self.page()),
        };
        let at = frame.checked_mul(self.page()).ok_or(outside.clone())?;
        match self.physical.memory().map().at(at) {
            Some(one) if one.kind != MemoryKind::Device => Ok(at),
            _ => Err(outside),
        }
    }

    /// See [`crate::Machine::alloc_pages`].
    pub(crate) fn alloc_pages(
        &mut self,
        order: u32,
        flags: FrameFlags,
    ) -> Result<Pages, MachineError> {
        let zones = self.zones_from(flags.zone);
        let state = FrameState {
            used: FrameUse::Pages,
            ..FrameState::default()
        };
        let request = FrameRequest {
            order,
            zones: &zones,
            cpu: flags.cpu,
            urgency: flags.urgency,
        };
        let given = self.physical.take(&request, state)?;
        let frame = given.frame;
        self.note(Event::FramesTaken {
            frame,
            order,
            zone: given.zone.index() as u32,
        });
        if given.pressure {
            self.note(Event::Pressure);
        }
        Ok(Pages {
            frame,
            order,
            zone: given.zone,
            address: self.linear.address_of(frame * self.page()),
            pressure: given.pressure,
        })
    }

    /// See [`crate::Machine::free_pages`].
    pub(crate) fn free_pages(
        &mut self,
        frame: u64,
        order: u32,
        cpu: u32,
    ) -> Result<(), MachineError> {
        // A caller's mistake, as long as the books are right.
        let used = self.physical.memory().frames().get(frame).used;
        if !matches!(used, FrameUse::Pages | FrameUse::Free) {
            return Err(FreeError::OtherUse { frame, used }.into());
        }
        self.physical
            .give_back(frame, order, cpu, FrameUse::Pages)?;
        self.note(Event::FramesGiven { frame, order });
        Ok(())
    }
}
