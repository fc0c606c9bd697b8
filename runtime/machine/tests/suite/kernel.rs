//! The kernel of a whole machine: its own memory, windows, faults, and the laws.

use super::layouts::{i386, x86_64};
use mapwright_machine::buddy::{FrameFailure, FrameRequest, ListSizes, Refusal};
use mapwright_machine::event::Event;
use mapwright_machine::laws::Law;
use mapwright_machine::physical::{FailEvery, Interposer, Verdict};
use mapwright_machine::spec::{BuildError, Lists, WatermarkChoice};
use mapwright_machine::tables::DirectPages;
use mapwright_machine::window::WindowError;
use mapwright_machine::{FrameFlags, KmapResult, Machine, MachineError, MachineSpec, ZoneChoice};
use mapwright_runtime::layout::Layout;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

const M: u64 = 1 << 20;
const G: u64 = 1 << 30;

fn plain() -> MachineSpec {
    MachineSpec {
        marks: WatermarkChoice::None,
        lists: Lists::Sizes(ListSizes::OFF),
        ..MachineSpec::default()
    }
}

fn machine(layout: &Layout, spec: &MachineSpec) -> Machine {
    let machine = Machine::new(layout, spec).expect("a machine");
    machine.check().expect("all laws hold at the start");
    machine
}

fn window(result: Result<impl std::fmt::Debug, MachineError>) -> WindowError {
    match result {
        Err(MachineError::Window(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_textbook_machine_starts() {
    let spec = MachineSpec {
        reserved: vec![("image".into(), crate::samples::range(0, (5 * M).into()))],
        ..MachineSpec::default()
    };
    let machine = machine(&i386(G, 1, true), &spec);
    let counts = machine.physical().counts();
    assert_eq!(counts.memory, G / 4096);
    assert_eq!(counts.reserved, 5 * M / 4096);
    assert_eq!(counts.free + counts.used + counts.reserved, counts.memory);
    let pages: Vec<(u64, u64)> = machine.direct_map().pages.clone().into_iter().collect();
    assert_eq!(pages, [(4 * M, 224)]);
    assert_eq!(machine.virtual_of(M), Ok(0xC010_0000));
    // The root is the only table: 224 of its entries are pages. Descriptors: 32 bytes a frame.
    assert_eq!(machine.kernel_tables().tables(), 1);
    assert_eq!(counts.used, 1 + G / 4096 * 32 / 4096);
    let zones: Vec<&str> = machine
        .physical()
        .zones()
        .all()
        .iter()
        .map(|zone| zone.name())
        .collect();
    assert_eq!(zones, ["DMA", "NORMAL", "HIGHMEM"]);
    assert_eq!(machine.zone(ZoneChoice::Dma).index(), 0);
    assert_eq!(machine.zone(ZoneChoice::Normal).index(), 1);
    assert_eq!(machine.zone(ZoneChoice::High).index(), 2);
}

/// 64 GiB: it starts at once, and costs what is touched.
#[test]
fn a_large_machine_starts_quickly() {
    let layout = x86_64(64 * G);
    let start = Instant::now();
    let machine = Machine::new(&layout, &MachineSpec::default()).expect("a machine");
    let took = start.elapsed();
    assert!(
        took.as_millis() < 1_000,
        "{took:?} even on a busy machine without optimisation"
    );
    // Bitmaps of half a byte a frame, and states of the frames that hold descriptors.
    let used = machine.physical().memory().budget().used();
    assert!(used < 16 * M, "{used}");
    machine.check().expect("all laws hold");
    let table = machine.kernel_tables();
    let memory = machine.physical().memory();
    let last = table
        .walk(memory, 0xffff_ea00_0000_0000 + (16 << 20) * 64 - 1)
        .expect("mapped");
    assert_eq!(last.page.bytes, 2 * M);
    assert!(
        table
            .walk(memory, 0xffff_ea00_0000_0000 + (16 << 20) * 64)
            .is_err()
    );
}

#[test]
fn wrong_machines_are_refused() {
    let layout = i386(G, 1, true);
    let refused = |spec: MachineSpec| Machine::new(&layout, &spec).expect_err("no machine");
    let error = refused(MachineSpec { cpus: 0, ..plain() });
    assert_eq!(
        error.to_string(),
        "the number of processors is 0, but must be 1 to 4096"
    );
    let error = refused(MachineSpec {
        ram: Some(vec![]),
        ..plain()
    });
    assert_eq!(error, BuildError::NoMemory);
    let error = refused(MachineSpec {
        host_limit: 1000,
        ..plain()
    });
    assert!(matches!(error, BuildError::Host(_)), "{error}");
    let tiny = vec![crate::samples::range(0, 0x2000)];
    let error = refused(MachineSpec {
        ram: Some(tiny),
        ..plain()
    });
    assert!(matches!(error, BuildError::Start(_)), "{error}");
    let twice = vec![
        crate::samples::range(0, 0x3000),
        crate::samples::range(0x2000, 0x5000),
    ];
    let error = refused(MachineSpec {
        ram: Some(twice),
        ..plain()
    });
    assert!(matches!(error, BuildError::Conflict(_)), "{error}");
}

/// 2^60 bytes of memory are refused by name, before anything is taken.
#[test]
fn too_much_memory_is_refused() {
    use crate::samples::{Draft, range};
    let mut draft = Draft::new("huge", 64, 64, Some(super::formats::x86_64()));
    draft.zone("ALL", range(0, 1 << 60));
    let error = Machine::new(&draft.finish(), &plain()).expect_err("no machine");
    assert!(matches!(error, BuildError::Host(_)), "{error}");
}

#[test]
fn zones_are_chosen_and_exhausted() {
    let mut machine = machine(&i386(G, 1, true), &plain());
    let from = |zone| FrameFlags::from(zone);
    let high = machine
        .alloc_pages(0, from(ZoneChoice::High))
        .expect("a frame");
    assert_eq!((high.frame * 4096, high.address), (896 * M, None));
    let dma = machine
        .alloc_pages(3, from(ZoneChoice::Dma))
        .expect("frames");
    assert_eq!(dma.address, Some(0xC000_0000 + dma.frame * 4096));
    let normal = machine
        .alloc_pages(10, from(ZoneChoice::Normal))
        .expect("frames");
    assert!(normal.frame * 4096 >= 16 * M && normal.frame * 4096 < 896 * M);
    machine.free_pages(normal.frame, 10, 0).expect("freed");
    assert!(machine.free_pages(normal.frame, 10, 0).is_err());
    while machine.alloc_pages(10, from(ZoneChoice::Dma)).is_ok() {}
    let failure = machine
        .alloc_pages(10, from(ZoneChoice::Dma))
        .expect_err("exhausted");
    let MachineError::Frames(FrameFailure::Exhausted { zones, .. }) = failure else {
        panic!("{failure}");
    };
    assert_eq!(zones.len(), 3);
    assert!(matches!(
        zones[0].why,
        Refusal::Fragmented { .. } | Refusal::BelowWatermark { .. }
    ));
    assert_eq!(
        (&zones[1].why, &zones[2].why),
        (&Refusal::Above, &Refusal::Above)
    );
    machine.check().expect("laws");
}

/// With the watermarks of Linux: 1 GiB keeps 3,839 KiB, of which NORMAL has the largest share.
#[test]
fn watermarks_of_linux() {
    let machine = machine(&i386(G, 1, true), &MachineSpec::default());
    let zones = machine.physical().zones();
    let marks = |at: usize| zones.all()[at].spec().watermarks;
    let low: u64 = (0..2).map(|at| marks(at).min).sum();
    let managed: u64 = (0..2).map(|at| zones.all()[at].managed_frames()).sum();
    let expected = (managed * 4 * 16).isqrt() / 4;
    assert!(
        (expected - 2..=expected).contains(&low),
        "{low} of {expected}"
    );
    assert_eq!(marks(2).min, 32);
    assert_eq!(marks(1).low, marks(1).min + marks(1).min / 4);
}

/// 28 bytes: 32 from kmalloc and no table touched, a page and a guard page from vmalloc.
#[test]
fn kmalloc_against_vmalloc() {
    let mut machine = machine(&i386(512 * M, 1, true), &plain());
    let tables = machine.kernel_tables().tables();
    let object = machine
        .kmalloc(28, FrameFlags::default())
        .expect("an object");
    assert_eq!(object.cost, 32);
    assert_eq!(machine.kernel_tables().tables(), tables);
    let area = machine.vmalloc(28, None).expect("an area");
    assert_eq!(area.address, 0xC000_0000 + 512 * M + 8 * M);
    assert_eq!((area.bytes, area.pages), (4096, 1));
    assert_eq!(machine.kernel_tables().tables(), tables + 1);
    let next = machine.vmalloc(28, None).expect("an area");
    assert_eq!(next.address, area.address + 8192, "a guard page between");
    machine
        .write_kernel(area.address + 4, b"hello")
        .expect("written");
    let mut bytes = [0; 5];
    machine
        .read_kernel(area.address + 4, &mut bytes)
        .expect("read");
    assert_eq!(&bytes, b"hello");
    let beyond = machine
        .read_kernel(area.address + 4096, &mut bytes)
        .expect_err("the guard");
    let MachineError::Fault(fault) = beyond else {
        panic!("{beyond}")
    };
    let layout = machine.layout().clone();
    assert_eq!(
        fault.explained(&layout).to_string(),
        "kernel read of 0xe0801000 refused: not_present (dynamic vmalloc)"
    );
    assert_eq!(
        window(machine.vfree(area.address + 8)),
        WindowError::NoArea {
            address: area.address + 8,
            inside: Some(area.address),
        }
    );
    machine.vfree(area.address).expect("freed");
    machine.kfree(object.address).expect("freed");
    let dma = machine
        .kmalloc(100, FrameFlags::from(ZoneChoice::Dma))
        .expect("an object");
    assert!(dma.address < 0xC000_0000 + 16 * M);
    assert!(machine.slabs().named("dma-kmalloc-128").is_some());
    machine.check().expect("laws");
}

/// With 32M the window begins at 3G + 32M + 8M; high memory is taken first, page by page.
#[test]
fn vmalloc_begins_after_the_gap_and_prefers_high_memory() {
    let mut small = machine(&i386(32 * M, 1, true), &plain());
    assert_eq!(
        small.vmalloc(1, None).expect("an area").address,
        0xC000_0000 + 0x0280_0000
    );
    let mut large = machine(&i386(G, 1, true), &plain());
    let area = large.vmalloc(10 * M, None).expect("an area");
    let walk = large
        .kernel_tables()
        .walk(large.physical().memory(), area.address + 9 * M);
    assert!(walk.expect("mapped").physical >= 896 * M);
    large.check().expect("laws");
}

/// The window runs dry although most frames are free; nothing is lost when frames run out half-way.
#[test]
fn vmalloc_exhaustion() {
    let mut machine = machine(&i386(G, 1, true), &plain());
    let mut areas = Vec::new();
    let dry = loop {
        match machine.vmalloc(10 * M, None) {
            Ok(area) => areas.push(area.address),
            Err(error) => break error,
        }
    };
    assert_eq!(areas.len(), 11);
    let free = machine.physical().counts().free;
    assert!(free > 200_000, "{free} frames are free");
    let dry = window(Err::<(), _>(dry));
    assert!(
        matches!(&dry, WindowError::Exhausted { wanted, .. } if *wanted == 10 * M + 4096),
        "{dry}"
    );
    machine.vfree(areas[3]).expect("freed");
    assert_eq!(
        machine.vmalloc(4096, None).expect("first fit").address,
        areas[3]
    );
    assert_eq!(window(machine.vmalloc(0, None)), WindowError::Empty);
    assert!(matches!(
        window(machine.vmalloc(u64::MAX, None)),
        WindowError::Exhausted { .. }
    ));
    assert!(matches!(
        window(machine.vmalloc(1, Some("modules"))),
        WindowError::NoWindow { .. }
    ));
    let before = machine.physical().counts();
    machine
        .physical_mut()
        .interpose(Some(Box::new(FailEvery { period: 700 })));
    let failed = machine.vmalloc(5 * M, None).expect_err("the 700th frame");
    assert!(failed.is_shortage());
    assert_eq!(machine.physical().counts(), before);
    machine.check().expect("laws");
}

#[test]
fn devices_are_mapped_and_memory_is_not() {
    let mut machine = machine(&i386(G, 1, true), &plain());
    let device = machine.ioremap(0xFEE0_0123, 0x20).expect("mapped");
    assert_eq!(device.address & 0xfff, 0x123);
    let walk = machine
        .kernel_tables()
        .walk(machine.physical().memory(), device.address);
    assert_eq!(walk.expect("mapped").physical, 0xFEE0_0123);
    let refused = window(machine.ioremap(G - 4096, 8192));
    assert!(matches!(refused, WindowError::IsMemory { .. }), "{refused}");
    let refused = window(machine.ioremap(0xFFFF_F000, 0x2000));
    assert!(
        matches!(refused, WindowError::OutsideSpace { .. }),
        "{refused}"
    );
    machine.check().expect("laws");
    machine.vfree(device.address & !0xfff).expect("unmapped");
    machine.check().expect("laws");
}

/// Every megabyte of a 4G machine through one megabyte of window, in turn; leaked, the window runs
/// dry.
#[test]
fn borrowing_every_megabyte() {
    let mut machine = machine(&i386(3 * G, 1, true), &plain());
    let before = machine.physical().counts().free;
    let mut addresses = std::collections::BTreeSet::new();
    for megabyte in (0..3 * 1024).step_by(16) {
        let at = megabyte * M;
        let lent = machine.borrow_memory(at, M, None).expect("borrowed");
        addresses.insert(lent.address);
        let mark = (megabyte as u32).to_le_bytes();
        machine
            .write_kernel(lent.address + 0x8_0000, &mark)
            .expect("written");
        machine.vfree(lent.address).expect("given back");
        assert_eq!(
            machine.physical().memory().read(at + 0x8_0000, 4),
            Ok(megabyte)
        );
    }
    assert_eq!(addresses.len(), 1, "always the same megabyte of addresses");
    let mut leaked = 0;
    while machine.borrow_memory(0x8000_0000, M, None).is_ok() {
        leaked += 1;
    }
    // 128M less the gap, two pages and the top 8M, in steps of 1M and a guard page.
    assert_eq!(leaked, 111);
    // The tables of the window stay; nothing else is gone.
    assert!(before - machine.physical().counts().free < 40);
    let refused = window(machine.borrow_memory(3 * G - 4096, 8192, None));
    assert_eq!(refused, WindowError::NotMemory { physical: 3 * G });
    machine.check().expect("laws");
}

#[test]
fn slots_are_counted_shared_and_flushed() {
    let mut machine = machine(&i386(2 * G, 1, true), &plain());
    let high = 896 * M / 4096;
    assert_eq!(
        machine.kmap(5, false),
        Ok(KmapResult::Direct {
            address: 0xC000_5000
        }),
        "a frame in the direct map needs no slot"
    );
    let address_of = |machine: &mut Machine, frame| match machine.kmap(frame, false) {
        Ok(KmapResult::Slot { address, .. }) => address,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        address_of(&mut machine, high),
        0xFF80_1000,
        "Linux begins with slot 1"
    );
    assert_eq!(address_of(&mut machine, high), 0xFF80_1000, "shared");
    for number in 1..1024 {
        address_of(&mut machine, high + number);
    }
    let refused = window(machine.kmap(high + 1024, false));
    assert_eq!(
        refused,
        WindowError::SlotsInUse {
            window: "pkmap".into(),
            slots: 1024
        }
    );
    let waits = machine.kmap(high + 1024, true).expect("waits");
    assert_eq!(waits, KmapResult::Waits { ticket: 1 });
    machine.check().expect("laws");
    // One of two users: nobody is woken. The second: the slot goes to who waits.
    assert_eq!(machine.kunmap(high).expect("one less").woken, None);
    let last = machine.kunmap(high).expect("the last");
    assert_eq!(last.freed.expect("a slot").users, 0);
    let woken = last.woken.expect("somebody waited");
    let KmapResult::Slot { address, .. } = woken.result else {
        panic!("{woken:?}");
    };
    assert_eq!(woken.ticket, 1);
    let walk = machine
        .kernel_tables()
        .walk(machine.physical().memory(), address);
    assert_eq!(walk.expect("mapped").physical, (high + 1024) * 4096);
    assert_eq!(
        window(machine.kunmap(high)),
        WindowError::NotMapped { frame: high }
    );
    assert_eq!(
        window(machine.kunmap(1 << 40)),
        WindowError::NotMemory { physical: 1 << 52 }
    );
    let flushes = machine.slot_windows().next().expect("pkmap").flushes();
    assert!(flushes >= 2, "{flushes}");
    machine.check().expect("laws");
}

/// A second use of the same atomic slot overwrites the first: its user now reads another frame.
#[test]
fn atomic_slots_are_overwritten() {
    let mut machine = machine(&i386(2 * G, 2, true), &MachineSpec { cpus: 2, ..plain() });
    let events = Rc::new(RefCell::new(Vec::new()));
    let log = events.clone();
    machine.watch(Some(Box::new(move |event: &Event| {
        log.borrow_mut().push(event.to_string())
    })));
    let high = 896 * M / 4096;
    let (first, none) = machine.kmap_atomic(0, 3, high).expect("mapped");
    assert_eq!((first, none), (0xFFFF_F000 - 6 * 4096, None));
    let (other, none) = machine.kmap_atomic(1, 3, high + 1).expect("mapped");
    assert_eq!((first - other, none), (13 * 4096, None));
    machine.write_kernel(first, b"A").expect("written");
    let (same, before) = machine.kmap_atomic(0, 3, high + 2).expect("mapped");
    assert_eq!(same, first);
    assert_eq!(before.expect("overwritten").physical, high * 4096);
    let mut byte = [1];
    machine.read_kernel(first, &mut byte).expect("read");
    assert_eq!(byte, [0], "not what was written");
    let told = format!("fixed slot {first:#x} showed 0x38000000 and now shows 0x38002000");
    assert!(events.borrow().contains(&told), "{:?}", events.borrow());
    machine.check().expect("laws");
    machine.kunmap_atomic(0, 3).expect("cleared");
    assert!(matches!(
        window(machine.kunmap_atomic(0, 3)),
        WindowError::SlotFree { .. }
    ));
    assert!(matches!(
        window(machine.kmap_atomic(0, 13, high)),
        WindowError::NoSlot { .. }
    ));
    assert!(matches!(
        window(machine.kmap_atomic(2, 0, high)),
        WindowError::NoSlot { .. }
    ));
    let (apic, _) = machine.set_fixed("APIC", 0, 0xFEE0_0000).expect("set");
    assert_eq!(apic.address, 0xFFFF_D000);
    machine.check().expect("laws");
}

/// After a random load a large block cannot be had although frames are free; vmalloc of the same size
/// succeeds.
#[test]
fn fragmentation() {
    let mut machine = machine(&i386(128 * M, 1, true), &plain());
    let mut frames = Vec::new();
    while let Ok(pages) = machine.alloc_pages(0, FrameFlags::default()) {
        frames.push(pages.frame);
    }
    let mut kept = 0_u64;
    for frame in frames {
        if machine.random().chance(9, 10) {
            machine.free_pages(frame, 0, 0).expect("freed");
        } else {
            kept += 1;
        }
    }
    assert!(kept > 2_000);
    let failure = machine
        .alloc_pages(10, FrameFlags::default())
        .expect_err("no such block");
    let MachineError::Frames(failure) = failure else {
        panic!("{failure}")
    };
    assert!(failure.is_fragmentation(), "{failure}");
    assert_eq!(machine.vmalloc(4 * M, None).expect("an area").pages, 1024);
    machine.check().expect("laws");
}

/// Without a zone above them, frames that no window shows are nobody's: 2G without high memory.
#[test]
fn memory_without_a_zone_is_reserved() {
    let layout = i386(2 * G, 1, false);
    let ram = vec![crate::samples::range(0, (2 * G).into())];
    let machine = machine(
        &layout,
        &MachineSpec {
            ram: Some(ram),
            ..plain()
        },
    );
    let counts = machine.physical().counts();
    assert_eq!(counts.reserved * 4096, 2 * G - 896 * M);
}

#[test]
fn direct_maps_of_small_pages_touch_more_tables() {
    let spec = MachineSpec {
        direct: DirectPages::Small,
        ..plain()
    };
    let machine = machine(&i386(64 * M, 1, true), &spec);
    assert_eq!(machine.kernel_tables().tables(), 1 + 16);
    let none = MachineSpec {
        direct: DirectPages::None,
        ..plain()
    };
    let mut machine = self::machine(&i386(64 * M, 1, true), &none);
    assert!(machine.read_kernel(0xC000_0000, &mut [0]).is_err());
}

/// Gives a frame that somebody has already, or one that is no memory.
struct Broken {
    at: u64,
    frame: u64,
}

impl Interposer for Broken {
    fn decide(&mut self, number: u64, _: &FrameRequest<'_>) -> Verdict {
        if number == self.at {
            Verdict::GiveInstead(self.frame)
        } else {
            Verdict::Serve
        }
    }
}

/// A deliberately broken allocator is caught by the laws, with the operation and both sides.
#[test]
fn a_broken_allocator_is_caught() {
    for (frame, law) in [
        (0x5000, Law::OneOwner),
        (0x7000_0000, Law::FrameInZone),
        (0x2000, Law::FrameIsMemory),
    ] {
        let spec = MachineSpec {
            reserved: vec![("bad".into(), crate::samples::range(0x200_0000, 0x200_1000))],
            ..plain()
        };
        let mut machine = machine(&i386(256 * M, 1, true), &spec);
        while machine
            .alloc_pages(0, FrameFlags::default())
            .expect("a frame")
            .frame
            != 0x5000
        {}
        machine
            .physical_mut()
            .interpose(Some(Box::new(Broken { at: 2, frame })));
        let mut result = Ok(());
        for _ in 0..3 {
            result = result.and_then(|()| machine.vmalloc(4096, None).map(|_| ()));
        }
        let Err(MachineError::Law(violation)) = result else {
            panic!("{result:?}");
        };
        assert_eq!(violation.law, law, "{violation}");
        assert_eq!(violation.operation, "a request for a block of order 0");
    }
}

/// Bytes written behind the kernel's back: the walker finds them.
#[test]
fn a_corrupted_table_is_caught() {
    let mut machine = machine(&i386(256 * M, 1, true), &plain());
    let area = machine.vmalloc(8192, None).expect("an area");
    let page = machine
        .kernel_tables()
        .walk(machine.physical().memory(), area.address);
    let entry_at = page.expect("mapped").page.entry_at;
    let entry = machine
        .physical()
        .memory()
        .read(entry_at, 4)
        .expect("memory");
    let memory = machine.physical_mut().memory_mut();
    memory.write(entry_at, entry ^ 0x1000, 4).expect("written");
    let broken = machine.check().expect_err("a broken law");
    let MachineError::Law(violation) = broken else {
        panic!("{broken}")
    };
    assert_eq!(violation.law, Law::TablesDecode, "{violation}");
    let memory = machine.physical_mut().memory_mut();
    memory.write(entry_at, 0, 4).expect("written");
    let broken = machine.check().expect_err("a broken law");
    assert!(
        matches!(&broken, MachineError::Law(violation) if violation.law == Law::TablesCount),
        "{broken}"
    );
}
