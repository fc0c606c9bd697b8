//! The linear form of every kind of term.

use super::{Change, Search, Stop, value_at};
use crate::domain::Domain;
use crate::prove::linear::{Interval, Linear, TooLarge, Unknown, add, floor_div, sub, times};
use crate::term::{Term, TermId, VarId};

impl Search<'_> {
    /// The linear form of a term; where it is not decided, that of an unknown that stands for it.
    pub(super) fn form(&mut self, term: TermId) -> Result<Linear, Stop> {
        if let Some(value) = self.terms.as_const(term) {
            return Ok(Linear::constant(value));
        }
        if let Some(form) = self.forms.get(&term) {
            return Ok(form.clone());
        }
        let form = match self.decided_form(term) {
            Err(Stop::Split(_) | Stop::Halve(_)) if self.opens => self.open_form(term)?,
            decided => decided?,
        };
        let before = self.forms.insert(term, form.clone());
        self.trail.push(Change::Form(term, before));
        Ok(form)
    }

    /// The linear form of a term whose value is decided, over the forms of its children.
    pub(super) fn decided_form(&mut self, term: TermId) -> Result<Linear, Stop> {
        let terms = self.terms;
        match terms.get(term) {
            Term::Const(value) => Ok(Linear::constant(*value)),
            Term::Var(var) => self.variable(*var),
            Term::Sum { parts, constant } => {
                let mut total = Linear::constant(*constant);
                for &(atom, coefficient) in parts {
                    total = total.plus(&self.form(atom)?, coefficient)?;
                }
                Ok(total)
            }
            Term::Product(a, b) => self.product(*a, *b),
            Term::Div(a, b) => {
                let divisor = self.divisor(*b)?;
                let dividend = self.form(*a)?;
                self.quotient(&dividend, divisor)
            }
            Term::Rem(a, b) => {
                let divisor = self.divisor(*b)?;
                let dividend = self.form(*a)?;
                let quotient = self.quotient(&dividend, divisor)?;
                Ok(dividend.plus(&quotient, -divisor)?)
            }
            Term::Min(a, b) | Term::Max(a, b) => {
                let larger = matches!(terms.get(term), Term::Max(..));
                let (a, b) = (self.form(*a)?, self.form(*b)?);
                let a_is_larger = self.sign(&a.plus(&b, -1)?)?;
                Ok(if a_is_larger == larger { a } else { b })
            }
            Term::Log2(a) => self.logarithm(*a),
            Term::If(c, a, b) => {
                let taken = if self.truth(*c)? { *a } else { *b };
                self.form(taken)
            }
            _ => Ok(Linear::constant(i128::from(self.truth(term)?))),
        }
    }

    /// A variable by its index in its domain. A set whose values have no common step must be told apart.
    fn variable(&mut self, var: VarId) -> Result<Linear, Stop> {
        let unknown = var.0;
        let bound = self.bounds[unknown as usize];
        match &self.vars[var.index()].domain {
            domain if bound.low == bound.high => Ok(Linear::constant(value_at(domain, bound.low))),
            Domain::Interval { low, step, .. } => Ok(Linear::unknown(unknown, *step, *low)),
            Domain::Set(values) => {
                let (first, last) = (bound.low as usize, bound.high as usize);
                let step = sub(values[first + 1], values[first])?;
                let even = values[first..=last].windows(2).all(|w| w[1] - w[0] == step);
                if even {
                    let origin = sub(values[first], times(step, bound.low)?)?;
                    Ok(Linear::unknown(unknown, step, origin))
                } else {
                    Err(Stop::Halve(unknown))
                }
            }
        }
    }

    fn product(&mut self, a: TermId, b: TermId) -> Result<Linear, Stop> {
        let (a, b) = (self.form(a)?, self.form(b)?);
        match (self.constant_value(&a)?, self.constant_value(&b)?) {
            (Some(x), _) => Ok(b.scaled(x)?),
            (_, Some(y)) => Ok(a.scaled(y)?),
            _ => Err(self.halve_one_of(&[&a, &b])),
        }
    }

    fn constant_value(&self, form: &Linear) -> Result<Option<i128>, Stop> {
        let reach = self.reach(form)?;
        Ok((reach.low == reach.high).then_some(reach.low))
    }

    fn halve_one_of(&self, forms: &[&Linear]) -> Stop {
        let unknowns = forms
            .iter()
            .flat_map(|form| form.parts.iter().map(|part| part.0));
        let open = unknowns.filter(|&u| self.bounds[u as usize].width() > 0);
        // Nothing open: the rows contradict each other here, though that has not come out yet; there is no such case.
        open.min_by_key(|&u| (self.bounds[u as usize].width(), u))
            .map_or(Stop::Undefined, Stop::Halve)
    }

    /// A divisor must be known; where it is not positive there is no case to look at.
    fn divisor(&mut self, term: TermId) -> Result<i128, Stop> {
        let form = self.form(term)?;
        match self.constant_value(&form)? {
            Some(value) if value > 0 => Ok(value),
            Some(_) => Err(Stop::Undefined),
            None => Err(self.halve_one_of(&[&form])),
        }
    }

    /// `floor(dividend / divisor)`: what the divisor divides comes out, the rest becomes an unknown.
    fn quotient(&mut self, dividend: &Linear, divisor: i128) -> Result<Linear, Stop> {
        let mut out = Linear::constant(floor_div(dividend.constant, divisor));
        let mut rest = Linear::constant(dividend.constant.rem_euclid(divisor));
        for &(unknown, c) in &dividend.parts {
            if c % divisor == 0 {
                out.parts.push((unknown, c / divisor));
            } else {
                rest.parts.push((unknown, c));
            }
        }
        if rest.parts.is_empty() {
            return Ok(out);
        }
        let reach = self.reach(&rest)?;
        let range = Interval::new(
            floor_div(reach.low, divisor),
            floor_div(reach.high, divisor),
        );
        if range.low == range.high {
            out.constant = add(out.constant, range.low)?;
            return Ok(out);
        }
        let name = Unknown::try_from(self.bounds.len()).map_err(|_| TooLarge)?;
        self.trail.push(Change::NewUnknown);
        self.bounds.push(range);
        self.witness.push(floor_div(
            self.at_witness(&rest.parts, rest.constant)?,
            divisor,
        ));
        let quotient = Linear::unknown(name, 1, 0);
        let remainder = rest.plus(&quotient, -divisor)?;
        if !self.assert_between(&remainder, Interval::new(0, divisor - 1))? {
            return Err(Stop::Undefined);
        }
        Ok(out.plus(&quotient, 1)?)
    }

    fn logarithm(&mut self, term: TermId) -> Result<Linear, Stop> {
        let form = self.form(term)?;
        let reach = self.reach(&form)?;
        if reach.high <= 0 {
            return Err(Stop::Undefined);
        }
        if reach.low <= 0 {
            return Err(Stop::Split(form.plus(&Linear::constant(1), -1)?));
        }
        let (low, high) = (reach.low.ilog2(), reach.high.ilog2());
        if low == high {
            return Ok(Linear::constant(i128::from(low)));
        }
        let middle = 1_i128 << (low + (high - low).div_ceil(2));
        Err(Stop::Split(form.plus(&Linear::constant(middle), -1)?))
    }
}
