//! Whole-number solutions of linear rows over bounded unknowns, decided exactly.
//!
//! The method is Pugh's Omega test: bounds are propagated, equalities are substituted away (Knuth's step makes a
//! coefficient 1 first), and unknowns are eliminated by pairing rows where that loses nothing. Where it could lose
//! something, the pairing without the integers' gap (real shadow) can still show that there is no solution, and the one
//! with it (dark shadow) that there is; what is left is halved. W. Pugh, "The Omega Test", Supercomputing 1991.

use super::linear::{
    Interval, Row, TooLarge, Unknown, add, ceil_div, combine, floor_div, hull, sub, times,
};
use rustc_hash::FxHashMap;

/// What is known about a set of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Solution {
    /// There is none.
    Infeasible,
    /// A value for each unknown.
    Point(Vec<i128>),
    /// The fuel ran out.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shadow {
    Exact,
    Real,
    Dark,
}

/// Bounded unknowns and the rows that bind them.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    pub(super) bounds: Vec<Interval>,
    pub(super) rows: Vec<Row>,
}

/// Finds a solution. `fuel` bounds the work: rows that are narrowed and rows that are made.
pub(super) fn solve(mut rows: Rows, fuel: &mut u32) -> Result<Solution, TooLarge> {
    if !burn(fuel, rows.rows.len() + 1) {
        return Ok(Solution::Unknown);
    }
    if !rows.settle()? {
        return Ok(Solution::Infeasible);
    }
    if rows.rows.is_empty() {
        return Ok(Solution::Point(rows.bounds.iter().map(|b| b.low).collect()));
    }
    if let Some(at) = rows
        .rows
        .iter()
        .position(|row| row.range.low == row.range.high)
    {
        return rows.substitute(at, fuel);
    }
    let (unknown, exact) = rows.choose()?;
    if exact {
        return rows.eliminate(unknown, Shadow::Exact, fuel);
    }
    if rows.eliminate(unknown, Shadow::Real, fuel)? == Solution::Infeasible {
        return Ok(Solution::Infeasible);
    }
    if let Solution::Point(point) = rows.eliminate(unknown, Shadow::Dark, fuel)? {
        return Ok(Solution::Point(point));
    }
    rows.halve(fuel)
}

/// Takes off what a step costs. False when there is not enough left.
fn burn(fuel: &mut u32, cost: usize) -> bool {
    let left = u32::try_from(cost)
        .ok()
        .and_then(|cost| fuel.checked_sub(cost));
    *fuel = left.unwrap_or(0);
    left.is_some()
}

impl Rows {
    /// Narrows bounds by rows and rows by bounds, drops rows that always hold. False when something became empty.
    fn settle(&mut self) -> Result<bool, TooLarge> {
        if self.bounds.iter().any(|b| b.is_empty()) {
            return Ok(false);
        }
        for _ in 0..16 {
            let mut changed = false;
            for at in 0..self.rows.len() {
                let row = &mut self.rows[at];
                let reach = hull(&row.parts, &self.bounds)?;
                row.range = row.range.meet(reach);
                if row.range.is_empty() {
                    return Ok(false);
                }
                if row.range == reach {
                    continue;
                }
                if !narrow(row, reach, &mut self.bounds, &mut changed)? {
                    return Ok(false);
                }
            }
            if !changed {
                break;
            }
        }
        self.merge()
    }

    /// Drops rows that always hold and joins rows over the same sum.
    fn merge(&mut self) -> Result<bool, TooLarge> {
        let mut seen: FxHashMap<Vec<(Unknown, i128)>, usize> = FxHashMap::default();
        let mut kept: Vec<Row> = Vec::with_capacity(self.rows.len());
        for row in std::mem::take(&mut self.rows) {
            let reach = hull(&row.parts, &self.bounds)?;
            if row.range.low <= reach.low && row.range.high >= reach.high {
                continue;
            }
            match seen.get(&row.parts) {
                Some(&at) => kept[at].range = kept[at].range.meet(row.range),
                None => {
                    seen.insert(row.parts.clone(), kept.len());
                    kept.push(row);
                }
            }
        }
        self.rows = kept;
        Ok(self.rows.iter().all(|row| !row.range.is_empty()))
    }

    /// Uses the equality at `at` to express one unknown by the others.
    fn substitute(mut self, at: usize, fuel: &mut u32) -> Result<Solution, TooLarge> {
        let row = self.rows.swap_remove(at);
        let value = row.range.low;
        let (place, &(unknown, coefficient)) = row
            .parts
            .iter()
            .enumerate()
            .min_by_key(|(_, part)| part.1.unsigned_abs())
            .expect("rows have parts");
        // unknown = (fresh or value) + sum of by, where a fresh unknown takes up what does not divide.
        let sign = coefficient.signum();
        let size = times(coefficient, sign)?;
        let mut by = Vec::new();
        let mut rest = Vec::new();
        for (i, &(other, c)) in row.parts.iter().enumerate() {
            if i != place {
                let signed = times(c, sign)?;
                let quotient = signed.div_euclid(size);
                if quotient != 0 {
                    by.push((other, -quotient));
                }
                if signed.rem_euclid(size) != 0 {
                    rest.push((other, signed.rem_euclid(size)));
                }
            }
        }
        let total = times(value, sign)?;
        let mut constant = 0;
        let mut fresh = None;
        if rest.is_empty() {
            // size divides every coefficient, and rows have no common divisor: size is 1.
            if total.rem_euclid(size) != 0 {
                return Ok(Solution::Infeasible);
            }
            constant = total.div_euclid(size);
        } else {
            let name = Unknown::try_from(self.bounds.len()).map_err(|_| TooLarge)?;
            // fresh = unknown - sum of by
            let bounds = hull(&by, &self.bounds)?;
            let own = self.bounds[unknown as usize];
            self.bounds.push(Interval::new(
                sub(own.low, bounds.high)?,
                sub(own.high, bounds.low)?,
            ));
            rest.push((name, size));
            self.rows.push(Row::new(rest, Interval::new(total, total))?);
            by.push((name, 1));
            fresh = Some(name);
        }
        let own = self.bounds[unknown as usize];
        if !self.replace(unknown, &by, constant)? {
            return Ok(Solution::Infeasible);
        }
        if !by.is_empty() {
            self.rows
                .push(Row::new(by.clone(), own.shifted(times(constant, -1)?)?)?);
        } else if constant < own.low || constant > own.high {
            return Ok(Solution::Infeasible);
        }
        self.bounds[unknown as usize] = Interval::new(0, 0);
        Ok(match solve(self, fuel)? {
            Solution::Point(mut point) => {
                let mut x = constant;
                for &(other, c) in &by {
                    x = add(x, times(c, point[other as usize])?)?;
                }
                point[unknown as usize] = x;
                if fresh.is_some() {
                    point.pop();
                }
                Solution::Point(point)
            }
            other => other,
        })
    }

    /// Puts `constant + sum of by` in the place of an unknown in every row. False when a row can then never hold.
    fn replace(
        &mut self,
        unknown: Unknown,
        by: &[(Unknown, i128)],
        constant: i128,
    ) -> Result<bool, TooLarge> {
        let mut rows = Vec::with_capacity(self.rows.len());
        for row in std::mem::take(&mut self.rows) {
            let Some(&(_, c)) = row.parts.iter().find(|part| part.0 == unknown) else {
                rows.push(row);
                continue;
            };
            let others: Vec<_> = row
                .parts
                .iter()
                .copied()
                .filter(|part| part.0 != unknown)
                .collect();
            let parts = combine(&others, 1, by, c)?;
            let range = row.range.shifted(times(c, -constant)?)?;
            if parts.is_empty() {
                if range.low > 0 || range.high < 0 {
                    return Ok(false);
                }
            } else {
                rows.push(Row::new(parts, range)?);
            }
        }
        self.rows = rows;
        Ok(true)
    }

    /// The unknown whose elimination costs least, and whether it loses nothing.
    fn choose(&self) -> Result<(Unknown, bool), TooLarge> {
        let mut uses: Vec<(usize, usize)> = vec![(0, 0); self.bounds.len()];
        for row in &self.rows {
            for &(unknown, c) in &row.parts {
                uses[unknown as usize].0 += 1;
                uses[unknown as usize].1 += usize::from(c.unsigned_abs() != 1);
            }
        }
        let mut best: Option<(bool, usize, usize, Unknown)> = None;
        for (unknown, &(count, coarse)) in uses.iter().enumerate() {
            if count == 0 {
                continue;
            }
            let unknown = unknown as Unknown;
            let exact = coarse == 0
                || (coarse == 1 && self.definition_is_wide(unknown))
                || self.pairs_exact(unknown)?;
            let key = (!exact, coarse, count, unknown);
            if best.is_none_or(|b| key < b) {
                best = Some(key);
            }
        }
        let (inexact, _, _, unknown) = best.expect("rows have parts");
        Ok((unknown, !inexact))
    }

    /// The one coarse row of an unknown always has room for a multiple: `0 <= x - 1024 q <= 1023`.
    fn definition_is_wide(&self, unknown: Unknown) -> bool {
        self.rows.iter().all(|row| {
            row.parts
                .iter()
                .find(|part| part.0 == unknown)
                .is_none_or(|part| {
                    part.1.unsigned_abs() == 1 || row.range.width() >= part.1.unsigned_abs() - 1
                })
        })
    }

    fn pairs_exact(&self, unknown: Unknown) -> Result<bool, TooLarge> {
        if !self.definition_is_wide(unknown) {
            return Ok(false);
        }
        let mine = self.sides(unknown);
        for (i, a) in mine.iter().enumerate() {
            for b in &mine[i + 1..] {
                if a.coefficient != 1 && b.coefficient != 1 {
                    let gap = times(a.coefficient - 1, b.coefficient - 1)?;
                    let (parts, range) = a.paired(b)?;
                    let reach = hull(&parts, &self.bounds)?;
                    if reach.low < add(range.low, gap)? || reach.high > sub(range.high, gap)? {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    fn sides(&self, unknown: Unknown) -> Vec<Side> {
        let bound = self.bounds[unknown as usize];
        let mut sides = vec![Side {
            coefficient: 1,
            rest: Vec::new(),
            range: bound,
        }];
        for row in &self.rows {
            if let Some(&(_, c)) = row.parts.iter().find(|part| part.0 == unknown) {
                let sign = c.signum();
                let rest = row
                    .parts
                    .iter()
                    .filter(|p| p.0 != unknown)
                    .map(|&(u, k)| (u, k * sign))
                    .collect();
                let range = if sign < 0 {
                    Interval::new(-row.range.high, -row.range.low)
                } else {
                    row.range
                };
                sides.push(Side {
                    coefficient: c * sign,
                    rest,
                    range,
                });
            }
        }
        sides
    }

    /// Removes an unknown by pairing its rows, solves the rest, and gives it the smallest value that fits.
    fn eliminate(
        &self,
        unknown: Unknown,
        shadow: Shadow,
        fuel: &mut u32,
    ) -> Result<Solution, TooLarge> {
        let sides = self.sides(unknown);
        if !burn(fuel, sides.len() * sides.len() / 2) {
            return Ok(Solution::Unknown);
        }
        let mut next = Self {
            bounds: self.bounds.clone(),
            rows: Vec::with_capacity(self.rows.len()),
        };
        next.bounds[unknown as usize] = Interval::new(0, 0);
        next.rows.extend(
            self.rows
                .iter()
                .filter(|row| row.parts.iter().all(|p| p.0 != unknown))
                .cloned(),
        );
        for (i, a) in sides.iter().enumerate() {
            if shadow == Shadow::Dark && a.range.width() < a.coefficient.unsigned_abs() - 1 {
                return Ok(Solution::Unknown);
            }
            for b in &sides[i + 1..] {
                let (parts, mut range) = a.paired(b)?;
                if shadow == Shadow::Dark {
                    let gap = times(a.coefficient - 1, b.coefficient - 1)?;
                    range = Interval::new(add(range.low, gap)?, sub(range.high, gap)?);
                }
                if parts.is_empty() {
                    if range.low > 0 || range.high < 0 {
                        return Ok(Solution::Infeasible);
                    }
                } else if range.is_empty() {
                    return Ok(Solution::Infeasible);
                } else {
                    next.rows.push(Row::new(parts, range)?);
                }
            }
        }
        if next.rows.len() > 512 {
            return Ok(Solution::Unknown);
        }
        Ok(match solve(next, fuel)? {
            Solution::Point(mut point) if shadow != Shadow::Real => {
                let mut value = i128::MIN;
                for side in &sides {
                    let mut least = side.range.low;
                    for &(other, c) in &side.rest {
                        least = sub(least, times(c, point[other as usize])?)?;
                    }
                    value = value.max(ceil_div(least, side.coefficient));
                }
                point[unknown as usize] = value;
                Solution::Point(point)
            }
            other => other,
        })
    }

    /// Halves the unknown with the fewest values among those that rows use.
    fn halve(&self, fuel: &mut u32) -> Result<Solution, TooLarge> {
        let used = self
            .rows
            .iter()
            .flat_map(|row| row.parts.iter().map(|p| p.0));
        let unknown = used
            .filter(|&u| self.bounds[u as usize].width() > 0)
            .min_by_key(|&u| (self.bounds[u as usize].width(), u))
            .expect("a row that does not always hold has an unknown with several values");
        let bound = self.bounds[unknown as usize];
        let middle = bound.low + (bound.high - bound.low) / 2;
        let mut unsure = false;
        for half in [
            Interval::new(bound.low, middle),
            Interval::new(middle + 1, bound.high),
        ] {
            let mut part = self.clone();
            part.bounds[unknown as usize] = half;
            match solve(part, fuel)? {
                Solution::Infeasible => {}
                Solution::Unknown => unsure = true,
                point @ Solution::Point(_) => return Ok(point),
            }
        }
        Ok(if unsure {
            Solution::Unknown
        } else {
            Solution::Infeasible
        })
    }
}

/// Narrows the bounds of a row's unknowns. False when one becomes empty.
fn narrow(
    row: &Row,
    reach: Interval,
    bounds: &mut [Interval],
    changed: &mut bool,
) -> Result<bool, TooLarge> {
    for &(unknown, c) in &row.parts {
        let bound = bounds[unknown as usize];
        let (a, b) = (times(bound.low, c)?, times(bound.high, c)?);
        // What this part may be when the others are anywhere in their bounds.
        let low = sub(row.range.low, sub(reach.high, a.max(b))?)?;
        let high = sub(row.range.high, sub(reach.low, a.min(b))?)?;
        let (low, high) = if c > 0 {
            (ceil_div(low, c), floor_div(high, c))
        } else {
            (ceil_div(-high, -c), floor_div(-low, -c))
        };
        let met = bound.meet(Interval::new(low, high));
        if met.is_empty() {
            return Ok(false);
        }
        if met != bound {
            bounds[unknown as usize] = met;
            *changed = true;
        }
    }
    Ok(true)
}

/// `coefficient * unknown + rest` within `range`, coefficient positive.
struct Side {
    coefficient: i128,
    rest: Vec<(Unknown, i128)>,
    range: Interval,
}

impl Side {
    /// What two sides say together about everything but the unknown.
    fn paired(&self, other: &Self) -> Result<(Vec<(Unknown, i128)>, Interval), TooLarge> {
        let (a, b) = (self.coefficient, other.coefficient);
        let parts = combine(&self.rest, b, &other.rest, -a)?;
        let low = sub(times(b, self.range.low)?, times(a, other.range.high)?)?;
        let high = sub(times(b, self.range.high)?, times(a, other.range.low)?)?;
        Ok((parts, Interval::new(low, high)))
    }
}
