//! Splits: their parts are a table.

use crate::ast::{Ident, Part, Span};

use super::attrs::{attribute_columns, attributes};
use super::comments::Comments;
use super::row::{Body, Cell, Joint, Table, Unit};
use super::section;
use super::words::{ident, range};

pub(super) fn body<'a>(
    space: &'a Ident,
    parts: &'a [Part],
    end: u32,
    comments: &Comments<'a>,
) -> Body<'a> {
    let alike = alike(parts);
    let units = parts.iter().map(|part| part_unit(part, alike, comments));
    section::block(
        format!("split {} {{", space.text),
        units,
        Span::new(space.span.end, end),
        comments,
    )
}

/// True when all parts have the same attributes, some perhaps fewer of them, so that these can be columns.
fn alike(parts: &[Part]) -> bool {
    let keys = |part: &Part| -> Vec<String> {
        part.attrs
            .iter()
            .map(|attr| attr.name.text.clone())
            .collect()
    };
    let longest = parts
        .iter()
        .map(keys)
        .max_by_key(Vec::len)
        .unwrap_or_default();
    parts.iter().all(|part| longest.starts_with(&keys(part)))
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
