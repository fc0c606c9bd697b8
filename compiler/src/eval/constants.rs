//! Values that are known without parameters, and settings of parameters.

use super::expr::Scope;
use super::params::text_of_step;
use super::{Evaluator, not_constant, outside_domain};
use crate::model::{Domain, Kind, Model};
use crate::show_value::{end_literal, value_literal};
use crate::source::FileId;
use crate::term::VarId;
use mapwright_grammar::ast::{Expr, Ident};

impl Evaluator<'_> {
    /// The number that `expr` is for every parameter, as a `kind`.
    pub(super) fn constant_as(
        &mut self,
        expr: &Expr,
        scope: Scope<'_>,
        kind: Kind,
        what: &str,
    ) -> Option<i128> {
        let why = format!("{what} is of this kind");
        let value = self.expr_as(expr, scope, kind, &why)?;
        if let Some(number) = self.model.terms.as_const(value.term) {
            return Some(number);
        }
        let vars = self.model.terms.vars(&[value.term]);
        let names = vars
            .iter()
            .map(|var| self.model.vars[var.index()].name.as_str());
        let wrong = not_constant::of(what, names.collect(), scope.at(expr.span));
        self.diagnostics.push(wrong);
        None
    }
}

/// `NAME = value`: the parameter and a value of its domain, or messages.
pub(crate) fn binding(
    evaluator: &mut Evaluator<'_>,
    file: FileId,
    at: usize,
    name: &Ident,
    value: &Expr,
) -> Option<(VarId, i128)> {
    let scope = Scope::always(file);
    let kind = evaluator.model.params[at].kind;
    let number = evaluator.constant_as(value, scope, kind, "the value of a parameter")?;
    let model = &evaluator.model;
    let param = &model.params[at];
    let domain = &model.vars[param.var.index()].domain;
    if domain.contains(number) {
        return Some((param.var, number));
    }
    let loc = scope.at(value.span);
    let wrong = outside_domain::of(
        model,
        &name.text,
        kind,
        number,
        domain,
        loc,
        param.domain_loc,
    );
    evaluator.diagnostics.push(wrong);
    None
}

/// A domain as a file writes it: `16M ..= 64G step 4K`, `{ a, b }`.
#[must_use]
pub(crate) fn domain_text(model: &Model, kind: Kind, domain: &Domain) -> String {
    let text = |value: i128| value_literal(model, kind, value);
    match (domain, kind) {
        (Domain::Set(values), _) => {
            let all: Vec<String> = values.iter().map(|value| text(*value)).collect();
            format!("{{ {} }}", all.join(", "))
        }
        (Domain::Interval { low, high, .. }, Kind::Bool | Kind::Enum(_)) => {
            let all: Vec<String> = (*low..=*high).map(text).collect();
            format!("{{ {} }}", all.join(", "))
        }
        (Domain::Interval { low, high, step }, _) => {
            let step = match step {
                1 => String::new(),
                step => format!(" step {}", text_of_step(model, kind, *step)),
            };
            let high = end_literal(model, kind, *high);
            format!("{} ..= {high}{step}", text(*low))
        }
    }
}
