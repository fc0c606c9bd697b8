//! # unreachable-memory
//!
//! There is memory that no window can ever map: the kernel could not touch it.
//!
//! A frame of a zone is reached through a linear window that covers it, or page by page through a window of `pages` or
//! `slots` that takes frames from its zone. A 32-bit kernel with more memory than its direct map is the classic case: this is
//! why ZONE_HIGHMEM, kmap and the pkmap window exist. Only the processor's own spaces count: those with page tables (of these
//! the ones that are split for user and kernel, where one is) and what they are translated into. What a device sees through
//! its bus is of no use to a program.
//!
//! ```layout
//! use std "paging/x86.layout";
//! boot   RAM : size = 512M in 16M ..= 4G step 4K;
//! space  physical : 32 bits;
//! space  linear   : 32 bits, paging x86_32, to physical;
//! zone   all    in physical : 0 .. RAM;                                          // rejected when RAM > 896M
//! window lowmem in linear   : 3G .. +min(RAM, 896M) -> physical at 0;
//! ```
//!
//! What to do: split the zone where the direct map ends and give the upper part a window (`-> slots 1024 from HIGHMEM`, `->
//! pages from HIGHMEM`), make the direct map larger, or say on the zone why nothing need reach it: `{ unreached: "why" }`.

use super::frames::{Shown, children, every_frame, holds, of_the_processor, within_some};
use super::members::Ways;
use super::reach::Reach;
use super::{Case, Checker, Law, as_addr, item_title, span_text};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{ItemId, Kind, SpaceId, Target};
use crate::show_value::value_text;
use crate::term::{TermId, VarId};
use mapwright_grammar::ast::{ParamClass, PlaceKind};

/// Its page.
pub const PAGE: Page = Page {
    code: "unreachable-memory",
    title: "there is memory that no window can ever map",
    source: include_str!("unreachable_memory.rs"),
};

/// Every frame of every zone can be mapped by some window.
pub(super) fn check(checker: &mut Checker<'_>) {
    let Some(reach) = Reach::of(checker) else {
        return;
    };
    for zone in checker.sound(PlaceKind::Zone) {
        let item = checker.model.item(zone);
        if item.attrs.unreached.is_none() && reach.leads_to(checker, item.space) {
            ask(checker, zone, &reach.linear);
        }
    }
}

fn ask(checker: &mut Checker<'_>, zone: ItemId, windows: &[Shown]) {
    let item = checker.model.item(zone);
    let Some(range) = item.range else { return };
    let (var, frame) = every_frame(checker, item.space);
    let mut ways = Ways::default();
    for taker in takers(checker, zone) {
        let present = checker.present(taker);
        ways.add_for(checker, taker, present, None);
    }
    by_linear(checker, item.space, windows, frame, &mut ways);
    let mut under = holds(checker, zone, frame);
    // What is taken from a zone, or is no memory, has laws of its own.
    for inner in children(checker, zone) {
        let inside = within_some(checker, inner, frame);
        let outside = checker.terms.not(inside);
        under = checker.terms.and(under, outside);
    }
    let law = ways.law(checker, under, |goal| Law {
        under,
        goal,
        loc: range.loc,
        what: "every frame of this zone can be mapped",
    });
    let Some(law) = law else { return };
    checker.hold(zone, &law, |checker, case| {
        diagnostic(checker, zone, windows, var, case)
    });
}

/// The windows that may take a frame from a zone.
fn takers(checker: &Checker<'_>, zone: ItemId) -> Vec<ItemId> {
    let mut windows = checker.sound(PlaceKind::Window);
    let own = of_the_processor(checker.model);
    windows.retain(|&id| match &checker.model.item(id).target {
        Target::Pages { from, .. } | Target::Slots { from, .. } => {
            from.contains(&zone) && own[checker.model.item(id).space.index()]
        }
        _ => false,
    });
    windows
}

/// When some linear window shows `frame`. Windows at fixed places that lie side by side are taken together.
fn by_linear(
    checker: &mut Checker<'_>,
    space: SpaceId,
    windows: &[Shown],
    frame: TermId,
    ways: &mut Ways,
) {
    let mut fixed: Vec<(i128, i128)> = Vec::new();
    for window in windows.iter().filter(|window| window.space == space) {
        let bounds = (
            checker.terms.as_const(window.at),
            checker.terms.as_const(window.end),
        );
        match bounds {
            (Some(at), Some(end))
                if window.present == TermId::TRUE
                    && window.plain(checker)
                    && checker.model.item(window.id).family.is_none() =>
            {
                fixed.push((at, end))
            }
            _ => window.ways_to_show(checker, frame, ways),
        }
    }
    fixed.sort_unstable();
    let mut merged: Vec<(i128, i128)> = Vec::new();
    for (at, end) in fixed {
        match merged.last_mut() {
            Some(last) if at <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((at, end)),
        }
    }
    for (at, end) in merged {
        let (at, end) = (checker.terms.constant(at), checker.terms.constant(end));
        let (from, below) = (checker.terms.ge(frame, at), checker.terms.lt(frame, end));
        ways.add(checker.terms.and(from, below));
    }
}

fn diagnostic(
    checker: &Checker<'_>,
    zone: ItemId,
    windows: &[Shown],
    var: VarId,
    case: &Case,
) -> Diagnostic {
    let item = checker.model.item(zone);
    let range = item.range.expect("checked items have a range");
    let frame = case.values[var.index()];
    let end = checker.bounds(zone, case).map_or(frame, |(_, end)| end);
    let shown: Vec<(i128, i128, &Shown)> = windows
        .iter()
        .filter(|window| window.space == item.space && checker.value(window.present, case) != 0)
        .map(|window| {
            (
                checker.value(window.at, case),
                checker.value(window.end, case),
                window,
            )
        })
        .collect();
    let left_out = hole_at(checker, &shown, frame, case);
    let resumes = shown
        .iter()
        .map(|&(at, ..)| at)
        .chain(left_out.map(|(_, end)| end))
        .filter(|&at| at > frame)
        .min();
    let until = resumes.unwrap_or(end).min(end);
    let lost = if until > frame {
        span_text(frame, until)
    } else {
        as_addr(checker.model, frame)
    };
    let mut diagnostic = Diagnostic::error(
        &PAGE,
        format!("no window can ever map {lost} of {}", item_title(item)),
    )
    .at(range.loc, checker.described(zone, case));
    diagnostic = with_windows(checker, diagnostic, zone, &shown, (frame, left_out), case);
    if let Some(first) = first_memory(checker, case) {
        diagnostic = diagnostic.note(first);
    }
    diagnostic
        .note("the kernel has no address for it: this is why ZONE_HIGHMEM, kmap and the pkmap window exist")
        .help(format!(
            "give it a window (`-> slots 1024 from {0}`, `-> pages from {0}`), make the direct map larger, or say why \
             nothing need reach it: `{{ unreached: \"...\" }}`",
            item.name
        ))
}

/// The windows that come near: the one that ends below the frame, what keeps it out, those that do not exist.
fn with_windows(
    checker: &Checker<'_>,
    mut diagnostic: Diagnostic,
    zone: ItemId,
    shown: &[(i128, i128, &Shown)],
    (frame, left_out): (i128, Option<(ItemId, i128)>),
    case: &Case,
) -> Diagnostic {
    if let Some(&(at, end, window)) = shown
        .iter()
        .filter(|&&(_, end, _)| end <= frame)
        .max_by_key(|&&(_, end, _)| end)
    {
        let place = checker.model.item(window.id);
        diagnostic = diagnostic.also(
            place.target_loc.unwrap_or(place.name_loc),
            format!(
                "`{}` maps {} only",
                checker.name(window.id, case),
                span_text(at, end)
            ),
        );
    }
    if let Some((hole, _)) = left_out {
        let item = checker.model.item(hole);
        diagnostic = diagnostic.also(
            item.name_loc,
            format!("`{}` keeps it out of the window around it", item.name),
        );
    }
    for id in takers(checker, zone) {
        let window = checker.model.item(id);
        let loc = window.when_loc.unwrap_or(window.name_loc);
        diagnostic = diagnostic.also(
            loc,
            format!("`{}` could take it, but does not exist here", window.name),
        );
    }
    diagnostic
}

/// From how much memory on it is so, where the case is that of the defaults.
fn first_memory(checker: &Checker<'_>, case: &Case) -> Option<String> {
    if checker
        .model
        .params
        .iter()
        .any(|param| case.values[param.var.index()] != param.default)
    {
        return None;
    }
    let sizes = checker
        .model
        .params
        .iter()
        .filter(|param| param.class == ParamClass::Boot && param.kind == Kind::Size);
    sizes
        .filter(|param| case.uses.contains(&param.var))
        .find_map(|param| {
            let least = checker
                .least(case, param.var)
                .filter(|&least| least < param.default)?;
            (least > checker.vars()[param.var.index()].domain.low()).then(|| {
                format!(
                    "it begins with {} = {}",
                    param.name,
                    value_text(checker.model, param.kind, least)
                )
            })
        })
}

/// What keeps a frame out of the window that covers it, and the frame behind.
fn hole_at(
    checker: &Checker<'_>,
    shown: &[(i128, i128, &Shown)],
    frame: i128,
    case: &Case,
) -> Option<(ItemId, i128)> {
    let around = shown
        .iter()
        .filter(|&&(at, end, _)| at <= frame && frame < end);
    around
        .flat_map(|&(at, _, window)| window.without.iter().map(move |&hole| (at, window, hole)))
        .find_map(|(at, window, hole)| {
            let (first, _) = checker.bounds(window.id, case)?;
            let (start, end) = checker.bounds(hole, case)?;
            let address = first + (frame - at);
            (start <= address && address < end).then_some((hole, at + (end - first)))
        })
}
