//! # fixed-slots-do-not-fit
//!
//! The fixed slots of a window need more pages than it has.
//!
//! Fixed slots are counted down from the top of their window, one page each.
//!
//! ```layout
//! use std "paging/x86.layout";
//! config NR_CPUS : int = 8 in 1 ..= 64;
//! space  physical : 32 bits;
//! space  linear   : 32 bits, paging x86_32, to physical;
//! window fixmap in linear : 0xFFF0_0000 .. 0xFFFF_F000 -> fixed { APIC, IO_APIC[64], KMAP[NR_CPUS * 20] };    // rejected
//! ```
//!
//! What to do: make the window larger (begin it at `TOP - SLOTS * 4K`, with SLOTS the sum), or have fewer slots.

use super::{Checker, Law, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Target;
use crate::show_value::size_text;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "fixed-slots-do-not-fit",
    title: "fixed slots need more pages than their window has",
    source: include_str!("fixed_slots_do_not_fit.rs"),
};

/// Every fixed slot has a page.
pub(super) fn check(checker: &mut Checker<'_>) {
    for id in checker.sound(PlaceKind::Window) {
        let item = checker.model.item(id);
        let (Some(range), Target::Fixed { slots }) = (item.range, &item.target) else {
            continue;
        };
        let Some(last) = slots.last() else { continue };
        let under = checker.present(id);
        let page = checker.model.space(item.space).page;
        let count = checker.terms.add(last.first, last.count.term);
        let needed = checker.terms.mul(count, page);
        let size = checker.terms.sub(range.end.term, range.start.term);
        let goal = checker.terms.le(needed, size);
        let law = Law {
            under,
            goal,
            loc: range.loc,
            what: "every fixed slot has a page",
        };
        checker.hold(id, &law, |checker, case| {
            let (start, end) = checker.bounds(id, case).unwrap_or_default();
            let (count, page) = (checker.value(count, case), checker.value(page, case));
            let pages = (end - start) / page;
            let message = format!(
                "{} has {count} fixed slots, but only {pages} pages",
                item_title(item)
            );
            let mut diagnostic = Diagnostic::error(&PAGE, message).at(
                range.loc,
                format!(
                    "{} are {pages} pages of {}",
                    size_text(end - start),
                    size_text(page)
                ),
            );
            // The group that is cut off tells more than the whole list.
            let cut = slots.iter().find(|slot| {
                checker.value(slot.first, case) + checker.value(slot.count.term, case) > pages
            });
            if let Some(slot) = cut {
                let (first, many) = (
                    checker.value(slot.first, case),
                    checker.value(slot.count.term, case),
                );
                let text = match many {
                    1 => format!("`{}` is slot {first}", slot.name),
                    _ => format!(
                        "`{}` has the slots {first} to {}",
                        slot.name,
                        first + many - 1
                    ),
                };
                diagnostic = diagnostic.also(slot.loc, text);
            }
            diagnostic.help(format!(
                "make the window at least {}",
                size_text(count * page)
            ))
        });
    }
}
