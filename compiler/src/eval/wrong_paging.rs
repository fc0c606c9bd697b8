//! # wrong-paging
//!
//! A paging format is declared wrongly.
//!
//! A format says how wide addresses are, what an entry is made of, and what the levels are:
//!
//! ```text
//! paging sv39 {
//!     address  39 bits sign_extended;
//!     physical 56 bits;
//!     entry    8 bytes { present [0], readable [1], writable [2], executable [3] };
//!     level L2 : va[38:30] -> leaf when entry[3:1] -> entry[53:28] << 30, table entry[53:10] << 12;
//!     level L1 : va[29:21] -> leaf when entry[3:1] -> entry[53:19] << 21, table entry[53:10] << 12;
//!     level L0 : va[20:12] -> leaf entry[53:10] << 12;
//! }
//! ```
//!
//! `present` may be a condition (`present when entry[1:0] == 3`); other fields are bits. A frame
//! is made of bits of the entry, each shifted to its place, joined by `|`.
//!
//! Rejected:
//!
//! ```text
//! level PT : va[12:20] -> leaf entry[51:12] << 12;
//! ```
//!
//! What to do: write `va[20:12]`, the highest bit first.

use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "wrong-paging",
    title: "a paging format is declared wrongly",
    source: include_str!("wrong_paging.rs"),
};

/// Something that every format needs.
pub(crate) fn missing(name: &str, clause: &str, loc: Loc) -> Diagnostic {
    let word = clause.split_whitespace().next().unwrap_or(clause);
    Diagnostic::error(&PAGE, format!("the paging format `{name}` has no `{word}`"))
        .at(loc, format!("`{word}` is missing"))
        .help(format!("add it, such as `{clause}`"))
}

/// A clause that may stand once.
pub(crate) fn twice(word: &str, loc: Loc, first: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("`{word}` is given twice"))
        .at(loc, "again here")
        .also(first, "first given here")
}

/// A number out of its range.
pub(crate) fn number(value: i128, what: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("{value} is not possible here")).at(loc, what)
}

/// More than one word for the bits above an address.
pub(crate) fn two_forms(loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, "an address has one form")
        .at(loc, "more than one")
        .help("write one of `sign_extended`, `zero_extended` and `two_roots`")
}

/// `[lo:hi]`
pub(crate) fn inverted(hi: u32, lo: u32, loc: Loc) -> Diagnostic {
    Diagnostic::error(
        &PAGE,
        format!("the bits [{hi}:{lo}] are the wrong way round"),
    )
    .at(loc, "the highest bit stands first")
    .help(format!("did you mean `[{lo}:{hi}]`?"))
}

/// A condition for a field that is not `present`.
pub(crate) fn conditional(name: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("`{name}` cannot be a condition"))
        .at(loc, "only `present` can be one")
        .help(format!(
            "name its bits: `{name} [7]`, or `{name} ![7]` when set means no"
        ))
}

/// Something else where bits of the entry are needed.
pub(crate) fn no_bits(loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, "bits of the entry are needed here")
        .at(loc, "not bits of the entry")
        .help("name them: `entry[7]`, `entry[51:12] << 12`")
}

/// A constant that the bits cannot have.
pub(crate) fn too_many_bits(value: i128, width: u32, loc: Loc) -> Diagnostic {
    let bits = if width == 1 { "bit" } else { "bits" };
    Diagnostic::error(&PAGE, format!("{width} {bits} are never {value}"))
        .at(loc, "not a value of these bits")
        .help(format!(
            "{width} {bits} hold 0 to {}",
            (1_u128 << width) - 1
        ))
}

/// Neither a format nor an `if` over formats after `paging`.
pub(crate) fn no_format(loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, "a paging format is named here, or chosen by `if`")
        .at(loc, "not the name of a format")
        .help("write `paging x86_32`, or `paging (if PAE { x86_pae } else { x86_32 })`")
}
