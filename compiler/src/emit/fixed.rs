//! A model's terms with the config parameters fixed: what is left depends on boot parameters and member numbers only.

use super::order::below;
use crate::model::Model;
use crate::term::{Term, TermId, Terms, VarId};
use mapwright_grammar::ast::ParamClass;

/// The terms of a model for fixed config parameters, copied and folded as they are asked for.
#[derive(Debug)]
pub(crate) struct Fixed<'m> {
    from: &'m Terms,
    constants: Vec<Option<i128>>,
    copies: Vec<Option<Copied>>,
    /// The copies.
    pub(crate) terms: Terms,
}

/// The copy of a term.
#[derive(Debug, Clone, Copy)]
struct Copied {
    id: TermId,
    /// False when folding left the exact range.
    exact: bool,
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
            from: &model.terms,
            constants,
            copies: vec![None; model.terms.len()],
            terms: Terms::new(),
        }
    }

    /// The copy of a term; `None` when it has no exact value in 127 bits.
    pub(crate) fn fix(&mut self, root: TermId) -> Option<TermId> {
        for id in below(self.from, root, |id| self.copies[id.index()].is_some()) {
            let copied = self.copy(id);
            self.copies[id.index()] = Some(copied);
        }
        self.copies[root.index()].and_then(|copied| copied.exact.then_some(copied.id))
    }

    /// The condition of a copy: as [`Fixed::fix`], and one without value never holds.
    pub(crate) fn holds(&mut self, condition: TermId) -> TermId {
        self.fix(condition).unwrap_or(TermId::FALSE)
    }

    fn child(&self, id: TermId) -> Copied {
        self.copies[id.index()].expect("children are copied first")
    }

    fn copy(&mut self, id: TermId) -> Copied {
        let from = self.from;
        let mut exact = true;
        let mut get = |this: &Self, child: TermId| {
            let copied = this.child(child);
            exact &= copied.exact;
            copied.id
        };
        let copied = match from.get(id) {
            Term::Const(value) => self.terms.constant(*value),
            Term::Var(var) => self.variable(*var),
            Term::Sum { parts, constant } => {
                let parts: Vec<_> = parts
                    .iter()
                    .map(|&(atom, by)| (get(self, atom), by))
                    .collect();
                self.terms.sum(&parts, *constant)
            }
            Term::If(c, a, b) => return self.copy_choice(*c, *a, *b),
            Term::And(all) => return self.copy_junction(all, TermId::FALSE),
            Term::Or(all) => return self.copy_junction(all, TermId::TRUE),
            Term::Log2(a) => {
                let a = get(self, *a);
                self.terms.log2(a)
            }
            Term::NonNegative(a) => {
                let a = get(self, *a);
                self.terms.ge(a, TermId::FALSE)
            }
            Term::IsZero(a) => {
                let a = get(self, *a);
                self.terms.eq(a, TermId::FALSE)
            }
            Term::Not(a) => {
                let a = get(self, *a);
                self.terms.not(a)
            }
            Term::Product(a, b)
            | Term::Div(a, b)
            | Term::Rem(a, b)
            | Term::Min(a, b)
            | Term::Max(a, b) => {
                let (a, b) = (get(self, *a), get(self, *b));
                self.copy_pair(id, a, b)
            }
        };
        let exact = !self.terms.take_overflow() && exact;
        Copied { id: copied, exact }
    }

    /// The copy of a variable: its value, when it is fixed.
    pub(crate) fn variable(&mut self, var: VarId) -> TermId {
        match self.constants[var.index()] {
            Some(value) => self.terms.constant(value),
            None => self.terms.var(var),
        }
    }

    fn copy_pair(&mut self, id: TermId, a: TermId, b: TermId) -> TermId {
        match self.from.get(id) {
            Term::Product(..) => self.terms.mul(a, b),
            Term::Div(..) => self.terms.div(a, b),
            Term::Rem(..) => self.terms.rem(a, b),
            Term::Min(..) => self.terms.min(a, b),
            _ => self.terms.max(a, b),
        }
    }

    /// A choice that is decided forgets the other side, and with it that the other side may have no value.
    fn copy_choice(&mut self, c: TermId, a: TermId, b: TermId) -> Copied {
        let (c, a, b) = (self.child(c), self.child(a), self.child(b));
        match c.id {
            _ if !c.exact => Copied {
                id: c.id,
                exact: false,
            },
            TermId::TRUE => a,
            TermId::FALSE => b,
            _ => Copied {
                id: self.terms.choose(c.id, a.id, b.id),
                exact: a.exact && b.exact,
            },
        }
    }

    /// `decides` is the operand that decides alone.
    fn copy_junction(&mut self, all: &[TermId], decides: TermId) -> Copied {
        let all: Vec<Copied> = all.iter().map(|&one| self.child(one)).collect();
        if all.iter().any(|one| one.exact && one.id == decides) {
            return Copied {
                id: decides,
                exact: true,
            };
        }
        let ids: Vec<TermId> = all.iter().map(|one| one.id).collect();
        let id = if decides == TermId::FALSE {
            self.terms.all(&ids)
        } else {
            self.terms.any(&ids)
        };
        Copied {
            id,
            exact: all.iter().all(|one| one.exact),
        }
    }
}
