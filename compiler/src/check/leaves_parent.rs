//! # leaves-parent
//!
//! An item reaches outside the part or window that holds it.
//!
//! What is declared `in kernel` belongs to the kernel part, with its tables and access; what is declared inside a window
//! is a view of that window. Bytes outside would belong to somebody else.
//!
//! ```layout
//! space physical : 32 bits;
//! space linear   : 32 bits, to physical;
//! split linear {
//!     user   : 0 .. 3G          { access: user };
//!     kernel : 3G .. linear.end { access: supervisor };
//! }
//! zone   low    in physical : 0 .. 1G;
//! window direct in kernel   : 2G .. +1G -> physical at 0;     // rejected: below the kernel part
//! ```
//!
//! What to do: move the item, or declare it in the part that really holds it.

use super::{Case, Checker, Law, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::ItemId;
use crate::show_value::size_text;

/// Its page.
pub const PAGE: Page = Page {
    code: "leaves-parent",
    title: "an item reaches outside the part or window that holds it",
    source: include_str!("leaves_parent.rs"),
};

/// Every item lies within its parent.
pub fn check(checker: &mut Checker<'_>) {
    for id in checker.sound_items() {
        let item = checker.model.item(id);
        let Some(parent) = item.parent else { continue };
        let (Some(range), Some(outer)) = (item.range, checker.model.item(parent).range) else {
            continue;
        };
        if checker.broken.contains(&parent) {
            continue;
        }
        let (under, outer_exists) = (checker.exists(id), checker.exists(parent));
        let under = checker.terms.and(under, outer_exists);
        let above = checker.terms.ge(range.start.term, outer.start.term);
        let below = checker.terms.le(range.end.term, outer.end.term);
        let inside = checker.terms.and(above, below);
        // An empty optional item is nowhere.
        let empty = checker.terms.eq(range.start.term, range.end.term);
        let goal = checker.terms.or(inside, empty);
        let law = Law {
            under,
            goal,
            loc: range.loc,
            what: "this range lies within its parent",
        };
        checker.hold(id, &law, |checker, case| {
            diagnostic(checker, id, parent, case)
        });
    }
}

fn diagnostic(checker: &Checker<'_>, id: ItemId, parent: ItemId, case: &Case) -> Diagnostic {
    let (item, outer) = (checker.model.item(id), checker.model.item(parent));
    let range = item.range.expect("checked items have a range");
    let (start, end) = checker.bounds(id, case).unwrap_or_default();
    let (outer_start, outer_end) = checker.bounds(parent, case).unwrap_or_default();
    let (below, above) = ((outer_start - start).max(0), (end - outer_end).max(0));
    let how = match (below, above) {
        (0, _) => format!("by {} above its end", size_text(above)),
        (_, 0) => format!("by {} below its start", size_text(below)),
        _ => format!(
            "by {} below its start and {} above its end",
            size_text(below),
            size_text(above)
        ),
    };
    let place = if below > 0 {
        range.start.loc
    } else {
        range.end.loc
    };
    let fix = if below > 0 {
        format!("start it at `{}.start` or above", outer.name)
    } else if range.sized && end - start - above > 0 {
        format!(
            "make it at most {}, or start it lower",
            size_text(end - start - above)
        )
    } else {
        format!("end it at `{}.end` or below", outer.name)
    };
    Diagnostic::error(
        &PAGE,
        format!("{} leaves {} {how}", item_title(item), item_title(outer)),
    )
    .at(place, checker.described(id, case))
    .also(outer.name_loc, checker.described(parent, case))
    .help(fix)
}
