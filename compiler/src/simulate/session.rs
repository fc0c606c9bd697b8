//! A machine that runs a scenario, and what operations ask of it.

use std::collections::BTreeMap;

use mapwright_runtime::layout::{Layout, PlaceKind};
use mapwright_runtime::machine::buddy::Urgency;
use mapwright_runtime::machine::memory::FrameUse;
use mapwright_runtime::machine::process::{ProcessError, ProcessId};
use mapwright_runtime::machine::window::{AreaWindow, SlotWindow};
use mapwright_runtime::machine::{FrameFlags, Machine, MachineError, Pages, Random, ZoneChoice};

use super::evaluate::{Ask, Asked};
use super::function::Function;
use super::outcome::{EXPRESSION, Refusal};

/// The machine of a scenario, and what the scenario has done to it that the machine does not know.
#[derive(Debug)]
pub(super) struct Session<'l> {
    pub(super) layout: &'l Layout,
    pub(super) machine: Machine,
    /// `CR0.PG`: linear addresses are translated.
    pub(super) paging: bool,
    /// The kernel stacks of processes that have made a system call.
    pub(super) stacks: BTreeMap<u32, Pages>,
    /// What checkpoints and notes have printed and nobody has taken yet.
    pub(super) printed: Vec<String>,
}

/// The values of a step's arguments.
#[derive(Debug, Default)]
pub(super) struct Arguments {
    pub(super) values: BTreeMap<&'static str, Argued>,
}

/// The value of an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Argued {
    Number(u64),
    Numbers(Vec<u64>),
    Flag(bool),
    Text(String),
    Texts(Vec<String>),
}

impl Arguments {
    /// A number that must be there.
    pub(super) fn number(&self, name: &'static str) -> Result<u64, Refusal> {
        let missing = || Refusal::argument(name, "is missing");
        self.maybe(name).ok_or_else(missing)
    }

    /// A number that may be there.
    pub(super) fn maybe(&self, name: &str) -> Option<u64> {
        match self.values.get(name) {
            Some(Argued::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// A number from `least` to `most`, or what it is without one.
    pub(super) fn within(
        &self,
        name: &'static str,
        least: u64,
        most: u64,
        usual: u64,
    ) -> Result<u64, Refusal> {
        let number = self.maybe(name).unwrap_or(usual);
        if (least..=most).contains(&number) {
            return Ok(number);
        }
        let message = format!("is {number}, and must be from {least} to {most}");
        Err(Refusal::argument(name, message))
    }

    /// Numbers.
    pub(super) fn numbers(&self, name: &str) -> &[u64] {
        match self.values.get(name) {
            Some(Argued::Numbers(numbers)) => numbers,
            _ => &[],
        }
    }

    /// A flag; false without one.
    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.values.get(name), Some(Argued::Flag(true)))
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        match self.values.get(name) {
            Some(Argued::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Texts.
    pub(super) fn texts(&self, name: &str) -> &[String] {
        match self.values.get(name) {
            Some(Argued::Texts(texts)) => texts,
            _ => &[],
        }
    }
}

impl Session<'_> {
    /// The process of this number.
    pub(super) fn process_numbered(&self, number: u64) -> Result<ProcessId, Refusal> {
        let mut ids = self.machine.processes().map(|process| process.id());
        let found = ids.find(|id| u64::from(id.number()) == number);
        found.ok_or_else(|| {
            let process = u32::try_from(number).unwrap_or(u32::MAX);
            ProcessError::NoProcess { process }.into()
        })
    }

    /// The process that an argument names.
    pub(super) fn process(&self, arguments: &Arguments) -> Result<ProcessId, Refusal> {
        self.process_numbered(arguments.number("process")?)
    }

    /// The process that an argument names, if there is one.
    pub(super) fn maybe_process(
        &self,
        arguments: &Arguments,
    ) -> Result<Option<ProcessId>, Refusal> {
        let number = arguments.maybe("process");
        number
            .map(|number| self.process_numbered(number))
            .transpose()
    }

    /// A processor of the machine; the first without the argument.
    pub(super) fn cpu(&self, arguments: &Arguments) -> Result<u32, Refusal> {
        let last = u64::from(self.machine.cpus()) - 1;
        // There are at most 4096.
        Ok(arguments.within("cpu", 0, last, 0)? as u32)
    }

    /// An order of blocks that numbers can be shifted by.
    pub(super) fn order(&self, arguments: &Arguments) -> Result<u32, Refusal> {
        Ok(arguments.within("order", 0, 40, 0)? as u32)
    }

    /// Where a request for frames starts, how urgent it is, and on which processor.
    pub(super) fn flags(&self, arguments: &Arguments) -> Result<FrameFlags, Refusal> {
        let zone = match arguments.text("zone") {
            None | Some("normal") => ZoneChoice::Normal,
            Some("dma") => ZoneChoice::Dma,
            Some("high") => ZoneChoice::High,
            Some(name) => match self.machine.physical().zones().named(name) {
                Some(id) => ZoneChoice::Zone(id),
                None => {
                    let message = format!("is `{name}`, which is no zone of this machine");
                    return Err(Refusal::argument("zone", message));
                }
            },
        };
        let urgency = match arguments.text("urgency") {
            Some("atomic") => Urgency::Atomic,
            Some("emergency") => Urgency::Emergency,
            _ => Urgency::Normal,
        };
        let cpu = self.cpu(arguments)?;
        Ok(FrameFlags { zone, urgency, cpu })
    }

    /// The innermost place at an address of the paged space, as people name it; `user` or another part, where only
    /// that is known.
    pub(super) fn window_at(&self, address: u64) -> String {
        let space = self.machine.space();
        match self.layout.translate(space, address).place() {
            Some(place) => self.layout.place(place).label().to_string(),
            None => self
                .layout
                .translate(space, address)
                .plain(self.layout)
                .to_string(),
        }
    }

    /// The zone that holds a physical address.
    pub(super) fn zone_at(&self, physical: u64) -> Option<String> {
        let frame = physical / self.machine.page();
        let zones = self.machine.physical().zones();
        zones
            .zone_of(frame)
            .map(|id| zones.zone(id).name().to_string())
    }

    /// How many pages of processes show a frame.
    pub(super) fn refs(&self, frame: u64) -> u64 {
        let state = self.machine.physical().memory().frames().get(frame);
        match state.used {
            FrameUse::User => state.count.into(),
            FrameUse::Free => 0,
            _ => 1,
        }
    }

    /// Gives the kernel stacks of processes back that are gone.
    pub(super) fn drop_stacks(&mut self) -> Result<(), MachineError> {
        if self.stacks.is_empty() {
            return Ok(());
        }
        let live: Vec<u32> = self
            .machine
            .processes()
            .map(|one| one.id().number())
            .collect();
        let gone: Vec<u32> = self
            .stacks
            .keys()
            .copied()
            .filter(|id| !live.contains(id))
            .collect();
        for id in gone {
            if let Some(stack) = self.stacks.remove(&id) {
                self.machine.free_pages(stack.frame, stack.order, 0)?;
            }
        }
        Ok(())
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
        let id = self.process_numbered(number)?;
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
        let machine = &self.machine;
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

impl Ask for Session<'_> {
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
                u64::try_from(*frame).map_or(0, |frame| self.refs(frame))
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
