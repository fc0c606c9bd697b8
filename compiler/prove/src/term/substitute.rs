//! Putting a term in the place of a variable.

use super::{Term, TermId, Terms, VarId};
use rustc_hash::FxHashMap;

impl Terms {
    /// The term with one variable renamed, for the second member of a family.
    pub fn renamed(&mut self, id: TermId, from: VarId, to: VarId) -> TermId {
        let to = self.var(to);
        self.substituted(id, from, to)
    }

    /// The term with a value in the place of one variable.
    pub fn substituted(&mut self, id: TermId, from: VarId, to: TermId) -> TermId {
        let mut known = FxHashMap::default();
        self.substitute(id, from, to, &mut known)
    }

    fn substitute(
        &mut self,
        id: TermId,
        from: VarId,
        to: TermId,
        known: &mut FxHashMap<TermId, TermId>,
    ) -> TermId {
        if let Some(&done) = known.get(&id) {
            return done;
        }
        let node = self.get(id).clone();
        let replaced = match node {
            Term::Const(_) => id,
            Term::Var(var) => {
                if var == from {
                    to
                } else {
                    id
                }
            }
            Term::Sum { parts, constant } => {
                let parts: Vec<_> = parts
                    .iter()
                    .map(|&(t, c)| (self.substitute(t, from, to, known), c))
                    .collect();
                self.sum(&parts, constant)
            }
            Term::And(all) => {
                let all: Vec<_> = all
                    .iter()
                    .map(|&c| self.substitute(c, from, to, known))
                    .collect();
                self.all(&all)
            }
            Term::Or(all) => {
                let all: Vec<_> = all
                    .iter()
                    .map(|&c| self.substitute(c, from, to, known))
                    .collect();
                self.any(&all)
            }
            Term::Not(a) | Term::Log2(a) | Term::NonNegative(a) | Term::IsZero(a) => {
                let a = self.substitute(a, from, to, known);
                match node {
                    Term::Not(_) => self.not(a),
                    Term::Log2(_) => self.log2(a),
                    Term::NonNegative(_) => self.ge(a, TermId::FALSE),
                    _ => self.eq(a, TermId::FALSE),
                }
            }
            Term::If(c, a, b) => {
                let (c, a) = (
                    self.substitute(c, from, to, known),
                    self.substitute(a, from, to, known),
                );
                let b = self.substitute(b, from, to, known);
                self.choose(c, a, b)
            }
            Term::Product(a, b)
            | Term::Div(a, b)
            | Term::Rem(a, b)
            | Term::Min(a, b)
            | Term::Max(a, b) => {
                let (a, b) = (
                    self.substitute(a, from, to, known),
                    self.substitute(b, from, to, known),
                );
                match node {
                    Term::Product(..) => self.mul(a, b),
                    Term::Div(..) => self.div(a, b),
                    Term::Rem(..) => self.rem(a, b),
                    Term::Min(..) => self.min(a, b),
                    _ => self.max(a, b),
                }
            }
        };
        known.insert(id, replaced);
        replaced
    }
}
