//! # undeclared-alias
//!
//! Two windows show the same frames, and neither says so.
//!
//! A frame that has two addresses can be changed behind the back of whoever looks at the other one: rights, caching and
//! flushing have to agree. Sometimes that is what is wanted; then the layout says it, with the reason.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 32 bits;
//! space  linear   : 32 bits, paging x86_32, to physical;
//! zone   low    in physical : 0 .. 64M;
//! window direct in linear   : 3G          .. +64M -> physical at 0;
//! window image  in linear   : 0xF000_0000 .. +8M  -> physical at 1M;       // rejected
//! ```
//!
//! What to do: write `alias of direct because "..."`, or map other frames. A named piece of a window at the same addresses
//! is no alias but a view: `window image in direct : ...` without a target of its own. Two aliases of one window, directly
//! or by way of others, need not name each other.

use super::frames::{Shown, every_frame, kin, linear_windows};
use super::sweep::{Stretch, disjoint, meetings};
use super::{Case, Checker, Law, item_title, span_text};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{Item, ItemId, SpaceId};
use crate::show_value::size_text;
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;
use std::collections::{BTreeMap, BTreeSet};

/// Its page.
pub const PAGE: Page = Page {
    code: "undeclared-alias",
    title: "two windows show the same frames without saying so",
    source: include_str!("undeclared_alias.rs"),
};

/// Windows that are not declared to be aliases show different frames.
pub(super) fn check(checker: &mut Checker<'_>) {
    // What is missing because it was wrong has had its message.
    if checker.model.missing.places(&[PlaceKind::Window]) {
        return;
    }
    let mut by_space: BTreeMap<SpaceId, Vec<Shown>> = BTreeMap::new();
    for window in linear_windows(checker) {
        by_space.entry(window.space).or_default().push(window);
    }
    for windows in by_space.into_values() {
        among(checker, &windows);
        for window in &windows {
            if checker.model.item(window.id).family.is_some()
                && !checker.broken.contains(&window.id)
            {
                members(checker, window);
            }
        }
    }
}

fn among(checker: &mut Checker<'_>, windows: &[Shown]) {
    let mut stretches = Vec::new();
    let mut owner = Vec::new();
    for (at, window) in windows.iter().enumerate() {
        for stretch in window.stretches(checker) {
            stretches.push(Stretch {
                exists: window.present,
                ..stretch
            });
            owner.push(at);
        }
    }
    let found = meetings(checker, &stretches);
    checker.summary.proved += found.proved;
    let mut asked = BTreeSet::new();
    for (a, b) in found.certain.into_iter().chain(found.possible) {
        let (a, b) = (owner[a].min(owner[b]), owner[a].max(owner[b]));
        if a != b && asked.insert((a, b)) {
            pair(checker, &windows[a], &windows[b]);
        }
    }
}

fn pair(checker: &mut Checker<'_>, a: &Shown, b: &Shown) {
    if checker.broken.contains(&a.id) || checker.broken.contains(&b.id) {
        return;
    }
    if !kin(checker, a.id).is_disjoint(&kin(checker, b.id)) {
        return;
    }
    let (under, goal) = if a.plain(checker) && b.plain(checker) {
        (
            checker.terms.and(a.present, b.present),
            disjoint(checker, (a.at, a.end), (b.at, b.end)),
        )
    } else {
        let (_, frame) = every_frame(checker, a.space);
        let (first, second) = (a.shows(checker, frame), b.shows(checker, frame));
        (checker.terms.and(first, second), TermId::FALSE)
    };
    let loc = checker.model.item(b.id).name_loc;
    let law = Law {
        under,
        goal,
        loc,
        what: "two windows show different frames",
    };
    checker.hold(b.id, &law, |checker, case| {
        let bounds = |w: &Shown| (checker.value(w.at, case), checker.value(w.end, case));
        let names = (checker.name(a.id, case), checker.name(b.id, case));
        let (first, second) = (checker.model.item(a.id), checker.model.item(b.id));
        diagnostic((first, &names.0, bounds(a)), (second, &names.1, bounds(b))).help(format!(
            "write `alias of {} because \"...\"` after the target of `{}`, or map other frames",
            first.name, second.name
        ))
    });
}

/// Two members of a family show different frames, unless it is an alias.
fn members(checker: &mut Checker<'_>, window: &Shown) {
    let item = checker.model.item(window.id);
    let Some(family) = item.family.as_ref().filter(|_| item.alias.is_none()) else {
        return;
    };
    let other = checker.twin(family.var);
    let (p, q) = (checker.terms.var(family.var), checker.terms.var(other));
    let second =
        |checker: &mut Checker<'_>, term: TermId| checker.terms.renamed(term, family.var, other);
    let (there, at, end) = (
        second(checker, window.present),
        second(checker, window.at),
        second(checker, window.end),
    );
    let ordered = checker.terms.lt(p, q);
    let under = checker.terms.all(&[window.present, there, ordered]);
    let goal = disjoint(checker, (window.at, window.end), (at, end));
    let law = Law {
        under,
        goal,
        loc: item.name_loc,
        what: "the members of this family show different frames",
    };
    checker.hold(window.id, &law, |checker, case: &Case| {
        let numbers = (case.values[family.var.index()], case.values[other.index()]);
        let names = (format!("{}[{}]", item.name, numbers.0), format!("{}[{}]", item.name, numbers.1));
        let first = (checker.value(window.at, case), checker.value(window.end, case));
        let second = (checker.value(at, case), checker.value(end, case));
        let (low, high) = (first.0.max(second.0), first.1.min(second.1));
        let message = format!("members {} and {} of {} show the same frames", numbers.0, numbers.1, item_title(item));
        Diagnostic::error(&PAGE, message)
            .at(item.target_loc.unwrap_or(item.name_loc), format!("`{}` maps {}", names.0, span_text(first.0, first.1)))
            .also(family.loc, format!("`{}` maps {}", names.1, span_text(second.0, second.1)))
            .note(shared(low, high))
            .help(match (second.0 - first.0).abs() / (numbers.1 - numbers.0).max(1) {
                0 => format!("let the target depend on `{}`, or write `alias of ... because \"...\"`", family.name),
                step => {
                    let size = size_text(first.1 - first.0);
                    format!("a member shows {size}, but the target of the next one is {} further on", size_text(step))
                }
            })
    });
}

fn shared(low: i128, high: i128) -> String {
    if low < high {
        format!("both show {}", span_text(low, high))
    } else {
        "they share frames at the end of the space".to_owned()
    }
}

type Side<'a> = (&'a Item, &'a str, (i128, i128));

fn diagnostic(first: Side<'_>, second: Side<'_>) -> Diagnostic {
    let (low, high) = (first.2.0.max(second.2.0), first.2.1.min(second.2.1));
    let by = if low < high {
        format!(" ({})", size_text(high - low))
    } else {
        String::new()
    };
    let place = |item: &Item| item.target_loc.unwrap_or(item.name_loc);
    let message = format!(
        "{} shows frames of `{}` without saying so{by}",
        item_title(second.0),
        first.0.name
    );
    Diagnostic::error(&PAGE, message)
        .at(
            place(second.0),
            format!("`{}` maps {}", second.1, span_text(second.2.0, second.2.1)),
        )
        .also(
            place(first.0),
            format!("`{}` maps {}", first.1, span_text(first.2.0, first.2.1)),
        )
        .note(shared(low, high))
}

/// The windows that an item may be an alias of.
pub(super) fn named(checker: &Checker<'_>, id: ItemId) -> Vec<ItemId> {
    checker
        .model
        .item(id)
        .alias
        .iter()
        .flat_map(|alias| alias.of.iter().copied())
        .collect()
}
