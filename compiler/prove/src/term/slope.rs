//! How much a term grows when a variable grows by one.

use super::{Term, TermId, Terms, VarId};

impl Terms {
    /// By how much `id` grows when `var` grows by one, where that is the same everywhere: a term without `var`. `None` when it is
    /// not, or not plainly so.
    pub fn slope(&mut self, id: TermId, var: VarId) -> Option<TermId> {
        if !self.vars(&[id]).contains(&var) {
            return Some(self.constant(0));
        }
        match self.get(id).clone() {
            Term::Var(_) => Some(self.constant(1)),
            Term::Sum { parts, .. } => {
                let mut slopes = Vec::with_capacity(parts.len());
                for (atom, coefficient) in parts {
                    slopes.push((self.slope(atom, var)?, coefficient));
                }
                Some(self.sum(&slopes, 0))
            }
            Term::Product(a, b) => {
                let (in_a, in_b) = (
                    self.vars(&[a]).contains(&var),
                    self.vars(&[b]).contains(&var),
                );
                let (with, without) = match (in_a, in_b) {
                    (true, false) => (a, b),
                    (false, true) => (b, a),
                    _ => return None,
                };
                let slope = self.slope(with, var)?;
                Some(self.mul(slope, without))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_step_adds() {
        let mut terms = Terms::new();
        let (n, pitch, x) = (
            terms.var(VarId(0)),
            terms.var(VarId(1)),
            terms.var(VarId(2)),
        );
        let next = terms.plus(n, 1);
        let product = terms.mul(next, pitch);
        let origin = terms.sum(&[(product, -2), (x, 5), (n, 3)], 7);
        let slope = terms.slope(origin, VarId(0)).expect("is even");
        let expected = terms.sum(&[(pitch, -2)], 3);
        assert_eq!(slope, expected);
        assert_eq!(terms.slope(x, VarId(0)), Some(TermId::FALSE));
        let square = terms.mul(n, n);
        assert_eq!(terms.slope(square, VarId(0)), None);
        let half = terms.constant(2);
        let half = terms.div(n, half);
        assert_eq!(terms.slope(half, VarId(0)), None);
    }
}
