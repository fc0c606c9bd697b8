//! `linux/x86_64` against Linux's own tables and against machines.

use super::facts::{Machine, Table, machines, tables};
use super::instance::{Bundled, Instance};
use mapwright_runtime::translate::Translation;

/// The layout's value for one of the kernel's names; `None` when what it names does not exist.
fn value(layout: &Instance, name: &str) -> Option<u64> {
    match name {
        "PAGE_OFFSET" => layout.start("direct"),
        "high_memory" => layout.end("direct"),
        "LDT_BASE_ADDR" => layout.start("ldt"),
        "VMALLOC_START" => layout.start("vmalloc"),
        // Inclusive here.
        "VMALLOC_END" => layout.last("vmalloc"),
        "VMEMMAP_START" => layout.start("vmemmap"),
        "CPU_ENTRY_AREA_BASE" => layout.start("cpu_entry_area"),
        "ESPFIX_BASE" => layout.start("espfix"),
        "EFI_VA_END" => layout.start("efi_runtime"),
        "START_KERNEL_MAP" => layout.start("kernel_text"),
        "MODULES_VADDR" => layout.start("modules"),
        "MODULES_END" => layout.end("modules"),
        "FIXADDR_START" => layout.start("fixmap"),
        _ => panic!("no rule for {name}"),
    }
}

/// Compares a machine with the layout: how many values, and what differs.
fn compare(machine: &Machine, layout: &Instance) -> (usize, Vec<String>) {
    let mut wrong = machine.differences(|name| value(layout, name));
    for (zone, start, end) in &machine.zones {
        let ours = layout.frames(zone);
        // Frame 0 is left out of the lowest zone.
        if ours != Some((if *start == 1 { 0 } else { *start }, *end)) {
            wrong.push(format!(
                "{}: {zone} was {start}..{end}, the layout says {ours:?}",
                machine.name
            ));
        }
    }
    let runs = [("direct", &machine.direct), ("kernel_text", &machine.text)];
    for (window, [address, physical, size]) in runs
        .iter()
        .flat_map(|(window, runs)| runs.iter().map(move |r| (window, *r)))
    {
        for offset in [0, size / 2, size - 1] {
            if !layout.maps(address + offset, physical + offset, window) {
                wrong.push(format!(
                    "{}: {:#x} was {:#x} in {window}",
                    machine.name,
                    address + offset,
                    physical + offset
                ));
            }
        }
    }
    (
        machine.observed.len()
            + 2 * machine.zones.len()
            + machine.direct.len()
            + machine.text.len(),
        wrong,
    )
}

#[test]
fn every_machine_is_explained() {
    let bundled = Bundled::new("linux/x86_64");
    let (mut values, mut wrong) = (0, Vec::new());
    for machine in machines(include_str!("x86_64.json")) {
        let (count, differences) = compare(&machine, &bundled.with(&machine.set));
        values += count;
        wrong.extend(differences);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(values >= 110, "only {values} values were compared");
}

/// First and last address of what a row of the documentation names.
fn row(layout: &Instance, name: &str) -> Option<(u64, u64)> {
    let place = match name {
        "guard" | "guard_hypervisor" => "guard_hole",
        "ldt_remap" => "ldt",
        "espfix_stacks" => "espfix",
        // With five levels most of it is beyond what can be memory.
        "direct" => {
            let last = layout
                .last("direct_spare")
                .or_else(|| layout.last("direct"));
            return layout.start("direct").zip(last);
        }
        other => other,
    };
    layout.start(place).zip(layout.last(place))
}

/// A hole faults at both ends.
fn is_hole(layout: &Instance, first: u64, last: u64) -> bool {
    [first, last]
        .iter()
        .all(|address| matches!(layout.translate(*address), Translation::Fault(_)))
}

fn compare_row(
    table: &Table,
    layout: &Instance,
    name: &str,
    first: u64,
    last: u64,
) -> Option<String> {
    let right = if name == "hole" {
        is_hole(layout, first, last)
    } else {
        row(layout, name) == Some((first, last))
    };
    let documented = table.not_so.iter().any(|(row, _)| row == name);
    let what = format!("{}: {name} {first:#x}..={last:#x}", table.name);
    match (right, documented) {
        (false, false) => Some(format!("{what}: the layout says {:x?}", row(layout, name))),
        (true, true) => Some(format!("{what} is listed as not so, but it is")),
        _ => None,
    }
}

#[test]
fn the_documented_tables_are_the_layouts() {
    let bundled = Bundled::new("linux/x86_64");
    let (mut rows, mut wrong) = (0, Vec::new());
    for table in tables(include_str!("x86_64-tables.json")) {
        let layout = bundled.with(&table.set);
        for (name, first, last) in &table.rows {
            rows += 1;
            wrong.extend(compare_row(&table, &layout, name, *first, *last));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(rows, 46);
}

/// espfix shows a frame once for every value of bits 31:16.
#[test]
fn espfix_repeats() {
    let layout = Bundled::new("linux/x86_64").with(&[]);
    let base = layout.start("espfix").expect("espfix is there");
    for copy in [0_u64, 1, 2, 0x1234, 0xffff] {
        assert!(
            layout.maps(base + (copy << 16) + 0x3abc, 0x100_3abc, "espfix_stacks"),
            "copy {copy}"
        );
    }
    assert!(!layout.maps(base + (0x1_0000 << 16), 0x100_0000, "espfix_stacks"));
}
