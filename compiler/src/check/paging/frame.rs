//! # paging-frame
//!
//! The address that an entry gives is wrong: it has no bits, the same bit twice, bits above the physical width, or it does
//! not begin at the size of what it points to.
//!
//! ```layout
//! paging one_level {
//!     address  22 bits;
//!     physical 32 bits;
//!     entry    4 bytes { present [0] };
//!     level PT : va[21:12] -> leaf entry[31:13] << 13;      // rejected: a page of 4K begins at bit 12
//! }
//! ```
//!
//! What to do: `entry[h:l] << n` puts the bits `h` to `l` of the entry at bit `n` of the address and above; for a table or a
//! page of 4K the lowest is bit 12, for a page of 4M bit 22.

use super::{level_loc, ordinal};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Format;
use crate::show_value::size_text;
use mapwright_runtime::paging::FormatError;

/// Its page.
pub const PAGE: Page = Page {
    code: "paging-frame",
    title: "a page-table entry gives a wrong address",
    source: include_str!("frame.rs"),
};

pub(super) fn diagnostic(format: &Format, error: &FormatError) -> Diagnostic {
    let name = &format.name;
    let wrong = |level: &str, message: String, label: String| {
        Diagnostic::error(&PAGE, message).at(level_loc(format, level), label)
    };
    match error {
        FormatError::NoFrame { level, form } => wrong(
            level,
            format!("an entry of level `{level}` of `{name}` gives no address"),
            format!("its {} meaning takes no bits", ordinal(*form)),
        ),
        FormatError::FrameOverlap { level, form, piece } => wrong(
            level,
            format!("an entry of level `{level}` of `{name}` gives one address bit twice"),
            format!("`{piece}` of its {} meaning is the second", ordinal(*form)),
        ),
        FormatError::FrameUnaligned { level, form, lowest, expected } => wrong(
            level,
            format!("an entry of level `{level}` of `{name}` gives addresses that begin at bit {lowest}, not {expected}"),
            format!("in its {} meaning", ordinal(*form)),
        )
        .note(format!(
            "what it points to has {}, so the address begins at bit {expected}",
            size_text(1_i128.checked_shl(*expected).unwrap_or(0))
        )),
        FormatError::FrameTooWide { level, form, highest, physical_bits } => wrong(
            level,
            format!("an entry of level `{level}` of `{name}` gives address bit {highest}"),
            format!("in its {} meaning", ordinal(*form)),
        )
        .note(format!("physical addresses have {physical_bits} bits: {} to 0", physical_bits.saturating_sub(1)))
        .help("take fewer bits of the entry, or give `physical` more"),
        _ => Diagnostic::error(&PAGE, format!("format `{name}`: {error}")).at(format.loc, "here"),
    }
}
