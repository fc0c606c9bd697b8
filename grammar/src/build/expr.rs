//! Expressions: the flat list that the grammar delivers becomes a tree by precedence.

use pest::pratt_parser::{Assoc, ConstPrattParser, Op};

use crate::ast::{BinaryOp, Expr, ExprKind, Span, UnaryOp};
use crate::error::SyntaxError;
use crate::number::read_number;
use crate::parser::{Pair, Rule};
use crate::print::expr_text;
use crate::version::read_version;

use super::{MAX_DEPTH, Parts, Result, disagreement, pair_span, tight_span, too_deep};

/// From the loosest to the tightest. Comparisons are put together to the left here and refused afterwards when chained.
static PRECEDENCE: ConstPrattParser<Rule, 13> = ConstPrattParser::new_const([
    (Op::infix(Rule::op_or, Assoc::Left), true),
    (Op::infix(Rule::op_and, Assoc::Left), true),
    (Op::infix(Rule::op_cmp, Assoc::Left), true),
    (Op::infix(Rule::op_bitor, Assoc::Left), true),
    (Op::infix(Rule::op_bitand, Assoc::Left), true),
    (Op::infix(Rule::op_shift, Assoc::Left), true),
    (Op::infix(Rule::op_sum, Assoc::Left), true),
    (Op::infix(Rule::op_product, Assoc::Left), true),
    (Op::prefix(Rule::neg), true),
    (Op::prefix(Rule::not), false),
    (Op::postfix(Rule::field), true),
    (Op::postfix(Rule::index), false),
    (Op::postfix(Rule::call_args), false),
]);

/// An expression and how deep its tree is.
struct Deep {
    expr: Expr,
    depth: usize,
}

impl Deep {
    fn leaf(kind: ExprKind, span: Span) -> Self {
        Self {
            expr: Expr { kind, span },
            depth: 1,
        }
    }

    /// A node above children of which the deepest is `below` deep.
    fn above(kind: ExprKind, span: Span, below: usize) -> Result<Self> {
        if below >= MAX_DEPTH {
            return Err(too_deep(span));
        }
        Ok(Self {
            expr: Expr { kind, span },
            depth: below + 1,
        })
    }

    fn boxed(self) -> Box<Expr> {
        Box::new(self.expr)
    }
}

/// The tree of an `expr` pair.
pub(crate) fn build_expr(pair: Pair<'_>, base: usize) -> Result<Expr> {
    deep(pair, base).map(|deep| deep.expr)
}

fn deep(pair: Pair<'_>, base: usize) -> Result<Deep> {
    let mut inner = pair.into_inner();
    if inner.len() == 1
        && let Some(only) = inner.next()
    {
        return primary(only, base);
    }
    PRECEDENCE
        .map_primary(|pair| primary(pair, base))
        .map_prefix(|op, operand| prefix(&op, operand?, base))
        .map_postfix(|operand, op| postfix(operand?, op, base))
        .map_infix(|left, op, right| infix(left?, &op, right?))
        .parse(inner)
}

fn prefix(op: &Pair<'_>, operand: Deep, base: usize) -> Result<Deep> {
    let kind = if op.as_rule() == Rule::neg {
        UnaryOp::Neg
    } else {
        UnaryOp::Not
    };
    let span = pair_span(op, base).to(operand.expr.span);
    let depth = operand.depth;
    Deep::above(ExprKind::Unary(kind, operand.boxed()), span, depth)
}

fn postfix(operand: Deep, op: Pair<'_>, base: usize) -> Result<Deep> {
    let span = operand.expr.span.to(tight_span(&op, base));
    let rule = op.as_rule();
    let mut parts = Parts::new(op, base);
    let mut depth = operand.depth;
    let kind = match rule {
        Rule::field => ExprKind::Field(operand.boxed(), parts.ident()?),
        Rule::index => {
            let first = deep(parts.skip_to(Rule::expr)?, base)?;
            depth = depth.max(first.depth);
            if parts.eat(Rule::colon).is_none() {
                ExprKind::Index(operand.boxed(), first.boxed())
            } else {
                let second = deep(parts.take(Rule::expr)?, base)?;
                depth = depth.max(second.depth);
                ExprKind::Slice(operand.boxed(), first.boxed(), second.boxed())
            }
        }
        _ => return call(operand, parts, span),
    };
    Deep::above(kind, span, depth)
}

fn call(function: Deep, mut parts: Parts<'_>, span: Span) -> Result<Deep> {
    let base = parts.base;
    let ExprKind::Name(text) = function.expr.kind else {
        return Err(disagreement(span));
    };
    let name = crate::ast::Ident {
        text,
        span: function.expr.span,
    };
    let mut depth = 0;
    let mut arguments = Vec::new();
    for pair in parts.all(Rule::expr) {
        let argument = deep(pair, base)?;
        depth = depth.max(argument.depth);
        arguments.push(argument.expr);
    }
    Deep::above(ExprKind::Call(name, arguments), span, depth)
}

fn infix(left: Deep, op: &Pair<'_>, right: Deep) -> Result<Deep> {
    let span = left.expr.span.to(right.expr.span);
    let operator = binary_op(op.as_str()).ok_or_else(|| disagreement(span))?;
    if op.as_rule() == Rule::op_cmp
        && let ExprKind::Binary(first, low, middle) = &left.expr.kind
        && first.is_comparison()
    {
        let [low, middle, high] = [low, middle, &right.expr].map(expr_text);
        let help = format!(
            "write `{low} {} {middle} && {middle} {} {high}`",
            first.mark(),
            operator.mark()
        );
        return Err(chained(span, help));
    }
    let depth = left.depth.max(right.depth);
    Deep::above(
        ExprKind::Binary(operator, left.boxed(), right.boxed()),
        span,
        depth,
    )
}

fn chained(span: Span, help: String) -> SyntaxError {
    // With long operands, their repetition would explain nothing.
    let help = if help.len() <= 100 {
        help
    } else {
        "join two comparisons with `&&`".to_owned()
    };
    SyntaxError::unexpected(span, "comparisons cannot be chained", "two comparisons")
        .with_help(help)
}

fn binary_op(text: &str) -> Option<BinaryOp> {
    BinaryOp::ALL.into_iter().find(|op| op.mark() == text)
}

fn primary(pair: Pair<'_>, base: usize) -> Result<Deep> {
    let span = pair_span(&pair, base);
    let text = pair.as_str();
    let leaf = match pair.as_rule() {
        Rule::name => ExprKind::Name(text.to_owned()),
        Rule::number => {
            let number = read_number(text).ok();
            ExprKind::Number {
                value: number.map(|number| number.value),
                sized: number.is_some_and(|number| number.sized),
                text: text.to_owned(),
            }
        }
        Rule::version => ExprKind::Version {
            value: read_version(text).ok(),
            text: text.to_owned(),
        },
        Rule::boolean => ExprKind::Bool(text == "true"),
        Rule::paren => {
            let inner = deep(Parts::new(pair, base).skip_to(Rule::expr)?, base)?;
            let depth = inner.depth;
            return Deep::above(ExprKind::Paren(inner.boxed()), span, depth);
        }
        Rule::if_expr => return if_expr(pair, base),
        _ => return Err(disagreement(span)),
    };
    Ok(Deep::leaf(leaf, span))
}

/// `if c { a } else if d { b } else { e }`: built from the last branch to the first.
fn if_expr(pair: Pair<'_>, base: usize) -> Result<Deep> {
    let mut parts = Parts::new(pair, base);
    let Span { start, end } = parts.span();
    let mut branches = vec![(
        start,
        deep(parts.skip_to(Rule::expr)?, base)?,
        deep(parts.skip_to(Rule::expr)?, base)?,
    )];
    parts.take(Rule::close_brace)?;
    while let Some(else_if) = parts.eat(Rule::else_if) {
        let mut branch = Parts::new(else_if, base);
        branch.take(Rule::kw_else)?;
        let start = pair_span(&branch.take(Rule::kw_if)?, base).start;
        branches.push((
            start,
            deep(branch.skip_to(Rule::expr)?, base)?,
            deep(branch.skip_to(Rule::expr)?, base)?,
        ));
    }
    let mut value = deep(parts.skip_to(Rule::expr)?, base)?;
    while let Some((start, cond, then)) = branches.pop() {
        let depth = cond.depth.max(then.depth).max(value.depth);
        value = Deep::above(
            ExprKind::If(cond.boxed(), then.boxed(), value.boxed()),
            Span::new(start, end),
            depth,
        )?;
    }
    Ok(value)
}
