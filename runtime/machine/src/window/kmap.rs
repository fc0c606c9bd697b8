//! Slots: `kmap`, `kmap_atomic`, and the fixed slots.

use crate::event::Event;
use crate::ground::Ground;
use crate::tables::Marks;
use crate::window::{FixedMapping, Freed, SlotUse, WindowError, Windows};
use crate::{MachineError, check};
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

impl Windows {
    fn slot_window(&self) -> Result<PlaceId, WindowError> {
        let what = "window of slots".to_string();
        let first = self.slots.keys().next();
        first.copied().ok_or(WindowError::NoWindow { what })
    }

    /// See [`crate::Machine::kmap`].
    pub(crate) fn kmap(
        &mut self,
        ground: &mut Ground<'_>,
        frame: u64,
        wait: bool,
    ) -> Result<KmapResult, MachineError> {
        let at = ground.memory_frame(frame)?;
        if let Some(address) = ground.linear.address_of(at) {
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
                ground.note(Event::SlotWait { ticket });
                return self
                    .flush_slots(ground, id, flushed)
                    .map(|()| KmapResult::Waits { ticket });
            }
        };
        self.flush_slots(ground, id, flushed)?;
        self.map_slot(ground, id, slot.unwrap_or(0), frame)
    }

    fn flush_slots(
        &mut self,
        ground: &mut Ground<'_>,
        id: PlaceId,
        flushed: Option<Vec<u64>>,
    ) -> Result<(), MachineError> {
        let Some(flushed) = flushed else {
            return Ok(());
        };
        let slots = flushed.len() as u64;
        for slot in flushed {
            let address = self.slots.get(&id).map(|window| window.address_of(slot));
            if let Some(address) = address {
                ground.tables.unmap(ground.physical, address)?;
            }
        }
        ground.note(Event::SlotsFlushed { slots });
        Ok(())
    }

    fn map_slot(
        &mut self,
        ground: &mut Ground<'_>,
        id: PlaceId,
        slot: u64,
        frame: u64,
    ) -> Result<KmapResult, MachineError> {
        let page = ground.page();
        let access = ground.layout.place(id).access;
        let missing = WindowError::NotMapped { frame };
        let window = self.slots.get_mut(&id).ok_or(missing)?;
        let address = window.address_of(slot);
        check::address_in(window.range, address, "kmap")?;
        let to = frame * page;
        let made = ground
            .tables
            .map(ground.physical, address, to, page, access, Marks::BOTH);
        if let Err(error) = made {
            window.cancel(slot);
            return Err(error);
        }
        ground.note(Event::SlotMapped { address, frame });
        Ok(KmapResult::Slot {
            address,
            slot,
            users: 1,
        })
    }

    /// See [`crate::Machine::kunmap`].
    pub(crate) fn kunmap(
        &mut self,
        ground: &mut Ground<'_>,
        frame: u64,
    ) -> Result<Kunmapped, MachineError> {
        let at = ground.memory_frame(frame)?;
        if ground.linear.address_of(at).is_some() {
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
                result: self.kmap(ground, waiter.frame, true)?,
            }),
            None => None,
        };
        Ok(Kunmapped {
            freed: Some(freed),
            woken,
        })
    }

    /// See [`crate::Machine::set_fixed`].
    pub(crate) fn set_fixed(
        &mut self,
        ground: &mut Ground<'_>,
        name: &str,
        member: u64,
        physical: u64,
    ) -> Result<(FixedMapping, Option<FixedMapping>), MachineError> {
        let (page, no_slot) = (ground.page(), self.no_slot(name, member));
        let mut windows = self.fixed.values_mut();
        let window = windows.find(|window| window.address_of(name, member).is_ok());
        let window = window.ok_or(no_slot)?;
        let access = ground.layout.place(window.place).access;
        let address = window.address_of(name, member)?;
        let range = ground.layout.place(window.place).range;
        check::address_in(range, address, "set_fixmap")?;
        let before = window.mapping(name, member);
        if before.is_some() {
            ground.tables.unmap(ground.physical, address)?;
        }
        let to = physical / page * page;
        let made = ground
            .tables
            .map(ground.physical, address, to, page, access, Marks::BOTH);
        if let Err(error) = made {
            if before.is_some() {
                window.clear(name, member)?;
            }
            return Err(error);
        }
        window.set(name, member, to)?;
        if let Some(before) = before {
            ground.note(Event::FixedOverwritten {
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

    /// See [`crate::Machine::clear_fixed`].
    pub(crate) fn clear_fixed(
        &mut self,
        ground: &mut Ground<'_>,
        name: &str,
        member: u64,
    ) -> Result<FixedMapping, MachineError> {
        let no_slot = self.no_slot(name, member);
        let mut windows = self.fixed.values_mut();
        let window = windows.find(|window| window.address_of(name, member).is_ok());
        let mapping = window.ok_or(no_slot)?.clear(name, member)?;
        ground.tables.unmap(ground.physical, mapping.address)?;
        Ok(mapping)
    }

    /// See [`crate::Machine::atomic_slot`].
    pub(crate) fn atomic_slot(
        &self,
        layout: &Layout,
        cpus: u32,
        cpu: u32,
        kind: u64,
    ) -> Result<u64, MachineError> {
        let group = self.fixed.values().find_map(|window| window.group("KMAP"));
        let share = group.unwrap_or(0) / processors_of(layout).unwrap_or(1).max(1);
        if kind < share && cpu < cpus {
            Ok(kind + share * u64::from(cpu))
        } else {
            Err(self.no_slot("KMAP", kind).into())
        }
    }

    /// See [`crate::Machine::kmap_atomic`].
    pub(crate) fn kmap_atomic(
        &mut self,
        ground: &mut Ground<'_>,
        cpu: u32,
        kind: u64,
        frame: u64,
    ) -> Result<(u64, Option<FixedMapping>), MachineError> {
        let at = ground.memory_frame(frame)?;
        if let Some(address) = ground.linear.address_of(at) {
            return Ok((address, None));
        }
        let slot = self.atomic_slot(ground.layout, ground.cpus, cpu, kind)?;
        let (now, before) = self.set_fixed(ground, "KMAP", slot, at)?;
        Ok((now.address, before))
    }

    /// See [`crate::Machine::kunmap_atomic`].
    pub(crate) fn kunmap_atomic(
        &mut self,
        ground: &mut Ground<'_>,
        cpu: u32,
        kind: u64,
    ) -> Result<FixedMapping, MachineError> {
        let slot = self.atomic_slot(ground.layout, ground.cpus, cpu, kind)?;
        self.clear_fixed(ground, "KMAP", slot)
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
