//! The least and the largest value that a term can have: interval arithmetic, cheap and sound, seldom the exact ends.

use super::{Term, TermId, Terms};
use crate::domain::Var;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What an expression without a value counts as: a quotient by zero or less, a logarithm of zero or less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undefined {
    /// Nothing: bounds are those of the values that there are.
    Ignored,
    /// Zero, as in generated code.
    Zero,
}

/// Both ends inclusive; `None` where an end is not known to lie within 127 bits.
type Ends = Option<(i128, i128)>;

/// Bounds of terms over the domains of their variables, computed as far as asked for.
#[derive(Debug, Clone)]
pub struct Bounds<'a> {
    vars: &'a [Var],
    undefined: Undefined,
    known: FxHashMap<TermId, Ends>,
    promised: BTreeMap<TermId, (i128, i128)>,
}

impl<'a> Bounds<'a> {
    /// Bounds over these domains.
    #[must_use]
    pub fn new(vars: &'a [Var], undefined: Undefined) -> Self {
        Self {
            vars,
            undefined,
            known: FxHashMap::default(),
            promised: BTreeMap::new(),
        }
    }

    /// The smallest and the largest value that a term may have, or a wider pair; `None` where none is known within 127 bits.
    pub fn of(&mut self, terms: &Terms, id: TermId) -> Option<(i128, i128)> {
        if let Some(value) = terms.as_const(id) {
            return Some((value, value));
        }
        for next in terms.below(id, |seen| self.known.contains_key(&seen)) {
            let mut ends = self.compute(terms, next);
            if let Some(&(low, high)) = self.promised.get(&next) {
                let (least, most) = ends.unwrap_or((low, high));
                ends = Some((least.clamp(low, high), most.clamp(low, high)));
            }
            self.known.insert(next, ends);
        }
        self.get(id)
    }

    /// Believes that a term lies within these ends, whatever its parts suggest. Only for what laws promise.
    pub fn promise(&mut self, id: TermId, ends: (i128, i128)) {
        if self.promised.insert(id, ends) != Some(ends) {
            self.known.clear();
        }
    }

    fn get(&self, id: TermId) -> Ends {
        self.known.get(&id).copied().flatten()
    }

    fn compute(&self, terms: &Terms, id: TermId) -> Ends {
        let of = |child: &TermId| self.get(*child);
        match terms.get(id) {
            Term::Const(value) => Some((*value, *value)),
            Term::Var(var) => {
                let domain = &self.vars.get(var.index())?.domain;
                Some((domain.low(), domain.high()))
            }
            Term::Sum { parts, constant } => self.sum(parts, *constant),
            Term::Product(a, b) if a == b => square(of(a)?),
            Term::Product(a, b) => product(of(a)?, of(b)?),
            Term::Div(a, b) => self.quotient(of(a)?, of(b)?),
            Term::Rem(a, b) => self.remainder(of(a), of(b)?),
            Term::Min(a, b) => least_and_most(of(a)?, of(b)?, i128::min),
            Term::Max(a, b) => least_and_most(of(a)?, of(b)?, i128::max),
            Term::Log2(a) => self.logarithm(of(a)?),
            Term::If(_, a, b) => {
                let ((a, b), (c, d)) = (of(a)?, of(b)?);
                Some((a.min(c), b.max(d)))
            }
            Term::NonNegative(a) => Some(match of(a) {
                Some((low, _)) if low >= 0 => (1, 1),
                Some((_, high)) if high < 0 => (0, 0),
                _ => (0, 1),
            }),
            Term::IsZero(a) => Some(match of(a) {
                Some((0, 0)) => (1, 1),
                Some((low, high)) if low > 0 || high < 0 => (0, 0),
                _ => (0, 1),
            }),
            Term::Not(a) => Some(match of(a) {
                Some((0, 0)) => (1, 1),
                Some((low, high)) if low > 0 || high < 0 => (0, 0),
                _ => (0, 1),
            }),
            Term::And(all) => Some(self.joined(all, i128::min)),
            Term::Or(all) => Some(self.joined(all, i128::max)),
        }
    }

    fn sum(&self, parts: &[(TermId, i128)], constant: i128) -> Ends {
        let mut total = (constant, constant);
        for &(atom, by) in parts {
            let (low, high) = product(self.get(atom)?, (by, by))?;
            total = (total.0.checked_add(low)?, total.1.checked_add(high)?);
        }
        Some(total)
    }

    /// *and* is the smallest of its operands, *or* the largest.
    fn joined(&self, all: &[TermId], pick: fn(i128, i128) -> i128) -> (i128, i128) {
        let each = all.iter().map(|&c| self.get(c).unwrap_or((0, 1)));
        each.reduce(|a, b| (pick(a.0, b.0), pick(a.1, b.1)))
            .unwrap_or((0, 1))
    }

    fn quotient(&self, a: (i128, i128), b: (i128, i128)) -> Ends {
        let none = self.none();
        if b.1 < 1 {
            return none;
        }
        // Monotonic in each argument: the ends are at the corners.
        let corners = corners(a, (b.0.max(1), b.1), |x, y| Some(x.div_euclid(y)))?;
        Some(if b.0 < 1 {
            or_none(corners, none)
        } else {
            corners
        })
    }

    /// Below the divisor, and at most what is divided.
    fn remainder(&self, a: Ends, b: (i128, i128)) -> Ends {
        let none = self.none();
        if b.1 < 1 {
            return none;
        }
        let most = match a {
            Some((low, high)) if low >= 0 => high.min(b.1 - 1),
            _ => b.1 - 1,
        };
        Some((0, most))
    }

    fn logarithm(&self, (low, high): (i128, i128)) -> Ends {
        let none = self.none();
        if high < 1 {
            return none;
        }
        let log = |x: i128| i128::from(x.ilog2());
        let ends = (log(low.max(1)), log(high));
        Some(if low < 1 { or_none(ends, none) } else { ends })
    }

    fn none(&self) -> Ends {
        match self.undefined {
            Undefined::Ignored => None,
            Undefined::Zero => Some((0, 0)),
        }
    }
}

fn or_none(ends: (i128, i128), none: Ends) -> (i128, i128) {
    none.map_or(ends, |zero| (ends.0.min(zero.0), ends.1.max(zero.1)))
}

fn least_and_most(a: (i128, i128), b: (i128, i128), pick: fn(i128, i128) -> i128) -> Ends {
    Some((pick(a.0, b.0), pick(a.1, b.1)))
}

/// A product is extreme where both factors are.
fn product(a: (i128, i128), b: (i128, i128)) -> Ends {
    corners(a, b, i128::checked_mul)
}

/// A square is least where its root is nearest to 0.
fn square((low, high): (i128, i128)) -> Ends {
    let (a, b) = (low.checked_mul(low)?, high.checked_mul(high)?);
    let least = if low <= 0 && high >= 0 { 0 } else { a.min(b) };
    Some((least, a.max(b)))
}

/// The extremes of a function that is monotonic in each argument.
fn corners(a: (i128, i128), b: (i128, i128), f: impl Fn(i128, i128) -> Option<i128>) -> Ends {
    let all = [f(a.0, b.0)?, f(a.0, b.1)?, f(a.1, b.0)?, f(a.1, b.1)?];
    Some((*all.iter().min()?, *all.iter().max()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Domain;
    use crate::term::VarId;

    fn var(low: i128, high: i128) -> Var {
        Var {
            name: String::new(),
            domain: Domain::Interval { low, high, step: 1 },
            family: false,
        }
    }

    /// Terms of every kind over `x` and `y`.
    fn samples(terms: &mut Terms) -> Vec<TermId> {
        let (x, y) = (terms.var(VarId(0)), terms.var(VarId(1)));
        let sum = terms.sum(&[(x, -2), (y, 3)], 1);
        let product = terms.mul(x, y);
        let (square, cube) = (terms.mul(sum, sum), terms.mul(product, x));
        let (div, by) = (terms.div(sum, y), terms.div(product, x));
        let (rem, left) = (terms.rem(product, y), terms.rem(y, x));
        let (low, high) = (terms.min(sum, product), terms.max(div, rem));
        let (log, of_sum) = (terms.log2(y), terms.log2(sum));
        let (is, never) = (terms.ge(x, y), terms.gt(x, square));
        let same = terms.eq(cube, left);
        let (both, either) = (terms.and(is, same), terms.or(never, same));
        let not = terms.not(same);
        let chosen = terms.choose(is, low, high);
        vec![
            sum, product, square, cube, div, by, rem, left, low, high, log, of_sum, is, never,
            same, both, either, not, chosen,
        ]
    }

    #[test]
    fn every_value_is_inside() {
        for (x, y) in [((-3, 4), (1, 6)), ((-5, -2), (-6, -1)), ((-4, 3), (2, 3))] {
            let vars = [var(x.0, x.1), var(y.0, y.1)];
            let mut terms = Terms::new();
            let samples = samples(&mut terms);
            let mut ignored = Bounds::new(&vars, Undefined::Ignored);
            let mut zero = Bounds::new(&vars, Undefined::Zero);
            for term in samples {
                for a in x.0..=x.1 {
                    for b in y.0..=y.1 {
                        let Ok(value) = terms.eval(term, &[a, b]) else {
                            continue;
                        };
                        for bounds in [&mut ignored, &mut zero] {
                            let ends = bounds.of(&terms, term);
                            // Of a choice, one side may have no value anywhere.
                            let inside = ends.is_none_or(|(l, h)| (l..=h).contains(&value));
                            assert!(inside, "{:?}", terms.get(term));
                            assert!(ends.is_some() || x.0 * y.0 > 0, "{:?}", terms.get(term));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn no_value_is_nothing_or_zero() {
        let vars = [var(4, 9), var(-3, 0)];
        let mut terms = Terms::new();
        let (x, y) = (terms.var(VarId(0)), terms.var(VarId(1)));
        for term in [terms.div(x, y), terms.rem(x, y), terms.log2(y)] {
            assert_eq!(
                Bounds::new(&vars, Undefined::Ignored).of(&terms, term),
                None
            );
            assert_eq!(
                Bounds::new(&vars, Undefined::Zero).of(&terms, term),
                Some((0, 0))
            );
        }
        let inverse = terms.div(y, x);
        assert_eq!(
            Bounds::new(&vars, Undefined::Ignored).of(&terms, inverse),
            Some((-1, 0))
        );
    }

    #[test]
    fn a_square_is_not_negative_and_three_factors_have_ends() {
        let vars = [var(-3, 4), var(1, 4096), var(1, 4096)];
        let mut terms = Terms::new();
        let [x, y, z] = [0, 1, 2].map(|v| terms.var(VarId(v)));
        let mut bounds = Bounds::new(&vars, Undefined::Ignored);
        let square = terms.mul(x, x);
        assert_eq!(bounds.of(&terms, square), Some((0, 16)));
        let two = terms.mul(y, z);
        let three = terms.mul(two, x);
        assert_eq!(bounds.of(&terms, two), Some((1, 1 << 24)));
        assert_eq!(bounds.of(&terms, three), Some((-3 << 24, 4 << 24)));
    }

    #[test]
    fn a_promise_is_believed() {
        let vars = [var(-3, 400)];
        let mut terms = Terms::new();
        let x = terms.var(VarId(0));
        let twice = terms.sum(&[(x, 2)], 0);
        let mut bounds = Bounds::new(&vars, Undefined::Zero);
        assert_eq!(bounds.of(&terms, twice), Some((-6, 800)));
        bounds.promise(x, (0, 255));
        assert_eq!(bounds.of(&terms, twice), Some((0, 510)));
    }
}
