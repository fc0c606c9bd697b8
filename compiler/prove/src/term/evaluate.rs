//! The value of a term for one assignment.

use super::{Term, TermId, Terms, VarId};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::fmt;

/// Why an expression has no value for an assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoValue {
    /// A result does not fit in 127 bits and a sign.
    Overflow,
    /// A divisor is zero or negative.
    Divisor(i128),
    /// A logarithm of zero or less.
    Logarithm(i128),
}

impl fmt::Display for NoValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overflow => f.write_str("the result does not fit in 127 bits"),
            Self::Divisor(d) => write!(f, "the divisor is {d}, not positive"),
            Self::Logarithm(x) => write!(f, "the logarithm of {x} does not exist"),
        }
    }
}

/// Evaluates terms for one assignment, each shared part once: the reference that every other way of deciding is held to.
///
/// Choices are lazy: `if`, `&&` and `||` look only at what decides them. One variable may be given one value after another
/// with [`Evaluation::set`]; what does not depend on it is kept.
#[derive(Debug, Clone)]
pub struct Evaluation<'a> {
    terms: &'a Terms,
    values: Cow<'a, [i128]>,
    /// Values that do not depend on the variable that [`Evaluation::set`] moves.
    fixed: FxHashMap<TermId, Result<i128, NoValue>>,
    /// Values that do.
    moving: FxHashMap<TermId, Result<i128, NoValue>>,
    moved: Option<VarId>,
}

/// What was found, and whether it depends on the variable that moves.
type Found = (Result<i128, NoValue>, bool);

impl<'a> Evaluation<'a> {
    /// An evaluation for the values of all variables, by [`VarId`].
    #[must_use]
    pub fn new(terms: &'a Terms, values: impl Into<Cow<'a, [i128]>>) -> Self {
        Self {
            terms,
            values: values.into(),
            fixed: FxHashMap::default(),
            moving: FxHashMap::default(),
            moved: None,
        }
    }

    /// Gives one variable another value. Moving the same variable again and again keeps all that does not depend on it.
    pub fn set(&mut self, var: VarId, value: i128) {
        if self.moved != Some(var) {
            self.moved = Some(var);
            self.fixed.clear();
        }
        self.moving.clear();
        self.values.to_mut()[var.index()] = value;
    }

    /// The value of a term.
    ///
    /// # Errors
    /// [`NoValue`] when the part that is needed has no value.
    pub fn get(&mut self, id: TermId) -> Result<i128, NoValue> {
        self.find(id).0
    }

    /// True when the condition holds; one without a value does not.
    pub fn holds(&mut self, condition: TermId) -> bool {
        self.get(condition).is_ok_and(|value| value != 0)
    }

    fn find(&mut self, id: TermId) -> Found {
        match self.terms.get(id) {
            Term::Const(value) => return (Ok(*value), false),
            Term::Var(var) => return (Ok(self.values[var.index()]), self.moved == Some(*var)),
            _ => {}
        }
        if let Some(&known) = self.fixed.get(&id) {
            return (known, false);
        }
        if let Some(&known) = self.moving.get(&id) {
            return (known, true);
        }
        let mut moves = false;
        let result = self.compute(id, &mut moves);
        let kept = if moves {
            &mut self.moving
        } else {
            &mut self.fixed
        };
        kept.insert(id, result);
        (result, moves)
    }

    fn part(&mut self, id: TermId, moves: &mut bool) -> Result<i128, NoValue> {
        let (result, depends) = self.find(id);
        *moves |= depends;
        result
    }

    fn compute(&mut self, id: TermId, moves: &mut bool) -> Result<i128, NoValue> {
        let terms = self.terms;
        Ok(match terms.get(id) {
            Term::Const(value) => *value,
            Term::Var(var) => self.values[var.index()],
            Term::Sum { parts, constant } => {
                let mut total = *constant;
                for &(atom, coefficient) in parts {
                    let value = self.part(atom, moves)?;
                    let product = value.checked_mul(coefficient).ok_or(NoValue::Overflow)?;
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
                let taken = if self.part(*c, moves)? != 0 { *a } else { *b };
                self.part(taken, moves)?
            }
            Term::NonNegative(a) => i128::from(self.part(*a, moves)? >= 0),
            Term::IsZero(a) | Term::Not(a) => i128::from(self.part(*a, moves)? == 0),
            Term::And(all) => self.until(all, 0, moves)?,
            Term::Or(all) => self.until(all, 1, moves)?,
        })
    }

    fn divisor(&mut self, id: TermId, moves: &mut bool) -> Result<i128, NoValue> {
        match self.part(id, moves)? {
            divisor if divisor > 0 => Ok(divisor),
            divisor => Err(NoValue::Divisor(divisor)),
        }
    }

    /// Conjunctions and disjunctions: one operand that decides is enough, whatever the others are, because operands are
    /// sorted and no longer stand in the order written.
    fn until(&mut self, all: &[TermId], decides: i128, moves: &mut bool) -> Result<i128, NoValue> {
        let mut missing = None;
        for &c in all {
            match self.part(c, moves) {
                Ok(value) if value == decides => return Ok(decides),
                Ok(_) => {}
                Err(no) => missing = missing.or(Some(no)),
            }
        }
        missing.map_or(Ok(1 - decides), Err)
    }
}

impl Terms {
    /// The value for an assignment of all variables.
    ///
    /// # Errors
    /// [`NoValue`] when the part that is needed has no value.
    pub fn eval(&self, id: TermId, values: &[i128]) -> Result<i128, NoValue> {
        Evaluation::new(self, values).get(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_variable_gives_the_values_of_a_fresh_evaluation() {
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
            let mut evaluation = Evaluation::new(&terms, vec![a, 0]);
            for b in -4..5 {
                evaluation.set(VarId(1), b);
                for term in [sum, quotient, rest, log, is, both, chosen, low, product] {
                    assert_eq!(evaluation.get(term), terms.eval(term, &[a, b]));
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
        assert_eq!(Evaluation::new(&terms, vec![1]).get(x), Ok(1));
    }
}
