//! The values of terms for one assignment, each found once however often it is shared.

use crate::term::{NoValue, Term, TermId, Terms, VarId};
use std::collections::HashMap;

/// Values of terms for given values of the variables.
#[derive(Debug, Clone)]
pub struct Valuation<'a> {
    terms: &'a Terms,
    values: Vec<i128>,
    /// Values that do not depend on the variable that [`Valuation::set`] moves.
    fixed: HashMap<TermId, Result<i128, NoValue>>,
    /// Values that do.
    moving: HashMap<TermId, Result<i128, NoValue>>,
    moved: Option<VarId>,
}

/// A value, and whether it depends on the variable that moves.
type Found = (Result<i128, NoValue>, bool);

impl<'a> Valuation<'a> {
    /// Values for an assignment of all variables.
    #[must_use]
    pub fn new(terms: &'a Terms, values: Vec<i128>) -> Self {
        Self {
            terms,
            values,
            fixed: HashMap::new(),
            moving: HashMap::new(),
            moved: None,
        }
    }

    /// Gives one variable another value. Moving the same variable again and again keeps all that
    /// does not depend on it.
    pub fn set(&mut self, var: VarId, value: i128) {
        if self.moved != Some(var) {
            self.moved = Some(var);
            self.fixed.clear();
        }
        self.moving.clear();
        self.values[var.index()] = value;
    }

    /// The value of a term, the same as that of [`Terms::eval`].
    ///
    /// # Errors
    /// [`NoValue`] when the part that is needed has no value.
    pub fn value(&mut self, term: TermId) -> Result<i128, NoValue> {
        self.find(term).0
    }

    /// True when the condition holds; one without a value does not.
    pub fn holds(&mut self, condition: TermId) -> bool {
        self.value(condition).is_ok_and(|value| value != 0)
    }

    fn find(&mut self, term: TermId) -> Found {
        if let Some(found) = self.fixed.get(&term) {
            return (*found, false);
        }
        if let Some(found) = self.moving.get(&term) {
            return (*found, true);
        }
        let mut moves = false;
        let result = self.node(term, &mut moves);
        if moves {
            self.moving.insert(term, result);
        } else {
            self.fixed.insert(term, result);
        }
        (result, moves)
    }

    fn part(&mut self, term: TermId, moves: &mut bool) -> Result<i128, NoValue> {
        let (result, depends) = self.find(term);
        *moves |= depends;
        result
    }

    fn node(&mut self, term: TermId, moves: &mut bool) -> Result<i128, NoValue> {
        let terms = self.terms;
        Ok(match terms.get(term) {
            Term::Const(value) => *value,
            Term::Var(var) => {
                *moves = self.moved == Some(*var);
                self.values[var.index()]
            }
            Term::Sum { parts, constant } => {
                let mut total = *constant;
                for &(atom, factor) in parts {
                    let value = self.part(atom, moves)?;
                    let product = value.checked_mul(factor).ok_or(NoValue::Overflow)?;
                    total = total.checked_add(product).ok_or(NoValue::Overflow)?;
                }
                total
            }
            Term::Product(a, b) => {
                let (a, b) = (self.part(*a, moves)?, self.part(*b, moves)?);
                a.checked_mul(b).ok_or(NoValue::Overflow)?
            }
            Term::Div(a, b) => {
                let (a, b) = (self.part(*a, moves)?, self.divisor(*b, moves)?);
                a.div_euclid(b)
            }
            Term::Rem(a, b) => {
                let (a, b) = (self.part(*a, moves)?, self.divisor(*b, moves)?);
                a.rem_euclid(b)
            }
            Term::Min(a, b) => self.part(*a, moves)?.min(self.part(*b, moves)?),
            Term::Max(a, b) => self.part(*a, moves)?.max(self.part(*b, moves)?),
            Term::Log2(a) => match self.part(*a, moves)? {
                x if x > 0 => i128::from(x.ilog2()),
                x => return Err(NoValue::Logarithm(x)),
            },
            Term::If(c, a, b) => {
                let taken = if self.part(*c, moves)? != 0 { a } else { b };
                self.part(*taken, moves)?
            }
            Term::NonNegative(a) => i128::from(self.part(*a, moves)? >= 0),
            Term::IsZero(a) | Term::Not(a) => i128::from(self.part(*a, moves)? == 0),
            Term::And(all) => self.until(all, 0, moves)?,
            Term::Or(all) => self.until(all, 1, moves)?,
        })
    }

    fn divisor(&mut self, term: TermId, moves: &mut bool) -> Result<i128, NoValue> {
        match self.part(term, moves)? {
            divisor if divisor > 0 => Ok(divisor),
            divisor => Err(NoValue::Divisor(divisor)),
        }
    }

    /// One operand that decides is enough, whatever the others are.
    fn until(&mut self, all: &[TermId], decides: i128, moves: &mut bool) -> Result<i128, NoValue> {
        let mut missing = None;
        for &operand in all {
            match self.part(operand, moves) {
                Ok(value) if value == decides => return Ok(decides),
                Ok(_) => {}
                Err(no) => missing = missing.or(Some(no)),
            }
        }
        missing.map_or(Ok(1 - decides), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_values_as_the_reference() {
        let mut terms = Terms::new();
        let (x, y) = (terms.var(VarId(0)), terms.var(VarId(1)));
        let sum = terms.sum(&[(x, 2), (y, -3)], 1);
        let quotient = terms.div(sum, y);
        let rest = terms.rem(sum, x);
        let log = terms.log2(y);
        let is = terms.ge(quotient, rest);
        let both = terms.and(is, x);
        let chosen = terms.choose(both, log, sum);
        let low = terms.min(chosen, y);
        let product = terms.mul(low, x);
        for a in -4..5 {
            let mut valuation = Valuation::new(&terms, vec![a, 0]);
            for b in -4..5 {
                valuation.set(VarId(1), b);
                for term in [sum, quotient, rest, log, is, both, chosen, low, product] {
                    assert_eq!(valuation.value(term), terms.eval(term, &[a, b]));
                }
            }
        }
    }

    #[test]
    fn shared_terms_are_found_once() {
        let mut terms = Terms::new();
        let mut x = terms.var(VarId(0));
        let seven = terms.constant(7);
        for _ in 0..200 {
            let rest = terms.rem(x, seven);
            x = terms.mul(rest, x);
            x = terms.rem(x, seven);
        }
        assert_eq!(Valuation::new(&terms, vec![1]).value(x), Ok(1));
    }
}
