//! # maps-device
//!
//! One linear window maps memory and a device alike.
//!
//! Memory is read ahead and kept in caches; a device's registers must not be. So a window for memory must not run across a
//! device (the PCI hole below 4G, say). A window that maps only devices is fine.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 36 bits;
//! space  linear   : 64 bits, paging x86_64_4level, to physical;
//! zone   low  in physical : 0 .. 3G;
//! device pci  in physical : 3G .. 4G;
//! zone   high in physical : 4G .. 8G;
//! window direct in linear : 0xFFFF_8880_0000_0000 .. +8G -> physical at 0;       // rejected
//! ```
//!
//! What to do: end the window where the device begins and begin another behind it, or keep the device's addresses free with
//! a `guard` inside the window.

use super::frames::{Shown, every_frame, holds, linear_windows, maps_text};
use super::sweep::disjoint;
use super::{Case, Checker, Law, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::ItemId;
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "maps-device",
    title: "one window maps memory and a device alike",
    source: include_str!("maps_device.rs"),
};

/// A linear window that meets a device meets no zone.
pub(super) fn check(checker: &mut Checker<'_>) {
    for window in linear_windows(checker) {
        let zones = checker.sound_in(window.space, PlaceKind::Zone);
        for device in checker.sound_in(window.space, PlaceKind::Device) {
            if !checker.broken.contains(&window.id) && !zones.is_empty() {
                pair(checker, &window, device, &zones);
            }
        }
    }
}

fn pair(checker: &mut Checker<'_>, window: &Shown, device: ItemId, zones: &[ItemId]) {
    let Some(range) = checker.model.item(device).range else {
        return;
    };
    let there = checker.present(device);
    let mut no_zone = Vec::new();
    for &zone in zones {
        if let Some(zone_range) = checker.model.item(zone).range {
            let absent = checker.present(zone);
            let absent = checker.terms.not(absent);
            let apart = disjoint(
                checker,
                (window.at, window.end),
                (zone_range.start.term, zone_range.end.term),
            );
            no_zone.push(checker.terms.or(absent, apart));
        }
    }
    let no_zone = checker.terms.all(&no_zone);
    let (under, goal) = if window.plain(checker) {
        let under = checker.terms.and(window.present, there);
        let apart = disjoint(
            checker,
            (window.at, window.end),
            (range.start.term, range.end.term),
        );
        (under, checker.terms.or(apart, no_zone))
    } else {
        let (_, frame) = every_frame(checker, window.space);
        let (shown, inside) = (window.shows(checker, frame), holds(checker, device, frame));
        (checker.terms.all(&[shown, inside]), no_zone)
    };
    let loc = checker.model.item(window.id).name_loc;
    let law = Law {
        under,
        goal,
        loc,
        what: "no window maps memory and a device alike",
    };
    let (at, end) = (window.at, window.end);
    checker.hold(window.id, &law, |checker, case| {
        diagnostic(checker, window.id, device, (at, end), case)
    });
}

fn diagnostic(
    checker: &Checker<'_>,
    window: ItemId,
    device: ItemId,
    (at, end): (TermId, TermId),
    case: &Case,
) -> Diagnostic {
    let (item, other) = (checker.model.item(window), checker.model.item(device));
    let frames = super::span_text(checker.value(at, case), checker.value(end, case));
    let message = format!(
        "{} maps memory and the {} alike",
        item_title(item),
        item_title(other)
    );
    Diagnostic::error(&PAGE, message)
        .at(
            item.target_loc.unwrap_or(item.name_loc),
            maps_text(checker, window, &frames, case),
        )
        .also(other.name_loc, checker.described(device, case))
        .note("memory is cached and read ahead, which a device's registers must not be")
        .help(format!(
            "end it at `{0}.start` and begin another window at `{0}.end`, or put a `guard` over it",
            other.name
        ))
}
