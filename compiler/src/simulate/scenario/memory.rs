//! The memory of a machine: its ranges, or a map that a firmware or a kernel has printed.

use mapwright_machine::MachineSpec;
use mapwright_runtime::Range;
use toml::de::{DeTable, DeValue};

use super::constants::Constants;
use super::document::get;
use crate::machine_text;
use crate::simulate::{scenario_key, scenario_value};

/// Reads a file beside the scenario: its text, or why it cannot be read.
pub type Beside<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// Memory as the keys `ram`, `reserved` and `devices` say it.
pub(super) fn memory(
    constants: &mut Constants<'_, '_, '_, '_>,
    table: &DeTable<'_>,
    spec: &mut MachineSpec,
) {
    if let Some((_, item)) = get(table, "ram") {
        let items = constants.reader.array(item).unwrap_or_default();
        spec.ram = Some(
            items
                .into_iter()
                .filter_map(|item| constants.range(item))
                .collect(),
        );
    }
    spec.reserved
        .extend(named_ranges(constants, table, "reserved"));
    spec.devices
        .extend(named_ranges(constants, table, "devices"));
}

/// A firmware's map or `/proc/iomem`, as a text or as `{ file = "..." }`.
pub(super) fn map_text(
    constants: &mut Constants<'_, '_, '_, '_>,
    table: &DeTable<'_>,
    key: &str,
    beside: Beside<'_>,
    spec: &mut MachineSpec,
) {
    let Some((at, item)) = get(table, key) else {
        return;
    };
    if spec.ram.is_some() {
        let loc = constants.reader.loc(at);
        let why = "what memory there is was said already";
        constants
            .reader
            .wrong(scenario_key::misplaced(key, why, loc));
        return;
    }
    let text = match item.get_ref() {
        DeValue::Table(of) => {
            constants.reader.only(of, &["file"], &format!("`{key}`"));
            let Some((_, item)) = get(of, "file") else {
                let loc = constants.reader.loc(item.span());
                let of = format!("`{key}`");
                let does = "a file beside the scenario";
                constants
                    .reader
                    .wrong(scenario_key::missing("file", &of, does, loc));
                return;
            };
            let Some(name) = constants.reader.text(item) else {
                return;
            };
            match beside(&name.text) {
                Ok(text) => name.replaced(text),
                Err(why) => {
                    let message = format!("`{}` cannot be read: {why}", name.text);
                    let wrong = scenario_value::wrong(message, "this file", name.loc);
                    return constants.reader.wrong(wrong);
                }
            }
        }
        _ => match constants.reader.text(item) {
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
                constants.reader.wrong(match error.help() {
                    Some(help) => wrong.help(help),
                    None => wrong,
                });
            }
        }
    }
}

/// `{ kernel = "1M .. 5M" }`
fn named_ranges(
    constants: &mut Constants<'_, '_, '_, '_>,
    table: &DeTable<'_>,
    key: &str,
) -> Vec<(String, Range)> {
    let Some((_, item)) = get(table, key) else {
        return Vec::new();
    };
    let Some(ranges) = constants.reader.table(item) else {
        return Vec::new();
    };
    let named = ranges.iter().map(|(name, item)| {
        let range = constants.range(item)?;
        Some((name.get_ref().to_string(), range))
    });
    named.collect::<Vec<_>>().into_iter().flatten().collect()
}
