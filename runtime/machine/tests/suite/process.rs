//! Processes: their own memory over a shared kernel.

use super::layouts::{i386, x86_64};
use mapwright_machine::buddy::ListSizes;
use mapwright_machine::physical::FailEvery;
use mapwright_machine::process::{Backing, ProcessError, ProcessId};
use mapwright_machine::spec::{Lists, WatermarkChoice};
use mapwright_machine::swap::{Policy, replay};
use mapwright_machine::{AccessKind, Denied, Machine, MachineError, MachineSpec, Mode, Random};
use mapwright_runtime::Access;
use std::collections::BTreeSet;

const M: u64 = 1 << 20;

fn machine(ram: u64) -> Machine {
    let spec = MachineSpec {
        marks: WatermarkChoice::None,
        lists: Lists::Sizes(ListSizes::OFF),
        ..MachineSpec::default()
    };
    Machine::new(&i386(ram, 1, true), &spec).expect("a machine")
}

fn write(machine: &mut Machine, id: ProcessId, address: u64, value: u8) {
    machine
        .write_process(id, address, &[value], Mode::User)
        .expect("written");
}

fn read(machine: &mut Machine, id: ProcessId, address: u64) -> u8 {
    let mut byte = [0];
    machine
        .read_process(id, address, &mut byte, Mode::User)
        .expect("read");
    byte[0]
}

fn denied(result: Result<impl std::fmt::Debug, MachineError>) -> Denied {
    match result {
        Err(MachineError::Fault(fault)) => fault.why,
        other => panic!("{other:?}"),
    }
}

/// Two processes write 8 and 20 at 0x1234ABCD; each reads its own back.
#[test]
fn eight_and_twenty() {
    let mut machine = machine(64 * M);
    let page = 0x1234_A000;
    let ids = [8, 20].map(|value| {
        let id = machine.spawn().expect("a process");
        let rights = Access::new(true, true, false);
        machine
            .mmap(id, Some(page), 4096, rights, Backing::Anon)
            .expect("mapped");
        write(&mut machine, id, 0x1234_ABCD, value);
        id
    });
    assert_eq!(ids.map(|id| read(&mut machine, id, 0x1234_ABCD)), [8, 20]);
    machine.check().expect("laws");
    let frames = ids.map(|id| {
        let process = machine.process(id).expect("a process");
        process
            .tables()
            .lookup(machine.physical().memory(), page)
            .expect("mapped")
            .physical
    });
    assert_ne!(frames[0], frames[1]);
}

#[test]
fn demand_paging_takes_frames_at_the_first_touch() {
    let mut machine = machine(64 * M);
    let used = |machine: &Machine| machine.physical().counts().used;
    let before = used(&machine);
    let id = machine.spawn().expect("a process");
    assert_eq!(used(&machine), before + 1, "its directory");
    assert_eq!(read(&mut machine, id, 0x0814_8000), 0);
    assert_eq!(used(&machine), before + 3, "a table and a page");
    write(&mut machine, id, 0x0814_9000, 1);
    assert_eq!(used(&machine), before + 4);
    assert_eq!(machine.process(id).expect("it").faults(), 2);
    machine.exit(id).expect("ended");
    assert_eq!(used(&machine), before);
    machine.check().expect("laws");
    let gone = machine.process(id).expect_err("gone");
    assert_eq!(gone, ProcessError::NoProcess { process: 1 }.into());
}

#[test]
fn rights_and_modes() {
    let mut machine = machine(64 * M);
    let id = machine.spawn().expect("a process");
    let touch = |machine: &mut Machine, address, kind, mode| machine.touch(id, address, kind, mode);
    let (user, kernel) = (Mode::User, Mode::Kernel);
    let text = 0x0804_8000;
    touch(&mut machine, text, AccessKind::Execute, user).expect("text is executed");
    let refused = denied(touch(&mut machine, text, AccessKind::Write, user));
    assert_eq!(refused, Denied::Area);
    assert_eq!(
        denied(touch(&mut machine, 0x1000, AccessKind::Read, user)),
        Denied::NoArea
    );
    let refused = denied(touch(&mut machine, 0xC000_0000, AccessKind::Read, user));
    assert_eq!(refused, Denied::Privilege);
    touch(&mut machine, 0xC000_0000, AccessKind::Read, kernel).expect("the kernel may");
    touch(&mut machine, text, AccessKind::Read, kernel).expect("both");
    let gap = 0xC000_0000 + 64 * M;
    let refused = denied(touch(&mut machine, gap, AccessKind::Read, kernel));
    assert_eq!(refused.word(), "not_present");
    machine.check().expect("laws");
}

/// The heap, the stack, and the range for mmap.
#[test]
fn areas_grow_and_shrink() {
    let mut machine = machine(64 * M);
    let id = machine.spawn().expect("a process");
    let heap = 0x0824_8000;
    assert_eq!(
        denied(machine.touch(id, heap, AccessKind::Write, Mode::User)),
        Denied::NoArea
    );
    machine.brk(id, heap + 10_000).expect("moved");
    write(&mut machine, id, heap + 9_999, 7);
    machine.brk(id, heap + 5_000).expect("moved");
    assert_eq!(
        denied(machine.touch(id, heap + 9_999, AccessKind::Read, Mode::User)),
        Denied::NoArea
    );
    machine.brk(id, heap + 10_000).expect("moved");
    assert_eq!(read(&mut machine, id, heap + 9_999), 0, "a new page");
    let refused = machine.brk(id, 0x4000_0001).expect_err("too far");
    assert!(
        matches!(
            refused,
            MachineError::Process(ProcessError::BadBreak { .. })
        ),
        "{refused}"
    );
    write(&mut machine, id, 0xBFFF_FFF0, 1);
    write(&mut machine, id, 0xBFF0_0000, 1);
    let stack = machine
        .process(id)
        .expect("it")
        .area_at(0xBFF0_0000)
        .expect("grown")
        .range;
    assert_eq!((stack.base(), stack.end()), (0xBFF0_0000, 0xC000_0000));
    let limit = machine.touch(id, 0xBF7F_FFFF, AccessKind::Write, Mode::User);
    assert_eq!(denied(limit), Denied::StackLimit);
    let rights = Access::new(true, true, false);
    let map = |machine: &mut Machine, bytes| machine.mmap(id, None, bytes, rights, Backing::Anon);
    let first = map(&mut machine, 8192).expect("from the top");
    assert_eq!(first, 0xB800_0000 - 8192);
    assert_eq!(map(&mut machine, 1).expect("below"), first - 4096);
    let taken = machine
        .mmap(id, Some(first), 4096, rights, Backing::Anon)
        .expect_err("taken");
    assert!(
        matches!(taken, MachineError::Process(ProcessError::InUse { .. })),
        "{taken}"
    );
    let high = machine.mmap(id, Some(0xC000_0000), 4096, rights, Backing::Anon);
    assert!(matches!(
        high,
        Err(MachineError::Process(ProcessError::BadRange { .. }))
    ));
    assert!(map(&mut machine, 0).is_err() && map(&mut machine, 3 << 30).is_err());
    machine.check().expect("laws");
}

#[test]
fn areas_are_cut_by_munmap_and_mprotect() {
    let mut machine = machine(64 * M);
    let id = machine.spawn().expect("a process");
    let rights = Access::new(true, true, false);
    let base = machine
        .mmap(id, None, 8 * 4096, rights, Backing::Anon)
        .expect("mapped");
    for page in 0..8 {
        write(&mut machine, id, base + page * 4096, page as u8);
    }
    machine.munmap(id, base + 2 * 4096, 4096).expect("unmapped");
    let read_only = Access::new(true, false, false);
    machine
        .mprotect(id, base + 4 * 4096, 2 * 4096, read_only)
        .expect("protected");
    let ranges: Vec<(u64, bool)> = machine
        .process(id)
        .expect("it")
        .areas()
        .filter(|area| area.range.base() >= base && area.range.last() < base + 8 * 4096)
        .map(|area| ((area.range.base() - base) / 4096, area.access.write))
        .collect();
    assert_eq!(ranges, [(0, true), (3, true), (4, false), (6, true)]);
    let hole = machine.touch(id, base + 2 * 4096, AccessKind::Read, Mode::User);
    assert_eq!(denied(hole), Denied::NoArea);
    assert_eq!(read(&mut machine, id, base + 5 * 4096), 5);
    let refused = machine.touch(id, base + 5 * 4096, AccessKind::Write, Mode::User);
    assert_eq!(denied(refused), Denied::Area);
    let uncovered = machine
        .mprotect(id, base, 8 * 4096, rights)
        .expect_err("a hole");
    let hole = ProcessError::NoArea {
        address: base + 2 * 4096,
    };
    assert_eq!(uncovered, hole.into());
    machine
        .mprotect(id, base + 4 * 4096, 2 * 4096, rights)
        .expect("protected");
    write(&mut machine, id, base + 5 * 4096, 9);
    machine.check().expect("laws");
}

#[test]
fn fork_copies_on_write() {
    let mut machine = machine(64 * M);
    let parent = machine.spawn().expect("a process");
    let data = 0x0814_8000;
    write(&mut machine, parent, data, 1);
    write(&mut machine, parent, data + 4096, 2);
    let frame = |machine: &Machine, id, address| {
        let process = machine.process(id).expect("it");
        let memory = machine.physical().memory();
        process
            .tables()
            .lookup(memory, address)
            .expect("mapped")
            .physical
            / 4096
    };
    let sharers = |machine: &Machine, frame| machine.physical().memory().frames().get(frame).count;
    let child = machine.fork(parent).expect("a child");
    let shared = frame(&machine, parent, data);
    assert_eq!(shared, frame(&machine, child, data));
    assert_eq!(sharers(&machine, shared), 2);
    let grandchild = machine.fork(child).expect("a child");
    assert_eq!(sharers(&machine, shared), 3);
    machine.check().expect("laws");
    write(&mut machine, child, data, 10);
    assert_eq!(sharers(&machine, shared), 2);
    let own = frame(&machine, child, data);
    assert_eq!((own != shared, sharers(&machine, own)), (true, 1));
    assert_eq!(
        [parent, child, grandchild].map(|id| read(&mut machine, id, data)),
        [1, 10, 1]
    );
    machine.exit(grandchild).expect("ended");
    assert_eq!(sharers(&machine, shared), 1);
    write(&mut machine, parent, data, 5);
    assert_eq!(
        frame(&machine, parent, data),
        shared,
        "the last sharer keeps it"
    );
    assert_eq!(read(&mut machine, child, data + 4096), 2);
    machine.check().expect("laws");
    machine.exec(child).expect("anew");
    assert_eq!(read(&mut machine, child, data + 4096), 0);
    machine.check().expect("laws");
}

/// A kernel mapping made after a process began reaches its old table at the fault.
#[test]
fn late_kernel_mappings_reach_old_tables() {
    let mut machine = machine(64 * M);
    let old = machine.spawn().expect("a process");
    let area = machine.vmalloc(4096, None).expect("an area");
    machine
        .write_kernel(area.address, b"late")
        .expect("written");
    let young = machine.spawn().expect("a process");
    for (id, faults) in [(old, 1), (young, 0)] {
        let mut bytes = [0; 4];
        machine
            .read_process(id, area.address, &mut bytes, Mode::Kernel)
            .expect("read");
        assert_eq!(&bytes, b"late");
        assert_eq!(machine.process(id).expect("it").faults(), faults);
        let user = machine.touch(id, area.address, AccessKind::Read, Mode::User);
        assert_eq!(denied(user), Denied::Privilege);
    }
    machine.check().expect("laws");
}

#[test]
fn copies_stop_at_the_first_bad_page() {
    let mut machine = machine(64 * M);
    let id = machine.spawn().expect("a process");
    let rights = Access::new(true, true, false);
    let base = machine
        .mmap(id, None, 2 * 4096, rights, Backing::Anon)
        .expect("mapped");
    let ok = machine.copy_to_user(id, base + 100, &[7; 5000]);
    assert_eq!((ok.copied, ok.left, ok.fault), (5000, 0, None));
    let (bytes, copy) = machine.copy_from_user(id, base + 8000, 500);
    assert_eq!((copy.copied, copy.left), (192, 308));
    assert_eq!(bytes.len(), 192);
    assert_eq!(
        denied(Err::<(), _>(copy.fault.expect("a fault"))),
        Denied::NoArea
    );
    // The range is checked before anything is touched.
    let (bytes, copy) = machine.copy_from_user(id, 0xBFFF_FF00, 0x200);
    assert_eq!(
        (bytes.len(), copy.copied, copy.left, copy.fault),
        (0, 0, 0x200, None)
    );
    assert_eq!(machine.copy_to_user(id, u64::MAX - 3, &[0; 8]).left, 8);
    assert_eq!(machine.copy_to_user(id, 0xC000_0000, &[0; 8]).copied, 0);
    machine.check().expect("laws");
}

/// More pages than memory: they are written out and come back with what was in them, under every policy.
#[test]
fn pages_go_to_swap_and_come_back() {
    for policy in [Policy::Fifo, Policy::Clock, Policy::TwoLists] {
        let mut machine = machine(17 * M);
        machine.add_swap(4096, policy);
        let id = machine.spawn().expect("a process");
        let rights = Access::new(true, true, false);
        let pages = 5_000;
        let base = machine
            .mmap(id, None, pages * 4096, rights, Backing::Anon)
            .expect("mapped");
        for page in 0..pages {
            write(
                &mut machine,
                id,
                base + page * 4096 + page % 4096,
                page as u8,
            );
        }
        let child = machine.fork(id);
        if let Ok(child) = child {
            machine.exit(child).expect("ended");
        }
        for page in (0..pages).step_by(97) {
            let byte = read(&mut machine, id, base + page * 4096 + page % 4096);
            assert_eq!(byte, page as u8, "{} page {page}", policy.word());
        }
        let swap = machine.swap().expect("swap");
        assert!(
            swap.used() > 500 && swap.traffic().1 > 5,
            "{:?}",
            swap.traffic()
        );
        machine.check().expect("laws");
        machine.exit(id).expect("ended");
        assert_eq!(machine.swap().expect("swap").used(), 0);
        machine.check().expect("laws");
    }
}

/// Without swap, memory that runs out is an error; when victims may be ended, the largest is.
#[test]
fn out_of_memory() {
    let mut machine = machine(17 * M);
    let fill = |machine: &mut Machine, id, pages: u64| {
        let rights = Access::new(true, true, false);
        let base = machine.mmap(id, None, pages * 4096, rights, Backing::Anon)?;
        (0..pages)
            .try_for_each(|page| machine.write_process(id, base + page * 4096, &[1], Mode::User))
    };
    let large = machine.spawn().expect("a process");
    fill(&mut machine, large, 3_000).expect("filled");
    let small = machine.spawn().expect("a process");
    let failed = fill(&mut machine, small, 2_000).expect_err("out of memory");
    assert!(failed.is_shortage(), "{failed}");
    machine.check().expect("laws");
    machine.end_victims(true);
    fill(&mut machine, small, 2_000).expect("the other one was ended");
    assert!(machine.process(large).is_err());
    let killed = fill(&mut machine, small, 5_000).expect_err("too much");
    let number = small.number();
    assert_eq!(killed, ProcessError::Killed { process: number }.into());
    machine.check().expect("laws");
}

/// A reference that knows nothing of queues: counts by hand for the classic trace, and Belady's anomaly.
#[test]
fn policies_on_a_recorded_trace() {
    let trace = [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5];
    let faults = |policy, frames| replay(policy, frames, &trace).faults;
    assert_eq!(
        (faults(Policy::Fifo, 3), faults(Policy::Fifo, 4)),
        (9, 10),
        "Belady's anomaly"
    );
    assert_eq!(
        (faults(Policy::Optimal, 3), faults(Policy::Optimal, 4)),
        (7, 6)
    );
    let mut random = Random::new(2);
    for _ in 0..60 {
        let frames = random.between(1, 6) as usize;
        let trace: Vec<u64> = (0..200).map(|_| random.below(9)).collect();
        let fifo = replay(Policy::Fifo, frames, &trace);
        assert_eq!(fifo.faults, naive_fifo(frames, &trace));
        let best = replay(Policy::Optimal, frames, &trace);
        assert_eq!(best.faults, naive_optimal(frames, &trace));
        for policy in Policy::ALL {
            let counts = replay(policy, frames, &trace);
            assert!(counts.faults >= best.faults, "{}", policy.word());
            let distinct: BTreeSet<u64> = trace.iter().copied().collect();
            let resident = counts.faults - counts.evictions;
            assert_eq!(
                resident,
                frames.min(distinct.len()) as u64,
                "{}",
                policy.word()
            );
        }
    }
}

fn naive_fifo(frames: usize, trace: &[u64]) -> u64 {
    let (mut present, mut faults) = (Vec::new(), 0);
    for page in trace {
        if !present.contains(page) {
            faults += 1;
            if present.len() == frames {
                present.remove(0);
            }
            present.push(*page);
        }
    }
    faults
}

fn naive_optimal(frames: usize, trace: &[u64]) -> u64 {
    let (mut present, mut faults): (Vec<u64>, u64) = (Vec::new(), 0);
    for (at, page) in trace.iter().enumerate() {
        if present.contains(page) {
            continue;
        }
        faults += 1;
        if present.len() == frames {
            let next = |page: &u64| trace[at..].iter().position(|other| other == page);
            let far = |page: &u64| next(page).unwrap_or(usize::MAX);
            let gone = (0..frames)
                .max_by_key(|index| far(&present[*index]))
                .unwrap();
            present.remove(gone);
        }
        present.push(*page);
    }
    faults
}

/// Random calls over several processes, with injected failures: laws hold all the way.
#[test]
fn random_calls_keep_the_laws() {
    for seed in 0..12 {
        let mut random = Random::new(seed);
        let mut machine = machine(18 * M);
        if seed % 3 == 0 {
            machine.add_swap(100, Policy::TwoLists);
        }
        let period = if seed % 2 == 0 { 0 } else { 23 };
        machine
            .physical_mut()
            .interpose(Some(Box::new(FailEvery { period })));
        let mut kernel = Vec::new();
        for step in 0..300 {
            let ids: Vec<ProcessId> = machine.processes().map(|process| process.id()).collect();
            let id = ids.get(random.below(ids.len() as u64) as usize).copied();
            let rights = Access::new(true, random.chance(3, 4), false);
            let area = id.and_then(|id| {
                let areas: Vec<_> = machine.process(id).ok()?.areas().cloned().collect();
                areas
                    .get(random.below(areas.len() as u64) as usize)
                    .cloned()
            });
            let result = match (random.below(14), id, area) {
                (0, _, _) if ids.len() < 5 => machine.spawn().map(|_| ()),
                (1, Some(id), _) if ids.len() < 5 => machine.fork(id).map(|_| ()),
                (2, Some(id), _) if ids.len() > 2 => machine.exit(id),
                (3, Some(id), _) => machine
                    .mmap(id, None, random.below(20) * 4096, rights, Backing::Anon)
                    .map(|_| ()),
                (4, Some(id), Some(area)) => {
                    machine.munmap(id, area.range.base(), random.below(9) * 4096)
                }
                (5, Some(id), Some(area)) => {
                    machine.mprotect(id, area.range.base(), random.between(1, 4) * 4096, rights)
                }
                (6, Some(id), _) => {
                    let end = 0x0824_8000 + random.below(60_000);
                    machine.brk(id, end).map(|_| ())
                }
                (7, _, _) => machine
                    .vmalloc(random.below(40_000), None)
                    .map(|area| kernel.push(area.address)),
                (8, _, _) => match kernel.pop() {
                    Some(address) => machine.vfree(address).map(|_| ()),
                    None => Ok(()),
                },
                (9, Some(id), _) if random.chance(1, 8) => machine.exec(id),
                (_, Some(id), Some(area)) => {
                    let pages = area.range.size() as u64 / 4096;
                    let page = area.range.base() + random.below(pages.min(40)) * 4096;
                    machine.write_process(id, page + 7, &[step as u8], Mode::User)
                }
                _ => Ok(()),
            };
            if let Err(MachineError::Law(violation)) = result {
                panic!("seed {seed} step {step}: {violation}");
            }
            if step % 10 == 0
                && let Err(error) = machine.check()
            {
                panic!("seed {seed} step {step}: {error}");
            }
        }
        machine.physical_mut().interpose(None);
        let ids: Vec<ProcessId> = machine.processes().map(|process| process.id()).collect();
        ids.into_iter()
            .for_each(|id| machine.exit(id).expect("ended"));
        kernel
            .into_iter()
            .for_each(|address| machine.vfree(address).map(|_| ()).expect("freed"));
        machine.check().expect("laws");
    }
}

/// Four levels: the kernel's half is shared by 256 entries of the top table.
#[test]
fn sixty_four_bits() {
    let mut machine = Machine::new(&x86_64(256 * M), &MachineSpec::default()).expect("a machine");
    let id = machine.spawn().expect("a process");
    write(&mut machine, id, 0x50_0000, 3);
    let area = machine.vmalloc(100_000, None).expect("an area");
    machine.write_kernel(area.address, b"x").expect("written");
    let mut byte = [0];
    machine
        .read_process(id, area.address, &mut byte, Mode::Kernel)
        .expect("read");
    assert_eq!(byte, *b"x");
    let hole = machine.touch(id, 1 << 47, AccessKind::Read, Mode::User);
    assert_eq!(denied(hole).word(), "non_canonical");
    let child = machine.fork(id).expect("a child");
    assert_eq!(read(&mut machine, child, 0x50_0000), 3);
    machine.check().expect("laws");
    machine.exit(id).expect("ended");
    machine.exit(child).expect("ended");
    machine.check().expect("laws");
}
