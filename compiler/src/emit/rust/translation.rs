//! Translation, both ways: through one linear window, and through all those from one space into another. What lies inside
//! a window and decides instead of it is asked first, so that the functions answer what `mapwright translate` does.

use super::Unit;
use super::lines::Lines;
use super::membership::gives_way;
use super::names;
use crate::emit::define::Facet;
use crate::emit::define::deciders::{Decider, Decision};
use crate::emit::define::definition::{Def, Type};
use crate::emit::define::naming::Owner;
use crate::emit::fixed::Fixed;
use crate::model::{Item, ItemId, Model, SpaceId, Target};
use crate::show_value::addr_text;
use crate::term::TermId;

/// The functions of an item's mapping rule.
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

/// The private way back of a window with linear windows inside: by its own rule alone.
pub(super) fn itself_from(model: &Model, item: &Item, space: SpaceId) -> String {
    let (name, space) = (&item.name, &model.space(space).name);
    names::function(&format!("{name}_itself_from_{space}"))
}

/// The names of all functions that are about translation, with what they are.
pub(super) fn function_names(
    model: &Model,
    fixed: &mut Fixed<'_>,
    deciders: &[Vec<Decider>],
) -> Vec<(String, Owner)> {
    let mut all = Vec::new();
    let of = |item: &Item| {
        let what = format!("the translation of {} `{}`", item.kind.word(), item.name);
        Owner::other(what, item.name_loc)
    };
    for item in &model.items {
        if item.range.is_some() && fixed.holds(item.exists) != TermId::FALSE {
            let names = rule_names(model, item).into_iter();
            all.extend(names.map(|name| (name, of(item))));
        }
    }
    for decider in deciders.iter().flatten().flat_map(Decider::all) {
        let item = model.item(decider.item);
        if let (Decision::Linear(space), false) = (decider.decision, decider.inside.is_empty()) {
            all.push((gives_way(&item.name), of(item)));
            if !decider.linear_inside(space).is_empty() {
                all.push((itself_from(model, item, space), of(item)));
            }
        }
    }
    all
}

/// A mapping rule with its numbers.
struct Rule<'d> {
    id: ItemId,
    item: &'d Item,
    at: TermId,
    repeat: Option<TermId>,
    space: SpaceId,
    /// What lies inside.
    decider: Decider,
}

impl<'m> Unit<'m> {
    /// The functions of an item's mapping rule.
    pub(super) fn window_functions(&mut self, lines: &mut Lines, id: ItemId) {
        let item = self.model.item(id);
        if self.said(id, Facet::Start).is_none() {
            return;
        }
        let names = rule_names(self.model, item);
        match (&item.target, names.as_slice()) {
            (Target::Linear { .. }, [to, from]) => {
                if let Some(rule) = self.rule(id) {
                    if !rule.decider.inside.is_empty() {
                        self.gives_way(lines, &rule.decider);
                    }
                    self.forward(lines, &rule, to);
                    self.backward(lines, &rule, from);
                }
            }
            (Target::Fixed { .. }, [name]) => self.slot_address(lines, id, name),
            (Target::Table { .. }, [name]) => self.element_address(lines, id, name),
            _ => {}
        }
    }

    fn rule(&mut self, id: ItemId) -> Option<Rule<'m>> {
        let item = self.model.item(id);
        let Target::Linear { space, at, repeat } = item.target else {
            return None;
        };
        let decider = self.decider(id)?;
        let end = self.model.space(space).end;
        let at = self.fixed.fix(at.term)?;
        let end = self.fixed.fix(end)?;
        // A target below zero is taken modulo its space.
        let at = match self.fixed.terms.as_const(at) {
            Some(below) if below < 0 => self.fixed.terms.rem(at, end),
            _ => at,
        };
        let repeat = repeat.map(|repeat| self.fixed.holds(repeat.term));
        Some(Rule {
            id,
            item,
            at,
            repeat,
            space,
            decider,
        })
    }

    /// Every term that the functions of a linear window are made of, those of the windows inside of it included.
    pub(super) fn rule_terms(&mut self, decider: &Decider) -> Vec<TermId> {
        let mut terms = Vec::new();
        for each in decider.all() {
            terms.extend(self.item_terms(each.item, &[]));
            if each.item != decider.item {
                terms.extend(self.member_terms(each.item));
            }
            if let Target::Linear { at, repeat, .. } = &self.model.item(each.item).target {
                terms.push(self.fixed.holds(at.term));
                terms.extend(repeat.map(|repeat| self.fixed.holds(repeat.term)));
            }
        }
        terms
    }

    /// The parameters of a window's functions.
    fn rule_arguments(&mut self, decider: &Decider) -> Vec<String> {
        let terms = self.rule_terms(decider);
        self.item_arguments(decider.item, &terms, "address: u64")
    }

    /// `let offset` from `from`, and `None` is returned outside of the window.
    fn offset(&mut self, lines: &mut Lines, id: ItemId, from: &str, mask: Option<&str>) -> String {
        let start = self.said(id, Facet::Start).cloned();
        self.return_unless(lines, start.map_or(TermId::TRUE, |start| start.exists));
        let masked = mask.map_or_else(String::new, |mask| format!(" & {mask}"));
        let offset = match from {
            "0" => "address".to_owned(),
            _ => format!("address.wrapping_sub({from}){masked}"),
        };
        lines.assign("let offset", &offset);
        let limit = self.limit(lines, id);
        lines
            .open(&format!("if offset {limit} {{"))
            .line("return None;")
            .close("}");
        limit
    }

    /// What an offset beyond the end of a window is: `>= SIZE`.
    fn limit(&mut self, lines: &mut Lines, id: ItemId) -> String {
        let defined = |facet| self.defs.facet(id, facet).filter(|def| def.is_plain());
        let (size, last, start) = (
            defined(Facet::Size),
            defined(Facet::Last),
            defined(Facet::Start),
        );
        match (size, last, start) {
            (Some(size), ..) => return format!(">= {}", size.call()),
            (_, Some(last), Some(start)) => return format!("> {} - {}", last.call(), start.call()),
            _ => {}
        }
        // Its first address plus what is below the last: never 2^64, as the size may be. An empty window has no last
        // address, and nothing lies in it.
        let terms: Vec<TermId> = [Facet::Start, Facet::Last]
            .iter()
            .filter_map(|&facet| self.said(id, facet).map(|said| said.term))
            .collect();
        let [start, last] = terms[..] else {
            return ">= 0".to_owned();
        };
        if let Some(filled) = self.said(id, Facet::Last).map(|last| last.exists) {
            self.return_unless(lines, filled);
        }
        let reach = self.fixed.terms.sub(last, start);
        let reach = self.word(lines, reach);
        format!("> {}", self.short(lines, "reach", reach))
    }

    /// The address that the first byte of a linear window is mapped to.
    pub(super) fn first_target(&mut self, lines: &mut Lines, id: ItemId) -> String {
        let Some(rule) = self.rule(id) else {
            return "0".to_owned();
        };
        let at = self.at_text(lines, &rule);
        let at = match self.fixed.terms.as_const(rule.at) {
            None if !self.is_straight(&rule) => {
                let mask = self.mask(rule.space);
                mask.map_or_else(|| at.clone(), |mask| format!("({at}) & {mask}"))
            }
            _ => at,
        };
        self.short(lines, "target", at)
    }

    /// Where the first byte of a window is mapped to: by its name, where that is a word.
    fn at_text(&mut self, lines: &mut Lines, rule: &Rule<'_>) -> String {
        let said = self.defs.facet(rule.id, Facet::Target);
        let word =
            |def: &&Def| def.is_plain() && def.kind == Type::Word && def.entry.term == rule.at;
        match said.filter(word).map(Def::call) {
            Some(call) => call,
            None => self.word(lines, rule.at),
        }
    }

    /// True when the target of a window does not pass the ends of its space on the way.
    fn is_straight(&mut self, rule: &Rule<'_>) -> bool {
        let written = match self.model.item(rule.id).target {
            Target::Linear { at, .. } => self.fixed.holds(at.term),
            _ => rule.at,
        };
        // A law keeps what begins inside the space inside.
        let not_negative = self.fixed.terms.ge(written, TermId::FALSE);
        let low = self
            .facts
            .bounds(&self.fixed.terms, written)
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
        lines.blank().doc(&format!(
            "The address of space `{target}` that window `{label}` maps `address` to; `None` outside of it."
        ));
        self.inside_doc(lines, rule);
        let arguments = self.rule_arguments(&rule.decider);
        let mut body = self.new_body(lines);
        if !rule.decider.inside.is_empty() {
            let there = self.gives_way_call(&rule.decider, "address");
            body.open(&format!("if {there} {{"));
            for inner in self.answering(&rule.decider, rule.space) {
                self.try_window(
                    &mut body,
                    &inner,
                    &rule_names(self.model, self.model.item(inner.item))[0],
                );
            }
            body.line("return None;").close("}");
        }
        let start = self.said_text(&mut body, rule.id, Facet::Start);
        let start = self.short(&mut body, "start", start);
        self.offset(&mut body, rule.id, &start, None);
        let mut offset = "offset".to_owned();
        if let Some(repeat) = rule.repeat {
            let repeat = self.word(&mut body, repeat);
            offset = format!("offset % {}", self.short(&mut body, "repeat", repeat));
        }
        let value = match self.fixed.terms.as_const(rule.at) {
            Some(0) => offset,
            _ => {
                let at = self.at_text(&mut body, rule);
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

    /// What the functions of a window answer for addresses that something inside of it decides.
    fn inside_doc(&self, lines: &mut Lines, rule: &Rule<'_>) {
        let names = |linear: bool| -> Vec<String> {
            let inside = rule.decider.inside.iter();
            let of =
                inside.filter(|inner| (inner.decision == Decision::Linear(rule.space)) == linear);
            of.map(|inner| format!("`{}`", self.model.item(inner.item).name))
                .collect()
        };
        let (windows, faults) = (names(true), names(false));
        if !windows.is_empty() {
            lines.line("///").doc(&format!(
                "Inside of it, {} answers for itself.",
                windows.join(", ")
            ));
        }
        if !faults.is_empty() {
            lines.line("///").doc(&format!(
                "Nothing is mapped by it inside of {}.",
                faults.join(", ")
            ));
        }
    }

    fn backward(&mut self, lines: &mut Lines, rule: &Rule<'_>, name: &str) {
        let answering = self.answering(&rule.decider, rule.space);
        let (target, label) = (&self.model.space(rule.space).name, &rule.item.name);
        let first = if rule.repeat.is_some() {
            "first address"
        } else {
            "address"
        };
        if answering.is_empty() {
            lines.blank().doc(&format!(
                "The {first} at which window `{label}` shows `address` of space `{target}`; `None` where it does not."
            ));
            self.inside_doc(lines, rule);
            return self.own_way_back(lines, rule, &format!("pub const fn {name}"));
        }
        let itself = itself_from(self.model, rule.item, rule.space);
        lines.blank().doc(&format!(
            "The {first} at which window `{label}` itself shows `address` of space `{target}`."
        ));
        self.own_way_back(lines, rule, &format!("const fn {itself}"));
        lines.blank().doc(&format!(
            "An address in window `{label}` at which `address` of space `{target}` is shown; `None` where it is not."
        ));
        self.inside_doc(lines, rule);
        let arguments = self.rule_arguments(&rule.decider);
        let mut body = self.new_body(lines);
        self.call_window(&mut body, &rule.decider, &itself, None);
        for inner in answering {
            let names = rule_names(self.model, self.model.item(inner.item));
            self.try_window(&mut body, &inner, &names[1]);
        }
        body.line("None");
        lines.function(
            &format!("pub const fn {name}"),
            &arguments,
            "Option<u64>",
            body,
        );
    }

    /// The way back by the rule of a window alone.
    fn own_way_back(&mut self, lines: &mut Lines, rule: &Rule<'_>, name: &str) {
        let arguments = self.rule_arguments(&rule.decider);
        let mut body = self.new_body(lines);
        let at = self.at_text(&mut body, rule);
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
        let limit = self.offset(&mut body, rule.id, &at, mask.as_deref());
        let repeat = rule.repeat.map(|repeat| {
            let repeat = self.word(&mut body, repeat);
            let repeat = self.short(&mut body, "repeat", repeat);
            body.open(&format!("if offset >= {repeat} {{"))
                .line("return None;")
                .close("}");
            repeat
        });
        let start = self.said_text(&mut body, rule.id, Facet::Start);
        let start = self.short(&mut body, "start", start);
        if rule.decider.inside.is_empty() {
            body.line(&format!("Some({start} + offset)"));
        } else {
            let there = self.gives_way_call(&rule.decider, "found");
            match repeat {
                None => {
                    body.line(&format!("let found = {start} + offset;")).choice(
                        &there,
                        "None",
                        "Some(found)",
                    );
                }
                Some(repeat) => {
                    self.first_repetition(&mut body, &there, (&start, &repeat, &limit));
                }
            }
        }
        lines.function(name, &arguments, "Option<u64>", body);
    }

    /// The first repetition of frames that nothing inside of the window hides.
    fn first_repetition(
        &self,
        lines: &mut Lines,
        there: &str,
        (start, repeat, limit): (&str, &str, &str),
    ) {
        lines.line("let mut at = offset;").open("loop {");
        lines
            .line(&format!("let found = {start} + at;"))
            .open(&format!("if !{there} {{"))
            .line("return Some(found);")
            .close("}");
        lines
            .open(&format!("at = match at.checked_add({repeat}) {{"))
            .line("Some(next) => next,")
            .line("None => return None,")
            .close("};");
        lines
            .open(&format!("if at {limit} {{"))
            .line("return None;")
            .close("}")
            .close("}");
    }

    fn gives_way_call(&self, window: &Decider, address: &str) -> String {
        let terms = self.inside_terms(window);
        let boot = if self.reads_boot(&terms) {
            "boot, "
        } else {
            ""
        };
        let name = gives_way(&self.model.item(window.item).name);
        format!("{name}({boot}{address})")
    }

    /// Returns what a function of a window gives, if it gives anything.
    fn call_window(
        &mut self,
        lines: &mut Lines,
        window: &Decider,
        function: &str,
        member: Option<&str>,
    ) {
        let terms = self.rule_terms(window);
        let mut arguments: Vec<&str> = Vec::new();
        arguments.extend(self.reads_boot(&terms).then_some("boot"));
        arguments.extend(member);
        arguments.push("address");
        lines
            .open(&format!(
                "if let Some(found) = {function}({}) {{",
                arguments.join(", ")
            ))
            .line("return Some(found);")
            .close("}");
    }

    /// The same for every member of a family that the function depends on.
    pub(super) fn try_window(&mut self, lines: &mut Lines, window: &Decider, function: &str) {
        let terms = self.rule_terms(window);
        if self.member_of(window.item, &terms).is_none() {
            return self.call_window(lines, window, function, None);
        }
        self.for_members(lines, window.item, |this, lines, member| {
            this.call_window(lines, window, function, member);
        });
    }
}
