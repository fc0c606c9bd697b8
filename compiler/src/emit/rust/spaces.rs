//! Translation between spaces, both ways: through all linear windows from one into another.

use super::Unit;
use super::classify::main_space;
use super::lines::Lines;
use super::names;
use super::translation::{itself_from, rule_names};
use crate::emit::define::deciders::{Decider, Decision};
use crate::emit::define::naming::Owner;
use crate::emit::fixed::Fixed;
use crate::model::{Model, SpaceId, Target};
use crate::term::TermId;

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

/// The spaces that kernels mean by *virtual* and *physical*: the one that the kernel's own addresses are in, and where its
/// linear windows lead.
fn virtual_pair(
    model: &Model,
    fixed: &mut Fixed<'_>,
    deciders: &[Vec<Decider>],
) -> Option<(SpaceId, SpaceId)> {
    let main = main_space(model, deciders)?;
    let pair = (main, model.space(main).to?);
    linear_pairs(model, fixed).contains(&pair).then_some(pair)
}

/// The names that kernels have for the two ways between them.
const VIRTUAL: [&str; 2] = ["virt_to_phys", "phys_to_virt"];

/// The names of the functions between spaces, with what they are.
pub(super) fn function_names(
    model: &Model,
    fixed: &mut Fixed<'_>,
    deciders: &[Vec<Decider>],
) -> Vec<(String, Owner)> {
    let mut all = Vec::new();
    let of = |from: SpaceId| {
        let what = format!("the translation of space `{}`", model.space(from).name);
        Owner::other(what, model.space(from).loc)
    };
    for (from, to) in linear_pairs(model, fixed) {
        let names = pair_names(model, from, to).into_iter();
        all.extend(names.map(|name| (name, of(from))));
    }
    if let Some((from, _)) = virtual_pair(model, fixed, deciders) {
        all.extend(VIRTUAL.map(|name| (name.to_owned(), of(from))));
    }
    all
}

impl Unit<'_> {
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
            if virtual_pair(self.model, &mut self.fixed, &self.deciders) == Some((from, to)) {
                self.virtual_functions(lines, (from, to), [&forward, &backward]);
            }
        }
    }

    /// The same two under the names that kernels have for them.
    fn virtual_functions(
        &mut self,
        lines: &mut Lines,
        (from, to): (SpaceId, SpaceId),
        functions: [&str; 2],
    ) {
        for (at, (name, function)) in VIRTUAL.into_iter().zip(functions).enumerate() {
            let terms = self.tried_terms(from, to, at == 1);
            let boot = self.reads_boot(&terms);
            lines
                .blank()
                .doc(&format!("[`{function}`], as kernels call it."));
            let arguments = self.arguments(boot, None, &["address: u64"]);
            let mut body = self.new_body(lines);
            let boot = if boot { "boot, " } else { "" };
            body.line(&format!("{function}({boot}address)"));
            let name = format!("pub const fn {name}");
            lines.function(&name, &arguments, "Option<u64>", body);
        }
    }

    /// Every term that the functions between two spaces are made of.
    fn tried_terms(&mut self, from: SpaceId, to: SpaceId, back: bool) -> Vec<TermId> {
        let mut terms = Vec::new();
        for window in self.tried(from, to, back) {
            terms.extend(self.rule_terms(&window));
            terms.extend(self.member_terms(window.item));
        }
        terms
    }

    fn space_function(
        &mut self,
        lines: &mut Lines,
        (from, to): (SpaceId, SpaceId),
        back: bool,
        name: &str,
    ) {
        let windows = self.tried(from, to, back);
        let terms = self.tried_terms(from, to, back);
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
