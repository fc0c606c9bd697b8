//! What is known of the unknowns: their bounds, rows over them, and the last solution.

use super::super::linear::{
    Interval, Linear, Row, TooLarge, Unknown, add, ceil_div, floor_div, hull, sub, times,
};
use super::{Change, Search, Stop};

/// Bounds may creep towards each other: what a few rounds do not show is the solver's business.
const ROUNDS: usize = 4;

impl Search<'_> {
    pub(super) fn witnessed(&self) -> Result<bool, TooLarge> {
        let within =
            |(bound, value): (&Interval, &i128)| bound.low <= *value && *value <= bound.high;
        if !self.bounds.iter().zip(&self.witness).all(within) {
            return Ok(false);
        }
        for row in &self.rows {
            let value = self.at_witness(&row.parts, 0)?;
            if value < row.range.low || value > row.range.high {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) fn at_witness(
        &self,
        parts: &[(Unknown, i128)],
        constant: i128,
    ) -> Result<i128, TooLarge> {
        let mut total = constant;
        for &(unknown, c) in parts {
            total = add(total, times(c, self.witness[unknown as usize])?)?;
        }
        Ok(total)
    }

    /// Narrows an unknown. False when nothing is left.
    pub(super) fn bound(&mut self, unknown: Unknown, to: Interval) -> bool {
        let old = self.bounds[unknown as usize];
        let met = old.meet(to);
        if met != old {
            self.trail.push(Change::Bound(unknown, old));
            self.bounds[unknown as usize] = met;
        }
        !met.is_empty()
    }

    /// Adds `form >= 0`. False when that cannot be.
    pub(super) fn assert(&mut self, form: &Linear) -> Result<bool, TooLarge> {
        self.assert_between(form, Interval::new(0, i128::MAX >> 3))
    }

    pub(super) fn assert_between(
        &mut self,
        form: &Linear,
        range: Interval,
    ) -> Result<bool, TooLarge> {
        if let Some(value) = form.as_const() {
            return Ok(range.low <= value && value <= range.high);
        }
        let reach = hull(&form.parts, &self.bounds)?;
        let range = range.shifted(-form.constant)?.meet(reach);
        if range.is_empty() {
            return Ok(false);
        }
        if range == reach {
            return Ok(true);
        }
        let row = Row::new(form.parts.clone(), range)?;
        if let [(unknown, 1)] = row.parts[..] {
            return Ok(self.bound(unknown, row.range));
        }
        let at = match self.row_of.get(&row.parts) {
            Some(&at) => {
                let old = self.rows[at].range;
                let met = old.meet(row.range);
                if met != old {
                    self.trail.push(Change::Row(at, old));
                    self.rows[at].range = met;
                }
                at
            }
            None => {
                self.trail.push(Change::NewRow);
                self.row_of.insert(row.parts.clone(), self.rows.len());
                self.rows.push(row);
                self.rows.len() - 1
            }
        };
        self.propagate(at)
    }

    /// Narrows by every row until nothing changes, or for a few rounds. False when nothing is left.
    pub(super) fn propagate_all(&mut self) -> Result<bool, TooLarge> {
        for _ in 0..ROUNDS {
            let before = self.trail.len();
            for at in 0..self.rows.len() {
                if !self.propagate(at)? {
                    return Ok(false);
                }
            }
            if self.trail.len() == before {
                break;
            }
        }
        Ok(true)
    }

    /// Narrows the unknowns of one row by it.
    pub(super) fn propagate(&mut self, at: usize) -> Result<bool, TooLarge> {
        let range = self.rows[at].range;
        if range.is_empty() {
            return Ok(false);
        }
        let parts = std::mem::take(&mut self.rows[at].parts);
        let narrowed = self.narrow_parts(&parts, range);
        self.rows[at].parts = parts;
        narrowed
    }

    pub(super) fn narrow_parts(
        &mut self,
        parts: &[(Unknown, i128)],
        range: Interval,
    ) -> Result<bool, TooLarge> {
        let reach = hull(parts, &self.bounds)?;
        if range.low <= reach.low && range.high >= reach.high {
            return Ok(true);
        }
        for &(unknown, c) in parts {
            let bound = self.bounds[unknown as usize];
            let (a, b) = (times(bound.low, c)?, times(bound.high, c)?);
            let low = sub(range.low, sub(reach.high, a.max(b))?)?;
            let high = sub(range.high, sub(reach.low, a.min(b))?)?;
            let narrowed = if c > 0 {
                Interval::new(ceil_div(low, c), floor_div(high, c))
            } else {
                Interval::new(ceil_div(-high, -c), floor_div(-low, -c))
            };
            if !self.bound(unknown, narrowed) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What values a form may have. None at all means that the rows contradict each other: there is no such case.
    pub(super) fn reach(&self, form: &Linear) -> Result<Interval, Stop> {
        let reach = self.known_range(form)?;
        if reach.is_empty() {
            Err(Stop::Undefined)
        } else {
            Ok(reach)
        }
    }

    /// What values a form may have, by bounds and by the row over the same sum.
    pub(super) fn known_range(&self, form: &Linear) -> Result<Interval, TooLarge> {
        let wide = hull(&form.parts, &self.bounds)?;
        if form.parts.len() > 1 {
            let row = Row::new(form.parts.clone(), wide)?;
            if let Some(&at) = self.row_of.get(&row.parts) {
                let factor = form.parts[0].1 / row.parts[0].1;
                let known = self.rows[at].range;
                let (a, b) = (times(known.low, factor)?, times(known.high, factor)?);
                return wide
                    .meet(Interval::new(a.min(b), a.max(b)))
                    .shifted(form.constant);
            }
        }
        wide.shifted(form.constant)
    }
}
