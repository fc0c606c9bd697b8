//! The least and the largest value that a term can have: an interval that holds all of them, and
//! perhaps more. Only the sizes of families are taken from it; laws are proved elsewhere.

use crate::model::Var;
use crate::term::{Term, TermId, Terms};
use std::collections::HashMap;

/// An interval, both ends inclusive.
type Interval = (i128, i128);

/// The interval of a term; `None` when it is not known to have ends within 127 bits.
pub(super) fn of(terms: &Terms, vars: &[Var], term: TermId) -> Option<Interval> {
    interval(terms, vars, term, &mut HashMap::new())
}

fn interval(
    terms: &Terms,
    vars: &[Var],
    term: TermId,
    known: &mut HashMap<TermId, Option<Interval>>,
) -> Option<Interval> {
    if let Some(&found) = known.get(&term) {
        return found;
    }
    let result = node(terms, vars, term, known);
    known.insert(term, result);
    result
}

fn node(
    terms: &Terms,
    vars: &[Var],
    term: TermId,
    known: &mut HashMap<TermId, Option<Interval>>,
) -> Option<Interval> {
    let mut of = |id| interval(terms, vars, id, known);
    Some(match terms.get(term) {
        Term::Const(value) => (*value, *value),
        Term::Var(var) => {
            let domain = &vars.get(var.index())?.domain;
            (domain.low(), domain.high())
        }
        Term::Sum { parts, constant } => {
            let mut total = (*constant, *constant);
            for &(atom, factor) in parts {
                let (low, high) = scaled(of(atom)?, factor)?;
                total = (total.0.checked_add(low)?, total.1.checked_add(high)?);
            }
            total
        }
        Term::Product(a, b) => corners(of(*a)?, of(*b)?, i128::checked_mul)?,
        Term::Div(a, b) => {
            let divisor = of(*b)?;
            if divisor.0 <= 0 {
                return None;
            }
            corners(of(*a)?, divisor, i128::checked_div_euclid)?
        }
        Term::Rem(_, b) => {
            let divisor = of(*b)?;
            if divisor.0 <= 0 {
                return None;
            }
            (0, divisor.1 - 1)
        }
        Term::Min(a, b) => {
            let (a, b) = (of(*a)?, of(*b)?);
            (a.0.min(b.0), a.1.min(b.1))
        }
        Term::Max(a, b) => {
            let (a, b) = (of(*a)?, of(*b)?);
            (a.0.max(b.0), a.1.max(b.1))
        }
        Term::Log2(a) => {
            let (low, high) = of(*a)?;
            if low <= 0 {
                return None;
            }
            (i128::from(low.ilog2()), i128::from(high.ilog2()))
        }
        Term::If(_, a, b) => {
            let (a, b) = (of(*a)?, of(*b)?);
            (a.0.min(b.0), a.1.max(b.1))
        }
        Term::NonNegative(_) | Term::IsZero(_) | Term::Not(_) | Term::And(_) | Term::Or(_) => {
            (0, 1)
        }
    })
}

fn scaled((low, high): Interval, factor: i128) -> Option<Interval> {
    let (a, b) = (low.checked_mul(factor)?, high.checked_mul(factor)?);
    Some((a.min(b), a.max(b)))
}

/// The extremes of a function that is monotonic in each argument.
fn corners(a: Interval, b: Interval, f: impl Fn(i128, i128) -> Option<i128>) -> Option<Interval> {
    let all = [f(a.0, b.0)?, f(a.0, b.1)?, f(a.1, b.0)?, f(a.1, b.1)?];
    Some((*all.iter().min()?, *all.iter().max()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Domain;
    use crate::term::VarId;

    #[test]
    fn every_value_is_inside() {
        let var = |low, high| Var {
            name: String::new(),
            domain: Domain::Interval { low, high, step: 1 },
            family: false,
        };
        let vars = [var(-3, 4), var(1, 6)];
        let mut terms = Terms::new();
        let (x, y) = (terms.var(VarId(0)), terms.var(VarId(1)));
        let sum = terms.sum(&[(x, -2), (y, 3)], 1);
        let product = terms.mul(x, y);
        let div = terms.div(sum, y);
        let rem = terms.rem(product, y);
        let low = terms.min(sum, product);
        let high = terms.max(div, rem);
        let log = terms.log2(y);
        let is = terms.ge(x, y);
        let chosen = terms.choose(is, low, high);
        for term in [sum, product, div, rem, low, high, log, is, chosen] {
            let (least, most) = of(&terms, &vars, term).expect("known");
            for a in -3..=4 {
                for b in 1..=6 {
                    let value = terms.eval(term, &[a, b]).expect("defined");
                    assert!((least..=most).contains(&value));
                }
            }
        }
        let by = terms.div(y, x);
        assert_eq!(of(&terms, &vars, by), None);
    }
}
