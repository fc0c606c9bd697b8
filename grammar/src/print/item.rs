//! What each item looks like, places and page-table formats aside.

use crate::ast::{
    Attr, AttrValue, BitSlice, Domain, Expect, Expr, Ident, Item, ItemKind, Outcome, Param, Part,
    Range, RangeEnd, Span, Text,
};

use super::comments::Comments;
use super::doc::Doc;
use super::expr::expr;
use super::list::{Break, Element, braces, commas};
use super::row::{Body, Cell, Joint, Table, Unit};
use super::{paging, place, section};

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
        ItemKind::Enum { name, variants } => {
            let elements = variants
                .iter()
                .map(|(docs, name)| Element {
                    docs,
                    span: name.span,
                    doc: ident(name),
                })
                .collect();
            let list = braces(
                comments,
                elements,
                Span::new(name.span.end, end),
                Break::Fill,
            );
            Body::Free(words([Doc::from("enum"), ident(name), list], ""))
        }
        ItemKind::Paging(paging) => paging::body(paging, end, comments),
        ItemKind::Space {
            name,
            bits,
            paging,
            to,
        } => space_row(name, bits, paging.as_ref(), to.as_ref(), comments),
        ItemKind::Split { space, parts } => {
            let alike = alike(parts);
            let units = parts.iter().map(|part| part_unit(part, alike, comments));
            section::block(
                format!("split {} {{", space.text),
                units,
                Span::new(space.span.end, end),
                comments,
            )
        }
        ItemKind::Place(place) => place::row(place, end, comments),
        ItemKind::Segment {
            name,
            table,
            index,
            class,
            attrs,
        } => Body::row(
            Table::Segment,
            2,
            vec![
                Cell::new("segment"),
                Cell::new(ident(name)),
                Cell::new(Doc::Seq(vec![
                    Doc::from(": "),
                    ident(table),
                    Doc::from("["),
                    expr(index, comments),
                    Doc::from("]"),
                ])),
                Cell::new(prefixed("= ", ident(class))),
                Cell::new(attributes(attrs, Span::new(class.span.end, end), comments)),
            ],
        ),
        ItemKind::Expect(expect) => expect_row(expect, comments),
        ItemKind::Variant { name, base, with } => {
            let with = if with.is_empty() {
                Doc::empty()
            } else {
                prefixed("with ", binding_block(with, base, end, comments))
            };
            Body::row(
                Table::Variant,
                2,
                vec![
                    Cell::new("layout"),
                    Cell::new(ident(name)),
                    Cell::new(prefixed("= ", ident(base))),
                    Cell::new(with),
                ],
            )
        }
        ItemKind::Export { name, value } => Body::row(
            Table::Export,
            2,
            vec![
                Cell::new("export"),
                Cell::new(quoted(name)),
                Cell::new(prefixed("= ", expr(value, comments))),
            ],
        ),
    }
}

/// Words with a blank between them, and a mark at the end.
fn words<'a>(docs: impl IntoIterator<Item = Doc<'a>>, end: &'static str) -> Doc<'a> {
    let mut all = Vec::new();
    for doc in docs {
        if !all.is_empty() {
            all.push(Doc::from(" "));
        }
        all.push(doc);
    }
    all.push(Doc::from(end));
    Doc::Seq(all)
}

pub(super) fn prefixed<'a>(prefix: &'static str, doc: Doc<'a>) -> Doc<'a> {
    Doc::Seq(vec![Doc::from(prefix), doc])
}

pub(super) fn ident(name: &Ident) -> Doc<'_> {
    Doc::from(name.text.as_str())
}

pub(super) fn quoted<'a>(text: &Text) -> Doc<'a> {
    let mut out = String::with_capacity(text.text.len() + 2);
    out.push('"');
    for c in text.text.chars() {
        if c == '"' || c == '\\' {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    Doc::from(out)
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

/// True when all parts have the same attributes, so that these can be columns.
fn alike(parts: &[Part]) -> bool {
    let keys = |part: &Part| {
        part.attrs
            .iter()
            .map(|attr| attr.name.text.clone())
            .collect::<Vec<_>>()
    };
    parts
        .windows(2)
        .all(|pair| keys(&pair[0]) == keys(&pair[1]))
}

fn part_unit<'a>(part: &'a Part, alike: bool, comments: &Comments<'a>) -> Unit<'a> {
    let (start, end) = range(&part.range, comments);
    let region = Span::new(part.range.span.end, part.span.end);
    let mut attrs = Cell::new(attributes(&part.attrs, region, comments));
    if alike {
        attrs.pieces = attribute_columns(&part.attrs, comments);
    }
    let cells = vec![
        Cell::new(ident(&part.name)),
        Cell::new(start),
        Cell::joined(end, Joint::Fit),
        attrs,
    ];
    Unit {
        docs: &part.docs,
        span: part.span,
        blank_before: false,
        body: Body::row(Table::Part, 1, cells),
    }
}

/// `{ a: x,` and `b: y }`: the attributes in braces, as one cell each.
fn attribute_columns<'a>(attrs: &'a [Attr], comments: &Comments<'a>) -> Vec<Doc<'a>> {
    let count = attrs.len();
    let column = |(index, attr): (usize, &'a Attr)| {
        let open = if index == 0 { "{ " } else { "" };
        let close = if index + 1 == count { " }" } else { "," };
        Doc::Seq(vec![
            Doc::from(open),
            attribute(attr, comments).doc,
            Doc::from(close),
        ])
    };
    attrs.iter().enumerate().map(column).collect()
}

/// `: start` and `.. end` or `.. +size`.
pub(super) fn range<'a>(range: &'a Range, comments: &Comments<'a>) -> (Doc<'a>, Doc<'a>) {
    let end = match &range.end {
        RangeEnd::End(end) => prefixed(".. ", expr(end, comments)),
        RangeEnd::Size(size) => prefixed(".. +", expr(size, comments)),
    };
    (prefixed(": ", expr(&range.start, comments)), end)
}

/// The attributes in braces; nothing, when there are none.
pub(super) fn attributes<'a>(attrs: &'a [Attr], region: Span, comments: &Comments<'a>) -> Doc<'a> {
    if attrs.is_empty() {
        return Doc::empty();
    }
    let elements = attrs.iter().map(|attr| attribute(attr, comments)).collect();
    braces(comments, elements, region, Break::Each)
}

fn attribute<'a>(attr: &'a Attr, comments: &Comments<'a>) -> Element<'a> {
    let name = [ident(&attr.name), Doc::from(": ")];
    let (value, end) = match &attr.value {
        AttrValue::Flag => {
            return Element {
                docs: &[],
                span: attr.name.span,
                doc: ident(&attr.name),
            };
        }
        AttrValue::Expr(value) => (expr(value, comments), value.span.end),
        AttrValue::Text(text) => (quoted(text), text.span.end),
        AttrValue::List(values) => {
            let inside = commas(values.iter().map(|value| expr(value, comments)));
            let list = vec![
                Doc::from("["),
                Doc::Nest(vec![Doc::Soft, inside]),
                Doc::Soft,
                Doc::from("]"),
            ];
            (
                Doc::Group(list),
                values
                    .last()
                    .map_or(attr.name.span.end, |value| value.span.end),
            )
        }
    };
    let doc = Doc::Seq(name.into_iter().chain([value]).collect());
    Element {
        docs: &[],
        span: Span::new(attr.name.span.start, end),
        doc,
    }
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

fn binding<'a>((name, value): &'a (Ident, Expr), comments: &Comments<'a>) -> Doc<'a> {
    Doc::Seq(vec![ident(name), Doc::from(" = "), expr(value, comments)])
}

fn binding_block<'a>(
    with: &'a [(Ident, Expr)],
    base: &Ident,
    end: u32,
    comments: &Comments<'a>,
) -> Doc<'a> {
    let element = |pair: &'a (Ident, Expr)| Element {
        docs: &[],
        span: pair.0.span.to(pair.1.span),
        doc: binding(pair, comments),
    };
    braces(
        comments,
        with.iter().map(element).collect(),
        Span::new(base.span.end, end),
        Break::Each,
    )
}

/// `[hi:lo]` or `[n]`.
pub(super) fn bit_slice<'a>(slice: &'a BitSlice, comments: &Comments<'a>) -> Doc<'a> {
    let mut docs = vec![Doc::from("["), expr(&slice.high, comments)];
    if let Some(low) = &slice.low {
        docs.extend([Doc::from(":"), expr(low, comments)]);
    }
    docs.push(Doc::from("]"));
    Doc::Seq(docs)
}
