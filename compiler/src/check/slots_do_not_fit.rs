//! # slots-do-not-fit
//!
//! A window has more page slots than pages.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 32 bits;
//! space  linear   : 32 bits, paging x86_32, to physical;
//! zone   high  in physical : 0 .. 64M;
//! window pkmap in linear   : 0xFF80_0000 .. +2M -> slots 1024 from high;     // rejected: 2M are 512 pages
//! ```
//!
//! What to do: make the window one page for each slot (`.. +1024 * 4K`), or have fewer slots.

use super::{Checker, Law, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Target;
use crate::show_value::size_text;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "slots-do-not-fit",
    title: "a window has more page slots than pages",
    source: include_str!("slots_do_not_fit.rs"),
};

/// Every slot has a page.
pub(super) fn check(checker: &mut Checker<'_>) {
    for id in checker.sound(PlaceKind::Window) {
        let item = checker.model.item(id);
        let (Some(range), Target::Slots { count, .. }) = (item.range, &item.target) else {
            continue;
        };
        let under = checker.present(id);
        let page = checker.model.space(item.space).page;
        let needed = checker.terms.mul(count.term, page);
        let size = checker.terms.sub(range.end.term, range.start.term);
        let goal = checker.terms.le(needed, size);
        let law = Law {
            under,
            goal,
            loc: count.loc,
            what: "every slot has a page",
        };
        checker.hold(id, &law, |checker, case| {
            let (start, end) = checker.bounds(id, case).unwrap_or_default();
            let (slots, page) = (checker.value(count.term, case), checker.value(page, case));
            let pages = (end - start) / page;
            Diagnostic::error(
                &PAGE,
                format!(
                    "{} has {slots} slots, but only {pages} pages",
                    item_title(item)
                ),
            )
            .at(count.loc, format!("is {slots}"))
            .also(
                range.loc,
                format!(
                    "{} are {pages} pages of {}",
                    size_text(end - start),
                    size_text(page)
                ),
            )
            .help(format!(
                "make the window {}, or have at most {pages} slots",
                size_text(slots * page)
            ))
        });
    }
}
