//! Operations of processes: their memory, and the kernel's access to it.

use super::small::PAGE;
use super::world::{RW, World, Written, lawful, must, pick};
use mapwright_machine::bus::BusTables;
use mapwright_machine::process::{Backing, ProcessId};
use mapwright_machine::{AccessKind, Mode};
use mapwright_runtime::Access;

/// No more processes than these.
const MOST: usize = 5;

pub(super) fn step(world: &mut World, kind: u8, a: u64, b: u64) -> Result<(), String> {
    let Some(at) = pick(world.processes.len(), a) else {
        return spawn(world);
    };
    let id = world.processes[at].0;
    match kind {
        20 => spawn(world),
        21 => fork(world, at),
        22 => {
            if b.is_multiple_of(3) {
                must(world.machine.exec(id))?;
                world.processes[at].1.clear();
                return Ok(());
            }
            late(world, id, b)
        }
        23 => {
            if b.is_multiple_of(2) {
                must(world.machine.exit(id))?;
                world.processes.swap_remove(at);
            }
            Ok(())
        }
        24 => brk(world, at, b),
        25 | 26 => {
            let place = (b.is_multiple_of(5)).then_some(0x4000_0000 + a * PAGE);
            let backing = if b.is_multiple_of(2) {
                Backing::Anon
            } else {
                Backing::File
            };
            let bytes = 1 + b % (9 * PAGE);
            lawful(world.machine.mmap(id, place, bytes, RW, backing)).map(|_| ())
        }
        27 => munmap(world, at, a, b),
        28 => mprotect(world, at, a, b),
        29..33 => write(world, at, a, b),
        33 | 34 => touch(world, id, a, b),
        35 => copies(world, at, a, b),
        36 => lawful(world.machine.evict()).map(|_| ()),
        37 => {
            world.machine.run_on((a % 3) as u32);
            lawful(
                world
                    .machine
                    .switch_to((!b.is_multiple_of(3)).then_some(id)),
            )?;
            lawful(world.machine.system_call(id))?;
            world.machine.flush_tlb(b.is_multiple_of(2));
            Ok(())
        }
        38 => shared_device(world, at, a, b),
        _ => lawful(world.machine.reap_slabs()).map(|_| ()),
    }
}

fn spawn(world: &mut World) -> Result<(), String> {
    if world.processes.len() < MOST {
        let made = lawful(world.machine.spawn())?;
        world.processes.extend(made.map(|id| (id, Written::new())));
    }
    Ok(())
}

fn fork(world: &mut World, at: usize) -> Result<(), String> {
    let (id, written) = world.processes[at].clone();
    if world.processes.len() < MOST
        && let Some(child) = lawful(world.machine.fork(id))?
    {
        world.processes.push((child, written));
    }
    Ok(())
}

/// What the kernel mapped after a process began, the kernel sees by that process's tables too.
fn late(world: &mut World, id: ProcessId, b: u64) -> Result<(), String> {
    let Some(at) = pick(world.areas.len(), b) else {
        return Ok(());
    };
    if let (address, Some(value)) = world.areas[at] {
        let mut byte = [0];
        let read = world
            .machine
            .read_process(id, address, &mut byte, Mode::Kernel);
        must(read)?;
        if byte[0] != value {
            return Err(format!("by process {id}, {address:#x} holds {}", byte[0]));
        }
    }
    Ok(())
}

fn forget(written: &mut Written, from: u64, bytes: u64) {
    let end = from.saturating_add(bytes).next_multiple_of(PAGE);
    written.retain(|address, _| !(from..end).contains(address));
}

fn brk(world: &mut World, at: usize, b: u64) -> Result<(), String> {
    let (id, written) = &mut world.processes[at];
    let end = 0x0824_8000 + b % 300 * 400;
    if lawful(world.machine.brk(*id, end))?.is_some() {
        let from = end.next_multiple_of(PAGE);
        forget(written, from, 0x0834_8000 - from);
    }
    Ok(())
}

/// An address of a process where something may be.
fn address(world: &World, id: ProcessId, a: u64, b: u64) -> u64 {
    let areas: Vec<_> = match world.machine.process(id) {
        Ok(process) => process.areas().map(|area| area.range).collect(),
        Err(_) => Vec::new(),
    };
    match pick(areas.len(), a).filter(|_| !b.is_multiple_of(16)) {
        Some(at) => {
            let pages = (areas[at].size() / u128::from(PAGE)) as u64;
            areas[at].base() + b % pages.max(1) * PAGE
        }
        // Near a stack, at the kernel, anywhere.
        None => [
            0xBFFF_F000 - a % 64 * PAGE,
            [0xC000_0000, 0xF000_0000][(b / 16 % 2) as usize] + a % 64 * PAGE,
            (a * b * PAGE) & 0xFFFF_F000,
        ][(a % 3) as usize],
    }
}

fn munmap(world: &mut World, at: usize, a: u64, b: u64) -> Result<(), String> {
    let id = world.processes[at].0;
    let (address, bytes) = (address(world, id, a, b), 1 + a % (3 * PAGE));
    if lawful(world.machine.munmap(id, address, bytes))?.is_some() {
        forget(&mut world.processes[at].1, address, bytes);
    }
    Ok(())
}

fn mprotect(world: &mut World, at: usize, a: u64, b: u64) -> Result<(), String> {
    let id = world.processes[at].0;
    let (address, bytes) = (address(world, id, a, b), 1 + a % (2 * PAGE));
    // Mostly all but fetches; at times some, or none at all.
    let bits = if b.is_multiple_of(3) { b / 3 % 8 } else { 3 };
    let rights = Access::new(bits & 1 != 0, bits & 2 != 0, bits & 4 != 0);
    lawful(world.machine.mprotect(id, address, bytes, rights)).map(|_| ())
}

fn write(world: &mut World, at: usize, a: u64, b: u64) -> Result<(), String> {
    let id = world.processes[at].0;
    let address = address(world, id, a, b) + 8;
    let value = world.value();
    if lawful(
        world
            .machine
            .write_process(id, address, &[value], Mode::User),
    )?
    .is_some()
    {
        world.processes[at].1.insert(address, value);
    }
    Ok(())
}

fn touch(world: &mut World, id: ProcessId, a: u64, b: u64) -> Result<(), String> {
    let address = address(world, id, a, b);
    let kind = [AccessKind::Read, AccessKind::Execute][(a % 2) as usize];
    let mode = [Mode::User, Mode::Kernel][(a / 2 % 2) as usize];
    lawful(world.machine.touch(id, address, kind, mode)).map(|_| ())
}

/// The kernel reads and writes for a process, over the end of a page.
fn copies(world: &mut World, at: usize, a: u64, b: u64) -> Result<(), String> {
    let id = world.processes[at].0;
    let address = address(world, id, a, b) + 9;
    let value = world.value();
    let copy = world.machine.copy_to_user(id, address, &[value; 5000]);
    if copy.copied + copy.left != 5000 {
        return Err(format!("{copy:?} of 5000 bytes"));
    }
    // The byte that writes mark a page with is before the copy on its first page, and in it on others.
    for (marked, byte) in world.processes[at]
        .1
        .range_mut(address..address + copy.copied)
    {
        debug_assert!(marked % PAGE == 8);
        *byte = value;
    }
    let (found, copy) = world.machine.copy_from_user(id, address, 6000);
    if copy.copied != found.len() as u64 || copy.copied + copy.left != 6000 {
        return Err(format!("{copy:?} of 6000 bytes"));
    }
    Ok(())
}

/// A device that uses a process's tables.
fn shared_device(world: &mut World, at: usize, a: u64, b: u64) -> Result<(), String> {
    let (id, _) = world.processes[at];
    let process = BusTables::Process(id);
    let known = world
        .machine
        .domains()
        .find(|domain| domain.uses() == process);
    let domain = match known.map(|domain| domain.id()) {
        Some(domain) => domain,
        None => must(world.machine.add_domain(process))?,
    };
    must(world.machine.attach(world.gpu, Some(domain)))?;
    let address = address(world, id, a, b) + 8;
    let value = world.value();
    if lawful(world.machine.dma_write(world.gpu, address, &[value]))?.is_some() {
        world.processes[at].1.insert(address, value);
    }
    Ok(())
}

/// Every process reads what it wrote, wherever that is now.
pub(super) fn contents(world: &mut World) -> Result<(), String> {
    for at in 0..world.processes.len() {
        let (id, written) = world.processes[at].clone();
        for (address, value) in written {
            let mut byte = [0];
            // Reading may need a frame, and have none; rights may be gone.
            let read = world
                .machine
                .read_process(id, address, &mut byte, Mode::Kernel);
            if lawful(read)?.is_some() && byte[0] != value {
                return Err(format!(
                    "process {id} reads {} at {address:#x}, not {value}",
                    byte[0]
                ));
            }
        }
    }
    let machine = &world.machine;
    world
        .processes
        .retain(|(id, _)| machine.process(*id).is_ok());
    Ok(())
}
