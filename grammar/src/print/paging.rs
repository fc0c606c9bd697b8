//! Page-table formats.

use crate::ast::{EntryField, EntryForm, EntryPlace, Paging, PagingClause, PagingClauseKind, Span};

use super::comments::Comments;
use super::doc::Doc;
use super::expr::expr;

use super::list::{Break, Element, braces, commas};
use super::row::{Body, Cell, Table, Unit};
use super::section;
use super::words::{bit_slice, ident, prefixed};

pub(super) fn body<'a>(paging: &'a Paging, end: u32, comments: &Comments<'a>) -> Body<'a> {
    let units = paging.clauses.iter().map(|clause| Unit {
        docs: &clause.docs,
        span: clause.span,
        blank_before: false,
        body: clause_body(clause, comments),
    });
    section::block(
        format!("paging {} {{", paging.name.text),
        units,
        Span::new(paging.name.span.end, end),
        comments,
    )
}

fn clause_body<'a>(clause: &'a PagingClause, comments: &Comments<'a>) -> Body<'a> {
    match &clause.kind {
        PagingClauseKind::Address { bits, form } => {
            let mut docs = vec![expr(bits, comments), Doc::from(" bits")];
            docs.extend(form.iter().flat_map(|word| [Doc::from(" "), ident(word)]));
            keyword_row("address", docs)
        }
        PagingClauseKind::Physical { bits } => {
            keyword_row("physical", vec![expr(bits, comments), Doc::from(" bits")])
        }
        PagingClauseKind::Reserved { slices } => keyword_row(
            "reserved",
            vec![commas(
                slices.iter().map(|slice| bit_slice(slice, comments)),
            )],
        ),
        PagingClauseKind::Entry { bytes, fields } => {
            let elements = fields
                .iter()
                .map(|field| entry_field(field, comments))
                .collect();
            let list = braces(
                comments,
                elements,
                Span::new(bytes.span.end, clause.span.end),
                Break::Fill,
            );
            let cells = [
                Doc::from("entry"),
                Doc::Seq(vec![expr(bytes, comments), Doc::from(" bytes "), list]),
            ];
            Body::Row {
                table: Table::Clause,
                cells: cells.into_iter().map(Cell::new).collect(),
                head: 1,
            }
        }
        PagingClauseKind::Level {
            name,
            index,
            entries,
        } => {
            let index = prefixed(": va", bit_slice(index, comments));
            let cells = [
                Doc::from("level"),
                ident(name),
                index,
                entry_forms(entries, comments),
            ];
            Body::row(Table::Level, 3, cells.into_iter().map(Cell::new).collect())
        }
    }
}

/// `-> A, leaf when C -> B`, broken after commas.
fn entry_forms<'a>(forms: &'a [EntryForm], comments: &Comments<'a>) -> Doc<'a> {
    let mut docs = vec![Doc::from("-> ")];
    for (place, form) in forms.iter().enumerate() {
        let form = entry_form(form, comments);
        if place == 0 {
            docs.push(form);
        } else {
            docs.extend([
                Doc::from(","),
                Doc::Nest(vec![Doc::Group(vec![Doc::Line, form])]),
            ]);
        }
    }
    Doc::Seq(docs)
}

fn keyword_row<'a>(word: &'static str, docs: Vec<Doc<'a>>) -> Body<'a> {
    Body::row(
        Table::Clause,
        1,
        vec![Cell::new(word), Cell::new(Doc::Seq(docs))],
    )
}

fn entry_field<'a>(field: &'a EntryField, comments: &Comments<'a>) -> Element<'a> {
    let name = field.name.span;
    let (place, span) = match &field.place {
        EntryPlace::Bits { inverted, slice } => {
            let mark = Doc::from(if *inverted { "!" } else { "" });
            (Doc::Seq(vec![mark, bit_slice(slice, comments)]), slice.span)
        }
        EntryPlace::When(cond) => (prefixed("when ", expr(cond, comments)), cond.span),
    };
    let doc = Doc::Seq(vec![ident(&field.name), Doc::from(" "), place]);
    Element {
        docs: &[],
        span: name.to(span),
        doc,
    }
}

fn entry_form<'a>(form: &'a EntryForm, comments: &Comments<'a>) -> Doc<'a> {
    let mut docs = Vec::new();
    if form.leaf {
        docs.push(Doc::from("leaf "));
    }
    if form.table {
        docs.push(Doc::from("table "));
    }
    if let Some(when) = &form.when {
        docs.extend([Doc::from("when "), expr(when, comments), Doc::from(" -> ")]);
    }
    docs.push(expr(&form.frame, comments));
    if !form.reserved.is_empty() {
        docs.push(Doc::from(" reserved "));
        docs.push(commas(
            form.reserved.iter().map(|slice| bit_slice(slice, comments)),
        ));
    }
    Doc::Group(docs)
}
