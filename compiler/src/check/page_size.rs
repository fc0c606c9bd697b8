//! # page-size
//!
//! A window asks for pages of a size that its page-table format does not have.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 32 bits;
//! space  linear   : 32 bits, paging x86_32, to physical;
//! zone   low    in physical : 0 .. 64M;
//! window direct in linear   : 3G .. +64M -> physical at 0 { page: 2M };      // rejected: x86_32 has 4K and 4M
//! ```
//!
//! What to do: ask for a size of a level whose entries can be leaves. Where the format depends on a parameter, the size has
//! to as well: `page: if PAE { 2M } else { 4M }`.

use super::{Checker, Law, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::paging::formats;
use crate::show_value::size_text;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "page-size",
    title: "a window asks for pages of a size that there is not",
    source: include_str!("page_size.rs"),
};

/// Page sizes that are asked for are those of leaves.
pub(super) fn check(checker: &mut Checker<'_>) {
    for id in checker.sound(PlaceKind::Window) {
        let item = checker.model.item(id);
        let Some(page) = item.attrs.page else {
            continue;
        };
        for in_force in formats(checker.model, item.space) {
            let exists = checker.exists(id);
            let under = checker.terms.and(exists, in_force.when);
            let sizes = in_force.leaf_sizes();
            let mut any = Vec::new();
            for &size in &sizes {
                let size = checker.terms.constant(size);
                any.push(checker.terms.eq(page.term, size));
            }
            let goal = checker.terms.any(&any);
            let law = Law {
                under,
                goal,
                loc: page.loc,
                what: "there are pages of this size",
            };
            checker.hold(id, &law, |checker, case| {
                let asked = size_text(checker.value(page.term, case));
                let list: Vec<String> = sizes.iter().map(|&size| size_text(size)).collect();
                let format = &in_force.format.name;
                Diagnostic::error(
                    &PAGE,
                    format!(
                        "{} asks for pages of {asked}, which `{format}` does not have",
                        item_title(item)
                    ),
                )
                .at(page.loc, format!("is {asked}"))
                .also(
                    in_force.format.loc,
                    format!("pages have {}", list.join(" or ")),
                )
                .help(format!("ask for {}", list.join(" or ")))
            });
        }
    }
}
