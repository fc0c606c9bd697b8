//! Translation, both ways: through one linear window, and through all those from one space into another. What lies inside
//! a window and decides instead of it is asked first, so that the functions answer what `mapwright translate` does.

use super::Unit;
use super::lines::Lines;
use super::membership::gives_way;
use super::names;
use crate::emit::define::Facet;
use crate::emit::define::deciders::{Decider, Decision};
use crate::emit::fixed::Fixed;
use crate::model::{Item, ItemId, Model, SpaceId, Target};
use crate::show_value::addr_text;
use crate::source::Loc;
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
fn itself_from(model: &Model, item: &Item, space: SpaceId) -> String {
    let (name, space) = (&item.name, &model.space(space).name);
    names::function(&format!("{name}_itself_from_{space}"))
}

/// Spaces with linear windows, and the spaces that these lead to; in the order of declaration.
fn linear_pairs(model: &Model, fixed: &mut Fixed<'_>) -> Vec<(SpaceId, SpaceId)> {
    let mut pairs = Vec::new();
    for item in &model.items {
        if let Target::Linear { space, .. } = item.target
            && item.range.is_some()
            && fixed.holds(item.exists) != TermId::FALSE
            && !pairs.contains(&(item.space, space))
        {
            pairs.push((item.space, space));
        }
    }
    pairs
}

/// The names of the functions there and back.
fn pair_names(model: &Model, from: SpaceId, to: SpaceId) -> [String; 2] {
    let (from, to) = (&model.space(from).name, &model.space(to).name);
    [format!("{from}_to_{to}"), format!("{from}_from_{to}")].map(|name| names::function(&name))
}

/// The names of all functions that are about translation, with what they are.
pub(super) fn function_names(
    model: &Model,
    fixed: &mut Fixed<'_>,
    deciders: &[Vec<Decider>],
) -> Vec<(String, String, Loc)> {
    let mut all = Vec::new();
    let what = |item: &Item| format!("the translation of {} `{}`", item.kind.word(), item.name);
    for item in &model.items {
        if item.range.is_some() && fixed.holds(item.exists) != TermId::FALSE {
            let names = rule_names(model, item).into_iter();
            all.extend(names.map(|name| (name, what(item), item.name_loc)));
        }
    }
    for decider in deciders.iter().flatten().flat_map(Decider::all) {
        let item = model.item(decider.item);
        if let (Decision::Linear(space), false) = (decider.decision, decider.inside.is_empty()) {
            all.push((gives_way(&item.name), what(item), item.name_loc));
            if !decider.linear_inside(space).is_empty() {
                all.push((itself_from(model, item, space), what(item), item.name_loc));
            }
        }
    }
    for (from, to) in linear_pairs(model, fixed) {
        let what = format!("the translation of space `{}`", model.space(from).name);
        let names = pair_names(model, from, to).into_iter();
        all.extend(names.map(|name| (name, what.clone(), model.space(from).loc)));
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
    fn rule_terms(&mut self, decider: &Decider) -> Vec<TermId> {
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

    /// A formula as text, its `let`s written first.
    fn formula(&mut self, lines: &mut Lines, term: TermId, wide: bool) -> super::formula::Written {
        let (depth, parts) = (lines.depth(), self.parts);
        let mut writer = self.writer(usize::MAX, None, "boot", depth);
        writer.parts = parts;
        let written = writer.write(&[term], wide);
        self.parts = writer.parts;
        lines.push(&written.lets);
        written
    }

    /// The text of a number as a `u64`, its `let`s written first.
    pub(super) fn word(&mut self, lines: &mut Lines, term: TermId) -> String {
        let written = self.formula(lines, term, false);
        if written.wide {
            written.numbers[0].as_type("u64")
        } else {
            written.numbers[0].text().to_owned()
        }
    }

    /// The text of a number as an `i128`, its `let`s written first.
    pub(super) fn wide(&mut self, lines: &mut Lines, term: TermId) -> String {
        self.formula(lines, term, true).numbers[0].text().to_owned()
    }

    /// The text of a condition, its `let`s written first.
    pub(super) fn condition(&mut self, lines: &mut Lines, term: TermId) -> String {
        self.formula(lines, term, false).conditions[0]
            .text()
            .to_owned()
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
    fn try_window(&mut self, lines: &mut Lines, window: &Decider, function: &str) {
        let terms = self.rule_terms(window);
        if self.member_of(window.item, &terms).is_none() {
            return self.call_window(lines, window, function, None);
        }
        self.for_members(lines, window.item, |this, lines, member| {
            this.call_window(lines, window, function, member);
        });
    }

    /// Both ways between spaces, through all linear windows.
    pub(super) fn space_functions(&mut self, lines: &mut Lines) {
        for (from, to) in linear_pairs(self.model, &mut self.fixed) {
            let [forward, backward] = pair_names(self.model, from, to);
            let (space, target) = (&self.model.space(from).name, &self.model.space(to).name);
            lines
                .blank()
                .comment(&format!("Space `{space}` to space `{target}`"));
            lines.blank().doc(&format!(
                "The address of space `{target}` that a linear window maps `address` of `{space}` to."
            ));
            self.space_function(lines, (from, to), false, &forward);
            lines.blank().doc(&format!(
                "An address of space `{space}` at which a linear window shows `address` of `{target}`."
            ));
            self.space_function(lines, (from, to), true, &backward);
        }
    }

    fn space_function(
        &mut self,
        lines: &mut Lines,
        (from, to): (SpaceId, SpaceId),
        back: bool,
        name: &str,
    ) {
        let windows = self.tried(from, to, back);
        let mut terms = Vec::new();
        for window in &windows {
            terms.extend(self.rule_terms(window));
            terms.extend(self.member_terms(window.item));
        }
        let arguments = self.arguments(self.reads_boot(&terms), None, &["address: u64"]);
        let mut body = self.new_body(lines);
        for window in &windows {
            let item = self.model.item(window.item);
            let [there, home] =
                <[String; 2]>::try_from(rule_names(self.model, item)).unwrap_or_default();
            let function = match back {
                false => there,
                true if window.linear_inside(to).is_empty() => home,
                true => itself_from(self.model, item, to),
            };
            self.try_window(&mut body, window, &function);
        }
        body.line("None");
        lines.function(
            &format!("pub const fn {name}"),
            &arguments,
            "Option<u64>",
            body,
        );
    }

    /// The windows to be tried, in order. On the way there, the outermost: they ask those inside of them. On the way back
    /// all, each by its own rule, aliases last.
    fn tried(&self, from: SpaceId, to: SpaceId, back: bool) -> Vec<Decider> {
        let roots = &self.deciders[from.index()];
        let mut found: Vec<Decider> = Vec::new();
        if back {
            let all = roots.iter().flat_map(Decider::all);
            found.extend(
                all.filter(|each| each.decision == Decision::Linear(to))
                    .cloned(),
            );
            found.sort_by_key(|each| (self.model.item(each.item).alias.is_some(), each.item));
        } else {
            for root in roots {
                match root.decision {
                    Decision::Linear(space) if space == to => found.push(root.clone()),
                    _ => found.extend(root.linear_inside(to).into_iter().cloned()),
                }
            }
            found.sort_by_key(|each| each.item);
        }
        found
    }
}
