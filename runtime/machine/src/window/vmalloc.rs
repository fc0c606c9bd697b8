//! Areas: `vmalloc`, `ioremap`, and borrowed addresses.

use crate::buddy::{FrameRequest, Urgency, ZoneId};
use crate::event::Event;
use crate::ground::Ground;
use crate::memory::{FrameState, FrameUse, MemoryKind};
use crate::tables::Marks;
use crate::window::{AreaUse, WindowError, Windows};
use crate::{MachineError, check};
use alloc::string::ToString;
use alloc::vec::Vec;
use mapwright_runtime::layout::{PlaceId, Target};
use mapwright_runtime::range::Range;

/// An area that was mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KernelArea {
    /// The address of the first byte asked for.
    pub address: u64,
    /// The bytes mapped, in whole pages.
    pub bytes: u64,
    /// The pages.
    pub pages: u64,
}

impl Windows {
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

    /// See [`crate::Machine::vmalloc`].
    pub(crate) fn vmalloc(
        &mut self,
        ground: &mut Ground<'_>,
        bytes: u64,
        window: Option<&str>,
    ) -> Result<KernelArea, MachineError> {
        let id = self.area_window(window)?;
        let place = ground.layout.place(id);
        let Target::Pages { zones, .. } = &place.target else {
            let what = alloc::format!("frames for window `{}`", place.name);
            return Err(WindowError::NoWindow { what }.into());
        };
        let zones: Vec<ZoneId> = zones
            .iter()
            .filter_map(|zone| ground.zone_ids.get(zone).copied())
            .collect();
        let start = self.reserve_area(id, bytes, 1)?;
        let pages = bytes.div_ceil(ground.page());
        let mut frames = Vec::new();
        for _ in 0..pages {
            let request = FrameRequest {
                order: 0,
                zones: &zones,
                cpu: 0,
                urgency: Urgency::Normal,
            };
            let state = FrameState {
                used: FrameUse::Area,
                owner: id.index() as u32,
                count: 1,
            };
            match ground.physical.take(&request, state) {
                Ok(given) => frames.push(given.frame),
                Err(error) => return self.abandon(ground, id, start, frames, 0, error),
            }
        }
        self.fill_area(ground, id, start, AreaUse::Frames(frames))
    }

    /// The law: an area lies in its window and away from all others.
    fn reserve_area(&mut self, id: PlaceId, bytes: u64, align: u64) -> Result<u64, MachineError> {
        let what = WindowError::NoWindow {
            what: "window for areas".to_string(),
        };
        let window = self.areas.get_mut(&id).ok_or(what)?;
        let start = window.reserve(bytes, align, AreaUse::Frames(Vec::new()))?;
        check::area(window, start)?;
        Ok(start)
    }

    /// Maps what an area shows, page by page.
    fn fill_area(
        &mut self,
        ground: &mut Ground<'_>,
        id: PlaceId,
        start: u64,
        used: AreaUse,
    ) -> Result<KernelArea, MachineError> {
        let page = ground.page();
        let access = ground.layout.place(id).access;
        let window = self.areas.get(&id).map(|window| window.area_from(start));
        let bytes = window.and_then(Result::ok).map_or(0, |area| area.bytes);
        for number in 0..bytes / page {
            let to = match &used {
                AreaUse::Frames(frames) => frames[number as usize] * page,
                AreaUse::Device(at) | AreaUse::Borrowed(at) => at + number * page,
            };
            let address = start + number * page;
            let made = ground
                .tables
                .map(ground.physical, address, to, page, access, Marks::BOTH);
            if let Err(error) = made {
                let frames = match used {
                    AreaUse::Frames(frames) => frames,
                    _ => Vec::new(),
                };
                return self.abandon(ground, id, start, frames, number, error);
            }
        }
        if let Some(window) = self.areas.get_mut(&id) {
            window.set_use(start, used);
        }
        ground.note(Event::AreaMade {
            address: start,
            bytes,
        });
        Ok(KernelArea {
            address: start,
            bytes,
            pages: bytes / page,
        })
    }

    /// Undoes an area that could not be finished.
    fn abandon<T>(
        &mut self,
        ground: &mut Ground<'_>,
        id: PlaceId,
        start: u64,
        frames: Vec<u64>,
        mapped: u64,
        error: MachineError,
    ) -> Result<T, MachineError> {
        let page = ground.page();
        for number in 0..mapped {
            ground
                .tables
                .unmap(ground.physical, start + number * page)?;
        }
        for frame in frames {
            ground.physical.give_back(frame, 0, 0, FrameUse::Area)?;
        }
        if let Some(window) = self.areas.get_mut(&id) {
            window.release(start)?;
        }
        Err(error)
    }

    /// See [`crate::Machine::vfree`].
    pub(crate) fn vfree(
        &mut self,
        ground: &mut Ground<'_>,
        address: u64,
    ) -> Result<KernelArea, MachineError> {
        let page = ground.page();
        let no_area = WindowError::NoArea {
            address,
            inside: None,
        };
        let window = self.areas.values_mut();
        let mut holding = window.filter(|window| window.range.contains(address));
        let area = holding.next().ok_or(no_area)?.release(address)?;
        for number in 0..area.bytes / page {
            ground
                .tables
                .unmap(ground.physical, address + number * page)?;
        }
        if let AreaUse::Frames(frames) = area.used {
            for frame in frames {
                ground.physical.give_back(frame, 0, 0, FrameUse::Area)?;
            }
        }
        let bytes = area.bytes;
        ground.note(Event::AreaFreed { address, bytes });
        Ok(KernelArea {
            address,
            bytes,
            pages: bytes / page,
        })
    }

    /// See [`crate::Machine::ioremap`].
    pub(crate) fn ioremap(
        &mut self,
        ground: &mut Ground<'_>,
        at: u64,
        bytes: u64,
    ) -> Result<KernelArea, MachineError> {
        let range = ground.physical_range(at, bytes)?;
        let map = ground.physical.memory().map();
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
        if let Some(address) = ground.direct_address(range) {
            let page = ground.page();
            let pages = (at % page).saturating_add(bytes).div_ceil(page);
            return Ok(KernelArea {
                address,
                bytes: pages * page,
                pages,
            });
        }
        let id = self.device_window(ground, range)?;
        self.show(ground, id, at, bytes, AreaUse::Device)
    }

    /// See [`crate::Machine::iounmap`].
    pub(crate) fn iounmap(
        &mut self,
        ground: &mut Ground<'_>,
        address: u64,
    ) -> Result<KernelArea, MachineError> {
        if ground.linear.physical_of(address).is_some() {
            return Ok(KernelArea {
                address,
                bytes: 0,
                pages: 0,
            });
        }
        self.vfree(ground, address - address % ground.page())
    }

    /// The window that maps a device.
    fn device_window(&self, ground: &Ground<'_>, range: Range) -> Result<PlaceId, WindowError> {
        let takes = |id: &&PlaceId| match &ground.layout.place(**id).target {
            Target::Device { of } => {
                let inside =
                    |device: &PlaceId| ground.layout.place(*device).range.contains_range(range);
                of.is_empty() || of.iter().any(inside)
            }
            _ => false,
        };
        if let Some(id) = self.areas.keys().find(takes) {
            return Ok(*id);
        }
        let id = self.area_window(None)?;
        match ground.layout.place(id).target {
            Target::Pages {
                or_device: true, ..
            } => Ok(id),
            _ => Err(WindowError::NotForDevices {
                window: ground.layout.place(id).name.clone(),
            }),
        }
    }

    /// Maps a physical range into a window; the address of its first byte.
    fn show(
        &mut self,
        ground: &mut Ground<'_>,
        id: PlaceId,
        at: u64,
        bytes: u64,
        used: fn(u64) -> AreaUse,
    ) -> Result<KernelArea, MachineError> {
        let page = ground.page();
        let offset = at % page;
        let whole = bytes.saturating_add(offset);
        let start = self.reserve_area(id, whole, 1)?;
        let mapped = self.fill_area(ground, id, start, used(at - offset))?;
        Ok(KernelArea {
            address: start + offset,
            ..mapped
        })
    }

    /// See [`crate::Machine::borrow_memory`].
    pub(crate) fn borrow_memory(
        &mut self,
        ground: &mut Ground<'_>,
        at: u64,
        bytes: u64,
        window: Option<&str>,
    ) -> Result<KernelArea, MachineError> {
        let range = ground.physical_range(at, bytes)?;
        let map = ground.physical.memory().map();
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
        self.show(ground, id, at, bytes, AreaUse::Borrowed)
    }
}
