//! # impossible-range
//!
//! A range is impossible for these parameters.
//!
//! With the values given a range would be empty, end before it begins, or leave the 64 bits of an
//! address. Only ranges marked `optional` may be empty, and they are left out then.
//!
//! Rejected, with RAM = 16M:
//!
//! ```text
//! zone NORMAL in physical : 16M .. RAM;
//! ```
//!
//! What to do: write `zone NORMAL in physical : 16M .. RAM optional;`

use super::undefined_here::given;
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{Item, Model};
use crate::show_value::{addr_text, size_text};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "impossible-range",
    title: "a range is impossible for these parameters",
    source: include_str!("range_here.rs"),
};

/// The range of an item.
pub(super) fn of(
    model: &Model,
    values: &[i128],
    item: &Item,
    (start, end): (i128, i128),
    loc: Loc,
) -> Diagnostic {
    let noun = item.kind.word();
    let name = &item.name;
    let (what, label) = if start == end {
        ("empty".to_owned(), "begins where it ends".to_owned())
    } else if end < start {
        let by = start.saturating_sub(end);
        let label = format!("ends {} before it begins", size_text(by));
        ("inverted".to_owned(), label)
    } else {
        (
            "outside all 64-bit addresses".to_owned(),
            "not in 0 .. 2^64".to_owned(),
        )
    };
    let range = format!("{} .. {}", addr_text(start), addr_text(end));
    let diagnostic = Diagnostic::error(&PAGE, format!("the {noun} `{name}` is {what}: {range}"))
        .at(loc, label)
        .note(given(model, values));
    match start == end {
        true => diagnostic.help("mark it `optional` if it may be empty"),
        false => diagnostic,
    }
}
