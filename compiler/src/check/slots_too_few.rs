//! # slots-too-few
//!
//! A window has fewer page slots than pages, so that some of it is never used. (A warning.)
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 32 bits;
//! space  linear   : 32 bits, paging x86_32, to physical;
//! zone   high  in physical : 0 .. 64M;
//! window pkmap in linear   : 0xFF80_0000 .. +4M -> slots 512 from high;     // warned about: 4M are 1024 pages
//! ```
//!
//! What to do: have as many slots as pages, or make the window smaller. What is left free on purpose is a `guard` or a
//! `hole` beside it.

use super::{Checker, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Target;
use crate::show_value::size_text;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "slots-too-few",
    title: "a window has fewer page slots than pages",
    source: include_str!("slots_too_few.rs"),
};

/// Every page has a slot.
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
        let goal = checker.terms.ge(needed, size);
        checker.advise(id, under, goal, |checker, case| {
            let (start, end) = checker.bounds(id, case).unwrap_or_default();
            let (slots, page) = (checker.value(count.term, case), checker.value(page, case));
            let pages = (end - start) / page;
            let unused = size_text((pages - slots) * page);
            Diagnostic::warning(
                &PAGE,
                format!(
                    "{} has {pages} pages, but only {slots} slots",
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
            .note(format!("{unused} of it are never used"))
            .help(format!(
                "have {pages} slots, or make the window {}",
                size_text(slots * page)
            ))
        });
    }
}
