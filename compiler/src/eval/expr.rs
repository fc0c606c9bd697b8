//! Expressions: kind and value.

use super::{Evaluator, kind_mismatch, overflow, wrong_call};
use crate::diagnostic::Diagnostic;
use crate::model::{Enum, Kind, SpaceId, version_code};
use crate::resolve::{Name, unknown_name, wrong_name};
use crate::source::{FileId, Loc};
use crate::term::{TermId, VarId};
use mapwright_grammar::ast::{BinaryOp, Expr, ExprKind, Span, UnaryOp};
use mapwright_grammar::{Version, read_version};

/// The value of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Value {
    /// What it means.
    pub(crate) kind: Kind,
    /// The number.
    pub(crate) term: TermId,
    /// The space that an address is in, where that is known.
    pub(crate) space: Option<SpaceId>,
}

impl Value {
    pub(super) const fn new(kind: Kind, term: TermId) -> Self {
        Self {
            kind,
            term,
            space: None,
        }
    }
}

/// Where an expression stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'e> {
    /// The file.
    pub(crate) file: FileId,
    /// The condition under which it is evaluated.
    pub(crate) under: TermId,
    /// The member number of the family around it.
    pub(crate) member: Option<(&'e str, VarId)>,
}

impl Scope<'_> {
    /// An expression that is always evaluated, in no family.
    pub(crate) const fn always(file: FileId) -> Self {
        Self {
            file,
            under: TermId::TRUE,
            member: None,
        }
    }

    /// A place in its file.
    pub(super) const fn at(&self, span: Span) -> Loc {
        Loc {
            file: self.file,
            span,
        }
    }
}

/// What elsewhere stands for true and false.
const MAYBE: &[&str] = &["yes", "no", "y", "n", "on", "off", "true", "false"];

impl Evaluator<'_> {
    /// The value of `expr`, or `None` with a message. A choice of an enum may stand bare where
    /// `want` is that enum.
    pub(crate) fn expr(
        &mut self,
        expr: &Expr,
        scope: Scope<'_>,
        want: Option<Kind>,
    ) -> Option<Value> {
        let loc = scope.at(expr.span);
        match &expr.kind {
            ExprKind::Paren(inner) => self.expr(inner, scope, want),
            ExprKind::Number { value, sized, text } => self.number(*value, *sized, text, loc),
            ExprKind::Version { value, text } => self.version(*value, text, loc),
            ExprKind::Bool(value) => {
                let term = if *value { TermId::TRUE } else { TermId::FALSE };
                Some(Value::new(Kind::Bool, term))
            }
            ExprKind::Name(name) => self.name(name, loc, scope, want),
            ExprKind::Field(..) | ExprKind::Index(..) => self.reference(expr, scope),
            ExprKind::Slice(..) => {
                self.diagnostics.push(wrong_call::slice(loc));
                None
            }
            ExprKind::Call(function, arguments) => self.call(function, arguments, loc, scope),
            ExprKind::Unary(op, inner) => self.unary(*op, inner, loc, scope),
            ExprKind::Binary(op @ (BinaryOp::And | BinaryOp::Or), left, right) => {
                self.connective(*op, left, right, scope)
            }
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right, loc, scope),
            ExprKind::If(condition, yes, no) => self.choose([condition, yes, no], loc, scope, want),
        }
    }

    /// The value of `expr` as a `want`.
    pub(crate) fn expr_as(
        &mut self,
        expr: &Expr,
        scope: Scope<'_>,
        want: Kind,
        why: &str,
    ) -> Option<Value> {
        let value = self.expr(expr, scope, Some(want))?;
        self.coerce(value, want, scope.at(expr.span), why)
    }

    /// The condition that `expr` is.
    pub(super) fn condition(&mut self, expr: &Expr, scope: Scope<'_>, why: &str) -> Option<TermId> {
        Some(self.expr_as(expr, scope, Kind::Bool, why)?.term)
    }

    fn number(&mut self, value: Option<i128>, sized: bool, text: &str, loc: Loc) -> Option<Value> {
        let Some(value) = value else {
            self.diagnostics.push(overflow::literal(text, loc));
            return None;
        };
        let term = self.model.terms.constant(value);
        Some(Value::new(
            if sized { Kind::Size } else { Kind::Number },
            term,
        ))
    }

    fn version(&mut self, value: Option<Version>, text: &str, loc: Loc) -> Option<Value> {
        let version = value.map_or_else(|| read_version(text), Ok);
        let version = version
            .map_err(|error| self.diagnostics.push(overflow::version(&error, loc)))
            .ok()?;
        let term = self.model.terms.constant(version_code(version));
        Some(Value::new(Kind::Version, term))
    }

    fn name(
        &mut self,
        name: &str,
        loc: Loc,
        scope: Scope<'_>,
        want: Option<Kind>,
    ) -> Option<Value> {
        if let Some((_, var)) = scope.member.filter(|(member, _)| *member == name) {
            return Some(Value::new(Kind::Int, self.model.terms.var(var)));
        }
        if let Some(Kind::Enum(id)) = want
            && let Some(choice) = self.choice(id, name)
        {
            let term = self.model.terms.constant(choice);
            return Some(Value::new(Kind::Enum(id), term));
        }
        let Some(meaning) = self.decls.names.get(name) else {
            if !self.decls.names.excused(name) {
                let unknown = self.unknown_value(name, loc, want);
                self.diagnostics.push(unknown);
            }
            return None;
        };
        self.note_use(name);
        match meaning.name {
            Name::Param(at) => {
                let param = self.params_good[at].then(|| &self.model.params[at])?;
                let kind = param.kind;
                let var = param.var;
                Some(Value::new(kind, self.model.terms.var(var)))
            }
            Name::Let(at) => self.lets[at],
            Name::Enum(_) | Name::Format(_) | Name::Space(_) | Name::Item(_) | Name::Segment => {
                let wrong = wrong_name::no_value(name, meaning, loc);
                self.diagnostics.push(wrong);
                None
            }
        }
    }

    /// The message about a name that is not declared, where a value of kind `want` is needed.
    pub(super) fn unknown_value(&self, name: &str, loc: Loc, want: Option<Kind>) -> Diagnostic {
        let has_it = |e: &&Enum| e.variants.iter().any(|(choice, _)| choice == name);
        match want {
            Some(Kind::Enum(id)) => {
                let of = &self.model.enums[id.index()];
                let choices = of.variants.iter().map(|(choice, _)| choice.as_str());
                unknown_name::among(name, &format!("`{}` choice", of.name), loc, choices)
            }
            Some(Kind::Bool) if MAYBE.contains(&name.to_ascii_lowercase().as_str()) => {
                unknown_name::no_bool(name, loc)
            }
            _ => match self.model.enums.iter().find(has_it) {
                Some(of) => unknown_name::bare_choice(name, &of.name, loc),
                None => unknown_name::value(name, loc, &self.decls.names),
            },
        }
    }

    fn unary(&mut self, op: UnaryOp, inner: &Expr, loc: Loc, scope: Scope<'_>) -> Option<Value> {
        match op {
            UnaryOp::Not => {
                let term = self.condition(inner, scope, "`!` turns a condition around")?;
                Some(Value::new(Kind::Bool, self.model.terms.not(term)))
            }
            UnaryOp::Neg => {
                let value = self.expr(inner, scope, None)?;
                if !matches!(value.kind, Kind::Number | Kind::Size | Kind::Int) {
                    let wrong = kind_mismatch::negated(&self.model, value.kind, loc);
                    self.diagnostics.push(wrong);
                    return None;
                }
                let term = self.term(loc, |terms| terms.neg(value.term))?;
                Some(Value::new(value.kind, term))
            }
        }
    }

    /// `&&` and `||`: the right side is evaluated only where the left does not decide.
    fn connective(
        &mut self,
        op: BinaryOp,
        left: &Expr,
        right: &Expr,
        scope: Scope<'_>,
    ) -> Option<Value> {
        let is_and = op == BinaryOp::And;
        let why = if is_and {
            "`&&` joins conditions"
        } else {
            "`||` joins conditions"
        };
        let a = self.condition(left, scope, why);
        let terms = &mut self.model.terms;
        let under = match a {
            Some(a) if is_and => terms.and(scope.under, a),
            Some(a) => {
                let not = terms.not(a);
                terms.and(scope.under, not)
            }
            None => scope.under,
        };
        let b = self.condition(right, Scope { under, ..scope }, why);
        let (a, b) = (a?, b?);
        let terms = &mut self.model.terms;
        let term = if is_and {
            terms.and(a, b)
        } else {
            terms.or(a, b)
        };
        Some(Value::new(Kind::Bool, term))
    }

    /// `if`
    fn choose(
        &mut self,
        [condition, yes, no]: [&Expr; 3],
        loc: Loc,
        scope: Scope<'_>,
        want: Option<Kind>,
    ) -> Option<Value> {
        let c = self.condition(condition, scope, "`if` asks for a condition");
        let terms = &mut self.model.terms;
        let (under_yes, under_no) = match c {
            Some(c) => {
                let not = terms.not(c);
                (terms.and(scope.under, c), terms.and(scope.under, not))
            }
            None => (scope.under, scope.under),
        };
        let under = |under| Scope { under, ..scope };
        let a = self.expr(yes, under(under_yes), want);
        let b = self.expr(no, under(under_no), want);
        let (c, a, b) = (c?, a?, b?);
        let Some(kind) = super::kinds::common(a.kind, b.kind) else {
            let sides = [(scope.at(yes.span), a.kind), (scope.at(no.span), b.kind)];
            let wrong = kind_mismatch::branches(&self.model, sides, loc);
            self.diagnostics.push(wrong);
            return None;
        };
        Some(Value {
            kind,
            term: self.model.terms.choose(c, a.term, b.term),
            space: a.space.filter(|_| a.space == b.space),
        })
    }
}
