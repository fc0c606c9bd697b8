//! The canonical form of layout files: a file reads as a memory-map table.
//!
//! Every item becomes a row of cells or a document that knows where it may be broken (`doc`); neighbours of one kind are
//! aligned (`table`); comments, docs and blank lines are put around them (`section`).

mod attrs;
mod comments;
mod doc;
mod expr;
mod item;
mod list;
mod paging;
mod place;
mod row;
mod section;
mod split;
mod table;
mod words;

use crate::ast::{Expr, File, Span};

use comments::{Comments, comment_text};
use list::doc_line;
use section::Section;

/// The file in its canonical form. Printing is idempotent: the text of a parsed canonical file is that file.
///
/// Every comment is kept. Comments above an item and behind it stay there, as do those in lists, in the branches of an `if`
/// and between the parts of a split or a page-table format; others inside an item are moved above it.
#[must_use]
pub fn print(file: &File) -> String {
    let comments = Comments::new(&file.comments);
    let mut out = String::new();
    for comment in comments.take(0, file.docs_span.start) {
        out.push_str(&comment_text(comment));
        out.push('\n');
        if comment.blank_after {
            out.push('\n');
        }
    }
    for line in &file.docs {
        out.push_str(&doc_line("//!", line));
        out.push('\n');
    }
    let units = file.items.iter().map(|item| item::unit(item, &comments));
    let section = Section::new(units, Span::new(0, u32::MAX), 0, &comments);
    if !file.docs.is_empty() && !section.is_empty() {
        out.push('\n');
    }
    section.write(&mut out, false);
    for comment in comments.take_rest() {
        out.push_str(&comment_text(comment));
        out.push('\n');
    }
    out
}

/// One expression on one line, with the parentheses that it needs.
#[must_use]
pub fn expr_text(expr: &Expr) -> String {
    // Without comments, every expression has a form on one line.
    expr::expr(expr, &Comments::new(&[]))
        .flat()
        .unwrap_or_default()
}
