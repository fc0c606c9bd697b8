//! Where an address lies: in an item, in one of the members of a family, in what lies inside a window and decides instead of it.

use super::Unit;
use super::lines::Lines;
use crate::emit::define::Facet;
use crate::emit::define::deciders::Decider;
use crate::emit::expression::defined::VarText;
use crate::model::{ItemId, SpaceId};
use crate::term::TermId;

/// A name for a private function of a window with something inside of it.
pub(super) fn gives_way(window: &str) -> String {
    super::names::function(&format!("{window}_gives_way"))
}

impl Unit<'_> {
    /// Every term that the range of an item is made of, and those given.
    pub(super) fn item_terms(&self, id: ItemId, more: &[TermId]) -> Vec<TermId> {
        let mut terms = more.to_vec();
        for facet in [Facet::Start, Facet::Size, Facet::End, Facet::Last] {
            if let Some(said) = self.said(id, facet) {
                terms.extend([said.term, said.exists]);
            }
        }
        terms
    }

    /// The parameters of a function about an item: `boot: &Boot` when any of its numbers depends on it, then the member.
    pub(super) fn item_arguments(&self, id: ItemId, terms: &[TermId], last: &str) -> Vec<String> {
        let member = self.member_of(id, terms);
        self.arguments(self.reads_boot(terms), member, &[last])
    }

    /// The member number of an item's family, if any of these depends on it.
    pub(super) fn member_of(&self, id: ItemId, terms: &[TermId]) -> Option<crate::term::VarId> {
        let family = self.model.item(id).family.as_ref()?;
        let vars = self.fixed.terms.vars(terms);
        vars.contains(&family.var).then_some(family.var)
    }

    /// True when any of these depends on boot parameters.
    pub(super) fn reads_boot(&self, terms: &[TermId]) -> bool {
        let vars = self.fixed.terms.vars(terms);
        vars.iter().any(|var| !self.model.vars[var.index()].family)
    }

    /// A loop over the members of an item's family, if it has one; `then` writes what is done for each.
    pub(super) fn for_members(
        &mut self,
        lines: &mut Lines,
        id: ItemId,
        then: impl FnOnce(&mut Self, &mut Lines, Option<&str>),
    ) {
        let members = self
            .said(id, Facet::Start)
            .and_then(|said| said.members.clone());
        let text = members.as_ref().and_then(|all| self.names.var(all.var));
        let (Some(members), Some(VarText::Member { name, wide })) = (members, text.cloned()) else {
            return then(self, lines, None);
        };
        let (low, high) = if wide {
            (
                self.wide(lines, members.low),
                self.wide(lines, members.high),
            )
        } else {
            (
                self.word(lines, members.low),
                self.word(lines, members.high),
            )
        };
        let high = self.short(lines, "members", high);
        let kind = if wide { "i128" } else { "u64" };
        lines.assign(&format!("let mut {name}: {kind}"), &low);
        lines.open(&format!("while {name} < {high} {{"));
        then(self, lines, Some(&name));
        lines.line(&format!("{name} += 1;")).close("}");
    }

    /// `if` the address lies in an item, `then`; for a family, in one of its members.
    pub(super) fn if_inside(
        &mut self,
        lines: &mut Lines,
        id: ItemId,
        then: impl FnOnce(&mut Self, &mut Lines, Option<&str>),
    ) {
        let Some(last) = self.said(id, Facet::Last).cloned() else {
            return;
        };
        self.for_members(lines, id, |this, lines, member| {
            let mut opened = 0;
            if last.exists != TermId::TRUE {
                let there = this.condition(lines, last.exists);
                lines.open(&format!("if {there} {{"));
                opened += 1;
            }
            let mut tests = Vec::new();
            let lowest = this.said(id, Facet::Start).map(|said| said.term);
            if lowest.and_then(|term| this.fixed.terms.as_const(term)) != Some(0) {
                let start = this.said_text(lines, id, Facet::Start);
                tests.push(format!("address >= {}", this.short(lines, "start", start)));
            }
            if this.fixed.terms.as_const(last.term) != Some(i128::from(u64::MAX)) {
                let end = this.said_text(lines, id, Facet::Last);
                tests.push(format!("address <= {}", this.short(lines, "last", end)));
            }
            if !tests.is_empty() {
                lines.open_if(&tests);
                opened += 1;
            }
            then(this, lines, member);
            for _ in 0..opened {
                lines.close("}");
            }
        });
    }

    /// A private function: true where something inside of a window decides instead of it.
    pub(super) fn gives_way(&mut self, lines: &mut Lines, window: &Decider) {
        let name = &self.model.item(window.item).name;
        let function = gives_way(name);
        lines.blank().doc(&format!(
            "True where something inside of window `{name}` decides instead of it."
        ));
        let terms = self.inside_terms(window);
        let arguments = self.arguments(self.reads_boot(&terms), None, &["address: u64"]);
        let mut body = self.new_body(lines);
        for inner in &window.inside {
            self.if_inside(&mut body, inner.item, |_, lines, _| {
                lines.line("return true;");
            });
        }
        body.line("false");
        lines.function(&format!("const fn {function}"), &arguments, "bool", body);
    }

    /// Every term that decides where something inside of a window lies.
    pub(super) fn inside_terms(&self, window: &Decider) -> Vec<TermId> {
        let mut terms = Vec::new();
        for inner in &window.inside {
            terms.extend(self.item_terms(inner.item, &[]));
            terms.extend(self.member_terms(inner.item));
        }
        terms
    }

    /// The ends of a family.
    pub(super) fn member_terms(&self, id: ItemId) -> Vec<TermId> {
        let said = self.said(id, Facet::Start);
        let members = said.and_then(|said| said.members.as_ref());
        members.map_or_else(Vec::new, |members| vec![members.low, members.high])
    }

    /// The decider of a linear window that leads to `space`.
    pub(super) fn decider(&self, id: ItemId) -> Option<Decider> {
        let roots = self.deciders.iter().flatten();
        let mut all = roots.flat_map(Decider::all);
        all.find(|decider| decider.item == id).cloned()
    }

    /// The windows inside of `window` whose own functions answer for it.
    pub(super) fn answering(&self, window: &Decider, space: SpaceId) -> Vec<Decider> {
        window.linear_inside(space).into_iter().cloned().collect()
    }
}
