//! # not-proved
//!
//! A law could neither be proved nor refuted within the budget. The layout may well be right, but Mapwright does not
//! say so without a proof.
//!
//! It happens when a law multiplies two parameters that both have many values, or divides by such a parameter:
//!
//! ```layout
//! config A : int = 2 in 2 ..= 0x100_0000_0000;
//! config B : int = 2 in 2 ..= 0x100_0000_0000;
//! assert A * B != 0x1FFF_FFFF_FFFF_FFFF, "2^61 - 1 is prime";
//! ```
//!
//! What to do: give one of the two a smaller domain or a coarser `step`, list its values (`in { 8K, 16K }`), or `assume`
//! a bound on the product. `mapwright check --set NAME=VALUE` decides single instances.

use super::Law;
use crate::diagnostic::{Diagnostic, Page};
use crate::prove::Undecided;

/// Its page.
pub const PAGE: Page = Page {
    code: "not-proved",
    title: "a law could neither be proved nor refuted within the budget",
    source: include_str!("not_proved.rs"),
};

/// The message.
#[must_use]
pub fn diagnostic(law: &Law, why: Undecided) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("not proved: {}", law.what))
        .at(law.loc, format!("{why}"))
        .note("the law may hold; without a proof it is not taken for granted")
        .help("narrow a parameter's domain, give it a coarser `step`, or fix it with `--set`")
}
