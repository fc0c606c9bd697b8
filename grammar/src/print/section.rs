//! A sequence of items, parts or clauses: comments, docs and blank lines around them, and tables of neighbours.

use crate::ast::{Comment, Span};

use super::comments::{Comments, Gap, comment_text};
use super::doc::{INDENT, WIDTH};
use super::list::doc_line;
use super::row::{Body, Table, Unit};
use super::table::{Row, align, width};

/// How much wider than its neighbours a line with a comment may be before their comments stop being aligned.
const COMMENT_SPREAD: usize = 40;

/// One unit with everything that is written above and behind it.
struct Entry<'a> {
    leading: Vec<Lead<'a>>,
    docs: &'a [String],
    body: Body<'a>,
    trailing: Option<&'a Comment>,
    blank_before: bool,
}

/// A comment on a line of its own.
struct Lead<'a> {
    comment: &'a Comment,
    /// False for comments that were moved here from inside an item, whose blank lines mean nothing here.
    spaced: bool,
}

/// A section with the comment that stands behind its opening brace.
pub(super) struct Section<'a> {
    entries: Vec<Entry<'a>>,
    /// Comments below the last unit.
    tail: Vec<Lead<'a>>,
    /// On the line of what precedes the section.
    pub(super) opening: Option<&'a Comment>,
    /// True for a file's items, which keep their blank lines.
    top: bool,
    indent: usize,
}

impl<'a> Section<'a> {
    /// Collects the units of `region` with the comments that belong to each.
    pub(super) fn new(
        units: impl Iterator<Item = Unit<'a>>,
        region: Span,
        indent: usize,
        comments: &Comments<'a>,
    ) -> Self {
        let top = indent == 0;
        let mut section = Section {
            entries: Vec::new(),
            tail: Vec::new(),
            opening: None,
            top,
            indent,
        };
        let mut at = region.start;
        for unit in units {
            let gap = Gap::new(comments.take(at, unit.span.start));
            let mut leading = section.put_trailing(gap);
            // What nobody inside the unit has taken is moved above it.
            let inside = comments.take(unit.span.start, unit.span.end);
            leading.extend(inside.into_iter().map(|comment| Lead {
                comment,
                spaced: false,
            }));
            section.entries.push(Entry {
                leading,
                docs: unit.docs,
                body: unit.body,
                trailing: None,
                blank_before: top && unit.blank_before,
            });
            at = unit.span.end.max(at);
        }
        let gap = Gap::new(comments.take(at, region.end));
        section.tail = section.put_trailing(gap);
        section
    }

    /// Gives the trailing comment of a gap to the unit before it, or to the opening brace; returns the others.
    fn put_trailing(&mut self, gap: Gap<'a>) -> Vec<Lead<'a>> {
        let mut leading = gap.leading;
        match self.entries.last_mut() {
            Some(entry) => entry.trailing = gap.trailing,
            // A file has no opening brace.
            None if self.top => leading.splice(0..0, gap.trailing).for_each(drop),
            None => self.opening = gap.trailing,
        }
        leading
            .into_iter()
            .map(|comment| Lead {
                comment,
                spaced: true,
            })
            .collect()
    }

    /// True when nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.tail.is_empty() && self.opening.is_none()
    }

    /// Its lines, each with a line feed. `started` says that something stands above it in the file.
    pub(super) fn write(&self, out: &mut String, started: bool) {
        let mut started = started;
        let mut first = 0;
        while first < self.entries.len() {
            let last = self.table_end(first);
            let bodies = self.bodies(first, last);
            for (entry, body) in self.entries[first..last].iter().zip(bodies) {
                if entry.blank_before && started {
                    out.push('\n');
                }
                self.write_leading(out, &entry.leading);
                for line in entry.docs {
                    self.line(out, &doc_line("///", line));
                }
                out.push_str(&body);
                out.push('\n');
                started = true;
            }
            first = last;
        }
        if let Some(lead) = self.tail.first()
            && self.top
            && lead.comment.blank_before
            && started
        {
            out.push('\n');
        }
        self.write_leading(out, &self.tail);
        if self.tail.last().is_some() && out.ends_with("\n\n") {
            out.pop();
        }
    }

    fn line(&self, out: &mut String, text: &str) {
        out.extend(std::iter::repeat_n(' ', self.indent));
        out.push_str(text);
        out.push('\n');
    }

    fn write_leading(&self, out: &mut String, leading: &[Lead<'a>]) {
        for (index, lead) in leading.iter().enumerate() {
            self.line(out, &comment_text(lead.comment));
            if self.blank_below(leading, index) {
                out.push('\n');
            }
        }
    }

    /// True when a blank line follows this comment.
    fn blank_below(&self, leading: &[Lead<'a>], index: usize) -> bool {
        let below = leading[index].spaced && leading[index].comment.blank_after;
        let above = leading
            .get(index + 1)
            .is_some_and(|next| next.spaced && next.comment.blank_before);
        self.top && (below || above)
    }

    /// The end of the run of rows that make one table with the one at `first`.
    fn table_end(&self, first: usize) -> usize {
        let Some(table) = self.table(first) else {
            return first + 1;
        };
        let joins = |index: &usize| self.table(*index) == Some(table) && !self.parted(*index);
        (first + 1..self.entries.len())
            .take_while(joins)
            .last()
            .map_or(first + 1, |last| last + 1)
    }

    fn table(&self, index: usize) -> Option<Table> {
        match &self.entries[index].body {
            Body::Row { table, .. } => Some(*table),
            _ => None,
        }
    }

    /// True when a blank line stands between this entry and the one before.
    fn parted(&self, index: usize) -> bool {
        let entry = &self.entries[index];
        entry.blank_before
            || (0..entry.leading.len()).any(|place| self.blank_below(&entry.leading, place))
    }

    /// The text of each entry of a table, comments at the ends of lines included.
    fn bodies(&self, first: usize, last: usize) -> Vec<String> {
        let entries = &self.entries[first..last];
        let rows: Vec<Row<'_, '_>> = entries.iter().filter_map(as_row).collect();
        let mut texts: Vec<String> = if rows.len() == entries.len() {
            align(&rows, self.indent)
        } else {
            entries
                .iter()
                .map(|entry| self.free_text(&entry.body))
                .collect()
        };
        add_comments(&mut texts, entries);
        texts
    }

    fn free_text(&self, body: &Body<'_>) -> String {
        let mut out = " ".repeat(self.indent);
        match body {
            Body::Free(doc) => out.push_str(&doc.broken(self.indent, self.indent)),
            Body::Lines(lines) => out.push_str(lines),
            Body::Row { .. } => {}
        }
        out
    }
}

fn as_row<'r, 'a>(entry: &'r Entry<'a>) -> Option<Row<'r, 'a>> {
    match &entry.body {
        Body::Row { cells, head, .. } => Some(Row { cells, head: *head }),
        _ => None,
    }
}

/// Puts the comments at the ends of lines; those of consecutive lines under one another.
fn add_comments(texts: &mut [String], entries: &[Entry<'_>]) {
    let mut first = 0;
    while first < entries.len() {
        let one_line =
            |index: usize| !texts[index].contains('\n') && entries[index].trailing.is_some();
        let mut last = first + 1;
        if one_line(first) {
            while last < entries.len() && one_line(last) {
                last += 1;
            }
        }
        let widths = texts[first..last].iter().map(|text| width(text));
        let (least, most) = (widths.clone().min().unwrap_or(0), widths.max().unwrap_or(0));
        let column = if most - least <= COMMENT_SPREAD && most < WIDTH {
            most
        } else {
            0
        };
        for (text, entry) in texts[first..last].iter_mut().zip(&entries[first..last]) {
            let Some(comment) = entry.trailing else {
                continue;
            };
            let padding = if last - first > 1 {
                column.saturating_sub(width(text))
            } else {
                0
            };
            text.extend(std::iter::repeat_n(' ', padding + 2));
            text.push_str(&comment_text(comment));
        }
        first = last;
    }
}

/// `HEAD {`, the units of `region` moved in, and `}`.
pub(super) fn block<'a>(
    head: String,
    units: impl Iterator<Item = Unit<'a>>,
    region: Span,
    comments: &Comments<'a>,
) -> Body<'a> {
    let section = Section::new(units, region, INDENT, comments);
    let mut out = head;
    if section.is_empty() {
        out.push('}');
        return Body::Lines(out);
    }
    if let Some(comment) = section.opening {
        out.push_str("  ");
        out.push_str(&comment_text(comment));
    }
    out.push('\n');
    section.write(&mut out, true);
    out.push('}');
    Body::Lines(out)
}
