//! Fixed slots: addresses known when the kernel is compiled.

use super::WindowError;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use mapwright_runtime::layout::{Layout, PlaceId};

/// What a fixed slot shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FixedMapping {
    /// The slot's address.
    pub address: u64,
    /// The physical address of its page.
    pub physical: u64,
}

/// The slots of one fixed window.
#[derive(Debug, Clone)]
pub struct FixedWindow {
    /// The window.
    pub place: PlaceId,
    /// Its name.
    pub name: String,
    /// The address of each slot by group and number.
    addresses: BTreeMap<(String, u64), u64>,
    /// How many slots each group has.
    groups: BTreeMap<String, u64>,
    used: BTreeMap<(String, u64), FixedMapping>,
}

impl FixedWindow {
    /// The slots of the window `place`, all free, for pages of `page` bytes.
    #[must_use]
    pub fn new(layout: &Layout, place: PlaceId, page: u64) -> Self {
        let mut addresses = BTreeMap::new();
        let mut groups = BTreeMap::new();
        for (slot, member, address) in layout.fixed_slots(place, page) {
            addresses.insert((slot.name.clone(), member), address);
            *groups.entry(slot.name.clone()).or_default() += 1;
        }
        Self {
            place,
            name: layout.place(place).label().to_string(),
            addresses,
            groups,
            used: BTreeMap::new(),
        }
    }

    /// How many slots a group has.
    #[must_use]
    pub fn group(&self, name: &str) -> Option<u64> {
        self.groups.get(name).copied()
    }

    /// The address of a slot.
    ///
    /// # Errors
    /// When there is no such slot.
    pub fn address_of(&self, name: &str, member: u64) -> Result<u64, WindowError> {
        let key = (name.to_string(), member);
        let address = self.addresses.get(&key).copied();
        address.ok_or(WindowError::NoSlot {
            name: key.0,
            member,
        })
    }

    /// What a slot shows.
    #[must_use]
    pub fn mapping(&self, name: &str, member: u64) -> Option<FixedMapping> {
        self.used.get(&(name.to_string(), member)).copied()
    }

    /// The slots in use, by name and number.
    pub fn used(&self) -> impl Iterator<Item = (&str, u64, FixedMapping)> {
        let used = self.used.iter();
        used.map(|((name, member), mapping)| (name.as_str(), *member, *mapping))
    }

    /// Notes what a slot shows from now on; what it showed before.
    ///
    /// # Errors
    /// When there is no such slot.
    pub fn set(
        &mut self,
        name: &str,
        member: u64,
        physical: u64,
    ) -> Result<Option<FixedMapping>, WindowError> {
        let address = self.address_of(name, member)?;
        let mapping = FixedMapping { address, physical };
        Ok(self.used.insert((name.to_string(), member), mapping))
    }

    /// Notes that a slot is free; what it showed.
    ///
    /// # Errors
    /// When it is free already, or there is none.
    pub fn clear(&mut self, name: &str, member: u64) -> Result<FixedMapping, WindowError> {
        self.address_of(name, member)?;
        let key = (name.to_string(), member);
        self.used.remove(&key).ok_or(WindowError::SlotFree {
            name: key.0,
            member,
        })
    }
}
