//! # paging-widths
//!
//! A page-table format has a width that no machine has: addresses of 0 or more than 64 bits, or entries of neither 4 nor 8
//! bytes.
//!
//! ```layout
//! paging tiny {
//!     address  66 bits;             // rejected
//!     physical 32 bits;
//!     entry    4 bytes { present [0] };
//!     level PT : va[21:12] -> leaf entry[31:12] << 12;
//! }
//! ```
//!
//! What to do: take the widths from the processor's manual.

use crate::diagnostic::{Diagnostic, Page};
use crate::model::Format;
use mapwright_runtime::paging::FormatError;

/// Its page.
pub const PAGE: Page = Page {
    code: "paging-widths",
    title: "a page-table format has a width that no machine has",
    source: include_str!("widths.rs"),
};

pub(super) fn diagnostic(format: &Format, error: &FormatError) -> Diagnostic {
    let place = match error {
        FormatError::AddressBits { .. } => format.address_loc,
        _ => format.loc,
    };
    Diagnostic::error(&PAGE, format!("format `{}`: {error}", format.name)).at(place, "here")
}
