//! # writable-code
//!
//! A window can be written and executed. (A warning.)
//!
//! What can be written and then run is what attackers look for, and what a stray pointer turns into a crash far away. Where
//! the page-table format can forbid execution, a window that allows both has a reason, or too many rights. Formats that
//! cannot (32-bit x86 without PAE) have no say in it, and nothing is asked.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 36 bits;
//! space  linear   : 64 bits, paging x86_64_4level, to physical;
//! zone   low    in physical : 0 .. 1G;
//! window direct in linear   : 0xFFFF_8880_0000_0000 .. +1G -> physical at 0 { access: rwx };      // warned about
//! ```
//!
//! What to do: write `{ access: rw }`, with a view that is `rx` for the code in it; or say why both are needed: `{ access: rwx
//! because "modules are patched in place" }`.

use super::{Checker, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::ItemId;
use crate::model::paging::formats;
use crate::term::TermId;

/// Its page.
pub const PAGE: Page = Page {
    code: "writable-code",
    title: "a window can be written and executed",
    source: include_str!("writable_code.rs"),
};

/// No window or area has both rights without a reason.
pub(super) fn check(checker: &mut Checker<'_>) {
    for id in checker.sound_items() {
        let item = checker.model.item(id);
        let Some((rights, loc)) = item.attrs.rights else {
            continue;
        };
        if !(rights.write && rights.execute) || item.attrs.because("access").is_some() {
            continue;
        }
        let under = forbidding(checker, id);
        checker.advise(id, under, TermId::FALSE, |checker, _| {
            Diagnostic::warning(
                &PAGE,
                format!("{} can be written and executed", item_title(item)),
            )
            .at(loc, "both rights")
            .also(
                checker
                    .model
                    .space(item.space)
                    .paging_loc
                    .unwrap_or(item.name_loc),
                "this format can forbid execution",
            )
            .help("leave out `x`, or `w`, and give what needs it a view of its own")
            .help("or say why both are needed: `access: rwx because \"...\"`")
        });
    }
}

/// When an item exists and the format of its space can forbid execution.
pub(super) fn forbidding(checker: &mut Checker<'_>, id: ItemId) -> TermId {
    let item = checker.model.item(id);
    let able = formats(checker.model, item.space)
        .into_iter()
        .filter(|in_force| in_force.spec.can_forbid_execution())
        .map(|in_force| in_force.when)
        .collect::<Vec<_>>();
    let able = checker.terms.any(&able);
    let present = checker.present(id);
    checker.terms.and(present, able)
}
