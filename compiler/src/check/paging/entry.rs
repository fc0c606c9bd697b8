//! # paging-entry
//!
//! A part of a page-table entry is not there: a slice passes the entry's width or is the wrong way round, a constant is too
//! large for the bits that it is compared with, or two parts have one name.
//!
//! ```layout
//! paging one_level {
//!     address  22 bits;
//!     physical 32 bits;
//!     entry    4 bytes { present [0], no_execute [63] };      // rejected: an entry has 32 bits
//!     level PT : va[21:12] -> leaf entry[31:12] << 12;
//! }
//! ```
//!
//! What to do: an entry of 4 bytes has the bits 31 to 0, one of 8 bytes 63 to 0; slices are `[high:low]`.

use super::owner_loc;
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Format;
use mapwright_runtime::paging::FormatError;

/// Its page.
pub const PAGE: Page = Page {
    code: "paging-entry",
    title: "a part of a page-table entry is not there",
    source: include_str!("entry.rs"),
};

pub(super) fn diagnostic(format: &Format, error: &FormatError) -> Diagnostic {
    let wrong = Diagnostic::error(&PAGE, format!("format `{}`: {error}", format.name));
    match error {
        FormatError::SliceOutside {
            owner,
            slice,
            entry_bits,
        } => {
            let wrong = wrong.at(owner_loc(format, owner), format!("uses {slice}"));
            if slice.hi < slice.lo {
                wrong.help("write the higher bit first: `[high:low]`")
            } else {
                wrong.help(format!("the bits of an entry are {} to 0", entry_bits - 1))
            }
        }
        FormatError::ConstantTooLarge {
            owner,
            slice,
            value,
        } => wrong
            .at(
                owner_loc(format, owner),
                format!("compares {slice} with {value:#x}"),
            )
            .note("the comparison would have the same result for every entry"),
        _ => wrong
            .at(format.loc, "here")
            .help("give each of them its own name"),
    }
}
