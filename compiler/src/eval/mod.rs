//! Giving every expression its kind and its value: a term over the parameters. What an expression
//! needs to have a value becomes an obligation, to be proved by the checks.
//!
//! Ranges refer to each other in any order, so starts, ends, named values and the like are nodes
//! of a graph (`graph`) that is evaluated in the order of what needs what. Expressions
//! (`expr`) then only meet values that are there.

pub mod kind_mismatch;
pub mod not_constant;
pub mod outside_domain;
pub mod overflow;
pub mod power_of_two;
pub mod setting;
pub mod unknown_field;
pub mod unknown_level;
pub mod value_cycle;
pub mod wrong_call;
pub mod wrong_domain;
pub mod wrong_family;
pub mod wrong_paging;

pub(crate) mod arithmetic;

mod calls;
mod claims;
mod comparisons;
mod constants;
mod dependencies;
mod entry_bits;
mod examples;
mod expr;
mod families;
mod formats;
mod graph;
mod items;
mod kinds;
mod named_values;
mod operators;
mod pages;
mod params;
mod references;
mod segments;
mod spaces;
mod substitute;
mod targets;
mod variants;

pub(crate) use constants::{binding, domain_text};
pub(crate) use expr::Value;
pub(crate) use kinds::{article_kind, kind_word};

use crate::diagnostic::{Diagnostic, Page};
use crate::model::{FormatId, ItemKind, Lack, Missing, Model, Need, Num, Obligation, Slot, Target};
use crate::resolve::Resolved;
use crate::source::Loc;
use crate::term::TermId;

/// The diagnostic codes of this stage.
pub const PAGES: &[&Page] = &[
    &kind_mismatch::PAGE,
    &not_constant::PAGE,
    &outside_domain::PAGE,
    &overflow::PAGE,
    &power_of_two::PAGE,
    &setting::PAGE,
    &unknown_field::PAGE,
    &unknown_level::PAGE,
    &value_cycle::PAGE,
    &wrong_call::PAGE,
    &wrong_domain::PAGE,
    &wrong_family::PAGE,
    &wrong_paging::PAGE,
];

/// Evaluates everything.
#[must_use]
pub fn eval(resolved: &Resolved<'_>) -> (Model, Vec<Diagnostic>) {
    let mut evaluator = Evaluator::new(resolved);
    evaluator.run_graph();
    evaluator.fill_model();
    let mut model = evaluator.model;
    model.missing = missing(resolved, &model, &evaluator.diagnostics);
    (model, evaluator.diagnostics)
}

/// What laws cannot look for: what was wrong itself, and what was made of it.
fn missing(resolved: &Resolved<'_>, model: &Model, found: &[Diagnostic]) -> Missing {
    let mut missing = resolved.missing.clone();
    resolved.lacks.note(found, &mut missing);
    for item in &model.items {
        if item.range.is_none() || matches!(item.target, Target::Poisoned) {
            missing.note(match item.kind {
                ItemKind::Part => Lack::Part,
                ItemKind::Place(kind) => Lack::Place(kind),
            });
        }
    }
    missing
}

/// The work in progress. The lists run parallel to those of [`Resolved`]; an entry is `None`
/// until it is evaluated, and stays so when it is wrong.
pub(crate) struct Evaluator<'a> {
    decls: &'a Resolved<'a>,
    /// The model that is being made; its terms, variables and obligations grow from the start.
    pub(crate) model: Model,
    /// The messages.
    pub(crate) diagnostics: Vec<Diagnostic>,
    params_good: Vec<bool>,
    lets: Vec<Option<Value>>,
    formats_good: Vec<bool>,
    bits: Vec<Option<Num>>,
    /// `2^bits`
    ends_of_spaces: Vec<Option<TermId>>,
    paging: Vec<Option<Vec<(TermId, FormatId)>>>,
    /// The page sizes that were asked for.
    page_sizes: Vec<Option<TermId>>,
    exists: Vec<Option<TermId>>,
    families: Vec<Option<crate::model::Family>>,
    starts: Vec<Option<Num>>,
    ends: Vec<Option<Num>>,
    slots: Vec<Option<Vec<Slot>>>,
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(decls: &'a Resolved<'a>) -> Self {
        let items = decls.items.len();
        let spaces = decls.spaces.len();
        let mut evaluator = Self {
            decls,
            model: Model::default(),
            diagnostics: Vec::new(),
            params_good: vec![false; decls.params.len()],
            lets: vec![None; decls.lets.len()],
            formats_good: vec![false; decls.formats.len()],
            bits: vec![None; spaces],
            ends_of_spaces: vec![None; spaces],
            paging: vec![None; spaces],
            page_sizes: vec![None; spaces],
            exists: vec![None; items],
            families: vec![None; items],
            starts: vec![None; items],
            ends: vec![None; items],
            slots: vec![None; items],
        };
        evaluator.model.doc.clone_from(&decls.doc);
        evaluator.model.used.clone_from(&decls.used);
        evaluator.model.enums.clone_from(&decls.enums);
        evaluator.declare_params();
        evaluator.declare_formats();
        evaluator
    }

    /// Fills the model with what was declared, now that every node has its value.
    fn fill_model(&mut self) {
        self.fill_spaces();
        self.fill_lets();
        if !self.model.spaces.is_empty() {
            self.fill_items();
        }
        self.model.assumes = self.claims(&self.decls.assumes, "`assume` takes a condition");
        self.model.asserts = self.claims(&self.decls.asserts, "`assert` takes a condition");
        self.fill_segments();
        self.fill_examples();
        self.fill_variants();
        self.fill_exports();
    }

    /// Notes what an expression needs, unless it is so anyway.
    fn need(&mut self, cond: TermId, under: TermId, loc: Loc, need: Need) {
        if under == TermId::FALSE || self.follows(under, cond) {
            return;
        }
        self.model.obligations.push(Obligation {
            cond,
            under,
            loc,
            need,
        });
    }

    /// True when `cond` is plainly among what `under` says.
    fn follows(&self, under: TermId, cond: TermId) -> bool {
        let said = self.model.terms.conjuncts(under);
        let is_said = |part: &TermId| *part == TermId::TRUE || said.contains(part);
        self.model.terms.conjuncts(cond).iter().all(is_said)
    }

    /// Builds a term, with a message when a number in it leaves 127 bits.
    fn term<T>(&mut self, loc: Loc, build: impl FnOnce(&mut crate::term::Terms) -> T) -> Option<T> {
        let term = build(&mut self.model.terms);
        if self.model.terms.take_overflow() {
            self.diagnostics.push(overflow::result(loc));
            return None;
        }
        Some(term)
    }

    /// Counts a name as used.
    fn note_use(&mut self, name: &str) {
        if !self.model.used.contains(name) {
            self.model.used.insert(name.to_owned());
        }
    }
}

#[cfg(test)]
mod tests;
