//! The comparisons in assumptions and assertions, kept side by side: a message about one can then say what each side is.

use super::Evaluator;
use super::expr::Scope;
use crate::model::{Comparison, Num};
use crate::source::Loc;
use mapwright_grammar::ast::{BinaryOp, Expr, ExprKind};

impl Evaluator<'_> {
    /// Notes the comparisons in a condition that has been evaluated without a message.
    pub(super) fn note_comparisons(&mut self, expr: &Expr, scope: Scope<'_>, claim: Loc) {
        match &expr.kind {
            ExprKind::Paren(inner) | ExprKind::Unary(_, inner) => {
                self.note_comparisons(inner, scope, claim)
            }
            ExprKind::Binary(BinaryOp::And | BinaryOp::Or, left, right) => {
                self.note_comparisons(left, scope, claim);
                self.note_comparisons(right, scope, claim);
            }
            ExprKind::If(condition, yes, no) => {
                for part in [condition, yes, no] {
                    self.note_comparisons(part, scope, claim);
                }
            }
            ExprKind::Binary(op, left, right) if is_comparison(*op) => {
                // Evaluated a second time: what it needs has been noted already.
                let (obligations, messages) =
                    (self.model.obligations.len(), self.diagnostics.len());
                let values = self.operands(left, right, scope);
                self.model.obligations.truncate(obligations);
                self.diagnostics.truncate(messages);
                if let (Some(a), Some(b)) = values {
                    let side = |value: super::expr::Value, expr: &Expr| {
                        (
                            value.kind,
                            Num {
                                term: value.term,
                                loc: scope.at(expr.span),
                            },
                        )
                    };
                    self.model.comparisons.push(Comparison {
                        claim,
                        left: side(a, left),
                        right: side(b, right),
                    });
                }
            }
            _ => {}
        }
    }
}

const fn is_comparison(op: BinaryOp) -> bool {
    matches!(
        op,
        BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge
    )
}
