//! A frame allocator of one's own, held to what a machine asks of it.
//!
//! The simulated machine keeps a journal of every request for frames that its kernel makes. A kernel's own allocator is
//! replayed on it and has to serve what the machine could serve, without giving a frame twice. The test at the end is what
//! stands in the kernel's own tests; as a program this prints what came of it:
//! `cargo run -p mapwright-machine --example allocator_under_test`.

#![allow(clippy::print_stdout)]

use std::collections::BTreeMap;

use mapwright::source::{Disk, Input};
use mapwright::{Options, compile};
use mapwright_machine::physical::FrameEvent;
use mapwright_machine::{FrameFlags, Machine, MachineError, MachineSpec};
use mapwright_runtime::layout::Layout;

/// The allocator under test: first fit over a map of frames.
struct FirstFit {
    used: Vec<bool>,
}

impl FirstFit {
    fn alloc(&mut self, order: u32) -> Option<usize> {
        let count = 1 << order;
        let mut blocks = (0..self.used.len()).step_by(count);
        let first = blocks.find(|first| {
            let block = self.used.get(*first..first + count);
            block.is_some_and(|block| block.iter().all(|used| !used))
        })?;
        self.used[first..first + count].fill(true);
        Some(first)
    }

    fn free(&mut self, first: usize, order: u32) {
        self.used[first..first + (1 << order)].fill(false);
    }
}

/// A layout as a kernel would have it in a file of its own; this one is bundled.
fn layout() -> Layout {
    let options = Options {
        set: vec!["RAM=64M".into()],
        ..Options::default()
    };
    let made = compile(&Input::named("std:linux/i386-3g1g"), &Disk, &options);
    let lowered = made.expect("bundled").lowered;
    lowered.expect("the bundled layouts are right").layout
}

/// What a busy kernel asks for, for so many steps: areas of pages, blocks, and giving them back.
fn journal(steps: u32) -> Result<Vec<FrameEvent>, MachineError> {
    let mut machine = Machine::new(&layout(), &MachineSpec::default()).expect("a machine");
    machine.physical_mut().keep_journal(true);
    let (mut areas, mut blocks) = (Vec::new(), Vec::new());
    for _ in 0..steps {
        match machine.random().below(4) {
            0 => areas.push(machine.vmalloc(20_000, None)?.address),
            1 => {
                let order = machine.random().below(4) as u32;
                let given = machine.alloc_pages(order, FrameFlags::default())?;
                blocks.push((given.frame, order));
            }
            2 => {
                if let Some(address) = areas.pop() {
                    machine.vfree(address)?;
                }
            }
            _ => {
                if let Some((frame, order)) = blocks.pop() {
                    machine.free_pages(frame, order, 0)?;
                }
            }
        }
        // The machine's own laws hold all the time; this looks at all of it.
        machine.check()?;
    }
    Ok(machine.physical_mut().take_journal())
}

/// Replays a journal on an allocator of so many frames; how many requests it served.
///
/// # Errors
/// The first request that it failed, or served wrongly.
fn replay(journal: &[FrameEvent], frames: usize) -> Result<u32, String> {
    let mut allocator = FirstFit {
        used: vec![false; frames],
    };
    // By the machine's frame: ours, and the order.
    let mut given: BTreeMap<u64, (usize, u32)> = BTreeMap::new();
    let mut served = 0;
    for event in journal {
        match event {
            FrameEvent::Asked {
                order,
                frame: Some(frame),
                ..
            } => {
                let ours = allocator.alloc(*order);
                let ours = ours.ok_or(format!("no block of order {order} after {served}"))?;
                let overlaps = |(first, size): &(usize, u32)| {
                    *first < ours + (1 << order) && ours < first + (1 << size)
                };
                if let Some((first, _)) = given.values().find(|one| overlaps(one)) {
                    return Err(format!("frame {ours} was given with {first} already"));
                }
                given.insert(*frame, (ours, *order));
                served += 1;
            }
            FrameEvent::Returned { frame, .. } => {
                if let Some((first, order)) = given.remove(frame) {
                    allocator.free(first, order);
                }
            }
            _ => {}
        }
    }
    Ok(served)
}

fn main() -> Result<(), MachineError> {
    let journal = journal(200)?;
    match replay(&journal, 16 << 10) {
        Ok(served) => println!("{served} requests of {} events served", journal.len()),
        Err(wrong) => println!("wrong: {wrong}"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serves_what_a_kernel_asks_for() {
        let journal = journal(200).expect("a kernel that runs");
        assert!(journal.len() > 200);
        // 64M in frames of 4K.
        let served = replay(&journal, 16 << 10).expect("all served");
        assert!(served > 100, "{served}");
        // Too little memory is noticed.
        assert!(replay(&journal, 8).is_err());
    }
}
