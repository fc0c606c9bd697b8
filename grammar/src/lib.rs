//! The language of Mapwright layout files: text to syntax tree and back. No file is touched here.
//!
//! - [`parse`] reads a whole file and reports every mistake in it; [`parse_expr`] reads one expression, [`parse_range`] one
//!   range; [`is_name`] knows what can be a name.
//! - [`read_number`] and [`read_version`] read one number or version: whatever takes them outside layout files asks there, too.
//! - [`print()`] writes a tree in the one canonical form, with all its comments; [`expr_text`] writes one expression.
//! - [`strip()`] forgets places, comments and parentheses, so that trees can be compared by what they say.
//!
//! - [`words`] declares the words of the language: what items begin with, the attributes, functions and kinds.
//!
//! The grammar itself is `layout.pest`; the tree is [`ast`]. The generated parser's types stay in this crate.

#![forbid(unsafe_code)]

pub mod ast;
mod build;
mod error;
mod explain;
mod lex;
mod number;
mod parse;
mod parser;
mod print;
mod quote;
mod recover;
mod scan;
mod spelling;
mod strip;
#[cfg(test)]
mod tests;
mod text;
mod version;
pub mod words;

pub use build::MAX_DEPTH;
pub use error::{SyntaxError, SyntaxErrorKind};
pub use number::{Number, NumberError, read_number};
pub use parse::{is_name, parse, parse_expr, parse_range};
pub use print::{expr_text, print};
pub use quote::{cut, quote};
pub use scan::MAX_NESTING;
pub use strip::strip;
pub use text::{MAX_ERRORS, MAX_FILE, MAX_ITEM, decode};
pub use version::{Version, VersionError, read_version};
