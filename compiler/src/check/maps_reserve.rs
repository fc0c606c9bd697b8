//! # maps-reserve
//!
//! A linear window runs across a reserve that is no part of any zone.
//!
//! A reserve inside a zone is memory that is taken: the first megabyte with the firmware, the kernel's image. The direct map
//! shows it, as Linux's does. A reserve outside all zones is no memory of this kernel: a hole between two pieces of it,
//! or what firmware keeps to itself. A window that maps it together with something else maps it by accident, as like as not,
//! and a processor that reads ahead will touch it. A window for the reserve alone is fine; where it says `map: never`, none is.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space   physical : 36 bits;
//! space   linear   : 64 bits, paging x86_64_4level, to physical;
//! zone    low  in physical : 0 .. 3G;
//! reserve gap  in physical : 3G .. 4G;
//! zone    high in physical : 4G .. 8G;
//! window  direct in linear : 0xFFFF_8880_0000_0000 .. +8G -> physical at 0;      // rejected
//! ```
//!
//! What to do: put a `guard` in the window over it, make two windows, declare it in a zone if it is memory after all, or
//! say why it is shown: `covers [gap] because "the loader's map"`.

use super::Checker;
use super::covered::{Kind, ask, is_covered, parents};
use super::frames::{linear_windows, memory_is_known};
use crate::diagnostic::Page;
use crate::model::ItemKind;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "maps-reserve",
    title: "a window runs across a reserve that is no memory",
    source: include_str!("maps_reserve.rs"),
};

const RESERVES: Kind = Kind {
    page: &PAGE,
    why: "a reserve outside all zones is no memory of this kernel; a processor that reads ahead will touch it",
};

/// A linear window that shows a reserve outside all zones shows nothing else, or says that it covers it.
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
        // Two that claim the same frames have had their message.
        if !memory_is_known(checker, window.space) {
            continue;
        }
        for reserve in checker.sound_in(window.space, PlaceKind::Reserve) {
            if checker.broken.contains(&window.id) {
                break;
            }
            let item = checker.model.item(reserve);
            let is_part = |outer| checker.model.item(outer).kind == ItemKind::Part;
            if item.attrs.never_mapped.is_some() {
                ask(checker, &RESERVES, &window, reserve, &[]);
            } else if parents(checker, reserve).all(is_part)
                && !is_covered(checker, window.id, reserve)
            {
                ask(checker, &RESERVES, &window, reserve, &[reserve]);
            }
        }
    }
}
