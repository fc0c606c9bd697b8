//! # empty-range
//!
//! A range has no bytes, or its end lies before its start.
//!
//! A range that may be empty for some machines (no high memory when all RAM fits in the direct map) says so with
//! `optional`; then it is left out where it is empty. An end before its start is never meant: two things that were
//! supposed to leave room for this one have met.
//!
//! ```layout
//! boot   RAM : size = 1G in 16M ..= 4G step 4K;
//! space  physical : 32 bits;
//! zone   NORMAL  in physical : 0 .. min(RAM, 896M);
//! zone   HIGHMEM in physical : NORMAL.end .. RAM;       // rejected: empty when RAM <= 896M
//! ```
//!
//! What to do: mark the range `optional` if emptiness is normal; otherwise look at the two ends in the message and at
//! the parameter values that bring them together.

use super::{Case, Checker, Law, as_addr, guard_empty, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{ItemId, ItemKind};
use crate::show_value::size_text;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "empty-range",
    title: "a range is empty or ends before it starts",
    source: include_str!("empty_range.rs"),
};

/// Every range that exists has a byte, or may be empty and is not inverted.
pub fn check(checker: &mut Checker<'_>) {
    for id in checker.sound_items() {
        let item = checker.model.item(id);
        let Some(range) = item.range else { continue };
        let (start, end) = (range.start.term, range.end.term);
        let under = checker.exists(id);
        let goal = if item.optional {
            checker.terms.le(start, end)
        } else {
            checker.terms.lt(start, end)
        };
        let law = Law {
            under,
            goal,
            loc: range.loc,
            what: "this range does not end before it starts",
        };
        checker.hold(id, &law, |checker, case| diagnostic(checker, id, case));
    }
}

fn diagnostic(checker: &Checker<'_>, id: ItemId, case: &Case) -> Diagnostic {
    let model = checker.model;
    let item = model.item(id);
    let range = item.range.expect("checked items have a range");
    let (start, end) = checker.bounds(id, case).unwrap_or_default();
    let empty = start == end;
    if empty && item.kind == ItemKind::Place(PlaceKind::Guard) {
        return guard_empty::range(item);
    }
    let message = if empty {
        format!("{} is empty", item_title(item))
    } else {
        format!(
            "{} ends {} before it starts",
            item_title(item),
            size_text(start - end)
        )
    };
    let mut diagnostic = Diagnostic::error(&PAGE, message);
    diagnostic = if range.sized {
        diagnostic.at(
            range.end.loc,
            format!("the size is {}", size_text(end - start)),
        )
    } else {
        diagnostic
            .at(range.end.loc, format!("ends at {}", as_addr(model, end)))
            .also(
                range.start.loc,
                format!("starts at {}", as_addr(model, start)),
            )
    };
    if empty {
        diagnostic.help("write `optional` after the range if it may be empty")
    } else {
        diagnostic.help(format!(
            "its start or its end must move by at least {}",
            size_text(start - end)
        ))
    }
}
