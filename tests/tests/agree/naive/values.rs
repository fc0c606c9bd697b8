//! Expressions of a layout's syntax tree, evaluated for one assignment: the plain meaning of each operator, nothing shared.

use super::Naive;
use mapwright_grammar::ast::{BinaryOp, Expr, ExprKind, Place, RangeEnd, UnaryOp};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Why an expression has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum No {
    Undefined,
    Missing,
    Member,
}

impl No {
    fn code(self) -> &'static str {
        match self {
            Self::Undefined => "undefined-value",
            Self::Missing => "may-not-exist",
            Self::Member => "no-such-member",
        }
    }
}

/// A layout with values for its parameters.
pub(super) struct World<'a> {
    pub(super) naive: &'a Naive<'a>,
    pub(super) values: BTreeMap<&'a str, i128>,
    /// The codes of everything that has no value: all of them, not the first of each expression.
    pub(super) needs: RefCell<BTreeSet<&'static str>>,
}

impl<'a> World<'a> {
    pub(super) fn need(&self, no: No) -> No {
        self.needs.borrow_mut().insert(no.code());
        no
    }

    pub(super) fn place(&self, at: usize) -> &'a Place {
        self.naive.places[at]
    }

    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.naive
            .places
            .iter()
            .position(|place| place.name.text == name)
    }

    pub(super) fn exists(&self, at: usize) -> bool {
        let place = self.place(at);
        let own = place
            .when
            .as_ref()
            .is_none_or(|when| self.value(when, None) == Ok(1));
        own && self
            .find(&place.parent.text)
            .is_none_or(|parent| self.exists(parent))
    }

    pub(super) fn bounds(&self, at: usize, member: Option<i128>) -> Result<(i128, i128), No> {
        let range = &self.place(at).range;
        let start = self.value(&range.start, member);
        match &range.end {
            RangeEnd::End(end) => {
                let end = self.value(end, member);
                Ok((start?, end?))
            }
            RangeEnd::Size(size) => {
                let size = self.value(size, member);
                Ok((start?, start? + size?))
            }
        }
    }

    pub(super) fn value(&self, expr: &Expr, member: Option<i128>) -> Result<i128, No> {
        let value = |expr: &Expr| self.value(expr, member);
        Ok(match &expr.kind {
            ExprKind::Number { value, .. } => value.expect("small"),
            ExprKind::Bool(value) => i128::from(*value),
            ExprKind::Paren(inner) => value(inner)?,
            ExprKind::Name(name) if name == "p" => member.expect("in a family"),
            ExprKind::Name(name) => self.values[name.as_str()],
            ExprKind::Unary(UnaryOp::Not, inner) => 1 - value(inner)?,
            ExprKind::Unary(UnaryOp::Neg, inner) => -value(inner)?,
            ExprKind::If(condition, yes, no) => {
                if value(condition)? == 1 {
                    value(yes)?
                } else {
                    value(no)?
                }
            }
            ExprKind::Field(base, field) => self.field(base, &field.text, member)?,
            ExprKind::Call(name, args) => self.call(&name.text, args, member)?,
            ExprKind::Binary(BinaryOp::And, a, b) => {
                if value(a)? == 0 {
                    0
                } else {
                    value(b)?
                }
            }
            ExprKind::Binary(BinaryOp::Or, a, b) => {
                if value(a)? == 1 {
                    1
                } else {
                    value(b)?
                }
            }
            ExprKind::Binary(op, a, b) => {
                let (a, b) = (value(a), value(b));
                operate(*op, a?, b?).map_err(|no| self.need(no))?
            }
            other => panic!("not in these layouts: {other:?}"),
        })
    }

    pub(super) fn field(&self, base: &Expr, field: &str, member: Option<i128>) -> Result<i128, No> {
        let (name, number) = match &base.kind {
            ExprKind::Name(name) => (name, None),
            ExprKind::Index(name, number) => {
                let ExprKind::Name(name) = &name.kind else {
                    panic!("a family has a name")
                };
                (name, Some(self.value(number, member)?))
            }
            other => panic!("not in these layouts: {other:?}"),
        };
        let at = self.find(name).expect("declared before");
        if !self.exists(at) {
            return Err(self.need(No::Missing));
        }
        if !self.numbers(at).contains(&number) {
            return Err(self.need(No::Member));
        }
        let (start, end) = self.bounds(at, number)?;
        Ok(match field {
            "start" => start,
            "end" => end,
            "size" => end - start,
            other => panic!("not in these layouts: {other}"),
        })
    }

    pub(super) fn call(&self, name: &str, args: &[Expr], member: Option<i128>) -> Result<i128, No> {
        let (x, y) = (self.value(&args[0], member), self.value(&args[1], member));
        let (x, y) = (x?, y?);
        Ok(match name {
            "min" => x.min(y),
            "max" => x.max(y),
            "align_down" => x.div_euclid(y) * y,
            "align_up" => -((-x).div_euclid(y)) * y,
            other => panic!("not in these layouts: {other}"),
        })
    }

    pub(super) fn numbers(&self, at: usize) -> Vec<Option<i128>> {
        match &self.place(at).family {
            None => vec![None],
            Some(family) => {
                let (low, high) = (
                    self.value(&family.low, None).expect("a number"),
                    self.value(&family.high, None).expect("a number"),
                );
                (low..high).map(Some).collect()
            }
        }
    }
}

fn operate(op: BinaryOp, a: i128, b: i128) -> Result<i128, No> {
    Ok(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div if b > 0 => a.div_euclid(b),
        BinaryOp::Div => return Err(No::Undefined),
        BinaryOp::Eq => i128::from(a == b),
        BinaryOp::Ne => i128::from(a != b),
        BinaryOp::Lt => i128::from(a < b),
        BinaryOp::Le => i128::from(a <= b),
        BinaryOp::Gt => i128::from(a > b),
        BinaryOp::Ge => i128::from(a >= b),
        other => panic!("not in these layouts: {other:?}"),
    })
}
