//! Tables as `/proc` shows them.
//!
//! Sources: `frag_show_print` and `zoneinfo_show_print` of mm/vmstat.c, `s_show` of mm/vmalloc.c, `show_map_vma` of
//! fs/proc/task_mmu.c, `cache_show` of mm/slab_common.c of Linux 6.1. What the simulation does not have (statistics of
//! the page cache, callers of vmalloc, inodes) is left out or 0, as the kernel itself does without the configuration.

use std::fmt::Write as _;

use mapwright_machine::buddy::{Zone, ZoneId};
use mapwright_machine::memory::MemoryKind;
use mapwright_machine::process::{AreaGrowth, Backing, ProcessId, VmArea};
use mapwright_machine::window::{Area, AreaUse, AreaWindow};
use mapwright_runtime::Range;

use super::outcome::Refusal;
use super::world::World;

/// What a checkpoint can show.
pub(super) const NAMES: &[&str] = &[
    "buddyinfo",
    "zoneinfo",
    "vmallocinfo",
    "slabinfo",
    "maps",
    "meminfo",
    "swaps",
    "tlb",
];

/// One of the tables.
pub(super) fn print(
    world: &World<'_>,
    name: &str,
    process: Option<ProcessId>,
) -> Result<String, Refusal> {
    Ok(match name {
        "buddyinfo" => buddyinfo(world),
        "zoneinfo" => zoneinfo(world),
        "vmallocinfo" => vmallocinfo(world),
        "slabinfo" => slabinfo(world),
        "meminfo" => meminfo(world),
        "swaps" => swaps(world),
        "tlb" => tlb(world),
        _ => match process {
            Some(id) => maps(world, id)?,
            None => {
                let why = "is missing: `maps` is of a process";
                return Err(Refusal::argument("process", why));
            }
        },
    })
}

/// A zone without frames is not shown.
fn populated<'s>(world: &'s World<'_>) -> impl Iterator<Item = (ZoneId, &'s Zone)> {
    let zones = world.machine.physical().zones();
    zones.iter().filter(|(_, zone)| zone.managed_frames() != 0)
}

fn buddyinfo(world: &World<'_>) -> String {
    let mut text = String::new();
    for (_, zone) in populated(world) {
        let _ = write!(text, "Node 0, zone {:>8} ", zone.name());
        for blocks in zone.blocks().free_by_order() {
            let _ = write!(text, "{blocks:6} ");
        }
        text.push('\n');
    }
    text
}

/// The first frame of memory in a zone as the layout has it, how many frames its memory spans, and how many of them are
/// memory, reserved or not.
fn extent(world: &World<'_>, zone: &Zone) -> (u64, u64, u64) {
    let memory = world.machine.physical().memory();
    let page = u128::from(memory.frame_bytes());
    let Some(place) = world.layout.place_named(zone.name()) else {
        return (zone.spec().first, 0, 0);
    };
    let range = world.layout.place(place).range;
    let here = memory.map().overlapping(range).filter_map(|one| {
        let is_memory = one.kind != MemoryKind::Device;
        one.range.intersection(range).filter(|_| is_memory)
    });
    let here: Vec<Range> = here.collect();
    let first = here.first().map_or(0, |one| u128::from(one.base()) / page);
    let end = here.last().map_or(0, |one| one.end() / page);
    let present = here.iter().map(|one| one.size()).sum::<u128>() / page;
    // Frame numbers fit: addresses have 64 bits.
    let narrow = |number: u128| u64::try_from(number).unwrap_or(u64::MAX);
    let spanned = end.saturating_sub(first);
    (narrow(first), narrow(spanned), narrow(present))
}

fn zoneinfo(world: &World<'_>) -> String {
    let zones = world.machine.physical().zones();
    let mut text = String::new();
    for (id, zone) in populated(world) {
        let spec = zone.spec();
        let marks = spec.watermarks;
        let (first, spanned, present) = extent(world, zone);
        // The kernel counts what waits on the lists of processors as not free.
        let free = zone.free_frames();
        let _ = writeln!(text, "Node 0, zone {:>8}", zone.name());
        let _ = writeln!(text, "  pages free     {free}");
        let rows = [
            ("boost", 0),
            ("min", marks.min),
            ("low", marks.low),
            ("high", marks.high),
            ("spanned", spanned),
            ("present", present),
            ("managed", zone.managed_frames()),
            ("cma", 0),
        ];
        for (name, value) in rows {
            let _ = writeln!(text, "        {name:<8} {value}");
        }
        let kept = zones.protection_of(id).iter();
        let kept: Vec<String> = kept.map(ToString::to_string).collect();
        let _ = writeln!(text, "        protection: ({})", kept.join(", "));
        let _ = writeln!(text, "      nr_free_pages {free}");
        text.push_str("  pagesets\n");
        for cpu in 0..world.machine.cpus() {
            let _ = writeln!(text, "    cpu: {cpu}");
            let _ = writeln!(text, "              count: {}", zone.listed_on(cpu));
            let _ = writeln!(text, "              high:  {}", spec.lists.high);
            let _ = writeln!(text, "              batch: {}", spec.lists.batch);
        }
        let _ = writeln!(text, "  node_unreclaimable:  0");
        let _ = writeln!(text, "  start_pfn:           {first}");
    }
    text
}

/// Hexadecimal digits of a pointer.
fn pointer_digits(world: &World<'_>) -> usize {
    if world.layout.space(world.machine.space()).bits <= 32 {
        8
    } else {
        16
    }
}

fn vmallocinfo(world: &World<'_>) -> String {
    let mut all: Vec<(&AreaWindow, &Area)> = world
        .machine
        .area_windows()
        .flat_map(|window| window.areas().map(move |area| (window, area)))
        .collect();
    all.sort_unstable_by_key(|(_, area)| area.start);
    let digits = pointer_digits(world);
    let physical = world.machine.physical_space();
    let bits = world.layout.space(physical).bits;
    let phys_digits = if bits <= 32 { 8 } else { 16 };
    let mut text = String::new();
    for (window, area) in all {
        // The kernel counts the guard page in.
        let bytes = area.bytes.saturating_add(window.guard);
        let end = area.start.wrapping_add(bytes);
        let start = area.start;
        let _ = write!(text, "0x{start:0digits$x}-0x{end:0digits$x} {bytes:7}");
        let _ = match &area.used {
            AreaUse::Frames(frames) => writeln!(text, " pages={} vmalloc", frames.len()),
            AreaUse::Device(at) => writeln!(text, " phys=0x{at:0phys_digits$x} ioremap"),
            AreaUse::Borrowed(at) => writeln!(text, " phys=0x{at:0phys_digits$x} vmap"),
        };
    }
    text
}

fn slabinfo(world: &World<'_>) -> String {
    let mut text = String::from("slabinfo - version: 2.1\n");
    text.push_str(
        "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : \
         tunables <limit> <batchcount> <sharedfactor> : \
         slabdata <active_slabs> <num_slabs> <sharedavail>\n",
    );
    for cache in world.machine.slabs().caches() {
        let (info, shape) = (cache.info(), cache.shape());
        let _ = writeln!(
            text,
            "{:<17} {:6} {:6} {:6} {:4} {:4} : tunables {:4} {:4} {:4} : slabdata {:6} {:6} {:6}",
            cache.spec().name,
            info.active,
            info.objects,
            shape.stride,
            shape.objects,
            1_u64 << shape.order,
            0,
            0,
            0,
            info.partial + info.full,
            info.empty + info.partial + info.full,
            0
        );
    }
    text
}

/// What the name of an area is in the last column.
fn map_name(area: &VmArea) -> String {
    match (area.name.as_str(), area.backing, area.growth) {
        ("anon" | "mmap" | "bss", _, _) => String::new(),
        (_, _, AreaGrowth::Down(_)) => "[stack]".into(),
        (name @ ("heap" | "vdso" | "stack"), _, _) => format!("[{name}]"),
        (name, Backing::File, _) => name.to_string(),
        (name, Backing::Anon, _) => format!("[{name}]"),
    }
}

fn maps(world: &World<'_>, id: ProcessId) -> Result<String, Refusal> {
    // seq_setwidth(m, 25 + sizeof(void *) * 6 - 1), and a blank before the name.
    let column = 25 + 6 * pointer_digits(world) / 2 - 1;
    let mut text = String::new();
    for area in world.machine.process(id)?.areas() {
        let letter = |has: bool, letter: char| if has { letter } else { '-' };
        let rights: String = [
            letter(area.access.read, 'r'),
            letter(area.access.write, 'w'),
            letter(area.access.execute, 'x'),
            'p',
        ]
        .into_iter()
        .collect();
        let (start, end) = (area.range.base(), area.range.end());
        let line = format!("{start:08x}-{end:08x} {rights} 00000000 00:00 0");
        let name = map_name(area);
        let _ = match name.as_str() {
            "" => writeln!(text, "{line} "),
            name => writeln!(text, "{line:column$} {name}"),
        };
    }
    Ok(text)
}

fn meminfo(world: &World<'_>) -> String {
    let physical = world.machine.physical();
    let counts = physical.counts();
    let kilobytes = |frames: u64| u128::from(frames) * u128::from(world.machine.page()) / 1024;
    let swap = world.machine.swap();
    let areas = world.machine.area_windows().flat_map(AreaWindow::areas);
    let vmalloc = areas.filter_map(|area| match &area.used {
        AreaUse::Frames(frames) => Some(frames.len() as u64),
        _ => None,
    });
    let processes = world.machine.processes();
    let tables = processes.map(|process| process.tables().tables());
    let tables: u64 = tables.sum::<u64>() + world.machine.kernel_tables().tables();
    let rows = [
        ("MemTotal:", counts.free + counts.used),
        ("MemFree:", counts.free),
        ("SwapTotal:", swap.map_or(0, |swap| swap.capacity())),
        (
            "SwapFree:",
            swap.map_or(0, |swap| swap.capacity() - swap.used()),
        ),
        ("PageTables:", tables),
        ("VmallocUsed:", vmalloc.sum()),
    ];
    let mut text = String::new();
    for (name, frames) in rows {
        let _ = writeln!(text, "{name:<16}{:8} kB", kilobytes(frames));
    }
    text
}

fn swaps(world: &World<'_>) -> String {
    let mut text = String::from("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n");
    if let Some(swap) = world.machine.swap() {
        let page = world.machine.page() / 1024;
        let (size, used) = (swap.capacity() * page, swap.used() * page);
        let _ = writeln!(text, "{:<40}partition\t{size}\t\t{used}\t\t-2", "simulated");
    }
    text
}

fn tlb(world: &World<'_>) -> String {
    let counts = world.machine.tlb_counts();
    let mut text = String::new();
    let _ = writeln!(text, "accesses {}", counts.accesses);
    for (at, hits) in counts.hits.iter().enumerate() {
        let _ = writeln!(text, "hits L{}  {hits}", at + 1);
    }
    let _ = writeln!(text, "misses   {}", counts.misses);
    let _ = writeln!(text, "reads    {}", counts.reads);
    let _ = writeln!(text, "flushes  {}", counts.flushes);
    let _ = writeln!(text, "cycles   {}", counts.cycles);
    text
}
