//! # cut-off
//!
//! A window shows only a piece of a device, or of memory that is needed.
//!
//! Mostly the device grew, or its size was taken from somewhere else. What lies behind the window's end has no address: a driver
//! that goes on to the next register faults, or touches what the next window shows.
//!
//! ```layout
//! use std "paging/arm64.layout";
//! space  physical : 40 bits;
//! space  linear   : 64 bits, paging arm64_4k_48, to physical;
//! device peripherals in physical : 0x3F00_0000 .. +16M;
//! window registers   in linear   : 0xFFFF_0000_3F00_0000 .. +4M -> physical at peripherals.start;      // rejected
//! ```
//!
//! What to do: make the window as large as the device (`.. +peripherals.size`), or declare as the device what is used of it, and
//! the rest with `{ unreached: "why" }`.

use super::reach::Missing;
use super::{Checker, item_title, span_text};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::ItemId;
use crate::show_value::size_text;

/// Its page.
pub const PAGE: Page = Page {
    code: "cut-off",
    title: "a window shows only a piece of a device",
    source: include_str!("cut_off.rs"),
};

/// The message for a device of which `window` shows a piece. (Who is asked is in [`unreachable_device`](super::unreachable_device).)
pub(super) fn diagnostic(
    checker: &Checker<'_>,
    missing: &Missing,
    window: ItemId,
    (from, to): (i128, i128),
) -> Diagnostic {
    let (item, shown) = (checker.model.item(missing.id), checker.model.item(window));
    let (start, end) = checker
        .bounds(missing.id, &missing.case)
        .unwrap_or_default();
    let left = [(start, from), (to, end)];
    let left: Vec<String> = left
        .into_iter()
        .filter(|(low, high)| low < high)
        .map(|(low, high)| span_text(low, high))
        .collect();
    let message = match left.is_empty() {
        true => format!(
            "{} hides some of the {}",
            item_title(shown),
            item_title(item)
        ),
        false => format!(
            "{} shows only {} of the {}",
            item_title(shown),
            size_text(to - from),
            item_title(item)
        ),
    };
    let place = shown.range.map_or(shown.name_loc, |range| range.loc);
    let own = item.range.map_or(item.name_loc, |range| range.loc);
    let diagnostic = Diagnostic::error(&PAGE, message)
        .at(place, format!("shows {}", span_text(from, to)))
        .also(own, checker.described(missing.id, &missing.case));
    let diagnostic = match &item.attrs.needed {
        Some((why, loc)) => diagnostic.also(*loc, format!("needed: {why}")),
        None => diagnostic,
    };
    let diagnostic = match left.is_empty() {
        true => diagnostic.note("a guard, a hole or another window inside it lies over that"),
        false => diagnostic.note(format!("{} is left out", left.join(" and "))),
    };
    diagnostic
        .help(format!(
            "make the window as large: `.. +{}.size`",
            item.name
        ))
        .help("or say why nothing need reach all of it: `{ unreached: \"...\" }`")
}
