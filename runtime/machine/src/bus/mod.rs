//! The bus: how devices reach memory.
//!
//! A device issues bus addresses. What they mean is up to the *domain* that it is attached to:
//!
//! - without a domain, the linear windows of the layout's bus space translate them, and where the layout
//!   has no such windows, a bus address is a physical address;
//! - a domain with tables of its own (an IOMMU): tables in the format of the bus space, real bytes in
//!   memory, written by [`Machine::bus_map`];
//! - a domain that shares the tables of the kernel or of a process: bus addresses are virtual addresses.
//!
//! The bus space is the layout's space that leads to memory beside the processor's:
//! `space bus : 39 bits, paging vtd, to physical;`. Its dynamic windows (`-> pages`, `-> device`) are where
//! mappings go, anywhere outside its other places if there are none; its linear windows hold in every
//! domain.

mod check;
mod dma;
mod domain;
mod error;
mod map;

pub use dma::BusWalk;
pub use domain::{BusMapping, BusTables, Domain};
pub use error::{BusDenied, BusError, BusFault};

use super::{Machine, MachineError};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use mapwright_runtime::layout::SpaceId;

/// Names a device on the bus of one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeviceId(u32);

impl DeviceId {
    /// Its number, from 0 in the order added.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Names a domain of one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DomainId(u32);

impl DomainId {
    /// Its number, from 1 in the order made.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for DomainId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A device on the bus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusDevice {
    /// Its name.
    pub name: String,
    /// Its address lines: it issues addresses below 2^bits.
    pub bits: u32,
    /// Whose tables translate for it, if any.
    pub domain: Option<DomainId>,
    /// Bytes that it read and wrote.
    pub moved: (u64, u64),
    /// Accesses that were refused.
    pub faults: u64,
}

/// Everything about devices.
#[derive(Debug, Clone, Default)]
pub(super) struct Bus {
    space: Option<SpaceId>,
    devices: Vec<BusDevice>,
    domains: BTreeMap<DomainId, Domain>,
    next_domain: u32,
    /// How many mappings of domains show each frame: such frames are not written out.
    pinned: BTreeMap<u64, u32>,
}

impl Bus {
    /// The bus of a layout: its space named `bus`, or else the first that leads to `physical` and is
    /// not the processor's.
    pub(super) fn of(
        layout: &mapwright_runtime::layout::Layout,
        processor: SpaceId,
        physical: SpaceId,
    ) -> Self {
        let leads = |(id, space): &(SpaceId, &mapwright_runtime::layout::Space)| {
            *id != processor && *id != physical && space.to == Some(physical)
        };
        let mut spaces = layout.spaces().filter(leads).peekable();
        let first = spaces.peek().map(|(id, _)| *id);
        let named = spaces.find(|(_, space)| space.name == "bus");
        Self {
            space: named.map(|(id, _)| id).or(first),
            next_domain: 1,
            ..Self::default()
        }
    }

    /// Whether a device may write to a frame behind the kernel's back.
    pub(super) fn pins(&self, frame: u64) -> bool {
        self.pinned.contains_key(&frame)
    }

    /// The tables of all domains that have their own.
    pub(super) fn tables(&self) -> u64 {
        let own = self.domains.values().filter_map(Domain::own_tables);
        own.map(super::tables::PageTables::tables).sum()
    }
}

impl Machine {
    /// The space of bus addresses, if the layout has one.
    #[must_use]
    pub fn bus_space(&self) -> Option<SpaceId> {
        self.bus.space
    }

    /// Adds a device that issues addresses below 2^`bits` (1 to 64) and is attached to no domain.
    ///
    /// # Errors
    /// When there can be no such address lines.
    pub fn add_device(
        &mut self,
        name: impl Into<String>,
        bits: u32,
    ) -> Result<DeviceId, MachineError> {
        if !(1..=64).contains(&bits) {
            return Err(BusError::AddressLines { bits }.into());
        }
        // At most as many as there is memory for their names.
        let id = DeviceId(self.bus.devices.len() as u32);
        self.bus.devices.push(BusDevice {
            name: name.into(),
            bits,
            domain: None,
            moved: (0, 0),
            faults: 0,
        });
        Ok(id)
    }

    /// The devices with their ids, in the order added.
    pub fn bus_devices(&self) -> impl Iterator<Item = (DeviceId, &BusDevice)> {
        (0..).map(DeviceId).zip(&self.bus.devices)
    }

    /// A device.
    ///
    /// # Errors
    /// When there is none of this number.
    pub fn bus_device(&self, device: DeviceId) -> Result<&BusDevice, MachineError> {
        let found = self.bus.devices.get(device.0 as usize);
        Ok(found.ok_or(BusError::NoDevice { device })?)
    }

    /// The device of this name.
    #[must_use]
    pub fn device_named(&self, name: &str) -> Option<DeviceId> {
        let mut devices = self.bus_devices();
        devices
            .find(|(_, device)| device.name == name)
            .map(|(id, _)| id)
    }

    /// The domains, by number.
    pub fn domains(&self) -> impl Iterator<Item = &Domain> {
        self.bus.domains.values()
    }

    /// A domain.
    ///
    /// # Errors
    /// When there is none of this number.
    pub fn domain(&self, domain: DomainId) -> Result<&Domain, MachineError> {
        let found = self.bus.domains.get(&domain);
        Ok(found.ok_or(BusError::NoDomain { domain })?)
    }

    /// Attaches a device to a domain, or to none.
    ///
    /// # Errors
    /// When there is no such device or domain.
    pub fn attach(
        &mut self,
        device: DeviceId,
        domain: Option<DomainId>,
    ) -> Result<(), MachineError> {
        if let Some(domain) = domain {
            self.domain(domain)?;
        }
        let found = self.bus.devices.get_mut(device.0 as usize);
        found.ok_or(BusError::NoDevice { device })?.domain = domain;
        Ok(())
    }

    /// How many mappings of domains show a frame.
    #[must_use]
    pub fn pins_of(&self, frame: u64) -> u32 {
        self.bus.pinned.get(&frame).copied().unwrap_or(0)
    }
}
