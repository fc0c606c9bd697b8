//! # not-positive
//!
//! A count or a size is zero or negative where there has to be something.
//!
//! ```layout
//! config ELEMENT : size = 64 in 0 ..= 64 step 16;
//! space  physical : 32 bits;
//! space  linear   : 32 bits, to physical;
//! zone   low     in physical : 0 .. 64M { unreached: "an example" };
//! window mem_map in linear   : 3G .. +1M -> table of ELEMENT per page of physical;     // rejected: ELEMENT may be 0
//! ```
//!
//! What to do: narrow the domain of the parameter, or take a maximum: `max(ELEMENT, 16)`. A group of fixed slots may be
//! empty (`KMAP[0]`), but not less.

use super::{Checker, Law};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{ItemId, Num, Target};
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "not-positive",
    title: "a count or a size is zero or negative",
    source: include_str!("not_positive.rs"),
};

/// Counts of slots, sizes of elements and repeated pieces are positive, groups of fixed slots not negative.
pub(super) fn check(checker: &mut Checker<'_>) {
    for id in checker.sound(PlaceKind::Window) {
        let item = checker.model.item(id);
        match &item.target {
            Target::Slots { count, .. } => at_least(checker, id, *count, "the number of slots", 1),
            Target::Table { element, per, .. } => {
                at_least(checker, id, *element, "the size of an element", 1);
                at_least(checker, id, *per, "the memory that an element describes", 1);
            }
            Target::Linear {
                repeat: Some(repeat),
                ..
            } => at_least(checker, id, *repeat, "what is repeated", 1),
            Target::Fixed { slots } => {
                for slot in slots {
                    at_least(checker, id, slot.count, "the number of slots", 0);
                }
            }
            _ => {}
        }
    }
    for id in checker.sound(PlaceKind::Zone) {
        if let Some(reach) = checker.model.item(id).attrs.reach {
            at_least(checker, id, reach, "the reach", 1);
        }
    }
}

fn at_least(checker: &mut Checker<'_>, id: ItemId, num: Num, what: &str, least: i128) {
    let under = checker.exists(id);
    let least_term = checker.terms.constant(least);
    let goal = checker.terms.ge(num.term, least_term);
    if under == TermId::FALSE {
        return;
    }
    let law = Law {
        under,
        goal,
        loc: num.loc,
        what: "this number is positive",
    };
    checker.hold(id, &law, |checker, case| {
        let value = checker.value(num.term, case);
        let name = checker.name(id, case);
        Diagnostic::error(&PAGE, format!("{what} of `{name}` is {value}"))
            .at(num.loc, format!("is {value}"))
            .help(format!("it has to be at least {least}"))
    });
}
