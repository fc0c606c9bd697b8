//! Processors and what running costs: which process each one runs, its TLB, and the cycles of
//! translations, switches, system calls and page faults.
//!
//! Without a [`CostModel`] nothing is counted but switches and calls, and nothing is slower for it. The TLB
//! is a model beside the tables: every access still walks the real ones, so that a wrong TLB could
//! never make a translation wrong, only a count.

use super::process::ProcessId;
use super::tables::{Walk, WalkFault};
use super::tlb::{Tlb, TlbCounts, TlbError, TlbSpec, WalkedPage};
use super::{Machine, MachineError};
use alloc::vec::Vec;

/// What things cost in cycles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CostModel {
    /// The TLB of every processor, and what walks cost.
    pub tlb: TlbSpec,
    /// A load or store itself.
    pub access_cycles: u64,
    /// Loading the root of other tables (`CR3`), without what the flush costs.
    pub switch_cycles: u64,
    /// Entering and leaving the kernel.
    pub call_cycles: u64,
    /// Serving a page fault, without the accesses of its handler.
    pub fault_cycles: u64,
}

impl CostModel {
    /// This TLB, and round numbers of processors of the 2010s for the rest.
    #[must_use]
    pub const fn with_tlb(tlb: TlbSpec) -> Self {
        Self {
            tlb,
            access_cycles: 4,
            switch_cycles: 200,
            call_cycles: 100,
            fault_cycles: 1_000,
        }
    }
}

/// What a processor did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct CpuCounts {
    /// Accesses to pages by the processes and the kernel: one for each page that a read or write
    /// touches.
    pub accesses: u64,
    /// Context switches: other tables were loaded.
    pub switches: u64,
    /// System calls.
    pub calls: u64,
    /// Page faults that were served.
    pub faults: u64,
    /// The cycles of all that but translation.
    pub cycles: u64,
}

/// A processor.
#[derive(Debug, Clone, Default)]
pub struct Processor {
    current: Option<ProcessId>,
    tlb: Option<Tlb>,
    counts: CpuCounts,
}

impl Processor {
    /// The process that it runs; the kernel alone, when there is none.
    #[must_use]
    pub fn current(&self) -> Option<ProcessId> {
        self.current
    }

    /// Its TLB, if there is a cost model.
    #[must_use]
    pub fn tlb(&self) -> Option<&Tlb> {
        self.tlb.as_ref()
    }

    /// What it did.
    #[must_use]
    pub fn counts(&self) -> &CpuCounts {
        &self.counts
    }

    /// All cycles, those of translation included.
    #[must_use]
    pub fn cycles(&self) -> u64 {
        let tlb = self.tlb.as_ref().map_or(0, |tlb| tlb.counts().cycles);
        self.counts.cycles.saturating_add(tlb)
    }

    /// The number that entries of its TLB carry.
    fn space(&self) -> u32 {
        self.current.map_or(0, ProcessId::number)
    }
}

/// All processors, and which one runs now.
#[derive(Debug, Clone, Default)]
pub(super) struct Processors {
    all: Vec<Processor>,
    now: usize,
    model: Option<CostModel>,
    /// Devices access memory too, but not by way of a processor.
    pub(super) paused: bool,
}

impl Processors {
    pub(super) fn new(count: u32) -> Self {
        Self {
            all: (0..count.max(1)).map(|_| Processor::default()).collect(),
            now: 0,
            model: None,
            paused: false,
        }
    }

    fn charge(&mut self, cycles: impl FnOnce(&CostModel) -> u64) {
        if let (Some(model), Some(cpu)) = (&self.model, self.all.get_mut(self.now)) {
            cpu.counts.cycles = cpu.counts.cycles.saturating_add(cycles(model));
        }
    }

    /// Other tables are loaded, unless they are already.
    fn switch(&mut self, to: Option<ProcessId>) -> bool {
        let Some(cpu) = self.all.get_mut(self.now) else {
            return false;
        };
        if cpu.current == to {
            return false;
        }
        cpu.current = to;
        cpu.counts.switches += 1;
        if let Some(tlb) = &mut cpu.tlb {
            tlb.switch();
        }
        self.charge(|model| model.switch_cycles);
        true
    }

    /// A process is gone: no processor runs it any more.
    pub(super) fn forget(&mut self, id: ProcessId) {
        for cpu in self.all.iter_mut().filter(|cpu| cpu.current == Some(id)) {
            cpu.current = None;
        }
    }

    /// A page fault was served.
    pub(super) fn fault(&mut self) {
        if let Some(cpu) = self.all.get_mut(self.now) {
            cpu.counts.faults += 1;
        }
        self.charge(|model| model.fault_cycles);
    }
}

impl Machine {
    /// Gives every processor a TLB, empty, and counts from zero from now on; or takes them away.
    ///
    /// # Errors
    /// When the TLB cannot be.
    pub fn set_costs(&mut self, model: Option<CostModel>) -> Result<(), TlbError> {
        let tlb = model.as_ref().map(|model| Tlb::new(&model.tlb));
        let tlb = tlb.transpose()?;
        for cpu in &mut self.processors.all {
            (cpu.tlb, cpu.counts) = (tlb.clone(), CpuCounts::default());
        }
        self.physical.watch_entries(model.is_some());
        self.processors.model = model;
        Ok(())
    }

    /// What things cost, if that was said.
    #[must_use]
    pub fn costs(&self) -> Option<&CostModel> {
        self.processors.model.as_ref()
    }

    /// The processors.
    #[must_use]
    pub fn processors(&self) -> &[Processor] {
        &self.processors.all
    }

    /// The processor that runs now.
    #[must_use]
    pub fn this_cpu(&self) -> u32 {
        // At most 4096 processors.
        self.processors.now as u32
    }

    /// Lets another processor run: whatever accesses memory from now on does it there. Whether there
    /// is such a processor.
    pub fn run_on(&mut self, cpu: u32) -> bool {
        let there = (cpu as usize) < self.processors.all.len();
        if there {
            self.processors.now = cpu as usize;
        }
        there
    }

    /// The translations of all processors together; zeros without a cost model.
    #[must_use]
    pub fn tlb_counts(&self) -> TlbCounts {
        let mut sum = TlbCounts::default();
        for tlb in self.processors.all.iter().filter_map(Processor::tlb) {
            let one = tlb.counts();
            sum.hits.resize(one.hits.len(), 0);
            for (sum, hits) in sum.hits.iter_mut().zip(&one.hits) {
                *sum += hits;
            }
            sum.accesses += one.accesses;
            sum.misses += one.misses;
            sum.reads += one.reads;
            sum.short_walks += one.short_walks;
            sum.flushes += one.flushes;
            sum.page_flushes += one.page_flushes;
            sum.cycles += one.cycles;
        }
        sum
    }

    /// A context switch on this processor: the tables of a process are loaded, or, with none, the
    /// kernel's. Entries of the TLB that are not global go, unless they carry tags. Whether anything
    /// was loaded: to the process that runs already there is nothing to switch.
    ///
    /// An access of a process that does not run switches to it by itself.
    ///
    /// # Errors
    /// When there is no such process.
    pub fn switch_to(&mut self, to: Option<ProcessId>) -> Result<bool, MachineError> {
        if let Some(id) = to {
            self.process(id)?;
        }
        Ok(self.processors.switch(to))
    }

    /// A system call of a process: another stack and privilege, the same tables. It runs from then
    /// on.
    ///
    /// # Errors
    /// When there is no such process.
    pub fn system_call(&mut self, id: ProcessId) -> Result<(), MachineError> {
        self.switch_to(Some(id))?;
        if let Some(cpu) = self.processors.all.get_mut(self.processors.now) {
            cpu.counts.calls += 1;
        }
        self.processors.charge(|model| model.call_cycles);
        Ok(())
    }

    /// Empties the TLB of this processor, the global entries too if `all`.
    pub fn flush_tlb(&mut self, all: bool) {
        let cpu = self.processors.all.get_mut(self.processors.now);
        if let Some(tlb) = cpu.and_then(|cpu| cpu.tlb.as_mut()) {
            tlb.flush(all);
        }
    }

    /// A process accesses memory on this processor: it runs there.
    pub(super) fn enter(&mut self, id: ProcessId) {
        if !self.processors.paused && self.processes.contains_key(&id) {
            self.processors.switch(Some(id));
        }
    }

    /// What a translation costs, with what the tables say.
    pub(super) fn count_translation(&mut self, address: u64, walked: &Result<Walk, WalkFault>) {
        if self.processors.paused || self.processors.model.is_none() {
            return;
        }
        self.take_changed_entries();
        self.processors.charge(|model| model.access_cycles);
        let Processors { all, now, .. } = &mut self.processors;
        let Some(cpu) = all.get_mut(*now) else { return };
        cpu.counts.accesses += 1;
        let space = cpu.space();
        let Some(tlb) = &mut cpu.tlb else { return };
        if tlb.look_up(address, space).is_some() {
            return;
        }
        match walked {
            Ok(walk) => {
                let format = self.kernel.encoder().format();
                let above = (walk.reads as usize).checked_sub(2);
                let above = above.and_then(|level| format.levels().get(level));
                tlb.fill(
                    address,
                    space,
                    &WalkedPage {
                        bytes: walk.page.bytes,
                        global: walk.page.access.global,
                        reads: walk.reads,
                        table_bytes: above.map_or(0, |level| level.span()),
                    },
                );
            }
            Err(WalkFault::NonCanonical) => {}
            Err(WalkFault::NotPresent { level, .. }) => tlb.walked(level + 1),
            // Wrong tables: all levels were read at most.
            Err(_) => tlb.walked(self.kernel.encoder().format().levels().len() as u32),
        }
    }

    /// Entries that were present and have changed leave all TLBs, as the kernel's `invlpg` and its
    /// interrupts to other processors see to.
    fn take_changed_entries(&mut self) {
        let Some(changed) = self.physical.take_changed_entries() else {
            return;
        };
        let tlbs = self.processors.all.iter_mut();
        for tlb in tlbs.filter_map(|cpu| cpu.tlb.as_mut()) {
            match &changed {
                Some(addresses) => addresses.iter().for_each(|at| tlb.flush_page(*at)),
                None => tlb.flush(true),
            }
        }
    }
}
