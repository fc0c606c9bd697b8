//! Ranges as JSON objects.

use mapwright_runtime::layout::{Layout, PlaceId};
use mapwright_runtime::paging::Format;
use mapwright_runtime::range::Range;
use mapwright_runtime::walk::{BrokenRange, MappedRange};
use serde::Serialize;

use super::super::findings::{Finding, Judged};
use super::super::gaps::Gap;
use super::super::{JsonEntry, json_line, rights_text};

/// One line of `--all --format json`. Numbers are strings, because JSON numbers are exact to 53 bits only in many programs.
#[derive(Debug, Default, Serialize)]
struct JsonRange<'a> {
    /// The first virtual address.
    start: String,
    /// The virtual address after the last; may be 2^64.
    end: String,
    /// `mapped`; `fault` for entries that are present and lead nowhere; with `--layout` `missing` for a linear window that is
    /// not mapped, and `empty` when nothing is.
    result: &'static str,
    /// The physical address of the first byte; `null` for a fault.
    physical: Option<String>,
    /// The bytes of a page.
    page: Option<String>,
    /// The bytes after which the same frames come again; `null` when they lie one after the other like the pages.
    repeat: Option<String>,
    /// `rwxug`, with `-` for what is not allowed: read, write, execute, user, global.
    access: Option<String>,
    /// `reserved_bit`, `bad_table_address` or `image_hole`.
    fault: Option<&'static str>,
    /// The level of the first such entry, by its name in the format.
    level: Option<&'a str>,
    /// That entry, or what led there.
    entry: Option<String>,
    /// Where it stands.
    entry_at: Option<String>,
    /// The first entry on the way that has reserved bits set and was followed all the same; `null` for none.
    reserved_bit: Option<JsonEntry<'a>>,
    /// With `--layout`: what is declared there.
    #[serde(flatten)]
    judged: Option<JsonJudged>,
}

/// What `--layout` adds.
#[derive(Debug, Default, Serialize)]
struct JsonJudged {
    /// The window, guard, hole or part that is declared there; `null` for none.
    window: Option<String>,
    /// Any of the findings that the command's help lists.
    findings: Vec<&'static str>,
    /// With `elsewhere`: the first address that differs.
    differs_at: Option<String>,
    /// With `elsewhere`: where the layout maps that address.
    expected: Option<String>,
    /// With `rights`: what the layout declares, as `rwx` with `-` for what is not allowed.
    declared_access: Option<String>,
    /// Where `window` is declared, as `file:line:column`.
    declared_at: Option<String>,
}

fn hex(value: u64) -> String {
    format!("{value:#x}")
}

impl JsonRange<'_> {
    fn new(range: Range, result: &'static str) -> Self {
        Self {
            start: hex(range.base()),
            end: format!("{:#x}", range.end()),
            result,
            ..Self::default()
        }
    }
}

impl JsonJudged {
    /// With this finding about a place alone.
    fn new(layout: &Layout, place: Option<PlaceId>, findings: Vec<&'static str>) -> Self {
        let place = place.map(|id| layout.place(id));
        Self {
            window: place.map(|place| place.label().to_string()),
            findings,
            declared_at: place.map(|place| place.declared_at.clone()),
            ..Self::default()
        }
    }

    fn of(judged: &Judged, layout: &Layout) -> Self {
        let findings = judged.findings.iter().map(|finding| finding.word());
        let mut json = Self::new(layout, judged.place, findings.collect());
        for finding in &judged.findings {
            match finding {
                Finding::Elsewhere { address, expected } => {
                    json.differs_at = Some(hex(*address));
                    json.expected = Some(hex(*expected));
                }
                Finding::Rights { declared } => json.declared_access = Some(declared.to_string()),
                _ => {}
            }
        }
        json
    }
}

/// The line for what is mapped.
pub(super) fn mapped(
    mapped: &MappedRange,
    judged: Option<(&Judged, &Layout)>,
    format: &Format,
) -> String {
    json_line(&JsonRange {
        physical: Some(hex(mapped.physical)),
        page: Some(hex(mapped.page)),
        repeat: mapped.repeat.map(hex),
        access: Some(rights_text(mapped.access())),
        reserved_bit: mapped
            .reserved
            .and_then(|fault| JsonEntry::of(&fault, format)),
        judged: judged.map(|(judged, layout)| JsonJudged::of(judged, layout)),
        ..JsonRange::new(mapped.range, "mapped")
    })
}

/// The line for entries that lead nowhere.
pub(super) fn broken(broken: &BrokenRange, format: &Format) -> String {
    let fault = &broken.fault;
    let level = fault.level().and_then(|l| format.levels().get(l as usize));
    json_line(&JsonRange {
        fault: Some(fault.word()),
        level: level.map(|level| level.name.as_str()),
        entry: fault.entry().map(hex),
        entry_at: fault.entry_at().map(hex),
        ..JsonRange::new(broken.range, "fault")
    })
}

/// The line for a part of a linear window that is not mapped.
pub(super) fn missing(gap: &Gap, layout: &Layout) -> String {
    json_line(&JsonRange {
        judged: Some(JsonJudged::new(layout, Some(gap.window), vec!["missing"])),
        ..JsonRange::new(gap.range, "missing")
    })
}

/// The line for tables that map nothing of a space.
pub(super) fn empty(space: Range, layout: &Layout) -> String {
    json_line(&JsonRange {
        judged: Some(JsonJudged::new(layout, None, vec!["empty"])),
        ..JsonRange::new(space, "empty")
    })
}
