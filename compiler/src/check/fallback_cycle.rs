//! # fallback-cycle
//!
//! Zones fall back on each other in a circle.
//!
//! When a zone has nothing left, its allocations are served from the next zone of its list. The order goes from what is
//! plenty to what is precious and never returns: HIGHMEM, then NORMAL, then DMA.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 32 bits;
//! space  linear   : 32 bits, paging x86_32, to physical;
//! zone   DMA    in physical : 0 .. 16M    { fallback: [NORMAL] };      // rejected, together with
//! zone   NORMAL in physical : 16M .. 896M { fallback: [DMA] };         // this
//! window lowmem in linear   : 3G .. +896M -> physical at 0;
//! ```
//!
//! What to do: leave the more precious zone without the other in its list.

use super::Checker;
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{ItemId, Model};
use mapwright_grammar::ast::PlaceKind;
use std::collections::BTreeSet;

/// Its page.
pub const PAGE: Page = Page {
    code: "fallback-cycle",
    title: "zones fall back on each other in a circle",
    source: include_str!("fallback_cycle.rs"),
};

/// No zone comes back to itself by fallbacks.
pub(super) fn check(checker: &mut Checker<'_>) {
    let model = checker.model;
    let mut done = BTreeSet::new();
    for zone in checker.sound(PlaceKind::Zone) {
        if let Some(circle) = circle_from(model, zone, &mut done) {
            checker.summary.refuted += 1;
            checker.report(diagnostic(model, &circle));
        }
    }
}

fn next_of(model: &Model, zone: ItemId) -> &[ItemId] {
    model
        .item(zone)
        .attrs
        .fallback
        .as_ref()
        .map_or(&[], |(zones, _)| zones)
}

/// The first circle that can be reached from `zone` without those that are done.
fn circle_from(model: &Model, zone: ItemId, done: &mut BTreeSet<ItemId>) -> Option<Vec<ItemId>> {
    if !done.insert(zone) {
        return None;
    }
    let mut path = vec![(zone, 0)];
    while let Some((at, next)) = path.last_mut() {
        let Some(&to) = next_of(model, *at).get(*next) else {
            path.pop();
            continue;
        };
        *next += 1;
        if let Some(start) = path.iter().position(|&(on, _)| on == to) {
            let circle = path[start..].iter().map(|&(id, _)| id).collect();
            done.extend(path.iter().map(|&(id, _)| id));
            return Some(circle);
        }
        if done.insert(to) {
            path.push((to, 0));
        }
    }
    None
}

fn diagnostic(model: &Model, circle: &[ItemId]) -> Diagnostic {
    let names: Vec<&str> = circle
        .iter()
        .chain(circle.first())
        .map(|&id| model.item(id).name.as_str())
        .collect();
    let message = match circle {
        [one] => format!("zone `{}` falls back on itself", model.item(*one).name),
        _ => "zones fall back on each other in a circle".to_owned(),
    };
    let mut diagnostic = Diagnostic::error(&PAGE, message);
    for (at, &id) in circle.iter().enumerate() {
        let item = model.item(id);
        let loc = item
            .attrs
            .fallback
            .as_ref()
            .map_or(item.name_loc, |&(_, loc)| loc);
        let text = format!("`{}` falls back on `{}`", item.name, names[at + 1]);
        diagnostic = if at == 0 {
            diagnostic.at(loc, text)
        } else {
            diagnostic.also(loc, text)
        };
    }
    diagnostic
        .note(format!("the circle is {}", names.join(" -> ")))
        .help("the more precious zone falls back on nothing")
}
