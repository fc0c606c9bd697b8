//! # not-everywhere
//!
//! A range that is needed with every process's tables lies where tables differ.
//!
//! The stacks of the kernel, the code of its entry, the descriptors of interrupts: a processor uses them whatever process it
//! happens to run. `everywhere` says so; such a range lies in a part whose tables all processes share. In a part of the process
//! it would be there with the tables of one and missing with those of the next.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space physical : 32 bits;
//! space linear   : 32 bits, paging x86_32, to physical;
//! zone  low in physical : 0 .. 64M;
//! split linear {
//!     user   : 0 .. 3G          { access: user,       tables: per_process };
//!     kernel : 3G .. linear.end { access: supervisor, tables: shared };
//! }
//! window entry in user : 2G .. +64K -> pages from low { access: rx, everywhere };      // rejected
//! ```
//!
//! What to do: put it in a part with `tables: shared`.

use super::{Checker, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Sharing;

/// Its page.
pub const PAGE: Page = Page {
    code: "not-everywhere",
    title: "a range that every process needs is not in all tables",
    source: include_str!("not_everywhere.rs"),
};

/// What is everywhere lies in a shared part.
pub(super) fn check(checker: &mut Checker<'_>) {
    for id in checker.sound_items() {
        let item = checker.model.item(id);
        let Some(everywhere) = item.attrs.everywhere else {
            continue;
        };
        let part = checker.part_of(id).map(|part| checker.model.item(part));
        let (at, label) = match part.map(|part| (part, part.attrs.tables)) {
            Some((_, Some((Sharing::Shared, _)))) => {
                checker.summary.proved += 1;
                continue;
            }
            Some((part, Some((Sharing::PerProcess, loc)))) => (
                loc,
                format!("each process has its own tables in `{}`", part.name),
            ),
            Some((part, None)) => {
                let says = format!("`{}` does not say whose its tables are", part.name);
                (part.name_loc, says)
            }
            None => {
                let space = checker.model.space(item.space);
                (
                    space.loc,
                    format!("`{}` has no part with shared tables", space.name),
                )
            }
        };
        checker.summary.refuted += 1;
        checker.mistake(id, true);
        let title = item_title(item);
        let message = format!("{title} is needed everywhere, but not all tables have it");
        let diagnostic = Diagnostic::error(&PAGE, message)
            .at(everywhere, "needed with every process's tables")
            .also(at, label)
            .help("put it in a part with `tables: shared`");
        checker.report(diagnostic);
    }
}
