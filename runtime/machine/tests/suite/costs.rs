//! Processors with TLBs: what accesses, switches and mappings cost, and that no entry outlives its mapping.

use super::layouts::i386;
use mapwright_machine::buddy::ListSizes;
use mapwright_machine::cost::CostModel;
use mapwright_machine::process::{Backing, ProcessId};
use mapwright_machine::spec::{Lists, WatermarkChoice};
use mapwright_machine::tlb::{TlbCounts, TlbSpec};
use mapwright_machine::{FrameFlags, Machine, MachineSpec, Mode};
use mapwright_runtime::Access;

const M: u64 = 1 << 20;
const SIZES: [u64; 2] = [4 << 10, 4 << 20];
const RW: Access = Access::new(true, true, false);

fn machine(cpus: u32, tlb: TlbSpec) -> Machine {
    let spec = MachineSpec {
        cpus,
        marks: WatermarkChoice::None,
        lists: Lists::Sizes(ListSizes::OFF),
        ..MachineSpec::default()
    };
    let mut machine = Machine::new(&i386(64 * M, cpus.into(), true), &spec).expect("a machine");
    let model = CostModel::with_tlb(tlb);
    machine.set_costs(Some(model)).expect("a TLB");
    machine
}

fn single() -> TlbSpec {
    TlbSpec::single(64, &SIZES)
}

/// A process with one page at an address.
fn process(machine: &mut Machine, address: u64) -> ProcessId {
    let id = machine.spawn().expect("a process");
    let made = machine.mmap(id, Some(address), 4096, RW, Backing::Anon);
    made.expect("mapped");
    machine
        .write_process(id, address, &[1], Mode::User)
        .expect("written");
    id
}

/// The translations and misses that something adds.
fn adds(machine: &mut Machine, work: impl FnOnce(&mut Machine)) -> (u64, u64) {
    let before = machine.tlb_counts();
    work(machine);
    let after = machine.tlb_counts();
    (
        after.accesses - before.accesses,
        after.misses - before.misses,
    )
}

fn read(machine: &mut Machine, id: ProcessId, address: u64) {
    machine
        .read_process(id, address, &mut [0], Mode::User)
        .expect("read");
}

#[test]
fn pages_are_found_again() {
    let mut machine = machine(1, single());
    assert_eq!(machine.tlb_counts().accesses, 0, "counted from now on");
    let id = process(&mut machine, 0x1000_0000);
    // The fault, the access again.
    let counts = machine.tlb_counts();
    assert_eq!((counts.accesses, counts.misses), (2, 2));
    assert_eq!(
        counts.reads,
        1 + 2,
        "an absent directory entry; directory and table"
    );
    let cpu = &machine.processors()[0];
    assert_eq!((cpu.counts().faults, cpu.counts().switches), (1, 1));
    assert_eq!(cpu.current(), Some(id));
    let model = machine.costs().expect("a model");
    let expected = 2 * model.access_cycles + model.switch_cycles + model.fault_cycles;
    // One flush when the process was switched to.
    let translation = 3 * model.tlb.read_cycles + model.tlb.flush_cycles;
    assert_eq!(cpu.counts().cycles, expected);
    assert_eq!(cpu.cycles(), expected + translation);
    let again = adds(&mut machine, |machine| {
        (0..10).for_each(|_| read(machine, id, 0x1000_0FFF));
    });
    assert_eq!(again, (10, 0));
    // The direct map is of large pages: one entry for 4 MiB.
    let kernel = adds(&mut machine, |machine| {
        for at in 0..100 {
            let address = 0xC000_0000 + at * 40_000;
            machine.read_kernel(address, &mut [0]).expect("read");
        }
    });
    assert_eq!(kernel, (100, 1));
    machine.set_costs(None).expect("nothing to be wrong");
    assert_eq!(machine.tlb_counts(), TlbCounts::default());
}

#[test]
fn switches_empty_what_is_not_tagged() {
    for tagged in [false, true] {
        let tlb = TlbSpec { tagged, ..single() };
        let mut machine = machine(1, tlb);
        let ids = [0x1000_0000, 0x2000_0000].map(|address| process(&mut machine, address));
        read(&mut machine, ids[0], 0x1000_0000);
        let misses = adds(&mut machine, |machine| {
            for _ in 0..5 {
                read(machine, ids[1], 0x2000_0000);
                read(machine, ids[0], 0x1000_0000);
            }
        });
        assert_eq!(misses, (10, if tagged { 0 } else { 10 }));
        let switches = machine.processors()[0].counts().switches;
        assert_eq!(switches, 2 + 1 + 10);
        assert!(
            !machine.switch_to(Some(ids[0])).expect("it is there"),
            "it runs already"
        );
        machine.system_call(ids[0]).expect("a call");
        let counts = *machine.processors()[0].counts();
        assert_eq!(
            (counts.switches, counts.calls),
            (switches, 1),
            "a call loads no tables"
        );
        machine.exit(ids[0]).expect("ended");
        assert_eq!(machine.processors()[0].current(), None);
        assert!(machine.switch_to(Some(ids[0])).is_err());
    }
}

/// What is unmapped, or becomes read-only, is in no TLB of any processor.
#[test]
fn entries_do_not_outlive_mappings() {
    let mut machine = machine(2, single());
    let id = process(&mut machine, 0x1000_0000);
    assert!(machine.run_on(1) && !machine.run_on(2));
    read(&mut machine, id, 0x1000_0000);
    assert_eq!(machine.this_cpu(), 1);
    let child = machine.fork(id).expect("a child");
    for cpu in [0, 1] {
        machine.run_on(cpu);
        let misses = adds(&mut machine, |machine| read(machine, id, 0x1000_0000));
        assert_eq!(misses, (1, 1), "the page became read-only");
    }
    // The write: a hit, the fault, and again with the entry that the fault made.
    let misses = adds(&mut machine, |machine| {
        machine
            .write_process(id, 0x1000_0000, &[2], Mode::User)
            .expect("written");
    });
    assert_eq!(misses, (2, 1));
    let flushed: u64 = machine.tlb_counts().page_flushes;
    assert!(flushed >= 4, "{flushed}");
    machine.exit(child).expect("ended");
    // Many at once are a flush of everything.
    let area = machine.vmalloc(100 * 4096, None).expect("an area").address;
    machine.read_kernel(area, &mut [0]).expect("read");
    let flushes = machine.tlb_counts().flushes;
    machine.vfree(area).expect("freed");
    machine.read_kernel(0xC000_0000, &mut [0]).expect("read");
    assert_eq!(
        machine.tlb_counts().flushes,
        flushes + 2,
        "on both processors"
    );
    assert!(machine.read_kernel(area, &mut [0]).is_err());
}

/// A megabyte in the direct map against one of areas: one entry of a large page against 256 small ones.
#[test]
fn contiguous_memory_is_cheaper() {
    let mut machine = machine(1, single());
    let pages = machine
        .alloc_pages(8, FrameFlags::default())
        .expect("frames");
    let direct = pages.address.expect("in the direct map");
    let area = machine.vmalloc(M, None).expect("an area").address;
    let mut cycles = |base: u64| {
        let before = machine.processors()[0].cycles();
        for round in 0..4 {
            for page in 0..256 {
                let address = base + page * 4096 + round * 8;
                machine.read_kernel(address, &mut [0; 8]).expect("read");
            }
        }
        machine.processors()[0].cycles() - before
    };
    let (direct, area) = (cycles(direct), cycles(area));
    // 1,024 accesses of 4 cycles; one walk of one read, against as many walks of two.
    assert_eq!(direct, 1024 * 4 + 14);
    assert_eq!(area, 1024 * 4 + 1024 * 2 * 14);
}
