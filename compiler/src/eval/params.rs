//! Parameters: kind, domain, default.

use super::expr::Scope;
use super::kinds::is_numeric;
use super::{Evaluator, outside_domain, wrong_domain};
use crate::model::{self, Domain, Kind, Var, version_code, version_of};
use crate::source::Loc;
use crate::term::VarId;
use mapwright_grammar::ast::{self, Domain as Written, Expr};

impl Evaluator<'_> {
    /// Every parameter is a variable, the parameters first and in their order. One that is wrong
    /// stays in its place, and nothing that names it has a value.
    pub(super) fn declare_params(&mut self) {
        for (written, at) in self.decls.params.iter().zip(0..) {
            let param = written.what;
            self.model.vars.push(Var {
                name: param.name.text.clone(),
                domain: Domain::Set(vec![0]),
                family: false,
            });
            self.model.params.push(model::Param {
                name: param.name.text.clone(),
                loc: written.at(param.name.span),
                doc: written.doc(),
                class: param.class,
                kind: Kind::Int,
                default: 0,
                domain_loc: match &param.domain {
                    Some(domain) => written.at(span_of(domain)),
                    None => written.at(param.kind.span),
                },
                var: VarId(at),
            });
        }
    }

    /// The kind, domain and default of a parameter.
    pub(super) fn param(&mut self, at: usize) {
        let written = &self.decls.params[at];
        let param = written.what;
        let scope = Scope::always(written.file);
        let Some(kind) = self.kind_named(&param.kind, written.file) else {
            return;
        };
        self.model.params[at].kind = kind;
        if let Kind::Enum(id) = kind
            && self.model.enums[id.index()].variants.is_empty()
        {
            let loc = written.at(param.kind.span);
            self.diagnostics
                .push(wrong_domain::no_choice(&param.name.text, loc));
            return;
        }
        let default = self.constant_as(&param.default, scope, kind, "the default of a parameter");
        let domain = match &param.domain {
            Some(Written::Set { values, span }) => self.set(values, kind, written.at(*span), scope),
            Some(Written::Interval {
                low, high, step, ..
            }) => self.interval([low, high], step.as_ref(), kind, scope),
            None => self.whole(kind, &param.name.text, written.at(param.kind.span)),
        };
        let (Some(default), Some(domain)) = (default, domain) else {
            return;
        };
        if !domain.contains(default) {
            let loc = written.at(param.default.span);
            let domain_loc = self.model.params[at].domain_loc;
            let name = &param.name.text;
            let wrong =
                outside_domain::default(&self.model, name, kind, default, &domain, loc, domain_loc);
            self.diagnostics.push(wrong);
            return;
        }
        self.model.params[at].default = default;
        self.model.vars[at].domain = domain;
        self.params_good[at] = true;
    }

    /// The domain of a kind that has few values.
    fn whole(&mut self, kind: Kind, name: &str, loc: Loc) -> Option<Domain> {
        let choices = match kind {
            Kind::Bool => 2,
            Kind::Enum(id) => i128::try_from(self.model.enums[id.index()].variants.len()).ok()?,
            _ => {
                let wrong = wrong_domain::missing(name, super::kind_word(&self.model, kind), loc);
                self.diagnostics.push(wrong);
                return None;
            }
        };
        Some(Domain::Interval {
            low: 0,
            high: choices - 1,
            step: 1,
        })
    }

    /// `{ a, b, c }`
    fn set(&mut self, values: &[Expr], kind: Kind, loc: Loc, scope: Scope<'_>) -> Option<Domain> {
        let mut seen: Vec<(i128, Loc)> = Vec::new();
        let mut good = true;
        for value in values {
            let at = scope.at(value.span);
            let Some(number) = self.constant_as(value, scope, kind, "a value of a domain") else {
                good = false;
                continue;
            };
            match seen.iter().find(|(known, _)| *known == number) {
                Some((_, first)) => {
                    let text = crate::show_value::value_text(&self.model, kind, number);
                    self.diagnostics
                        .push(wrong_domain::twice(&text, at, *first));
                    good = false;
                }
                None => seen.push((number, at)),
            }
        }
        if values.is_empty() {
            self.diagnostics.push(wrong_domain::empty_set(loc));
            return None;
        }
        let mut all: Vec<i128> = seen.into_iter().map(|(number, _)| number).collect();
        all.sort_unstable();
        good.then_some(Domain::Set(all))
    }

    /// `a ..= b step s`
    fn interval(
        &mut self,
        [low, high]: [&Expr; 2],
        step: Option<&Expr>,
        kind: Kind,
        scope: Scope<'_>,
    ) -> Option<Domain> {
        if !is_numeric(kind) && kind != Kind::Version {
            let loc = scope.at(low.span.to(high.span));
            let word = super::kind_word(&self.model, kind).to_owned();
            self.diagnostics.push(wrong_domain::no_order(&word, loc));
            return None;
        }
        let ends = scope.at(low.span.to(high.span));
        let (low_loc, high_loc) = (scope.at(low.span), scope.at(high.span));
        let low = self.constant_as(low, scope, kind, "the end of a domain");
        let high = self.constant_as(high, scope, kind, "the end of a domain");
        let step = match step {
            Some(step) => self.step(step, kind, scope),
            None => Some(1),
        };
        let (low, mut high, step) = (low?, high?, step?);
        if kind == Kind::Version {
            // `..= v6.12` means all updates of 6.12, too.
            high = version_code(version_of(high).last_of_series());
        }
        let text = |value| crate::show_value::value_text(&self.model, kind, value);
        if high < low {
            let wrong =
                wrong_domain::inverted((&text(low), low_loc), (&text(high), high_loc), ends);
            self.diagnostics.push(wrong);
            return None;
        }
        let over = high.checked_sub(low).map(|width| width % step);
        if over != Some(0) {
            let last = high - over.unwrap_or(0);
            let step_text = text_of_step(&self.model, kind, step);
            let wrong = wrong_domain::off_step(&text(high), &step_text, &text(last), high_loc);
            self.diagnostics.push(wrong);
            return None;
        }
        Some(Domain::Interval { low, high, step })
    }

    fn step(&mut self, step: &Expr, kind: Kind, scope: Scope<'_>) -> Option<i128> {
        let loc = scope.at(step.span);
        if kind == Kind::Version {
            self.diagnostics.push(wrong_domain::version_step(loc));
            return None;
        }
        let distance = if kind == Kind::Addr { Kind::Size } else { kind };
        let value = self.constant_as(step, scope, distance, "the step of a domain")?;
        if value <= 0 {
            let text = crate::show_value::value_text(&self.model, distance, value);
            self.diagnostics.push(wrong_domain::bad_step(&text, loc));
            return None;
        }
        Some(value)
    }
}

fn span_of(domain: &Written) -> ast::Span {
    match domain {
        Written::Set { span, .. } | Written::Interval { span, .. } => *span,
    }
}

/// A step as text: the distance between addresses is a size.
pub(super) fn text_of_step(model: &model::Model, kind: Kind, step: i128) -> String {
    let kind = if kind == Kind::Addr { Kind::Size } else { kind };
    crate::show_value::value_literal(model, kind, step)
}
