//! A machine as small as can be with everything in it: 8 MiB, of which 4 are mapped one to one, with a device and
//! a bus.

use crate::formats;
use crate::samples::{range, sized, space};
use mapwright_machine::buddy::ListSizes;
use mapwright_machine::spec::{Lists, WatermarkChoice};
use mapwright_machine::{Machine, MachineSpec};
use mapwright_runtime::Access;
use mapwright_runtime::layout::{
    FixedSlot, Layout, LayoutBuilder, Place, PlaceId, PlaceKind, Sharing, Space, SpaceId, Target,
};

pub(super) const K: u64 = 1 << 10;
pub(super) const M: u64 = 1 << 20;
pub(crate) const PAGE: u64 = 4 * K;
pub(super) const CPUS: u32 = 2;

/// Where the device answers.
pub(crate) const DEVICE: u64 = 0x8000_0000;

struct Small {
    builder: LayoutBuilder,
    linear: SpaceId,
    physical: SpaceId,
}

impl Small {
    fn physical(&mut self, name: &str, kind: PlaceKind, at: u64, end: u64) -> PlaceId {
        let range = range(at.into(), end.into());
        self.builder
            .place(Place::new(name, kind, self.physical, range))
    }

    fn part(&mut self, name: &str, start: u128, end: u128, tables: Sharing) -> PlaceId {
        let part = Place::new(name, PlaceKind::Part, self.linear, range(start, end));
        self.builder.place(Place {
            tables: Some(tables),
            ..part
        })
    }

    fn window(&mut self, name: &str, parent: PlaceId, at: u64, bytes: u64, target: Target) {
        let window = Place::new(
            name,
            PlaceKind::Window,
            self.linear,
            sized(at, bytes.into()),
        );
        self.builder.place(Place {
            parent: Some(parent),
            target,
            access: Access::new(true, true, false),
            ..window
        });
    }

    fn area(&mut self, name: &str, parent: PlaceId, at: u64, end: u64, letters: &str, grows: &str) {
        let area = Place::new(
            name,
            PlaceKind::Area,
            self.linear,
            range(at.into(), end.into()),
        );
        let attrs = if grows.is_empty() {
            Vec::new()
        } else {
            vec![("grows".to_string(), grows.to_string())]
        };
        self.builder.place(Place {
            parent: Some(parent),
            access: Access::from_letters(letters).expect("rights"),
            attrs,
            ..area
        });
    }
}

fn slot(name: &str, count: u64, first_index: u64) -> FixedSlot {
    FixedSlot {
        name: name.into(),
        count,
        first_index,
    }
}

/// The layout: three zones, a direct map of one large page, 256 KiB for areas, four slots.
pub(crate) fn layout() -> Layout {
    let mut builder = LayoutBuilder::new("small");
    let cpu = builder.format(formats::x86_32_pse36());
    let iommu = builder.format(formats::x86_64());
    let physical = builder.space(space("physical", 36));
    let to = Some(physical);
    let linear = builder.space(Space {
        to,
        format: Some(cpu),
        ..space("linear", 32)
    });
    builder.space(Space {
        to,
        format: Some(iommu),
        ..space("bus", 48)
    });
    let mut small = Small {
        builder,
        linear,
        physical,
    };
    let user = small.part("user", 0, 3 << 30, Sharing::PerProcess);
    let kernel = small.part("kernel", 3 << 30, 1 << 32, Sharing::Shared);
    let mut zones = vec![
        small.physical("DMA", PlaceKind::Zone, 0, M),
        small.physical("NORMAL", PlaceKind::Zone, M, 4 * M),
        small.physical("HIGHMEM", PlaceKind::Zone, 4 * M, 8 * M),
    ];
    zones.reverse();
    small.physical("kernel_image", PlaceKind::Reserve, 64 * K, 128 * K);
    small.physical("card", PlaceKind::Device, DEVICE, DEVICE + 64 * K);
    let at = Target::Linear {
        space: physical,
        at: 0,
        repeat: None,
    };
    small.window("lowmem", kernel, 3 << 30, 4 * M, at);
    let pages = Target::Pages {
        zones: zones.clone(),
        or_device: true,
        guard: PAGE,
    };
    small.window("vmalloc", kernel, 0xF000_0000, 256 * K, pages);
    small.window(
        "pkmap",
        kernel,
        0xFF80_0000,
        4 * PAGE,
        Target::Slots { count: 4, zones },
    );
    small.builder.constant("NR_CPUS", CPUS.into());
    let slots = vec![slot("APIC", 1, 0), slot("KMAP", 3 * u64::from(CPUS), 1)];
    let bytes = (1 + 3 * u64::from(CPUS)) * PAGE;
    small.window(
        "fixmap",
        kernel,
        0xFFFF_F000 - bytes,
        bytes,
        Target::Fixed { slots },
    );
    small.area("text", user, 0x0804_8000, 0x0804_C000, "rx", "");
    small.area("data", user, 0x0814_8000, 0x0815_0000, "rw", "");
    small.area("heap", user, 0x0824_8000, 0x0834_8000, "rw", "up");
    small.area("mmap", user, 0x4000_0000, 0x4010_0000, "rw", "down");
    small.area("stack", user, 0xBFF0_0000, 0xC000_0000, "rw", "down");
    small.builder.finish().expect("a layout")
}

/// A machine: with or without lists, watermarks and protection of low zones, as the number says.
pub(crate) fn machine(layout: &Layout, number: u64) -> Machine {
    let lists = if number & 1 == 0 {
        ListSizes::OFF
    } else {
        ListSizes { batch: 3, high: 10 }
    };
    let spec = MachineSpec {
        cpus: CPUS,
        seed: number,
        largest_order: 9,
        kmalloc_limit: 16 * K,
        marks: if number & 2 == 0 {
            WatermarkChoice::None
        } else {
            WatermarkChoice::Linux
        },
        protection: if number & 4 == 0 { 0 } else { 32 },
        lists: Lists::Sizes(lists),
        host_limit: 64 * M,
        ..MachineSpec::default()
    };
    Machine::new(layout, &spec).expect("a machine")
}
