//! # device-cached
//!
//! A device is shown by a window that is cached.
//!
//! What is written to a cached window may reach the device much later, in another order, or never; what is read may be old.
//! Registers want `uncached`, a frame buffer `write_combining`. A window that says nothing of caching shows devices as they
//! want it.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 36 bits;
//! space  linear   : 64 bits, paging x86_64_4level, to physical;
//! device uart      in physical : 4G .. +4K;
//! window registers in linear   : 0xFFFF_9000_0000_0000 .. +4K -> physical at 4G
//!     { access: rw, cache: write_back };                                               // rejected
//! ```
//!
//! What to do: write `cache: uncached`, or leave it out. Where the device is memory (a card's, one that keeps its contents), say so
//! there: `device nvdimm in physical : ... { cache: write_back };`. Or say why: `cache: write_back because "..."`.

use super::covered::is_covered;
use super::frames::{Shown, every_frame, holds};
use super::pieces::pieces;
use super::sweep::disjoint;
use super::{Checker, Law, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{Cache, ItemId, Target};
use crate::source::Loc;
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "device-cached",
    title: "a device is shown by a window that is cached",
    source: include_str!("device_cached.rs"),
};

/// The memory type of a device: what it says, or none cached.
pub(super) fn cache_of(checker: &Checker<'_>, device: ItemId) -> Cache {
    let said = checker.model.item(device).attrs.cache;
    said.map_or(Cache::Uncached, |(cache, _)| cache)
}

/// The memory type that a window says itself, unless it says why.
fn cached(checker: &Checker<'_>, id: ItemId) -> Option<(Cache, Loc)> {
    let attrs = &checker.model.item(id).attrs;
    let said = attrs.cache.filter(|(cache, _)| cache.is_cached());
    said.filter(|_| attrs.because("cache").is_none())
}

/// No window that says that it is cached shows a device that is not to be.
pub(super) fn check(checker: &mut Checker<'_>) {
    for window in pieces(checker, |item| item.attrs.cache.is_some()) {
        let Some((cache, loc)) = cached(checker, window.id) else {
            continue;
        };
        for device in checker.sound_in(window.space, PlaceKind::Device) {
            let covered = is_covered(checker, window.id, device);
            if !covered && !cache_of(checker, device).is_cached() && !checker.is_mistaken(window.id)
            {
                let goal = apart(checker, &window, device);
                ask(checker, (window.id, cache, loc), device, goal);
            }
        }
    }
    for id in checker.sound(PlaceKind::Window) {
        let (Some((cache, loc)), Target::Device { of }) =
            (cached(checker, id), &checker.model.item(id).target)
        else {
            continue;
        };
        let any = checker.sound(PlaceKind::Device);
        let wrong = of.iter().chain(any.iter().filter(|_| of.is_empty()));
        let mut wrong = wrong.filter(|device| !cache_of(checker, **device).is_cached());
        if let Some(&device) = wrong.next() {
            let there = checker.present(device);
            let goal = checker.terms.not(there);
            ask(checker, (id, cache, loc), device, goal);
        }
    }
}

/// The window shows no frame of the device.
fn apart(checker: &mut Checker<'_>, window: &Shown, device: ItemId) -> TermId {
    let there = checker.present(device);
    let range = checker.model.item(device).range;
    match range {
        Some(range) if window.plain(checker) => {
            let theirs = (range.start.term, range.end.term);
            let apart = disjoint(checker, (window.at, window.end), theirs);
            checker.terms.implies(there, apart)
        }
        _ => {
            let (_, frame) = every_frame(checker, window.space);
            let (shown, inside) = (window.shows(checker, frame), holds(checker, device, frame));
            let both = checker.terms.and(shown, inside);
            checker.terms.not(both)
        }
    }
}

fn ask(
    checker: &mut Checker<'_>,
    (id, cache, loc): (ItemId, Cache, Loc),
    device: ItemId,
    goal: TermId,
) {
    let present = checker.present(id);
    let law = Law {
        under: present,
        goal,
        loc,
        what: "no cached window shows a device",
    };
    checker.hold(id, &law, |checker, case| {
        let (item, other) = (checker.model.item(id), checker.model.item(device));
        let message = format!(
            "{} is cached and shows the {}",
            item_title(item),
            item_title(other)
        );
        let wants = cache_of(checker, device).word();
        Diagnostic::error(&PAGE, message)
            .at(
                loc,
                format!("`{}` is {}", checker.name(id, case), cache.word()),
            )
            .also(other.name_loc, checker.described(device, case))
            .note("what is written may reach the device late or never, and what is read may be old")
            .help(format!("write `cache: {wants}`, or leave it out"))
            .help(format!(
                "or say why it may be cached: `cache: {} because \"...\"`",
                cache.word()
            ))
    });
}
