//! # write-and-execute
//!
//! A frame can be written through one window and executed through another. (A warning.)
//!
//! Code that can be changed while it runs is what attackers look for. A window that says `rwx` itself has decided so; here
//! each of two windows looks harmless, and only both together are not.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 32 bits;
//! space  linear   : 32 bits, paging x86_32, to physical;
//! zone   low    in physical : 0 .. 64M;
//! window direct in linear   : 3G          .. +64M -> physical at 0                                             { access: rw };
//! window text   in linear   : 0xF000_0000 .. +8M  -> physical at 1M alias of direct because "linked there"    { access: rx };
//! ```
//!
//! What to do: cover those frames in the writable window with a view that cannot write:
//! `window text_frames in direct : 3G + 1M .. +8M { access: r };`.

use super::frames::{Shown, every_frame, kin};
use super::pieces::pieces;
use super::{Checker, as_addr, item_title};
use crate::diagnostic::{Diagnostic, Page};
use mapwright_runtime::Access;

/// Its page.
pub const PAGE: Page = Page {
    code: "write-and-execute",
    title: "a frame can be written through one window and executed through another",
    source: include_str!("write_and_execute.rs"),
};

/// No frame is writable through one window and executable through another.
pub(super) fn check(checker: &mut Checker<'_>) {
    let pieces = pieces(checker, |item| item.attrs.rights.is_some());
    let rights = |shown: Shown| {
        let (rights, _) = checker.model.item(shown.id).attrs.rights?;
        Some((shown, rights))
    };
    let holders: Vec<(Shown, Access)> = pieces.into_iter().filter_map(rights).collect();
    // Most layouts have many windows that can be written and few that can be executed.
    let some = |wanted: fn(&Access) -> bool| -> Vec<Shown> {
        let those = holders.iter().filter(|(_, rights)| wanted(rights));
        those.map(|(shown, _)| shown.clone()).collect()
    };
    let writers = some(|rights| rights.write && !rights.execute);
    for runner in some(|rights| rights.execute && !rights.write) {
        for writer in &writers {
            if writer.owner != runner.owner && writer.space == runner.space {
                pair(checker, writer, &runner);
            }
        }
    }
}

fn pair(checker: &mut Checker<'_>, writer: &Shown, runner: &Shown) {
    // Two that are not declared to show the same frames have their own law.
    if kin(checker, writer.owner).is_disjoint(&kin(checker, runner.owner)) {
        return;
    }
    let (var, frame) = every_frame(checker, writer.space);
    let (written, run) = (writer.shows(checker, frame), runner.shows(checker, frame));
    let never = checker.terms.not(run);
    checker.advise(writer.id, written, never, |checker, case| {
        let (w, x) = (checker.model.item(writer.id), checker.model.item(runner.id));
        let frame = as_addr(checker.model, case.values[var.index()]);
        let rights = |item: &crate::model::Item| item.attrs.rights.map_or(item.name_loc, |(_, loc)| loc);
        let space = &checker.model.space(writer.space).name;
        let message = format!("{} can execute what {} can write", item_title(x), item_title(w));
        Diagnostic::warning(&PAGE, message)
            .at(rights(x), format!("`{}` can execute", checker.name(runner.id, case)))
            .also(rights(w), format!("`{}` can write", checker.name(writer.id, case)))
            .note(format!("the first frame of both is at {frame} of `{space}`"))
            .help(format!(
                "cover those frames in `{}` with a view that cannot write: `window NAME in {} : ... {{ access: r }}`",
                w.name, w.name
            ))
    });
}
