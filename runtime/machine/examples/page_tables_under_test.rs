//! Page-table code of one's own, run against the simulated machine's memory and read back by a walker that shares
//! nothing with it.
//!
//! The tables stand in the machine's memory, byte by byte; the walker knows the format from the layout alone. The test at the
//! end is what stands in a kernel's own tests; as a program this prints one walk:
//! `cargo run -p mapwright-machine --example page_tables_under_test`.

#![allow(clippy::print_stdout)]

use mapwright::source::{Disk, Input};
use mapwright::{Options, compile};
use mapwright_machine::{FrameFlags, Machine, MachineError, MachineSpec};
use mapwright_runtime::walk::walk;

const PRESENT: u64 = 1;
const WRITABLE: u64 = 1 << 1;

/// The code under test: maps a page of 4K in four levels of x86-64's tables, making those that are missing.
fn map(
    machine: &mut Machine,
    root: u64,
    address: u64,
    physical: u64,
    flags: u64,
) -> Result<(), MachineError> {
    let mut table = root;
    for shift in [39, 30, 21] {
        let at = table + (address >> shift & 511) * 8;
        let entry = machine.physical().memory().read(at, 8)?;
        table = match entry & PRESENT {
            0 => {
                let made = machine.alloc_pages(0, FrameFlags::default())?.frame << 12;
                let memory = machine.physical_mut().memory_mut();
                memory.write(at, made | PRESENT | WRITABLE, 8)?;
                made
            }
            _ => entry & 0x000f_ffff_ffff_f000,
        };
    }
    let at = table + (address >> 12 & 511) * 8;
    let memory = machine.physical_mut().memory_mut();
    Ok(memory.write(at, physical | flags, 8)?)
}

/// A machine with Linux's layout, and a root for tables of our own.
fn machine() -> (Machine, u64) {
    let options = Options {
        set: vec!["RAM=64M".into(), "KERNEL=v5.10".into()],
        ..Options::default()
    };
    let made = compile(&Input::named("std:linux/x86_64"), &Disk, &options);
    let lowered = made.expect("bundled").lowered;
    let layout = lowered.expect("the bundled layouts are right").layout;
    let mut machine = Machine::new(&layout, &MachineSpec::default()).expect("a machine");
    let root = machine.alloc_pages(0, FrameFlags::default());
    let root = root.expect("a frame").frame << 12;
    (machine, root)
}

fn main() -> Result<(), MachineError> {
    let (mut machine, root) = machine();
    map(&mut machine, root, 0x7fff_1234_5000, 0x20_0000, PRESENT)?;
    let format = machine.layout().format_of(machine.space());
    let format = format.expect("the space has page tables");
    let memory = machine.physical().memory();
    match walk(memory, format, 64, &[root], 0x7fff_1234_5678) {
        Ok(found) => println!("{:#x}, {}", found.physical, found.page.access),
        Err(fault) => println!("fault {}", fault.in_format(format)),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapwright_runtime::walk::{AccessKind, Mode, WalkFault, Wanted, walk_for};

    const NO_EXECUTE: u64 = 1 << 63;

    #[test]
    fn what_was_mapped_is_found_and_nothing_else() {
        let (mut machine, root) = machine();
        // Neighbours, the ends of tables, and both halves of the address space.
        let pages: Vec<u64> = [0, 0x1f_f000, 0x20_0000, 0x3fff_f000, 0x7fff_ffff_f000]
            .into_iter()
            .flat_map(|low| [low, low | 0xffff_8000_0000_0000])
            .collect();
        for (number, address) in pages.iter().enumerate() {
            let (physical, flags) = ((number as u64) << 12, PRESENT | NO_EXECUTE);
            map(&mut machine, root, *address, physical, flags).expect("mapped");
        }
        let format = machine.layout().format_of(machine.space());
        let format = format.expect("the space has page tables");
        let memory = machine.physical().memory();
        for (number, address) in pages.iter().enumerate() {
            let found = walk(memory, format, 64, &[root], address + 0x123);
            let found = found.expect("it was mapped");
            assert_eq!(
                found.physical,
                (number as u64) << 12 | 0x123,
                "{address:#x}"
            );
            let write = Wanted {
                kind: AccessKind::Write,
                mode: Mode::Kernel,
            };
            let refused = walk_for(memory, format, 64, &[root], *address, write);
            assert!(matches!(refused, Err(WalkFault::Permission { .. })));
        }
        let beside = walk(memory, format, 64, &[root], 0x1000);
        assert!(matches!(beside, Err(WalkFault::NotPresent { .. })));
    }
}
