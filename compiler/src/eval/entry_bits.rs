//! Entries of page tables: which of their bits make an address, and what conditions ask of them.

use super::expr::Scope;
use super::{Evaluator, wrong_paging};
use crate::model::Kind;
use mapwright_grammar::ast::{BinaryOp, Expr, ExprKind, UnaryOp};
use mapwright_runtime::paging::{Condition, FramePiece, Slice};

impl Evaluator<'_> {
    /// The bits of an entry that `expr` names: `entry[51:12]`, `entry[7]`.
    fn entry_bits(&mut self, expr: &Expr, scope: Scope<'_>) -> Option<Slice> {
        let is_entry = |base: &Expr| matches!(&base.kind, ExprKind::Name(name) if name == "entry");
        match &expr.kind {
            ExprKind::Paren(inner) => self.entry_bits(inner, scope),
            ExprKind::Index(base, bit) if is_entry(base) => self.bits(bit, None, scope),
            ExprKind::Slice(base, high, low) if is_entry(base) => self.bits(high, Some(low), scope),
            _ => {
                self.diagnostics
                    .push(wrong_paging::no_bits(scope.at(expr.span)));
                None
            }
        }
    }

    /// Bits of an entry joined by `|`, each shifted to its place.
    pub(super) fn address(
        &mut self,
        expr: &Expr,
        scope: Scope<'_>,
        pieces: &mut Vec<FramePiece>,
    ) -> Option<()> {
        match &expr.kind {
            ExprKind::Paren(inner) => self.address(inner, scope, pieces),
            ExprKind::Binary(BinaryOp::BitOr, left, right) => {
                let a = self.address(left, scope, pieces);
                let b = self.address(right, scope, pieces);
                a.and(b)
            }
            ExprKind::Binary(BinaryOp::Shl, bits, by) => {
                let slice = self.entry_bits(bits, scope);
                let shift = self.small(by, scope, 0..=63, "an address has bits 0 to 63");
                let (slice, shift) = (slice?, shift?);
                pieces.push(FramePiece {
                    hi: slice.hi,
                    lo: slice.lo,
                    shift,
                });
                Some(())
            }
            _ => {
                let slice = self.entry_bits(expr, scope)?;
                pieces.push(FramePiece {
                    hi: slice.hi,
                    lo: slice.lo,
                    shift: 0,
                });
                Some(())
            }
        }
    }

    /// A condition on bits of an entry.
    pub(super) fn entry_condition(&mut self, expr: &Expr, scope: Scope<'_>) -> Option<Condition> {
        match &expr.kind {
            ExprKind::Paren(inner) => self.entry_condition(inner, scope),
            ExprKind::Bool(value) => Some(match value {
                true => Condition::All(Vec::new()),
                false => Condition::Any(Vec::new()),
            }),
            ExprKind::Unary(UnaryOp::Not, inner) => {
                let inner = self.entry_condition(inner, scope)?;
                Some(Condition::Not(Box::new(inner)))
            }
            ExprKind::Binary(op @ (BinaryOp::And | BinaryOp::Or), left, right) => {
                let a = self.entry_condition(left, scope);
                let b = self.entry_condition(right, scope);
                Some(join(*op, a?, b?))
            }
            ExprKind::Binary(op @ (BinaryOp::Eq | BinaryOp::Ne), bits, value) => {
                let slice = self.entry_bits(bits, scope);
                let why = "a number of a paging format";
                let number = self.constant_as(value, scope, Kind::Int, why)?;
                let slice = slice?;
                let fits = u64::try_from(number)
                    .ok()
                    .filter(|n| *n <= slice.max_value());
                let Some(number) = fits else {
                    let loc = scope.at(value.span);
                    let wrong = wrong_paging::too_many_bits(number, slice.width(), loc);
                    self.diagnostics.push(wrong);
                    return None;
                };
                Some(match op {
                    BinaryOp::Eq => Condition::Equal(slice, number),
                    _ => Condition::NotEqual(slice, number),
                })
            }
            _ => Some(Condition::NotEqual(self.entry_bits(expr, scope)?, 0)),
        }
    }
}

/// Conditions joined, without needless nesting.
fn join(op: BinaryOp, a: Condition, b: Condition) -> Condition {
    match (op, a) {
        (BinaryOp::And, Condition::All(mut all)) => {
            all.push(b);
            Condition::All(all)
        }
        (BinaryOp::And, a) => Condition::All(vec![a, b]),
        (_, Condition::Any(mut all)) => {
            all.push(b);
            Condition::Any(all)
        }
        (_, a) => Condition::Any(vec![a, b]),
    }
}
