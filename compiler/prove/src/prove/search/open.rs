//! Terms whose value is not decided: an unknown stands for each, held by rows that are true whichever way it is decided.

use super::super::linear::{
    Interval, Linear, TooLarge, Unknown, ceil_div, divisor, floor_div, gcd, sub, times,
};
use super::{Change, Open, Search, Stop, value_at};
use crate::term::{Evaluation, Term, TermId, VarId};
use rustc_hash::FxHashMap;

impl Search<'_> {
    /// A form for a term that is not decided: a sum where that is exact, otherwise that of a new unknown.
    pub(super) fn open_form(&mut self, term: TermId) -> Result<Linear, Stop> {
        if let Some(open) = self
            .open
            .iter()
            .rev()
            .find(|open| open.term == term && !open.decided)
        {
            return Ok(open.form.clone());
        }
        let terms = self.terms;
        match terms.get(term) {
            Term::Var(var) => self.open_variable(term, *var),
            Term::Product(a, b) => self.open_product(term, *a, *b),
            Term::Div(a, b) => self.open_quotient(term, *a, *b),
            Term::Rem(a, b) => self.open_remainder(term, *a, *b),
            Term::Min(a, b) => self.open_extreme(term, *a, *b, false),
            Term::Max(a, b) => self.open_extreme(term, *a, *b, true),
            Term::Log2(a) => self.open_logarithm(term, *a),
            Term::If(c, a, b) => self.open_choice(term, *c, *a, *b),
            _ => self.open_condition(term),
        }
    }

    /// Ties every open term whose value the rows decide by now to that value, and says how many there were; `None` when that
    /// cannot be.
    pub(super) fn decide_open(&mut self) -> Result<Option<usize>, TooLarge> {
        let mut count = 0;
        for at in 0..self.open.len() {
            if self.open[at].decided {
                continue;
            }
            let possible = match self.decided_form(self.open[at].term) {
                Err(Stop::Split(_) | Stop::Halve(_)) => {
                    if !self.tighten(at)? {
                        return Ok(None);
                    }
                    continue;
                }
                Ok(form) => self.tie(at, &form)?,
                // It has no value here: whoever needs it finds out.
                Err(Stop::Undefined) => {
                    self.close(at, None);
                    true
                }
                Err(Stop::TooLarge) => return Err(TooLarge),
            };
            if !possible {
                return Ok(None);
            }
            count += 1;
        }
        Ok(Some(count))
    }

    /// What would decide an open term.
    pub(super) fn why_open(&mut self, term: TermId) -> Option<Stop> {
        match self.decided_form(term) {
            Err(stop @ (Stop::Split(_) | Stop::Halve(_))) => Some(stop),
            _ => None,
        }
    }

    fn tie(&mut self, at: usize, form: &Linear) -> Result<bool, TooLarge> {
        let difference = self.open[at].form.plus(form, -1)?;
        self.close(at, Some(form));
        self.assert_between(&difference, Interval::new(0, 0))
    }

    /// From here on the term has this form, or no value at all, and what was built on its unknown is built again.
    fn close(&mut self, at: usize, form: Option<&Linear>) {
        self.open[at].decided = true;
        self.trail.push(Change::Decided(at));
        let term = self.open[at].term;
        let unknown = self.open[at].form.parts[0].0;
        let uses = |form: &Linear| form.parts.iter().any(|part| part.0 == unknown);
        let mut above = FxHashMap::default();
        let mut stale: Vec<TermId> = Vec::new();
        for (&user, known) in &self.forms {
            // What has no value leaves none to those above it, even where their forms had forgotten it.
            if uses(known) || (form.is_none() && self.is_above(user, term, &mut above)) {
                stale.push(user);
            }
        }
        stale.sort_unstable();
        for term in stale {
            let old = self.forms.remove(&term);
            self.trail.push(Change::Form(term, old));
        }
        if let Some(form) = form {
            let old = self.forms.insert(term, form.clone());
            self.trail.push(Change::Form(term, old));
        }
    }

    fn is_above(&self, term: TermId, below: TermId, known: &mut FxHashMap<TermId, bool>) -> bool {
        if term <= below {
            return term == below;
        }
        if let Some(&is) = known.get(&term) {
            return is;
        }
        let mut is = false;
        self.terms
            .for_children(term, |child| is |= self.is_above(child, below, known));
        known.insert(term, is);
        is
    }

    /// The rows of products grow sharper as their factors' bounds come closer.
    fn tighten(&mut self, at: usize) -> Result<bool, TooLarge> {
        let Term::Product(a, b) = self.terms.get(self.open[at].term) else {
            return Ok(true);
        };
        let form = self.open[at].form.clone();
        let (Some(a), Some(b)) = (self.known_form(*a), self.known_form(*b)) else {
            return Ok(true);
        };
        self.envelope(&form, &a, &b)
    }

    fn known_form(&self, term: TermId) -> Option<Linear> {
        self.forms.get(&term).cloned()
    }

    /// A new unknown for an open term: `rest + step * unknown`, within a range. Its value at the witness is the term's.
    fn stand_in(
        &mut self,
        term: TermId,
        (step, rest): (i128, i128),
        range: Interval,
    ) -> Result<Linear, Stop> {
        let bounds = Interval::new(
            ceil_div(sub(range.low, rest)?, step),
            floor_div(sub(range.high, rest)?, step),
        );
        if bounds.is_empty() {
            return Err(Stop::Undefined);
        }
        let unknown = Unknown::try_from(self.bounds.len()).map_err(|_| TooLarge)?;
        let now = Evaluation::new(self.terms, self.values()).get(term);
        let now = now.map_or(bounds.low, |value| {
            floor_div(value.saturating_sub(rest), step).clamp(bounds.low, bounds.high)
        });
        self.trail.push(Change::NewUnknown);
        self.bounds.push(bounds);
        self.witness.push(now);
        let form = Linear::unknown(unknown, step, rest);
        self.trail.push(Change::Opened);
        self.open.push(Open {
            term,
            form: form.clone(),
            decided: false,
        });
        Ok(form)
    }

    /// Adds rows that are true of every value that there is: where they cannot be met, there is none.
    fn hold_all(&mut self, rows: &[Linear]) -> Result<(), Stop> {
        for row in rows {
            if !self.assert(row)? {
                return Err(Stop::Undefined);
            }
        }
        Ok(())
    }

    /// A set of values with uneven steps: each index is at least one step further on.
    fn open_variable(&mut self, term: TermId, var: VarId) -> Result<Linear, Stop> {
        let index = self.bounds[var.index()];
        let domain = &self.vars[var.index()].domain;
        let (first, last) = (value_at(domain, index.low), value_at(domain, index.high));
        let mut step = 0_u128;
        for at in index.low..index.high {
            step = gcd(step, sub(value_at(domain, at + 1), first)?.unsigned_abs());
        }
        let step = i128::try_from(step).map_err(|_| TooLarge)?;
        let form = self.stand_in(term, (step, first), Interval::new(first, last))?;
        let unknown = form.parts[0].0;
        let by_index = Linear::unknown(var.0, -1, index.low);
        let low = by_index.plus(&Linear::unknown(unknown, 1, 0), 1)?;
        let most = sub((last - first) / step, sub(index.high, index.low)?)?;
        let high = low.scaled(-1)?.plus(&Linear::constant(most), 1)?;
        self.hold_all(&[low, high])?;
        Ok(form)
    }

    fn open_product(&mut self, term: TermId, a: TermId, b: TermId) -> Result<Linear, Stop> {
        let (a, b) = (self.form(a)?, self.form(b)?);
        let (x, y) = (self.reach(&a)?, self.reach(&b)?);
        let corners = [
            times(x.low, y.low)?,
            times(x.low, y.high)?,
            times(x.high, y.low)?,
            times(x.high, y.high)?,
        ];
        let mut range = Interval::new(
            corners.into_iter().fold(i128::MAX, i128::min),
            corners.into_iter().fold(i128::MIN, i128::max),
        );
        if a == b {
            range.low = range.low.max(0);
        }
        let (p, q) = (divisor(&a.parts), divisor(&b.parts));
        let step = [times(p, q)?, times(p, b.constant)?, times(q, a.constant)?];
        let step = step
            .into_iter()
            .fold(0, |g, part| gcd(g, part.unsigned_abs()));
        let step = i128::try_from(step).map_err(|_| TooLarge)?;
        let rest = times(a.constant, b.constant)?.rem_euclid(step);
        let form = self.stand_in(term, (step, rest), range)?;
        if !self.envelope(&form, &a, &b)? {
            return Err(Stop::Undefined);
        }
        Ok(form)
    }

    /// A product lies between the planes through the corners of its factors' bounds: `(a - x)(b - y)` has a sign known from
    /// the ends x and y. G. McCormick, "Computability of global solutions", Mathematical Programming 1976.
    fn envelope(&mut self, form: &Linear, a: &Linear, b: &Linear) -> Result<bool, TooLarge> {
        let (x, y) = (self.known_range(a)?, self.known_range(b)?);
        if x.is_empty() || y.is_empty() {
            return Ok(false);
        }
        let corners = [
            (x.low, y.low, 1),
            (x.high, y.high, 1),
            (x.low, y.high, -1),
            (x.high, y.low, -1),
        ];
        for (x, y, sign) in corners {
            let plane = b
                .scaled(x)?
                .plus(a, y)?
                .plus(&Linear::constant(times(x, y)?), -1)?;
            let row = form.plus(&plane, -1)?.scaled(sign)?;
            if !self.assert(&row)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Where the divisor is positive, the quotient is monotonic in both; where it may be zero, nothing binds the unknown.
    fn open_quotient(&mut self, term: TermId, a: TermId, b: TermId) -> Result<Linear, Stop> {
        let (a, b) = (self.form(a)?, self.form(b)?);
        let (x, y) = (self.reach(&a)?, self.reach(&b)?);
        if y.high < 1 {
            return Err(Stop::Undefined);
        }
        let by = [y.low.max(1), y.high];
        let corners = [x.low, x.high].map(|x| by.map(|y| floor_div(x, y)));
        let all = corners.as_flattened();
        let range = Interval::new(
            all.iter().copied().fold(i128::MAX, i128::min),
            all.iter().copied().fold(i128::MIN, i128::max),
        );
        let form = self.stand_in(term, (1, 0), range)?;
        if y.low >= 1 {
            // quotient <= a / least divisor, and the same from below, by the sign of the quotient
            let (below, above) = if range.low >= 0 {
                (y.high, y.low)
            } else if range.high < 0 {
                (y.low, y.high)
            } else {
                return Ok(form);
            };
            let low = form.scaled(below)?.plus(&a, -1)?;
            let low = low.plus(&Linear::constant(sub(below, 1)?), 1)?;
            let high = a.plus(&form, -above)?;
            self.hold_all(&[low, high])?;
        }
        Ok(form)
    }

    fn open_remainder(&mut self, term: TermId, a: TermId, b: TermId) -> Result<Linear, Stop> {
        let (a, b) = (self.form(a)?, self.form(b)?);
        let (x, y) = (self.reach(&a)?, self.reach(&b)?);
        if y.high < 1 {
            return Err(Stop::Undefined);
        }
        let form = self.stand_in(term, (1, 0), Interval::new(0, y.high - 1))?;
        if y.low >= 1 {
            let below = b.plus(&form, -1)?.plus(&Linear::constant(1), -1)?;
            self.hold_all(&[below])?;
            if x.low >= 0 {
                let part = a.plus(&form, -1)?;
                self.hold_all(&[part])?;
            }
        }
        Ok(form)
    }

    /// The smaller of two is at most each, and at least each less what that may be above the other.
    fn open_extreme(
        &mut self,
        term: TermId,
        a: TermId,
        b: TermId,
        larger: bool,
    ) -> Result<Linear, Stop> {
        let (a, b) = (self.form(a)?, self.form(b)?);
        let (x, y) = (self.reach(&a)?, self.reach(&b)?);
        let apart = self.reach(&a.plus(&b, -1)?)?;
        let pick = if larger { i128::max } else { i128::min };
        let range = Interval::new(pick(x.low, y.low), pick(x.high, y.high));
        let form = self.stand_in(term, common_step(&a, &b)?, range)?;
        let (above_a, above_b) = (form.plus(&a, -1)?, form.plus(&b, -1)?);
        let (of_a, of_b) = if larger {
            (Interval::new(0, -apart.low), Interval::new(0, apart.high))
        } else {
            (Interval::new(-apart.high, 0), Interval::new(apart.low, 0))
        };
        if !self.assert_between(&above_a, of_a)? || !self.assert_between(&above_b, of_b)? {
            return Err(Stop::Undefined);
        }
        Ok(form)
    }

    fn open_logarithm(&mut self, term: TermId, a: TermId) -> Result<Linear, Stop> {
        let a = self.form(a)?;
        let reach = self.reach(&a)?;
        if reach.high < 1 {
            return Err(Stop::Undefined);
        }
        let log = |x: i128| i128::from(x.ilog2());
        let range = Interval::new(log(reach.low.max(1)), log(reach.high));
        self.stand_in(term, (1, 0), range)
    }

    /// `b + (a - b) * condition`, exactly where the two are a fixed distance apart.
    fn open_choice(
        &mut self,
        term: TermId,
        c: TermId,
        a: TermId,
        b: TermId,
    ) -> Result<Linear, Stop> {
        let holds = self.truth_form(c)?;
        let (a, b) = (self.form(a), self.form(b));
        let (a, b) = match (a, b) {
            // One side has no value: there is one only where the other is taken.
            (Err(Stop::Undefined), b) => return self.only_side(&holds, 0, b?),
            (a, Err(Stop::Undefined)) => return self.only_side(&holds, 1, a?),
            (a, b) => (a?, b?),
        };
        let difference = a.plus(&b, -1)?;
        if let Some(distance) = difference.as_const() {
            return Ok(b.plus(&holds, distance)?);
        }
        let (x, y) = (self.reach(&a)?, self.reach(&b)?);
        let apart = self.reach(&difference)?;
        let (down, up) = (apart.low.min(0), apart.high.max(0));
        let range = Interval::new(x.low.min(y.low), x.high.max(y.high));
        let form = self.stand_in(term, common_step(&a, &b)?, range)?;
        let (above_a, above_b) = (form.plus(&a, -1)?, form.plus(&b, -1)?);
        let fails = Linear::constant(1).plus(&holds, -1)?;
        let rows = [
            above_b.plus(&holds, -down)?,
            above_b.scaled(-1)?.plus(&holds, up)?,
            above_a.plus(&fails, up)?,
            above_a.scaled(-1)?.plus(&fails, -down)?,
        ];
        self.hold_all(&rows)?;
        Ok(form)
    }

    fn only_side(&mut self, holds: &Linear, is: i128, side: Linear) -> Result<Linear, Stop> {
        if self.assert_between(holds, Interval::new(is, is))? {
            Ok(side)
        } else {
            Err(Stop::Undefined)
        }
    }

    /// The form of a condition: 0 or 1. A number that is not 0 holds.
    fn truth_form(&mut self, condition: TermId) -> Result<Linear, Stop> {
        match self.truth(condition) {
            Ok(holds) => return Ok(Linear::constant(i128::from(holds))),
            Err(Stop::Split(_) | Stop::Halve(_)) => {}
            Err(other) => return Err(other),
        }
        let form = self.form(condition)?;
        let reach = self.reach(&form)?;
        if reach.low >= 0 && reach.high <= 1 {
            return Ok(form);
        }
        self.stand_in_for_condition(condition)
    }

    fn stand_in_for_condition(&mut self, condition: TermId) -> Result<Linear, Stop> {
        self.stand_in(condition, (1, 0), Interval::new(0, 1))
    }

    fn open_condition(&mut self, term: TermId) -> Result<Linear, Stop> {
        let terms = self.terms;
        match terms.get(term) {
            Term::NonNegative(a) => self.open_sign(term, *a),
            Term::IsZero(a) => self.open_zero(term, *a),
            Term::Not(a) => {
                let holds = self.truth_form(*a)?;
                Ok(Linear::constant(1).plus(&holds, -1)?)
            }
            Term::And(all) => self.open_junction(term, all, true),
            Term::Or(all) => self.open_junction(term, all, false),
            _ => self.stand_in_for_condition(term),
        }
    }

    /// `a >= 0` exactly when the unknown is 1.
    fn open_sign(&mut self, term: TermId, a: TermId) -> Result<Linear, Stop> {
        let a = self.form(a)?;
        let reach = self.reach(&a)?;
        if reach == Interval::new(-1, 0) {
            return Ok(a.plus(&Linear::constant(1), 1)?);
        }
        let holds = self.stand_in_for_condition(term)?;
        let low = a.plus(&holds, reach.low)?;
        let low = low.plus(&Linear::constant(reach.low), -1)?;
        let high = a.scaled(-1)?.plus(&holds, reach.high + 1)?;
        let high = high.plus(&Linear::constant(1), -1)?;
        self.hold_all(&[low, high])?;
        Ok(holds)
    }

    /// `a == 0` where the unknown is 1; where `a` has one sign only, nowhere else.
    fn open_zero(&mut self, term: TermId, a: TermId) -> Result<Linear, Stop> {
        let a = self.form(a)?;
        let reach = self.reach(&a)?;
        if reach == Interval::new(0, 1) {
            return Ok(Linear::constant(1).plus(&a, -1)?);
        }
        if reach == Interval::new(-1, 0) {
            return Ok(a.plus(&Linear::constant(1), 1)?);
        }
        let holds = self.stand_in_for_condition(term)?;
        let fails = Linear::constant(1).plus(&holds, -1)?;
        let mut rows = vec![
            fails.scaled(reach.high)?.plus(&a, -1)?,
            a.plus(&fails, -reach.low)?,
        ];
        if reach.low >= 0 {
            rows.push(a.plus(&fails, -1)?);
        } else if reach.high <= 0 {
            rows.push(a.scaled(-1)?.plus(&fails, -1)?);
        }
        self.hold_all(&rows)?;
        Ok(holds)
    }

    /// All of them (`and`), or any.
    fn open_junction(&mut self, term: TermId, all: &[TermId], and: bool) -> Result<Linear, Stop> {
        let mut forms = Vec::with_capacity(all.len());
        for &one in all {
            match self.truth_form(one) {
                Ok(form) => forms.push(form),
                // Others may decide.
                Err(Stop::Undefined) => return self.stand_in_for_condition(term),
                Err(other) => return Err(other),
            }
        }
        let holds = self.stand_in_for_condition(term)?;
        // For *or* the same of the opposites.
        let turned = |form: &Linear| match and {
            true => Ok(form.clone()),
            false => Linear::constant(1).plus(form, -1),
        };
        let whole = turned(&holds)?;
        let mut missing = Linear::constant(-1).plus(&whole, 1)?;
        let mut rows = Vec::with_capacity(all.len() + 1);
        for form in &forms {
            let part = turned(form)?;
            rows.push(part.plus(&whole, -1)?);
            missing = missing.plus(&Linear::constant(1).plus(&part, -1)?, 1)?;
        }
        rows.push(missing);
        self.hold_all(&rows)?;
        Ok(holds)
    }
}

/// What two forms have in common: each is the same number beyond a multiple of a step.
fn common_step(a: &Linear, b: &Linear) -> Result<(i128, i128), TooLarge> {
    let parts = a.parts.iter().chain(&b.parts).map(|part| part.1);
    let step = parts.chain([sub(a.constant, b.constant)?]);
    let step = step.fold(0, |g, part| gcd(g, part.unsigned_abs()));
    let step = i128::try_from(step).map_err(|_| TooLarge)?.max(1);
    Ok((step, a.constant.rem_euclid(step)))
}
