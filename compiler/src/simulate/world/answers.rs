//! What expressions ask of the machine.

use mapwright_machine::window::{AreaWindow, SlotWindow};
use mapwright_machine::{Machine, Random};
use mapwright_runtime::layout::{Layout, PlaceKind};

use super::arguments::process_numbered;
use super::refs;
use crate::simulate::evaluate::{Ask, Asked};
use crate::simulate::function::Function;
use crate::simulate::outcome::{EXPRESSION, Refusal};

/// A machine that is asked, and the layout that says why there is no answer.
#[derive(Debug)]
pub(crate) struct Answers<'w> {
    layout: &'w Layout,
    machine: &'w mut Machine,
}

impl<'w> Answers<'w> {
    pub(crate) fn new(layout: &'w Layout, machine: &'w mut Machine) -> Self {
        Self { layout, machine }
    }

    fn zone_counts(&self, name: &str) -> Option<(u64, Vec<u64>)> {
        let zones = self.machine.physical().zones();
        let zone = zones.zone(zones.named(name)?);
        let free = zone.free_frames() + zone.listed_frames();
        Some((free, zone.blocks().free_by_order().collect()))
    }

    fn areas(&self, name: &str) -> Option<&AreaWindow> {
        self.machine
            .area_windows()
            .find(|window| window.name == name)
    }

    fn slots(&self, name: &str) -> Option<&SlotWindow> {
        self.machine
            .slot_windows()
            .find(|window| window.name == name)
    }

    /// What a function tells of a window.
    fn ask_window(&self, function: Function, name: &str) -> Result<u64, Refusal> {
        let areas = self.areas(name);
        let slots = self.slots(name);
        let found = match function {
            Function::Areas => areas.map(|window| window.len() as u64),
            Function::Room => areas.map(|window| window.free_bytes().1),
            Function::Spare => areas.map(|window| window.free_bytes().0),
            Function::SlotsUsed => slots.map(SlotWindow::in_use),
            Function::Flushes => slots.map(SlotWindow::flushes),
            _ => slots.map(|window| window.waiting().count() as u64),
        };
        let what = match function {
            Function::Areas | Function::Room | Function::Spare => "areas",
            _ => "slots",
        };
        let exists = self.layout.place_named(name);
        let is_window = exists.is_some_and(|id| self.layout.place(id).kind == PlaceKind::Window);
        found.ok_or_else(|| {
            let why = match is_window {
                true => format!("window `{name}` has no {what}"),
                false => format!("there is no window `{name}`"),
            };
            Refusal::argument(EXPRESSION, why)
        })
    }

    fn ask_process(&self, function: Function, number: i128) -> Result<u64, Refusal> {
        let number = u64::try_from(number).unwrap_or(u64::MAX);
        let id = process_numbered(self.machine, number)?;
        let process = self.machine.process(id)?;
        Ok(match function {
            Function::Resident => process.resident_pages(),
            Function::Swapped => process.swapped_pages(),
            Function::Faults => process.faults(),
            _ => process.brk().unwrap_or(0),
        })
    }

    /// What a function tells of the whole machine.
    fn ask_machine(&self, function: Function) -> u64 {
        let machine = &*self.machine;
        let physical = machine.physical();
        let counts = physical.counts();
        let swap = machine.swap();
        let tlb = machine.tlb_counts();
        match function {
            Function::Free => counts.free,
            Function::Used => counts.used,
            Function::Reserved => counts.reserved,
            Function::Memory => counts.memory,
            Function::Tables => {
                let processes = machine.processes().map(|one| one.tables().tables());
                machine.kernel_tables().tables() + processes.sum::<u64>()
            }
            Function::Requests => physical.requests(),
            Function::Processes => machine.processes().count() as u64,
            Function::SwapUsed => swap.map_or(0, |swap| swap.used()),
            Function::Written => swap.map_or(0, |swap| swap.traffic().0),
            Function::ReadBack => swap.map_or(0, |swap| swap.traffic().1),
            Function::HostBytes => physical.memory().budget().used(),
            Function::TlbHits => tlb.hits.iter().sum(),
            Function::TlbMisses => tlb.misses,
            Function::TlbFlushes => tlb.flushes,
            Function::TlbValid => {
                let tlbs = machine.processors().iter().filter_map(|cpu| cpu.tlb());
                tlbs.map(|tlb| tlb.valid() as u64).sum()
            }
            Function::Cycles => machine.processors().iter().map(|cpu| cpu.cycles()).sum(),
            _ => {
                let cpus = machine.processors().iter();
                cpus.map(|cpu| cpu.counts().switches).sum()
            }
        }
    }
}

impl Ask for Answers<'_> {
    fn ask(&mut self, function: Function, arguments: &[Asked]) -> Result<i128, Refusal> {
        let no_zone = |name: &str| {
            let message = format!("this machine has no zone `{name}`");
            Refusal::argument(EXPRESSION, message)
        };
        let number = match (function, arguments) {
            (Function::Free, [Asked::Name(zone)]) => {
                self.zone_counts(zone).ok_or_else(|| no_zone(zone))?.0
            }
            (Function::FreeBlocks, [Asked::Name(zone), Asked::Number(order)]) => {
                let (_, orders) = self.zone_counts(zone).ok_or_else(|| no_zone(zone))?;
                let order = usize::try_from(*order).ok();
                order.and_then(|at| orders.get(at)).copied().unwrap_or(0)
            }
            (_, [Asked::Name(window)]) => self.ask_window(function, window)?,
            (Function::Refs, [Asked::Number(frame)]) => {
                u64::try_from(*frame).map_or(0, |frame| refs(self.machine, frame))
            }
            (Function::DirectPages, [Asked::Number(size)]) => {
                let size = u64::try_from(*size).unwrap_or(0);
                let pages = &self.machine.direct_map().pages;
                pages.get(&size).copied().unwrap_or(0)
            }
            (_, [Asked::Number(process)]) => self.ask_process(function, *process)?,
            _ => self.ask_machine(function),
        };
        Ok(number.into())
    }

    fn random(&mut self) -> &mut Random {
        self.machine.random()
    }
}
