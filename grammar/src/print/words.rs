//! Small pieces that many items have.

use crate::ast::{BitSlice, Expr, Ident, Range, RangeEnd, Text};

use super::comments::Comments;
use super::doc::Doc;
use super::expr::expr;

/// Words with a blank between them, and a mark at the end.
pub(super) fn words<'a>(docs: impl IntoIterator<Item = Doc<'a>>, end: &'static str) -> Doc<'a> {
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

/// A document behind a few fixed words.
pub(super) fn prefixed<'a>(prefix: &'static str, doc: Doc<'a>) -> Doc<'a> {
    Doc::Seq(vec![Doc::from(prefix), doc])
}

/// A name.
pub(super) fn ident(name: &Ident) -> Doc<'_> {
    Doc::from(name.text.as_str())
}

/// A text in quotes, with its escapes.
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

/// `because "why"`.
pub(super) fn because(why: &Text) -> Doc<'_> {
    prefixed("because ", quoted(why))
}

/// `NAME = value`.
pub(super) fn binding<'a>((name, value): &'a (Ident, Expr), comments: &Comments<'a>) -> Doc<'a> {
    Doc::Seq(vec![ident(name), Doc::from(" = "), expr(value, comments)])
}

/// `: start` and `.. end` or `.. +size`.
pub(super) fn range<'a>(range: &'a Range, comments: &Comments<'a>) -> (Doc<'a>, Doc<'a>) {
    let end = match &range.end {
        RangeEnd::End(end) => prefixed(".. ", expr(end, comments)),
        RangeEnd::Size(size) => prefixed(".. +", expr(size, comments)),
    };
    (prefixed(": ", expr(&range.start, comments)), end)
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
