//! Lines with their places, and ranges in them.

use super::{TextError, TextErrorKind};
use mapwright_runtime::Range;

/// A piece of a line, and where the line is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a> {
    pub(super) line: usize,
    pub(super) start: usize,
    pub(super) text: &'a str,
}

impl<'a> Piece<'a> {
    /// The lines of a text.
    pub(super) fn lines(text: &'a str) -> impl Iterator<Item = Self> {
        let mut start = 0;
        let lines = text.split_inclusive('\n').zip(1..);
        lines.map(move |(text, line)| {
            let piece = Self {
                line,
                start,
                text: text.trim_end_matches(['\n', '\r']),
            };
            start += text.len();
            piece
        })
    }

    /// The part from a byte of the piece on.
    pub(super) fn from(self, at: usize) -> Self {
        Self {
            start: self.start + at,
            text: &self.text[at..],
            ..self
        }
    }

    /// The part up to a byte of the piece.
    pub(super) fn until(self, at: usize) -> Self {
        Self {
            text: &self.text[..at],
            ..self
        }
    }

    pub(super) fn trim(self) -> Self {
        let start = self.text.len() - self.text.trim_start().len();
        let piece = self.from(start);
        piece.until(piece.text.trim_end().len())
    }

    /// What stands before and behind the first `separator`.
    pub(super) fn split(self, separator: &str) -> Option<(Self, Self)> {
        let at = self.text.find(separator)?;
        Some((self.until(at), self.from(at + separator.len())))
    }

    pub(super) fn error(self, kind: TextErrorKind) -> TextError {
        TextError {
            line: self.line,
            span: self.start..self.start + self.text.len(),
            kind,
        }
    }

    /// A hexadecimal number, with or without `0x`.
    fn number(self) -> Result<u128, TextError> {
        let digits = self.text.strip_prefix("0x").unwrap_or(self.text);
        let good = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let number = u128::from_str_radix(digits, 16).ok().filter(|_| good);
        // One past the last address has 65 bits.
        let number = number.filter(|number| *number <= 1 << 64);
        number.ok_or_else(|| self.error(TextErrorKind::Address))
    }

    /// `first-last`, both inclusive.
    pub(super) fn inclusive(self) -> Result<Range, TextError> {
        let (first, last) = self
            .split("-")
            .ok_or_else(|| self.error(TextErrorKind::NoRange))?;
        let (first, last) = (first.trim(), last.trim());
        let (from, to) = (first.number()?, last.number()?);
        let from = u64::try_from(from).map_err(|_| first.error(TextErrorKind::Address))?;
        let to = u64::try_from(to).map_err(|_| last.error(TextErrorKind::Address))?;
        Range::new(from, to).ok_or_else(|| self.error(TextErrorKind::Inverted))
    }

    /// `start - end`, the end exclusive; `None` when it is empty.
    pub(super) fn exclusive(self) -> Result<Option<Range>, TextError> {
        let (start, end) = self
            .split("-")
            .ok_or_else(|| self.error(TextErrorKind::NoRange))?;
        let (from, to) = (start.trim().number()?, end.trim().number()?);
        if from > to {
            return Err(self.error(TextErrorKind::Inverted));
        }
        Ok(Range::from_start_end(from, to))
    }
}
