//! # paging-levels
//!
//! The levels of a page-table format do not use every address bit exactly once.
//!
//! From the top of the address down, each level takes the bits that follow those of the level above, and what the last one
//! leaves is the offset in the page. A bit that is left out would be ignored (two addresses, one page); a bit used twice
//! would tie two levels together.
//!
//! ```layout
//! paging two_level {
//!     address  32 bits;
//!     physical 32 bits;
//!     entry    4 bytes { present [0] };
//!     level PD : va[31:22] -> entry[31:12] << 12;
//!     level PT : va[20:12] -> leaf entry[31:12] << 12;      // rejected: bit 21 is left out
//! }
//! ```
//!
//! What to do: begin the level at the bit below the last one of the level above.

use super::level_loc;
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Format;
use mapwright_runtime::paging::FormatError;

/// Its page.
pub const PAGE: Page = Page {
    code: "paging-levels",
    title: "the levels of a page-table format do not add up to its addresses",
    source: include_str!("levels.rs"),
};

pub(super) fn diagnostic(format: &Format, error: &FormatError) -> Diagnostic {
    let wrong = |message: String| Diagnostic::error(&PAGE, message);
    let name = &format.name;
    match error {
        FormatError::IndexOutside {
            level,
            index,
            va_bits,
        } => {
            let top = va_bits.saturating_sub(1);
            wrong(format!(
                "level `{level}` of `{name}` is indexed by bits that an address does not have"
            ))
            .at(level_loc(format, level), format!("is indexed by va{index}"))
            .also(
                format.address_loc,
                format!("an address has {va_bits} bits: va[{top}:0]"),
            )
            .help("index the level by lower bits, or give addresses more")
        }
        FormatError::IndexGap {
            level,
            index,
            expected_hi,
        } => index_gap(format, level, index.hi, *expected_hi),
        FormatError::NoOffset { level } => wrong(format!(
            "level `{level}` of `{name}` leaves pages of one byte"
        ))
        .at(level_loc(format, level), "takes bit 0")
        .help("the bits below the last level are the offset in the page: 11 to 0 for 4K"),
        _ => wrong(format!("format `{name}` has no levels"))
            .at(format.loc, "no `level`")
            .help("declare at least one: `level PT : va[..] -> leaf entry[..] << ..;`"),
    }
}

fn index_gap(format: &Format, level: &str, found: u32, expected: u32) -> Diagnostic {
    let spec = format.spec.as_ref();
    let above = spec.and_then(|spec| spec.levels.iter().take_while(|l| l.name != level).last());
    let bits = |low: u32, high: u32| {
        if low == high {
            format!("bit {low}")
        } else {
            format!("bits {high} to {low}")
        }
    };
    let message = if found < expected {
        format!(
            "level `{level}` of `{}` leaves out {} of the address",
            format.name,
            bits(found + 1, expected)
        )
    } else {
        format!(
            "level `{level}` of `{}` uses {} of the address again",
            format.name,
            bits(expected + 1, found)
        )
    };
    let diagnostic = Diagnostic::error(&PAGE, message).at(
        level_loc(format, level),
        format!("its highest bit is {found}, and has to be {expected}"),
    );
    match above {
        Some(above) => diagnostic.also(
            level_loc(format, &above.name),
            format!("`{}` ends at bit {}", above.name, above.index.lo),
        ),
        None => diagnostic.also(
            format.address_loc,
            format!("the highest bit of an address is {expected}"),
        ),
    }
}
