//! # alias-shares-nothing
//!
//! A window is called an alias of another, but they never show the same frame. (A warning.)
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 32 bits;
//! space  linear   : 32 bits, paging x86_32, to physical;
//! zone   low    in physical : 0 .. 40M;
//! window direct in linear   : 3G          .. +32M -> physical at 0;
//! window image  in linear   : 0xF000_0000 .. +8M  -> physical at 32M alias of direct because "linked there";    // warned about
//! ```
//!
//! What to do: leave out `alias of`, or correct the address that one of them maps to.

use super::frames::{Shown, every_frame, linear_windows};
use super::undeclared_alias::named;
use super::{Checker, Scope, item_title, span_text};
use crate::diagnostic::{Diagnostic, Page};

/// Its page.
pub const PAGE: Page = Page {
    code: "alias-shares-nothing",
    title: "an alias shares no frame with what it is an alias of",
    source: include_str!("alias_shares_nothing.rs"),
};

/// Aliases can share a frame with what they name.
pub(super) fn check(checker: &mut Checker<'_>) {
    if matches!(checker.scope(), Scope::One(_)) {
        return;
    }
    for window in linear_windows(checker) {
        for of in named(checker, window.id) {
            let Some(other) = Shown::of(checker, of) else {
                continue;
            };
            let (_, frame) = every_frame(checker, window.space);
            let (first, second) = (window.shows(checker, frame), other.shows(checker, frame));
            let both = checker.terms.and(first, second);
            // A window that never exists shares nothing for another reason.
            if checker.possible(both)
                || !checker.possible(window.present)
                || !checker.possible(other.present)
            {
                continue;
            }
            let values = checker.defaults().to_vec();
            let value = |term| checker.terms.eval(term, &values).unwrap_or(0);
            let (item, of_item) = (checker.model.item(window.id), checker.model.item(of));
            let message = format!(
                "{} shares no frame with `{}`",
                item_title(item),
                of_item.name
            );
            let diagnostic = Diagnostic::warning(&PAGE, message)
                .at(
                    item.alias.as_ref().map_or(item.name_loc, |alias| alias.loc),
                    "called an alias here",
                )
                .also(
                    item.target_loc.unwrap_or(item.name_loc),
                    format!("maps {}", span_text(value(window.at), value(window.end))),
                )
                .also(
                    of_item.target_loc.unwrap_or(of_item.name_loc),
                    format!(
                        "`{}` maps {}",
                        of_item.name,
                        span_text(value(other.at), value(other.end))
                    ),
                )
                .help("leave out `alias of`, or correct where one of them maps to");
            checker.report(diagnostic);
        }
    }
}
