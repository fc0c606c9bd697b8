//! The TLB of a machine's processors, and what things cost.

use std::collections::BTreeSet;

use mapwright_machine::cost::CostModel;
use mapwright_machine::tlb::{TlbLevelSpec, TlbSpec};
use mapwright_runtime::layout::Layout;

use super::constants::Constants;
use super::document::{Item, get};
use crate::simulate::scenario_key;

const TLB_KEYS: &[&str] = &[
    "levels",
    "tagged",
    "walk_cache",
    "read_cycles",
    "flush_cycles",
    "access_cycles",
    "switch_cycles",
    "call_cycles",
    "fault_cycles",
];

/// The TLB of every processor, and what things cost.
pub(super) fn tlb(
    constants: &mut Constants<'_, '_, '_, '_>,
    item: Item<'_, '_>,
) -> Option<CostModel> {
    let table = constants.reader.table(item)?;
    constants.reader.only(table, TLB_KEYS, "`tlb`");
    let levels = match get(table, "levels") {
        Some((_, item)) => constants.reader.array(item)?,
        None => {
            let loc = constants.reader.loc(item.span());
            let does = "the levels, the first one looked at first";
            let missing = scenario_key::missing("levels", "`tlb`", does, loc);
            constants.reader.wrong(missing);
            return None;
        }
    };
    let levels = levels.into_iter().enumerate();
    let levels: Vec<Option<TlbLevelSpec>> = levels
        .map(|(at, item)| tlb_level(constants, at, item))
        .collect();
    let tagged = get(table, "tagged").and_then(|(_, item)| constants.reader.flag(item));
    let usual = CostModel::with_tlb(TlbSpec::default());
    let mut cycles = |key, usual| constants.key(table, key, 0, 1 << 20).unwrap_or(usual);
    Some(CostModel {
        access_cycles: cycles("access_cycles", usual.access_cycles),
        switch_cycles: cycles("switch_cycles", usual.switch_cycles),
        call_cycles: cycles("call_cycles", usual.call_cycles),
        fault_cycles: cycles("fault_cycles", usual.fault_cycles),
        tlb: TlbSpec {
            // It was checked to be small.
            walk_cache: cycles("walk_cache", 0) as u32,
            read_cycles: cycles("read_cycles", usual.tlb.read_cycles),
            flush_cycles: cycles("flush_cycles", usual.tlb.flush_cycles),
            levels: levels.into_iter().collect::<Option<_>>()?,
            tagged: tagged.unwrap_or(false),
        },
    })
}

fn tlb_level(
    constants: &mut Constants<'_, '_, '_, '_>,
    at: usize,
    item: Item<'_, '_>,
) -> Option<TlbLevelSpec> {
    let table = constants.reader.table(item)?;
    let known = ["name", "entries", "ways", "pages", "hit_cycles"];
    constants.reader.only(table, &known, "a level of the TLB");
    let name = get(table, "name").and_then(|(_, item)| constants.reader.text(item));
    let entries = constants.key(table, "entries", 1, 1 << 20).unwrap_or(64);
    let ways = constants.key(table, "ways", 1, 1 << 20).unwrap_or(entries);
    let page_sizes = match get(table, "pages") {
        Some((_, item)) => {
            let items = constants.reader.one_or_more(item).into_iter();
            let sizes = items.map(|item| constants.number(item, 1, 1 << 62));
            // Every mistake is told, not only the first.
            let sizes: Vec<Option<u64>> = sizes.collect();
            sizes.into_iter().collect::<Option<Vec<u64>>>()?
        }
        None => all_page_sizes(constants.scope.layout),
    };
    let name = name.map_or_else(|| format!("L{}", at + 1), |name| name.text);
    let hit_cycles = constants.key(table, "hit_cycles", 0, 1 << 20).unwrap_or(0);
    // Both were checked to be small.
    let (entries, ways) = (entries as u32, ways as u32);
    Some(TlbLevelSpec::unified(
        name,
        entries,
        ways,
        &page_sizes,
        hit_cycles,
    ))
}

/// The sizes of pages of all formats of a layout: a level takes them all, unless it says which.
fn all_page_sizes(layout: &Layout) -> Vec<u64> {
    let formats = layout.spaces().filter_map(|(id, _)| layout.format_of(id));
    let sizes: BTreeSet<u64> = formats.flat_map(|format| format.leaf_sizes()).collect();
    sizes.into_iter().collect()
}
