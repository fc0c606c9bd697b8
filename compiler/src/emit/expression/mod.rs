//! How a term is going to be written, before any text is made: which names stand for it, which side of a comparison its
//! parts go to, and whether plain `u64` arithmetic is enough.

pub(super) mod defined;
mod exact;

use crate::emit::facts::Facts;
use crate::term::{Term, TermId, Terms, VarId};
use defined::{Known, NameTable};

/// A linear form: `name + constant`, or parts and a constant.
#[derive(Debug, Clone)]
pub(in crate::emit) struct Form {
    /// A named value that all parts are.
    pub(in crate::emit) name: Option<Known>,
    /// What is added (coefficient above 0) or taken away.
    pub(in crate::emit) parts: Vec<(Part, i128)>,
    /// What is added.
    pub(in crate::emit) constant: i128,
}

/// An operand of a [`Form`].
#[derive(Debug, Clone)]
pub(in crate::emit) enum Part {
    /// A term.
    Atom(TermId),
    /// The largest multiple of a number that is at most the form.
    AlignDown(Box<Form>, i128),
    /// A remainder.
    Remainder(Box<Form>, i128),
    /// A quotient.
    Quotient(Box<Form>, i128),
    /// The smallest multiple of a number that is at least the form. Words only.
    AlignUp(Box<Form>, i128),
    /// A quotient rounded up. Words only.
    CeilDiv(Box<Form>, i128),
}

/// How a term is written.
#[derive(Debug, Clone)]
pub(in crate::emit) enum Shape {
    /// A number.
    Literal(i128),
    /// A condition that is decided.
    Bool(bool),
    /// A parameter or member number.
    Var(VarId),
    /// A sum, or a named value.
    Form(Form),
    /// `a * b`
    Product(TermId, TermId),
    /// `a / b`
    Div(TermId, TermId),
    /// `a % b`
    Rem(TermId, TermId),
    /// `min(a, b)`
    Min(TermId, TermId),
    /// `max(a, b)`
    Max(TermId, TermId),
    /// `a.ilog2()`
    Log2(TermId),
    /// `if c { a } else { b }`
    If(TermId, TermId, TermId),
    /// `left op right`
    Compare(Form, &'static str, Form),
    /// A variable of an enum is (or is not) a choice.
    Choice(VarId, i128, bool),
    /// Two conditions are equal (or not).
    Same(TermId, TermId, bool),
    /// A condition that is another (or its opposite).
    Truth(TermId, bool),
    /// All of them.
    And(Vec<TermId>),
    /// Any of them.
    Or(Vec<TermId>),
}

/// Decides shapes for one function.
#[derive(Debug)]
pub(in crate::emit) struct Shaper<'a, 'm> {
    pub(in crate::emit) terms: &'a Terms,
    pub(in crate::emit) facts: &'a mut Facts<'m>,
    pub(in crate::emit) names: &'a NameTable,
    /// Where the function stands: of values with the same parts, only earlier ones are named.
    pub(in crate::emit) position: usize,
    /// The parts of the function's own value.
    pub(in crate::emit) own: Vec<(TermId, i128)>,
    /// True while `u64` arithmetic is tried.
    pub(in crate::emit) words: bool,
}

/// The parts and the constant of any term.
pub(in crate::emit) fn linear(terms: &Terms, id: TermId) -> (Vec<(TermId, i128)>, i128) {
    match terms.get(id) {
        Term::Sum { parts, constant } => (parts.clone(), *constant),
        Term::Const(value) => (Vec::new(), *value),
        _ => (vec![(id, 1)], 0),
    }
}

/// True for a term whose value is a condition.
pub(in crate::emit) fn is_condition(terms: &Terms, names: &NameTable, id: TermId) -> bool {
    match terms.get(id) {
        Term::NonNegative(_) | Term::IsZero(_) | Term::And(_) | Term::Or(_) | Term::Not(_) => true,
        Term::Var(var) => names.is_bool(*var),
        _ => false,
    }
}

impl Shaper<'_, '_> {
    /// How `id` is written as a number or condition.
    pub(in crate::emit) fn shape(&mut self, id: TermId) -> Shape {
        match self.terms.get(id) {
            Term::Const(value) => Shape::Literal(*value),
            Term::Var(var) => Shape::Var(*var),
            Term::NonNegative(a) => self.compare(*a),
            Term::IsZero(a) => self.equal(*a, true),
            Term::Not(a) => self.opposite(*a),
            Term::And(all) => Shape::And(all.clone()),
            Term::Or(all) => Shape::Or(all.clone()),
            _ => self.number(id),
        }
    }

    fn number(&mut self, id: TermId) -> Shape {
        let (parts, constant) = linear(self.terms, id);
        let form = self.form(&parts, constant);
        if form.name.is_some() || matches!(self.terms.get(id), Term::Sum { .. }) {
            return Shape::Form(form);
        }
        match self.terms.get(id) {
            Term::Product(a, b) => Shape::Product(*a, *b),
            Term::Div(a, b) => Shape::Div(*a, *b),
            Term::Rem(a, b) => Shape::Rem(*a, *b),
            Term::Min(a, b) => Shape::Min(*a, *b),
            Term::Max(a, b) => Shape::Max(*a, *b),
            Term::Log2(a) => Shape::Log2(*a),
            Term::If(c, a, b) => Shape::If(*c, *a, *b),
            _ => Shape::Form(form),
        }
    }

    /// The nearest named value with these parts, or one with some of them, or the parts themselves.
    pub(in crate::emit) fn form(&mut self, parts: &[(TermId, i128)], constant: i128) -> Form {
        let before = if parts == self.own {
            self.position
        } else {
            usize::MAX
        };
        let lone = matches!(parts, [(atom, 1)] if matches!(self.terms.get(*atom), Term::Var(_)));
        let nearest = self.names.nearest(parts, constant, before, !self.words);
        // A parameter is a better name than a value near it.
        if let Some((known, rest)) = nearest.filter(|(_, rest)| !lone || *rest == 0) {
            return Form {
                name: Some(known),
                parts: Vec::new(),
                constant: rest,
            };
        }
        if let Some(form) = self.remainder(parts, constant) {
            return form;
        }
        let mut form = Form {
            name: None,
            parts: Vec::new(),
            constant,
        };
        let mut parts = parts.to_vec();
        if let Some(found) = self.names.most(&parts, constant, !self.words) {
            (form.name, form.constant, parts) = (Some(found.known), found.distance, found.rest);
        }
        let absorbing = match form.name {
            Some(_) => None,
            None => {
                let (absorbing, rest) = self.absorbs(&parts, constant);
                form.constant = rest;
                absorbing
            }
        };
        for (atom, by) in parts {
            let part = match absorbing {
                Some((at, more)) if at == atom => self.absorbed(atom, by, more),
                _ => self.part(atom, by),
            };
            form.parts.push(part);
        }
        form
    }

    /// `x - n * (x / n)` is `x % n`.
    fn remainder(&mut self, parts: &[(TermId, i128)], constant: i128) -> Option<Form> {
        let quotient = parts.iter().find_map(|&(atom, by)| {
            let Term::Div(over, divisor) = self.terms.get(atom) else {
                return None;
            };
            let divisor = self.terms.as_const(*divisor)?;
            (divisor > 1 && by == -divisor).then_some((atom, *over, divisor))
        });
        let (atom, over, divisor) = quotient?;
        let (inner, inside) = linear(self.terms, over);
        let rest = parts.iter().filter(|(part, _)| *part != atom);
        if !rest.eq(inner.iter()) {
            return None;
        }
        let constant = constant.checked_sub(inside)?;
        let form = Box::new(self.form(&inner, inside));
        let parts = vec![(Part::Remainder(form, divisor), 1)];
        Some(Form {
            name: None,
            parts,
            constant,
        })
    }

    /// Terms take whole multiples of a divisor out of a quotient; when what is left inside may be negative, putting the
    /// constant back keeps to words. Gives the quotient and what is added inside, and the constant left outside.
    fn absorbs(
        &mut self,
        parts: &[(TermId, i128)],
        constant: i128,
    ) -> (Option<(TermId, i128)>, i128) {
        let quotients = parts
            .iter()
            .filter(|(atom, _)| matches!(self.terms.get(*atom), Term::Div(..)));
        let [&(atom, by)] = quotients.collect::<Vec<_>>()[..] else {
            return (None, constant);
        };
        let Term::Div(over, divisor) = self.terms.get(atom) else {
            return (None, constant);
        };
        let negative = self
            .facts
            .bounds(self.terms, *over)
            .is_none_or(|(low, _)| low < 0);
        let divisor = self.terms.as_const(*divisor).filter(|&divisor| divisor > 1);
        if !(self.words && negative && by > 0 && constant >= by) {
            return (None, constant);
        }
        match divisor.and_then(|divisor| (constant / by).checked_mul(divisor)) {
            Some(more) => (Some((atom, more)), constant % by),
            None => (None, constant),
        }
    }

    /// A quotient with something added to what is divided.
    fn absorbed(&mut self, atom: TermId, by: i128, more: i128) -> (Part, i128) {
        let Term::Div(over, divisor) = self.terms.get(atom) else {
            return (Part::Atom(atom), by);
        };
        let divisor = self.terms.as_const(*divisor).unwrap_or(1);
        let (inner, constant) = linear(self.terms, *over);
        let form = Box::new(self.form(&inner, constant.saturating_add(more)));
        if by % divisor == 0 {
            (Part::AlignDown(form, divisor), by / divisor)
        } else {
            (Part::Quotient(form, divisor), by)
        }
    }

    /// Quotients inside sums are alignments, or quotients rounded up, more often than not.
    fn part(&mut self, atom: TermId, by: i128) -> (Part, i128) {
        let plain = (Part::Atom(atom), by);
        let Term::Div(over, divisor) = self.terms.get(atom) else {
            return plain;
        };
        let Some(divisor) = self.terms.as_const(*divisor).filter(|&divisor| divisor > 1) else {
            return plain;
        };
        if self
            .names
            .nearest(&[(atom, 1)], 0, usize::MAX, !self.words)
            .is_some()
        {
            return plain;
        }
        let (inner, constant) = linear(self.terms, *over);
        let whole = by % divisor == 0;
        let bounds = self.facts.bounds(self.terms, *over);
        let negative = bounds.is_some_and(|(_, high)| high <= 0);
        if whole && (by > 0 || !negative) {
            let form = self.form(&inner, constant);
            return (Part::AlignDown(Box::new(form), divisor), by / divisor);
        }
        let opposite: Option<Vec<_>> = inner
            .iter()
            .map(|&(id, k)| Some((id, k.checked_neg()?)))
            .collect();
        match (opposite, constant.checked_neg()) {
            (Some(parts), Some(constant))
                if self.words && by < 0 && bounds.is_some_and(|(_, high)| high <= 0) =>
            {
                let form = Box::new(self.form(&parts, constant));
                if whole {
                    (Part::AlignUp(form, divisor), -(by / divisor))
                } else {
                    (Part::CeilDiv(form, divisor), -by)
                }
            }
            _ => plain,
        }
    }

    /// `a >= 0`, with every part on the side where it is added.
    fn compare(&mut self, a: TermId) -> Shape {
        match self.facts.bounds(self.terms, a) {
            Some((low, _)) if low >= 0 => return Shape::Bool(true),
            Some((_, high)) if high < 0 => return Shape::Bool(false),
            _ => {}
        }
        let (parts, constant) = linear(self.terms, a);
        let (left, right) = self.sides(&parts);
        // left - right + constant >= 0, and `x > y` for `x >= y + 1`
        let (op, up, down) = match constant {
            -1 => (">", 0, 0),
            _ if constant >= 0 => (">=", constant, 0),
            _ => (">=", 0, -constant),
        };
        if left.is_empty() {
            let (op, up) = if op == ">" { ("<", 0) } else { ("<=", up) };
            let (small, large) = (self.form(&right, down), self.form(&[], up));
            return Shape::Compare(small, op, large);
        }
        let (left, right) = (self.form(&left, up), self.form(&right, down));
        Shape::Compare(left, op, right)
    }

    #[allow(clippy::type_complexity)]
    fn sides(&self, parts: &[(TermId, i128)]) -> (Vec<(TermId, i128)>, Vec<(TermId, i128)>) {
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for &(atom, by) in parts {
            match by.checked_neg() {
                Some(opposite) if by < 0 => right.push((atom, opposite)),
                _ => left.push((atom, by)),
            }
        }
        (left, right)
    }

    /// `a == 0`, or `a != 0`.
    fn equal(&mut self, a: TermId, equal: bool) -> Shape {
        if self
            .facts
            .bounds(self.terms, a)
            .is_some_and(|(low, high)| low > 0 || high < 0)
        {
            return Shape::Bool(!equal);
        }
        let (parts, constant) = linear(self.terms, a);
        if let [(atom, by @ (1 | -1))] = parts[..]
            && let Some(value) = constant.checked_mul(-by)
        {
            if is_condition(self.terms, self.names, atom) {
                return Shape::Truth(atom, (value != 0) == equal);
            }
            if let Term::Var(var) = self.terms.get(atom)
                && self.names.choice(*var, value).is_some()
            {
                return Shape::Choice(*var, value, equal);
            }
        }
        let conditions = |all: &[(TermId, i128)]| {
            all.iter()
                .all(|&(id, _)| is_condition(self.terms, self.names, id))
        };
        if let [(a, 1), (b, -1)] | [(a, -1), (b, 1)] = parts[..]
            && constant == 0
            && conditions(&parts)
        {
            return Shape::Same(a, b, equal);
        }
        let (left, right) = self.sides(&parts);
        let (up, down) = if constant >= 0 {
            (constant, 0)
        } else {
            (0, -constant)
        };
        let op = if equal { "==" } else { "!=" };
        let (left, right) = if left.is_empty() {
            (self.form(&right, down), self.form(&[], up))
        } else {
            (self.form(&left, up), self.form(&right, down))
        };
        Shape::Compare(left, op, right)
    }

    /// Not `a`: terms have turned comparisons around themselves.
    fn opposite(&mut self, a: TermId) -> Shape {
        match self.terms.get(a) {
            Term::IsZero(inner) => self.equal(*inner, false),
            _ => Shape::Truth(a, false),
        }
    }
}

impl Form {
    fn operands(&self, into: &mut Vec<TermId>) {
        for (part, _) in &self.parts {
            match part {
                Part::Atom(atom) => into.push(*atom),
                Part::AlignDown(form, _)
                | Part::Remainder(form, _)
                | Part::Quotient(form, _)
                | Part::AlignUp(form, _)
                | Part::CeilDiv(form, _) => form.operands(into),
            }
        }
    }
}

impl Shape {
    /// The terms that must be written before it.
    pub(in crate::emit) fn operands(&self) -> Vec<TermId> {
        let mut all = Vec::new();
        match self {
            Self::Literal(_) | Self::Bool(_) | Self::Var(_) | Self::Choice(..) => {}
            Self::Form(form) => form.operands(&mut all),
            Self::Product(a, b)
            | Self::Div(a, b)
            | Self::Rem(a, b)
            | Self::Min(a, b)
            | Self::Max(a, b) => {
                all.extend([*a, *b]);
            }
            Self::Same(a, b, _) => all.extend([*a, *b]),
            Self::Log2(a) | Self::Truth(a, _) => all.push(*a),
            Self::If(c, a, b) => all.extend([*c, *a, *b]),
            Self::Compare(left, _, right) => {
                left.operands(&mut all);
                right.operands(&mut all);
            }
            Self::And(conditions) | Self::Or(conditions) => all.extend(conditions),
        }
        all
    }
}
