//! A machine beside a model of what it should hold.

use super::naive::NaiveZones;
use super::small::{self, CPUS, DEVICE, PAGE};
use super::{Step, kernel_steps, process_steps};
use mapwright_machine::bus::{BusTables, DeviceId, DomainId};
use mapwright_machine::cost::CostModel;
use mapwright_machine::event::EventLog;
use mapwright_machine::physical::Physical;
use mapwright_machine::process::ProcessId;
use mapwright_machine::slab::CacheId;
use mapwright_machine::swap::Policy;
use mapwright_machine::tlb::TlbSpec;
use mapwright_machine::{Machine, MachineError};
use mapwright_runtime::Access;
use mapwright_runtime::layout::Layout;
use std::collections::BTreeMap;
use std::fmt::Debug;

pub(super) const RW: Access = Access::new(true, true, false);

/// Frames from `alloc_pages`, what was written to the first, and where devices see them.
pub(super) struct LivePages {
    pub(super) frame: u64,
    pub(super) order: u32,
    pub(super) value: u8,
    pub(super) bus: Option<u64>,
    /// Slots that show the first frame.
    pub(super) slots: u32,
}

/// What a process should read: bytes that were written, by address.
pub(super) type Written = BTreeMap<u64, u8>;

/// A machine, and what was done to it.
pub(crate) struct World {
    pub(super) machine: Machine,
    naive: NaiveZones,
    pub(super) pages: Vec<LivePages>,
    pub(super) objects: Vec<(u64, u8)>,
    pub(super) caches: Vec<(CacheId, Vec<u64>)>,
    /// Areas of the kernel's window: address, and what was written there, if it is memory of its own.
    pub(super) areas: Vec<(u64, Option<u8>)>,
    pub(super) processes: Vec<(ProcessId, Written)>,
    pub(super) card: DeviceId,
    pub(super) gpu: DeviceId,
    pub(super) domain: Option<DomainId>,
    /// Frames used and tables of the kernel at the start.
    start: (u64, u64),
    pub(super) made: u64,
}

/// A broken law is a failure; every other error is an answer.
pub(super) fn lawful<T: Debug>(result: Result<T, MachineError>) -> Result<Option<T>, String> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(MachineError::Law(violation)) => Err(violation.to_string()),
        Err(error) if error.to_string().is_empty() => Err(format!("no words: {error:?}")),
        Err(_) => Ok(None),
    }
}

/// What must not have failed.
pub(super) fn must<T>(result: Result<T, MachineError>) -> Result<T, String> {
    result.map_err(|error| format!("must not fail: {error}"))
}

impl World {
    pub(crate) fn new(layout: &Layout, number: u64) -> Self {
        let mut machine = small::machine(layout, number);
        if number & 8 != 0 {
            let policy = Policy::ALL[(number >> 4) as usize % 4];
            machine.add_swap(4 + (number >> 6) % 60, policy);
        }
        machine.end_victims(number & 16 != 0);
        if number & 32 != 0 {
            let tlb = TlbSpec::two_levels(PAGE, &[4 << 20]);
            machine
                .set_costs(Some(CostModel::with_tlb(tlb)))
                .expect("a TLB");
        }
        let card = machine.add_device("card", 40).expect("a device");
        let gpu = machine.add_device("gpu", 64).expect("a device");
        // What the kernel took at its start is gone from the zones already.
        let zones = machine
            .physical()
            .zones()
            .iter()
            .map(|(id, _)| id)
            .collect::<Vec<_>>();
        machine.physical_mut().zones_mut().drain(&zones);
        let naive = NaiveZones::of(machine.physical().zones(), CPUS as usize);
        machine.physical_mut().keep_journal(true);
        let start = (
            machine.physical().counts().used,
            machine.kernel_tables().tables(),
        );
        let mut world = Self {
            machine,
            naive,
            pages: Vec::new(),
            objects: Vec::new(),
            caches: Vec::new(),
            areas: Vec::new(),
            processes: Vec::new(),
            card,
            gpu,
            domain: None,
            start,
            made: 0,
        };
        if number & 64 != 0 {
            kernel_steps::take_most(&mut world).expect("frames");
        }
        world
    }

    /// Calls for every event.
    pub(super) fn watch(&mut self, log: Box<dyn EventLog>) {
        self.machine.watch(Some(log));
    }

    /// Its memory, to interpose.
    pub(crate) fn physical(&mut self) -> &mut Physical {
        self.machine.physical_mut()
    }

    pub(crate) fn step(&mut self, step: Step) -> Result<(), String> {
        let (kind, a, b) = step;
        match kind % 40 {
            kind @ 0..20 => kernel_steps::step(self, kind, a.into(), b.into())?,
            kind => process_steps::step(self, kind, a.into(), b.into())?,
        }
        // Victims of a shortage are gone.
        let Self {
            machine, processes, ..
        } = self;
        processes.retain(|(id, _)| machine.process(*id).is_ok());
        Ok(())
    }

    /// After every step: frames add up, and those that callers hold are used.
    pub(crate) fn cheap_laws(&mut self) -> Result<(), String> {
        let counts = self.machine.physical().counts();
        if counts.free + counts.used + counts.reserved != counts.memory {
            return Err(format!("{counts:?} do not add up"));
        }
        let held: u64 = self.pages.iter().map(|pages| 1 << pages.order).sum();
        if held > counts.used {
            return Err(format!("{held} held, {} used", counts.used));
        }
        Ok(())
    }

    /// Every law; the naive allocator has the same blocks; memory holds what was written.
    pub(crate) fn all_laws(&mut self) -> Result<(), String> {
        must(self.machine.check())?;
        self.frames_agree()?;
        kernel_steps::contents(self)?;
        process_steps::contents(self)
    }

    /// The books of frames add up, and the naive allocator has the same blocks.
    fn frames_agree(&mut self) -> Result<(), String> {
        must(self.machine.physical().check().map_err(Into::into))?;
        let journal = self.machine.physical_mut().take_journal();
        self.naive.replay(&journal)?;
        let physical = self.machine.physical();
        self.naive.same(physical.zones())?;
        if self.naive.free_frames() != physical.counts().free {
            return Err("the reference has other free frames".into());
        }
        Ok(())
    }

    /// Gives everything back: what is left is what there was at the start.
    pub(crate) fn give_everything_back(&mut self) -> Result<(), String> {
        for (id, _) in std::mem::take(&mut self.processes) {
            must(self.machine.exit(id))?;
        }
        for device in [self.card, self.gpu] {
            must(self.machine.attach(device, None))?;
        }
        let domains: Vec<DomainId> = self.machine.domains().map(|domain| domain.id()).collect();
        for domain in domains {
            must(self.machine.drop_domain(domain))?;
        }
        let machine = &self.machine;
        if self
            .pages
            .iter()
            .any(|pages| machine.pins_of(pages.frame) != 0)
        {
            return Err("a frame is kept for a device that has no domain".into());
        }
        kernel_steps::give_back(self)?;
        must(self.machine.reap_slabs())?;
        self.frames_agree()?;
        let used = self.machine.physical().counts().used;
        let tables = self.machine.kernel_tables().tables();
        // Tables of the kernel's own stay, since processes may have copied entries that lead to them.
        if used - tables != self.start.0 - self.start.1 {
            return Err(format!(
                "{used} used with {tables} tables, at the start {:?}",
                self.start
            ));
        }
        if self.machine.swap().is_some_and(|swap| swap.used() != 0) {
            return Err("pages of nobody are in swap".into());
        }
        Ok(())
    }

    /// The domain with its own tables, made when it is wanted first, and the card attached to it.
    pub(super) fn own_domain(&mut self) -> Result<Option<DomainId>, String> {
        if self.domain.is_none() {
            self.domain = lawful(self.machine.add_domain(BusTables::Own))?;
            must(self.machine.attach(self.card, self.domain))?;
        }
        Ok(self.domain)
    }

    /// A value for the next write, never 0.
    pub(super) fn value(&mut self) -> u8 {
        self.made += 1;
        (self.made % 255) as u8 + 1
    }

    pub(super) fn device_address(&self, a: u64) -> u64 {
        DEVICE + a % 16 * PAGE
    }
}

/// One of a list, by any number.
pub(super) fn pick(count: usize, number: u64) -> Option<usize> {
    (number as usize).checked_rem(count)
}
