//! What each item looks like; places, splits and page-table formats have files of their own.

use crate::ast::{Domain, Expect, Expr, Ident, Item, ItemKind, Outcome, Param, Span, Text};

use super::attrs::attributes;
use super::comments::Comments;
use super::doc::Doc;
use super::expr::expr;
use super::list::{Break, Element, braces, commas};
use super::row::{Body, Cell, Joint, Table, Unit};
use super::words::{binding, ident, prefixed, quoted, words};
use super::{paging, place, split};

/// A file's item.
pub(super) fn unit<'a>(item: &'a Item, comments: &Comments<'a>) -> Unit<'a> {
    Unit {
        docs: &item.docs,
        span: item.span,
        blank_before: item.blank_before,
        body: body(item, comments),
    }
}

fn body<'a>(item: &'a Item, comments: &Comments<'a>) -> Body<'a> {
    let end = item.span.end;
    match &item.kind {
        ItemKind::Use { std, path } => Body::Free(words(
            [
                Doc::from(if *std { "use std" } else { "use" }),
                quoted(path),
            ],
            ";",
        )),
        ItemKind::Param(param) => param_row(param, comments),
        ItemKind::Assume { cond, why } => law("assume", cond, why.as_ref(), comments),
        ItemKind::Assert { cond, why } => law("assert", cond, why.as_ref(), comments),
        ItemKind::Let { name, kind, value } => let_row(name, kind.as_ref(), value, comments),
        ItemKind::Enum { name, variants } => enum_list(name, variants, end, comments),
        ItemKind::Paging(paging) => paging::body(paging, end, comments),
        ItemKind::Space {
            name,
            bits,
            paging,
            to,
        } => space_row(name, bits, paging.as_ref(), to.as_ref(), comments),
        ItemKind::Split { space, parts } => split::body(space, parts, end, comments),
        ItemKind::Place(place) => place::row(place, end, comments),
        ItemKind::Segment {
            name,
            table,
            index,
            class,
            attrs,
        } => {
            let place = vec![
                Doc::from(": "),
                ident(table),
                Doc::from("["),
                expr(index, comments),
                Doc::from("]"),
            ];
            let cells = [
                Doc::from("segment"),
                ident(name),
                Doc::Seq(place),
                prefixed("= ", ident(class)),
            ];
            let attrs = attributes(attrs, Span::new(class.span.end, end), comments);
            Body::row(
                Table::Segment,
                2,
                cells.into_iter().chain([attrs]).map(Cell::new).collect(),
            )
        }
        ItemKind::Expect(expect) => expect_row(expect, comments),
        ItemKind::Variant { name, base, with } => variant_row(name, base, with, end, comments),
        ItemKind::Export { name, value } => {
            let cells = [
                Doc::from("export"),
                quoted(name),
                prefixed("= ", expr(value, comments)),
            ];
            Body::row(Table::Export, 2, cells.into_iter().map(Cell::new).collect())
        }
    }
}

fn enum_list<'a>(
    name: &'a Ident,
    choices: &'a [(Vec<String>, Ident)],
    end: u32,
    comments: &Comments<'a>,
) -> Body<'a> {
    let element = |(docs, name): &'a (Vec<String>, Ident)| Element {
        docs,
        span: name.span,
        doc: ident(name),
    };
    let region = Span::new(name.span.end, end);
    let list = braces(
        comments,
        choices.iter().map(element).collect(),
        region,
        Break::Fill,
    );
    Body::Free(words([Doc::from("enum"), ident(name), list], ""))
}

fn variant_row<'a>(
    name: &'a Ident,
    base: &'a Ident,
    with: &'a [(Ident, Expr)],
    end: u32,
    comments: &Comments<'a>,
) -> Body<'a> {
    let element = |pair: &'a (Ident, Expr)| Element {
        docs: &[],
        span: pair.0.span.to(pair.1.span),
        doc: binding(pair, comments),
    };
    let values = if with.is_empty() {
        Doc::empty()
    } else {
        let region = Span::new(base.span.end, end);
        prefixed(
            "with ",
            braces(
                comments,
                with.iter().map(element).collect(),
                region,
                Break::Each,
            ),
        )
    };
    let cells = [
        Doc::from("layout"),
        ident(name),
        prefixed("= ", ident(base)),
        values,
    ];
    Body::row(
        Table::Variant,
        2,
        cells.into_iter().map(Cell::new).collect(),
    )
}

fn law<'a>(
    word: &'static str,
    cond: &'a Expr,
    why: Option<&Text>,
    comments: &Comments<'a>,
) -> Body<'a> {
    let mut docs = vec![Doc::from(word), Doc::from(" "), expr(cond, comments)];
    if let Some(why) = why {
        docs.extend([Doc::from(","), Doc::Nest(vec![Doc::Line, quoted(why)])]);
    }
    docs.push(Doc::from(";"));
    Body::Free(Doc::Group(docs))
}

fn let_row<'a>(
    name: &'a Ident,
    kind: Option<&'a Ident>,
    value: &'a Expr,
    comments: &Comments<'a>,
) -> Body<'a> {
    let value = Cell::new(prefixed("= ", expr(value, comments)));
    let cells = match kind {
        Some(kind) => vec![
            Cell::new("let"),
            Cell::new(ident(name)),
            Cell::new(prefixed(": ", ident(kind))),
            value,
        ],
        None => vec![Cell::new("let"), Cell::new(ident(name)).wide(), value],
    };
    Body::row(Table::Let, cells.len() - 1, cells)
}

fn param_row<'a>(param: &'a Param, comments: &Comments<'a>) -> Body<'a> {
    let domain = param
        .domain
        .as_ref()
        .map_or_else(Doc::empty, |found| prefixed("in ", domain(found, comments)));
    Body::row(
        Table::Param,
        3,
        vec![
            Cell::new(param.class.word()),
            Cell::new(ident(&param.name)),
            Cell::new(prefixed(": ", ident(&param.kind))),
            Cell::new(prefixed("= ", expr(&param.default, comments))),
            Cell::joined(domain, Joint::Fit),
        ],
    )
}

fn domain<'a>(domain: &'a Domain, comments: &Comments<'a>) -> Doc<'a> {
    match domain {
        Domain::Set { values, span } => {
            let element = |value: &'a Expr| Element {
                docs: &[],
                span: value.span,
                doc: expr(value, comments),
            };
            braces(
                comments,
                values.iter().map(element).collect(),
                *span,
                Break::Fill,
            )
        }
        Domain::Interval {
            low, high, step, ..
        } => {
            let mut docs = vec![
                expr(low, comments),
                Doc::from(" ..= "),
                expr(high, comments),
            ];
            if let Some(step) = step {
                docs.extend([Doc::from(" step "), expr(step, comments)]);
            }
            Doc::Seq(docs)
        }
    }
}

fn space_row<'a>(
    name: &'a Ident,
    bits: &'a Expr,
    paging: Option<&'a Expr>,
    to: Option<&'a Ident>,
    comments: &Comments<'a>,
) -> Body<'a> {
    let mut docs = vec![Doc::from(": "), expr(bits, comments), Doc::from(" bits")];
    let clauses = paging.map(|paging| prefixed("paging ", expr(paging, comments)));
    for clause in clauses
        .into_iter()
        .chain(to.map(|to| prefixed("to ", ident(to))))
    {
        docs.extend([
            Doc::from(","),
            Doc::Nest(vec![Doc::Group(vec![Doc::Line, clause])]),
        ]);
    }
    Body::row(
        Table::Space,
        2,
        vec![
            Cell::new("space"),
            Cell::new(ident(name)),
            Cell::new(Doc::Seq(docs)),
        ],
    )
}

fn expect_row<'a>(expect: &'a Expect, comments: &Comments<'a>) -> Body<'a> {
    let outcome = match &expect.outcome {
        Outcome::Mapped {
            space,
            address,
            window,
        } => {
            let mut docs = vec![ident(space), expr(address, comments)];
            if let Some(window) = window {
                docs.push(prefixed("in ", ident(window)));
            }
            words(docs, "")
        }
        Outcome::Dynamic { name } => prefixed("dynamic ", ident(name)),
        Outcome::Fault { kind, name } => words(
            [Doc::from("fault"), ident(kind)]
                .into_iter()
                .chain(name.as_ref().map(ident)),
            "",
        ),
    };
    let with = if expect.with.is_empty() {
        Doc::empty()
    } else {
        Doc::Group(vec![
            Doc::from("with "),
            Doc::Nest(vec![commas(
                expect.with.iter().map(|pair| binding(pair, comments)),
            )]),
        ])
    };
    Body::row(
        Table::Expect,
        2,
        vec![
            Cell::new("expect"),
            Cell::new(ident(&expect.space)),
            Cell::new(expr(&expect.address, comments)),
            Cell::joined(prefixed("-> ", outcome), Joint::Fit),
            Cell::joined(with, Joint::Fit),
        ],
    )
}
