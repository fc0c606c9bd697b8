//! What the checks share: laws are asked here, and messages collected.

use super::{Case, Scope, Summary, not_proved};
use crate::diagnostic::Diagnostic;
use crate::model::{Domain, ItemId, ItemKind, Model, SpaceId, Var};
use crate::prove::{BUDGET, Undecided, Verdict, World, prove, satisfiable};
use crate::source::{Loc, Sources};
use crate::term::{Bounds, TermId, Terms, Undefined, VarId};
use mapwright_grammar::ast::PlaceKind;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Cases for a law after many others were not decided.
const LEAST_BUDGET: u32 = 1_000;

/// A law: `goal` holds wherever `under` does.
#[derive(Debug, Clone, Copy)]
pub struct Law {
    /// Where it is asked.
    pub under: TermId,
    /// What must hold there.
    pub goal: TermId,
    /// Where to point when it cannot be decided.
    pub loc: Loc,
    /// What it says, for the message that it could not be decided: `vmalloc does not overlap pkmap`.
    pub what: &'static str,
}

/// What the checks share.
pub struct Checker<'m> {
    /// The layout.
    pub model: &'m Model,
    /// Its texts, to say where things are declared.
    pub sources: &'m Sources,
    /// Its terms, and those that checks add.
    pub terms: Terms,
    /// Counts so far.
    pub summary: Summary,
    /// Messages so far.
    pub diagnostics: Vec<Diagnostic>,
    /// Items that had a message for which no parameter value is innocent: nothing more is said about them.
    pub broken: BTreeSet<ItemId>,
    scope: Scope,
    children: Vec<Vec<ItemId>>,
    /// Items in the order of declaration: checks of one window ask for all zones, and there may be many windows.
    by_kind: BTreeMap<PlaceKind, Vec<ItemId>>,
    /// Conditions that were proved: they are asked about again under other circumstances.
    known: HashSet<TermId>,
    mistaken: BTreeSet<ItemId>,
    pub(super) vars: Vec<Var>,
    pub(super) defaults: Vec<i128>,
    pub(super) assumptions: Vec<TermId>,
    pub(super) budget: u32,
}

impl<'m> Checker<'m> {
    /// A checker that has decided nothing yet.
    #[must_use]
    pub fn new(model: &'m Model, sources: &'m Sources, scope: &Scope) -> Self {
        let mut vars = model.vars.clone();
        let mut defaults = model.defaults();
        if let Scope::One(values) = scope {
            for param in &model.params {
                let value = values[param.var.index()];
                vars[param.var.index()].domain = Domain::Set(vec![value]);
                defaults[param.var.index()] = value;
            }
        }
        let points = vars
            .iter()
            .filter(|var| !var.family)
            .fold(1, |n: u128, var| n.saturating_mul(var.domain.count()));
        Self {
            model,
            sources,
            terms: model.terms.clone(),
            summary: Summary {
                points,
                ..Summary::default()
            },
            diagnostics: Vec::new(),
            broken: BTreeSet::new(),
            scope: scope.clone(),
            children: children_of(model),
            by_kind: by_kind(model),
            known: HashSet::new(),
            mistaken: BTreeSet::new(),
            vars,
            defaults,
            assumptions: model.assumes.iter().map(|claim| claim.cond).collect(),
            budget: BUDGET,
        }
    }

    /// Reports a mistake.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Cheap bounds of terms over the domains.
    #[must_use]
    pub fn hulls(&self) -> Bounds<'_> {
        Bounds::new(&self.vars, Undefined::Ignored)
    }

    /// Decides whether a condition always holds, without counting it or drawing conclusions.
    #[must_use]
    pub fn verdict(&mut self, under: TermId, goal: TermId) -> Verdict {
        let law = self.terms.implies(under, goal);
        if self.known.contains(&goal) || self.known.contains(&law) {
            return Verdict::Proved;
        }
        let world = World {
            vars: &self.vars,
            defaults: &self.defaults,
            assumptions: &self.assumptions,
            budget: self.budget,
        };
        let verdict = prove(&self.terms, &world, law);
        match verdict {
            Verdict::Proved => {
                self.known.insert(law);
            }
            // A layout gets its answer in seconds: what one hard law has used up, those like it do not use again.
            Verdict::Undecided(_) => self.budget = (self.budget / 2).max(LEAST_BUDGET),
            Verdict::Refuted(_) => {}
        }
        verdict
    }

    /// The items directly inside an item, in the order of declaration.
    #[must_use]
    pub fn children(&self, id: ItemId) -> &[ItemId] {
        &self.children[id.index()]
    }

    /// The part of a split that holds an item, if any.
    #[must_use]
    pub fn part_of(&self, id: ItemId) -> Option<ItemId> {
        let mut next = Some(id);
        for _ in 0..=self.model.items.len() {
            let id = next?;
            if self.model.item(id).kind == ItemKind::Part {
                return Some(id);
            }
            next = self.model.item(id).parent;
        }
        None
    }

    /// For which parameter values the laws are to hold.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The values that parameters have unless a counterexample needs others: the defaults, or those given.
    #[must_use]
    pub fn defaults(&self) -> &[i128] {
        &self.defaults
    }

    /// The variables, with those that checks add.
    #[must_use]
    pub fn vars(&self) -> &[Var] {
        &self.vars
    }

    /// The smallest case that fulfils all of `conditions` and nothing else; `None` when there is none.
    ///
    /// # Errors
    /// [`Undecided`] when that could not be found out.
    pub fn smallest(&mut self, conditions: &[TermId]) -> Result<Option<Case>, Undecided> {
        let all = self.terms.all(conditions);
        let none = self.terms.not(all);
        let world = World {
            vars: &self.vars,
            defaults: &self.defaults,
            assumptions: &[],
            budget: self.budget,
        };
        match prove(&self.terms, &world, none) {
            Verdict::Proved => Ok(None),
            Verdict::Refuted(shown) => Ok(Some(Case {
                values: shown.values,
                smallest: shown.smallest,
                uses: self.terms.vars(&[none]),
                law: none,
                always: false,
            })),
            Verdict::Undecided(why) => Err(why),
        }
    }

    /// Whether a condition can hold together with what is assumed. What cannot be decided can.
    pub fn possible(&mut self, condition: TermId) -> bool {
        let impossible = self.terms.not(condition);
        self.verdict(TermId::TRUE, impossible) != Verdict::Proved
    }

    /// Decides a law about an item and says what is wrong when it is broken. When no parameter value fulfils it, the item
    /// is set aside.
    pub fn hold(&mut self, id: ItemId, law: &Law, say: impl FnOnce(&Self, &Case) -> Diagnostic) {
        if let Some(case) = self.law(law) {
            self.mistake(id, case.always);
            let diagnostic = say(self, &case).shown_by(self.counterexample(&case));
            self.report(diagnostic);
        }
    }

    /// Decides a law that is about no item, and says what is wrong when it is broken.
    pub fn demand(&mut self, law: &Law, say: impl FnOnce(&Self, &Case) -> Diagnostic) {
        if let Some(case) = self.law(law) {
            let diagnostic = say(self, &case).shown_by(self.counterexample(&case));
            self.report(diagnostic);
        }
    }

    /// Says something about an item where a condition can fail, without drawing conclusions: for warnings. Items with a
    /// mistake have enough of that.
    pub fn advise(
        &mut self,
        id: ItemId,
        under: TermId,
        goal: TermId,
        say: impl FnOnce(&Self, &Case) -> Diagnostic,
    ) {
        if self.is_mistaken(id) {
            return;
        }
        if let Verdict::Refuted(shown) = self.verdict(under, goal) {
            let law = self.terms.implies(under, goal);
            let case = Case {
                values: shown.values,
                smallest: shown.smallest,
                uses: self.terms.vars(&[law]),
                law,
                always: false,
            };
            let diagnostic = say(self, &case).shown_by(self.counterexample(&case));
            self.report(diagnostic);
        }
    }

    /// Decides a law. When it is broken, gives the smallest case, and assumes the law from here on where it can hold.
    /// When it cannot be decided, says so.
    pub fn law(&mut self, law: &Law) -> Option<Case> {
        match self.verdict(law.under, law.goal) {
            Verdict::Proved => {
                self.summary.proved += 1;
                None
            }
            Verdict::Refuted(shown) => {
                self.summary.refuted += 1;
                let implication = self.terms.implies(law.under, law.goal);
                let uses = self.terms.vars(&[implication]);
                // A law for every member or frame is not fulfilled by the one that is not in the way.
                let quantified = uses.iter().any(|var| var.index() >= self.model.vars.len());
                let always = quantified || !self.assume(implication);
                Some(Case {
                    values: shown.values,
                    smallest: shown.smallest,
                    uses,
                    law: implication,
                    always,
                })
            }
            Verdict::Undecided(why) => {
                self.summary.undecided += 1;
                self.report(not_proved::diagnostic(law, why));
                None
            }
        }
    }

    /// Decides a law of the author's by itself: under the assumptions of the layout, whatever other laws say. So of several
    /// wrong ones each is told, with its own smallest values.
    pub fn judge(&mut self, law: &Law, say: impl FnOnce(&Self, &Case) -> Diagnostic) {
        let own = self.model.assumes.iter().map(|claim| claim.cond).collect();
        let assumed = std::mem::replace(&mut self.assumptions, own);
        // What was proved for others may rest on what they assumed.
        let known = std::mem::take(&mut self.known);
        let verdict = self.verdict(law.under, law.goal);
        self.known = known;
        self.assumptions = assumed;
        match verdict {
            Verdict::Proved => self.summary.proved += 1,
            Verdict::Refuted(shown) => {
                self.summary.refuted += 1;
                let implication = self.terms.implies(law.under, law.goal);
                let case = Case {
                    values: shown.values,
                    smallest: shown.smallest,
                    uses: self.terms.vars(&[implication]),
                    law: implication,
                    always: false,
                };
                let diagnostic = say(self, &case).shown_by(self.counterexample(&case));
                self.report(diagnostic);
            }
            Verdict::Undecided(why) => {
                self.summary.undecided += 1;
                self.report(not_proved::diagnostic(law, why));
            }
        }
    }

    /// Assumes a condition from here on, when it can hold together with what is assumed already. False when it cannot.
    fn assume(&mut self, condition: TermId) -> bool {
        if condition == TermId::FALSE {
            return false;
        }
        self.assumptions.push(condition);
        let world = World {
            vars: &self.vars,
            defaults: &self.defaults,
            assumptions: &self.assumptions,
            budget: self.budget,
        };
        let possible = satisfiable(&self.terms, &world) == Ok(true);
        if !possible {
            self.assumptions.pop();
        }
        possible
    }

    /// When an item exists: its own and its parents' `when`, and for a family the member numbers that it has.
    pub fn exists(&mut self, id: ItemId) -> TermId {
        let item = self.model.item(id);
        let mut all = vec![item.exists];
        if let Some(family) = &item.family {
            let member = self.terms.var(family.var);
            all.push(self.terms.ge(member, family.low));
            all.push(self.terms.lt(member, family.high));
        }
        self.terms.all(&all)
    }

    /// When an item exists and has at least one byte.
    pub fn present(&mut self, id: ItemId) -> TermId {
        let exists = self.exists(id);
        match self.model.item(id).range {
            Some(range) => {
                let some = self.terms.lt(range.start.term, range.end.term);
                self.terms.and(exists, some)
            }
            None => exists,
        }
    }

    /// True when a mistake in an item was reported: what else is odd about it follows from that, as like as not.
    #[must_use]
    pub fn is_mistaken(&self, id: ItemId) -> bool {
        self.mistaken.contains(&id) || self.broken.contains(&id)
    }

    /// Marks an item as one whose mistake has been reported.
    pub fn mistake(&mut self, id: ItemId, always: bool) {
        self.mistaken.insert(id);
        if always {
            self.broken.insert(id);
        }
    }

    /// All items of one kind, in the order of their declaration.
    #[must_use]
    pub fn declared(&self, kind: PlaceKind) -> &[ItemId] {
        self.by_kind.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// Items of one kind that may be checked.
    #[must_use]
    pub fn sound(&self, kind: PlaceKind) -> Vec<ItemId> {
        self.declared(kind)
            .iter()
            .copied()
            .filter(|id| self.model.item(*id).range.is_some() && !self.broken.contains(id))
            .collect()
    }

    /// Items of one kind in one space that may be checked.
    #[must_use]
    pub fn sound_in(&self, space: SpaceId, kind: PlaceKind) -> Vec<ItemId> {
        let mut all = self.sound(kind);
        all.retain(|&id| self.model.item(id).space == space);
        all
    }

    /// Items that may be checked: with a range and not broken.
    #[must_use]
    pub fn sound_items(&self) -> Vec<ItemId> {
        let all = (0..self.model.items.len()).map(|at| ItemId(at as u32));
        all.filter(|id| self.model.item(*id).range.is_some() && !self.broken.contains(id))
            .collect()
    }

    /// A variable for every address from 0 to `last`, so that a law can speak of every frame.
    pub fn every_address(&mut self, last: i128) -> VarId {
        let var = VarId(u32::try_from(self.vars.len()).expect("fewer than 2^32 variables"));
        self.vars.push(Var {
            name: "frame".to_owned(),
            domain: Domain::Interval {
                low: 0,
                high: last.max(0),
                step: 1,
            },
            family: true,
        });
        self.defaults.push(0);
        var
    }

    /// A second variable with the domain of another, for two members of one family.
    pub fn twin(&mut self, of: VarId) -> VarId {
        let twin = VarId(u32::try_from(self.vars.len()).expect("fewer than 2^32 variables"));
        self.vars.push(self.vars[of.index()].clone());
        self.defaults.push(self.defaults[of.index()]);
        twin
    }
}

fn by_kind(model: &Model) -> BTreeMap<PlaceKind, Vec<ItemId>> {
    let mut kinds: BTreeMap<PlaceKind, Vec<ItemId>> = BTreeMap::new();
    for (at, item) in model.items.iter().enumerate() {
        if let ItemKind::Place(kind) = item.kind {
            kinds.entry(kind).or_default().push(ItemId(at as u32));
        }
    }
    kinds
}

fn children_of(model: &Model) -> Vec<Vec<ItemId>> {
    let mut children = vec![Vec::new(); model.items.len()];
    for (at, item) in model.items.iter().enumerate() {
        if let Some(parent) = item.parent {
            children[parent.index()].push(ItemId(at as u32));
        }
    }
    children
}
