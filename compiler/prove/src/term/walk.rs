//! Walking terms: children, everything below a term, its variables, and the few shapes that others ask about.

use super::{Term, TermId, Terms, VarId};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

impl Terms {
    /// The children of a node.
    pub fn for_children(&self, id: TermId, mut visit: impl FnMut(TermId)) {
        match self.get(id) {
            Term::Const(_) | Term::Var(_) => {}
            Term::Sum { parts, .. } => parts.iter().for_each(|&(atom, _)| visit(atom)),
            Term::Product(a, b)
            | Term::Div(a, b)
            | Term::Rem(a, b)
            | Term::Min(a, b)
            | Term::Max(a, b) => {
                visit(*a);
                visit(*b);
            }
            Term::Log2(a) | Term::NonNegative(a) | Term::IsZero(a) | Term::Not(a) => visit(*a),
            Term::If(c, a, b) => {
                visit(*c);
                visit(*a);
                visit(*b);
            }
            Term::And(all) | Term::Or(all) => all.iter().for_each(|&c| visit(c)),
        }
    }

    /// The variables that a term depends on, sorted.
    #[must_use]
    pub fn vars(&self, roots: &[TermId]) -> Vec<VarId> {
        let mut seen = FxHashSet::default();
        let mut stack = roots.to_vec();
        let mut vars = Vec::new();
        while let Some(id) = stack.pop() {
            if seen.insert(id) {
                if let Term::Var(var) = self.get(id) {
                    vars.push(*var);
                }
                self.for_children(id, |child| stack.push(child));
            }
        }
        vars.sort_unstable();
        vars
    }

    /// `root` and everything below it, children before parents, leaving out what is `known` and what is below that only.
    /// Without recursion: chains of definitions may be deeper than a thread's stack.
    #[must_use]
    pub fn below(&self, root: TermId, known: impl Fn(TermId) -> bool) -> Vec<TermId> {
        let mut found = BTreeSet::new();
        let mut stack = vec![root];
        while let Some(id) = stack.pop() {
            if !known(id) && found.insert(id) {
                self.for_children(id, |child| stack.push(child));
            }
        }
        // A child has a smaller id than its parent.
        found.into_iter().collect()
    }

    /// The value, when it does not depend on any variable.
    #[must_use]
    pub fn as_const(&self, id: TermId) -> Option<i128> {
        match self.get(id) {
            Term::Const(value) => Some(*value),
            _ => None,
        }
    }

    /// The variable that a term is.
    #[must_use]
    pub fn as_var(&self, id: TermId) -> Option<VarId> {
        match self.get(id) {
            Term::Var(var) => Some(*var),
            _ => None,
        }
    }

    /// The condition and the two values of a choice.
    #[must_use]
    pub fn as_choice(&self, id: TermId) -> Option<(TermId, TermId, TermId)> {
        match self.get(id) {
            Term::If(condition, a, b) => Some((*condition, *a, *b)),
            _ => None,
        }
    }

    /// The conditions that a condition says one by one: what *and* joins, or the condition itself.
    #[must_use]
    pub fn conjuncts(&self, condition: TermId) -> Vec<TermId> {
        match self.get(condition) {
            Term::And(all) => all.clone(),
            _ => vec![condition],
        }
    }
}
