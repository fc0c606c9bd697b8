//! The machine of a scenario, and what operations and expressions ask of it.

pub(crate) mod answers;
pub(crate) mod arguments;
mod stacks;

pub(crate) use answers::Answers;
pub(crate) use arguments::{Argued, Arguments};
pub(crate) use stacks::KernelStacks;

use mapwright_machine::memory::FrameUse;
use mapwright_machine::{Machine, MachineError};
use mapwright_runtime::layout::Layout;

/// The machine of a scenario, and what the scenario has done to it that the machine does not know.
#[derive(Debug)]
pub(crate) struct World<'l> {
    pub(crate) layout: &'l Layout,
    pub(crate) machine: Machine,
    /// `CR0.PG`: linear addresses are translated.
    pub(crate) paging: bool,
    /// The kernel stacks of processes that have made a system call.
    pub(crate) stacks: KernelStacks,
    /// What checkpoints and notes have printed and nobody has taken yet.
    pub(crate) printed: Vec<String>,
}

impl<'l> World<'l> {
    /// A machine that runs with paging on.
    pub(crate) fn new(layout: &'l Layout, machine: Machine) -> Self {
        Self {
            layout,
            machine,
            paging: true,
            stacks: KernelStacks::default(),
            printed: Vec::new(),
        }
    }

    /// Gives the kernel stacks of processes back that are gone.
    pub(crate) fn drop_stacks(&mut self) -> Result<(), MachineError> {
        self.stacks.drop_unused(&mut self.machine)
    }

    /// What functions of expressions are answered from.
    pub(crate) fn answers(&mut self) -> Answers<'_> {
        Answers::new(self.layout, &mut self.machine)
    }

    /// The innermost place at an address of the paged space, as people name it; `user` or another part, where only
    /// that is known.
    pub(crate) fn window_at(&self, address: u64) -> String {
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
    pub(crate) fn zone_at(&self, physical: u64) -> Option<String> {
        let frame = physical / self.machine.page();
        let zones = self.machine.physical().zones();
        zones
            .zone_of(frame)
            .map(|id| zones.zone(id).name().to_string())
    }
}

/// How many pages of processes show a frame.
pub(crate) fn refs(machine: &Machine, frame: u64) -> u64 {
    let state = machine.physical().memory().frames().get(frame);
    match state.used {
        FrameUse::User => state.count.into(),
        FrameUse::Free => 0,
        _ => 1,
    }
}
