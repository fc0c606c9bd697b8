//! What the kernel does for itself: frames, objects, areas, slots.

use super::buddy::FrameRequest;
use super::event::Event;
use super::memory::{FrameState, FrameUse, MemoryKind};
use super::slab::{CacheId, CacheSpec, Object, SlabError};
use super::spec::{FrameFlags, ZoneChoice};
use super::tables::Marks;
use super::window::{AreaUse, FixedMapping, Freed, SlotUse, WindowError};
use super::{Machine, MachineError};
use crate::layout::{PlaceId, Target};
use crate::range::Range;
use alloc::string::ToString;
use alloc::vec::Vec;

/// Frames that `alloc_pages` gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pages {
    /// The first frame.
    pub frame: u64,
    /// 2^order of them.
    pub order: u32,
    /// The zone that gave them.
    pub zone: super::buddy::ZoneId,
    /// Their address in the direct map, if they have one.
    pub address: Option<u64>,
    /// All zones that may serve the request are below their low watermarks.
    pub pressure: bool,
}

/// An area that was mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mapped {
    /// The address of the first byte asked for.
    pub address: u64,
    /// The bytes mapped, in whole pages.
    pub bytes: u64,
    /// The pages.
    pub pages: u64,
}

/// What `kmap` answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KmapResult {
    /// The frame is in the direct map: no slot.
    Direct {
        /// Its address there.
        address: u64,
    },
    /// A slot shows it.
    Slot {
        /// The slot's address.
        address: u64,
        /// The slot's number.
        slot: u64,
        /// How many use it now.
        users: u32,
    },
    /// All slots are in use: the caller waits.
    Waits {
        /// The number in the queue.
        ticket: u64,
    },
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

    /// The windows for areas, the one named `vmalloc` first, or else the largest.
    fn area_window(&self, named: Option<&str>) -> Result<PlaceId, WindowError> {
        let windows = self.areas.iter();
        let found = match named {
            Some(name) => windows.into_iter().find(|(_, window)| window.name == name),
            None => {
                windows.max_by_key(|(_, window)| (window.name == "vmalloc", window.range.size()))
            }
        };
        found
            .map(|(id, _)| *id)
            .ok_or_else(|| WindowError::NoWindow {
                what: named.map_or_else(
                    || "window for areas".into(),
                    |name| alloc::format!("window `{name}` for areas"),
                ),
            })
    }

    /// `vmalloc`: bytes that are contiguous in the window only; frames come one by one from the
    /// window's zones, in its order of preference. Without a name the window is `vmalloc`, or else the
    /// largest one for areas.
    ///
    /// # Errors
    /// When no gap is large enough or frames run out; nothing has changed then.
    pub fn vmalloc(&mut self, bytes: u64, window: Option<&str>) -> Result<Mapped, MachineError> {
        let id = self.area_window(window)?;
        let place = self.layout.place(id);
        let Target::Pages { zones, .. } = &place.target else {
            let what = alloc::format!("frames for window `{}`", place.name);
            return Err(WindowError::NoWindow { what }.into());
        };
        let zones: Vec<_> = zones
            .iter()
            .filter_map(|zone| self.zone_ids.get(zone).copied())
            .collect();
        let start = self.reserve_area(id, bytes, 1)?;
        let pages = bytes.div_ceil(self.page());
        let mut frames = Vec::new();
        for _ in 0..pages {
            let request = FrameRequest {
                order: 0,
                zones: &zones,
                cpu: 0,
                urgency: super::buddy::Urgency::Normal,
            };
            let state = FrameState {
                used: FrameUse::Area,
                owner: id.index() as u32,
                count: 1,
            };
            match self.physical.take(&request, state) {
                Ok(given) => frames.push(given.frame),
                Err(error) => return self.abandon(id, start, frames, 0, error),
            }
        }
        self.fill_area(id, start, AreaUse::Frames(frames))
    }

    /// The law: an area lies in its window and away from all others.
    fn reserve_area(&mut self, id: PlaceId, bytes: u64, align: u64) -> Result<u64, MachineError> {
        let what = WindowError::NoWindow {
            what: "window for areas".to_string(),
        };
        let window = self.areas.get_mut(&id).ok_or(what)?;
        let start = window.reserve(bytes, align, AreaUse::Frames(Vec::new()))?;
        super::check::area(window, start)?;
        Ok(start)
    }

    /// Maps what an area shows, page by page.
    fn fill_area(
        &mut self,
        id: PlaceId,
        start: u64,
        used: AreaUse,
    ) -> Result<Mapped, MachineError> {
        let page = self.page();
        let access = self.layout.place(id).access;
        let window = self.areas.get(&id).map(|window| window.area_from(start));
        let bytes = window.and_then(Result::ok).map_or(0, |area| area.bytes);
        for number in 0..bytes / page {
            let to = match &used {
                AreaUse::Frames(frames) => frames[number as usize] * page,
                AreaUse::Device(at) | AreaUse::Borrowed(at) => at + number * page,
            };
            let address = start + number * page;
            let Self {
                kernel, physical, ..
            } = self;
            if let Err(error) = kernel.map(physical, address, to, page, access, Marks::BOTH) {
                let frames = match used {
                    AreaUse::Frames(frames) => frames,
                    _ => Vec::new(),
                };
                return self.abandon(id, start, frames, number, error);
            }
        }
        if let Some(window) = self.areas.get_mut(&id) {
            window.set_use(start, used);
        }
        self.note(Event::AreaMade {
            address: start,
            bytes,
        });
        Ok(Mapped {
            address: start,
            bytes,
            pages: bytes / page,
        })
    }

    /// Undoes an area that could not be finished.
    fn abandon<T>(
        &mut self,
        id: PlaceId,
        start: u64,
        frames: Vec<u64>,
        mapped: u64,
        error: MachineError,
    ) -> Result<T, MachineError> {
        let page = self.page();
        for number in 0..mapped {
            self.kernel
                .unmap(&mut self.physical, start + number * page)?;
        }
        for frame in frames {
            self.physical.give_back(frame, 0, 0, FrameUse::Area)?;
        }
        if let Some(window) = self.areas.get_mut(&id) {
            window.release(start)?;
        }
        Err(error)
    }

    /// `vfree`, `iounmap`, giving back what was borrowed: takes the area away that begins at
    /// `address`, with its own frames, if it has any.
    ///
    /// # Errors
    /// When no area begins there.
    pub fn vfree(&mut self, address: u64) -> Result<Mapped, MachineError> {
        let page = self.page();
        let no_area = WindowError::NoArea {
            address,
            inside: None,
        };
        let window = self.areas.values_mut();
        let mut holding = window.filter(|window| window.range.contains(address));
        let area = holding.next().ok_or(no_area)?.release(address)?;
        for number in 0..area.bytes / page {
            self.kernel
                .unmap(&mut self.physical, address + number * page)?;
        }
        if let AreaUse::Frames(frames) = area.used {
            for frame in frames {
                self.physical.give_back(frame, 0, 0, FrameUse::Area)?;
            }
        }
        let bytes = area.bytes;
        self.note(Event::AreaFreed { address, bytes });
        Ok(Mapped {
            address,
            bytes,
            pages: bytes / page,
        })
    }

    /// `ioremap`: a device's physical range in a window for devices, or, if there is none, in the
    /// window for areas, when that takes devices too.
    ///
    /// # Errors
    /// When the range is memory, or leaves physical space, or no gap is large enough.
    pub fn ioremap(&mut self, at: u64, bytes: u64) -> Result<Mapped, MachineError> {
        let range = self.physical_range(at, bytes)?;
        let map = self.physical.memory().map();
        let memory = map
            .overlapping(range)
            .find(|one| one.kind != MemoryKind::Device);
        if let Some(one) = memory {
            return Err(WindowError::IsMemory {
                range,
                memory: one.range,
                kind: one.kind,
                name: one.name.clone(),
            }
            .into());
        }
        let id = self.device_window(range)?;
        self.show(id, at, bytes, AreaUse::Device)
    }

    fn physical_range(&self, at: u64, bytes: u64) -> Result<Range, WindowError> {
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

    /// The window that maps a device.
    fn device_window(&self, range: Range) -> Result<PlaceId, WindowError> {
        let takes = |id: &&PlaceId| match &self.layout.place(**id).target {
            Target::Device { of } => {
                let inside =
                    |device: &PlaceId| self.layout.place(*device).range.contains_range(range);
                of.is_empty() || of.iter().any(inside)
            }
            _ => false,
        };
        if let Some(id) = self.areas.keys().find(takes) {
            return Ok(*id);
        }
        let id = self.area_window(None)?;
        match self.layout.place(id).target {
            Target::Pages {
                or_device: true, ..
            } => Ok(id),
            _ => Err(WindowError::NotForDevices {
                window: self.layout.place(id).name.clone(),
            }),
        }
    }

    /// Maps a physical range into a window; the address of its first byte.
    fn show(
        &mut self,
        id: PlaceId,
        at: u64,
        bytes: u64,
        used: fn(u64) -> AreaUse,
    ) -> Result<Mapped, MachineError> {
        let page = self.page();
        let offset = at % page;
        let whole = bytes.saturating_add(offset);
        let start = self.reserve_area(id, whole, 1)?;
        let mapped = self.fill_area(id, start, used(at - offset))?;
        Ok(Mapped {
            address: start + offset,
            ..mapped
        })
    }

    /// Borrows address space to reach memory that belongs to others: maps a physical range of memory,
    /// to be given back with [`Machine::vfree`].
    ///
    /// # Errors
    /// When part of it is no memory, or no gap is large enough.
    pub fn borrow_memory(
        &mut self,
        at: u64,
        bytes: u64,
        window: Option<&str>,
    ) -> Result<Mapped, MachineError> {
        let range = self.physical_range(at, bytes)?;
        let map = self.physical.memory().map();
        let mut next = Some(range.base());
        for one in map.overlapping(range) {
            let continues = next.is_some_and(|next| one.range.contains(next));
            if one.kind == MemoryKind::Device || !continues {
                break;
            }
            next = one.range.last().checked_add(1);
        }
        if let Some(physical) = next.filter(|next| range.contains(*next)) {
            return Err(WindowError::NotMemory { physical }.into());
        }
        let id = self.area_window(window)?;
        self.show(id, at, bytes, AreaUse::Borrowed)
    }

    fn slot_window(&self) -> Result<PlaceId, WindowError> {
        let what = "window of slots".to_string();
        let first = self.slots.keys().next();
        first.copied().ok_or(WindowError::NoWindow { what })
    }

    /// `kmap`: an address for a frame: its own in the direct map, or a slot's.
    ///
    /// # Errors
    /// When all slots are in use and the caller does not `wait`; when the frame is no memory.
    pub fn kmap(&mut self, frame: u64, wait: bool) -> Result<KmapResult, MachineError> {
        let at = self.memory_frame(frame)?;
        if let Some(address) = self.windows.address_of(at) {
            return Ok(KmapResult::Direct { address });
        }
        let id = self.slot_window()?;
        let missing = WindowError::NotMapped { frame };
        let window = self.slots.get_mut(&id).ok_or(missing)?;
        let (slot, flushed) = match window.take(frame, wait)? {
            SlotUse::Shared { slot, users } => {
                let address = window.address_of(slot);
                return Ok(KmapResult::Slot {
                    address,
                    slot,
                    users,
                });
            }
            SlotUse::New { slot, flushed } => (Some(slot), flushed),
            SlotUse::Waits { ticket, flushed } => {
                self.note(Event::SlotWait { ticket });
                return self
                    .flush_slots(id, flushed)
                    .map(|()| KmapResult::Waits { ticket });
            }
        };
        self.flush_slots(id, flushed)?;
        self.map_slot(id, slot.unwrap_or(0), frame)
    }

    fn flush_slots(&mut self, id: PlaceId, flushed: Option<Vec<u64>>) -> Result<(), MachineError> {
        let Some(flushed) = flushed else {
            return Ok(());
        };
        let slots = flushed.len() as u64;
        for slot in flushed {
            let address = self.slots.get(&id).map(|window| window.address_of(slot));
            if let Some(address) = address {
                self.kernel.unmap(&mut self.physical, address)?;
            }
        }
        self.note(Event::SlotsFlushed { slots });
        Ok(())
    }

    fn map_slot(&mut self, id: PlaceId, slot: u64, frame: u64) -> Result<KmapResult, MachineError> {
        let page = self.page();
        let access = self.layout.place(id).access;
        let missing = WindowError::NotMapped { frame };
        let window = self.slots.get_mut(&id).ok_or(missing)?;
        let address = window.address_of(slot);
        super::check::address_in(window.range, address, "kmap")?;
        let to = frame * page;
        let made = self
            .kernel
            .map(&mut self.physical, address, to, page, access, Marks::BOTH);
        if let Err(error) = made {
            window.cancel(slot);
            return Err(error);
        }
        self.note(Event::SlotMapped { address, frame });
        Ok(KmapResult::Slot {
            address,
            slot,
            users: 1,
        })
    }

    /// `kunmap`: one user of a frame's slot less. When nobody uses it any more, who waits longest
    /// gets a slot: the second value.
    ///
    /// # Errors
    /// When the frame is not mapped.
    pub fn kunmap(
        &mut self,
        frame: u64,
    ) -> Result<(Option<Freed>, Option<(u64, KmapResult)>), MachineError> {
        let at = self.memory_frame(frame)?;
        if self.windows.address_of(at).is_some() {
            return Ok((None, None));
        }
        let id = self.slot_window()?;
        let missing = WindowError::NotMapped { frame };
        let window = self.slots.get_mut(&id).ok_or(missing)?;
        let freed = window.give(frame)?;
        let woken = match freed.waiter {
            Some(waiter) => Some((waiter.ticket, self.kmap(waiter.frame, true)?)),
            None => None,
        };
        Ok((Some(freed), woken))
    }

    /// The physical address of a frame of memory.
    fn memory_frame(&self, frame: u64) -> Result<u64, WindowError> {
        let outside = WindowError::NotMemory {
            physical: frame.saturating_mul(self.page()),
        };
        let at = frame.checked_mul(self.page()).ok_or(outside.clone())?;
        match self.physical.memory().map().at(at) {
            Some(one) if one.kind != MemoryKind::Device => Ok(at),
            _ => Err(outside),
        }
    }

    /// `set_fixmap`: makes a fixed slot show the page at `physical`; what it showed before, which is
    /// overwritten.
    ///
    /// # Errors
    /// When there is no such slot, or it cannot be mapped.
    pub fn set_fixed(
        &mut self,
        name: &str,
        member: u64,
        physical: u64,
    ) -> Result<(FixedMapping, Option<FixedMapping>), MachineError> {
        let (page, no_slot) = (self.page(), self.no_slot(name, member));
        let mut windows = self.fixed.values_mut();
        let window = windows.find(|window| window.address_of(name, member).is_ok());
        let window = window.ok_or(no_slot)?;
        let access = self.layout.place(window.place).access;
        let address = window.address_of(name, member)?;
        let range = self.layout.place(window.place).range;
        super::check::address_in(range, address, "set_fixmap")?;
        let before = window.mapping(name, member);
        if before.is_some() {
            self.kernel.unmap(&mut self.physical, address)?;
        }
        let to = physical / page * page;
        let made = self
            .kernel
            .map(&mut self.physical, address, to, page, access, Marks::BOTH);
        if let Err(error) = made {
            if before.is_some() {
                window.clear(name, member)?;
            }
            return Err(error);
        }
        window.set(name, member, to)?;
        if let Some(before) = before {
            self.note(Event::FixedOverwritten {
                address,
                before: before.physical,
                after: to,
            });
        }
        let now = FixedMapping {
            address,
            physical: to,
        };
        Ok((now, before))
    }

    fn no_slot(&self, name: &str, member: u64) -> WindowError {
        let name = name.to_string();
        WindowError::NoSlot { name, member }
    }

    /// `clear_fixmap`: what the slot showed.
    ///
    /// # Errors
    /// When there is no such slot, or it is free.
    pub fn clear_fixed(&mut self, name: &str, member: u64) -> Result<FixedMapping, MachineError> {
        let no_slot = self.no_slot(name, member);
        let mut windows = self.fixed.values_mut();
        let window = windows.find(|window| window.address_of(name, member).is_ok());
        let mapping = window.ok_or(no_slot)?.clear(name, member)?;
        self.kernel.unmap(&mut self.physical, mapping.address)?;
        Ok(mapping)
    }

    /// The slot of `kmap_atomic` for a processor and a type: the group `KMAP` is shared out among the
    /// processors.
    ///
    /// # Errors
    /// When the layout has no such slot.
    pub fn atomic_slot(&self, cpu: u32, kind: u64) -> Result<u64, MachineError> {
        let group = self.fixed.values().find_map(|window| window.group("KMAP"));
        let share = group.unwrap_or(0) / u64::from(self.cpus);
        if kind < share && cpu < self.cpus {
            Ok(kind + share * u64::from(cpu))
        } else {
            Err(self.no_slot("KMAP", kind).into())
        }
    }

    /// `kmap_atomic`: an address for a frame without waiting: its own in the direct map, or the fixed
    /// slot of this processor and type. What the slot showed before is overwritten, and given back
    /// as the second value: its user reads another frame from now on.
    ///
    /// # Errors
    /// When the layout has no such slot, or the frame is no memory.
    pub fn kmap_atomic(
        &mut self,
        cpu: u32,
        kind: u64,
        frame: u64,
    ) -> Result<(u64, Option<FixedMapping>), MachineError> {
        let at = self.memory_frame(frame)?;
        if let Some(address) = self.windows.address_of(at) {
            return Ok((address, None));
        }
        let slot = self.atomic_slot(cpu, kind)?;
        let (now, before) = self.set_fixed("KMAP", slot, at)?;
        Ok((now.address, before))
    }

    /// `kunmap_atomic`.
    ///
    /// # Errors
    /// When the slot is not in use.
    pub fn kunmap_atomic(&mut self, cpu: u32, kind: u64) -> Result<FixedMapping, MachineError> {
        let slot = self.atomic_slot(cpu, kind)?;
        self.clear_fixed("KMAP", slot)
    }
}
