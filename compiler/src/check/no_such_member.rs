//! # no-such-member
//!
//! An expression names a member of a family that is not there.
//!
//! ```layout
//! config CPUS : int = 4 in 1 ..= 64;
//! space  linear : 32 bits;
//! hole   stack[p in 0 .. CPUS] in linear : 0xF000_0000 + p * 8K .. +8K;
//! hole   after in linear : stack[CPUS].end .. +4K;          // rejected: the last is stack[CPUS - 1]
//! ```
//!
//! What to do: name a member from the first number up to one below the second. The same holds for groups of fixed slots.

use super::{Checker, Law, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Need;

/// Its page.
pub const PAGE: Page = Page {
    code: "no-such-member",
    title: "an expression names a member that a family does not have",
    source: include_str!("no_such_member.rs"),
};

/// Members that are named are there.
pub(super) fn check(checker: &mut Checker<'_>) {
    for obligation in &checker.model.obligations {
        let Need::Member(id, number) = obligation.need else {
            continue;
        };
        let what = "the member named here is one of the family";
        let law = Law {
            under: obligation.under,
            goal: obligation.cond,
            loc: obligation.loc,
            what,
        };
        checker.demand(&law, |checker, case| {
            let item = checker.model.item(id);
            let number = checker.value(number, case);
            let diagnostic = Diagnostic::error(
                &PAGE,
                format!("{} has no member {number}", item_title(item)),
            )
            .at(obligation.loc, format!("the number is {number}"));
            match &item.family {
                Some(family) => {
                    let (low, high) = (
                        checker.value(family.low, case),
                        checker.value(family.high, case),
                    );
                    let range =
                        format!("the members are {low} .. {high}, the last is {}", high - 1);
                    diagnostic.also(family.loc, range)
                }
                None => diagnostic.also(item.name_loc, "declared here"),
            }
        });
    }
}
