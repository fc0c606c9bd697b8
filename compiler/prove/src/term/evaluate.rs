//! The value of a term for one assignment.

use super::{Term, TermId, Terms};
use rustc_hash::FxHashMap;
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
/// Choices are lazy: `if`, `&&` and `||` look only at what decides them.
#[derive(Debug)]
pub struct Evaluation<'a> {
    terms: &'a Terms,
    values: &'a [i128],
    known: FxHashMap<TermId, Result<i128, NoValue>>,
}

impl<'a> Evaluation<'a> {
    /// An evaluation for the values of all variables, by [`VarId`](super::VarId).
    #[must_use]
    pub fn new(terms: &'a Terms, values: &'a [i128]) -> Self {
        Self {
            terms,
            values,
            known: FxHashMap::default(),
        }
    }

    /// The value of a term.
    ///
    /// # Errors
    /// [`NoValue`] when the part that is needed has no value.
    pub fn get(&mut self, id: TermId) -> Result<i128, NoValue> {
        match self.terms.get(id) {
            Term::Const(value) => Ok(*value),
            Term::Var(var) => Ok(self.values[var.index()]),
            _ => {
                if let Some(&known) = self.known.get(&id) {
                    return known;
                }
                let value = self.compute(id);
                self.known.insert(id, value);
                value
            }
        }
    }

    fn compute(&mut self, id: TermId) -> Result<i128, NoValue> {
        let terms = self.terms;
        Ok(match terms.get(id) {
            Term::Const(value) => *value,
            Term::Var(var) => self.values[var.index()],
            Term::Sum { parts, constant } => {
                let mut total = *constant;
                for &(atom, coefficient) in parts {
                    let product = self
                        .get(atom)?
                        .checked_mul(coefficient)
                        .ok_or(NoValue::Overflow)?;
                    total = total.checked_add(product).ok_or(NoValue::Overflow)?;
                }
                total
            }
            Term::Product(a, b) => self
                .get(*a)?
                .checked_mul(self.get(*b)?)
                .ok_or(NoValue::Overflow)?,
            Term::Div(a, b) => self.get(*a)?.div_euclid(positive(self.get(*b)?)?),
            Term::Rem(a, b) => self.get(*a)?.rem_euclid(positive(self.get(*b)?)?),
            Term::Min(a, b) => self.get(*a)?.min(self.get(*b)?),
            Term::Max(a, b) => self.get(*a)?.max(self.get(*b)?),
            Term::Log2(a) => match self.get(*a)? {
                x if x > 0 => i128::from(x.ilog2()),
                x => return Err(NoValue::Logarithm(x)),
            },
            Term::If(c, a, b) => {
                let taken = if self.get(*c)? != 0 { *a } else { *b };
                self.get(taken)?
            }
            Term::NonNegative(a) => i128::from(self.get(*a)? >= 0),
            Term::IsZero(a) => i128::from(self.get(*a)? == 0),
            Term::Not(a) => i128::from(self.get(*a)? == 0),
            Term::And(all) => self.until(all, 0)?,
            Term::Or(all) => self.until(all, 1)?,
        })
    }

    /// Conjunctions and disjunctions: one operand that decides is enough, whatever the others are, because operands are
    /// sorted and no longer stand in the order written.
    fn until(&mut self, all: &[TermId], decides: i128) -> Result<i128, NoValue> {
        let mut missing = None;
        for &c in all {
            match self.get(c) {
                Ok(value) if value == decides => return Ok(decides),
                Ok(_) => {}
                Err(no) => missing = missing.or(Some(no)),
            }
        }
        missing.map_or(Ok(1 - decides), Err)
    }
}

fn positive(divisor: i128) -> Result<i128, NoValue> {
    if divisor > 0 {
        Ok(divisor)
    } else {
        Err(NoValue::Divisor(divisor))
    }
}
