//! Bracketed lists: on one line, filled, or one element per line.

use crate::ast::Span;

use super::comments::{Comments, Gap};
use super::doc::Doc;

/// An element of a list.
pub(super) struct Element<'a> {
    /// Its `///` lines.
    pub(super) docs: &'a [String],
    /// Where it stands in the source.
    pub(super) span: Span,
    /// Its text.
    pub(super) doc: Doc<'a>,
}

/// How a list is broken when it does not fit one line and no element has docs or comments.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Break {
    /// As many elements on a line as fit.
    Fill,
    /// One element on a line.
    Each,
}

/// `{ a, b }` with the comments that stand in `region`, which begins where what precedes the list ends, and ends with the
/// list.
pub(super) fn braces<'a>(
    comments: &Comments<'a>,
    elements: Vec<Element<'a>>,
    region: Span,
    style: Break,
) -> Doc<'a> {
    let gaps = gaps(comments, &elements, region);
    let plain = gaps
        .iter()
        .all(|gap| gap.trailing.is_none() && gap.leading.is_empty());
    if elements.is_empty() && plain {
        return Doc::from("{}");
    }
    let fill =
        style == Break::Fill && plain && elements.iter().all(|element| element.docs.is_empty());
    let mut gaps = gaps.into_iter();
    let first_gap = gaps.next().unwrap_or_default();
    let head = Doc::Seq(vec![Doc::from("{"), first_gap.end_of_line()]);
    let mut inside = Vec::new();
    let mut lines = first_gap.lines();
    let count = elements.len();
    for (index, (element, gap)) in elements.into_iter().zip(gaps).enumerate() {
        let last = index + 1 == count;
        let comma = if last {
            Doc::IfBroken(",")
        } else {
            Doc::from(",")
        };
        let mut piece = vec![Doc::Line, lines];
        piece.extend(doc_lines(element.docs));
        piece.push(element.doc);
        // When filled, every break decides for itself; the first one belongs to the bracket.
        let piece = if fill && index > 0 {
            Doc::Group(piece)
        } else {
            Doc::Seq(piece)
        };
        inside.extend([piece, comma, gap.end_of_line()]);
        lines = if last {
            gap.lines_before_close()
        } else {
            gap.lines()
        };
    }
    if count == 0 {
        inside.push(first_gap.lines_before_close());
    } else {
        inside.push(lines);
    }
    Doc::Group(vec![head, Doc::Nest(inside), Doc::Line, Doc::from("}")])
}

/// The gap before each element, and the one after the last.
fn gaps<'a>(comments: &Comments<'a>, elements: &[Element<'a>], region: Span) -> Vec<Gap<'a>> {
    let mut at = region.start;
    let mut gaps = Vec::with_capacity(elements.len() + 1);
    for element in elements {
        gaps.push(comments.gap(at, element.span.start));
        at = element.span.end;
    }
    gaps.push(comments.gap(at, region.end));
    gaps
}

/// Doc lines, each with the break after it.
pub(super) fn doc_lines<'a>(docs: &'a [String]) -> impl Iterator<Item = Doc<'a>> {
    docs.iter()
        .flat_map(|line| [Doc::from(doc_line("///", line)), Doc::Hard])
}

/// A doc line as it is written.
pub(super) fn doc_line(marker: &str, line: &str) -> String {
    if line.is_empty() {
        marker.to_owned()
    } else {
        format!("{marker} {line}")
    }
}

/// `a, b, c`, broken after those commas where a line is full.
pub(super) fn commas<'a>(docs: impl IntoIterator<Item = Doc<'a>>) -> Doc<'a> {
    let mut all = Vec::new();
    for doc in docs {
        if all.is_empty() {
            all.push(doc);
        } else {
            all.extend([Doc::from(","), Doc::Group(vec![Doc::Line, doc])]);
        }
    }
    Doc::Seq(all)
}
