//! Where the comments of a file go. Each is taken exactly once, by whoever prints the place that it stands at.

use std::cell::Cell;

use crate::ast::Comment;

use super::doc::Doc;

/// The comments of a file, in order, each with a note whether it has been printed.
pub(super) struct Comments<'a> {
    list: Vec<(&'a Comment, Cell<bool>)>,
}

impl<'a> Comments<'a> {
    pub(super) fn new(comments: &'a [Comment]) -> Self {
        let mut list: Vec<_> = comments
            .iter()
            .map(|comment| (comment, Cell::new(false)))
            .collect();
        list.sort_by_key(|(comment, _)| comment.span);
        Self { list }
    }

    /// The comments that begin in `start .. end` and have not been taken yet.
    pub(super) fn take(&self, start: u32, end: u32) -> Vec<&'a Comment> {
        let first = self
            .list
            .partition_point(|(comment, _)| comment.span.start < start);
        let here = self.list[first..]
            .iter()
            .take_while(|(comment, _)| comment.span.start < end);
        here.filter(|(_, taken)| !taken.replace(true))
            .map(|(comment, _)| *comment)
            .collect()
    }

    /// All that have not been taken.
    pub(super) fn take_rest(&self) -> Vec<&'a Comment> {
        self.take(0, u32::MAX)
    }

    /// The comments in the gap between two parts of a broken list or expression.
    pub(super) fn gap(&self, start: u32, end: u32) -> Gap<'a> {
        if self.list.is_empty() || start >= end {
            return Gap::default();
        }
        Gap::new(self.take(start, end))
    }

    /// The comments between two values, each in brackets of its own: those after the first value, and those after the
    /// bracket that opens for the second.
    pub(super) fn gap_around_open(&self, start: u32, end: u32) -> (Gap<'a>, Gap<'a>) {
        if self.list.is_empty() || start >= end {
            return (Gap::default(), Gap::default());
        }
        let mut first = self.take(start, end);
        let opened = first
            .iter()
            .position(|comment| comment.after_open)
            .unwrap_or(first.len());
        let second = first.split_off(opened);
        (Gap::new(first), Gap::new(second))
    }
}

/// The comments between two things.
#[derive(Default)]
pub(super) struct Gap<'a> {
    /// On the line where the thing before ends.
    pub(super) trailing: Option<&'a Comment>,
    /// On lines of their own, above the thing after.
    pub(super) leading: Vec<&'a Comment>,
}

impl<'a> Gap<'a> {
    pub(super) fn new(comments: Vec<&'a Comment>) -> Self {
        let mut leading = comments;
        let trailing = match leading.first() {
            Some(first) if !first.own_line => Some(leading.remove(0)),
            _ => None,
        };
        Self { trailing, leading }
    }

    /// The trailing comment, to be put before the break that ends the line.
    pub(super) fn end_of_line(&self) -> Doc<'a> {
        self.trailing
            .map_or_else(Doc::empty, |comment| Doc::Comment(comment_text(comment)))
    }

    /// The leading comments, each with the break after it.
    pub(super) fn lines(&self) -> Doc<'a> {
        let line = |comment: &&Comment| Doc::Seq(vec![Doc::from(comment_text(comment)), Doc::Hard]);
        Doc::Seq(self.leading.iter().map(line).collect())
    }

    /// The leading comments, each with a break before it: for the end of a block.
    pub(super) fn lines_before_close(&self) -> Doc<'a> {
        let line = |comment: &&Comment| Doc::Seq(vec![Doc::Hard, Doc::from(comment_text(comment))]);
        Doc::Seq(self.leading.iter().map(line).collect())
    }
}

/// A comment as it is written.
pub(super) fn comment_text(comment: &Comment) -> String {
    format!("//{}", comment.text)
}
