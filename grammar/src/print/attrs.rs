//! Attributes.

use crate::ast::{Attr, AttrValue, Span};

use super::comments::Comments;
use super::doc::Doc;
use super::expr::expr;
use super::list::{Break, Element, braces, commas};
use super::words::{because, ident, quoted};

/// The attributes in braces; nothing, when there are none.
pub(super) fn attributes<'a>(attrs: &'a [Attr], region: Span, comments: &Comments<'a>) -> Doc<'a> {
    if attrs.is_empty() {
        return Doc::empty();
    }
    let elements = attrs.iter().map(|attr| attribute(attr, comments)).collect();
    braces(comments, elements, region, Break::Each)
}

fn attribute<'a>(attr: &'a Attr, comments: &Comments<'a>) -> Element<'a> {
    let mut docs = vec![ident(&attr.name)];
    let mut end = attr.name.span.end;
    if let Some((value, value_end)) = value(&attr.value, comments) {
        docs.extend([Doc::from(": "), value]);
        end = value_end.unwrap_or(end);
    }
    if let Some(why) = &attr.because {
        docs.extend([Doc::from(" "), because(why)]);
        end = why.span.end;
    }
    Element {
        docs: &[],
        span: Span::new(attr.name.span.start, end),
        doc: Doc::Seq(docs),
    }
}

/// What stands behind the colon, and where that ends, when there is a colon.
fn value<'a>(value: &'a AttrValue, comments: &Comments<'a>) -> Option<(Doc<'a>, Option<u32>)> {
    Some(match value {
        AttrValue::Flag => return None,
        AttrValue::Expr(value) => (expr(value, comments), Some(value.span.end)),
        AttrValue::Text(text) => (quoted(text), Some(text.span.end)),
        AttrValue::List(values) => {
            let inside = commas(values.iter().map(|value| expr(value, comments)));
            let list = vec![
                Doc::from("["),
                Doc::Nest(vec![Doc::Soft, inside]),
                Doc::Soft,
                Doc::from("]"),
            ];
            (Doc::Group(list), values.last().map(|value| value.span.end))
        }
    })
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
