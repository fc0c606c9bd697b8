//! # stack-grows
//!
//! The name of a window or area says that it is a stack, but nothing says where it runs over. (A warning.)
//!
//! Stacks grow, and sooner or later one grows too far. Whether something catches that can only be proved when the layout
//! says at which end it happens.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 36 bits;
//! space  linear   : 64 bits, paging x86_64_4level, to physical;
//! zone   low       in physical : 0 .. 1G { unreached: "not mapped yet" };
//! window irq_stack in linear   : 0xFFFF_C900_0000_0000 .. +16K -> pages from low { access: rw };      // warned about
//! ```
//!
//! What to do: add `grows: down` (or `up`), and leave a page free at that end: `guard below in ... : irq_stack.start - 4K ..
//! irq_stack.start;`.

use super::{Checker, item_title};
use crate::diagnostic::{Diagnostic, Page};
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "stack-grows",
    title: "a stack does not say which way it grows",
    source: include_str!("stack_grows.rs"),
};

/// What is named a stack says which way it grows.
pub(super) fn check(checker: &mut Checker<'_>) {
    let mut all = checker.sound(PlaceKind::Window);
    all.extend(checker.sound(PlaceKind::Area));
    for id in all {
        let item = checker.model.item(id);
        let named = item.name.to_ascii_lowercase().contains("stack");
        if !named || item.attrs.grows_down.is_some() || checker.is_mistaken(id) {
            continue;
        }
        let diagnostic = Diagnostic::warning(
            &PAGE,
            format!("{} does not say which way it grows", item_title(item)),
        )
        .at(item.name_loc, "a stack, by its name")
        .help("add `{ grows: down }`, and a `guard` below it; if it is no stack, give it another name");
        checker.report(diagnostic);
    }
}
