//! What devices do: they translate bus addresses, and read and write memory.

use super::{BusDenied, BusDevice, BusError, BusFault, BusTables, DeviceId, DomainId};
use crate::access::{AccessKind, Denied, Mode};
use crate::memory::{Chunk, FrameUse, MemoryKind};
use crate::process::ProcessId;
use crate::tables::{PageTables, Walk, WalkFault};
use crate::{Machine, MachineError};
use alloc::vec::Vec;
use mapwright_runtime::layout::SpaceId;
use mapwright_runtime::range::Range;
use mapwright_runtime::translate::Translation;

/// What a device finds at a bus address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BusWalk {
    /// The physical address.
    pub physical: u64,
    /// The table entries that were read.
    pub reads: u32,
    /// The bytes from the address on that lie behind it one to one, at least 1.
    pub room: u64,
}

impl BusWalk {
    fn of(walk: &Walk) -> Self {
        let inside = walk.physical - walk.page.physical;
        Self {
            physical: walk.physical,
            reads: walk.reads,
            room: walk.page.bytes - inside,
        }
    }
}

/// Why a walk for a device ends without a page.
fn denied(fault: &WalkFault) -> BusDenied {
    match fault {
        WalkFault::NonCanonical => BusDenied::OutOfSpace,
        WalkFault::NotPresent { .. } => BusDenied::NotMapped,
        _ => BusDenied::BadTable,
    }
}

impl Machine {
    /// The bus space, when linear windows say what its addresses mean.
    pub(super) fn windowed_bus(&self) -> Option<SpaceId> {
        let space = self.bus.space?;
        let windows = crate::direct::LinearWindows::of(&self.layout, space, self.physical_space);
        (!windows.windows().is_empty()).then_some(space)
    }

    /// What a device finds at a bus address: through the tables of its domain, or, without one, by the
    /// layout's windows. For a domain that shares a process's tables, page faults are served.
    ///
    /// # Errors
    /// [`BusError::Fault`] with the name of the fault, or why a page fault was not served.
    pub fn bus_translate(
        &mut self,
        device: DeviceId,
        address: u64,
        kind: AccessKind,
    ) -> Result<BusWalk, MachineError> {
        let BusDevice { bits, domain, .. } = *self.bus_device(device)?;
        let reach = Range::of_bits(bits).unwrap_or(Range::ALL);
        let found = if !reach.contains(address) {
            Err(BusDenied::Reach { bits }.into())
        } else {
            match domain {
                None => self.without_tables(address, kind).map_err(Refused::Denied),
                Some(domain) => self.through_tables(domain, address, kind),
            }
        };
        let checked = found.and_then(|walk| self.is_alive(&walk).map(|()| walk));
        checked.map_err(|refused| match refused {
            Refused::Denied(why) => self.bus_fault(device, address, kind, why),
            Refused::Error(error) => error,
        })
    }

    fn bus_fault(
        &mut self,
        device: DeviceId,
        address: u64,
        kind: AccessKind,
        why: BusDenied,
    ) -> MachineError {
        let Some(found) = self.bus.devices.get_mut(device.number() as usize) else {
            return BusError::NoDevice { device }.into();
        };
        found.faults += 1;
        BusError::Fault(BusFault {
            device: found.name.clone(),
            address,
            kind,
            why,
        })
        .into()
    }

    fn without_tables(&self, address: u64, kind: AccessKind) -> Result<BusWalk, BusDenied> {
        let page = self.page();
        let walk = |physical| BusWalk {
            physical,
            reads: 0,
            room: page - address % page,
        };
        let Some(space) = self.windowed_bus() else {
            let outside = self
                .bus
                .space
                .is_some_and(|space| !self.layout.space_range(space).contains(address));
            return if outside {
                Err(BusDenied::OutOfSpace)
            } else {
                Ok(walk(address))
            };
        };
        match self.layout.translate(space, address) {
            Translation::Mapped {
                address, access, ..
            } => {
                if allows(access, kind) {
                    Ok(walk(address))
                } else {
                    Err(BusDenied::Permission)
                }
            }
            Translation::Fault(mapwright_runtime::translate::Fault::OutOfSpace) => {
                Err(BusDenied::OutOfSpace)
            }
            _ => Err(BusDenied::NotMapped),
        }
    }

    fn through_tables(
        &mut self,
        domain: DomainId,
        address: u64,
        kind: AccessKind,
    ) -> Result<BusWalk, Refused> {
        let found = self.domain(domain)?;
        match found.uses() {
            BusTables::Own => {
                let tables = found.own_tables();
                let tables = tables.ok_or(BusError::NoDomain { domain });
                let tables = tables.map_err(MachineError::from)?;
                self.walk_for_device(tables, address, kind)
            }
            BusTables::Kernel => self.walk_for_device(&self.kernel, address, kind),
            BusTables::Process(id) => self.touch_for_device(id, address, kind),
        }
    }

    fn walk_for_device(
        &self,
        tables: &PageTables,
        address: u64,
        kind: AccessKind,
    ) -> Result<BusWalk, Refused> {
        let walked = tables.walk(self.physical.memory(), address);
        let walk = walked.map_err(|fault| denied(&fault))?;
        if allows(walk.page.access, kind) {
            Ok(BusWalk::of(&walk))
        } else {
            Err(BusDenied::Permission.into())
        }
    }

    /// A device that uses a process's tables asks the kernel for pages as the process would; no
    /// processor's TLB takes part.
    fn touch_for_device(
        &mut self,
        id: ProcessId,
        address: u64,
        kind: AccessKind,
    ) -> Result<BusWalk, Refused> {
        self.processors.paused = true;
        let touched = self.touch(id, address, kind, Mode::User);
        self.processors.paused = false;
        let walk = touched.map_err(|error| match error {
            MachineError::Fault(fault) => Refused::Denied(match fault.why {
                Denied::Walk(fault) => denied(&fault),
                Denied::OutOfSpace => BusDenied::OutOfSpace,
                Denied::NoArea | Denied::StackLimit => BusDenied::NotMapped,
                Denied::Right | Denied::Privilege | Denied::Area => BusDenied::Permission,
            }),
            error => Refused::Error(error),
        })?;
        Ok(BusWalk::of(&walk))
    }

    /// A device accesses memory that somebody owns, or a device; a free frame was forgotten by its
    /// driver.
    fn is_alive(&self, walk: &BusWalk) -> Result<(), Refused> {
        let memory = self.physical.memory();
        let physical = walk.physical;
        let kind = memory.map().at(physical).map(|one| one.kind);
        let kind = kind.ok_or(BusDenied::Nothing { physical })?;
        let frame = physical / self.page();
        let free = memory.frames().get(frame).used == FrameUse::Free;
        if kind == MemoryKind::Ram && free {
            return Err(BusDenied::Stale { frame }.into());
        }
        Ok(())
    }

    /// The next piece of an access of a device.
    fn device_piece(
        &mut self,
        device: DeviceId,
        address: u64,
        done: usize,
        all: usize,
        kind: AccessKind,
    ) -> Result<(u64, usize), MachineError> {
        let at = address.checked_add(done as u64);
        let at = match at {
            Some(at) => at,
            None => return Err(self.bus_fault(device, u64::MAX, kind, BusDenied::OutOfSpace)),
        };
        let walk = self.bus_translate(device, at, kind)?;
        // A frame's state was looked at for one frame only.
        let page = self.page();
        let room = walk.room.min(page - walk.physical % page);
        let left = (all - done) as u64;
        // At most what is left.
        Ok((walk.physical, room.min(left) as usize))
    }

    /// What an access of a device finds, piece by piece.
    fn device_pieces(
        &mut self,
        device: DeviceId,
        address: u64,
        all: usize,
        kind: AccessKind,
    ) -> Result<Vec<Chunk>, MachineError> {
        let mut pieces = Vec::new();
        let mut done = 0;
        while done < all {
            let (physical, bytes) = self.device_piece(device, address, done, all, kind)?;
            pieces.push(Chunk { physical, bytes });
            done += bytes;
        }
        Ok(pieces)
    }

    /// A device reads memory.
    ///
    /// # Errors
    /// The first fault; nothing is in `bytes` then that the caller may rely on.
    pub fn dma_read(
        &mut self,
        device: DeviceId,
        address: u64,
        bytes: &mut [u8],
    ) -> Result<(), MachineError> {
        let pieces = self.device_pieces(device, address, bytes.len(), AccessKind::Read)?;
        self.physical.memory().read_pieces(&pieces, bytes)?;
        if let Some(device) = self.bus.devices.get_mut(device.number() as usize) {
            device.moved.0 += bytes.len() as u64;
        }
        Ok(())
    }

    /// A device writes memory: all bytes or none.
    ///
    /// # Errors
    /// The first fault; nothing is written then.
    pub fn dma_write(
        &mut self,
        device: DeviceId,
        address: u64,
        bytes: &[u8],
    ) -> Result<(), MachineError> {
        let pieces = self.device_pieces(device, address, bytes.len(), AccessKind::Write)?;
        self.physical.memory_mut().write_pieces(&pieces, bytes)?;
        if let Some(device) = self.bus.devices.get_mut(device.number() as usize) {
            device.moved.1 += bytes.len() as u64;
        }
        Ok(())
    }
}

fn allows(access: mapwright_runtime::access::Access, kind: AccessKind) -> bool {
    match kind {
        AccessKind::Read => access.read,
        AccessKind::Write => access.write,
        AccessKind::Execute => access.execute,
    }
}

/// A fault that has no name of a device yet, or another error.
enum Refused {
    Denied(BusDenied),
    Error(MachineError),
}

impl From<BusDenied> for Refused {
    fn from(why: BusDenied) -> Self {
        Self::Denied(why)
    }
}

impl From<MachineError> for Refused {
    fn from(error: MachineError) -> Self {
        Self::Error(error)
    }
}
