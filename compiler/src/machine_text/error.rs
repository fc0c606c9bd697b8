//! What is wrong with a text about a machine.

use std::fmt;
use std::ops::Range;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextErrorKind {
    /// The text has no line of an e820 map, and none of `/proc/iomem`.
    Nothing,
    /// A line that should have a range has none.
    NoRange,
    /// An address has no digits, or more than 64 bits.
    Address,
    /// A range ends before it begins.
    Inverted,
    /// A line does not say what the range is.
    NoKind,
    /// All addresses are 0: the kernel hides them from ordinary users.
    Hidden,
    /// No line is about memory.
    NoRam,
    /// A range is not inside the one that it is indented under.
    NotInside {
        /// The line of that one, from 1.
        outer: usize,
    },
}

/// A mistake of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextError {
    /// The line, from 1.
    pub line: usize,
    /// The bytes of the text that are wrong.
    pub span: Range<usize>,
    /// What is wrong with them.
    pub kind: TextErrorKind,
}

impl TextError {
    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self.kind {
            TextErrorKind::Nothing => Some(
                "lines look like `BIOS-e820: [mem 0x100000-0x3fffffff] usable` or \
                 `00100000-3fffffff : System RAM`",
            ),
            TextErrorKind::Hidden => Some("read /proc/iomem as root"),
            _ => None,
        }
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.kind {
            TextErrorKind::Nothing => {
                f.write_str("neither an e820 map nor /proc/iomem: no line tells of memory")
            }
            TextErrorKind::NoRange => f.write_str("the line has no range"),
            TextErrorKind::Address => f.write_str("no address of up to 64 bits"),
            TextErrorKind::Inverted => f.write_str("the range ends before it begins"),
            TextErrorKind::NoKind => f.write_str("the line does not say what the range is"),
            TextErrorKind::Hidden => f.write_str("all addresses are 0: the kernel hides them"),
            TextErrorKind::NoRam => f.write_str("no line says that there is memory"),
            TextErrorKind::NotInside { outer } => write!(
                f,
                "the range is not inside that of line {outer}, under which it is indented"
            ),
        }
    }
}

impl std::error::Error for TextError {}
