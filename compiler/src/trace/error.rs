//! Why a trace cannot be read.

use std::fmt;
use std::io;

/// Where in a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TracePlace {
    /// A line of text, from 1.
    Line(u64),
    /// A byte of a binary file, from 0.
    Byte(u64),
}

impl fmt::Display for TracePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Byte(byte) => write!(f, "byte {byte}"),
        }
    }
}

/// What is wrong with a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TraceErrorKind {
    /// A line is no reference, and no line of valgrind's own.
    NoReference {
        /// Its beginning.
        line: String,
    },
    /// A reference has no address of up to 64 bits in hexadecimal digits.
    Address {
        /// What stands there.
        found: String,
    },
    /// A reference has no size, or one of more than 2^32 - 1 bytes.
    Size {
        /// What stands there.
        found: String,
    },
    /// A line is longer than any reference.
    LongLine,
    /// The file does not begin as a binary trace does.
    Magic,
    /// The binary format has another version.
    Version {
        /// The file's.
        found: u8,
    },
    /// A bit that must be 0 is set.
    Reserved,
    /// The file ends inside a reference.
    Truncated,
    /// The file cannot be read or written.
    Io {
        /// What kind of failure.
        kind: io::ErrorKind,
        /// In words.
        why: String,
    },
}

/// Why a trace cannot be read: what, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceError {
    /// Where.
    pub place: TracePlace,
    /// What.
    pub kind: TraceErrorKind,
}

impl TraceError {
    pub(super) fn io(place: TracePlace, error: &io::Error) -> Self {
        let kind = TraceErrorKind::Io {
            kind: error.kind(),
            why: error.to_string(),
        };
        Self { place, kind }
    }

    /// What to do about it, where that is known.
    #[must_use]
    pub fn help(&self) -> Option<&'static str> {
        match self.kind {
            TraceErrorKind::NoReference { .. } => Some(
                "a trace is made by `valgrind --tool=lackey --trace-mem=yes --log-file=FILE PROGRAM`; \
                 without --log-file the program's own output is among it",
            ),
            TraceErrorKind::Magic => Some("a binary trace begins with the bytes `mwtrace` and 0"),
            TraceErrorKind::Version { .. } => {
                Some("it was written by another version of this program")
            }
            TraceErrorKind::Truncated => Some("the file was not written to its end"),
            _ => None,
        }
    }
}

impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        match &self.kind {
            TraceErrorKind::NoReference { line } => write!(f, "no memory reference: `{line}`"),
            TraceErrorKind::Address { found } => write!(f, "no address: `{found}`"),
            TraceErrorKind::Size { found } => write!(f, "no size in bytes: `{found}`"),
            TraceErrorKind::LongLine => f.write_str("the line is too long for a trace"),
            TraceErrorKind::Magic => f.write_str("this is no binary trace"),
            TraceErrorKind::Version { found } => {
                write!(f, "version {found} of the binary format is not known")
            }
            TraceErrorKind::Reserved => f.write_str("a reserved byte is not 0"),
            TraceErrorKind::Truncated => f.write_str("the trace ends inside a reference"),
            TraceErrorKind::Io { why, .. } => write!(f, "{why}"),
        }
    }
}

impl std::error::Error for TraceError {}
