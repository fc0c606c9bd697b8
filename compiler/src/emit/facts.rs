//! What is known about fixed terms for every value of the boot parameters: bounds first, the prover for what they leave open.

use super::bounds::{Bounds, WORD, is_word};
use super::fixed::Fixed;
use crate::model::Model;
use crate::prove::{Verdict, World, prove};
use crate::term::{self, TermId, Terms, Undefined};

/// Cases that the prover may look at for one question. A question that it leaves open costs nothing but a plainer type.
const BUDGET: u32 = 2_000;

/// Known facts.
#[derive(Debug)]
pub(crate) struct Facts<'m> {
    model: &'m Model,
    values: Vec<i128>,
    assumptions: Vec<TermId>,
    /// False when the values break an assumption: the prover wants values that do not.
    usable: bool,
    /// Generated code takes a quotient by zero or less, and the logarithm of zero or less, as 0.
    bounds: term::Bounds<'m>,
}

impl<'m> Facts<'m> {
    /// What holds when the assumptions of `model` do. `values` has a value for every variable.
    pub(crate) fn new(model: &'m Model, fixed: &mut Fixed<'m>, values: &[i128]) -> Self {
        let mut assumptions: Vec<TermId> = model
            .assumes
            .iter()
            .map(|claim| fixed.holds(claim.cond))
            .collect();
        assumptions.retain(|&condition| condition != TermId::TRUE);
        let usable = assumptions
            .iter()
            .all(|&condition| fixed.terms.eval(condition, values) == Ok(1));
        Self {
            model,
            values: values.to_vec(),
            assumptions,
            usable,
            bounds: term::Bounds::new(&model.vars, Undefined::Zero),
        }
    }

    /// The same for questions that may stay open: the prover is not asked.
    pub(crate) fn without_proofs(self) -> Self {
        Self {
            usable: false,
            ..self
        }
    }

    /// What the outside world guarantees, where it depends on boot parameters.
    pub(crate) fn assumptions(&self) -> &[TermId] {
        &self.assumptions
    }

    /// The bounds of a term.
    pub(crate) fn bounds(&mut self, terms: &Terms, id: TermId) -> Bounds {
        self.bounds.of(terms, id)
    }

    /// Believes that a term is a `u64`. Only for what laws promise.
    pub(crate) fn promise_word(&mut self, id: TermId) {
        self.bounds.promise(id, WORD);
    }

    /// True when `law` holds for every valid boot (and for every member under `also`).
    pub(crate) fn proves(&self, terms: &mut Terms, law: TermId, also: TermId) -> bool {
        if law == TermId::TRUE {
            return true;
        }
        if law == TermId::FALSE || !self.usable {
            return false;
        }
        let law = terms.implies(also, law);
        let world = World {
            vars: &self.model.vars,
            defaults: &self.values,
            assumptions: &self.assumptions,
            budget: BUDGET,
        };
        prove(terms, &world, law) == Verdict::Proved
    }

    /// `condition`, decided where it can be.
    pub(crate) fn settle(&self, terms: &mut Terms, condition: TermId, also: TermId) -> TermId {
        let opposite = terms.not(condition);
        if self.proves(terms, condition, also) {
            TermId::TRUE
        } else if self.proves(terms, opposite, also) {
            TermId::FALSE
        } else {
            condition
        }
    }

    /// The condition that `id` is a `u64`, decided where it can be.
    pub(crate) fn fits_word(&mut self, terms: &mut Terms, id: TermId, also: TermId) -> TermId {
        if is_word(self.bounds(terms, id)) {
            return TermId::TRUE;
        }
        let high = terms.constant(WORD.1);
        let (above, below) = (terms.ge(id, TermId::FALSE), terms.le(id, high));
        let fits = terms.and(above, below);
        self.settle(terms, fits, also)
    }
}
