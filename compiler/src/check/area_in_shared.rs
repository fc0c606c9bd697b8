//! # area-in-shared
//!
//! An area of a process lies in a part whose tables all processes share.
//!
//! Areas (text, heap, stack) are what each process has of its own. In a part with `tables: shared` they would be the same
//! for every process.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space physical : 32 bits;
//! space linear   : 32 bits, paging x86_32, to physical;
//! split linear {
//!     user   : 0 .. 3G          { access: user,       tables: per_process };
//!     kernel : 3G .. linear.end { access: supervisor, tables: shared };
//! }
//! area stack in kernel : 3G .. +8M { access: rw, grows: down };       // rejected
//! ```
//!
//! What to do: put it in the part with `tables: per_process`; a range of the kernel is a `window`.

use super::{Checker, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Sharing;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "area-in-shared",
    title: "an area of a process lies in a shared part",
    source: include_str!("area_in_shared.rs"),
};

/// Areas lie in no shared part.
pub(super) fn check(checker: &mut Checker<'_>) {
    for id in checker.sound(PlaceKind::Area) {
        let item = checker.model.item(id);
        let Some(part) = checker.part_of(id) else {
            continue;
        };
        let part = checker.model.item(part);
        let Some((Sharing::Shared, loc)) = part.attrs.tables else {
            continue;
        };
        checker.mistake(id, true);
        checker.summary.refuted += 1;
        let diagnostic = Diagnostic::error(
            &PAGE,
            format!(
                "{} lies in `{}`, which all processes share",
                item_title(item),
                part.name
            ),
        )
        .at(item.name_loc, "an area is one process's own")
        .also(loc, format!("the tables of `{}` are shared", part.name))
        .help("put it in a part with `tables: per_process`, or make it a `window`");
        checker.report(diagnostic);
    }
}
