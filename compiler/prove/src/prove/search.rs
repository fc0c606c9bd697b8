//! Finding a point that makes conditions true: linear rows that are solved, and splits on what a solution gets wrong.
//!
//! Every term is brought to a linear form over the unknowns. A quotient becomes an unknown of its own, tied to its dividend
//! by `0 <= dividend - divisor * quotient < divisor`, which keeps congruences. Where a form depends on something that the
//! known rows do not decide (which side of a `min`, which branch of an `if`, a product), the term *stands open*: it is an
//! unknown held by rows that are true whichever way it is decided. So a condition does not double the work: the rows are
//! contradictory as they stand, or they have a solution, which is tried on the goals themselves. Only when it is none is a
//! term split whose unknown has another value in it than the term, the outermost first.

mod forms;
mod open;
mod rows;

use super::integer::{self, Rows, Solution};
use super::linear::{Interval, Linear, Row, TooLarge, Unknown, divisor};
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
    /// The form that a term had before, if any.
    Form(TermId, Option<Linear>),
    Opened,
    Decided(usize),
}

/// A term that stands open.
struct Open {
    term: TermId,
    /// What stands for it: an unknown of its own, scaled and shifted.
    form: Linear,
    /// True once its value is decided, and `form` is tied to that.
    decided: bool,
}

/// A condition, and whether it is to hold.
pub(super) type Goal = (TermId, bool);

/// Of some variables, each with the index of its default value, at most so many have another.
pub(super) struct Few {
    pub(super) counted: Vec<(usize, i128)>,
    pub(super) most: usize,
}

/// One search, over fixed domains.
pub(super) struct Search<'a> {
    terms: &'a Terms,
    vars: &'a [Var],
    defaults: &'a [i128],
    few: &'a [Few],
    bounds: Vec<Interval>,
    rows: Vec<Row>,
    row_of: FxHashMap<Vec<(Unknown, i128)>, usize>,
    forms: FxHashMap<TermId, Linear>,
    /// Terms that stand open, children before parents.
    open: Vec<Open>,
    trail: Vec<Change>,
    /// A value for each unknown: the last solution found. One of the two sides of a split has it too, and then needs no
    /// solving.
    witness: Vec<i128>,
    /// Whether terms may stand open; otherwise each undecided one is split at once.
    opens: bool,
    depth: u32,
    /// Cases still allowed.
    pub(super) budget: u32,
}

/// Where every undecided term is split, most cases end by bounds alone: it is solved at the end and at every so many splits.
const SPLITS_WITHOUT_SOLVING: u32 = 16;

/// Rows that the solver may make at a case that is split further if they do not do.
const FUEL_ON_THE_WAY: u32 = 10_000;

/// The same where nothing is left to split.
const FUEL_AT_THE_END: u32 = 1_000_000;

/// So many rows of the solver cost as much as a case.
const FUEL_OF_A_CASE: u32 = 100;

impl<'a> Search<'a> {
    /// A search over the given range of indices of each variable's domain.
    pub(super) fn new(
        terms: &'a Terms,
        (vars, defaults): (&'a [Var], &'a [i128]),
        indices: &[Interval],
        opens: bool,
        budget: u32,
    ) -> Self {
        Self {
            terms,
            vars,
            defaults,
            few: &[],
            bounds: indices.to_vec(),
            rows: Vec::new(),
            row_of: FxHashMap::default(),
            forms: FxHashMap::default(),
            open: Vec::new(),
            trail: Vec::new(),
            witness: indices.iter().map(|index| index.low).collect(),
            opens,
            depth: 0,
            budget,
        }
    }

    /// As [`Search::find`], where few variables may change.
    pub(super) fn find_few(
        &mut self,
        goals: &[Goal],
        few: &'a [Few],
    ) -> Result<Option<Vec<i128>>, GiveUp> {
        self.few = few;
        for few in few.iter().filter(|few| few.counted.len() > few.most) {
            if !self.hold_few(few)? {
                return Ok(None);
            }
        }
        self.find(goals)
    }

    /// Counts changes by an unknown for each variable: 1 where its index is not that of its default.
    fn hold_few(&mut self, few: &Few) -> Result<bool, TooLarge> {
        let mut sum = Linear::constant(0);
        for &(var, default) in &few.counted {
            let Interval { low, high } = self.bounds[var];
            let from_default = Linear::unknown(var as Unknown, 1, -default);
            let changed = match (low - default, high - default) {
                (0, 0) => continue,
                (0, 1) => from_default,
                (-1, 0) => from_default.scaled(-1)?,
                (down, up) => {
                    let name = Unknown::try_from(self.bounds.len()).map_err(|_| TooLarge)?;
                    let now = i128::from(self.witness[var] != default);
                    self.bounds.push(Interval::new(0, 1));
                    self.witness.push(now);
                    let changed = Linear::unknown(name, 1, 0);
                    let below = changed.scaled(up)?.plus(&from_default, -1)?;
                    let above = from_default.plus(&changed, -down)?;
                    if !self.assert(&below)? || !self.assert(&above)? {
                        return Ok(false);
                    }
                    changed
                }
            };
            sum = sum.plus(&changed, 1)?;
        }
        let most = Linear::constant(i128::try_from(few.most).unwrap_or(i128::MAX >> 4));
        self.assert(&most.plus(&sum, -1)?)
    }

    /// Finds a value for every variable with which all goals have the value asked for, or shows that there is none.
    pub(super) fn find(&mut self, goals: &[Goal]) -> Result<Option<Vec<i128>>, GiveUp> {
        let Some(stops) = self.narrow(goals)? else {
            return Ok(None);
        };
        let near = self.near_defaults();
        if self.is_solution(goals, &near) {
            return Ok(Some(near));
        }
        let last = stops.is_empty() && self.open.iter().all(|open| open.decided);
        let solved = if last || self.opens || self.depth.is_multiple_of(SPLITS_WITHOUT_SOLVING) {
            match self.solve(last)? {
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
        let values = self.values();
        if solved && self.is_solution(goals, &values) {
            return Ok(Some(values));
        }
        if self.budget == 0 {
            return Err(GiveUp::Budget);
        }
        // Where terms stand open a way down to a solution is long, but straight: its dead ends are counted.
        self.budget -= u32::from(!self.opens);
        match self.decision(stops, solved.then_some(&values[..])) {
            Some(Stop::Split(form)) => {
                let other = negated(&form)?;
                let holds = self.at_witness(&form.parts, form.constant)? >= 0;
                let (first, second) = if holds { (form, other) } else { (other, form) };
                let found = self.branch(goals, |s| s.assert(&first))?;
                if found.is_some() {
                    return Ok(found);
                }
                self.branch(goals, |s| s.assert(&second))
            }
            Some(Stop::Halve(unknown)) => {
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
            Some(Stop::TooLarge) => Err(GiveUp::TooLarge),
            Some(Stop::Undefined) | None => Err(GiveUp::Budget),
        }
    }

    /// Adds all that the goals say. What is left to decide about them, or `None` when they cannot all be met.
    fn narrow(&mut self, goals: &[Goal]) -> Result<Option<Vec<Stop>>, GiveUp> {
        if self.decide_open()?.is_none() {
            return Ok(None);
        }
        loop {
            let mut stops = Vec::new();
            for &(goal, want) in goals {
                match self.require(goal, want) {
                    Ok(true) => {}
                    Ok(false) | Err(Stop::Undefined) => return Ok(None),
                    Err(Stop::TooLarge) => return Err(GiveUp::TooLarge),
                    Err(other) => stops.push(other),
                }
            }
            if !self.propagate_all()? {
                return Ok(None);
            }
            match self.decide_open()? {
                None => return Ok(None),
                Some(0) => return Ok(Some(stops)),
                Some(_) => {}
            }
        }
    }

    /// What to split on: an open term that has another value at the solution than its unknown, the outermost first, then
    /// what a goal needs to know.
    fn decision(&mut self, stops: Vec<Stop>, solution: Option<&[i128]>) -> Option<Stop> {
        let undecided = self.open.iter().rev().filter(|open| !open.decided);
        let mut wrong: Vec<TermId> = Vec::new();
        let mut others: Vec<TermId> = Vec::new();
        let mut evaluation = solution.map(|values| Evaluation::new(self.terms, values));
        for open in undecided {
            let stands = self.at_witness(&open.form.parts, open.form.constant);
            let is = evaluation.as_mut().and_then(|e| e.get(open.term).ok());
            if is.is_some_and(|is| stands != Ok(is)) {
                wrong.push(open.term);
            } else {
                others.push(open.term);
            }
        }
        let first = wrong.into_iter().find_map(|term| self.why_open(term));
        first
            .or_else(|| stops.into_iter().next())
            .or_else(|| others.into_iter().find_map(|term| self.why_open(term)))
    }

    /// The values nearest to the defaults that bounds allow: often a solution, and one with few changes.
    fn near_defaults(&self) -> Vec<i128> {
        let each = self.vars.iter().zip(&self.bounds).zip(self.defaults);
        let near = |((var, bound), default): ((&Var, &Interval), &i128)| {
            let index = index_of(&var.domain, *default).unwrap_or(bound.low);
            value_at(&var.domain, index.clamp(bound.low, bound.high))
        };
        each.map(near).collect()
    }

    /// A solution of the rows need not be one of the goals.
    fn is_solution(&self, goals: &[Goal], point: &[i128]) -> bool {
        let changed = |&&(var, _): &&(usize, i128)| point[var] != self.defaults[var];
        if self
            .few
            .iter()
            .any(|few| few.counted.iter().filter(changed).count() > few.most)
        {
            return false;
        }
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
        self.budget = self
            .budget
            .saturating_sub(u32::from(self.opens && found.is_none()));
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
                Change::Form(term, Some(old)) => {
                    self.forms.insert(term, old);
                }
                Change::Form(term, None) => {
                    self.forms.remove(&term);
                }
                Change::Opened => {
                    self.open.pop();
                }
                Change::Decided(at) => self.open[at].decided = false,
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
    fn solve(&mut self, last: bool) -> Result<Solution, GiveUp> {
        if self.witnessed()? {
            return Ok(Solution::Point(std::mem::take(&mut self.witness)));
        }
        let most = if last {
            FUEL_AT_THE_END
        } else {
            FUEL_ON_THE_WAY
        };
        let mut fuel = most;
        let rows = Rows {
            bounds: self.bounds.clone(),
            rows: self.rows.clone(),
        };
        let solution = integer::solve(rows, &mut fuel)?;
        self.budget = self.budget.saturating_sub((most - fuel) / FUEL_OF_A_CASE);
        Ok(solution)
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
