//! The smallest of the assignments that break a law.
//!
//! Fewest changes first: rows over 0/1 unknowns say how many parameters may have another value than their default, and the
//! least such number is found by halving. Then the parameters are gone through in the order of declaration: whether one is
//! among the changed ones is asked by letting it change beside one fewer of those after it. So the number of questions grows
//! with the number of parameters, not with that of their subsets. They share one budget; when it ends, what is known by then
//! is what is shown.

use super::Counterexample;
use super::linear::Interval;
use super::query::Query;
use super::search::{Few, index_of, value_at};

/// What one counterexample may cost, in budgets of a law.
const SHARE: u32 = 2;

struct Shrinking<'q, 'a> {
    query: &'q Query<'a>,
    indices: Vec<Interval>,
    point: Vec<i128>,
    left: u32,
    /// False once a question had no answer within the budget.
    sure: bool,
}

impl Query<'_> {
    /// The smallest assignment, given one that breaks the law.
    pub(super) fn smallest(&self, point: Vec<i128>) -> Counterexample {
        let mut shrinking = Shrinking {
            query: self,
            indices: self.free(),
            point,
            left: self.world.budget.saturating_mul(SHARE),
            sure: true,
        };
        let (families, params): (Vec<usize>, Vec<usize>) = self
            .vars
            .iter()
            .map(|v| v.index())
            .partition(|&v| self.world.vars[v].family);
        let changed = shrinking.fewest(&params);
        for var in changed.into_iter().chain(families) {
            shrinking.least(var);
        }
        Counterexample {
            values: shrinking.point,
            smallest: shrinking.sure,
        }
    }
}

impl Shrinking<'_, '_> {
    /// Whether some point breaks the law with at most `most` of `counted` changed; the point is kept.
    fn any(&mut self, counted: &[usize], most: usize) -> bool {
        let few = Few {
            counted: counted
                .iter()
                .map(|&v| (v, self.query.default_index(v).low))
                .collect(),
            most,
        };
        match self
            .query
            .find_within(&self.indices, &[few], &mut self.left)
        {
            Ok(Some(point)) => {
                self.point = point;
                true
            }
            Ok(None) => false,
            Err(_) => {
                self.sure = false;
                false
            }
        }
    }

    fn is_changed(&self, var: usize) -> bool {
        self.point[var] != self.query.world.defaults[var]
    }

    /// Fixes all parameters at their defaults but those of the smallest set, which is given.
    fn fewest(&mut self, params: &[usize]) -> Vec<usize> {
        let count =
            |this: &Self, among: &[usize]| among.iter().filter(|&&v| this.is_changed(v)).count();
        let (mut low, mut high) = (0, count(self, params));
        while low < high {
            let middle = low + (high - low) / 2;
            if self.any(params, middle) {
                high = count(self, params);
            } else {
                low = middle + 1;
            }
        }
        let mut changed = Vec::new();
        for (at, &param) in params.iter().enumerate() {
            let after = &params[at + 1..];
            let left = high - changed.len();
            // Of the smallest number none can be spared: with one fewer after it, this one has changed.
            let belongs =
                left > 0 && (self.is_first(param, after, left) || self.any(after, left - 1));
            if belongs {
                changed.push(param);
            } else {
                self.indices[param] = self.query.default_index(param);
            }
        }
        changed
    }

    /// The point at hand shows already that a parameter is among the changed ones.
    fn is_first(&self, param: usize, after: &[usize], left: usize) -> bool {
        self.is_changed(param) && after.iter().filter(|&&v| self.is_changed(v)).count() < left
    }

    /// The smallest value of a variable, by halving.
    fn least(&mut self, var: usize) {
        let domain = &self.query.world.vars[var].domain;
        let mut low = self.indices[var].low;
        let mut high = index_of(domain, self.point[var]).unwrap_or(self.indices[var].high);
        while low < high {
            let middle = low + (high - low) / 2;
            self.indices[var] = Interval::new(low, middle);
            if self.any(&[], 0) {
                high = index_of(domain, self.point[var]).unwrap_or(middle);
            } else {
                low = middle + 1;
            }
        }
        self.indices[var] = Interval::new(high, high);
        debug_assert_eq!(value_at(domain, high), self.point[var]);
    }
}
