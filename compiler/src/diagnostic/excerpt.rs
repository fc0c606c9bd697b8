//! The part of a source text that one message shows: a few lines, each cut to a window around its labels and made safe
//! to print. What is rendered is this excerpt and never the file, so that neither a line of 10 MB nor a file of 100 MB
//! makes a message slow or unreadable.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::lines::Lines;
use super::visible::{Eye, Shown};
use crate::source::FileId;

/// Lines shown after the first line of a label, and before its last one.
const CONTEXT: usize = 2;

/// Stands where a line was cut.
const CUT: &str = "…";

/// An excerpt of one file.
#[derive(Debug)]
pub(super) struct Excerpt {
    /// The file's name, safe to print.
    pub(super) name: String,
    /// The shown lines, and place holders for those left out, each with a line break.
    pub(super) text: String,
    /// Where each of its lines starts in `text`, and its number (from 1) in the file.
    pub(super) lines: Vec<(usize, usize)>,
    /// For the start of each label in `text`: its true line and column.
    pub(super) origins: BTreeMap<usize, (usize, usize)>,
    /// For each label, in the order given: where it is in `text`.
    pub(super) labels: Vec<Range<usize>>,
}

impl Excerpt {
    /// The excerpt of `file` for labels on these bytes (clamped by [`Lines::bytes`]), the most important first. A line
    /// takes at most about `width` columns.
    pub(super) fn new(
        lines: &mut Lines<'_>,
        file: FileId,
        labels: &[(usize, usize)],
        width: usize,
    ) -> Self {
        let mut excerpt = Self {
            name: super::visible::line(lines.name(file)),
            text: String::new(),
            lines: Vec::new(),
            origins: BTreeMap::new(),
            labels: vec![0..0; labels.len()],
        };
        let spans: Vec<(usize, usize)> = labels
            .iter()
            .map(|&(start, end)| {
                let starts = lines.starts(file);
                (starts.line_of(start), starts.line_of(end))
            })
            .collect();
        let mut previous = None;
        for line in shown_lines(&spans) {
            excerpt.leave_out(previous, line, lines, file, width);
            excerpt.show(line, lines, file, labels, &spans, width);
            previous = Some(line);
        }
        for (index, &(start, _)) in labels.iter().enumerate() {
            let origin = lines.line_column(file, start);
            let start = excerpt.labels[index].start;
            excerpt.origins.entry(start).or_insert(origin);
        }
        excerpt
    }

    /// Between two shown lines: one line that was left out is shown after all, more become two place holders, which the
    /// renderer draws as a break.
    fn leave_out(
        &mut self,
        previous: Option<usize>,
        next: usize,
        lines: &mut Lines<'_>,
        file: FileId,
        width: usize,
    ) {
        let first = previous.map_or(next, |line| line + 1);
        match next - first {
            0 => {}
            1 => self.show(first, lines, file, &[], &[], width),
            _ => {
                for number in [first + 1, next] {
                    self.lines.push((self.text.len(), number));
                    self.text.push('\n');
                }
            }
        }
    }

    /// Adds one line of the file, and notes where labels start and end in it.
    fn show(
        &mut self,
        line: usize,
        lines: &mut Lines<'_>,
        file: FileId,
        labels: &[(usize, usize)],
        spans: &[(usize, usize)],
        width: usize,
    ) {
        let text = lines.text(file);
        let (offset, text) = lines.starts(file).line(text, line);
        let within = |at: usize| at.saturating_sub(offset).min(text.len());
        let ends = labels.iter().zip(spans);
        let anchors: Vec<Range<usize>> = ends
            .filter(|(_, span)| span.0 == line || span.1 == line)
            .map(|(label, span)| match (span.0 == line, span.1 == line) {
                (true, false) => within(label.0)..within(label.0),
                (false, true) => within(label.1)..within(label.1),
                _ => within(label.0)..within(label.1),
            })
            .collect();
        let window = Window::cut(text, &anchors, width);
        let base = self.text.len();
        self.lines.push((base, line + 1));
        for (index, (label, span)) in labels.iter().zip(spans).enumerate() {
            if span.0 == line {
                self.labels[index].start = base + window.place(within(label.0));
            }
            if span.1 == line {
                self.labels[index].end = base + window.place(within(label.1));
            }
        }
        self.text.push_str(&window.text);
        self.text.push('\n');
    }
}

/// The lines to show for labels on these first and last lines.
fn shown_lines(spans: &[(usize, usize)]) -> BTreeSet<usize> {
    let mut shown = BTreeSet::new();
    for &(first, last) in spans {
        shown.extend(first..=last.min(first + CONTEXT));
        shown.extend(last.saturating_sub(CONTEXT - 1).max(first)..=last);
    }
    shown
}

/// A line as it is shown.
#[derive(Debug)]
struct Window {
    text: String,
    /// For each character shown: its byte offset in the line and in `text`; a last pair for the end.
    places: Vec<(usize, usize)>,
}

impl Window {
    /// Cuts a line to `width` columns around the anchors, the first of which matters most.
    fn cut(line: &str, anchors: &[Range<usize>], width: usize) -> Self {
        let width = width.max(20);
        // A character may take no column, so a long line may still fit; it is not worth finding out.
        let short = line.len() <= 4 * width;
        if short && columns(line, width + 1) <= width {
            return Self::of(line, 0..line.len());
        }
        let room = width - 2;
        let union = anchors.iter().map(|a| a.start).min().unwrap_or(0)
            ..anchors.iter().map(|a| a.end).max().unwrap_or(0);
        let focus = match anchors.first() {
            Some(first) if columns(&line[union.clone()], room) >= room * 3 / 4 => first.clone(),
            _ => union,
        };
        Self::of(line, around(line, &focus, room))
    }

    /// Shows these bytes of a line.
    fn of(line: &str, range: Range<usize>) -> Self {
        let mut window = Self {
            text: String::new(),
            places: Vec::new(),
        };
        let mut eye = Eye::default();
        let mut column = 0;
        if range.start > 0 {
            window.places.push((0, 0));
            window.text.push_str(CUT);
            column += 1;
        }
        for (at, c) in line[range.clone()].char_indices() {
            window.places.push((range.start + at, window.text.len()));
            let shown = eye.see(c, column);
            column += shown.width();
            match shown {
                Shown::Itself(_) => window.text.push(c),
                Shown::Instead(text) => window.text.push_str(&text),
            }
        }
        window.places.push((range.end, window.text.len()));
        if range.end < line.len() {
            window.text.push_str(CUT);
        }
        window
    }

    /// Where a byte of the line is shown; what was cut away is at the mark of the cut.
    fn place(&self, offset: usize) -> usize {
        let next = self.places.partition_point(|&(at, _)| at <= offset);
        self.places[next.saturating_sub(1)].1
    }
}

/// How many columns a text takes, counted up to `limit`.
fn columns(text: &str, limit: usize) -> usize {
    let mut eye = Eye::default();
    let mut column = 0;
    for c in text.chars() {
        if column >= limit {
            break;
        }
        column += eye.see(c, column).width();
    }
    column
}

/// The bytes of a line around `focus` that fit in `room` columns: the focus first (three quarters of the room, if it is
/// longer), then a quarter of the room before it, then what follows, then what precedes.
fn around(line: &str, focus: &Range<usize>, room: usize) -> Range<usize> {
    let inside = forward(line, focus.start, focus.end, room * 3 / 4);
    let start = backward(line, focus.start, room / 4);
    let used = columns(&line[start..inside], room);
    let end = forward(line, inside, line.len(), room - used.min(room));
    let used = columns(&line[start..end], room);
    let start = backward(line, start, room - used.min(room));
    // Pieces were measured each by itself; marks that combine across their ends may be shown wider than that.
    start..forward(line, start, end, room)
}

/// The end of the longest text from `start`, up to `limit`, that fits in `room` columns.
fn forward(line: &str, start: usize, limit: usize, room: usize) -> usize {
    let mut eye = Eye::default();
    let mut column = 0;
    for (at, c) in line[start..limit].char_indices() {
        column += eye.see(c, column).width();
        if column > room {
            return start + at;
        }
    }
    limit
}

/// The start of a text before `end` that fits in `room` columns, about as long as possible.
fn backward(line: &str, end: usize, room: usize) -> usize {
    let mut column = 0;
    for (at, c) in line[..end].char_indices().rev() {
        // Read backwards, nothing tells whether a combining mark is one too many: take it at its widest.
        column += match Eye::default().see(c, 0).width() {
            0 => "<U+1F1F1>".len(),
            width => width,
        };
        if column > room {
            return at + c.len_utf8();
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(line: &str, anchor: Range<usize>, width: usize) -> (String, String) {
        let window = Window::cut(line, std::slice::from_ref(&anchor), width);
        let marked = &window.text[window.place(anchor.start)..window.place(anchor.end)];
        (window.text.clone(), marked.to_string())
    }

    #[test]
    fn short_lines_stay() {
        let line = "window direct in kernel : 3G .. +RAM;";
        assert_eq!(
            cut(line, 7..13, 120),
            (line.to_string(), "direct".to_string())
        );
    }

    #[test]
    fn long_lines_are_cut_around_the_label() {
        let line = format!("{}culprit{}", "a".repeat(1000), "b".repeat(1000));
        let (text, marked) = cut(&line, 1000..1007, 40);
        assert_eq!(text, "…aaaaaaaaaculpritbbbbbbbbbbbbbbbbbbbbbb…");
        assert_eq!(marked, "culprit");
        let (text, marked) = cut(&line, 2007..2007, 40);
        assert_eq!(text, format!("…{}", "b".repeat(38)));
        assert_eq!(marked, "");
        let (text, _) = cut(&line, 0..1, 40);
        assert_eq!(text, format!("{}…", "a".repeat(38)));
    }

    #[test]
    fn labels_longer_than_the_window_are_cut_too() {
        let line = "x".repeat(500);
        let (text, marked) = cut(&line, 100..400, 40);
        assert_eq!(text.chars().count(), 40);
        assert!(marked.chars().count() >= 28, "{marked}");
    }

    #[test]
    fn what_was_cut_is_at_the_mark() {
        let line = format!("first{}second", "-".repeat(300));
        let window = Window::cut(&line, &[305..311, 0..5], 40);
        assert!(window.text.ends_with("second"), "{}", window.text);
        assert_eq!((window.place(0), window.place(5)), (0, 0));
        let window = Window::cut(&line, &[0..5, 305..311], 40);
        assert!(window.text.starts_with("first"));
        let mark = window.text.len() - CUT.len();
        assert_eq!((window.place(305), window.place(311)), (mark, mark));
    }

    #[test]
    fn hostile_characters_keep_the_label_in_place() {
        let line = "a\u{202e}b\tculprit";
        let (text, marked) = cut(line, 6..13, 120);
        assert_eq!(text, "a<U+202E>b  culprit");
        assert_eq!(marked, "culprit");
    }

    /// Five combining marks on one letter, two of them in the label: more than are shown as they are.
    #[test]
    fn marks_that_combine_across_the_label_count() {
        let line = format!(
            "{}a{}{}",
            "-".repeat(100),
            "\u{301}".repeat(5),
            "-".repeat(100)
        );
        for start in 95..112 {
            for end in start..112 {
                let (start, end) = (
                    line.floor_char_boundary(start),
                    line.floor_char_boundary(end),
                );
                for width in 20..40 {
                    let text = cut(&line, start..end.max(start), width).0;
                    let wide = columns(&text, usize::MAX);
                    assert!(wide <= width, "{wide} columns of {width}: {text}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_cut_is_narrow_and_safe(
            line in "(?s)[a\t\u{301}日\u{202e}\\x00-\\x08é]{0,400}",
            start in 0usize..1500,
            length in 0usize..500,
            width in 0usize..150,
        ) {
            let line = line.replace('\n', "");
            let start = line.floor_char_boundary(start);
            let end = line.floor_char_boundary(start + length).max(start);
            let window = Window::cut(&line, std::slice::from_ref(&(start..end)), width);
            let wide = columns(&window.text, usize::MAX);
            // A tab may be wider where it is shown than where it was measured.
            prop_assert!(wide <= width.max(20) + 4, "{wide} columns: {}", window.text);
            let unsafe_to_print = |c: char| c.is_control() || c == '\u{202e}';
            prop_assert!(!window.text.contains(unsafe_to_print));
            prop_assert!(window.place(start) <= window.place(end));
            prop_assert!(window.text.is_char_boundary(window.place(start)));
            prop_assert!(window.text.is_char_boundary(window.place(end)));
        }
    }
}
