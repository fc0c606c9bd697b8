//! # unreachable-device
//!
//! There is a device, or memory that is needed, that no window shows.
//!
//! A driver can only use registers that have an address. A device is reached through a linear window that shows all of it, or
//! mapped when it is asked for, in a window of its own kind (`-> device`) or beside pages (`-> pages from A or device`) that is
//! large enough; for all values of all parameters. So is a reserve that says that it is `needed`. Only the processor's own
//! spaces count.
//!
//! ```layout
//! use std "paging/x86.layout";
//! boot   FB : addr = 3G in 2G ..= 1008G step 16M;
//! space  physical : 46 bits;
//! space  linear   : 64 bits, paging x86_64_4level, to physical;
//! device framebuffer in physical : FB .. +16M;
//! window registers   in linear   : 0xFFFF_9000_0000_0000 .. +16M -> physical at FB when FB < 64G;      // rejected
//! ```
//!
//! What to do: give it a window for all values, let one map it on demand, or say why nothing need reach it: `{ unreached: "the
//! firmware drives it" }`.

use super::reach::{Missing, missing};
use super::{Checker, cut_off, item_title};
use crate::diagnostic::{Diagnostic, Page};

/// Its page.
pub const PAGE: Page = Page {
    code: "unreachable-device",
    title: "there is a device, or memory that is needed, that no window shows",
    source: include_str!("unreachable_device.rs"),
};

/// Every device, and every reserve that is needed, is shown whole. Where a window shows a piece, it is cut off.
pub(super) fn check(checker: &mut Checker<'_>) {
    for missing in missing(checker) {
        let diagnostic = match missing.part {
            Some((window, piece)) => cut_off::diagnostic(checker, &missing, window, piece),
            None => diagnostic(checker, &missing),
        };
        let diagnostic = diagnostic.shown_by(checker.counterexample(&missing.case));
        checker.report(diagnostic);
    }
}

fn diagnostic(checker: &Checker<'_>, missing: &Missing) -> Diagnostic {
    let item = checker.model.item(missing.id);
    let name = &item.name;
    let place = item.range.map_or(item.name_loc, |range| range.loc);
    let space = &checker.model.space(item.space).name;
    let message = format!("no window shows the {}", item_title(item));
    let diagnostic =
        Diagnostic::error(&PAGE, message).at(place, checker.described(missing.id, &missing.case));
    let diagnostic = match &item.attrs.needed {
        Some((why, loc)) => diagnostic.also(*loc, format!("needed: {why}")),
        None => diagnostic.note("a driver has no address for its registers"),
    };
    diagnostic
        .help(format!(
            "give it a window: `window NAME in ... : ... -> {space} at {name}.start`, or one that maps it on demand: `-> device`"
        ))
        .help("or say why nothing need reach it: `{ unreached: \"...\" }`")
}
