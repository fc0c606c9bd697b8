//! # maps-reserve
//!
//! A linear window runs across a reserve that is no part of any zone. (A warning.)
//!
//! Reserves inside zones are memory that is taken: the first megabyte with the firmware, the kernel's image. The direct map
//! shows them, as Linux's does. A reserve outside all zones is no memory of this machine: a hole between two pieces of it,
//! or what firmware keeps to itself. A window that maps what lies before and behind it maps it as well, and a processor that
//! reads ahead will touch it. A reserve at the end, for memory that may come, is not meant.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space   physical : 36 bits;
//! space   linear   : 64 bits, paging x86_64_4level, to physical;
//! zone    low  in physical : 0 .. 3G;
//! reserve gap  in physical : 3G .. 4G;
//! zone    high in physical : 4G .. 8G;
//! window  direct in linear : 0xFFFF_8880_0000_0000 .. +8G -> physical at 0;      // warned about
//! ```
//!
//! What to do: put a `guard` in the window over it, make two windows, or let a zone hold it if it is memory after all.

use super::frames::{every_frame, holds, linear_windows, maps_text, memory_is_known, ways_to_hold};
use super::members::Ways;
use super::{Checker, Law, item_title, span_text};
use crate::diagnostic::{Diagnostic, Page};
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "maps-reserve",
    title: "a window runs across a reserve that is no memory",
    source: include_str!("maps_reserve.rs"),
};

/// No linear window has a reserve outside all zones in its middle.
pub(super) fn check(checker: &mut Checker<'_>) {
    // What is missing because it was wrong has had its message.
    if checker
        .model
        .missing
        .places(&[PlaceKind::Zone, PlaceKind::Reserve])
    {
        return;
    }
    for window in linear_windows(checker) {
        let zones = checker.sound_in(window.space, PlaceKind::Zone);
        if zones.is_empty()
            || checker.model.item(window.id).alias.is_some()
            || !memory_is_known(checker, window.space)
        {
            continue;
        }
        for reserve in checker.sound_in(window.space, PlaceKind::Reserve) {
            let Some(range) = checker.model.item(reserve).range else {
                continue;
            };
            let (_, frame) = every_frame(checker, window.space);
            let (shown, inside) = (window.shows(checker, frame), holds(checker, reserve, frame));
            let before = checker.terms.lt(window.at, range.start.term);
            let behind = checker.terms.gt(window.end, range.end.term);
            let under = checker.terms.all(&[shown, inside, before, behind]);
            let mut zoned = Ways::default();
            for &zone in &zones {
                ways_to_hold(checker, zone, frame, &mut zoned);
            }
            let loc = checker.model.item(window.id).name_loc;
            let law = zoned.law(checker, under, |goal| Law {
                under,
                goal,
                loc,
                what: "no window has a reserve outside all zones in its middle",
            });
            let Some(Law { goal, .. }) = law else {
                continue;
            };
            let (id, at, end) = (window.id, window.at, window.end);
            checker.advise(id, under, goal, |checker, case| {
                let (item, other) = (checker.model.item(id), checker.model.item(reserve));
                Diagnostic::warning(&PAGE, format!("{} maps the {}, which is in no zone", item_title(item), item_title(other)))
                    .at(item.target_loc.unwrap_or(item.name_loc), maps_text(checker, id, &span_text(checker.value(at, case), checker.value(end, case)), case))
                    .also(other.name_loc, checker.described(reserve, case))
                    .note("it maps memory on both sides of it; a processor that reads ahead will touch what is between")
                    .help(format!("put a `guard` in `{}` over it, make two windows, or let a zone hold it", item.name))
            });
        }
    }
}
