//! # global-per-process
//!
//! A window that each process maps for itself is marked `global`.
//!
//! Global entries stay in the TLB when the address space changes: the next process would be shown the pages of the last one.
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
//! window ldt in user : 2G .. +64K -> pages from low { access: rw, global };      // rejected
//! ```
//!
//! What to do: leave out `global`, or put the window in a part with `tables: shared`.

use super::{Checker, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Sharing;

/// Its page.
pub const PAGE: Page = Page {
    code: "global-per-process",
    title: "a window of processes is marked global",
    source: include_str!("global_per_process.rs"),
};

/// What is global is the same for every process.
pub(super) fn check(checker: &mut Checker<'_>) {
    for id in checker.sound_items() {
        let item = checker.model.item(id);
        let (Some(global), Some(part)) = (item.attrs.global, checker.part_of(id)) else {
            continue;
        };
        let part = checker.model.item(part);
        let Some((Sharing::PerProcess, loc)) = part.attrs.tables else {
            continue;
        };
        checker.summary.refuted += 1;
        let diagnostic = Diagnostic::error(
            &PAGE,
            format!(
                "{} is global, but each process has its own",
                item_title(item)
            ),
        )
        .at(global, "its entries survive a switch to another process")
        .also(
            loc,
            format!("each process has its own tables in `{}`", part.name),
        )
        .help("leave out `global`, or put it in a part with `tables: shared`");
        checker.report(diagnostic);
    }
}
