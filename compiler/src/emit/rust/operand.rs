//! Expressions as text, with what is needed to put them into others.

use crate::show_value::addr_text;

/// How tightly the operator of a piece binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Binds {
    Or,
    And,
    Compare,
    Add,
    Multiply,
    Cast,
    Unary,
    Tight,
}

impl Binds {
    /// What an operand on the right must bind at least: subtraction and its like are read from the left.
    pub(super) const fn tighter(self) -> Self {
        match self {
            Self::Compare => Self::Add,
            Self::Add => Self::Multiply,
            Self::Multiply => Self::Cast,
            other => other,
        }
    }
}

/// An expression without line breaks.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) binds: Binds,
}

/// Pieces are at most this long before they become `let`s.
pub(super) const LONG: usize = 56;

impl Piece {
    pub(super) fn new(text: impl Into<String>, binds: Binds) -> Self {
        Self {
            text: text.into(),
            binds,
        }
    }

    pub(super) fn tight(text: impl Into<String>) -> Self {
        Self::new(text, Binds::Tight)
    }

    /// Its text where an operand of this strength is wanted.
    pub(super) fn operand(&self, least: Binds) -> String {
        if self.binds >= least {
            self.text.clone()
        } else {
            format!("({})", self.text)
        }
    }

    /// True when it needs parentheses beside `&&`.
    pub(super) fn is_disjunction(&self) -> bool {
        self.binds == Binds::Or
    }

    /// Its text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The value as a `u64` or `i64`, for one that is computed in more.
    pub(super) fn as_type(&self, number: &str) -> String {
        // A number has the type that is asked for.
        let digits = self.text.strip_prefix('-').unwrap_or(&self.text);
        if digits.starts_with(|c: char| c.is_ascii_digit()) && self.binds == Binds::Tight {
            return match self.text.starts_with('-') && number == "u64" {
                true => format!("{}_i128 as u64", self.text),
                false => self.text.clone(),
            };
        }
        format!("{} as {number}", self.operand(Binds::Cast))
    }
}

/// A number: short ones decimal, the others hexadecimal.
pub(super) fn literal(value: i128) -> String {
    if value.unsigned_abs() < 1024 {
        value.to_string()
    } else {
        addr_text(value)
    }
}
