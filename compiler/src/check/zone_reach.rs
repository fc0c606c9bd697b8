//! # zone-reach
//!
//! A zone holds frames beyond the reach of the devices that it is for.
//!
//! `reach: 16M` says that the devices which allocate from this zone see addresses below 16M only. A frame above that would
//! be handed to a device that writes somewhere else. The same goes for the zones that it falls back on.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 32 bits;
//! space  linear   : 32 bits, paging x86_32, to physical;
//! zone   DMA    in physical : 0 .. 32M { reach: 16M };        // rejected: ISA devices see 16M
//! window lowmem in linear   : 3G .. +32M -> physical at 0;
//! ```
//!
//! What to do: end the zone at its reach; let it fall back only on zones below that.

use super::room::end_moved;
use super::{Case, Checker, Law, as_addr, item_title};
use crate::diagnostic::{Diagnostic, Page, Proposal};
use crate::model::{ItemId, Num};
use crate::show_value::size_text;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "zone-reach",
    title: "a zone holds frames that its devices cannot reach",
    source: include_str!("zone_reach.rs"),
};

/// Zones with a reach, and what they fall back on, end there.
pub(super) fn check(checker: &mut Checker<'_>) {
    for zone in checker.sound(PlaceKind::Zone) {
        let Some(reach) = checker.model.item(zone).attrs.reach else {
            continue;
        };
        if ends_below(checker, zone, zone, reach) {
            let fallback = checker
                .model
                .item(zone)
                .attrs
                .fallback
                .iter()
                .flat_map(|(zones, _)| zones.iter().copied());
            for next in fallback.collect::<Vec<_>>() {
                ends_below(checker, zone, next, reach);
            }
        }
    }
}

/// Asks whether `held` (the zone itself, or one that it falls back on) ends below the reach of `zone`.
fn ends_below(checker: &mut Checker<'_>, zone: ItemId, held: ItemId, reach: Num) -> bool {
    let Some(range) = checker.model.item(held).range else {
        return true;
    };
    if checker.broken.contains(&held) {
        return true;
    }
    let (there, its) = (checker.present(zone), checker.present(held));
    let under = checker.terms.and(there, its);
    let goal = checker.terms.le(range.end.term, reach.term);
    let law = Law {
        under,
        goal,
        loc: range.end.loc,
        what: "a zone ends below its reach",
    };
    let Some(case) = checker.law(&law) else {
        return true;
    };
    let diagnostic =
        diagnostic(checker, zone, held, reach, &case).shown_by(checker.counterexample(&case));
    checker.report(diagnostic);
    false
}

fn diagnostic(
    checker: &Checker<'_>,
    zone: ItemId,
    held: ItemId,
    reach: Num,
    case: &Case,
) -> Diagnostic {
    let (item, other) = (checker.model.item(zone), checker.model.item(held));
    let limit = checker.value(reach.term, case);
    let (_, end) = checker.bounds(held, case).unwrap_or_default();
    let by = size_text(end - limit);
    let text = checker.described(held, case);
    let place = other.range.map_or(other.name_loc, |range| range.end.loc);
    if zone == held {
        let end = other
            .range
            .and_then(|range| end_moved(checker, zone, range.end, limit, case));
        return Diagnostic::error(
            &PAGE,
            format!("{} passes its reach by {by}", item_title(item)),
        )
        .at(place, text)
        .also(
            reach.loc,
            format!(
                "its devices see addresses below {}",
                as_addr(checker.model, limit)
            ),
        )
        .propose(Proposal {
            before: "end it at ".to_owned(),
            places: end.into_iter().collect(),
            most: 1,
            after: " or below".to_owned(),
            otherwise: format!(
                "give what is above {} to another zone",
                as_addr(checker.model, limit)
            ),
            values: case.values.clone(),
        });
    }
    let list = item
        .attrs
        .fallback
        .as_ref()
        .map_or(item.name_loc, |&(_, loc)| loc);
    let message = format!(
        "{} falls back on `{}`, which passes its reach by {by}",
        item_title(item),
        other.name
    );
    Diagnostic::error(&PAGE, message)
        .at(list, "may hand out its frames")
        .also(
            reach.loc,
            format!(
                "its devices see addresses below {}",
                as_addr(checker.model, limit)
            ),
        )
        .also(place, text)
        .help(format!("take `{}` out of the list", other.name))
}
