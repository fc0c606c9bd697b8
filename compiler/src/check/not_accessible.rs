//! # not-accessible
//!
//! A window or an area lies in a part that nobody may use.
//!
//! `access: none` says that every address of the part faults, whatever page tables say; nothing can be mapped there.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space physical : 46 bits;
//! space linear   : 64 bits, paging x86_64_4level, to physical;
//! split linear {
//!     user    : 0 .. 128T                       { access: user };
//!     nothing : 128T .. linear.end - 128T       { access: none };
//!     kernel  : linear.end - 128T .. linear.end { access: supervisor };
//! }
//! window direct in nothing : 0x8000_0000_0000 .. +64T -> physical at 0;      // rejected
//! ```
//!
//! What to do: put it in a part with access. Guards and holes may stand there, as notes.

use super::{Checker, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Mode;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "not-accessible",
    title: "a window or an area lies where nobody has access",
    source: include_str!("not_accessible.rs"),
};

/// Windows and areas lie in parts with access.
pub(super) fn check(checker: &mut Checker<'_>) {
    let mut all = checker.sound(PlaceKind::Window);
    all.extend(checker.sound(PlaceKind::Area));
    for id in all {
        let item = checker.model.item(id);
        let Some(part) = checker.part_of(id) else {
            continue;
        };
        let part = checker.model.item(part);
        let Some((Mode::Nobody, loc)) = part.attrs.mode else {
            continue;
        };
        checker.mistake(id, true);
        checker.summary.refuted += 1;
        let message = format!(
            "{} lies in `{}`, where nobody has access",
            item_title(item),
            part.name
        );
        let diagnostic = Diagnostic::error(&PAGE, message)
            .at(item.name_loc, "every access faults here")
            .also(
                loc.unwrap_or(part.name_loc),
                format!("`{}` has no access", part.name),
            )
            .help("put it in a part with access, or make it a `guard` or a `hole`");
        checker.report(diagnostic);
    }
}
