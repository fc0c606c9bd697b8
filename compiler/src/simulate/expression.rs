//! Numbers as scenarios write them: `4K`, `0xC010_0000`, `page.frame + 3`, `vmalloc.start`, `free(NORMAL) - 1`,
//! `random(1, 32)`; and comparisons of them. They are expressions of the layout language, read by its own parser; what names
//! and functions stand for differs.

use mapwright_grammar::ast::{self, BinaryOp, Expr, ExprKind, RangeEnd, UnaryOp};
use mapwright_grammar::{NumberError, SyntaxError};

use super::function::Function;

/// An expression with the bytes of its text that it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expression {
    /// What it is.
    pub(super) kind: Kind,
    /// Where it begins in its text, and one past its end.
    pub(super) at: (usize, usize),
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A number.
    Number(i128),
    /// `name`, `name.field`, `pool[index]`, `pool[index].field`.
    Name {
        /// The name.
        name: String,
        /// Which member of a pool.
        member: Option<Box<Expression>>,
        /// Which field.
        field: Option<String>,
    },
    /// `function(arguments)`.
    Call {
        /// The function.
        function: Function,
        /// Its arguments.
        arguments: Vec<Expression>,
    },
    /// Two numbers make one.
    Binary {
        /// How: an operator that makes a number.
        operator: BinaryOp,
        /// The left one.
        left: Box<Expression>,
        /// The right one.
        right: Box<Expression>,
    },
}

/// `left RELATION right`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comparison {
    pub(super) left: Expression,
    /// A comparison.
    pub(super) relation: BinaryOp,
    pub(super) right: Expression,
}

/// What is wrong with the text of an expression, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mistake {
    /// Where it begins, and one past its end.
    pub(super) at: (usize, usize),
    /// What is wrong.
    pub(super) message: String,
    /// A few words for the place itself.
    pub(super) label: String,
    /// A way out.
    pub(super) help: Option<String>,
}

impl Mistake {
    fn new(expr: &Expr, message: impl Into<String>) -> Self {
        Self {
            at: at(expr.span),
            message: message.into(),
            label: "here".into(),
            help: None,
        }
    }
}

impl From<SyntaxError> for Mistake {
    fn from(error: SyntaxError) -> Self {
        Self {
            at: at(error.span),
            message: error.message,
            label: error.label,
            help: error.help,
        }
    }
}

fn at(span: ast::Span) -> (usize, usize) {
    (span.start as usize, span.end as usize)
}

/// Reads an expression.
pub(super) fn parse(text: &str) -> Result<Expression, Mistake> {
    number(&mapwright_grammar::parse_expr(text)?)
}

/// Reads a comparison.
pub(super) fn parse_comparison(text: &str) -> Result<Comparison, Mistake> {
    let mut expr = &mapwright_grammar::parse_expr(text)?;
    while let ExprKind::Paren(inner) = &expr.kind {
        expr = inner;
    }
    match &expr.kind {
        ExprKind::Binary(relation, left, right) if relation.is_comparison() => Ok(Comparison {
            left: number(left)?,
            relation: *relation,
            right: number(right)?,
        }),
        _ => Err(Mistake::new(
            expr,
            "a comparison is wanted here: ==, !=, <, <=, > or >=",
        )),
    }
}

/// Reads `START .. END` or `START .. +SIZE`: both expressions, and whether the second one is a size.
pub(super) fn parse_range(text: &str) -> Result<(Expression, Expression, bool), Mistake> {
    let range = mapwright_grammar::parse_range(text)?;
    let start = number(&range.start)?;
    Ok(match &range.end {
        RangeEnd::End(end) => (start, number(end)?, false),
        RangeEnd::Size(size) => (start, number(size)?, true),
    })
}

/// The expression of a number.
fn number(expr: &Expr) -> Result<Expression, Mistake> {
    let kind = match &expr.kind {
        ExprKind::Number { value, text, .. } => Kind::Number(value.ok_or_else(|| {
            let error = NumberError::too_large(text);
            Mistake {
                at: at(expr.span),
                message: error.message,
                label: error.label.into(),
                help: Some(error.help),
            }
        })?),
        ExprKind::Name(_) | ExprKind::Field(..) | ExprKind::Index(..) => named(expr)?,
        ExprKind::Call(name, arguments) => {
            let arguments = arguments
                .iter()
                .map(number)
                .collect::<Result<Vec<_>, _>>()?;
            let function = Function::named(&name.text).map_err(|help| Mistake {
                at: at(name.span),
                help,
                ..Mistake::new(expr, format!("there is no function `{}`", name.text))
            })?;
            if let Err(wanted) = function.takes(arguments.len()) {
                return Err(Mistake::new(
                    expr,
                    format!("`{}` takes {wanted}", name.text),
                ));
            }
            Kind::Call {
                function,
                arguments,
            }
        }
        ExprKind::Unary(UnaryOp::Neg, inner) => binary(
            BinaryOp::Sub,
            Expression {
                kind: Kind::Number(0),
                at: (expr.span.start as usize, expr.span.start as usize),
            },
            number(inner)?,
        ),
        ExprKind::Paren(inner) => return number(inner),
        ExprKind::Binary(operator, left, right) if makes_number(*operator) => {
            binary(*operator, number(left)?, number(right)?)
        }
        ExprKind::Unary(UnaryOp::Not, _) | ExprKind::Bool(_) | ExprKind::Binary(..) => {
            return Err(Mistake::new(
                expr,
                "a number is wanted here, not a condition",
            ));
        }
        ExprKind::If(..) | ExprKind::Slice(..) | ExprKind::Version { .. } => {
            return Err(Mistake::new(
                expr,
                "a number, a name or a calculation is wanted here",
            ));
        }
    };
    Ok(Expression {
        kind,
        at: at(expr.span),
    })
}

fn binary(operator: BinaryOp, left: Expression, right: Expression) -> Kind {
    Kind::Binary {
        operator,
        left: Box::new(left),
        right: Box::new(right),
    }
}

/// True for the operators that make a number of two.
const fn makes_number(operator: BinaryOp) -> bool {
    use BinaryOp::{Add, Div, Mul, Rem, Shl, Shr, Sub};
    matches!(operator, Add | Sub | Mul | Div | Rem | Shl | Shr)
}

/// `name`, `name.field`, `pool[index]` or `pool[index].field`.
fn named(expr: &Expr) -> Result<Kind, Mistake> {
    let (inner, field) = match &expr.kind {
        ExprKind::Field(inner, field) => (&**inner, Some(field.text.clone())),
        _ => (expr, None),
    };
    let (inner, member) = match &inner.kind {
        ExprKind::Index(inner, member) => (&**inner, Some(Box::new(number(member)?))),
        _ => (inner, None),
    };
    match &inner.kind {
        ExprKind::Name(name) => Ok(Kind::Name {
            name: name.clone(),
            member,
            field,
        }),
        _ => Err(Mistake::new(
            inner,
            "a name is wanted here: names have fields and members, and these have none",
        )),
    }
}

#[cfg(test)]
mod tests;
