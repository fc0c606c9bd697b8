//! The `[machine]` table: memory with holes, what is reserved, devices, processors, limits, TLB and swap.

use mapwright_runtime::Range;
use mapwright_runtime::machine::MachineSpec;
use mapwright_runtime::machine::buddy::ListSizes;
use mapwright_runtime::machine::cost::CostModel;
use mapwright_runtime::machine::spec::{Lists, Marks};
use mapwright_runtime::machine::swap::Policy;
use mapwright_runtime::machine::tables::DirectPages;
use mapwright_runtime::machine::tlb::{TlbLevelSpec, TlbSpec};
use toml::de::{DeTable, DeValue};

use super::document::{Item, Reader, get};
use super::evaluate::constant;
use super::expression::{self, Expression};
use super::scenario::Described;
use super::scope::Scope;
use super::{scenario_key, scenario_value};
use crate::machine_text;
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

/// Reads the parts of a machine; numbers may name what the layout names.
pub(super) struct MachineReader<'r, 't, 's, 'l> {
    pub(super) reader: &'r mut Reader<'t>,
    pub(super) scope: &'s Scope<'l>,
}

/// Reads a file beside the scenario: its text, or why it cannot be read.
pub type Beside<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// Reads `[machine]`, or takes what the layout says; `loc` is the whole scenario.
pub(super) fn read(
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
        let mut machine = MachineReader { reader, scope };
        machine.memory(table, &mut described.spec);
        for key in ["e820", "iomem"] {
            machine.map_text(table, key, beside, &mut described.spec);
        }
        machine.numbers(table, &mut described.spec);
        machine.words(table, &mut described.spec);
        described.costs = get(table, "tlb").and_then(|(_, item)| machine.tlb(item));
        described.swap = get(table, "swap").and_then(|(_, item)| machine.swap(item));
        let ends = get(table, "end_victims").and_then(|(_, item)| machine.reader.flag(item));
        described.ends_victims = ends.unwrap_or(false);
    }
    described
}

impl MachineReader<'_, '_, '_, '_> {
    /// A number from `least` to `most`.
    pub(super) fn number(&mut self, item: Item<'_, '_>, least: u64, most: u64) -> Option<u64> {
        let (expression, text) = self.reader.expression(item)?;
        let value = self.constant(&expression, &text)?;
        let found = u64::try_from(value).ok();
        let found = found.filter(|value| (least..=most).contains(value));
        if found.is_none() {
            let message = format!("{value} is not from {least} to {most}");
            self.reader
                .wrong(scenario_value::wrong(message, "out of range", text.loc));
        }
        found
    }

    fn constant(&mut self, expression: &Expression, text: &super::document::Text) -> Option<i128> {
        let before = self.reader.found.len();
        self.scope.check(self.reader, expression, text, None);
        if self.reader.found.len() > before {
            return None;
        }
        match constant(self.scope.layout, expression) {
            Ok(value) => Some(value),
            Err(why) => {
                self.reader
                    .wrong(scenario_value::wrong(why, "here", text.loc));
                None
            }
        }
    }

    fn key(&mut self, table: &DeTable<'_>, key: &str, least: u64, most: u64) -> Option<u64> {
        let (_, item) = get(table, key)?;
        self.number(item, least, most)
    }

    /// `"START .. END"` or `"START .. +SIZE"`.
    fn range(&mut self, item: Item<'_, '_>) -> Option<Range> {
        let text = self.reader.text(item)?;
        let (start, end, sized) = match expression::parse_range(&text.text) {
            Ok(range) => range,
            Err(mistake) => return self.reader.mistake(&text, mistake),
        };
        let start = self.constant(&start, &text)?;
        let end = self.constant(&end, &text)?;
        let end = if sized {
            start.checked_add(end)
        } else {
            Some(end)
        };
        let range = end.and_then(|end| {
            let (start, end) = (u128::try_from(start).ok()?, u128::try_from(end).ok()?);
            Range::from_start_end(start, end)
        });
        if range.is_none() {
            let message = format!("`{}` is empty, inverted or outside 0 .. 2^64", text.text);
            self.reader
                .wrong(scenario_value::wrong(message, "no range", text.loc));
        }
        range
    }

    fn memory(&mut self, table: &DeTable<'_>, spec: &mut MachineSpec) {
        if let Some((_, item)) = get(table, "ram") {
            let items = self.reader.array(item).unwrap_or_default();
            spec.ram = Some(
                items
                    .into_iter()
                    .filter_map(|item| self.range(item))
                    .collect(),
            );
        }
        spec.reserved.extend(self.named_ranges(table, "reserved"));
        spec.devices.extend(self.named_ranges(table, "devices"));
    }

    /// A firmware's map or `/proc/iomem`, as a text or as `{ file = "..." }`.
    fn map_text(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        beside: Beside<'_>,
        spec: &mut MachineSpec,
    ) {
        let Some((at, item)) = get(table, key) else {
            return;
        };
        if spec.ram.is_some() {
            let loc = self.reader.loc(at);
            let why = "what memory there is was said already";
            self.reader.wrong(scenario_key::misplaced(key, why, loc));
            return;
        }
        let text = match item.get_ref() {
            DeValue::Table(of) => {
                self.reader.only(of, &["file"], &format!("`{key}`"));
                let Some((_, item)) = get(of, "file") else {
                    let loc = self.reader.loc(item.span());
                    let of = format!("`{key}`");
                    let does = "a file beside the scenario";
                    self.reader
                        .wrong(scenario_key::missing("file", &of, does, loc));
                    return;
                };
                let Some(name) = self.reader.text(item) else {
                    return;
                };
                match beside(&name.text) {
                    Ok(text) => name.replaced(text),
                    Err(why) => {
                        let message = format!("`{}` cannot be read: {why}", name.text);
                        let wrong = scenario_value::wrong(message, "this file", name.loc);
                        return self.reader.wrong(wrong);
                    }
                }
            }
            _ => match self.reader.text(item) {
                Some(text) => text,
                None => return,
            },
        };
        match machine_text::read(&text.text) {
            Ok(map) => map.apply(spec),
            Err(errors) => {
                for error in errors {
                    let message = format!("the map of memory: {error}");
                    let loc = text.part((error.span.start, error.span.end));
                    let wrong = scenario_value::wrong(message, "here", loc);
                    self.reader.wrong(match error.help() {
                        Some(help) => wrong.help(help),
                        None => wrong,
                    });
                }
            }
        }
    }

    /// `{ kernel = "1M .. 5M" }`
    fn named_ranges(&mut self, table: &DeTable<'_>, key: &str) -> Vec<(String, Range)> {
        let Some((_, item)) = get(table, key) else {
            return Vec::new();
        };
        let Some(ranges) = self.reader.table(item) else {
            return Vec::new();
        };
        let named = ranges.iter().map(|(name, item)| {
            let range = self.range(item)?;
            Some((name.get_ref().to_string(), range))
        });
        named.collect::<Vec<_>>().into_iter().flatten().collect()
    }

    fn numbers(&mut self, table: &DeTable<'_>, spec: &mut MachineSpec) {
        let small = u64::from(u32::MAX);
        // What fits 32 bits was checked to.
        let narrow = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        if let Some(cpus) = self.key(table, "cpus", 1, 4096) {
            spec.cpus = narrow(cpus);
        }
        if let Some(seed) = self.key(table, "seed", 0, u64::MAX) {
            spec.seed = seed;
        }
        if let Some(order) = self.key(table, "largest_order", 0, 20) {
            spec.largest_order = narrow(order);
        }
        if let Some(limit) = self.key(table, "kmalloc_limit", 8, 1 << 40) {
            spec.kmalloc_limit = limit;
        }
        spec.descriptor_bytes = self.key(table, "descriptor_bytes", 0, 4096);
        if let Some(protection) = self.key(table, "protection", 0, small) {
            spec.protection = protection;
        }
        if let Some(limit) = self.key(table, "host_limit", 0, u64::MAX) {
            spec.host_limit = limit;
        }
    }

    fn word<T: Copy>(&mut self, table: &DeTable<'_>, key: &str, words: &[(&str, T)]) -> Option<T> {
        let (_, item) = get(table, key)?;
        let text = self.reader.text(item)?;
        let found = words.iter().find(|(word, _)| *word == text.text);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let what = format!("`{key}`");
            let wrong = scenario_value::word(&what, &text.text, known, text.loc);
            self.reader.wrong(wrong);
        }
        found.map(|(_, value)| *value)
    }

    fn words(&mut self, table: &DeTable<'_>, spec: &mut MachineSpec) {
        let marks = [("linux", Marks::Linux), ("none", Marks::None)];
        if let Some(marks) = self.word(table, "watermarks", &marks) {
            spec.marks = marks;
        }
        let direct = [
            ("large", DirectPages::Large),
            ("small", DirectPages::Small),
            ("none", DirectPages::None),
        ];
        if let Some(direct) = self.word(table, "direct_pages", &direct) {
            spec.direct = direct;
        }
        if let Some((_, item)) = get(table, "cpu_lists")
            && let DeValue::Table(sizes) = item.get_ref()
        {
            self.reader.only(sizes, &["batch", "high"], "`cpu_lists`");
            let batch = self.key(sizes, "batch", 0, 1 << 18).unwrap_or(0);
            let high = self.key(sizes, "high", 0, 1 << 20).unwrap_or(batch * 6);
            // Both were checked to be small.
            let (batch, high) = (batch as u32, high as u32);
            spec.lists = Lists::Sizes(ListSizes { batch, high });
            return;
        }
        let lists = [
            ("linux", Lists::Linux),
            ("off", Lists::Sizes(ListSizes::OFF)),
        ];
        if let Some(lists) = self.word(table, "cpu_lists", &lists) {
            spec.lists = lists;
        }
    }

    fn swap(&mut self, item: Item<'_, '_>) -> Option<(u64, Policy)> {
        let table = self.reader.table(item)?;
        self.reader.only(table, &["pages", "policy"], "`swap`");
        let pages = self.key(table, "pages", 0, 1 << 40);
        if get(table, "pages").is_none() {
            let loc = self.reader.loc(item.span());
            let missing = scenario_key::missing("pages", "`swap`", "how many pages fit", loc);
            self.reader.wrong(missing);
        }
        let words = Policy::ALL.map(|policy| (policy.word(), policy));
        let policy = self.word(table, "policy", &words).unwrap_or_default();
        Some((pages?, policy))
    }

    /// The TLB of every processor, and what things cost.
    fn tlb(&mut self, item: Item<'_, '_>) -> Option<CostModel> {
        let table = self.reader.table(item)?;
        self.reader.only(table, TLB_KEYS, "`tlb`");
        let levels = match get(table, "levels") {
            Some((_, item)) => self.reader.array(item)?,
            None => {
                let loc = self.reader.loc(item.span());
                let does = "the levels, the first one looked at first";
                let missing = scenario_key::missing("levels", "`tlb`", does, loc);
                self.reader.wrong(missing);
                return None;
            }
        };
        let levels = levels.into_iter().enumerate();
        let levels: Vec<Option<TlbLevelSpec>> =
            levels.map(|(at, item)| self.tlb_level(at, item)).collect();
        let tagged = get(table, "tagged").and_then(|(_, item)| self.reader.flag(item));
        let usual = CostModel::with_tlb(TlbSpec::default());
        let mut cycles = |key, usual| self.key(table, key, 0, 1 << 20).unwrap_or(usual);
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

    fn tlb_level(&mut self, at: usize, item: Item<'_, '_>) -> Option<TlbLevelSpec> {
        let table = self.reader.table(item)?;
        let known = ["name", "entries", "ways", "pages", "hit_cycles"];
        self.reader.only(table, &known, "a level of the TLB");
        let name = get(table, "name").and_then(|(_, item)| self.reader.text(item));
        let entries = self.key(table, "entries", 1, 1 << 20).unwrap_or(64);
        let ways = self.key(table, "ways", 1, 1 << 20).unwrap_or(entries);
        let pages = match get(table, "pages") {
            Some((_, item)) => self.reader.one_or_more(item),
            None => Vec::new(),
        };
        let pages: Vec<Option<u64>> = pages
            .into_iter()
            .map(|item| self.number(item, 1, 1 << 62))
            .collect();
        let mut page_sizes: Vec<u64> = pages.into_iter().collect::<Option<_>>()?;
        if page_sizes.is_empty() {
            page_sizes.push(4096);
        }
        let name = name.map_or_else(|| format!("L{}", at + 1), |name| name.text);
        let hit_cycles = self.key(table, "hit_cycles", 0, 1 << 20).unwrap_or(0);
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
}
