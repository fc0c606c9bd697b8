//! # may-not-exist
//!
//! An expression names a range that does not exist for some parameter values.
//!
//! A range with `when COND` is there only when the condition holds; elsewhere it has no start and no end to speak of.
//!
//! ```layout
//! config HIGHMEM : bool = true;
//! space  linear  : 32 bits;
//! hole   high in linear : 0xFF80_0000 .. +4M when HIGHMEM;
//! hole   low  in linear : 0xF000_0000 .. high.start;        // rejected: without HIGHMEM there is no `high`
//! ```
//!
//! What to do: name it only where it exists (`if HIGHMEM { high.start } else { 0xFF80_0000 }`), give the range that uses it
//! the same `when`, or put the address in a `let` that both use.

use super::{Checker, Law, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Need;

/// Its page.
pub const PAGE: Page = Page {
    code: "may-not-exist",
    title: "an expression names a range that may not exist",
    source: include_str!("may_not_exist.rs"),
};

/// What is named exists where it is named.
pub(super) fn check(checker: &mut Checker<'_>) {
    for obligation in &checker.model.obligations {
        let Need::Exists(id) = obligation.need else {
            continue;
        };
        let what = "what is named here exists";
        let law = Law {
            under: obligation.under,
            goal: obligation.cond,
            loc: obligation.loc,
            what,
        };
        checker.demand(&law, |checker, _| {
            let item = checker.model.item(id);
            let place = item.when_loc.unwrap_or(item.name_loc);
            Diagnostic::error(&PAGE, format!("{} does not always exist where it is named", item_title(item)))
                .at(obligation.loc, "named here")
                .also(place, "exists only when this holds")
                .help("name it under the same condition (`when` or `if`), or put the number in a `let` that both use")
        });
    }
}
