//! Text that knows where it may be broken over lines (after Wadler's "A prettier printer").

use std::borrow::Cow;

/// The width that lines should not exceed, in characters.
pub(super) const WIDTH: usize = 120;

/// How far the inside of a bracket, or the rest of a broken line, is moved in.
pub(super) const INDENT: usize = 4;

/// A piece of text with places where it may be broken.
#[derive(Debug, Clone)]
pub(super) enum Doc<'a> {
    /// Text without line feeds.
    Text(Cow<'a, str>),
    /// A blank, or a new line when its group is broken.
    Line,
    /// Nothing, or a new line when its group is broken.
    Soft,
    /// Always a new line; every group around it is broken.
    Hard,
    /// Written only when its group is broken.
    IfBroken(&'static str),
    /// A comment for the end of the line reached; every group around it is broken.
    Comment(String),
    /// New lines inside are moved in.
    Nest(Vec<Doc<'a>>),
    /// Broken at all its own places, or at none.
    Group(Vec<Doc<'a>>),
    /// One after the other.
    Seq(Vec<Doc<'a>>),
}

impl<'a> From<&'a str> for Doc<'a> {
    fn from(text: &'a str) -> Self {
        Doc::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Doc<'_> {
    fn from(text: String) -> Self {
        Doc::Text(Cow::Owned(text))
    }
}

impl<'a> Doc<'a> {
    /// Nothing.
    pub(super) const fn empty() -> Self {
        Doc::Seq(Vec::new())
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Doc::Text(text) => text.is_empty(),
            Doc::Seq(docs) | Doc::Nest(docs) | Doc::Group(docs) => docs.iter().all(Doc::is_empty),
            _ => false,
        }
    }

    /// Its text on one line; `None` when it holds a comment and cannot be on one line.
    pub(super) fn flat(&self) -> Option<String> {
        let mut out = String::new();
        self.write_flat(&mut out).then_some(out)
    }

    fn write_flat(&self, out: &mut String) -> bool {
        match self {
            Doc::Text(text) => out.push_str(text),
            Doc::Line => out.push(' '),
            Doc::Soft | Doc::IfBroken(_) => {}
            Doc::Hard | Doc::Comment(_) => return false,
            Doc::Nest(docs) | Doc::Group(docs) | Doc::Seq(docs) => {
                return docs.iter().all(|doc| doc.write_flat(out));
            }
        }
        true
    }

    /// Its text when it begins in column `column` of a line that is moved in by `indent`, broken so that lines stay within
    /// [`WIDTH`] where that is possible.
    pub(super) fn broken(&self, indent: usize, column: usize) -> String {
        let mut writer = Writer {
            out: String::new(),
            column,
            comment: None,
        };
        let mut stack = vec![Step {
            doc: self,
            indent,
            broken: true,
        }];
        while let Some(step) = stack.pop() {
            writer.step(step, &mut stack);
        }
        writer.end_line();
        writer.out
    }
}

/// A document still to be written.
#[derive(Clone, Copy)]
struct Step<'d, 'a> {
    doc: &'d Doc<'a>,
    indent: usize,
    broken: bool,
}

struct Writer {
    out: String,
    column: usize,
    /// A comment waiting for the end of the line.
    comment: Option<String>,
}

impl Writer {
    fn step<'d, 'a>(&mut self, step: Step<'d, 'a>, stack: &mut Vec<Step<'d, 'a>>) {
        match step.doc {
            Doc::Text(text) => self.text(text),
            Doc::Line if step.broken => self.new_line(step.indent),
            Doc::Line => self.text(" "),
            Doc::Soft if step.broken => self.new_line(step.indent),
            Doc::Hard => self.new_line(step.indent),
            Doc::IfBroken(text) if step.broken => self.text(text),
            Doc::Soft | Doc::IfBroken(_) => {}
            Doc::Comment(text) => {
                // Two comments for one line become one.
                let before = self
                    .comment
                    .take()
                    .map_or_else(String::new, |first| first + "  ");
                self.comment = Some(before + text);
            }
            Doc::Seq(docs) => stack.extend(docs.iter().rev().map(|doc| Step { doc, ..step })),
            Doc::Nest(docs) => {
                let indent = step.indent + INDENT;
                stack.extend(docs.iter().rev().map(|doc| Step {
                    doc,
                    indent,
                    ..step
                }));
            }
            Doc::Group(docs) => {
                let broken = !self.fits(docs, step.indent, stack);
                stack.extend(docs.iter().rev().map(|doc| Step {
                    doc,
                    broken,
                    ..step
                }));
            }
        }
    }

    fn text(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    fn end_line(&mut self) {
        if let Some(comment) = self.comment.take() {
            self.out.push_str("  ");
            self.out.push_str(&comment);
        }
    }

    fn new_line(&mut self, indent: usize) {
        self.end_line();
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', indent));
        self.column = indent;
    }

    /// True when `docs` on one line, and what follows up to the next possible break, fit the line.
    fn fits<'a>(&self, docs: &[Doc<'a>], indent: usize, rest: &[Step<'_, 'a>]) -> bool {
        let mut left = WIDTH.saturating_sub(self.column);
        let mut stack: Vec<Step<'_, 'a>> = docs
            .iter()
            .rev()
            .map(|doc| Step {
                doc,
                indent,
                broken: false,
            })
            .collect();
        let mut rest = rest.iter().rev();
        loop {
            let Some(step) = stack.pop().or_else(|| rest.next().copied()) else {
                return true;
            };
            let length = match step.doc {
                Doc::Text(text) => text.chars().count(),
                Doc::Line if !step.broken => 1,
                Doc::Line => return true,
                Doc::Soft if step.broken => return true,
                Doc::IfBroken(text) if step.broken => text.len(),
                Doc::Soft | Doc::IfBroken(_) => 0,
                // In what follows, a certain new line ends the line; inside, it forbids one line.
                Doc::Hard | Doc::Comment(_) => return step.broken,
                Doc::Nest(docs) | Doc::Group(docs) | Doc::Seq(docs) => {
                    stack.extend(docs.iter().rev().map(|doc| Step { doc, ..step }));
                    0
                }
            };
            match left.checked_sub(length) {
                Some(less) => left = less,
                None => return false,
            }
        }
    }
}
