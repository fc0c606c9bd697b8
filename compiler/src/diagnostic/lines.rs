//! Lines of source texts, and places clamped into them.

use std::collections::BTreeMap;

use crate::source::{FileId, Loc, Sources};

/// Where the lines of a text start; computed once, however many messages ask.
#[derive(Debug)]
pub(super) struct LineStarts {
    starts: Vec<usize>,
}

impl LineStarts {
    fn new(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n');
        let starts = std::iter::once(0)
            .chain(breaks.map(|(at, _)| at + 1))
            .collect();
        Self { starts }
    }

    /// The line (from 0) of a byte offset.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset) - 1
    }

    /// The text of a line (from 0), without its line break; empty beyond the last.
    pub(super) fn line<'t>(&self, text: &'t str, line: usize) -> (usize, &'t str) {
        let Some(&start) = self.starts.get(line) else {
            return (text.len(), "");
        };
        let end = self
            .starts
            .get(line + 1)
            .map_or(text.len(), |next| next - 1);
        let whole = &text[start..end];
        (start, whole.strip_suffix('\r').unwrap_or(whole))
    }
}

/// The lines of all texts that messages point into.
#[derive(Debug)]
pub(super) struct Lines<'s> {
    sources: &'s Sources,
    starts: BTreeMap<FileId, LineStarts>,
}

/// A place as people count: lines and columns (in characters) from 1, the end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) end_line: usize,
    pub(super) end_column: usize,
}

impl<'s> Lines<'s> {
    pub(super) fn new(sources: &'s Sources) -> Self {
        Self {
            sources,
            starts: BTreeMap::new(),
        }
    }

    /// The text of a file; empty for an id that has none.
    pub(super) fn text(&self, file: FileId) -> &'s str {
        self.sources.find(file).map_or("", |source| &source.text)
    }

    /// The name of a file.
    pub(super) fn name(&self, file: FileId) -> &'s str {
        self.sources
            .find(file)
            .map_or("<unknown>", |source| &source.name)
    }

    pub(super) fn starts(&mut self, file: FileId) -> &LineStarts {
        let text = self.text(file);
        self.starts
            .entry(file)
            .or_insert_with(|| LineStarts::new(text))
    }

    /// The bytes of a place, inside the text, on character boundaries, and not inverted. A place that ends just after a
    /// line break ends before it: nobody means the first column of the next line.
    pub(super) fn bytes(&self, loc: Loc) -> (usize, usize) {
        let text = self.text(loc.file);
        let start = text.floor_char_boundary(loc.span.start as usize);
        let mut end = text.ceil_char_boundary((loc.span.end as usize).max(start));
        if end > start && text[start..end].ends_with('\n') {
            end -= 1;
        }
        if end > start && text[start..end].ends_with('\r') {
            end -= 1;
        }
        (start, end)
    }

    /// Lines and columns of a place.
    pub(super) fn place(&mut self, loc: Loc) -> Place {
        let (start, end) = self.bytes(loc);
        let (line, column) = self.line_column(loc.file, start);
        let (end_line, end_column) = self.line_column(loc.file, end);
        Place {
            line,
            column,
            end_line,
            end_column,
        }
    }

    /// Line and column (from 1) of a byte offset on a character boundary.
    pub(super) fn line_column(&mut self, file: FileId, offset: usize) -> (usize, usize) {
        let text = self.text(file);
        let starts = self.starts(file);
        let line = starts.line_of(offset);
        let start = starts.starts[line];
        (line + 1, text[start..offset].chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mapwright_grammar::ast::Span;

    fn sources(text: &str) -> (Sources, FileId) {
        let mut sources = Sources::default();
        let file = sources.add("a.layout", text);
        (sources, file)
    }

    #[test]
    fn places_are_clamped() {
        let (sources, file) = sources("aé\r\nxyz");
        let lines = Lines::new(&sources);
        let bytes = |start, end| {
            lines.bytes(Loc {
                file,
                span: Span::new(start, end),
            })
        };
        assert_eq!(bytes(2, 2), (1, 3), "inside a character");
        assert_eq!(bytes(0, 2), (0, 3), "the whole last character");
        assert_eq!(bytes(0, 5), (0, 3), "without the line break");
        assert_eq!(bytes(7, 3), (7, 7), "inverted");
        assert_eq!(bytes(50, 90), (8, 8), "beyond the end");
    }

    #[test]
    fn columns_count_characters() {
        let (sources, file) = sources("aé\nxyz\n");
        let mut lines = Lines::new(&sources);
        assert_eq!(lines.line_column(file, 3), (1, 3));
        assert_eq!(lines.line_column(file, 4), (2, 1));
        assert_eq!(
            lines.line_column(file, 8),
            (3, 1),
            "after the last line break"
        );
    }

    #[test]
    fn unknown_files_are_empty() {
        let sources = Sources::default();
        let mut lines = Lines::new(&sources);
        let loc = Loc {
            file: FileId(7),
            span: Span::new(3, 9),
        };
        let place = lines.place(loc);
        assert_eq!((place.line, place.column), (1, 1));
    }
}
