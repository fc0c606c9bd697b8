//! The generated parser. Its `Rule` never leaves this crate.

// The derive writes undocumented public items; they are unreachable from outside.
#![allow(missing_docs, unreachable_pub, clippy::all, unused_qualifications)]

/// The parser that `layout.pest` describes.
#[derive(pest_derive::Parser)]
#[grammar = "layout.pest"]
pub(crate) struct LayoutParser;

/// A node of pest's tree.
pub(crate) type Pair<'i> = pest::iterators::Pair<'i, Rule>;
