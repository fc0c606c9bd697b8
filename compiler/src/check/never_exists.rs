//! # never-exists
//!
//! A range has a condition that never holds. (A warning.)
//!
//! ```layout
//! config KERNEL : version = v6.1 in v5.0 ..= v6.12;
//! space  linear : 32 bits;
//! hole   old in linear : 0xFF80_0000 .. +4M when KERNEL < v4.15;      // warned about
//! ```
//!
//! What to do: widen the domain of the parameter, correct the condition, or delete the range.

use super::{Checker, Scope, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::ItemId;
use crate::term::TermId;

/// Its page.
pub const PAGE: Page = Page {
    code: "never-exists",
    title: "a range's condition never holds",
    source: include_str!("never_exists.rs"),
};

/// Every `when` can hold.
pub(super) fn check(checker: &mut Checker<'_>) {
    // Of one machine it says nothing that some ranges are not there.
    if matches!(checker.scope(), Scope::One(_)) {
        return;
    }
    for at in 0..checker.model.items.len() {
        let id = ItemId(at as u32);
        let item = checker.model.item(id);
        let Some(when) = item.when_loc else { continue };
        let around = item
            .parent
            .map_or(TermId::TRUE, |parent| checker.model.item(parent).exists);
        if !checker.possible(item.exists) && checker.possible(around) {
            let diagnostic =
                Diagnostic::warning(&PAGE, format!("{} never exists", item_title(item)))
                    .at(when, "false for every value of the parameters")
                    .help("widen the domain of a parameter in the condition, or delete the range");
            checker.report(diagnostic);
        }
    }
}
