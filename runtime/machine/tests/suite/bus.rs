//! Devices: bus addresses through tables of their own, through those of processors, or as they are.

use super::formats;
use super::layouts::i386;
use crate::samples::{range, sized, space};
use mapwright_machine::bus::{BusDenied, BusError, BusTables, DeviceId};
use mapwright_machine::process::Backing;
use mapwright_machine::swap::Policy;
use mapwright_machine::{
    AccessKind, FrameFlags, Machine, MachineError, MachineSpec, Mode, ZoneChoice,
};
use mapwright_runtime::layout::{Layout, LayoutBuilder, Place, PlaceKind, Sharing, Space, Target};
use mapwright_runtime::paging::Format;
use mapwright_runtime::{Access, Range};

const M: u64 = 1 << 20;

/// The smallest machine with a bus: 64 MiB mapped one to one, an own format for devices, and what the
/// bus space has in it.
fn with_bus(bits: u32, format: Option<Format>, places: &[(&str, Range, Option<u64>)]) -> Layout {
    let mut builder = LayoutBuilder::new("bus");
    let cpu = builder.format(formats::x86_32_pse36());
    let devices = format.map(|format| builder.format(format));
    let physical = builder.space(space("physical", 36));
    let linear = builder.space(Space {
        to: Some(physical),
        format: Some(cpu),
        ..space("linear", 32)
    });
    let bus = builder.space(Space {
        to: Some(physical),
        format: devices,
        ..space("bus", bits)
    });
    let zone = range(0, (64 * M).into());
    builder.place(Place::new("NORMAL", PlaceKind::Zone, physical, zone));
    let part = |name, range, tables| Place {
        tables: Some(tables),
        ..Place::new(name, PlaceKind::Part, linear, range)
    };
    builder.place(part("user", range(0, 3 << 30), Sharing::PerProcess));
    let kernel = builder.place(part("kernel", range(3 << 30, 1 << 32), Sharing::Shared));
    let target = |at| Target::Linear {
        space: physical,
        at,
        repeat: None,
    };
    builder.place(Place {
        parent: Some(kernel),
        target: target(0),
        access: Access::new(true, true, true),
        ..Place::new(
            "direct",
            PlaceKind::Window,
            linear,
            sized(3 << 30, (64 * M).into()),
        )
    });
    for (name, range, at) in places {
        let kind = if at.is_some() {
            PlaceKind::Window
        } else {
            PlaceKind::Guard
        };
        builder.place(Place {
            target: at.map_or(Target::None, target),
            access: Access::new(true, true, false),
            ..Place::new(*name, kind, bus, *range)
        });
    }
    builder.finish().expect("a layout")
}

fn machine(layout: &Layout) -> Machine {
    Machine::new(layout, &MachineSpec::default()).expect("a machine")
}

fn denied<T: std::fmt::Debug>(result: Result<T, MachineError>) -> BusDenied {
    match result {
        Err(MachineError::Bus(BusError::Fault(fault))) => fault.why,
        other => panic!("{other:?}"),
    }
}

fn refused<T: std::fmt::Debug>(result: Result<T, MachineError>) -> BusError {
    match result {
        Err(MachineError::Bus(error)) => error,
        other => panic!("{other:?}"),
    }
}

const RW: Access = Access::new(true, true, false);

/// An IOMMU with four levels over a machine with two: the frame of a page shows up where it was
/// asked for, and nothing else does.
#[test]
fn tables_of_their_own() {
    let layout = with_bus(48, Some(formats::x86_64()), &[]);
    let mut machine = machine(&layout);
    let before = machine.physical().counts();
    let domain = machine.add_domain(BusTables::Own).expect("a domain");
    let card = machine.add_device("card", 32).expect("a device");
    machine.attach(card, Some(domain)).expect("attached");
    let frame = machine
        .alloc_pages(1, FrameFlags::default())
        .expect("frames")
        .frame;
    let at = machine
        .bus_map(card, frame * 4096 + 0x234, 5000, RW)
        .expect("mapped");
    assert_eq!(
        at, 0x1234,
        "the second page of the bus, the first is never given"
    );
    machine
        .dma_write(card, at, b"over a page's end".repeat(280).as_slice())
        .expect("written");
    let mut bytes = [0; 17];
    machine
        .physical()
        .memory()
        .read_bytes(frame * 4096 + 0x234, &mut bytes)
        .expect("there");
    assert_eq!(&bytes, b"over a page's end");
    machine.dma_read(card, at + 17, &mut bytes).expect("read");
    assert_eq!(&bytes, b"over a page's end");
    let walk = machine
        .bus_translate(card, at, AccessKind::Read)
        .expect("there");
    assert_eq!((walk.physical, walk.reads), (frame * 4096 + 0x234, 4));
    assert_eq!(machine.pins_of(frame), 1);
    machine.check().expect("laws");
    for (address, why) in [
        (0, BusDenied::NotMapped),
        (0x3000, BusDenied::NotMapped),
        (1 << 32, BusDenied::Reach { bits: 32 }),
    ] {
        assert_eq!(denied(machine.dma_read(card, address, &mut bytes)), why);
    }
    assert_eq!(machine.bus_device(card).expect("it").faults, 3);
    assert_eq!(
        refused(machine.bus_unmap(card, at + 4096)),
        BusError::NotMapped {
            address: at + 4096,
            inside: Some(sized(0x1000, 0x2000))
        }
    );
    // The driver frees the frames first: the device still reaches them.
    machine.free_pages(frame, 1, 0).expect("freed");
    assert_eq!(
        denied(machine.dma_write(card, at, &[1])),
        BusDenied::Stale { frame }
    );
    machine.bus_unmap(card, at).expect("unmapped");
    assert_eq!(
        denied(machine.dma_write(card, at, &[1])),
        BusDenied::NotMapped
    );
    machine.check().expect("laws");
    let in_use = BusError::DomainInUse {
        domain,
        device: "card".into(),
    };
    assert_eq!(refused(machine.drop_domain(domain)), in_use);
    machine.attach(card, None).expect("detached");
    machine.drop_domain(domain).expect("dropped");
    assert_eq!(machine.physical().counts(), before);
    machine.check().expect("laws");
}

#[test]
fn rights_places_and_large_pages() {
    let window = ("boot", sized(0x1000_0000, M.into()), Some(0));
    let guard = ("doorbells", sized(0xFEE0_0000, M.into()), None);
    let layout = with_bus(48, Some(formats::x86_64()), &[window, guard]);
    let mut machine = machine(&layout);
    let domain = machine.add_domain(BusTables::Own).expect("a domain");
    let card = machine.add_device("card", 48).expect("a device");
    machine.attach(card, Some(domain)).expect("attached");
    let frame = machine
        .alloc_pages(10, FrameFlags::default())
        .expect("4 MiB")
        .frame;
    // In every domain, the window of the bus space shows the first megabyte.
    let walk = machine
        .bus_translate(card, 0x1008_0000, AccessKind::Read)
        .expect("there");
    assert_eq!((walk.physical, walk.room), (0x8_0000, 4096));
    let read_only = Access::new(true, false, false);
    let large = machine
        .bus_map(card, frame * 4096, 4 * M, read_only)
        .expect("mapped");
    assert_eq!(large % (2 * M), 0, "in large pages");
    let walk = machine
        .bus_translate(card, large + 5, AccessKind::Read)
        .expect("there");
    assert_eq!((walk.reads, walk.room), (3, 2 * M - 5));
    assert_eq!(
        denied(machine.dma_write(card, large, &[1])),
        BusDenied::Permission
    );
    let at =
        |machine: &mut Machine, address| machine.bus_map_at(card, address, frame * 4096, 4096, RW);
    for address in [0x1000_1000, 0xFEE0_0000, 0x1_0000_0800, (1 << 48) - 2048] {
        let bytes = 4096;
        assert_eq!(
            refused(at(&mut machine, address)),
            BusError::BadRange { address, bytes }
        );
    }
    let taken = BusError::InUse {
        mapping: sized(large, (4 * M).into()),
    };
    assert_eq!(refused(at(&mut machine, large + 4096)), taken);
    at(&mut machine, (1 << 40) + 0x5000).expect("there is room");
    assert_eq!(machine.pins_of(frame), 2);
    let hole = machine.bus_map(card, 64 * M - 10, 20, RW);
    assert_eq!(refused(hole), BusError::Hole { physical: 64 * M });
    assert!(matches!(
        refused(machine.bus_map(card, 0, 0, RW)),
        BusError::BadRange { .. }
    ));
    machine.check().expect("laws");
    // A wrong bit in a device's table is found.
    let tables = machine
        .domain(domain)
        .expect("it")
        .own_tables()
        .expect("its own")
        .clone();
    let page = tables
        .lookup(machine.physical().memory(), large)
        .expect("mapped");
    let memory = machine.physical_mut().memory_mut();
    let entry = memory.read(page.entry_at, 8).expect("an entry");
    memory
        .write(page.entry_at, entry ^ 1 << 22, 8)
        .expect("written");
    let broken = machine.check().expect_err("found").to_string();
    assert!(
        broken.contains("reading the tables of bus domain 1"),
        "{broken}"
    );
}

/// A device with few address lines, with and without an IOMMU.
#[test]
fn reach_and_bounce() {
    let mut machine = machine(&i386(64 * M, 1, true));
    let sound = machine.add_device("sound", 24).expect("a device");
    let high = machine
        .alloc_pages(0, FrameFlags::default())
        .expect("a frame")
        .frame
        * 4096;
    assert!(high >= 16 * M);
    let beyond = BusError::BeyondReach {
        physical: high,
        bits: 24,
    };
    assert_eq!(refused(machine.bus_map(sound, high, 4096, RW)), beyond);
    let reach = BusDenied::Reach { bits: 24 };
    assert_eq!(denied(machine.dma_write(sound, high, &[1])), reach);
    let flags = FrameFlags::from(ZoneChoice::Dma);
    let low = machine.alloc_pages(0, flags).expect("a frame").frame * 4096;
    assert_eq!(
        machine.bus_map(sound, low, 4096, RW).expect("as it is"),
        low
    );
    machine.dma_write(sound, low, b"low").expect("written");
    let mut bytes = [0; 3];
    machine.dma_read(sound, low, &mut bytes).expect("read");
    assert_eq!(&bytes, b"low");
    assert_eq!(machine.bus_device(sound).expect("it").moved, (3, 3));
    machine.bus_unmap(sound, low).expect("nothing to do");
    assert_eq!(
        refused(machine.add_domain(BusTables::Own)),
        BusError::NoSpace
    );
    assert_eq!(
        refused(machine.add_device("none", 0)),
        BusError::AddressLines { bits: 0 }
    );
    // A free frame has no business with devices.
    let stale = BusDenied::Stale { frame: 256 };
    assert_eq!(denied(machine.dma_read(sound, M, &mut bytes)), stale);
}

/// A bus that sees memory at another place, without tables.
#[test]
fn windows_without_tables() {
    let layout = with_bus(
        32,
        None,
        &[("inbound", sized(0x8000_0000, (32 * M).into()), Some(0))],
    );
    let mut machine = machine(&layout);
    let card = machine.add_device("card", 32).expect("a device");
    let frame = machine
        .alloc_pages(0, FrameFlags::default())
        .expect("a frame")
        .frame;
    let at = machine
        .bus_map(card, frame * 4096, 4096, RW)
        .expect("shown");
    assert_eq!(at, 0x8000_0000 + frame * 4096);
    machine.dma_write(card, at, &[7]).expect("written");
    assert_eq!(machine.physical().memory().read(frame * 4096, 1), Ok(7));
    assert_eq!(
        denied(machine.dma_write(card, frame * 4096, &[7])),
        BusDenied::NotMapped
    );
    let upper = machine.bus_map(card, 40 * M, 4096, RW);
    let beyond = BusError::BeyondReach {
        physical: 40 * M,
        bits: 32,
    };
    assert_eq!(refused(upper), beyond);
    let error = refused(machine.add_domain(BusTables::Own));
    assert_eq!(
        error.to_string(),
        "space `bus` has no paging format: its addresses need no tables"
    );
}

/// The tables of a process, shared: the device sees what the process sees, and faults are served.
#[test]
fn tables_of_a_process() {
    let layout = i386(64 * M, 1, true);
    let mut machine = machine(&layout);
    let id = machine.spawn().expect("a process");
    let base = machine
        .mmap(id, None, 8192, RW, Backing::Anon)
        .expect("mapped");
    let domain = machine
        .add_domain(BusTables::Process(id))
        .expect("a domain");
    let gpu = machine.add_device("gpu", 64).expect("a device");
    machine.attach(gpu, Some(domain)).expect("attached");
    machine
        .dma_write(gpu, base + 4090, b"twelve bytes")
        .expect("written");
    let mut bytes = [0; 12];
    machine
        .read_process(id, base + 4090, &mut bytes, Mode::User)
        .expect("read");
    assert_eq!(&bytes, b"twelve bytes");
    assert_eq!(
        denied(machine.dma_read(gpu, 0x1000, &mut bytes)),
        BusDenied::NotMapped
    );
    assert_eq!(
        denied(machine.dma_read(gpu, 0xC000_0000, &mut bytes)),
        BusDenied::Permission
    );
    let shared = BusError::SharedTables { domain };
    assert_eq!(refused(machine.bus_map(gpu, 0x10_0000, 4096, RW)), shared);
    let kernel = machine.add_domain(BusTables::Kernel).expect("a domain");
    machine.attach(gpu, Some(kernel)).expect("attached");
    let object = machine
        .kmalloc(100, FrameFlags::default())
        .expect("an object")
        .address;
    machine.dma_write(gpu, object, &[9]).expect("written");
    let mut byte = [0];
    machine.read_kernel(object, &mut byte).expect("read");
    assert_eq!(byte, [9]);
    machine.exit(id).expect("ended");
    machine.attach(gpu, Some(domain)).expect("attached");
    let gone = machine.dma_read(gpu, base, &mut byte).expect_err("gone");
    assert!(matches!(gone, MachineError::Process(_)), "{gone}");
    machine.check().expect("laws");
}

/// A page that a device writes to is not written out to swap.
#[test]
fn pages_of_devices_stay() {
    let layout = with_bus(48, Some(formats::x86_64()), &[]);
    let mut machine = machine(&layout);
    let domain = machine.add_domain(BusTables::Own).expect("a domain");
    let card = machine.add_device("card", 48).expect("a device");
    machine.attach(card, Some(domain)).expect("attached");
    let id = machine.spawn().expect("a process");
    let base = machine
        .mmap(id, Some(0x40_0000), 3 * 4096, RW, Backing::Anon)
        .expect("mapped");
    let frames = [0, 1, 2].map(|page| {
        let at = base + page * 4096;
        let walk = machine
            .touch(id, at, AccessKind::Write, Mode::User)
            .expect("touched");
        walk.physical / 4096
    });
    machine.add_swap(10, Policy::Fifo);
    let at = machine
        .bus_map(card, frames[0] * 4096, 4096, RW)
        .expect("mapped");
    assert!(machine.evict().expect("no error"), "the second page");
    assert!(machine.evict().expect("no error"), "the third");
    assert!(!machine.evict().expect("no error"), "the first stays");
    assert_eq!(
        machine
            .process(id)
            .expect("it")
            .resident()
            .collect::<Vec<_>>(),
        [base]
    );
    machine.dma_write(card, at, &[1]).expect("written");
    machine.bus_unmap(card, at).expect("unmapped");
    assert!(machine.evict().expect("no error"), "now it may go");
    machine.check().expect("laws");
}

/// Failed mappings leave nothing behind.
#[test]
fn no_frames_for_tables() {
    use mapwright_machine::physical::FailEvery;
    let layout = with_bus(48, Some(formats::x86_64()), &[]);
    let mut machine = machine(&layout);
    let card: DeviceId = machine.add_device("card", 48).expect("a device");
    let frame = machine
        .alloc_pages(0, FrameFlags::default())
        .expect("a frame")
        .frame;
    let before = machine.physical().counts();
    for period in 1..=5 {
        machine
            .physical_mut()
            .interpose(Some(Box::new(FailEvery { period })));
        let made = machine.add_domain(BusTables::Own).and_then(|domain| {
            machine.attach(card, Some(domain))?;
            machine.bus_map(card, frame * 4096, 4096, RW)?;
            Ok(domain)
        });
        assert_eq!(made.is_ok(), period == 5, "a root and three tables");
        machine.physical_mut().interpose(None);
        machine.check().expect("laws");
        machine.attach(card, None).expect("detached");
        let domains: Vec<_> = machine.domains().map(|domain| domain.id()).collect();
        for domain in domains {
            machine.drop_domain(domain).expect("dropped");
        }
        assert_eq!(machine.physical().counts(), before);
    }
}
