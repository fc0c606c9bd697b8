//! Functions of spaces: through all linear windows, both ways.

use super::Unit;
use super::lines::Lines;
use super::names;
use super::translation::rule_names;
use crate::emit::define::Facet;
use crate::emit::expression::defined::VarText;
use crate::emit::fixed::Fixed;
use crate::model::{ItemId, Model, SpaceId, Target};
use crate::term::TermId;

/// Spaces with linear windows, and the spaces that these lead to; in the order of declaration.
pub(super) fn linear_pairs(model: &Model, fixed: &mut Fixed<'_>) -> Vec<(SpaceId, SpaceId)> {
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
pub(super) fn pair_names(model: &Model, from: SpaceId, to: SpaceId) -> [String; 2] {
    let (from, to) = (&model.space(from).name, &model.space(to).name);
    [format!("{from}_to_{to}"), format!("{from}_from_{to}")].map(|name| names::function(&name))
}

impl Unit<'_> {
    /// Both ways between spaces, through all linear windows.
    pub(super) fn space_functions(&mut self, lines: &mut Lines) {
        for (from, to) in linear_pairs(self.model, &mut self.fixed) {
            let names = pair_names(self.model, from, to);
            let (space, target) = (&self.model.space(from).name, &self.model.space(to).name);
            lines
                .blank()
                .comment(&format!("Space `{space}` to space `{target}`"));
            let docs = [
                format!(
                    "The address of space `{target}` that a linear window maps `address` of `{space}` to."
                ),
                format!(
                    "An address of space `{space}` at which a linear window shows `address` of `{target}`."
                ),
            ];
            for (way, (name, doc)) in names.iter().zip(docs).enumerate() {
                self.space_function(lines, (from, to), way, name, &doc);
            }
        }
    }

    /// `way` 0 is forward, 1 is backward: there, aliases come last.
    fn space_function(
        &mut self,
        lines: &mut Lines,
        (from, to): (SpaceId, SpaceId),
        way: usize,
        name: &str,
        doc: &str,
    ) {
        let ids = (0..self.model.items.len()).filter_map(|at| u32::try_from(at).ok().map(ItemId));
        let of = |id: &ItemId| {
            let item = self.model.item(*id);
            let linear = matches!(item.target, Target::Linear { space, .. } if space == to);
            linear && item.space == from && self.defs.facet(*id, Facet::Start).is_some()
        };
        let mut ids: Vec<ItemId> = ids.filter(of).collect();
        if way == 1 {
            ids.sort_by_key(|&id| self.model.item(id).alias.is_some());
        }
        let all: Vec<TermId> = ids.iter().flat_map(|&id| self.rule_terms(id)).collect();
        let boot = self.has_boot_vars(&all);
        lines.blank().doc(doc);
        let mut arguments = vec!["address: u64".to_owned()];
        if boot {
            arguments.insert(0, "boot: &Boot".to_owned());
        }
        let mut body = lines.inner();
        for id in ids {
            self.try_window(&mut body, id, way);
        }
        body.line("None");
        lines.function(
            &format!("pub const fn {name}"),
            &arguments,
            "Option<u64>",
            body,
        );
    }

    fn rule_terms(&mut self, id: ItemId) -> Vec<TermId> {
        let mut terms = self.item_terms(id, &[]);
        if let Target::Linear { at, repeat, .. } = &self.model.item(id).target {
            terms.push(self.fixed.holds(at.term));
            terms.extend(repeat.map(|repeat| self.fixed.holds(repeat.term)));
        }
        terms
    }

    fn has_boot_vars(&self, terms: &[TermId]) -> bool {
        self.fixed
            .terms
            .vars(terms)
            .iter()
            .any(|var| !self.model.vars[var.index()].family)
    }

    fn try_window(&mut self, lines: &mut Lines, id: ItemId, way: usize) {
        let terms = self.rule_terms(id);
        let Some(start) = self.defs.facet(id, Facet::Start).cloned() else {
            return;
        };
        let name = &rule_names(self.model, self.model.item(id))[way];
        let mut arguments: Vec<String> = Vec::new();
        if self.has_boot_vars(&terms) {
            arguments.push("boot".to_owned());
        }
        let vars = self.fixed.terms.vars(&terms);
        let members = start
            .entry
            .members
            .as_ref()
            .filter(|members| vars.contains(&members.var));
        let members = members.and_then(|members| match self.names.var(members.var) {
            Some(VarText::Member { name, .. }) => Some((members.clone(), name.clone())),
            _ => None,
        });
        if let Some((members, member)) = members.clone() {
            let (low, high) = (
                self.word(lines, members.low),
                self.word(lines, members.high),
            );
            let bound = self.short(lines, "end", high);
            lines.line(&format!("let mut {member} = {low};"));
            lines.open(&format!("while {member} < {bound} {{"));
            arguments.push(member);
        }
        arguments.push("address".to_owned());
        lines.open(&format!(
            "if let Some(found) = {name}({}) {{",
            arguments.join(", ")
        ));
        lines.line("return Some(found);").close("}");
        if let Some((_, member)) = members {
            lines.line(&format!("{member} += 1;")).close("}");
        }
    }
}
