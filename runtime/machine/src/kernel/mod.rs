//! What the kernel does for itself: frames and objects here, areas and slots in the modules below.

mod areas;
mod slots;

pub use areas::KernelArea;
pub(crate) use slots::processors_of;
pub use slots::{KmapResult, Kunmapped, Woken};

use super::buddy::{FrameRequest, FreeError, ZoneId};
use super::event::Event;
use super::memory::{FrameState, FrameUse};
use super::slab::{CacheId, CacheSpec, Object, SlabError};
use super::spec::{FrameFlags, ZoneChoice};
use super::{Machine, MachineError};

/// Frames that `alloc_pages` gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pages {
    /// The first frame.
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

impl Machine {
    /// `alloc_pages`: 2^order frames in one block.
    ///
    /// # Errors
    /// When no zone has them; the error names each zone tried and why.
    pub fn alloc_pages(&mut self, order: u32, flags: FrameFlags) -> Result<Pages, MachineError> {
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
            address: self.windows.address_of(frame * self.page()),
            pressure: given.pressure,
        })
    }

    /// `free_pages`: gives back what `alloc_pages` gave.
    ///
    /// # Errors
    /// When it was not given so.
    pub fn free_pages(&mut self, frame: u64, order: u32, cpu: u32) -> Result<(), MachineError> {
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

    /// `kmalloc`: bytes in the direct map, contiguous in memory.
    ///
    /// # Errors
    /// When they are too many, or there is no frame for a slab.
    pub fn kmalloc(&mut self, bytes: u64, flags: FrameFlags) -> Result<Object, MachineError> {
        let dma = flags.zone == ZoneChoice::Dma && self.choices.dma != self.choices.normal;
        let choice = if dma {
            ZoneChoice::Dma
        } else {
            ZoneChoice::Normal
        };
        let zones = self.zones_from(choice);
        let cache = self.slabs.class(bytes, &zones, dma)?;
        self.cache_alloc(cache, flags)
    }

    /// `kfree`: gives an object back, of a size class or of a named cache.
    ///
    /// # Errors
    /// When the address is no object in use.
    pub fn kfree(&mut self, address: u64) -> Result<CacheId, MachineError> {
        self.free_object(address, None)
    }

    /// `kmem_cache_create`.
    ///
    /// # Errors
    /// When such a cache cannot be, or there is one of this name.
    pub fn cache_create(
        &mut self,
        name: &str,
        bytes: u64,
        align: u64,
    ) -> Result<CacheId, MachineError> {
        let zones = self.zones_from(ZoneChoice::Normal);
        let spec = CacheSpec {
            name: name.into(),
            bytes,
            align,
            zones,
        };
        Ok(self.slabs.create(spec)?)
    }

    /// `kmem_cache_alloc`.
    ///
    /// # Errors
    /// When there is no frame for a slab.
    pub fn cache_alloc(
        &mut self,
        cache: CacheId,
        flags: FrameFlags,
    ) -> Result<Object, MachineError> {
        let Self {
            slabs,
            physical,
            windows,
            ..
        } = self;
        let object = slabs.alloc(physical, windows, cache, flags.cpu, flags.urgency)?;
        if let Some((frame, order)) = object.new_slab {
            let zone = self.physical.zones().zone_of(frame);
            let zone = zone.map_or(0, |zone| zone.index() as u32);
            self.note(Event::FramesTaken { frame, order, zone });
        }
        self.note(Event::Object {
            address: object.address,
            given: true,
        });
        Ok(object)
    }

    /// `kmem_cache_free`.
    ///
    /// # Errors
    /// When the address is no object in use of this cache.
    pub fn cache_free(&mut self, cache: CacheId, address: u64) -> Result<(), MachineError> {
        self.free_object(address, Some(cache)).map(|_| ())
    }

    fn free_object(
        &mut self,
        address: u64,
        from: Option<CacheId>,
    ) -> Result<CacheId, MachineError> {
        let Self {
            slabs,
            physical,
            windows,
            ..
        } = self;
        let cache = slabs.free(physical, windows, address, from)?;
        self.note(Event::Object {
            address,
            given: false,
        });
        Ok(cache)
    }

    /// `kmem_cache_destroy`.
    ///
    /// # Errors
    /// When objects are in use, or there is no such cache.
    pub fn cache_destroy(&mut self, cache: CacheId) -> Result<(), MachineError> {
        self.slabs.destroy(&mut self.physical, cache)
    }

    /// Gives back all slabs without objects; how many.
    ///
    /// # Errors
    /// When a law is broken.
    pub fn reap_slabs(&mut self) -> Result<u64, MachineError> {
        self.slabs.reap(&mut self.physical)
    }

    /// The address of a physical address in the direct map (`__va`).
    ///
    /// # Errors
    /// When no linear window shows it.
    pub fn virtual_of(&self, physical: u64) -> Result<u64, MachineError> {
        let address = self.windows.address_of(physical);
        Ok(address.ok_or(SlabError::NoAddress { physical })?)
    }
}
