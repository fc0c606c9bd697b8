//! The smallest and largest value that a term can have, seen without knowing how its parts depend on each other. Used to
//! choose plain `u64` arithmetic where nothing can leave 64 bits.

use super::order::below;
use crate::model::{Domain, Var};
use crate::term::{Term, TermId, Terms};
use std::collections::BTreeSet;

/// Bounds of a term, both inclusive; `None` where it may leave 127 bits.
pub(crate) type Bounds = Option<(i128, i128)>;

/// Bounds of all terms of an arena, computed as far as asked for.
#[derive(Debug, Default)]
pub(crate) struct BoundsTable {
    known: Vec<Option<Bounds>>,
    words: BTreeSet<TermId>,
}

/// All values that `u64` has.
pub(crate) const WORD: (i128, i128) = (0, u64::MAX as i128);

/// True when every value between the bounds is a `u64`.
pub(crate) fn is_word(bounds: Bounds) -> bool {
    bounds.is_some_and(|(low, high)| WORD.0 <= low && high <= WORD.1)
}

impl BoundsTable {
    /// The bounds of `id`, and of everything below it.
    pub(crate) fn of(&mut self, terms: &Terms, vars: &[Var], id: TermId) -> Bounds {
        self.known.resize(terms.len().max(self.known.len()), None);
        for next in below(terms, id, |seen| self.known[seen.index()].is_some()) {
            let mut bounds = self.compute(terms, vars, next);
            if self.words.contains(&next) {
                let (low, high) = bounds.unwrap_or(WORD);
                bounds = Some((low.clamp(WORD.0, WORD.1), high.clamp(WORD.0, WORD.1)));
            }
            self.known[next.index()] = Some(bounds);
        }
        self.get(id)
    }

    /// Believes that a term is a `u64`, whatever its parts suggest. Only for what laws promise.
    pub(crate) fn promise_word(&mut self, id: TermId) {
        if self.words.insert(id) {
            self.known.clear();
        }
    }

    /// The bounds of a term that has been asked for before, or is below one that has.
    fn get(&self, id: TermId) -> Bounds {
        self.known.get(id.index()).copied().flatten().flatten()
    }

    fn compute(&self, terms: &Terms, vars: &[Var], id: TermId) -> Bounds {
        let get = |child: TermId| self.get(child);
        match terms.get(id) {
            Term::Const(value) => Some((*value, *value)),
            Term::Var(var) => vars.get(var.index()).map(|var| domain(&var.domain)),
            Term::Sum { parts, constant } => self.sum(parts, *constant),
            Term::Product(a, b) => product(get(*a)?, get(*b)?),
            Term::Div(a, b) => quotient(get(*a)?, get(*b)?),
            Term::Rem(_, b) => get(*b).map(|(_, high)| (0, (high - 1).max(0))),
            Term::Min(a, b) => {
                let (a, b) = (get(*a)?, get(*b)?);
                Some((a.0.min(b.0), a.1.min(b.1)))
            }
            Term::Max(a, b) => {
                let (a, b) = (get(*a)?, get(*b)?);
                Some((a.0.max(b.0), a.1.max(b.1)))
            }
            Term::Log2(a) => get(*a).map(|(low, high)| (log2(low), log2(high))),
            Term::If(_, a, b) => {
                let (a, b) = (get(*a)?, get(*b)?);
                Some((a.0.min(b.0), a.1.max(b.1)))
            }
            Term::NonNegative(_) | Term::IsZero(_) | Term::And(_) | Term::Or(_) | Term::Not(_) => {
                Some((0, 1))
            }
        }
    }

    /// The bounds of `constant + sum of coefficient * atom`, for atoms whose bounds are known.
    pub(crate) fn sum(&self, parts: &[(TermId, i128)], constant: i128) -> Bounds {
        let mut total = (constant, constant);
        for &(atom, by) in parts {
            let (low, high) = product(self.get(atom)?, (by, by))?;
            total = (total.0.checked_add(low)?, total.1.checked_add(high)?);
        }
        Some(total)
    }
}

fn domain(domain: &Domain) -> (i128, i128) {
    (domain.low(), domain.high())
}

/// Generated code takes the logarithm of zero or less as 0.
fn log2(x: i128) -> i128 {
    if x > 0 { i128::from(x.ilog2()) } else { 0 }
}

fn product(a: (i128, i128), b: (i128, i128)) -> Bounds {
    let mut corners =
        [(a.0, b.0), (a.0, b.1), (a.1, b.0), (a.1, b.1)].map(|(x, y)| x.checked_mul(y));
    corners.sort_unstable();
    // `None` sorts first: one corner out of range makes all unknown.
    Some((corners[0]?, corners[3]?))
}

/// Generated code takes a quotient by zero or less as 0.
fn quotient(a: (i128, i128), b: (i128, i128)) -> Bounds {
    if b.1 < 1 {
        return Some((0, 0));
    }
    let divisors = [b.0.max(1), b.1];
    let corners = [a.0, a.1].map(|x| divisors.map(|y| x.div_euclid(y)));
    let all = [corners[0][0], corners[0][1], corners[1][0], corners[1][1]];
    let (mut low, mut high) = (all[0], all[0]);
    for x in all {
        (low, high) = (low.min(x), high.max(x));
    }
    Some(if b.0 < 1 {
        (low.min(0), high.max(0))
    } else {
        (low, high)
    })
}
