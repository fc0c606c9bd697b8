//! # cache-differs
//!
//! Two windows show one frame with different memory types.
//!
//! When a frame is cached through one window and not through another, what one writes the other may not see; on several
//! processors the outcome is not even defined. So all windows that show a frame agree. One that says nothing shows memory
//! `write_back`, and devices as they say (`uncached`, where they do not).
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 36 bits;
//! space  linear   : 64 bits, paging x86_64_4level, to physical;
//! zone   low    in physical : 0 .. 1G;
//! window direct in linear   : 0xFFFF_8880_0000_0000 .. +1G -> physical at 0;
//! window rings  in linear   : 0xFFFF_9000_0000_0000 .. +1M -> physical at 1M
//!     alias of direct because "shared with a device" { access: rw, cache: uncached };      // rejected
//! ```
//!
//! What to do: give both the same `cache`, cover those frames in the other window with a view that has it (`window NAME in
//! direct : ... { cache: uncached };`), or say why they may differ: `cache: uncached because "..."`.

use super::device_cached::cache_of;
use super::frames::{Shown, every_frame, within_some};
use super::pieces::pieces;
use super::{Checker, Law, as_addr, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{Cache, ItemId};
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "cache-differs",
    title: "two windows show a frame with different memory types",
    source: include_str!("cache_differs.rs"),
};

/// Windows on one frame have one memory type.
pub(super) fn check(checker: &mut Checker<'_>) {
    let all = pieces(checker, |item| item.attrs.cache.is_some());
    // Two that both say nothing agree. Most windows say nothing, and there may be tens of thousands.
    let says = |at: &usize| checker.model.item(all[*at].id).attrs.cache.is_some();
    let (saying, silent): (Vec<usize>, Vec<usize>) = (0..all.len()).partition(says);
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (n, &one) in saying.iter().enumerate() {
        pairs.extend(saying[n + 1..].iter().map(|&other| (one, other)));
        pairs.extend(silent.iter().map(|&other| (one.min(other), one.max(other))));
    }
    pairs.sort_unstable();
    for (first, second) in pairs {
        let (first, second) = (&all[first], &all[second]);
        let explained = [first, second].iter().any(|shown| {
            let attrs = &checker.model.item(shown.id).attrs;
            attrs.because("cache").is_some()
        });
        if first.owner != second.owner && first.space == second.space && !explained {
            pair(checker, first, second);
        }
    }
}

fn pair(checker: &mut Checker<'_>, first: &Shown, second: &Shown) {
    let said = |checker: &Checker<'_>, shown: &Shown| {
        let cache = checker.model.item(shown.id).attrs.cache;
        cache.map(|(cache, _)| cache)
    };
    let (sayer, said, other) = match (said(checker, first), said(checker, second)) {
        (None, None) => return,
        (Some(a), Some(b)) if a == b => return,
        (Some(a), Some(_)) => (first, a, None),
        (Some(a), None) => (first, a, Some(second)),
        (None, Some(b)) => (second, b, Some(first)),
    };
    if checker.is_mistaken(first.id) || checker.is_mistaken(second.id) {
        return;
    }
    let (var, frame) = every_frame(checker, first.space);
    let (a, b) = (first.shows(checker, frame), second.shows(checker, frame));
    let under = checker.terms.and(a, b);
    // Where one says nothing, it depends on the frame.
    let goal = match other {
        None => TermId::FALSE,
        Some(_) => agrees(checker, sayer, said, frame),
    };
    let (id, loc) = match checker.model.item(sayer.id).attrs.cache {
        Some((_, loc)) => (sayer.id, loc),
        None => return,
    };
    let law = Law {
        under,
        goal,
        loc,
        what: "all windows show a frame with one memory type",
    };
    let beside = if id == first.id { second.id } else { first.id };
    checker.hold(id, &law, |checker, case| {
        let frame = case.values[var.index()];
        diagnostic(checker, (id, said), beside, frame)
            .note(format!(
                "the first frame of both is at {} of `{}`",
                as_addr(checker.model, frame),
                checker.model.space(first.space).name
            ))
            .help(format!(
                "give both the same `cache`, or cover those frames in `{0}` with a view that has it: `window NAME in {0} : ... {{ \
                 cache: {1} }}`",
                checker.model.item(beside).name,
                said.word()
            ))
            .help(format!("or say why they may differ: `cache: {} because \"...\"`", said.word()))
    });
}

/// What a frame is shown with by a window that says nothing is `said`.
fn agrees(checker: &mut Checker<'_>, window: &Shown, said: Cache, frame: TermId) -> TermId {
    let devices = checker.sound_in(window.space, PlaceKind::Device);
    let mut fitting = Vec::new();
    let mut any = Vec::new();
    for device in devices {
        let inside = within_some(checker, device, frame);
        any.push(inside);
        if cache_of(checker, device) == said {
            fitting.push(inside);
        }
    }
    if said == Cache::WriteBack {
        let device = checker.terms.any(&any);
        fitting.push(checker.terms.not(device));
    }
    checker.terms.any(&fitting)
}

fn diagnostic(
    checker: &Checker<'_>,
    (id, said): (ItemId, Cache),
    beside: ItemId,
    frame: i128,
) -> Diagnostic {
    let (item, other) = (checker.model.item(id), checker.model.item(beside));
    let of = item.attrs.cache.map_or(item.name_loc, |(_, loc)| loc);
    let (place, theirs) = match other.attrs.cache {
        Some((cache, loc)) => (loc, cache.word().to_owned()),
        None => (other.name_loc, unsaid(checker, other.space, frame)),
    };
    let message = format!(
        "{} is {}, but {} shows the same frames otherwise",
        item_title(item),
        said.word(),
        item_title(other)
    );
    Diagnostic::error(&PAGE, message)
        .at(of, format!("`{}` is {}", item.name, said.word()))
        .also(place, format!("`{}` is {theirs}", other.name))
}

/// What a window that says nothing shows a frame with, for a message.
fn unsaid(checker: &Checker<'_>, linear: crate::model::SpaceId, frame: i128) -> String {
    let to = checker.model.space(linear).to;
    let devices = to.map_or_else(Vec::new, |to| checker.sound_in(to, PlaceKind::Device));
    let case = super::sweep::every_case(checker);
    let at = devices.into_iter().find(|&device| {
        let bounds = checker.bounds(device, &case);
        bounds.is_some_and(|(start, end)| (start..end).contains(&frame))
    });
    match at {
        Some(device) => format!(
            "{} there, as the device wants it",
            cache_of(checker, device).word()
        ),
        None => "write_back, as memory is where nothing is said".to_owned(),
    }
}
