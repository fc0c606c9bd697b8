//! # frames-without-zone
//!
//! A linear window maps frames that no zone, reserve or device holds.
//!
//! Where a layout says what its memory is made of, everything that is mapped for good is some of it. Frames that nothing is
//! known about are mostly a sign of two sizes that were meant to be one.
//!
//! ```layout
//! use std "paging/x86.layout";
//! boot   RAM : size = 128M in 16M ..= 896M step 4K;
//! space  physical : 32 bits;
//! space  linear   : 32 bits, paging x86_32, to physical;
//! zone   low    in physical : 0 .. RAM;
//! window direct in linear   : 3G .. +128M -> physical at 0;      // rejected when RAM < 128M
//! ```
//!
//! What to do: make the window as large as the memory, or declare what is there: `reserve nothing in physical : RAM ..
//! physical.end;`. A window that is an `alias of` another is not asked: it shows what that one shows. Nor is anything asked
//! where the target space has no zones.

use super::frames::{Shown, every_frame, linear_windows, maps_text, memory_is_known, ways_to_hold};
use super::members::Ways;
use super::{Case, Checker, Law, as_addr, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::ItemId;
use crate::term::{TermId, VarId};
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "frames-without-zone",
    title: "a window maps frames that nothing is known about",
    source: include_str!("frames_without_zone.rs"),
};

/// Every frame that is mapped for good is in a zone, a reserve or a device.
pub(super) fn check(checker: &mut Checker<'_>) {
    // What is missing because it was wrong has had its message.
    let memory = [PlaceKind::Zone, PlaceKind::Reserve, PlaceKind::Device];
    if checker.model.missing.places(&memory) {
        return;
    }
    for window in linear_windows(checker) {
        let zones = checker.sound_in(window.space, PlaceKind::Zone);
        let alias = checker.model.item(window.id).alias.is_some();
        if alias
            || zones.is_empty()
            || checker.broken.contains(&window.id)
            || !memory_is_known(checker, window.space)
        {
            continue;
        }
        let mut memory = zones;
        memory.extend(checker.sound_in(window.space, PlaceKind::Reserve));
        memory.extend(checker.sound_in(window.space, PlaceKind::Device));
        ask(checker, &window, &memory);
    }
}

fn ask(checker: &mut Checker<'_>, window: &Shown, memory: &[ItemId]) {
    let (var, frame) = every_frame(checker, window.space);
    let under = window.shows(checker, frame);
    let mut known = Ways::default();
    for &id in memory {
        ways_to_hold(checker, id, frame, &mut known);
    }
    let loc = checker.model.item(window.id).name_loc;
    let law = known.law(checker, under, |goal| Law {
        under,
        goal,
        loc,
        what: "every frame that is mapped lies in a zone, a reserve or a device",
    });
    let Some(law) = law else { return };
    let bounds = (window.at, window.end);
    checker.hold(window.id, &law, |checker, case| {
        diagnostic(checker, window.id, memory, bounds, var, case)
    });
}

fn diagnostic(
    checker: &Checker<'_>,
    window: ItemId,
    memory: &[ItemId],
    (at, end): (TermId, TermId),
    var: VarId,
    case: &Case,
) -> Diagnostic {
    let item = checker.model.item(window);
    let (frame, end) = (case.values[var.index()], checker.value(end, case));
    let until = memory
        .iter()
        .filter_map(|&id| checker.bounds(id, case))
        .map(|(start, _)| start)
        .filter(|&start| start > frame && start < end)
        .min()
        .unwrap_or(end);
    let unknown = if until > frame {
        super::span_text(frame, until)
    } else {
        as_addr(checker.model, frame)
    };
    let mut diagnostic = Diagnostic::error(
        &PAGE,
        format!(
            "{} maps frames that are in no zone, reserve or device",
            item_title(item)
        ),
    )
    .at(
        item.target_loc.unwrap_or(item.name_loc),
        maps_text(
            checker,
            window,
            &super::span_text(checker.value(at, case), end),
            case,
        ),
    );
    let below = memory
        .iter()
        .filter_map(|&id| checker.bounds(id, case).map(|(_, e)| (e, id)))
        .filter(|&(e, _)| e <= frame);
    if let Some((_, id)) = below.max() {
        let other = checker.model.item(id);
        let place = other.range.map_or(other.name_loc, |range| range.loc);
        diagnostic = diagnostic.also(place, checker.described(id, case));
    }
    diagnostic
        .note(format!("nothing is known about {unknown}"))
        .help("make the window as large as the memory, or declare what is there as a `zone`, `reserve` or `device`")
}
