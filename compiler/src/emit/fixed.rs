//! A model's terms with the config parameters fixed: what is left depends on boot parameters and member numbers only.

use crate::model::Model;
use crate::term::{Substitution, TermId, Terms, VarId};
use mapwright_grammar::ast::ParamClass;

/// The terms of a model for fixed config parameters, copied and folded as they are asked for.
#[derive(Debug)]
pub(crate) struct Fixed<'m> {
    copies: Substitution<'m>,
    /// The copies.
    pub(crate) terms: Terms,
}

impl<'m> Fixed<'m> {
    /// Fixes the config parameters of `model` at their places in `values`; all parameters, if `all`.
    pub(crate) fn new(model: &'m Model, values: &[i128], all: bool) -> Self {
        let mut constants = vec![None; model.vars.len()];
        for param in &model.params {
            if all || param.class == ParamClass::Config {
                constants[param.var.index()] = values.get(param.var.index()).copied();
            }
        }
        Self {
            copies: Substitution::new(&model.terms, constants),
            terms: Terms::new(),
        }
    }

    /// The copy of a term; `None` when it has no exact value in 127 bits.
    pub(crate) fn fix(&mut self, root: TermId) -> Option<TermId> {
        self.copies.of(&mut self.terms, root)
    }

    /// The condition of a copy: as [`Fixed::fix`], and one without value never holds.
    pub(crate) fn holds(&mut self, condition: TermId) -> TermId {
        self.fix(condition).unwrap_or(TermId::FALSE)
    }

    /// The copy of a variable: its value, when it is fixed.
    pub(crate) fn variable(&mut self, var: VarId) -> TermId {
        self.copies.variable(&mut self.terms, var)
    }
}
