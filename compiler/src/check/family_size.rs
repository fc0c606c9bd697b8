//! # family-size
//!
//! A family has more than 65,536 members, or its last member comes before its first.
//!
//! Every member is a range of its own in the tables and in generated code, so their number is bounded.
//!
//! ```layout
//! config CPUS : int = 4 in 1 ..= 1000000;
//! space  linear : 64 bits;
//! hole   stack[p in 0 .. CPUS] in linear : 0xFFFF_0000_0000_0000 + p * 8K .. +8K;   // rejected
//! ```
//!
//! What to do: narrow the domain of the parameter. Many ranges of equal size side by side that nothing names one by one
//! are one range: `CPUS * 8K` long.

use super::{Checker, Law, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::ItemId;

/// Its page.
pub const PAGE: Page = Page {
    code: "family-size",
    title: "a family has too many members, or ends before it starts",
    source: include_str!("family_size.rs"),
};

/// The most members of a family.
pub const MOST_MEMBERS: i128 = 65_536;

/// Every family has 0 to 65,536 members.
pub(super) fn check(checker: &mut Checker<'_>) {
    for at in 0..checker.model.items.len() {
        let id = ItemId(at as u32);
        let item = checker.model.item(id);
        let Some(family) = &item.family else { continue };
        let count = checker.terms.sub(family.high, family.low);
        let (zero, most) = (
            checker.terms.constant(0),
            checker.terms.constant(MOST_MEMBERS),
        );
        let (some, few) = (checker.terms.ge(count, zero), checker.terms.le(count, most));
        let goal = checker.terms.and(some, few);
        let law = Law {
            under: item.exists,
            goal,
            loc: family.loc,
            what: "a family has at most 65,536 members",
        };
        checker.hold(id, &law, |checker, case| {
            let (low, high) = (checker.value(family.low, case), checker.value(family.high, case));
            let title = item_title(item);
            if high < low {
                Diagnostic::error(&PAGE, format!("the members of {title} end before they start"))
                    .at(family.loc, format!("from {low} to below {high}"))
            } else {
                Diagnostic::error(&PAGE, format!("{title} has {} members", high - low))
                    .at(family.loc, format!("from {low} to below {high}"))
                    .note("a family has at most 65,536 members")
                    .help("narrow the domain of the parameter that counts them, or make them one range")
            }
        });
    }
}
