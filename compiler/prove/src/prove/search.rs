//! Finding a point that makes a condition true: linear forms that cancel, splitting on what is not yet decided.
//!
//! Every term is brought to a linear form over the unknowns. Where that needs a decision (which side of a `min`, which
//! branch of an `if`), the known rows are asked; when they do not know, both answers are tried. A quotient becomes an
//! unknown of its own, tied to its dividend by `0 <= dividend - divisor * quotient < divisor`, which keeps congruences.

mod forms;

use super::integer::{self, Rows, Solution};
use super::linear::{
    Interval, Linear, Row, TooLarge, Unknown, add, ceil_div, divisor, floor_div, hull, sub, times,
};
use crate::domain::{Domain, Var};
use crate::term::{Evaluation, Term, TermId, Terms};
use rustc_hash::FxHashMap;

/// Why a search ended without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GiveUp {
    /// A number left the exact range.
    TooLarge,
    /// The budget ran out.
    Budget,
}

impl From<TooLarge> for GiveUp {
    fn from(_: TooLarge) -> Self {
        Self::TooLarge
    }
}

/// Why a term has no linear form yet.
enum Stop {
    /// It depends on whether this is `>= 0`.
    Split(Linear),
    /// It depends on the very value of this unknown.
    Halve(Unknown),
    /// It has no value here (a divisor that is not positive): not a case that counts.
    Undefined,
    TooLarge,
}

impl From<TooLarge> for Stop {
    fn from(_: TooLarge) -> Self {
        Self::TooLarge
    }
}

enum Change {
    Bound(Unknown, Interval),
    Row(usize, Interval),
    NewRow,
    NewUnknown,
    Form(TermId),
}

/// A condition, and whether it is to hold.
pub(super) type Goal = (TermId, bool);

/// One search, over fixed domains.
pub(super) struct Search<'a> {
    terms: &'a Terms,
    vars: &'a [Var],
    bounds: Vec<Interval>,
    rows: Vec<Row>,
    row_of: FxHashMap<Vec<(Unknown, i128)>, usize>,
    forms: FxHashMap<TermId, Linear>,
    trail: Vec<Change>,
    /// A value for each unknown: the last solution found. One of the two sides of a split has it too, and then needs no
    /// solving.
    witness: Vec<i128>,
    depth: u32,
    /// Cases still allowed.
    pub(super) budget: u32,
}

/// Solving shows dead ends early, but most cases end by bounds alone: it is done at leaves and at every so many splits.
const SPLITS_WITHOUT_SOLVING: u32 = 16;

/// How often a solution of an undecided case is tried on the goals themselves.
const CASES_BETWEEN_TRIES: u32 = 16;

impl<'a> Search<'a> {
    /// A search over the given range of indices of each variable's domain.
    pub(super) fn new(
        terms: &'a Terms,
        vars: &'a [Var],
        indices: &[Interval],
        budget: u32,
    ) -> Self {
        Self {
            terms,
            vars,
            bounds: indices.to_vec(),
            rows: Vec::new(),
            row_of: FxHashMap::default(),
            forms: FxHashMap::default(),
            trail: Vec::new(),
            witness: indices.iter().map(|index| index.low).collect(),
            depth: 0,
            budget,
        }
    }

    /// Finds a value for every variable with which all goals have the value asked for, or shows that there is none.
    pub(super) fn find(&mut self, goals: &[Goal]) -> Result<Option<Vec<i128>>, GiveUp> {
        let mut stop = None;
        for &(goal, want) in goals {
            match self.require(goal, want) {
                Ok(true) => {}
                Ok(false) | Err(Stop::Undefined) => return Ok(None),
                Err(Stop::TooLarge) => return Err(GiveUp::TooLarge),
                Err(other) => stop = stop.or(Some(other)),
            }
        }
        let solved = if stop.is_none() || self.depth.is_multiple_of(SPLITS_WITHOUT_SOLVING) {
            match self.solve()? {
                Solution::Infeasible => return Ok(None),
                Solution::Unknown => false,
                Solution::Point(point) => {
                    self.witness = point;
                    true
                }
            }
        } else {
            self.witnessed()?
        };
        let Some(stop) = stop else {
            return if solved {
                Ok(Some(self.values()))
            } else {
                Err(GiveUp::Budget)
            };
        };
        if solved && self.budget.is_multiple_of(CASES_BETWEEN_TRIES) {
            let values = self.values();
            if self.holds(goals, &values) {
                return Ok(Some(values));
            }
        }
        if self.budget == 0 {
            return Err(GiveUp::Budget);
        }
        self.budget -= 1;
        match stop {
            Stop::Split(form) => {
                let other = negated(&form)?;
                let first = self.branch(goals, |s| s.assert(&form))?;
                if first.is_some() {
                    Ok(first)
                } else {
                    self.branch(goals, |s| s.assert(&other))
                }
            }
            Stop::Halve(unknown) => {
                let bound = self.bounds[unknown as usize];
                let middle = bound.low + (bound.high - bound.low) / 2;
                let first = self.branch(goals, |s| {
                    Ok(s.bound(unknown, Interval::new(bound.low, middle)))
                })?;
                if first.is_some() {
                    return Ok(first);
                }
                self.branch(goals, |s| {
                    Ok(s.bound(unknown, Interval::new(middle + 1, bound.high)))
                })
            }
            Stop::Undefined | Stop::TooLarge => unreachable!("returned above"),
        }
    }

    /// A point of an undecided case is often a solution already.
    fn holds(&self, goals: &[Goal], point: &[i128]) -> bool {
        let mut evaluation = Evaluation::new(self.terms, point);
        goals
            .iter()
            .all(|&(goal, want)| evaluation.get(goal) == Ok(i128::from(want)))
    }

    fn branch(
        &mut self,
        goals: &[Goal],
        enter: impl FnOnce(&mut Self) -> Result<bool, TooLarge>,
    ) -> Result<Option<Vec<i128>>, GiveUp> {
        let mark = self.trail.len();
        self.depth += 1;
        let found = if enter(self)? {
            self.find(goals)?
        } else {
            None
        };
        self.depth -= 1;
        self.undo(mark);
        Ok(found)
    }

    fn undo(&mut self, mark: usize) {
        while self.trail.len() > mark {
            match self.trail.pop().expect("longer than mark") {
                Change::Bound(unknown, old) => self.bounds[unknown as usize] = old,
                Change::Row(at, old) => self.rows[at].range = old,
                Change::NewRow => {
                    let row = self.rows.pop().expect("rows and trail agree");
                    self.row_of.remove(&row.parts);
                }
                Change::NewUnknown => {
                    self.bounds.pop();
                    self.witness.pop();
                }
                Change::Form(term) => {
                    self.forms.remove(&term);
                }
            }
        }
    }

    /// The value of each variable at the witness.
    fn values(&self) -> Vec<i128> {
        self.vars
            .iter()
            .zip(&self.witness)
            .map(|(var, &index)| value_at(&var.domain, index))
            .collect()
    }

    /// A solution of the rows: the last one, when it still is one.
    fn solve(&mut self) -> Result<Solution, GiveUp> {
        if self.witnessed()? {
            return Ok(Solution::Point(std::mem::take(&mut self.witness)));
        }
        let mut fuel = 2_000;
        Ok(integer::solve(
            Rows {
                bounds: self.bounds.clone(),
                rows: self.rows.clone(),
            },
            &mut fuel,
        )?)
    }

    fn witnessed(&self) -> Result<bool, TooLarge> {
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

    fn at_witness(&self, parts: &[(Unknown, i128)], constant: i128) -> Result<i128, TooLarge> {
        let mut total = constant;
        for &(unknown, c) in parts {
            total = add(total, times(c, self.witness[unknown as usize])?)?;
        }
        Ok(total)
    }

    /// Narrows an unknown. False when nothing is left.
    fn bound(&mut self, unknown: Unknown, to: Interval) -> bool {
        let old = self.bounds[unknown as usize];
        let met = old.meet(to);
        if met != old {
            self.trail.push(Change::Bound(unknown, old));
            self.bounds[unknown as usize] = met;
        }
        !met.is_empty()
    }

    /// Adds `form >= 0`. False when that cannot be.
    fn assert(&mut self, form: &Linear) -> Result<bool, TooLarge> {
        self.assert_between(form, Interval::new(0, i128::MAX >> 3))
    }

    fn assert_between(&mut self, form: &Linear, range: Interval) -> Result<bool, TooLarge> {
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

    /// Narrows the unknowns of one row by it.
    fn propagate(&mut self, at: usize) -> Result<bool, TooLarge> {
        let Row { parts, range } = self.rows[at].clone();
        if range.is_empty() {
            return Ok(false);
        }
        let reach = hull(&parts, &self.bounds)?;
        for &(unknown, c) in &parts {
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
    fn reach(&self, form: &Linear) -> Result<Interval, Stop> {
        let reach = self.known_range(form)?;
        if reach.is_empty() {
            Err(Stop::Undefined)
        } else {
            Ok(reach)
        }
    }

    /// What values a form may have, by bounds and by the row over the same sum.
    fn known_range(&self, form: &Linear) -> Result<Interval, TooLarge> {
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

    /// Whether `form >= 0`.
    fn sign(&self, form: &Linear) -> Result<bool, Stop> {
        let reach = self.reach(form)?;
        if reach.low >= 0 {
            Ok(true)
        } else if reach.high < 0 {
            Ok(false)
        } else {
            Err(Stop::Split(form.clone()))
        }
    }

    /// Whether `form == 0`.
    fn zero(&self, form: &Linear) -> Result<bool, Stop> {
        if let Some(value) = form.as_const() {
            return Ok(value == 0);
        }
        if form.constant % divisor(&form.parts) != 0 {
            return Ok(false);
        }
        if !self.sign(form)? {
            return Ok(false);
        }
        self.sign(&form.scaled(-1)?)
    }

    /// Adds what `condition == want` says, as far as it is linear. False when it cannot be.
    fn require(&mut self, condition: TermId, want: bool) -> Result<bool, Stop> {
        match (self.terms.get(condition), want) {
            (Term::NonNegative(a), _) => {
                let form = self.form(*a)?;
                let form = if want { form } else { negated(&form)? };
                Ok(self.assert(&form)?)
            }
            (Term::IsZero(a), true) => {
                let form = self.form(*a)?;
                Ok(self.assert_between(&form, Interval::new(0, 0))?)
            }
            (Term::Not(a), _) => self.require(*a, !want),
            (Term::And(all), true) | (Term::Or(all), false) => {
                let mut stop = None;
                for &c in all {
                    match self.require(c, want) {
                        Ok(true) => {}
                        Ok(false) => return Ok(false),
                        Err(other) => stop = stop.or(Some(other)),
                    }
                }
                stop.map_or(Ok(true), Err)
            }
            _ => Ok(self.truth(condition)? == want),
        }
    }

    /// Whether a condition holds, when that is decided.
    fn truth(&mut self, condition: TermId) -> Result<bool, Stop> {
        match self.terms.get(condition) {
            Term::NonNegative(a) => {
                let form = self.form(*a)?;
                self.sign(&form)
            }
            Term::IsZero(a) => {
                let form = self.form(*a)?;
                self.zero(&form)
            }
            Term::Not(a) => Ok(!self.truth(*a)?),
            Term::And(all) => self.any_is(all, false).map(|found| !found),
            Term::Or(all) => self.any_is(all, true),
            Term::If(c, a, b) => {
                let taken = if self.truth(*c)? { *a } else { *b };
                self.truth(taken)
            }
            _ => {
                let form = self.form(condition)?;
                Ok(!self.zero(&form)?)
            }
        }
    }

    /// Whether any of the conditions has this value; one that has decides, whatever the others are.
    fn any_is(&mut self, all: &[TermId], value: bool) -> Result<bool, Stop> {
        let mut stop = None;
        for &c in all {
            match self.truth(c) {
                Ok(truth) if truth == value => return Ok(true),
                Ok(_) => {}
                // What has no value decides nothing by itself: go on with something that can be split.
                Err(other) if stop.is_none() || matches!(stop, Some(Stop::Undefined)) => {
                    stop = Some(other)
                }
                Err(_) => {}
            }
        }
        stop.map_or(Ok(false), Err)
    }
}

/// `-form - 1`, which is `>= 0` exactly where `form` is not.
fn negated(form: &Linear) -> Result<Linear, TooLarge> {
    form.scaled(-1)?.plus(&Linear::constant(1), -1)
}

/// The value of a domain at an index.
pub(super) fn value_at(domain: &Domain, index: i128) -> i128 {
    match domain {
        Domain::Interval { low, step, .. } => low + step * index,
        Domain::Set(values) => values[usize::try_from(index).expect("an index of the set")],
    }
}

/// The index of a value in a domain.
pub(super) fn index_of(domain: &Domain, value: i128) -> Option<i128> {
    match domain {
        Domain::Interval { low, step, .. } => domain.contains(value).then(|| (value - low) / step),
        Domain::Set(values) => values.binary_search(&value).ok().map(|at| at as i128),
    }
}
