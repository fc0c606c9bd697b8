//! The `[machine]` table: memory with holes, what is reserved, devices, processors, limits, TLB and swap.

use mapwright_machine::MachineSpec;
use mapwright_machine::buddy::ListSizes;
use mapwright_machine::spec::{Lists, WatermarkChoice};
use mapwright_machine::swap::Policy;
use mapwright_machine::tables::DirectPages;
use toml::de::{DeTable, DeValue};

use super::constants::Constants;
use super::document::{Item, Reader, get};
use super::memory::Beside;
use super::scope::Scope;
use super::{Described, memory, tlb};
use crate::simulate::scenario_key;
use crate::source::Loc;

const KEYS: &[&str] = &[
    "ram",
    "e820",
    "iomem",
    "reserved",
    "devices",
    "cpus",
    "seed",
    "largest_order",
    "kmalloc_limit",
    "descriptor_bytes",
    "direct_pages",
    "watermarks",
    "protection",
    "cpu_lists",
    "host_limit",
    "end_victims",
    "tlb",
    "swap",
];

/// Reads `[machine]`, or takes what the layout says; `loc` is the whole scenario.
pub(crate) fn read(
    reader: &mut Reader<'_>,
    scope: &Scope<'_>,
    item: Option<Item<'_, '_>>,
    (loc, beside): (Loc, Beside<'_>),
) -> Described {
    let mut described = Described {
        spec: MachineSpec::default(),
        costs: None,
        swap: None,
        ends_victims: false,
        loc,
    };
    let Some(item) = item else {
        return described;
    };
    described.loc = reader.loc(item.span());
    if let Some(table) = reader.table(item) {
        reader.only(table, KEYS, "[machine]");
        let mut constants = Constants { reader, scope };
        memory::memory(&mut constants, table, &mut described.spec);
        for key in ["e820", "iomem"] {
            memory::map_text(&mut constants, table, key, beside, &mut described.spec);
        }
        numbers(&mut constants, table, &mut described.spec);
        words(&mut constants, table, &mut described.spec);
        described.costs = get(table, "tlb").and_then(|(_, item)| tlb::tlb(&mut constants, item));
        described.swap = get(table, "swap").and_then(|(_, item)| swap(&mut constants, item));
        let ends = get(table, "end_victims").and_then(|(_, item)| constants.reader.flag(item));
        described.ends_victims = ends.unwrap_or(false);
    }
    described
}

fn numbers(constants: &mut Constants<'_, '_, '_, '_>, table: &DeTable<'_>, spec: &mut MachineSpec) {
    let small = u64::from(u32::MAX);
    // What fits 32 bits was checked to.
    let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    if let Some(cpus) = constants.key(table, "cpus", 1, 4096) {
        spec.cpus = narrow(cpus);
    }
    if let Some(seed) = constants.key(table, "seed", 0, u64::MAX) {
        spec.seed = seed;
    }
    if let Some(order) = constants.key(table, "largest_order", 0, 20) {
        spec.largest_order = narrow(order);
    }
    if let Some(limit) = constants.key(table, "kmalloc_limit", 8, 1 << 40) {
        spec.kmalloc_limit = limit;
    }
    spec.descriptor_bytes = constants.key(table, "descriptor_bytes", 0, 4096);
    if let Some(protection) = constants.key(table, "protection", 0, small) {
        spec.protection = protection;
    }
    if let Some(limit) = constants.key(table, "host_limit", 0, u64::MAX) {
        spec.host_limit = limit;
    }
}

fn words(constants: &mut Constants<'_, '_, '_, '_>, table: &DeTable<'_>, spec: &mut MachineSpec) {
    let marks = [
        ("linux", WatermarkChoice::Linux),
        ("none", WatermarkChoice::None),
    ];
    if let Some(marks) = constants.word(table, "watermarks", &marks) {
        spec.marks = marks;
    }
    let direct = [
        ("large", DirectPages::Large),
        ("small", DirectPages::Small),
        ("none", DirectPages::None),
    ];
    if let Some(direct) = constants.word(table, "direct_pages", &direct) {
        spec.direct = direct;
    }
    if let Some((_, item)) = get(table, "cpu_lists")
        && let DeValue::Table(sizes) = item.get_ref()
    {
        constants
            .reader
            .only(sizes, &["batch", "high"], "`cpu_lists`");
        let batch = constants.key(sizes, "batch", 0, 1 << 18).unwrap_or(0);
        let high = constants
            .key(sizes, "high", 0, 1 << 20)
            .unwrap_or(batch * 6);
        // Both were checked to be small.
        let (batch, high) = (batch as u32, high as u32);
        spec.lists = Lists::Sizes(ListSizes { batch, high });
        return;
    }
    let lists = [
        ("linux", Lists::Linux),
        ("off", Lists::Sizes(ListSizes::OFF)),
    ];
    if let Some(lists) = constants.word(table, "cpu_lists", &lists) {
        spec.lists = lists;
    }
}

fn swap(constants: &mut Constants<'_, '_, '_, '_>, item: Item<'_, '_>) -> Option<(u64, Policy)> {
    let table = constants.reader.table(item)?;
    constants.reader.only(table, &["pages", "policy"], "`swap`");
    let pages = constants.key(table, "pages", 0, 1 << 40);
    if get(table, "pages").is_none() {
        let loc = constants.reader.loc(item.span());
        let missing = scenario_key::missing("pages", "`swap`", "how many pages fit", loc);
        constants.reader.wrong(missing);
    }
    let words = Policy::ALL.map(|policy| (policy.word(), policy));
    let policy = constants.word(table, "policy", &words).unwrap_or_default();
    Some((pages?, policy))
}
