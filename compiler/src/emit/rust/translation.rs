//! Functions of windows: the direct maps both ways, the addresses of fixed slots, the elements of tables.

use super::Unit;
use super::between_spaces::{linear_pairs, pair_names};
use super::lines::Lines;
use super::names;
use crate::emit::define::Facet;
use crate::emit::define::definition::Def;
use crate::emit::fixed::Fixed;
use crate::model::{Item, ItemId, Model, SpaceId, Target};
use crate::show_value::addr_text;
use crate::source::Loc;
use crate::term::TermId;

/// The functions of an item's mapping rule: name and what it does.
pub(super) fn rule_names(model: &Model, item: &Item) -> Vec<String> {
    let name = |suffix: String| names::function(&format!("{}_{suffix}", item.name));
    match &item.target {
        Target::Linear { space, .. } => {
            let space = &model.space(*space).name;
            vec![name(format!("to_{space}")), name(format!("from_{space}"))]
        }
        Target::Fixed { .. } => vec![name("address".into())],
        Target::Table { of, .. } => vec![name(format!("for_{}", model.space(*of).name))],
        _ => Vec::new(),
    }
}

/// The names of all functions that are about translation, with what they are.
pub(super) fn function_names(model: &Model, fixed: &mut Fixed<'_>) -> Vec<(String, String, Loc)> {
    let mut all = Vec::new();
    for item in &model.items {
        if item.range.is_some() && fixed.holds(item.exists) != TermId::FALSE {
            let what = format!("the translation of {} `{}`", item.kind.word(), item.name);
            all.extend(
                rule_names(model, item)
                    .into_iter()
                    .map(|name| (name, what.clone(), item.name_loc)),
            );
        }
    }
    for (from, to) in linear_pairs(model, fixed) {
        let what = format!("the translation of space `{}`", model.space(from).name);
        let loc = model.space(from).loc;
        all.extend(
            pair_names(model, from, to)
                .into_iter()
                .map(|name| (name, what.clone(), loc)),
        );
    }
    all
}

/// A mapping rule with its numbers.
struct Rule<'d> {
    id: ItemId,
    item: &'d Item,
    start: &'d Def,
    at: TermId,
    repeat: Option<TermId>,
    space: SpaceId,
}

impl Unit<'_> {
    /// The functions of an item's mapping rule.
    pub(super) fn window_functions(&mut self, lines: &mut Lines, id: ItemId) {
        let item = self.model.item(id);
        let Some(start) = self.defs.facet(id, Facet::Start).cloned() else {
            return;
        };
        let names = rule_names(self.model, item);
        match (&item.target, names.as_slice()) {
            (Target::Linear { space, at, repeat }, [to, from]) => {
                let repeat = repeat.map(|repeat| self.fixed.holds(repeat.term));
                if let Some(at) = self.fixed.fix(at.term) {
                    let rule = Rule {
                        id,
                        item,
                        start: &start,
                        at,
                        repeat,
                        space: *space,
                    };
                    self.forward(lines, &rule, to);
                    self.backward(lines, &rule, from);
                }
            }
            (Target::Fixed { .. }, [name]) => self.slot_address(lines, id, &start, name),
            (Target::Table { element, per, of }, [name]) => {
                if let (Some(element), Some(per)) =
                    (self.fixed.fix(element.term), self.fixed.fix(per.term))
                {
                    self.element(lines, id, &start, (element, per), *of, name);
                }
            }
            _ => {}
        }
    }

    /// The parameters of a function about an item: `boot: &Boot` when any of its numbers depends on it.
    fn item_arguments(&self, start: &Def, terms: &[TermId], last: &str) -> Vec<String> {
        let vars = self.fixed.terms.vars(terms);
        let member = start
            .entry
            .members
            .as_ref()
            .map(|members| members.var)
            .filter(|var| vars.contains(var));
        let boot = vars.iter().any(|&var| Some(var) != member);
        self.arguments(boot, member, &[last])
    }

    /// Every term that the range of an item is made of, and those given.
    pub(super) fn item_terms(&self, id: ItemId, more: &[TermId]) -> Vec<TermId> {
        let mut terms = more.to_vec();
        for facet in [Facet::Start, Facet::Size, Facet::End, Facet::Last] {
            if let Some(def) = self.defs.facet(id, facet) {
                terms.extend([def.entry.term, def.entry.exists]);
            }
        }
        terms
    }

    /// `address`, `start` and `size` become `let offset`, and `None` is returned outside of the window.
    fn offset(
        &mut self,
        lines: &mut Lines,
        id: ItemId,
        start: &Def,
        from: &str,
        mask: Option<String>,
    ) {
        if !start.is_plain() {
            let texts = self.conditions(lines, &[start.entry.exists]);
            lines
                .open(&format!("if !({}) {{", texts[0]))
                .line("return None;")
                .close("}");
        }
        let masked = mask.map_or_else(String::new, |mask| format!(" & {mask}"));
        let offset = match from {
            "0" => "address".to_owned(),
            _ => format!("address.wrapping_sub({from}){masked}"),
        };
        lines.assign("let offset", &offset);
        let size = self.defs.facet(id, Facet::Size).cloned();
        let last = self.defs.facet(id, Facet::Last).cloned();
        let outside = match (size, last) {
            (Some(size), _) if size.is_plain() => format!("offset >= {}", size.call()),
            (_, Some(last)) if last.is_plain() && start.is_plain() => {
                format!("offset > {} - {}", last.call(), start.call())
            }
            (Some(size), _) => format!("offset as i128 >= {}", self.wide(lines, size.entry.term)),
            _ => "false".to_owned(),
        };
        lines
            .open(&format!("if {outside} {{"))
            .line("return None;")
            .close("}");
    }

    /// The text of a number as a `u64`, its `let`s written first.
    pub(super) fn word(&mut self, lines: &mut Lines, term: TermId) -> String {
        let mut writer = self.writer(usize::MAX, None, "boot", 2);
        let written = writer.write(&[term], false);
        lines.push(&written.lets);
        if written.wide {
            written.numbers[0].as_word()
        } else {
            written.numbers[0].text().to_owned()
        }
    }

    fn wide(&mut self, lines: &mut Lines, term: TermId) -> String {
        let mut writer = self.writer(usize::MAX, None, "boot", 2);
        let written = writer.write(&[term], true);
        lines.push(&written.lets);
        written.numbers[0].text().to_owned()
    }

    fn conditions(&mut self, lines: &mut Lines, terms: &[TermId]) -> Vec<String> {
        let mut writer = self.writer(usize::MAX, None, "boot", 2);
        let written = writer.write(terms, false);
        lines.push(&written.lets);
        written
            .conditions
            .iter()
            .map(|piece| piece.text().to_owned())
            .collect()
    }

    /// A named value, or its number when it has no value for some boots.
    fn def_word(&mut self, lines: &mut Lines, def: &Def) -> String {
        if def.is_plain() {
            def.call()
        } else {
            self.word(lines, def.entry.term)
        }
    }

    /// A number in a `let` of its own, unless it is short.
    pub(super) fn short(&mut self, lines: &mut Lines, name: &str, text: String) -> String {
        if text.len() <= 30 && !text.contains(' ') {
            return text;
        }
        lines.assign(&format!("let {name}"), &text);
        name.to_owned()
    }

    /// True when the target of a window does not pass the ends of its space on the way.
    fn is_straight(&mut self, rule: &Rule<'_>) -> bool {
        // A law keeps what begins inside the space inside.
        let not_negative = self.fixed.terms.ge(rule.at, TermId::FALSE);
        let low = self
            .facts
            .bounds(&self.fixed.terms, rule.at)
            .is_some_and(|(low, _)| low >= 0);
        low || self
            .facts
            .proves(&mut self.fixed.terms, not_negative, TermId::TRUE)
    }

    /// The last address of a space, when it is narrower than 64 bits.
    fn mask(&mut self, space: SpaceId) -> Option<String> {
        let end = self.model.space(space).end;
        let end = self
            .fixed
            .fix(end)
            .and_then(|end| self.fixed.terms.as_const(end));
        let last = end.unwrap_or(1 << 64) - 1;
        (last < i128::from(u64::MAX)).then(|| addr_text(last))
    }

    fn forward(&mut self, lines: &mut Lines, rule: &Rule<'_>, name: &str) {
        let (target, label) = (&self.model.space(rule.space).name, &rule.item.name);
        lines.blank();
        lines.doc(&format!("The address of space `{target}` that window `{label}` maps `address` to; `None` outside of it."));
        let terms = self.item_terms(rule.id, &[rule.at, rule.repeat.unwrap_or(rule.at)]);
        let arguments = self.item_arguments(rule.start, &terms, "address: u64");
        let mut body = lines.inner();
        let start = self.def_word(&mut body, rule.start);
        let start = self.short(&mut body, "start", start);
        self.offset(&mut body, rule.id, rule.start, &start, None);
        let mut offset = "offset".to_owned();
        if let Some(repeat) = rule.repeat {
            let repeat = self.word(&mut body, repeat);
            offset = format!("offset % {}", self.short(&mut body, "repeat", repeat));
        }
        let value = match self.fixed.terms.as_const(rule.at) {
            Some(0) => offset,
            _ => {
                let at = self.word(&mut body, rule.at);
                let at = self.short(&mut body, "target", at);
                if self.is_straight(rule) {
                    format!("{at} + {offset}")
                } else {
                    let mask = self
                        .mask(rule.space)
                        .map_or_else(String::new, |mask| format!(" & {mask}"));
                    body.assign("let target: u64", &at);
                    format!("target.wrapping_add({offset}){mask}")
                }
            }
        };
        body.line(&format!("Some({value})"));
        lines.function(
            &format!("pub const fn {name}"),
            &arguments,
            "Option<u64>",
            body,
        );
    }

    fn backward(&mut self, lines: &mut Lines, rule: &Rule<'_>, name: &str) {
        let (target, label) = (&self.model.space(rule.space).name, &rule.item.name);
        let first = if rule.repeat.is_some() {
            "first address"
        } else {
            "address"
        };
        lines.blank();
        lines.doc(&format!(
            "The {first} at which window `{label}` shows `address` of space `{target}`; `None` where it does not."
        ));
        let terms = self.item_terms(rule.id, &[rule.at, rule.repeat.unwrap_or(rule.at)]);
        let arguments = self.item_arguments(rule.start, &terms, "address: u64");
        let mut body = lines.inner();
        let at = self.word(&mut body, rule.at);
        let at = self.short(&mut body, "target", at);
        let mask = if self.is_straight(rule) {
            None
        } else {
            self.mask(rule.space)
        };
        if let Some(mask) = &mask {
            body.open(&format!("if address > {mask} {{"))
                .line("return None;")
                .close("}");
        }
        self.offset(&mut body, rule.id, rule.start, &at, mask);
        if let Some(repeat) = rule.repeat {
            let repeat = self.word(&mut body, repeat);
            let repeat = self.short(&mut body, "repeat", repeat);
            body.open(&format!("if offset >= {repeat} {{"))
                .line("return None;")
                .close("}");
        }
        let start = self.def_word(&mut body, rule.start);
        let start = self.short(&mut body, "start", start);
        body.line(&format!("Some({start} + offset)"));
        lines.function(
            &format!("pub const fn {name}"),
            &arguments,
            "Option<u64>",
            body,
        );
    }

    fn slot_address(&mut self, lines: &mut Lines, id: ItemId, start: &Def, name: &str) {
        let item = self.model.item(id);
        let (Some(last), Some(slots), Some(page)) = (
            self.defs.facet(id, Facet::Last).cloned(),
            self.slots_of(id),
            self.fixed.fix(self.model.space(item.space).page),
        ) else {
            return;
        };
        lines.blank();
        lines.doc(&format!(
            "The address of a slot of `{}`; `None` for a number that no slot has.",
            item.name
        ));
        let terms = self.item_terms(id, &[page, slots.entry.term]);
        let arguments = self.item_arguments(start, &terms, "slot: u64");
        let mut body = lines.inner();
        if !last.is_plain() {
            let texts = self.conditions(&mut body, &[last.entry.exists]);
            body.open(&format!("if !({}) {{", texts[0]))
                .line("return None;")
                .close("}");
        }
        let count = self.def_word(&mut body, &slots);
        let count = self.short(&mut body, "slots", count);
        body.open(&format!("if slot >= {count} {{"))
            .line("return None;")
            .close("}");
        let last = self.def_word(&mut body, &last);
        let last = self.short(&mut body, "last", last);
        let page = self.word(&mut body, page);
        let page = self.short(&mut body, "page", page);
        body.line(&format!("Some({last} - ((slot + 1) * {page} - 1))"));
        lines.function(
            &format!("pub const fn {name}"),
            &arguments,
            "Option<u64>",
            body,
        );
    }

    /// The number of slots of a fixed window.
    fn slots_of(&self, id: ItemId) -> Option<Def> {
        let name = format!("{}_slots", self.model.item(id).name);
        let found = self
            .defs
            .all
            .iter()
            .find(|def| def.entry.item == Some(id) && def.entry.name == name);
        found.cloned()
    }

    fn element(
        &mut self,
        lines: &mut Lines,
        id: ItemId,
        start: &Def,
        (element, per): (TermId, TermId),
        of: SpaceId,
        name: &str,
    ) {
        let (table, space) = (&self.model.item(id).name, &self.model.space(of).name);
        lines.blank();
        lines.doc(&format!(
            "The address of the element of `{table}` for `address` of space `{space}`; `None` where the table has none."
        ));
        let terms = self.item_terms(id, &[element, per]);
        let arguments = self.item_arguments(start, &terms, "address: u64");
        let mut body = lines.inner();
        if !start.is_plain() {
            let texts = self.conditions(&mut body, &[start.entry.exists]);
            body.open(&format!("if !({}) {{", texts[0]))
                .line("return None;")
                .close("}");
        }
        let (element, per) = (self.word(&mut body, element), self.word(&mut body, per));
        let (element, per) = (
            self.short(&mut body, "element", element),
            self.short(&mut body, "per", per),
        );
        let size = match self.defs.facet(id, Facet::Size).cloned() {
            Some(size) => self.def_word(&mut body, &size),
            None => addr_text(i128::from(u64::MAX)),
        };
        let size = self.short(&mut body, "size", size);
        body.assign("let number", &format!("address / {per}"));
        body.open(&format!("if number >= {size} / {element} {{"))
            .line("return None;")
            .close("}");
        let start = self.def_word(&mut body, start);
        let start = self.short(&mut body, "start", start);
        body.line(&format!("Some({start} + number * {element})"));
        lines.function(
            &format!("pub const fn {name}"),
            &arguments,
            "Option<u64>",
            body,
        );
    }
}
