//! Objects as the kernel asks for them: by their size, or from a cache by name.

use super::{CacheId, CacheSpec, Object, Slabs};
use crate::MachineError;
use crate::event::Event;
use crate::ground::Ground;
use crate::spec::{FrameFlags, ZoneChoice};

impl Slabs {
    /// See [`crate::Machine::kmalloc`].
    pub(crate) fn kmalloc(
        &mut self,
        ground: &mut Ground<'_>,
        bytes: u64,
        flags: FrameFlags,
    ) -> Result<Object, MachineError> {
        let choices = ground.choices;
        let dma = flags.zone == ZoneChoice::Dma && choices.dma != choices.normal;
        let choice = if dma {
            ZoneChoice::Dma
        } else {
            ZoneChoice::Normal
        };
        let cache = self.class(bytes, &ground.zones_from(choice), dma)?;
        self.give_object(ground, cache, flags)
    }

    /// See [`crate::Machine::cache_create`].
    pub(crate) fn create_named(
        &mut self,
        ground: &Ground<'_>,
        name: &str,
        bytes: u64,
        align: u64,
    ) -> Result<CacheId, MachineError> {
        Ok(self.create(CacheSpec {
            name: name.into(),
            bytes,
            align,
            zones: ground.zones_from(ZoneChoice::Normal),
        })?)
    }

    /// See [`crate::Machine::cache_alloc`].
    pub(crate) fn give_object(
        &mut self,
        ground: &mut Ground<'_>,
        cache: CacheId,
        flags: FrameFlags,
    ) -> Result<Object, MachineError> {
        let object = self.alloc(
            ground.physical,
            ground.linear,
            cache,
            flags.cpu,
            flags.urgency,
        )?;
        if let Some((frame, order)) = object.new_slab {
            let zone = ground.physical.zones().zone_of(frame);
            let zone = zone.map_or(0, |zone| zone.index() as u32);
            ground.note(Event::FramesTaken { frame, order, zone });
        }
        ground.note(Event::Object {
            address: object.address,
            given: true,
        });
        Ok(object)
    }

    /// Takes an object back, which has to be of this cache, if one is named.
    pub(crate) fn take_object(
        &mut self,
        ground: &mut Ground<'_>,
        address: u64,
        from: Option<CacheId>,
    ) -> Result<CacheId, MachineError> {
        let cache = self.free(ground.physical, ground.linear, address, from)?;
        ground.note(Event::Object {
            address,
            given: false,
        });
        Ok(cache)
    }
}
