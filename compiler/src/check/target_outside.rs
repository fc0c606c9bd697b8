//! # target-outside
//!
//! A linear window maps to addresses that its target space does not have.
//!
//! ```layout
//! use std "paging/x86.layout";
//! boot   RAM : size = 1G in 16M ..= 8G step 4K;
//! space  physical : 32 bits;
//! space  linear   : 64 bits, paging x86_64_4level, to physical;
//! window direct in linear : 0xFFFF_8880_0000_0000 .. +RAM -> physical at 0;      // rejected when RAM > 4G
//! ```
//!
//! What to do: make the window smaller (`min(RAM, 4G)`), map it lower, or give the target space more bits. An address below
//! 0 stands for one at the top of the space (addresses are counted modulo its size), but it must not lie lower than that.

use super::frames::linear_windows;
use super::{Case, Checker, Law, as_addr, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{Item, ItemId, Space, SpaceId, Target};
use crate::show_value::size_text;
use crate::source::Loc;
use crate::term::TermId;

/// Its page.
pub const PAGE: Page = Page {
    code: "target-outside",
    title: "a window maps to addresses that its target space does not have",
    source: include_str!("target_outside.rs"),
};

/// What linear windows map to lies in the target space.
pub(super) fn check(checker: &mut Checker<'_>) {
    for window in linear_windows(checker) {
        let space = checker.model.space(window.space);
        if space.bits.is_none() {
            continue;
        }
        let lowest = checker.terms.neg(space.end);
        let (low, high) = (
            checker.terms.ge(window.at, lowest),
            checker.terms.le(window.end, space.end),
        );
        let goal = checker.terms.and(low, high);
        let loc = checker
            .model
            .item(window.id)
            .target_loc
            .unwrap_or(checker.model.item(window.id).loc);
        let law = Law {
            under: window.present,
            goal,
            loc,
            what: "a window maps to addresses of its target space",
        };
        let (at, end) = (window.at, window.end);
        checker.hold(window.id, &law, |checker, case| {
            diagnostic(checker, window.id, window.space, (at, end), case)
        });
    }
}

fn diagnostic(
    checker: &Checker<'_>,
    id: ItemId,
    space: SpaceId,
    (at, end): (TermId, TermId),
    case: &Case,
) -> Diagnostic {
    let (item, space) = (checker.model.item(id), checker.model.space(space));
    let range = item.range.expect("checked items have a range");
    let (at_value, end_value, top) = (
        checker.value(at, case),
        checker.value(end, case),
        checker.value(space.end, case),
    );
    let place = match &item.target {
        Target::Linear { at, .. } => at.loc,
        _ => item.name_loc,
    };
    let title = item_title(item);
    if at_value < -top {
        return below(checker, item, space, place, at_value);
    }
    let by = size_text(end_value - top);
    let diagnostic = Diagnostic::error(
        &PAGE,
        format!("{title} maps {by} beyond the top of `{}`", space.name),
    )
    .at(
        place,
        format!(
            "maps to {} .. {}",
            as_addr(checker.model, at_value),
            as_addr(checker.model, end_value)
        ),
    )
    .also(range.loc, checker.described(id, case))
    .also(
        space.loc,
        format!("`{}` ends at {}", space.name, as_addr(checker.model, top)),
    );
    match top - at_value {
        1.. => diagnostic.help(format!(
            "make the window at most {}, or give `{}` more bits",
            size_text(top - at_value),
            space.name
        )),
        _ => diagnostic.help(format!(
            "map it below {}, or give `{}` more bits",
            as_addr(checker.model, top),
            space.name
        )),
    }
}

/// An `at` so far below 0 that it is no address modulo the size of the space either.
fn below(checker: &Checker<'_>, item: &Item, space: &Space, place: Loc, at: i128) -> Diagnostic {
    let message = format!(
        "{} maps to below the lowest address of `{}`",
        item_title(item),
        space.name
    );
    Diagnostic::error(&PAGE, message)
        .at(place, format!("is {}", as_addr(checker.model, at)))
        .also(
            space.loc,
            "addresses below 0 are counted from its end, once",
        )
}
