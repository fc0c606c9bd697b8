//! Faults that are put in on purpose: allocations that fail, entries of tables that change by themselves, allocators that
//! lie, callers that give back what is not theirs, machines that are too large. Each has a name, and nothing breaks.

use super::sequences::small::{self, PAGE};
use super::sequences::{Step, World};
use mapwright_machine::buddy::{FrameRequest, FreeError};
use mapwright_machine::laws::Law;
use mapwright_machine::memory::{FrameUse, MemoryError};
use mapwright_machine::physical::{FailEvery, Interposer, Verdict};
use mapwright_machine::process::Backing;
use mapwright_machine::slab::SlabError;
use mapwright_machine::tables::{Page, for_each_page};
use mapwright_machine::window::WindowError;
use mapwright_machine::{
    BuildError, FrameFlags, Machine, MachineError, MachineSpec, Mode, Random, ZoneChoice,
};
use mapwright_runtime::{Access, Range};

const RW: Access = Access::new(true, true, false);

/// Every operation of the random sequences, several times over, always the same.
fn script() -> Vec<Step> {
    let mut random = Random::new(2026);
    let mut steps = Vec::new();
    // Processes and a domain first, so that there is something to work on.
    for kind in [20, 20, 25, 25, 29, 29, 0, 0, 2, 17, 18] {
        steps.push((kind, random.word() as u16, random.word() as u16));
    }
    for _ in 0..6 {
        for kind in 0..40 {
            steps.push((kind, random.word() as u16, random.word() as u16));
        }
    }
    steps
}

fn run(number: u64, interposer: Option<Box<dyn Interposer>>) -> u64 {
    let mut world = World::new(&small::layout(), number);
    world.physical().interpose(interposer);
    for (at, step) in script().into_iter().enumerate() {
        let done = world.step(step).and_then(|()| world.cheap_laws());
        done.unwrap_or_else(|error| panic!("step {at}, {step:?}: {error}"));
        if at % 20 == 19 {
            let laws = world.all_laws();
            laws.unwrap_or_else(|error| panic!("after step {at}, {step:?}: {error}"));
        }
    }
    let requests = world.physical().requests();
    world.physical().interpose(None);
    let done = world.all_laws().and_then(|()| world.give_everything_back());
    done.unwrap_or_else(|error| panic!("in the end: {error}"));
    requests
}

/// Lets one request fail.
struct FailAt(u64);

impl Interposer for FailAt {
    fn decide(&mut self, number: u64, _: &FrameRequest<'_>) -> Verdict {
        if number == self.0 {
            Verdict::Fail
        } else {
            Verdict::Serve
        }
    }
}

/// Wherever a request for frames fails, and however often: every operation is done or not done, and the machine
/// is as it was when all is given back.
#[test]
fn allocations_fail_everywhere() {
    // With swap, with lists and watermarks, and plain.
    for number in [0, 0b100_1011, 0b1_0111] {
        let requests = run(number, None);
        assert!(requests > 100, "{requests} requests only");
        for at in 1..=requests {
            run(number, Some(Box::new(FailAt(at))));
        }
        for period in 1..40 {
            run(number, Some(Box::new(FailEvery { period })));
        }
    }
}

/// A machine in use: areas, slots, fixed slots, a process with pages.
fn in_use() -> Machine {
    let mut machine = small::machine(&small::layout(), 0);
    machine.vmalloc(3 * PAGE, None).expect("an area");
    machine.ioremap(small::DEVICE, PAGE).expect("an area");
    let high = FrameFlags::from(ZoneChoice::High);
    let frame = machine.alloc_pages(0, high).expect("a frame").frame;
    machine.kmap(frame, false).expect("a slot");
    machine.kmap_atomic(1, 2, frame).expect("a slot");
    let id = machine.spawn().expect("a process");
    let base = machine
        .mmap(id, None, 4 * PAGE, RW, Backing::Anon)
        .expect("mapped");
    machine
        .write_process(id, base, &[1; 9000], Mode::User)
        .expect("written");
    let child = machine.fork(id).expect("a child");
    for id in [child, id] {
        // The second one to write has the frame alone, and gets the right back.
        machine
            .write_process(id, base, &[2], Mode::User)
            .expect("written");
    }
    machine.check().expect("laws");
    machine
}

/// Every bit of every entry that is used, in all tables: a change is found, but for what a processor notes itself and
/// what the format has no meaning for.
#[test]
fn a_changed_entry_is_found() {
    let mut machine = in_use();
    let mut entries = Vec::new();
    let mut tables: Vec<_> = machine
        .processes()
        .map(|one| one.tables().clone())
        .collect();
    tables.push(machine.kernel_tables().clone());
    for one in &tables {
        let memory = machine.physical().memory();
        let format = one.encoder().format();
        let page = |page: Page| entries.push(page.entry_at);
        for_each_page(
            memory,
            format,
            one.space_bits(),
            one.roots(),
            page,
            |_, _, _| {},
        );
    }
    entries.sort_unstable();
    entries.dedup();
    assert!(entries.len() > 12);
    for at in entries {
        let entry = machine.physical().memory().read(at, 4).expect("an entry");
        let large = entry & 1 << 7 != 0;
        // A page that one process has alone may be writable already, or at its next write.
        let frame = machine.physical().memory().frames().get(entry / PAGE);
        let alone = (frame.used, frame.count) == (FrameUse::User, 1);
        for bit in 0..32 {
            // Write-through, cache, accessed, dirty, and what is free for the system; of a large page also its attribute.
            let meaningless = matches!(bit, 3 | 4 | 5 | 6 | 9..12) || large && bit == 12;
            // In a last-level entry bit 7 is an attribute too.
            let meaningless = meaningless || !large && bit == 7 || alone && bit == 1;
            let memory = machine.physical_mut().memory_mut();
            memory.write(at, entry ^ 1 << bit, 4).expect("written");
            let found = machine.check();
            assert_eq!(
                found.is_err(),
                !meaningless,
                "bit {bit} of {entry:#x}: {found:?}"
            );
            if let Err(error) = found {
                assert!(matches!(error, MachineError::Law(_)), "{error}");
            }
            let memory = machine.physical_mut().memory_mut();
            memory.write(at, entry, 4).expect("written");
        }
    }
    machine.check().expect("all is as it was");
}

/// An allocator that gives frames which others have.
struct Liar {
    random: Random,
    every: u64,
}

impl Interposer for Liar {
    fn decide(&mut self, number: u64, _: &FrameRequest<'_>) -> Verdict {
        if number.is_multiple_of(self.every) {
            Verdict::GiveInstead(self.random.below(3_000))
        } else {
            Verdict::Serve
        }
    }
}

/// A deliberately broken allocator: within a few lies a law is broken, and says so.
#[test]
fn a_lying_allocator_is_caught() {
    for seed in 0..20 {
        let mut machine = in_use();
        let random = Random::new(seed);
        machine
            .physical_mut()
            .interpose(Some(Box::new(Liar { random, every: 3 })));
        let mut caught = None;
        for _ in 0..300 {
            let result = machine.alloc_pages(0, FrameFlags::default());
            if let Err(MachineError::Law(violation)) = result {
                caught = Some(violation.law);
                break;
            }
            // A lie that no request sees leaves two books that differ.
            if let Err(MachineError::Law(violation)) = machine.check() {
                caught = Some(violation.law);
                break;
            }
        }
        let laws = [
            Law::OneOwner,
            Law::FrameInZone,
            Law::FrameIsMemory,
            Law::FramesAddUp,
        ];
        assert!(
            caught.is_some_and(|law| laws.contains(&law)),
            "seed {seed}: {caught:?}"
        );
    }
}

#[test]
fn wrong_givers_have_names() {
    let mut machine = in_use();
    let before = machine.physical().counts();
    let pages = machine
        .alloc_pages(2, FrameFlags::default())
        .expect("frames");
    let freed = |machine: &mut Machine, frame, order| match machine.free_pages(frame, order, 0) {
        Err(MachineError::Free(error)) => error,
        other => panic!("{other:?}"),
    };
    let frame = pages.frame;
    let inside = FreeError::InsideBlock {
        frame: frame + 1,
        head: frame,
        order: 2,
    };
    assert_eq!(freed(&mut machine, frame + 1, 0), inside);
    let order = FreeError::WrongOrder {
        frame,
        order: 1,
        actual: 2,
    };
    assert_eq!(freed(&mut machine, frame, 1), order);
    machine.free_pages(frame, 2, 0).expect("given back");
    let twice = freed(&mut machine, frame, 2);
    assert!(matches!(twice, FreeError::AlreadyFree { .. }), "{twice}");
    assert_eq!(
        freed(&mut machine, 1 << 30, 0),
        FreeError::Foreign { frame: 1 << 30 }
    );
    // The kernel's image, a table, a page of a process.
    assert_eq!(
        freed(&mut machine, 16, 0),
        FreeError::NeverFree { frame: 16 }
    );
    let root = machine.kernel_tables().roots()[0] / PAGE;
    let table = FreeError::OtherUse {
        frame: root,
        used: FrameUse::Table,
    };
    assert_eq!(freed(&mut machine, root, 0), table);
    let object = machine
        .kmalloc(100, FrameFlags::default())
        .expect("an object")
        .address;
    let inside = machine.kfree(object + 8).expect_err("no object");
    assert!(
        matches!(inside, MachineError::Slab(SlabError::NotAnObject { .. })),
        "{inside}"
    );
    machine.kfree(object).expect("given back");
    let twice = machine.kfree(object).expect_err("twice");
    assert!(
        matches!(twice, MachineError::Slab(SlabError::DoubleFree { .. })),
        "{twice}"
    );
    let foreign = machine.kfree(0xF000_0000).expect_err("no object");
    assert!(
        matches!(foreign, MachineError::Slab(SlabError::Foreign { .. })),
        "{foreign}"
    );
    let unmapped = machine.kunmap(1500).expect_err("not mapped");
    assert_eq!(unmapped, WindowError::NotMapped { frame: 1500 }.into());
    let free = machine.kunmap_atomic(0, 0).expect_err("not in use");
    assert!(matches!(free, MachineError::Window(_)), "{free}");
    let area = machine.vfree(0xF000_0000 + 1).expect_err("no area");
    assert!(
        matches!(area, MachineError::Window(WindowError::NoArea { .. })),
        "{area}"
    );
    machine.reap_slabs().expect("reaped");
    assert_eq!(machine.physical().counts(), before);
    machine.check().expect("laws");
}

/// However much memory a machine is said to have, the host's is bounded, at its start and while it runs.
#[test]
fn the_host_is_bounded() {
    let layout = small::layout();
    let spec = |host_limit, end: u128| MachineSpec {
        ram: Range::from_start_end(0, end).map(|range| vec![range]),
        host_limit,
        descriptor_bytes: Some(0),
        ..MachineSpec::default()
    };
    // Zones of 8 MiB take no more than that of 2^60 bytes.
    let machine = Machine::new(&layout, &spec(8 << 20, 1 << 60)).expect("a machine");
    let counts = machine.physical().counts();
    assert_eq!(counts.free + counts.used, (8 << 20) / PAGE - 16);
    assert!(counts.reserved > 1 << 47);
    let budget = machine.physical().memory().budget();
    assert!(budget.used() < 1 << 20, "{}", budget.used());
    let error = Machine::new(&layout, &spec(4_000, 1 << 60)).expect_err("too little");
    assert!(matches!(error, BuildError::Host(_)), "{error}");
    // Writing to more and more frames ends with the limit, by name.
    let mut machine = Machine::new(&layout, &spec(2 << 20, 1 << 30)).expect("a machine");
    let mut limit = None;
    while let (None, Ok(pages)) = (limit, machine.alloc_pages(0, FrameFlags::default())) {
        let memory = machine.physical_mut().memory_mut();
        limit = memory.write(pages.frame * PAGE, 1, 8).err();
    }
    assert!(matches!(limit, Some(MemoryError::Host(_))), "{limit:?}");
    let budget = machine.physical().memory().budget();
    assert!(budget.used() <= 2 << 20, "{}", budget.used());
    machine.check().expect("laws");
}
