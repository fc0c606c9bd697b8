//! # paging-table-size
//!
//! A table below the top level is not exactly one page.
//!
//! An entry holds the number of a frame, so what it points to is one frame: as many entries as fit in a page, no more and
//! no fewer. Only the top table, which a register points to, may be smaller or larger.
//!
//! ```layout
//! paging two_level {
//!     address  32 bits;
//!     physical 32 bits;
//!     entry    8 bytes { present [0] };
//!     level PD : va[31:22] -> entry[31:12] << 12;
//!     level PT : va[21:12] -> leaf entry[31:12] << 12;      // rejected: 1024 entries of 8 bytes are two pages
//! }
//! ```
//!
//! What to do: a page of 4K holds 1024 entries of 4 bytes (10 bits) or 512 of 8 bytes (9 bits).

use super::level_loc;
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Format;
use crate::show_value::size_text;
use mapwright_runtime::paging::FormatError;

/// Its page.
pub const PAGE: Page = Page {
    code: "paging-table-size",
    title: "a page table is not exactly one page",
    source: include_str!("table_size.rs"),
};

pub(super) fn diagnostic(format: &Format, error: &FormatError) -> Diagnostic {
    let FormatError::TableNotOnePage {
        level,
        table_bytes,
        page_bytes,
    } = error
    else {
        return Diagnostic::error(&PAGE, format!("format `{}`: {error}", format.name))
            .at(format.loc, "here");
    };
    let entry = format.spec.as_ref().map_or(4, |spec| spec.entry_bytes);
    let table = i128::try_from(*table_bytes).unwrap_or(i128::MAX);
    let page = i128::from(*page_bytes);
    let entries = table / i128::from(entry);
    let fit = page / i128::from(entry);
    let bits = fit.max(1).ilog2();
    let diagnostic = Diagnostic::error(
        &PAGE,
        format!(
            "a table of level `{level}` has {}, but a page has {}",
            size_text(table),
            size_text(page)
        ),
    )
    .at(
        level_loc(format, level),
        format!("{entries} entries of {entry} bytes"),
    );
    match bits {
        0 => diagnostic
            .help("make the last level's index end at a higher bit, so that pages are larger"),
        _ => diagnostic.help(format!(
            "a page holds {fit} entries: index the level by {bits} bits"
        )),
    }
}
