//! Cases that break laws, and how they are told: names, ranges and parameter values.

use super::Checker;
use crate::diagnostic::{CounterValue, Counterexample};
use crate::model::{Domain, Item, ItemId, Kind, Model, Param};
use crate::prove::{Verdict, World, prove};
use crate::show_value::{addr_text, size_text, value_text};
use crate::term::{Evaluation, TermId, VarId};

/// A case that breaks a law.
#[derive(Debug, Clone)]
pub struct Case {
    /// A value for each variable.
    pub values: Vec<i128>,
    /// The variables that the law depends on.
    pub uses: Vec<VarId>,
    /// The law: false in this case.
    pub law: TermId,
    /// True when no parameter values fulfil the law together with what is assumed.
    pub always: bool,
    /// False when the search for smaller values was given up.
    pub smallest: bool,
}

impl Checker<'_> {
    /// The value of a term in a case; 0 where it has none.
    #[must_use]
    pub fn value(&self, term: TermId, case: &Case) -> i128 {
        self.terms.eval(term, &case.values).unwrap_or(0)
    }

    /// An item's range in a case, as people read it: `0xC000_0000 .. 0xF800_0000 (896M)`.
    #[must_use]
    pub fn range_text(&self, id: ItemId, case: &Case) -> String {
        match self.bounds(id, case) {
            Some((start, end)) => span_text(start, end),
            None => String::new(),
        }
    }

    /// An item and its range in a case: `` `lowmem` is 0xC000_0000 .. 0xF800_0000 (896M) ``.
    #[must_use]
    pub fn described(&self, id: ItemId, case: &Case) -> String {
        format!("`{}` is {}", self.name(id, case), self.range_text(id, case))
    }

    /// An item's start and end (exclusive) in a case.
    #[must_use]
    pub fn bounds(&self, id: ItemId, case: &Case) -> Option<(i128, i128)> {
        let range = self.model.item(id).range?;
        let mut evaluation = Evaluation::new(&self.terms, &case.values);
        Some((
            evaluation.get(range.start.term).ok()?,
            evaluation.get(range.end.term).ok()?,
        ))
    }

    /// The name of an item in a case: families with their member, `kstack[3]`.
    #[must_use]
    pub fn name(&self, id: ItemId, case: &Case) -> String {
        let item = self.model.item(id);
        match &item.family {
            Some(family) => format!("{}[{}]", item.name, case.values[family.var.index()]),
            None => item.name.clone(),
        }
    }

    /// The parameter values that show a mistake; `None` when it does not depend on any. Values other than the defaults are
    /// all there; of the defaults those that matter: with another value in their place there would be no mistake.
    #[must_use]
    pub fn counterexample(&self, case: &Case) -> Option<Counterexample> {
        let of = |wanted: &dyn Fn(&Param, bool) -> bool| {
            let mut values = Vec::new();
            for param in &self.model.params {
                let value = case.values[param.var.index()];
                let default = value == param.default;
                if self.vars[param.var.index()].domain.count() > 1 && wanted(param, default) {
                    let value = value_text(self.model, param.kind, value);
                    values.push(CounterValue {
                        name: param.name.clone(),
                        value,
                        default,
                    });
                }
            }
            values
        };
        let used = |param: &Param| case.uses.contains(&param.var);
        let mut values =
            of(&|param, default| !default || (used(param) && self.matters(param, case)));
        if values.is_empty() {
            values = of(&|param, _| used(param));
        }
        let smallest = case.smallest;
        (!values.is_empty()).then_some(Counterexample { values, smallest })
    }

    /// The smallest value of a parameter for which the law of a case is broken, the other parameters as in the case.
    #[must_use]
    pub fn least(&self, case: &Case, var: VarId) -> Option<i128> {
        let (mut vars, mut defaults) = (self.vars.clone(), case.values.clone());
        for param in self.model.params.iter().filter(|param| param.var != var) {
            vars[param.var.index()].domain = Domain::Set(vec![case.values[param.var.index()]]);
        }
        defaults[var.index()] = vars[var.index()].domain.low();
        let assumptions: Vec<TermId> = self.model.assumes.iter().map(|claim| claim.cond).collect();
        let world = World {
            vars: &vars,
            defaults: &defaults,
            assumptions: &assumptions,
            budget: self.budget,
        };
        match prove(&self.terms, &world, case.law) {
            Verdict::Refuted(shown) => Some(shown.values[var.index()]),
            _ => None,
        }
    }

    /// True when a case breaks its law only because of the value of a parameter: at an end of the domain, or one step away,
    /// the law holds.
    fn matters(&self, param: &Param, case: &Case) -> bool {
        let domain = &self.vars[param.var.index()].domain;
        let own = case.values[param.var.index()];
        let mut others = vec![domain.low(), domain.high()];
        match domain {
            Domain::Interval { step, .. } => others.extend([own - step, own + step]),
            Domain::Set(values) if values.len() <= 16 => others.extend(values),
            Domain::Set(_) => {}
        }
        let mut values = case.values.clone();
        others
            .into_iter()
            .filter(|&value| value != own && domain.contains(value))
            .any(|value| {
                values[param.var.index()] = value;
                self.terms.eval(case.law, &values) == Ok(1)
            })
    }
}

/// `0xC000_0000 .. 0xF800_0000 (896M)`
#[must_use]
pub fn span_text(start: i128, end: i128) -> String {
    let size = size_text(end - start);
    // The ends are exact: the size need not be a second time.
    let about = size
        .split_once('(')
        .map(|(_, about)| format!("about {}", about.trim_end_matches(')')));
    format!(
        "{} .. {} ({})",
        addr_text(start),
        addr_text(end),
        about.unwrap_or(size)
    )
}

/// `window vmalloc`
#[must_use]
pub fn item_title(item: &Item) -> String {
    format!("{} `{}`", item.kind.word(), item.name)
}

/// The value of a number as people read an address.
#[must_use]
pub fn as_addr(model: &Model, value: i128) -> String {
    value_text(model, Kind::Addr, value)
}
