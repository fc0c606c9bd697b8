//! What a layout declares as plain data, to loop over: windows, zones, reserves and devices. Where boot parameters decide about
//! any of them, the rows are a function of these.

use super::Unit;
use super::lines::Lines;
use super::operand::literal;
use crate::emit::define::Facet;
use crate::emit::define::naming::Owner;
use crate::model::{Item, ItemId, ItemKind, Model, Target};
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;

/// A family with more members than this is not in the rows.
const MEMBERS: i128 = 1024;

/// Items of one kind.
#[derive(Debug, Clone, Copy)]
struct Table {
    kind: PlaceKind,
    /// The type of a row.
    row: &'static str,
    /// The name of the rows where all are constant, and where they are not.
    names: [&'static str; 2],
    plural: &'static str,
}

const TABLES: [Table; 4] = [
    Table {
        kind: PlaceKind::Window,
        row: "Window",
        names: ["WINDOWS", "windows"],
        plural: "windows",
    },
    Table {
        kind: PlaceKind::Zone,
        row: "Memory",
        names: ["ZONES", "zones"],
        plural: "zones",
    },
    Table {
        kind: PlaceKind::Reserve,
        row: "Memory",
        names: ["RESERVES", "reserves"],
        plural: "reserves",
    },
    Table {
        kind: PlaceKind::Device,
        row: "Memory",
        names: ["DEVICES", "devices"],
        plural: "devices",
    },
];

/// The types of rows of windows.
const WINDOW: &str = "
/// A window, as plain data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its name.
    pub name: &'static str,
    /// The number of the member, in a family.
    pub member: Option<i64>,
    /// The space that it is in.
    pub space: &'static str,
    /// Its first address.
    pub start: u64,
    /// Its last address.
    pub last: u64,
    /// It may be read.
    pub read: bool,
    /// It may be written.
    pub write: bool,
    /// It may be executed.
    pub execute: bool,
    /// The smallest page of its space in bytes.
    pub page: u64,
    /// What it shows.
    pub target: Target,
}

/// What a window shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Another space at a fixed distance: its name, and the address there of the first byte.
    Linear(&'static str, u64),
    /// What the window around it shows.
    View,
    /// Pages that are allocated while the kernel runs.
    Pages,
    /// A pool of page slots.
    Slots,
    /// Numbered slots, counted down from the top.
    Fixed,
    /// Devices, mapped on demand.
    Device,
    /// An array that describes memory.
    Table,
    /// The page tables themselves.
    Tables,
}
";

/// The type of the other rows.
const MEMORY: &str = "
/// A zone, reserve or device, as plain data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// Its name.
    pub name: &'static str,
    /// The number of the member, in a family.
    pub member: Option<i64>,
    /// The space that it is in.
    pub space: &'static str,
    /// Its first address.
    pub start: u64,
    /// Its last address.
    pub last: u64,
}
";

fn is(item: &Item, table: Table) -> bool {
    item.kind == ItemKind::Place(table.kind) && item.range.is_some()
}

/// The names that tables need: of rows, of their types, and of the functions.
pub(super) fn names(model: &Model) -> Vec<(String, Owner)> {
    let mut all = Vec::new();
    for table in TABLES {
        let Some(first) = model.items.iter().find(|item| is(item, table)) else {
            continue;
        };
        let owner = Owner::other(format!("the table of {}", table.plural), first.name_loc);
        let mut claim = |name: &str| all.push((name.to_owned(), owner.clone()));
        table.names.into_iter().for_each(&mut claim);
        if table.kind == PlaceKind::Window {
            claim("Window");
            claim("Target");
        }
    }
    if let Some((_, owner)) = all
        .iter()
        .find(|(name, _)| name != "WINDOWS" && name == &name.to_uppercase())
    {
        all.push(("Memory".to_owned(), owner.clone()));
    }
    all
}

impl Unit<'_> {
    /// All tables that have rows.
    pub(super) fn tables(&mut self, lines: &mut Lines) {
        let mut typed = false;
        for table in TABLES {
            let ids: Vec<ItemId> = (0..)
                .map(ItemId)
                .zip(&self.model.items)
                .filter(|(id, item)| is(item, table) && self.said(*id, Facet::Last).is_some())
                .map(|(id, _)| id)
                .collect();
            if ids.is_empty() {
                continue;
            }
            lines
                .blank()
                .comment(&format!("All {}", table.plural))
                .blank();
            let types = match table.kind {
                PlaceKind::Window => WINDOW,
                _ if typed => "",
                _ => {
                    typed = true;
                    MEMORY
                }
            };
            for line in types.trim().lines() {
                lines.line(line);
            }
            lines.blank();
            self.table(lines, table, &ids);
        }
    }

    /// Every term of a row.
    fn row_terms(&mut self, id: ItemId) -> Vec<TermId> {
        let mut terms = self.item_terms(id, &[]);
        terms.extend(self.member_terms(id));
        let item = self.model.item(id);
        if item.kind == ItemKind::Place(PlaceKind::Window) {
            terms.extend(self.fixed.fix(self.model.space(item.space).page));
        }
        if let Target::Linear { at, .. } = item.target {
            terms.push(self.fixed.holds(at.term));
        }
        terms
    }

    fn table(&mut self, lines: &mut Lines, table: Table, ids: &[ItemId]) {
        let (mut terms, mut listed, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
        let (mut count, mut always) = (0, true);
        for &id in ids {
            match self.most_members(id) {
                Some(most) => {
                    listed.push((id, count));
                    count += most;
                    terms.extend(self.row_terms(id));
                }
                None => left_out.push(format!("`{}`", self.model.item(id).name)),
            }
            let family = self.model.item(id).family.is_some();
            let there = self.said(id, Facet::Last).map(|last| last.exists);
            always &= !family && there == Some(TermId::TRUE);
        }
        let fixed = always && !self.reads_boot(&terms);
        let (row, [constant, function]) = (table.row, table.names);
        lines.doc(&format!(
            "All {} in the order declared{}.",
            table.plural,
            if fixed {
                ""
            } else {
                "; `None` where one is absent or empty"
            }
        ));
        if !left_out.is_empty() {
            lines.line("///").doc(&format!(
                "Families of more than {MEMBERS} members are left out: {}.",
                left_out.join(", ")
            ));
        }
        if fixed {
            self.parts = 0;
            let head = format!("pub const {constant}: &[{row}] = &[");
            if let [(id, _)] = listed[..] {
                return self.row(lines, table, id, None, [&head, "];"]);
            }
            lines.open(&head);
            for (id, _) in listed {
                self.row(lines, table, id, None, ["", ","]);
            }
            lines.close("];");
            return;
        }
        let boot = self.reads_boot(&terms);
        let arguments = self.arguments(boot, None, &[]);
        let mut body = self.new_body(lines);
        body.line(&format!(
            "let mut rows: [Option<{row}>; {count}] = [None; {count}];"
        ));
        for (id, first) in listed {
            self.row_if_there(&mut body, table, id, first);
        }
        body.line("rows");
        lines.function(
            &format!("pub const fn {function}"),
            &arguments,
            &format!("[Option<{row}>; {count}]"),
            body,
        );
    }

    /// How many rows an item has at most; `None` for a family that is too large.
    fn most_members(&mut self, id: ItemId) -> Option<i128> {
        let said = self.said(id, Facet::Start);
        let Some(members) = said.and_then(|said| said.members.clone()) else {
            return Some(1);
        };
        let count = self.fixed.terms.sub(members.high, members.low);
        let bounds = self.facts.bounds(&self.fixed.terms, count);
        bounds
            .map(|(_, most)| most)
            .filter(|most| (1..=MEMBERS).contains(most))
    }

    fn row_if_there(&mut self, lines: &mut Lines, table: Table, id: ItemId, first: i128) {
        let said = self.said(id, Facet::Last).cloned();
        let there = said.map_or(TermId::FALSE, |last| last.exists);
        self.for_members(lines, id, |this, lines, member| {
            let low = this
                .said(id, Facet::Start)
                .and_then(|said| said.members.clone());
            let place = match (member, low) {
                (Some(number), Some(members)) => {
                    let low = this.fixed.terms.sub(TermId::FALSE, members.low);
                    let distance = this.fixed.terms.plus(low, first);
                    let distance = this.wide(lines, distance);
                    format!("({number} as i128 + {distance}) as usize")
                }
                _ => first.to_string(),
            };
            if there != TermId::TRUE {
                let there = this.condition(lines, there);
                lines.open(&format!("if {there} {{"));
            }
            let ends = [&*format!("rows[{place}] = Some("), ");"];
            this.row(lines, table, id, member, ends);
            if there != TermId::TRUE {
                lines.close("}");
            }
        });
    }

    /// One row, between what comes before and behind it.
    fn row(
        &mut self,
        lines: &mut Lines,
        table: Table,
        id: ItemId,
        member: Option<&str>,
        [before, behind]: [&str; 2],
    ) {
        let item = self.model.item(id);
        let mut fields = vec![
            ("name", format!("\"{}\"", item.name)),
            (
                "member",
                member.map_or("None".to_owned(), |number| format!("Some({number} as i64)")),
            ),
            (
                "space",
                format!("\"{}\"", self.model.space(item.space).name),
            ),
        ];
        for (name, facet) in [("start", Facet::Start), ("last", Facet::Last)] {
            let text = self.said_text(lines, id, facet);
            fields.push((name, self.short(lines, name, text)));
        }
        if table.kind == PlaceKind::Window {
            let access = self.model.access(item);
            fields.push(("read", access.read.to_string()));
            fields.push(("write", access.write.to_string()));
            fields.push(("execute", access.execute.to_string()));
            let page = self.fixed.fix(self.model.space(item.space).page);
            let page = match page.and_then(|page| self.fixed.terms.as_const(page)) {
                Some(page) => literal(page),
                None => self.word(lines, page.unwrap_or(TermId::FALSE)),
            };
            fields.push(("page", self.short(lines, "page", page)));
            fields.push(("target", self.target_row(lines, id)));
        }
        lines.open(&format!("{before}{} {{", table.row));
        for (name, value) in fields {
            // A field that is named as its value is written once.
            let field = if name == value {
                value
            } else {
                format!("{name}: {value}")
            };
            lines.line(&format!("{field},"));
        }
        lines.close(&format!("}}{behind}"));
    }

    fn target_row(&mut self, lines: &mut Lines, id: ItemId) -> String {
        let word = match &self.model.item(id).target {
            Target::Linear { space, .. } => {
                let address = self.first_target(lines, id);
                let space = &self.model.space(*space).name;
                return format!("Target::Linear(\"{space}\", {address})");
            }
            Target::None | Target::View | Target::Poisoned => "View",
            Target::Pages { .. } => "Pages",
            Target::Slots { .. } => "Slots",
            Target::Fixed { .. } => "Fixed",
            Target::Device { .. } => "Device",
            Target::Table { .. } => "Table",
            Target::Tables { .. } => "Tables",
        };
        format!("Target::{word}")
    }
}
