//! Attributes.

use crate::ast::{Attr, AttrValue, Span};

use super::comments::Comments;
use super::doc::Doc;
use super::expr::expr;
use super::list::{Break, Element, braces, commas};
use super::words::{ident, quoted};

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

/// `{ a: x,` and `b: y }`: the attributes in braces, as one cell each.
pub(super) fn attribute_columns<'a>(attrs: &'a [Attr], comments: &Comments<'a>) -> Vec<Doc<'a>> {
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
