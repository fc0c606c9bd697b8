//! Items as rows of a table.

use crate::ast::Span;

use super::doc::Doc;

/// Which rows may stand in one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    Place,
    Param,
    Let,
    Space,
    Segment,
    Expect,
    Export,
    Variant,
    Part,
    Level,
    /// The other clauses of a page-table format.
    Clause,
}

/// What one item, part or clause looks like.
#[derive(Debug)]
pub(super) enum Body<'a> {
    /// A row of cells. When it fits one line, all cells are aligned with those of its neighbours; otherwise the first
    /// `head` are, and the others are broken over lines.
    Row {
        table: Table,
        cells: Vec<Cell<'a>>,
        head: usize,
    },
    /// Anything else, without alignment.
    Free(Doc<'a>),
    /// Lines that are complete, with their indentation.
    Lines(String),
}

/// A cell of a row.
#[derive(Debug, Clone)]
pub(super) struct Cell<'a> {
    pub(super) doc: Doc<'a>,
    /// How many columns it takes.
    pub(super) columns: usize,
    /// How it follows the cell before when the row is broken.
    pub(super) joint: Joint,
    /// The same text in pieces, when each is to have a column of its own.
    pub(super) pieces: Vec<Doc<'a>>,
}

/// How a cell follows the one before it in a broken row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// After a blank.
    Blank,
    /// On a new line, moved in.
    Break,
    /// On a new line, moved in, when both do not fit one line.
    Fit,
}

/// An item, part or clause with its place in the source.
pub(super) struct Unit<'a> {
    pub(super) docs: &'a [String],
    pub(super) span: Span,
    pub(super) blank_before: bool,
    pub(super) body: Body<'a>,
}

impl<'a> Cell<'a> {
    pub(super) fn new(doc: impl Into<Doc<'a>>) -> Self {
        Self {
            doc: doc.into(),
            columns: 1,
            joint: Joint::Blank,
            pieces: Vec::new(),
        }
    }

    pub(super) fn joined(doc: impl Into<Doc<'a>>, joint: Joint) -> Self {
        Self {
            joint,
            ..Self::new(doc)
        }
    }

    fn end_with(&mut self, mark: &'static str) {
        for doc in std::iter::once(&mut self.doc).chain(self.pieces.last_mut()) {
            let before = std::mem::replace(doc, Doc::empty());
            *doc = Doc::Seq(vec![before, Doc::from(mark)]);
        }
    }

    /// A cell that also takes the next column, which this row does not use.
    pub(super) fn wide(self) -> Self {
        Self { columns: 2, ..self }
    }
}

impl<'a> Body<'a> {
    /// A row; its last cell gets the `;`.
    pub(super) fn row(table: Table, head: usize, cells: Vec<Cell<'a>>) -> Self {
        let mut cells = cells;
        if let Some(last) = cells.iter_mut().rev().find(|cell| !cell.doc.is_empty()) {
            last.end_with(";");
        }
        Body::Row { table, cells, head }
    }
}

/// The cells of a row from `first` on, broken over lines as their joints say. From a [`Joint::Break`] on, everything is moved
/// in and kept on one line when it fits.
pub(super) fn rest<'a>(cells: &[Cell<'a>], first: usize) -> Doc<'a> {
    let mut line: Vec<Doc<'a>> = Vec::new();
    let mut cells = cells[first..].iter().filter(|cell| !cell.doc.is_empty());
    while let Some(cell) = cells.next() {
        let doc = cell.doc.clone();
        line.push(match cell.joint {
            _ if line.is_empty() => doc,
            Joint::Break => below(std::iter::once(cell).chain(cells.by_ref())),
            Joint::Fit => Doc::Nest(vec![Doc::Group(vec![Doc::Line, doc])]),
            Joint::Blank => Doc::Seq(vec![Doc::from(" "), doc]),
        });
    }
    Doc::Seq(line)
}

/// The cells of a row from `first` on, all below its first line.
pub(super) fn rest_below<'a>(cells: &[Cell<'a>], first: usize) -> Doc<'a> {
    below(cells[first..].iter().filter(|cell| !cell.doc.is_empty()))
}

fn below<'r, 'a: 'r>(cells: impl Iterator<Item = &'r Cell<'a>>) -> Doc<'a> {
    let mut docs = Vec::new();
    for cell in cells {
        if !docs.is_empty() {
            docs.push(if cell.joint == Joint::Blank {
                Doc::from(" ")
            } else {
                Doc::Line
            });
        }
        docs.push(cell.doc.clone());
    }
    Doc::Nest(vec![Doc::Hard, Doc::Group(docs)])
}
