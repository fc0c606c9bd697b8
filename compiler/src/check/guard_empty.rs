//! # guard-empty
//!
//! A guard has no bytes: nothing would be caught.
//!
//! A guard is a range that is left free so that what runs off the end of its neighbour faults. The same is meant by
//! `guard: SIZE` of a window of pages: what is left free after every area in it.
//!
//! ```layout
//! space physical : 32 bits;
//! space linear   : 32 bits, to physical;
//! zone   low     in physical : 0 .. 64M;
//! window vmalloc in linear   : 0xF000_0000 .. +64M -> pages from low { guard: 0 };     // rejected
//! ```
//!
//! What to do: give it at least a page, or leave it out.

use super::{Checker, Law, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Item;
use crate::show_value::size_text;
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "guard-empty",
    title: "a guard has no bytes",
    source: include_str!("guard_empty.rs"),
};

/// What windows leave free between their areas is at least a byte. Guards that are ranges are met by `empty-range`.
pub(super) fn check(checker: &mut Checker<'_>) {
    for id in checker.sound(PlaceKind::Window) {
        let item = checker.model.item(id);
        let Some(guard) = item.attrs.guard else {
            continue;
        };
        let under = checker.exists(id);
        let goal = checker.terms.gt(guard.term, TermId::FALSE);
        let law = Law {
            under,
            goal,
            loc: guard.loc,
            what: "a guard has at least one byte",
        };
        checker.hold(id, &law, |checker, case| {
            let size = size_text(checker.value(guard.term, case));
            Diagnostic::error(
                &PAGE,
                format!(
                    "the guard between the areas of {} has {size}",
                    item_title(item)
                ),
            )
            .at(guard.loc, format!("is {size}"))
            .help("give it a page, or leave it out")
        });
    }
}

/// The message for a guard that is an empty range.
pub(super) fn range(item: &Item) -> Diagnostic {
    let diagnostic = Diagnostic::error(&PAGE, format!("{} is empty", item_title(item)));
    let diagnostic = match item.range {
        Some(range) if range.sized => diagnostic.at(range.end.loc, "the size is 0 bytes"),
        Some(range) => diagnostic.at(range.loc, "starts where it ends"),
        None => diagnostic.at(item.name_loc, "no bytes"),
    };
    diagnostic
        .note("nothing would be caught that runs off the end of its neighbour")
        .help("give it at least a page, or write `optional` after the range if it may be empty")
}
