//! Traces of memory references: read from files, made by patterns, and compared.
//!
//! Everything is a stream: a trace of any length takes the memory of one piece of it. Readers take what
//! is open already (`impl BufRead`); nothing here opens a file.
//!
//! ```
//! use mapwright::trace::{Pattern, compare, standard_configurations};
//! use mapwright_machine::trace::WalkShape;
//!
//! let pattern = Pattern::parse("random:bytes=64M,count=10K").expect("a pattern");
//! let small = WalkShape { page: 4 << 10, reads: 2, table_bytes: 4 << 20 };
//! let large = WalkShape { page: 4 << 20, reads: 1, table_bytes: 0 };
//! let configurations = standard_configurations(&[small, large], &[16, 64, 512]);
//! let table = compare(&mut pattern.stream(), &configurations, &mut |_| {}).expect("compared");
//! assert_eq!(table.rows.len(), 6);
//! println!("{table}");
//! ```

mod any;
mod bar;
mod binary;
mod compare;
mod error;
mod input;
mod lackey;
mod pattern;
mod setup;
mod tlb_text;

pub use any::open;
pub use bar::progress_bar;
pub use binary::{BinaryReader, BinaryWriter, MAGIC, VERSION};
pub use compare::{CompareError, Comparison, compare, standard_configurations};
pub use error::{TraceError, TraceErrorKind, TracePlace};
pub use lackey::LackeyReader;
pub use pattern::{Pattern, PatternError, PatternStream};
pub use setup::{SetupError, configurations};
pub use tlb_text::{TlbTextError, parse_tlb};

use mapwright_machine::trace::Reference;

/// How many references are read at a time.
pub const PIECE: usize = 1 << 14;

/// How far a trace was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Progress {
    /// References so far.
    pub references: u64,
    /// What of the trace is behind: bytes of what is read, references of a pattern.
    pub done: u64,
    /// All of it in the same unit, where the source knows it: patterns do, readers do not.
    pub total: Option<u64>,
}

/// A stream of references.
pub trait References {
    /// Appends the next references to `into`, at most [`PIECE`]; false when there are no more.
    ///
    /// # Errors
    /// When the trace is wrong, or cannot be read; references before that place are in `into`.
    fn read(&mut self, into: &mut Vec<Reference>) -> Result<bool, TraceError>;

    /// How far the trace was read.
    fn progress(&self) -> Progress;
}

impl<T: References + ?Sized> References for Box<T> {
    fn read(&mut self, into: &mut Vec<Reference>) -> Result<bool, TraceError> {
        (**self).read(into)
    }

    fn progress(&self) -> Progress {
        (**self).progress()
    }
}
