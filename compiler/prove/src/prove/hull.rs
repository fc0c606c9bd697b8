//! Cheap bounds of terms by interval arithmetic: enough to see that most ranges of a layout are far apart.

use crate::domain::Var;
use crate::term::{Term, TermId, Terms};
use rustc_hash::FxHashMap;

/// Bounds of terms over the domains of their variables. `None` where interval arithmetic knows none.
#[derive(Debug)]
pub struct Hulls<'a> {
    vars: &'a [Var],
    known: FxHashMap<TermId, Option<(i128, i128)>>,
}

impl<'a> Hulls<'a> {
    /// Bounds over these domains.
    #[must_use]
    pub fn new(vars: &'a [Var]) -> Self {
        Self {
            vars,
            known: FxHashMap::default(),
        }
    }

    /// The smallest and largest value that a term may have, or a wider pair.
    pub fn of(&mut self, terms: &Terms, id: TermId) -> Option<(i128, i128)> {
        match terms.get(id) {
            Term::Const(value) => Some((*value, *value)),
            Term::Var(var) => {
                let domain = &self.vars[var.index()].domain;
                Some((domain.low(), domain.high()))
            }
            _ => {
                if let Some(&known) = self.known.get(&id) {
                    return known;
                }
                let bounds = self.compute(terms, id);
                self.known.insert(id, bounds);
                bounds
            }
        }
    }

    fn compute(&mut self, terms: &Terms, id: TermId) -> Option<(i128, i128)> {
        match terms.get(id) {
            Term::Sum { parts, constant } => {
                let (mut low, mut high) = (*constant, *constant);
                for &(atom, c) in parts {
                    let (a, b) = self.of(terms, atom)?;
                    let (a, b) = (a.checked_mul(c)?, b.checked_mul(c)?);
                    low = low.checked_add(a.min(b))?;
                    high = high.checked_add(a.max(b))?;
                }
                Some((low, high))
            }
            Term::Product(a, b) => {
                let ((a, b), (c, d)) = (self.of(terms, *a)?, self.of(terms, *b)?);
                let all = [
                    a.checked_mul(c)?,
                    a.checked_mul(d)?,
                    b.checked_mul(c)?,
                    b.checked_mul(d)?,
                ];
                Some((all.into_iter().min()?, all.into_iter().max()?))
            }
            Term::Div(a, b) => {
                let ((a, b), (c, d)) = (self.of(terms, *a)?, self.of(terms, *b)?);
                let c = c.max(1);
                (d >= c).then(|| {
                    let all = [
                        a.div_euclid(c),
                        a.div_euclid(d),
                        b.div_euclid(c),
                        b.div_euclid(d),
                    ];
                    (
                        all.into_iter().min().unwrap_or(0),
                        all.into_iter().max().unwrap_or(0),
                    )
                })
            }
            Term::Rem(_, b) => {
                let (_, high) = self.of(terms, *b)?;
                Some((0, high.max(1) - 1))
            }
            Term::Min(a, b) => {
                let ((a, b), (c, d)) = (self.of(terms, *a)?, self.of(terms, *b)?);
                Some((a.min(c), b.min(d)))
            }
            Term::Max(a, b) => {
                let ((a, b), (c, d)) = (self.of(terms, *a)?, self.of(terms, *b)?);
                Some((a.max(c), b.max(d)))
            }
            Term::If(_, a, b) => {
                let ((a, b), (c, d)) = (self.of(terms, *a)?, self.of(terms, *b)?);
                Some((a.min(c), b.max(d)))
            }
            Term::Log2(a) => {
                let (low, high) = self.of(terms, *a)?;
                let log = |x: i128| if x > 0 { i128::from(x.ilog2()) } else { 0 };
                Some((log(low), log(high)))
            }
            _ => Some((0, 1)),
        }
    }
}
