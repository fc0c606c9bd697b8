//! Slots: `kmap`, `kmap_atomic`, and the fixed slots.

use crate::event::Event;
use crate::memory::MemoryKind;
use crate::tables::Marks;
use crate::window::{FixedMapping, Freed, SlotUse, WindowError};
use crate::{Machine, MachineError, check};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use mapwright_runtime::layout::{Layout, PlaceId, Target};

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

/// Who waited for a slot and was served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Woken {
    /// The number in the queue.
    pub ticket: u64,
    /// What it got.
    pub result: KmapResult,
}

/// What `kunmap` did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Kunmapped {
    /// The slot, for a frame that has one.
    pub freed: Option<Freed>,
    /// Who waited longest, when nobody uses the slot any more.
    pub woken: Option<Woken>,
}

impl Machine {
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
        check::address_in(window.range, address, "kmap")?;
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
    /// gets a slot.
    ///
    /// # Errors
    /// When the frame is not mapped.
    pub fn kunmap(&mut self, frame: u64) -> Result<Kunmapped, MachineError> {
        let at = self.memory_frame(frame)?;
        if self.windows.address_of(at).is_some() {
            return Ok(Kunmapped {
                freed: None,
                woken: None,
            });
        }
        let id = self.slot_window()?;
        let missing = WindowError::NotMapped { frame };
        let window = self.slots.get_mut(&id).ok_or(missing)?;
        let freed = window.give(frame)?;
        let woken = match freed.waiter {
            Some(waiter) => Some(Woken {
                ticket: waiter.ticket,
                result: self.kmap(waiter.frame, true)?,
            }),
            None => None,
        };
        Ok(Kunmapped {
            freed: Some(freed),
            woken,
        })
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
        check::address_in(range, address, "set_fixmap")?;
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
        let share = group.unwrap_or(0) / processors_of(&self.layout).unwrap_or(1).max(1);
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

/// The processors that a layout has slots of `kmap_atomic` for: what it calls `NR_CPUS`, one if it says nothing of them.
/// `None` for a layout without such slots, which suits any number.
pub(crate) fn processors_of(layout: &Layout) -> Option<u64> {
    let mut places = layout.places();
    let has_slots = places.any(|(_, place)| match &place.target {
        Target::Fixed { slots } => slots.iter().any(|slot| slot.name == "KMAP"),
        _ => false,
    });
    let parameters = layout.parameters().iter();
    let mut parameters = parameters.filter_map(|one| Some((&one.name, one.number?)));
    let mut constants = layout
        .constants()
        .iter()
        .map(|(name, value)| (name, *value));
    let named = |(name, _): &(&String, i128)| *name == "NR_CPUS";
    let number = parameters.find(named).or_else(|| constants.find(named));
    let number = number.map_or(1, |(_, number)| u64::try_from(number).unwrap_or(0));
    has_slots.then_some(number)
}
