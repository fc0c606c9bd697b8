//! Functions.

use super::expr::{Scope, Value};
use super::kinds::{common, is_numeric};
use super::{Evaluator, arithmetic, kind_mismatch, operators, power_of_two, wrong_call};
use crate::model::{Kind, Need};
use crate::source::Loc;
use mapwright_grammar::ast::{BinaryOp, Expr, Ident};

impl Evaluator<'_> {
    /// A call of a function.
    pub(super) fn call(
        &mut self,
        function: &Ident,
        arguments: &[Expr],
        loc: Loc,
        scope: Scope<'_>,
    ) -> Option<Value> {
        let name = function.text.as_str();
        match (name, arguments) {
            ("min" | "max", [first, rest @ ..]) if !rest.is_empty() => {
                self.extreme(name == "min", arguments, loc, scope)
            }
            ("align_up" | "align_down", [x, to]) => {
                self.align(name == "align_up", x, to, loc, scope)
            }
            ("ceil_div", [a, b]) => self.ceil_div(a, b, loc, scope),
            ("log2", [x]) => self.log2(x, loc, scope),
            ("index", [level, address]) => self.index_of(level, address, loc, scope),
            _ => {
                let name_loc = scope.at(function.span);
                let wrong = wrong_call::of(name, arguments.len(), name_loc);
                self.diagnostics.push(wrong);
                None
            }
        }
    }

    /// `min` and `max` of two or more.
    fn extreme(
        &mut self,
        least: bool,
        arguments: &[Expr],
        loc: Loc,
        scope: Scope<'_>,
    ) -> Option<Value> {
        let values: Vec<Option<Value>> = arguments
            .iter()
            .map(|argument| self.expr(argument, scope, None))
            .collect();
        let mut all = arguments.iter().zip(values);
        let (first, result) = all.next()?;
        let mut result = result?;
        for (argument, value) in all {
            let value = value?;
            let kind = common(result.kind, value.kind).filter(|kind| is_numeric(*kind));
            let Some(kind) = kind else {
                let sides = [
                    (scope.at(first.span), result.kind),
                    (scope.at(argument.span), value.kind),
                ];
                let name = if least { "min" } else { "max" };
                let wrong = kind_mismatch::operands(&self.model, name, sides, loc);
                self.diagnostics.push(wrong);
                return None;
            };
            let name = if least { "min" } else { "max" };
            let both = [result.term, value.term];
            let term = self.term(loc, |terms| arithmetic::function(terms, name, &both))??;
            let space = result.space.or(value.space);
            result = Value { kind, term, space };
        }
        Some(result)
    }

    fn align(
        &mut self,
        up: bool,
        x: &Expr,
        to: &Expr,
        loc: Loc,
        scope: Scope<'_>,
    ) -> Option<Value> {
        let value = self.expr(x, scope, None);
        let unit = self.expr(to, scope, None);
        let (value, unit) = (value?, unit?);
        let kind = match (value.kind, unit.kind) {
            (Kind::Addr | Kind::Size, Kind::Size | Kind::Number) => value.kind,
            (Kind::Number, Kind::Size) => Kind::Size,
            (Kind::Int | Kind::Number, Kind::Number) => value.kind,
            (Kind::Int | Kind::Number, Kind::Int) => Kind::Int,
            _ => {
                let sides = [
                    (scope.at(x.span), value.kind),
                    (scope.at(to.span), unit.kind),
                ];
                let name = if up { "align_up" } else { "align_down" };
                let wrong = kind_mismatch::operands(&self.model, name, sides, loc);
                self.diagnostics.push(wrong);
                return None;
            }
        };
        let unit_loc = scope.at(to.span);
        self.positive(unit.term, unit_loc, scope, Need::Alignment(unit.term))?;
        if let Some(number) = self.model.terms.as_const(unit.term)
            && number > 0
            && !arithmetic::is_power_of_two(number)
        {
            self.diagnostics.push(power_of_two::of(number, unit_loc));
            return None;
        }
        let name = if up { "align_up" } else { "align_down" };
        let both = [value.term, unit.term];
        let term = self.term(loc, |terms| arithmetic::function(terms, name, &both))??;
        Some(Value {
            kind,
            term,
            space: value.space,
        })
    }

    fn ceil_div(&mut self, a: &Expr, b: &Expr, loc: Loc, scope: Scope<'_>) -> Option<Value> {
        let values = (self.expr(a, scope, None), self.expr(b, scope, None));
        let (x, y) = (values.0?, values.1?);
        let Some(kind) = operators::result(BinaryOp::Div, x.kind, y.kind) else {
            let sides = [(scope.at(a.span), x.kind), (scope.at(b.span), y.kind)];
            let wrong = kind_mismatch::operands(&self.model, "ceil_div", sides, loc);
            self.diagnostics.push(wrong);
            return None;
        };
        self.positive(y.term, scope.at(b.span), scope, Need::Divisor(y.term))?;
        let term = self.term(loc, |terms| {
            arithmetic::function(terms, "ceil_div", &[x.term, y.term])
        })??;
        Some(Value::new(kind, term))
    }

    fn log2(&mut self, x: &Expr, loc: Loc, scope: Scope<'_>) -> Option<Value> {
        let value = self.expr(x, scope, None)?;
        let x_loc = scope.at(x.span);
        if !matches!(value.kind, Kind::Number | Kind::Size | Kind::Int) {
            let why = "`log2` takes a size or a count";
            let wrong = kind_mismatch::expected(&self.model, Kind::Size, value.kind, x_loc, why);
            self.diagnostics.push(wrong);
            return None;
        }
        self.positive(value.term, x_loc, scope, Need::Logarithm(value.term))?;
        let term = self.term(loc, |terms| {
            arithmetic::function(terms, "log2", &[value.term])
        })??;
        Some(Value::new(Kind::Int, term))
    }
}
