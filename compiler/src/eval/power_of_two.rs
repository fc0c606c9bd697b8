//! # power-of-two
//!
//! An alignment is no power of two.
//!
//! `align_up` and `align_down` are about what hardware and page tables ask for, and that is always
//! a power of two.
//!
//! Rejected:
//!
//! ```text
//! let BASE = align_up(lowmem.end, 3M);
//! ```
//!
//! What to do: use the power of two that is meant (`2M`, `4M`). The next multiple of another number
//! is `ceil_div(x, n) * n`.

use crate::diagnostic::{Diagnostic, Page};
use crate::show_value::size_text;
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "power-of-two",
    title: "an alignment is no power of two",
    source: include_str!("power_of_two.rs"),
};

/// A positive alignment that is none.
pub(crate) fn of(value: i128, loc: Loc) -> Diagnostic {
    let below = 1_i128 << value.ilog2();
    let near = match below.checked_mul(2) {
        Some(above) => format!("{} or {}", size_text(below), size_text(above)),
        None => size_text(below),
    };
    Diagnostic::error(
        &PAGE,
        format!("the alignment {} is no power of two", size_text(value)),
    )
    .at(loc, "not a power of two")
    .help(format!("the powers of two next to it: {near}"))
    .help("for the next multiple of any number write `ceil_div(x, n) * n`")
}
