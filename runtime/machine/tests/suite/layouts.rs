//! The textbook's 32-bit machine, and a 64-bit one, as layouts.

use super::formats;
use crate::samples::{Draft, range, sized};
use mapwright_runtime::Access;
use mapwright_runtime::layout::{
    DescriptorTable, FixedSlot, Layout, Place, PlaceId, PlaceKind, Segment, SegmentClass, Sharing,
    Target,
};

const M: u64 = 1 << 20;

fn slot(name: &str, count: u64, first_index: u64) -> FixedSlot {
    FixedSlot {
        name: name.into(),
        count,
        first_index,
    }
}

fn area(draft: &mut Draft, user: PlaceId, name: &str, at: (u64, u64), attrs: &[(&str, &str)]) {
    let letters = if name == "text" { "rx" } else { "rw" };
    let area = Place {
        parent: Some(user),
        access: Access::from_letters(letters).expect("rights"),
        attrs: attrs
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()))
            .collect(),
        ..Place::new(
            name,
            PlaceKind::Area,
            draft.space,
            range(at.0.into(), at.1.into()),
        )
    };
    draft.builder.place(area);
}

fn segment(name: &str, index: u16, class: SegmentClass, dpl: u8, limit: u64) -> Segment {
    Segment {
        name: name.into(),
        table: DescriptorTable::Gdt,
        index,
        class,
        base: 0,
        limit,
        dpl,
        declared_at: String::new(),
        doc: String::new(),
    }
}

/// 3G/1G with `ram` bytes: 896M mapped one to one at most, `highmem` says whether the rest is a zone.
pub(crate) fn i386(ram: u64, cpus: u64, highmem: bool) -> Layout {
    let mut draft = Draft::new("i386", 32, 32, Some(formats::x86_32_pse36()));
    let low = ram.min(896 * M);
    let user = draft.part("user", range(0, 3 << 30), Some(Sharing::PerProcess));
    let kernel = draft.part("kernel", range(3 << 30, 1 << 32), Some(Sharing::Shared));
    let mut zones = vec![draft.zone("DMA", range(0, (16 * M).into()))];
    if low > 16 * M {
        zones.push(draft.zone("NORMAL", range((16 * M).into(), low.into())));
    }
    if ram > low && highmem {
        zones.push(draft.zone("HIGHMEM", range(low.into(), ram.into())));
    }
    zones.reverse();
    draft.linear("lowmem", Some(kernel), sized(3 << 30, low.into()), 0);
    let end = (3 << 30) + u128::from(low);
    draft.guard("gap", kernel, range(end, end + u128::from(8 * M)));
    let vmalloc = Target::Pages {
        zones: zones.clone(),
        or_device: true,
        guard: 0x1000,
    };
    let vmalloc_range = range(end + u128::from(8 * M), 0xFF7F_E000);
    draft.window("vmalloc", Some(kernel), vmalloc_range, vmalloc);
    let pkmap = Target::Slots {
        count: 1024,
        zones: zones.clone(),
    };
    draft.window("pkmap", Some(kernel), sized(0xFF80_0000, 4 << 20), pkmap);
    let kmap = 13 * cpus;
    draft.builder.constant("NR_CPUS", cpus.into());
    let slots = vec![
        slot("VDSO", 1, 0),
        slot("APIC", 1, 1),
        slot("KMAP", kmap, 2),
    ];
    let pages = u128::from(kmap + 2);
    let fixmap = range(0xFFFF_F000 - pages * 0x1000, 0xFFFF_F000);
    draft.window("fixmap", Some(kernel), fixmap, Target::Fixed { slots });
    area(
        &mut draft,
        user,
        "text",
        (0x0804_8000, 0x0814_8000),
        &[("backing", "file")],
    );
    area(
        &mut draft,
        user,
        "data",
        (0x0814_8000, 0x0824_8000),
        &[("backing", "file")],
    );
    area(
        &mut draft,
        user,
        "heap",
        (0x0824_8000, 0x4000_0000),
        &[("grows", "up")],
    );
    area(
        &mut draft,
        user,
        "mmap",
        (0x4000_0000, 0xB800_0000),
        &[("grows", "down")],
    );
    area(
        &mut draft,
        user,
        "stack",
        (0xBF80_0000, 0xC000_0000),
        &[("grows", "down")],
    );
    let flat = 1 << 32;
    for (name, index, class, dpl, limit) in [
        ("kernel_code", 12, SegmentClass::Code, 0, flat),
        ("kernel_data", 13, SegmentClass::Data, 0, flat),
        ("user_code", 14, SegmentClass::Code, 3, flat),
        ("user_data", 15, SegmentClass::Data, 3, flat),
        ("small", 20, SegmentClass::Data, 3, 0x1000),
    ] {
        let mut one = segment(name, index, class, dpl, limit);
        one.base = if name == "small" { 0x0800_0000 } else { 0 };
        draft.builder.segment(one);
    }
    draft.finish()
}

/// The classic 64-bit table with all memory mapped one to one, and descriptors of frames.
pub(crate) fn x86_64(ram: u64) -> Layout {
    let mut draft = Draft::new("x86_64", 64, 46, Some(formats::x86_64()));
    let user = draft.part("user", range(0, 1 << 47), Some(Sharing::PerProcess));
    let middle = range(1 << 47, 0xffff_8000_0000_0000);
    draft.part("middle", middle, None);
    let kernel = range(0xffff_8000_0000_0000, 1 << 64);
    let kernel = draft.part("kernel", kernel, Some(Sharing::Shared));
    let dma = draft.zone("DMA", range(0, (16 * M).into()));
    let dma32 = draft.zone("DMA32", range((16 * M).into(), ram.min(4 << 30).into()));
    let mut zones = vec![dma32, dma];
    if ram > 4 << 30 {
        zones.insert(0, draft.zone("NORMAL", range(4 << 30, ram.into())));
    }
    draft.linear(
        "direct",
        Some(kernel),
        sized(0xffff_8800_0000_0000, ram.into()),
        0,
    );
    let pages = Target::Pages {
        zones,
        or_device: true,
        guard: 0x1000,
    };
    draft.window(
        "vmalloc",
        Some(kernel),
        sized(0xffff_c900_0000_0000, 32 << 40),
        pages,
    );
    let table = Target::Table {
        element: 64,
        per: 4096,
        of: draft.physical,
    };
    draft.window(
        "vmemmap",
        Some(kernel),
        sized(0xffff_ea00_0000_0000, 1 << 40),
        table,
    );
    area(&mut draft, user, "text", (0x40_0000, 0x50_0000), &[]);
    area(&mut draft, user, "data", (0x50_0000, 0x60_0000), &[]);
    area(
        &mut draft,
        user,
        "heap",
        (0x60_0000, 1 << 40),
        &[("grows", "up")],
    );
    area(&mut draft, user, "mmap", (1 << 40, 0x7fff_0000_0000), &[]);
    draft.finish()
}
