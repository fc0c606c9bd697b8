//! Expressions. Parentheses that the tree has are kept; those that it lacks and precedence needs are added.

use crate::ast::{BinaryOp, Expr, ExprKind};

use super::comments::{Comments, Gap};
use super::doc::Doc;
use super::list::commas;

/// Precedences above those of [`BinaryOp::precedence`].
const UNARY: u8 = 9;
const POSTFIX: u8 = 10;

/// An expression where any may stand.
pub(super) fn expr<'a>(expr: &'a Expr, comments: &Comments<'a>) -> Doc<'a> {
    operand(expr, 0, comments)
}

/// An expression where only those that bind at least as tightly as `least` may stand without parentheses.
fn operand<'a>(expr: &'a Expr, least: u8, comments: &Comments<'a>) -> Doc<'a> {
    let doc = bare(expr, comments);
    let tightness = match &expr.kind {
        ExprKind::Binary(op, ..) => op.precedence(),
        ExprKind::Unary(..) => UNARY,
        _ => POSTFIX,
    };
    if tightness < least { parens(doc) } else { doc }
}

fn parens(inside: Doc<'_>) -> Doc<'_> {
    Doc::Group(vec![
        Doc::from("("),
        Doc::Nest(vec![Doc::Soft, inside]),
        Doc::Soft,
        Doc::from(")"),
    ])
}

fn bare<'a>(whole: &'a Expr, comments: &Comments<'a>) -> Doc<'a> {
    match &whole.kind {
        ExprKind::Number { text, .. } | ExprKind::Version { text, .. } | ExprKind::Name(text) => {
            Doc::from(text.as_str())
        }
        ExprKind::Bool(value) => Doc::from(if *value { "true" } else { "false" }),
        ExprKind::Field(base, name) => Doc::Seq(vec![
            operand(base, POSTFIX, comments),
            Doc::from("."),
            Doc::from(name.text.as_str()),
        ]),
        ExprKind::Index(base, index) => Doc::Seq(vec![
            operand(base, POSTFIX, comments),
            Doc::from("["),
            expr(index, comments),
            Doc::from("]"),
        ]),
        ExprKind::Slice(base, high, low) => Doc::Seq(vec![
            operand(base, POSTFIX, comments),
            Doc::from("["),
            expr(high, comments),
            Doc::from(":"),
            expr(low, comments),
            Doc::from("]"),
        ]),
        ExprKind::Call(name, arguments) => {
            let arguments = commas(arguments.iter().map(|argument| expr(argument, comments)));
            Doc::Seq(vec![Doc::from(name.text.as_str()), parens(arguments)])
        }
        ExprKind::Unary(op, inner) => {
            Doc::Seq(vec![Doc::from(op.mark()), operand(inner, UNARY, comments)])
        }
        ExprKind::Binary(op, ..) => chain(whole, op.precedence(), comments),
        ExprKind::If(..) => if_chain(whole, comments),
        ExprKind::Paren(inner) => parens(expr(inner, comments)),
    }
}

/// A run of operators of the same precedence, broken before each of them or nowhere.
fn chain<'a>(whole: &'a Expr, precedence: u8, comments: &Comments<'a>) -> Doc<'a> {
    let mut rest = Vec::new();
    let mut left = whole;
    while let ExprKind::Binary(op, first, second) = &left.kind
        && op.precedence() == precedence
        && (rest.is_empty() || !op.is_comparison())
    {
        rest.push((*op, second));
        left = first;
    }
    let first = operand(left, least_on_left(precedence), comments);
    let mut docs = vec![first];
    for (op, right) in rest.into_iter().rev() {
        let right = operand(right, precedence + 1, comments);
        docs.push(Doc::Nest(vec![
            Doc::Line,
            Doc::from(op.mark()),
            Doc::from(" "),
            right,
        ]));
    }
    Doc::Group(docs)
}

/// What may stand at the left end of a chain without parentheses: comparisons do not chain.
fn least_on_left(precedence: u8) -> u8 {
    precedence + u8::from(precedence == BinaryOp::Eq.precedence())
}

/// `if c { a } else if d { b } else { e }`: on one line, or each branch on lines of its own.
fn if_chain<'a>(whole: &'a Expr, comments: &Comments<'a>) -> Doc<'a> {
    let mut docs = Vec::new();
    let mut at = whole;
    while let ExprKind::If(cond, then, other) = &at.kind {
        docs.extend([Doc::from("if "), expr(cond, comments), Doc::from(" ")]);
        let before = comments.gap(cond.span.end, then.span.start);
        let inside = expr(then, comments);
        let (after, before_other) = comments.gap_around_open(then.span.end, other.span.start);
        docs.push(block(&before, inside, &after));
        docs.push(Doc::from(" else "));
        if !matches!(other.kind, ExprKind::If(..)) {
            let inside = expr(other, comments);
            docs.push(block(
                &before_other,
                inside,
                &comments.gap(other.span.end, whole.span.end),
            ));
        }
        at = other;
    }
    Doc::Group(docs)
}

/// `{ inside }` with the comments before and after the inside.
fn block<'a>(before: &Gap<'a>, inside: Doc<'a>, after: &Gap<'a>) -> Doc<'a> {
    let inside = vec![
        Doc::Line,
        before.lines(),
        inside,
        after.end_of_line(),
        after.lines_before_close(),
    ];
    Doc::Seq(vec![
        Doc::from("{"),
        before.end_of_line(),
        Doc::Nest(inside),
        Doc::Line,
        Doc::from("}"),
    ])
}
