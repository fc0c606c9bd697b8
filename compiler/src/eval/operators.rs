//! Operators between two numbers.

use super::expr::{Scope, Value};
use super::kinds::{common, is_numeric};
use super::{Evaluator, arithmetic, kind_mismatch, not_constant, wrong_call};
use crate::model::{Kind, Need};
use crate::source::Loc;
use crate::term::TermId;
use mapwright_grammar::ast::{BinaryOp, Expr, ExprKind};

/// How an operator is written.
pub(super) const fn symbol(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Or => "||",
        BinaryOp::And => "&&",
        BinaryOp::Eq => "==",
        BinaryOp::Ne => "!=",
        BinaryOp::Lt => "<",
        BinaryOp::Le => "<=",
        BinaryOp::Gt => ">",
        BinaryOp::Ge => ">=",
        BinaryOp::BitOr => "|",
        BinaryOp::BitAnd => "&",
        BinaryOp::Shl => "<<",
        BinaryOp::Shr => ">>",
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mul => "*",
        BinaryOp::Div => "/",
        BinaryOp::Rem => "%",
    }
}

/// The kind of `left op right`, when the operator takes such operands. A literal takes the kind
/// that makes sense: a distance after `+` and `-`, a count as a factor.
pub(super) fn result(op: BinaryOp, left: Kind, right: Kind) -> Option<Kind> {
    use Kind::{Addr, Int, Number, Size};
    match op {
        BinaryOp::Add => match (left, right) {
            (Addr, Size | Number) | (Size | Number, Addr) => Some(Addr),
            (Addr, Addr) => None,
            _ => common(left, right).filter(|kind| is_numeric(*kind)),
        },
        BinaryOp::Sub => match (left, right) {
            (Addr | Size | Number, Addr) => Some(Size),
            (Addr, Size | Number) => Some(Addr),
            _ => common(left, right).filter(|kind| is_numeric(*kind)),
        },
        BinaryOp::Mul => match (left, right) {
            (Size, Int | Number) | (Int | Number, Size) => Some(Size),
            (Int, Int) => Some(Int),
            // Still undecided: 64 bytes for each, or 64 of them for each.
            (Number, Int | Number) | (Int, Number) => Some(Number),
            _ => None,
        },
        BinaryOp::Div => match (left, right) {
            (Size, Int | Number) => Some(Size),
            (Addr, Size | Number) | (Size | Number, Size) | (Int, Int | Number) => Some(Int),
            (Number, Int | Number) => Some(Number),
            _ => None,
        },
        BinaryOp::Rem => match (left, right) {
            (Addr | Size | Number, Size) | (Addr | Size, Number) => Some(Size),
            (Int | Number, Int) | (Int, Number) => Some(Int),
            (Number, Number) => Some(Number),
            _ => None,
        },
        BinaryOp::Shl | BinaryOp::Shr => match (left, right) {
            (Addr, Int | Number) if matches!(op, BinaryOp::Shr) => Some(Int),
            (Size | Int | Number, Int | Number) => Some(left),
            _ => None,
        },
        BinaryOp::Eq | BinaryOp::Ne => common(left, right).map(|_| Kind::Bool),
        BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => common(left, right)
            .filter(|kind| is_numeric(*kind) || *kind == Kind::Version)
            .map(|_| Kind::Bool),
        BinaryOp::And | BinaryOp::Or | BinaryOp::BitAnd | BinaryOp::BitOr => None,
    }
}

impl Evaluator<'_> {
    /// Any operator but `&&` and `||`.
    pub(super) fn binary(
        &mut self,
        op: BinaryOp,
        left: &Expr,
        right: &Expr,
        loc: Loc,
        scope: Scope<'_>,
    ) -> Option<Value> {
        if matches!(op, BinaryOp::BitAnd | BinaryOp::BitOr) {
            self.diagnostics.push(wrong_call::bits(symbol(op), loc));
            return None;
        }
        let (a, b) = self.operands(left, right, scope);
        let (a, b) = (a?, b?);
        let Some(kind) = result(op, a.kind, b.kind) else {
            let sides = [
                (scope.at(left.span), a.kind),
                (scope.at(right.span), b.kind),
            ];
            let wrong = kind_mismatch::operands(&self.model, symbol(op), sides, loc);
            self.diagnostics.push(wrong);
            return None;
        };
        let right_loc = scope.at(right.span);
        let term = match op {
            BinaryOp::Div | BinaryOp::Rem => {
                self.divide(op, (a.term, b.term), loc, right_loc, scope)?
            }
            BinaryOp::Shl | BinaryOp::Shr => self.shift(op, (a.term, b.term), loc, right_loc)?,
            _ => self.term(loc, |terms| arithmetic::binary(terms, op, a.term, b.term))??,
        };
        let space = match kind {
            Kind::Addr => a.space.or(b.space),
            _ => None,
        };
        Some(Value { kind, term, space })
    }

    /// Both operands; a bare choice takes the enum of the other side.
    pub(super) fn operands(
        &mut self,
        left: &Expr,
        right: &Expr,
        scope: Scope<'_>,
    ) -> (Option<Value>, Option<Value>) {
        let is_bare = |name: &str| self.decls.names.get(name).is_none();
        let later = matches!(&left.kind, ExprKind::Name(name) if is_bare(name));
        let (first, second) = if later { (right, left) } else { (left, right) };
        let a = self.expr(first, scope, None);
        let choice = a
            .map(|value| value.kind)
            .filter(|kind| matches!(kind, Kind::Enum(_)));
        let b = match a {
            // Without its enum a bare choice cannot be known: no second message about it.
            None if later => None,
            _ => self.expr(second, scope, choice),
        };
        if later { (b, a) } else { (a, b) }
    }

    /// Quotient (rounded down) or remainder; the divisor must be positive.
    pub(super) fn divide(
        &mut self,
        op: BinaryOp,
        (a, b): (TermId, TermId),
        loc: Loc,
        divisor: Loc,
        scope: Scope<'_>,
    ) -> Option<TermId> {
        self.positive(b, divisor, scope, Need::Divisor(b))?;
        self.term(loc, |terms| arithmetic::binary(terms, op, a, b))?
    }

    /// Notes that `term` must be positive. `None` when it never is, where that matters.
    pub(super) fn positive(
        &mut self,
        term: TermId,
        loc: Loc,
        scope: Scope<'_>,
        need: Need,
    ) -> Option<()> {
        let zero = TermId::FALSE;
        let cond = self.model.terms.gt(term, zero);
        self.need(cond, scope.under, loc, need);
        (cond != TermId::FALSE || scope.under == TermId::FALSE).then_some(())
    }

    /// A shift by a constant: a product or quotient.
    fn shift(
        &mut self,
        op: BinaryOp,
        (a, b): (TermId, TermId),
        loc: Loc,
        amount: Loc,
    ) -> Option<TermId> {
        let Some(by) = self.model.terms.as_const(b) else {
            self.diagnostics.push(not_constant::shift(amount));
            return None;
        };
        let Some(shifted) = self.term(loc, |terms| arithmetic::binary(terms, op, a, b))? else {
            self.diagnostics.push(wrong_call::shift(by, amount));
            return None;
        };
        Some(shifted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_results() {
        use Kind::{Addr, Bool, Int, Number, Size, Version};
        let cases = [
            (BinaryOp::Add, Addr, Size, Some(Addr)),
            (BinaryOp::Add, Addr, Addr, None),
            (BinaryOp::Add, Addr, Int, None),
            (BinaryOp::Add, Size, Int, None),
            (BinaryOp::Add, Number, Size, Some(Size)),
            (BinaryOp::Add, Bool, Bool, None),
            (BinaryOp::Sub, Addr, Addr, Some(Size)),
            (BinaryOp::Sub, Addr, Number, Some(Addr)),
            (BinaryOp::Sub, Size, Addr, Some(Size)),
            (BinaryOp::Mul, Int, Size, Some(Size)),
            (BinaryOp::Mul, Size, Size, None),
            (BinaryOp::Mul, Addr, Int, None),
            (BinaryOp::Mul, Int, Number, Some(Number)),
            (BinaryOp::Div, Size, Size, Some(Int)),
            (BinaryOp::Div, Addr, Size, Some(Int)),
            (BinaryOp::Div, Size, Int, Some(Size)),
            (BinaryOp::Div, Int, Size, None),
            (BinaryOp::Rem, Addr, Size, Some(Size)),
            (BinaryOp::Rem, Size, Int, None),
            (BinaryOp::Lt, Addr, Size, Some(Bool)),
            (BinaryOp::Lt, Addr, Int, None),
            (BinaryOp::Lt, Version, Version, Some(Bool)),
            (BinaryOp::Lt, Bool, Bool, None),
            (BinaryOp::Eq, Bool, Bool, Some(Bool)),
            (BinaryOp::Eq, Version, Number, None),
        ];
        for (op, left, right, kind) in cases {
            assert_eq!(result(op, left, right), kind, "{left:?} {op:?} {right:?}");
        }
    }
}
