//! How the results of `translate` are printed: plain lines, a table, or JSON objects.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use mapwright_runtime::layout::{Layout, PlaceId, SpaceId, Target};
use mapwright_runtime::translate::{Fault, Inverse, Translation};
use serde::Serialize;

use super::options::TranslateFormat;

/// Where a hexadecimal number of 64 bits fits, and every fault.
const WIDEST_MEANING: usize = "fault non_canonical".len();

/// The table of a layout with long names does not get wider than a terminal.
const WIDEST_PLACE: usize = 26;

/// Prints the results for one space of one layout.
#[derive(Debug)]
pub(super) struct Printer<'l> {
    layout: &'l Layout,
    format: TranslateFormat,
    space: SpaceId,
    /// The space that reverse translation comes from.
    target: SpaceId,
    address_width: usize,
    place_width: usize,
    headed: bool,
    seen: BTreeSet<PlaceId>,
}

/// One line of `--format json`. Addresses are strings, because JSON numbers are exact to 53 bits only in many programs.
#[derive(Debug, Serialize)]
struct JsonTranslation {
    /// The address translated; with `--reverse` an address that reaches the one asked for, or `null` when none does.
    address: Option<String>,
    /// The space of `address`.
    space: String,
    /// `mapped`, `dynamic` or `fault`.
    result: &'static str,
    /// The window, part or area that decides; for faults the guard, hole or part that holds the address.
    window: Option<String>,
    /// The space of `physical`.
    target: Option<String>,
    /// The address translated to; with `--reverse` the one asked for.
    physical: Option<String>,
    /// The zone of `physical`.
    zone: Option<String>,
    /// `rwx`, with `-` for what is not allowed.
    access: Option<String>,
    /// `unmapped`, `guard`, `hole`, `non_canonical` or `out_of_space`.
    fault: Option<&'static str>,
    /// Where `window` is declared, as `file:line:column`.
    declared_at: Option<String>,
    /// With `--reverse`: more about the result.
    #[serde(flatten)]
    reverse: Option<JsonReverse>,
}

/// What `--reverse` adds.
#[derive(Debug, Serialize)]
struct JsonReverse {
    /// True when the window is a declared alias.
    alias: bool,
    /// How many addresses of the window reach the one asked for; `address` is the first.
    count: u64,
    /// The distance from one to the next, `null` when there is only one.
    stride: Option<String>,
}

/// The part of a table that belongs to one result.
struct Row {
    address: String,
    meaning: String,
    place: Option<PlaceId>,
    /// The named part of the window that holds the address.
    view: Option<PlaceId>,
    access: String,
    zone: String,
}

impl<'l> Printer<'l> {
    pub(super) fn new(
        layout: &'l Layout,
        format: TranslateFormat,
        space: SpaceId,
        target: SpaceId,
    ) -> Self {
        let digits = |space: SpaceId| 2 + layout.space(space).bits.div_ceil(4) as usize;
        let here = layout.places().filter(|(_, place)| place.space == space);
        let places = here.map(|(id, _)| place_words(layout, id).chars().count());
        Self {
            layout,
            format,
            space,
            target,
            address_width: digits(space).max(digits(target)).max("ADDRESS".len()),
            place_width: places.max().unwrap_or(0).clamp("WHERE".len(), WIDEST_PLACE),
            headed: false,
            seen: BTreeSet::new(),
        }
    }

    /// The lines for one translation.
    pub(super) fn forward(&mut self, address: u128, translation: &Translation) -> String {
        match self.format {
            TranslateFormat::Plain => {
                let part = part_of(translation).map(|part| format!(" {}", self.label(part)));
                let words = translation.plain(self.layout);
                format!("{address:#x} {words}{}\n", part.unwrap_or_default())
            }
            TranslateFormat::Json => json_line(&self.json(address, translation)),
            TranslateFormat::Text => {
                let row = self.row(address, translation);
                self.table(&[row])
            }
        }
    }

    /// The lines for one reverse translation.
    pub(super) fn reverse(&mut self, address: u128, found: &[Inverse]) -> String {
        match self.format {
            TranslateFormat::Plain => self.plain_reverse(address, found),
            TranslateFormat::Json => self.json_reverse(address, found),
            TranslateFormat::Text => {
                let rows = self.reverse_rows(address, found);
                self.table(&rows)
            }
        }
    }

    /// What follows all results: in a table, where everything that it names is declared.
    pub(super) fn footer(&self) -> String {
        let mut text = String::new();
        for &id in &self.seen {
            let declared = &self.layout.place(id).declared_at;
            if !declared.is_empty() {
                let start = if text.is_empty() { "\n" } else { "" };
                let _ = writeln!(text, "{start}{} is declared at {declared}", self.label(id));
            }
        }
        text
    }

    fn label(&self, id: PlaceId) -> String {
        self.layout.place(id).label().to_string()
    }

    /// The fault of an address that nothing reaches.
    fn unreached(&self, address: u128) -> &'static str {
        let last = self.layout.space_range(self.target).last();
        if address > u128::from(last) {
            Fault::OutOfSpace.word()
        } else {
            Fault::Unmapped { part: None }.word()
        }
    }

    fn plain_reverse(&self, address: u128, found: &[Inverse]) -> String {
        if found.is_empty() {
            return format!("{address:#x} fault {}\n", self.unreached(address));
        }
        let mut text = String::new();
        for inverse in found {
            let _ = write!(
                text,
                "{address:#x} {:#x} {}",
                inverse.address,
                self.label(inverse.window)
            );
            if inverse.alias {
                text.push_str(" alias");
            }
            if inverse.count > 1 {
                let _ = write!(text, " repeat {} step {:#x}", inverse.count, inverse.stride);
            }
            text.push('\n');
        }
        text
    }

    fn json(&self, address: u128, translation: &Translation) -> JsonTranslation {
        let decided = translation.place().or(part_of(translation));
        let mut json = JsonTranslation {
            address: Some(format!("{address:#x}")),
            space: self.layout.space(self.space).name.clone(),
            result: "dynamic",
            window: decided.map(|id| self.label(id)),
            target: None,
            physical: None,
            zone: None,
            access: decided.map(|id| self.layout.place(id).access.to_string()),
            fault: None,
            declared_at: decided.map(|id| self.layout.place(id).declared_at.clone()),
            reverse: None,
        };
        match *translation {
            Translation::Mapped {
                space,
                address,
                zone,
                access,
                ..
            } => {
                json.result = "mapped";
                json.target = Some(self.layout.space(space).name.clone());
                json.physical = Some(format!("{address:#x}"));
                json.zone = zone.map(|zone| self.label(zone));
                json.access = Some(access.to_string());
            }
            Translation::Dynamic { .. } => {}
            Translation::Fault(fault) => {
                json.result = "fault";
                json.access = None;
                json.fault = Some(fault.word());
            }
        }
        json
    }

    fn json_reverse(&self, address: u128, found: &[Inverse]) -> String {
        let physical = Some(format!("{address:#x}"));
        let target = Some(self.layout.space(self.target).name.clone());
        let mut text = String::new();
        for inverse in found {
            let forward = self.layout.translate(self.space, inverse.address);
            let mut json = self.json(inverse.address.into(), &forward);
            json.reverse = Some(JsonReverse {
                alias: inverse.alias,
                count: inverse.count,
                stride: (inverse.count > 1).then(|| format!("{:#x}", inverse.stride)),
            });
            text.push_str(&json_line(&json));
        }
        if found.is_empty() {
            text = json_line(&JsonTranslation {
                address: None,
                space: self.layout.space(self.space).name.clone(),
                result: "fault",
                window: None,
                target,
                physical,
                zone: None,
                access: None,
                fault: Some(self.unreached(address)),
                declared_at: None,
                reverse: None,
            });
        }
        text
    }

    fn row(&self, address: u128, translation: &Translation) -> Row {
        let mut row = Row {
            address: format!("{address:#x}"),
            meaning: "dynamic".to_string(),
            place: translation.place().or(part_of(translation)),
            view: None,
            access: String::new(),
            zone: String::new(),
        };
        match *translation {
            Translation::Mapped {
                address,
                view,
                zone,
                access,
                ..
            } => {
                row.view = view;
                row.meaning = format!("{address:#x}");
                row.access = access.to_string();
                row.zone = zone.map(|zone| self.label(zone)).unwrap_or_default();
            }
            Translation::Dynamic { .. } => {}
            Translation::Fault(fault) => row.meaning = format!("fault {}", fault.word()),
        }
        row
    }

    fn reverse_rows(&self, address: u128, found: &[Inverse]) -> Vec<Row> {
        let mut rows: Vec<Row> = found
            .iter()
            .map(|inverse| {
                let forward = self.layout.translate(self.space, inverse.address);
                let row = self.row(address, &forward);
                Row {
                    meaning: format!("{:#x}", inverse.address),
                    ..row
                }
            })
            .collect();
        for row in rows.iter_mut().skip(1) {
            row.address.clear();
        }
        if rows.is_empty() {
            rows.push(Row {
                address: format!("{address:#x}"),
                meaning: format!("fault {}", self.unreached(address)),
                place: None,
                view: None,
                access: String::new(),
                zone: String::new(),
            });
        }
        rows
    }

    /// The rows as lines of a table, with its head before the first.
    fn table(&mut self, rows: &[Row]) -> String {
        let mut text = String::new();
        let (a, p) = (self.address_width, self.place_width);
        let mut line = |cells: [&str; 5]| {
            let [address, meaning, place, access, zone] = cells;
            let line = format!(
                "{address:<a$}  {meaning:<WIDEST_MEANING$}  {place:<p$}  {access:<6}  {zone}"
            );
            text.push_str(line.trim_end());
            text.push('\n');
        };
        if !std::mem::replace(&mut self.headed, true) {
            line(["ADDRESS", "MEANS", "WHERE", "ACCESS", "ZONE"]);
        }
        for row in rows {
            let mut place = String::new();
            if let Some(id) = row.place {
                place = place_words(self.layout, id);
                self.seen.insert(id);
            }
            if let Some(view) = row.view {
                let _ = write!(place, ", {}", self.label(view));
                self.seen.insert(view);
            }
            line([&row.address, &row.meaning, &place, &row.access, &row.zone]);
        }
        text
    }
}

/// `window lowmem`, and whether it is an alias or repeats.
fn place_words(layout: &Layout, id: PlaceId) -> String {
    let place = layout.place(id);
    let repeats = matches!(
        place.target,
        Target::Linear {
            repeat: Some(_),
            ..
        }
    );
    let mark = match (place.alias_of.is_empty(), repeats) {
        (true, false) => "",
        (true, true) => " (repeats)",
        (false, false) => " (alias)",
        (false, true) => " (alias, repeats)",
    };
    format!("{} {}{mark}", place.kind.word(), place.label())
}

/// The part that holds an address where nothing is declared.
fn part_of(translation: &Translation) -> Option<PlaceId> {
    match translation {
        Translation::Fault(Fault::Unmapped { part }) => *part,
        _ => None,
    }
}

fn json_line(json: &JsonTranslation) -> String {
    // Strings and numbers always have a JSON form.
    let mut line = serde_json::to_string(json).unwrap_or_default();
    line.push('\n');
    line
}

#[cfg(test)]
mod tests;
