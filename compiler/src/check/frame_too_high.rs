//! # frame-too-high
//!
//! A window is to show frames whose addresses its page-table entries cannot hold.
//!
//! An entry of x86 without PAE has room for a physical address of 32 bits; memory above 4G cannot be mapped with it, whether
//! for good or page by page.
//!
//! ```layout
//! use std "paging/x86.layout";
//! boot   RAM : size = 1G in 16M ..= 64G step 4K;
//! space  physical : 36 bits;
//! space  linear   : 32 bits, paging x86_32, to physical;
//! zone   all     in physical : 0 .. RAM;
//! window vmalloc in linear   : 0xF000_0000 .. +128M -> pages from all;       // rejected when RAM > 4G
//! ```
//!
//! What to do: use a format with wider entries (`x86_pae`), end the zone at what entries can hold, or exclude the case with
//! an `assume`.

use super::frames::linear_windows;
use super::{Case, Checker, Law, as_addr, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::paging::{InForce, formats};
use crate::model::{FormatId, ItemId, Target};
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;
use std::collections::BTreeMap;

/// Its page.
pub const PAGE: Page = Page {
    code: "frame-too-high",
    title: "page-table entries cannot hold the addresses of frames",
    source: include_str!("frame_too_high.rs"),
};

/// What windows show can be written into entries.
pub(super) fn check(checker: &mut Checker<'_>) {
    for window in linear_windows(checker) {
        for in_force in formats(checker.model, checker.model.item(window.id).space) {
            let top = checker
                .terms
                .constant(1_i128 << in_force.spec.physical_bits);
            let goal = checker.terms.le(window.end, top);
            let under = checker.terms.and(window.present, in_force.when);
            let item = checker.model.item(window.id);
            let law = Law {
                under,
                goal,
                loc: item.name_loc,
                what: "entries can hold the frames of this window",
            };
            let end = window.end;
            checker.hold(window.id, &law, |checker, case| {
                let place = item.target_loc.unwrap_or(item.name_loc);
                let end = as_addr(checker.model, checker.value(end, case));
                message(checker, window.id, &in_force).at(place, format!("maps frames up to {end}")).help(
                    "end the window lower, use a format with wider entries, or exclude the case with an `assume`",
                )
            });
        }
    }
    for zone in checker.sound(PlaceKind::Zone) {
        of_a_zone(checker, zone);
    }
}

/// Asks about the windows that may take frames from a zone: each format once, whatever the number of windows.
fn of_a_zone(checker: &mut Checker<'_>, zone: ItemId) {
    let mut takers: BTreeMap<(TermId, FormatId), Vec<ItemId>> = BTreeMap::new();
    for id in checker.sound(PlaceKind::Window) {
        let item = checker.model.item(id);
        if let Target::Pages { from, .. } | Target::Slots { from, .. } = &item.target
            && from.contains(&zone)
        {
            for &case in &checker.model.space(item.space).paging {
                takers.entry(case).or_default().push(id);
            }
        }
    }
    for ((when, _), windows) in takers {
        let Some(&first) = windows.first() else {
            continue;
        };
        let space = checker.model.item(first).space;
        let Some(in_force) = formats(checker.model, space)
            .into_iter()
            .find(|f| f.when == when)
        else {
            continue;
        };
        if !zone_fits(checker, &windows, zone, &in_force) {
            return;
        }
    }
}

fn zone_fits(
    checker: &mut Checker<'_>,
    windows: &[ItemId],
    zone: ItemId,
    in_force: &InForce<'_>,
) -> bool {
    let Some(range) = checker.model.item(zone).range else {
        return true;
    };
    let exist: Vec<TermId> = windows.iter().map(|&id| checker.exists(id)).collect();
    let (exists, there) = (checker.terms.any(&exist), checker.present(zone));
    let under = checker.terms.all(&[exists, there, in_force.when]);
    let top = checker
        .terms
        .constant(1_i128 << in_force.spec.physical_bits);
    let goal = checker.terms.le(range.end.term, top);
    let law = Law {
        under,
        goal,
        loc: range.end.loc,
        what: "entries can hold the frames of this zone",
    };
    let Some(case) = checker.law(&law) else {
        return true;
    };
    let taker = windows
        .iter()
        .zip(&exist)
        .find(|(_, exists)| checker.value(**exists, &case) != 0)
        .map(|(&id, _)| id);
    let taker = taker.unwrap_or(windows[0]);
    let diagnostic =
        of_zone(checker, taker, zone, in_force, &case).shown_by(checker.counterexample(&case));
    checker.report(diagnostic);
    false
}

fn of_zone(
    checker: &Checker<'_>,
    window: ItemId,
    zone: ItemId,
    in_force: &InForce<'_>,
    case: &Case,
) -> Diagnostic {
    let zone_item = checker.model.item(zone);
    let place = zone_item
        .range
        .map_or(zone_item.name_loc, |range| range.end.loc);
    message(checker, window, in_force)
        .at(place, checker.described(zone, case))
        .also(checker.model.item(window).name_loc, format!("takes frames from `{}`", zone_item.name))
        .help("end the zone lower, use a format with wider entries, or exclude the case with an `assume`")
}

fn message(checker: &Checker<'_>, window: ItemId, in_force: &InForce<'_>) -> Diagnostic {
    let (bits, name) = (in_force.spec.physical_bits, &in_force.format.name);
    let title = item_title(checker.model.item(window));
    Diagnostic::error(
        &PAGE,
        format!("{title} is to show frames that entries of `{name}` cannot hold"),
    )
    .note(format!(
        "an entry of `{name}` holds addresses of {bits} bits, below {}",
        as_addr(checker.model, 1_i128 << bits)
    ))
}
