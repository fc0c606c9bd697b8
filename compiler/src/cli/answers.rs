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
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use mapwright_runtime::layout::{LayoutBuilder, Place, PlaceKind, Space};
    use mapwright_runtime::{Access, Range};

    fn layout() -> Layout {
        let mut builder = LayoutBuilder::new("kernel.layout");
        let space = |name: &str, to| Space {
            name: name.to_string(),
            bits: 32,
            to,
            format: None,
            declared_at: String::new(),
            doc: String::new(),
        };
        let physical = builder.space(space("physical", None));
        let linear = builder.space(space("linear", Some(physical)));
        let mut place = |name: &str, kind, start: u128, end: u128, target, access, line: u32| {
            let range = Range::from_start_end(start, end).expect("not empty");
            let space = if kind == PlaceKind::Zone {
                physical
            } else {
                linear
            };
            let mut place = Place::new(name, kind, space, range);
            place.target = target;
            place.access = access;
            place.declared_at = format!("kernel.layout:{line}:1");
            if name == "text" {
                place.alias_of = vec![PlaceId::from_index(1)];
            }
            builder.place(place)
        };
        let rwx = Access::new(true, true, true);
        let at = |at, repeat| Target::Linear {
            space: physical,
            at,
            repeat,
        };
        let (window, none) = (PlaceKind::Window, Access::NONE);
        place(
            "low",
            PlaceKind::Zone,
            0,
            0x1000_0000,
            Target::None,
            none,
            3,
        );
        place(
            "direct",
            window,
            0xc000_0000,
            0xd000_0000,
            at(0, None),
            rwx,
            4,
        );
        place(
            "text",
            window,
            0xe000_0000,
            0xe010_0000,
            at(0x10_0000, None),
            rwx,
            5,
        );
        place(
            "same",
            window,
            0xf000_0000,
            0xf001_0000,
            at(0x10_0000, Some(4096)),
            rwx,
            6,
        );
        place(
            "gap",
            PlaceKind::Guard,
            0xd000_0000,
            0xd080_0000,
            Target::None,
            none,
            7,
        );
        let pages = Target::Pages {
            zones: vec![],
            or_device: false,
            guard: 0,
        };
        place("vmalloc", window, 0xd080_0000, 0xd100_0000, pages, rwx, 8);
        place(
            "unused",
            PlaceKind::Hole,
            0xd100_0000,
            0xd200_0000,
            Target::None,
            none,
            9,
        );
        builder.finish().expect("a right layout")
    }

    fn check(format: TranslateFormat, reverse: bool, addresses: &[u128], expected: &Expect) {
        let layout = layout();
        let space = layout.space_named("linear").expect("declared");
        let target = layout.space_named("physical").expect("declared");
        let mut printer = Printer::new(&layout, format, space, target);
        let mut text = String::new();
        for &address in addresses {
            let narrow = u64::try_from(address).ok();
            if reverse {
                let found = narrow.map(|a| layout.reverse(space, target, a));
                text.push_str(&printer.reverse(address, &found.unwrap_or_default()));
            } else {
                let beyond = Translation::Fault(Fault::OutOfSpace);
                let translation = narrow.map_or(beyond, |a| layout.translate(space, a));
                text.push_str(&printer.forward(address, &translation));
            }
        }
        text.push_str(&printer.footer());
        expected.assert_eq(&text);
    }

    const FORWARD: [u128; 7] = [
        0xc010_0000,
        0xd000_0000,
        0xd080_0000,
        0xd100_0000,
        0xf000_1234,
        0x1000,
        0x1_0000_0000_0000_0000,
    ];

    #[test]
    fn plain_lines() {
        check(
            TranslateFormat::Plain,
            false,
            &FORWARD,
            &expect![[r#"
            0xc0100000 0x100000 direct
            0xd0000000 fault guard gap
            0xd0800000 dynamic vmalloc
            0xd1000000 fault hole unused
            0xf0001234 0x100234 same
            0x1000 fault unmapped
            0x10000000000000000 fault out_of_space
        "#]],
        );
        check(
            TranslateFormat::Plain,
            true,
            &[0x10_0000, 0x2000_0000, 1 << 32, 1 << 70],
            &expect![[r#"
            0x100000 0xc0100000 direct
            0x100000 0xf0000000 same repeat 16 step 0x1000
            0x100000 0xe0000000 text alias
            0x20000000 fault unmapped
            0x100000000 fault out_of_space
            0x400000000000000000 fault out_of_space
        "#]],
        );
    }

    #[test]
    fn tables() {
        check(
            TranslateFormat::Text,
            false,
            &FORWARD,
            &expect![[r#"
            ADDRESS     MEANS                WHERE                  ACCESS  ZONE
            0xc0100000  0x100000             window direct          rwx     low
            0xd0000000  fault guard          guard gap
            0xd0800000  dynamic              window vmalloc
            0xd1000000  fault hole           hole unused
            0xf0001234  0x100234             window same (repeats)  rwx     low
            0x1000      fault unmapped
            0x10000000000000000  fault out_of_space

            direct is declared at kernel.layout:4:1
            same is declared at kernel.layout:6:1
            gap is declared at kernel.layout:7:1
            vmalloc is declared at kernel.layout:8:1
            unused is declared at kernel.layout:9:1
        "#]],
        );
        check(
            TranslateFormat::Text,
            true,
            &[0x10_0000, 0x2000_0000],
            &expect![[r#"
            ADDRESS     MEANS                WHERE                  ACCESS  ZONE
            0x100000    0xc0100000           window direct          rwx     low
                        0xf0000000           window same (repeats)  rwx     low
                        0xe0000000           window text (alias)    rwx     low
            0x20000000  fault unmapped

            direct is declared at kernel.layout:4:1
            text is declared at kernel.layout:5:1
            same is declared at kernel.layout:6:1
        "#]],
        );
    }

    #[test]
    fn json_lines() {
        check(
            TranslateFormat::Json,
            false,
            &FORWARD[..3],
            &expect![[r#"
            {"address":"0xc0100000","space":"linear","result":"mapped","window":"direct","target":"physical","physical":"0x100000","zone":"low","access":"rwx","fault":null,"declared_at":"kernel.layout:4:1"}
            {"address":"0xd0000000","space":"linear","result":"fault","window":"gap","target":null,"physical":null,"zone":null,"access":null,"fault":"guard","declared_at":"kernel.layout:7:1"}
            {"address":"0xd0800000","space":"linear","result":"dynamic","window":"vmalloc","target":null,"physical":null,"zone":null,"access":"rwx","fault":null,"declared_at":"kernel.layout:8:1"}
        "#]],
        );
        check(
            TranslateFormat::Json,
            true,
            &[0x10_0000, 1 << 32],
            &expect![[r#"
            {"address":"0xc0100000","space":"linear","result":"mapped","window":"direct","target":"physical","physical":"0x100000","zone":"low","access":"rwx","fault":null,"declared_at":"kernel.layout:4:1","alias":false,"count":1,"stride":null}
            {"address":"0xf0000000","space":"linear","result":"mapped","window":"same","target":"physical","physical":"0x100000","zone":"low","access":"rwx","fault":null,"declared_at":"kernel.layout:6:1","alias":false,"count":16,"stride":"0x1000"}
            {"address":"0xe0000000","space":"linear","result":"mapped","window":"text","target":"physical","physical":"0x100000","zone":"low","access":"rwx","fault":null,"declared_at":"kernel.layout:5:1","alias":true,"count":1,"stride":null}
            {"address":null,"space":"linear","result":"fault","window":null,"target":"physical","physical":"0x100000000","zone":null,"access":null,"fault":"out_of_space","declared_at":null}
        "#]],
        );
    }
}
