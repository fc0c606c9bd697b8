//! Kernel stacks of processes.

use std::collections::BTreeMap;

use mapwright_machine::process::ProcessId;
use mapwright_machine::{FrameFlags, Machine, MachineError, Pages, ZoneChoice};

/// A kernel stack is two pages: THREAD_SIZE of 32-bit x86.
const STACK_ORDER: u32 = 1;

/// The kernel stacks of processes that have made a system call.
#[derive(Debug, Default)]
pub(crate) struct KernelStacks {
    of: BTreeMap<u32, Pages>,
}

impl KernelStacks {
    /// The address just above a process's kernel stack, where the first word is pushed below. The first system call
    /// of a process gives it a stack, in the direct map.
    pub(crate) fn top(
        &mut self,
        machine: &mut Machine,
        process: ProcessId,
    ) -> Result<Option<u64>, MachineError> {
        let number = process.number();
        let stack = match self.of.get(&number) {
            Some(stack) => *stack,
            None => {
                let stack =
                    machine.alloc_pages(STACK_ORDER, FrameFlags::from(ZoneChoice::Normal))?;
                self.of.insert(number, stack);
                stack
            }
        };
        let bytes = machine.page() << stack.order;
        Ok(stack.address.and_then(|address| address.checked_add(bytes)))
    }

    /// Gives the stacks of processes back that are gone.
    pub(crate) fn drop_unused(&mut self, machine: &mut Machine) -> Result<(), MachineError> {
        if self.of.is_empty() {
            return Ok(());
        }
        let numbers = self.of.keys().copied();
        let gone = numbers.filter(|number| machine.process_numbered(*number).is_none());
        let gone: Vec<u32> = gone.collect();
        for id in gone {
            if let Some(stack) = self.of.remove(&id) {
                machine.free_pages(stack.frame, stack.order, 0)?;
            }
        }
        Ok(())
    }
}
