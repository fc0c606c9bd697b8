//! `linux/i386` against machines and against the kernel's headers.

use super::dice::Dice;
use super::facts::{Machine, machines};
use super::headers::Kernel;
use super::instance::{Bundled, Instance};

const PAGE: u64 = 4096;

/// The layout's value for one of the kernel's names; `None` when what it names does not exist.
fn value(layout: &Instance, name: &str) -> Option<u64> {
    match name {
        "PAGE_OFFSET" => layout.start("lowmem"),
        "high_memory" => layout.end("lowmem"),
        "VMALLOC_START" => layout.start("vmalloc"),
        "VMALLOC_END" => layout.end("vmalloc"),
        "PKMAP_BASE" => layout.start("pkmap"),
        "PKMAP_END" => layout.end("pkmap"),
        "LDT_BASE_ADDR" => layout.start("ldt"),
        "CPU_ENTRY_AREA_BASE" => layout.start("cpu_entry_area"),
        "FIXADDR_START" => layout.start("fixmap"),
        "FIXADDR_TOP" => layout.end("fixmap"),
        _ => panic!("no rule for {name}"),
    }
}

/// Compares a machine with the layout: how many values, and what differs.
fn compare(machine: &Machine, layout: &Instance) -> (usize, Vec<String>) {
    let mut wrong = machine.differences(|name| value(layout, name));
    for (zone, start, end) in &machine.zones {
        let ours = layout.frames(zone);
        // An empty zone is not there. Later kernels leave frame 0 out of the lowest zone.
        let right = match ours {
            None => start == end,
            Some((ours_start, ours_end)) => {
                ours_end == *end && (ours_start == *start || ours_start == 0 && *start == 1)
            }
        };
        if !right {
            wrong.push(format!(
                "{}: {zone} was {start}..{end}, the layout says {ours:?}",
                machine.name
            ));
        }
    }
    (machine.observed.len() + 2 * machine.zones.len(), wrong)
}

#[test]
fn every_machine_is_explained() {
    let bundled = Bundled::new("linux/i386");
    let (mut values, mut wrong) = (0, Vec::new());
    for machine in machines(include_str!("i386.json")) {
        let (count, differences) = compare(&machine, &bundled.with(&machine.set));
        values += count;
        wrong.extend(differences);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(values >= 575, "only {values} values were compared");
}

#[test]
fn the_headers_give_the_same_addresses() {
    let bundled = Bundled::new("linux/i386");
    let mut dice = Dice::new(0x1386);
    for _ in 0..1_000 {
        let kernel = Kernel::any(&mut dice);
        let (map, layout) = (kernel.map(), bundled.with(&kernel.set()));
        assert_eq!(
            layout.range("lowmem"),
            Some((kernel.page_offset, map.high_memory)),
            "lowmem of {kernel:?}"
        );
        assert_eq!(
            layout.range("vmalloc"),
            Some(map.vmalloc),
            "vmalloc of {kernel:?}"
        );
        assert_eq!(layout.range("pkmap"), map.pkmap, "pkmap of {kernel:?}");
        assert_eq!(layout.range("ldt"), map.ldt, "ldt of {kernel:?}");
        assert_eq!(
            layout.range("cpu_entry_area"),
            map.cpu_entry,
            "cpu_entry_area of {kernel:?}"
        );
        assert_eq!(
            layout.range("fixmap"),
            Some(map.fixmap),
            "fixmap of {kernel:?}"
        );
        let dma_pfn = if kernel.zone_dma { 4096 } else { 0 };
        let frames = |start, end| (start != end).then_some((start, end));
        assert_eq!(
            layout.frames("DMA"),
            frames(0, dma_pfn),
            "DMA of {kernel:?}"
        );
        assert_eq!(
            layout.frames("NORMAL"),
            frames(dma_pfn, map.max_low_pfn),
            "NORMAL of {kernel:?}"
        );
        assert_eq!(
            layout.frames("HIGHMEM"),
            frames(map.max_low_pfn, map.max_pfn),
            "HIGHMEM of {kernel:?}"
        );
    }
}

fn owned(set: &[(&str, &str)]) -> Vec<(String, String)> {
    set.iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn fixed_slots_are_where_fix_to_virt_puts_them() {
    let bundled = Bundled::new("linux/i386");
    let slot = |set: &[(&str, &str)], name: &str, member: u64| {
        bundled.with(&owned(set)).slot("fixmap", name, member)
    };
    let top = 0xffff_f000;
    // FIX_HOLE 0, FIX_DBGP_BASE 1, FIX_EARLYCON_MEM_BASE 2, FIX_APIC_BASE 3, FIX_IO_APIC_BASE_0 4 .. 67, FIX_KMAP_BEGIN 68.
    assert_eq!(slot(&[], "APIC_BASE", 0), Some(top - 3 * PAGE));
    assert_eq!(slot(&[], "IO_APIC", 63), Some(top - 67 * PAGE));
    assert_eq!(slot(&[], "KMAP", 0), Some(top - 68 * PAGE));
    // FIX_VDSO 1 pushes everything down by one.
    assert_eq!(slot(&[("KERNEL", "v3.14")], "VDSO", 0), Some(top - PAGE));
    assert_eq!(
        slot(&[("KERNEL", "v3.14")], "APIC_BASE", 0),
        Some(top - 4 * PAGE)
    );
    assert_eq!(slot(&[], "VDSO", 0), None);
}

#[test]
fn the_textbook_is_the_plain_old_kernel() {
    let book = Bundled::new("linux/i386-3g1g");
    let linux = Bundled::new("linux/i386");
    for ram in ["32M", "512M", "880M", "896M", "1G", "2G", "4G"] {
        let book = book.with(&owned(&[("RAM", ram)]));
        let linux = linux.with(&owned(&[
            ("RAM", ram),
            ("KERNEL", "v2.6.20"),
            ("NR_CPUS", "1"),
            ("FIX_OTHERS", "9"),
        ]));
        for name in ["lowmem", "pkmap", "fixmap"] {
            assert_eq!(book.range(name), linux.range(name), "{name} with {ram}");
        }
        for zone in ["DMA", "NORMAL", "HIGHMEM"] {
            assert_eq!(book.frames(zone), linux.frames(zone), "{zone} with {ram}");
        }
        assert_eq!(
            book.end("vmalloc"),
            linux.end("vmalloc"),
            "the end of vmalloc with {ram}"
        );
        // The book's gap is 8M; the kernel's then ended at a multiple of 8M.
        let rounded = book
            .start("vmalloc")
            .map(|start| start.next_multiple_of(8 << 20));
        assert_eq!(
            linux.start("vmalloc"),
            rounded,
            "the start of vmalloc with {ram}"
        );
    }
}
