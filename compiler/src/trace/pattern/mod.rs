//! Traces made by a pattern, from a short text: `zipf:bytes=1G,count=10M,seed=7`.
//!
//! | pattern | references | its own keys |
//! |---|---|---|
//! | `sequential` | one behind the other, from the start again at the end | |
//! | `strided` | every `stride` bytes, from the start again, one step further, at the end | `stride` (default 4K) |
//! | `random` | each unit of `size` bytes as likely as any other | |
//! | `zipf` | the n-th most popular unit about n times less likely than the first; popular ones lie scattered | |
//! | `chase` | a list of nodes, each visited once before any is again, in an order without pattern | `node` (default 64) |
//! | `matrix` | the elements of a matrix | `rows`, `columns` (default 1024), `order` = `rows`, `columns` or `tiles`, `tile` (default 16) |
//!
//! Keys of all: `count` references (default 1M), `bytes` of memory (default 64M; a matrix has its own), `start` address
//! (default 256M), `size` of a reference (default 8), `write`: every n-th reference writes (default 0: none), `seed`. Numbers
//! are written as in layout files. Nothing depends on the machine it runs on: no floating-point numbers.

mod keys;
mod stream;

pub use stream::PatternStream;

use crate::did_you_mean;
use keys::Keys;
use mapwright_grammar::NumberError;
use std::fmt;

/// What kind of pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Shape {
    Sequential,
    Strided {
        stride: u64,
    },
    Random,
    Zipf,
    Chase {
        node: u64,
    },
    Matrix {
        rows: u64,
        columns: u64,
        order: Order,
        tile: u64,
    },
}

/// In which order a matrix, which lies row by row, is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Order {
    Rows,
    Columns,
    Tiles,
}

/// A pattern of references.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pattern {
    pub(super) shape: Shape,
    /// How many references there are.
    pub count: u64,
    /// The memory that they lie in.
    pub bytes: u64,
    /// Its first address.
    pub start: u64,
    /// The bytes of a reference.
    pub size: u32,
    /// Every n-th reference writes; none, if 0.
    pub write: u64,
    /// The seed of all chance.
    pub seed: u64,
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatternError {
    /// No pattern has this name.
    Name {
        /// The name.
        name: String,
    },
    /// The pattern has no such key.
    Key {
        /// The key.
        key: String,
        /// Those that it has.
        known: Vec<&'static str>,
    },
    /// A key stands twice.
    Twice {
        /// The key.
        key: String,
    },
    /// A value should be a number and is none.
    Number {
        /// The key.
        key: String,
        /// Why it is none.
        error: NumberError,
    },
    /// A value is none that the key may have.
    Value {
        /// The key.
        key: String,
        /// Its value.
        value: String,
        /// What it may be.
        expected: String,
    },
    /// The memory passes the end of all addresses.
    PastTheEnd {
        /// Its first address.
        start: u64,
        /// Its bytes.
        bytes: u64,
    },
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let suggest = |f: &mut fmt::Formatter<'_>, word: &str, known: &[&str]| {
            let near = did_you_mean::nearest(word, known.iter().copied());
            match did_you_mean::question(&near) {
                Some(question) => write!(f, "; {question}"),
                None => write!(
                    f,
                    "; there are {}",
                    did_you_mean::list(known.iter().copied())
                ),
            }
        };
        match self {
            Self::Name { name } => {
                write!(f, "no pattern is named `{name}`")?;
                suggest(f, name, &NAMES)
            }
            Self::Key { key, known } => {
                write!(f, "the pattern has no key `{key}`")?;
                suggest(f, key, known)
            }
            Self::Twice { key } => write!(f, "`{key}` is given twice"),
            Self::Number { key, error } => write!(f, "`{key}`: {error}"),
            Self::Value {
                key,
                value,
                expected,
            } => write!(f, "`{key}` cannot be `{value}`: it is {expected}"),
            Self::PastTheEnd { start, bytes } => write!(
                f,
                "{bytes:#x} bytes from {start:#x} pass the end of all addresses"
            ),
        }
    }
}

impl std::error::Error for PatternError {}

/// The names of patterns.
const NAMES: [&str; 6] = ["sequential", "strided", "random", "zipf", "chase", "matrix"];

/// The most references: three days at a hundred million a second.
const MOST_COUNT: u64 = 1 << 45;

impl Pattern {
    /// The pattern that a text describes.
    ///
    /// # Errors
    /// What of it is wrong, with a suggestion.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let (name, rest) = text.split_once(':').unwrap_or((text, ""));
        let name = name.trim();
        let mut keys = Keys::read(rest)?;
        let shape = match name {
            "sequential" => Shape::Sequential,
            "strided" => Shape::Strided {
                stride: keys.number("stride", 4 << 10, 1, 1 << 40)?,
            },
            "random" => Shape::Random,
            "zipf" => Shape::Zipf,
            "chase" => Shape::Chase {
                node: keys.number("node", 64, 1, 1 << 30)?,
            },
            "matrix" => Shape::Matrix {
                rows: keys.number("rows", 1024, 1, 1 << 30)?,
                columns: keys.number("columns", 1024, 1, 1 << 30)?,
                order: keys.order()?,
                tile: keys.number("tile", 16, 1, 1 << 30)?,
            },
            _ => return Err(PatternError::Name { name: name.into() }),
        };
        let size = keys.number("size", 8, 1, 1 << 20)?;
        let bytes = match shape {
            Shape::Matrix { rows, columns, .. } => {
                // At most 2^30 * 2^30; elements of up to 2^20 bytes could be too many.
                let bytes = (rows * columns).checked_mul(size);
                bytes.ok_or(PatternError::PastTheEnd {
                    start: 0,
                    bytes: u64::MAX,
                })?
            }
            _ => {
                let least = match shape {
                    Shape::Chase { node } => node.max(size),
                    _ => size,
                };
                keys.number("bytes", (64 << 20).max(least), least, 1 << 62)?
            }
        };
        let pattern = Self {
            shape,
            count: keys.number("count", 1 << 20, 0, MOST_COUNT)?,
            bytes,
            start: keys.number("start", 256 << 20, 0, u64::MAX)?,
            // At most 2^20.
            size: size as u32,
            write: keys.number("write", 0, 0, u64::MAX)?,
            seed: keys.number("seed", 0, 0, u64::MAX)?,
        };
        keys.finish()?;
        match pattern.start.checked_add(bytes - 1) {
            Some(_) => Ok(pattern),
            None => Err(PatternError::PastTheEnd {
                start: pattern.start,
                bytes,
            }),
        }
    }

    /// Its references, from the first on.
    #[must_use]
    pub fn stream(&self) -> PatternStream {
        PatternStream::new(*self)
    }
}
