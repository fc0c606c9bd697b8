//! # no-guard
//!
//! A range that grows has something mapped right behind the end at which it runs over.
//!
//! A stack that grows too far writes into whatever lies there, and the crash comes later and somewhere else. With a page that
//! is never mapped at that end the first access faults, at the place of the mistake.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 36 bits;
//! space  linear   : 64 bits, paging x86_64_4level, to physical;
//! zone   low   in physical : 0 .. 1G { unreached: "not mapped yet" };
//! window bss   in linear   : 0xFFFF_FFFF_8080_0000 .. +256K -> pages from low { access: rw };
//! window stack in linear   : bss.end .. +64K -> pages from low { access: rw, grows: down };      // rejected
//! ```
//!
//! What to do: leave a page free at that end, best with a name: `guard below in linear : bss.end .. +4K;`, and begin the stack
//! behind it. In a part where each process has its own tables, what is not declared may be mapped: there the guard (or a
//! `hole`) has to be declared. For an `area` of a process this is a warning: the kernel is asked each time one grows, and
//! can refuse. Where something else stops the growth, say what: `grows: down because "its limit is fixed"`.

use super::frames::ways_to_hold;
use super::members::Ways;
use super::sweep::disjoint;
use super::{Case, Checker, Law, item_title, span_text};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{ItemId, ItemKind, Sharing};
use crate::prove::Verdict;
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;

/// Its page.
pub const PAGE: Page = Page {
    code: "no-guard",
    title: "a range that grows has something mapped behind its end",
    source: include_str!("no_guard.rs"),
};

/// What grows, and the page that it would grow into.
struct Growing {
    id: ItemId,
    down: bool,
    /// When it (of a family: the member that its variable stands for) is there.
    present: TermId,
    /// The page behind its end.
    page: (TermId, TermId),
}

/// The page at the end at which a range grows is mapped by nothing.
pub(super) fn check(checker: &mut Checker<'_>) {
    for id in checker.sound_items() {
        let item = checker.model.item(id);
        let (Some((down, _)), Some(range)) = (item.attrs.grows_down, item.range) else {
            continue;
        };
        if item.attrs.because("grows").is_some() {
            continue;
        }
        let size = checker.model.space(item.space).page;
        let terms = &mut checker.terms;
        let page = if down {
            (terms.sub(range.start.term, size), range.start.term)
        } else {
            (range.end.term, terms.add(range.end.term, size))
        };
        let present = checker.present(id);
        let growing = Growing {
            id,
            down,
            present,
            page,
        };
        for other in neighbours(checker, id) {
            let told = checker.diagnostics.len();
            ask(checker, &growing, other);
            if checker.diagnostics.len() > told {
                break;
            }
        }
    }
}

/// What could be mapped there: windows and areas that are not in one another, but for those that hold the range itself, and
/// parts in which each process maps what it likes. Of its own family the other members.
fn neighbours(checker: &Checker<'_>, id: ItemId) -> Vec<ItemId> {
    let of = checker.model.item(id);
    let window = |id: ItemId| checker.model.item(id).kind == ItemKind::Place(PlaceKind::Window);
    let mut all = checker.sound_items();
    all.retain(|&other| {
        let item = checker.model.item(other);
        let maps = match item.kind {
            ItemKind::Place(PlaceKind::Window | PlaceKind::Area) => {
                item.parent.is_none_or(|parent| !window(parent))
                    || (other == id && item.family.is_some())
            }
            ItemKind::Part => matches!(item.attrs.tables, Some((Sharing::PerProcess, _))),
            ItemKind::Place(_) => false,
        };
        maps && item.space == of.space && (other != id || item.family.is_some())
    });
    // What is declared is a better answer than the part around it.
    all.sort_by_key(|&other| (checker.model.item(other).kind == ItemKind::Part, other));
    all
}

fn ask(checker: &mut Checker<'_>, growing: &Growing, other: ItemId) {
    let item = checker.model.item(growing.id);
    let Some(range) = checker.model.item(other).range else {
        return;
    };
    let mut there = checker.present(other);
    let mut bounds = (range.start.term, range.end.term);
    if let Some(family) = item.family.as_ref().filter(|_| other == growing.id) {
        let twin = checker.twin(family.var);
        let terms = &mut checker.terms;
        there = terms.renamed(there, family.var, twin);
        bounds = (
            terms.renamed(bounds.0, family.var, twin),
            terms.renamed(bounds.1, family.var, twin),
        );
    }
    let both = checker.terms.and(growing.present, there);
    let apart = disjoint(checker, growing.page, bounds);
    if checker.verdict(both, apart) == Verdict::Proved {
        checker.summary.proved += 1;
        return;
    }
    let top = checker.model.space(item.space).end;
    let last = checker.hulls().of(&checker.terms, top);
    let var = checker.every_address(last.map_or(1 << 64, |(_, high)| high) - 1);
    let address = checker.terms.var(var);
    let terms = &mut checker.terms;
    let here = [
        both,
        terms.ge(address, growing.page.0),
        terms.lt(address, growing.page.1),
        terms.ge(address, bounds.0),
        terms.lt(address, bounds.1),
    ];
    let under = terms.all(&here);
    let mut free = Ways::default();
    for guard in guards(checker, growing.id) {
        ways_to_hold(checker, guard, address, &mut free);
    }
    let loc = item.attrs.grows_down.map_or(item.name_loc, |(_, loc)| loc);
    let law = free.law(checker, under, |goal| Law {
        under,
        goal,
        loc,
        what: "nothing is mapped at the end at which this range grows",
    });
    let Some(law) = law else { return };
    // The kernel is asked when an area of a process grows; nobody is when a stack of its own does.
    if item.kind == ItemKind::Place(PlaceKind::Area) {
        checker.advise(growing.id, law.under, law.goal, |checker, case| {
            diagnostic(checker, growing, other, bounds, case)
        });
    } else {
        checker.hold(growing.id, &law, |checker, case| {
            diagnostic(checker, growing, other, bounds, case)
        });
    }
}

/// Guards and holes of the same space.
fn guards(checker: &Checker<'_>, id: ItemId) -> Vec<ItemId> {
    let space = checker.model.item(id).space;
    let mut all = checker.sound_in(space, PlaceKind::Guard);
    all.extend(checker.sound_in(space, PlaceKind::Hole));
    all
}

fn diagnostic(
    checker: &Checker<'_>,
    growing: &Growing,
    other: ItemId,
    bounds: (TermId, TermId),
    case: &Case,
) -> Diagnostic {
    let (item, beside) = (checker.model.item(growing.id), checker.model.item(other));
    let page = span_text(
        checker.value(growing.page.0, case),
        checker.value(growing.page.1, case),
    );
    let (way, side, end) = match growing.down {
        true => ("down", "below", "start"),
        false => ("up", "behind", "end"),
    };
    let (title, name) = (item_title(item), &item.name);
    let place = beside.range.map_or(beside.name_loc, |range| range.loc);
    let theirs = span_text(checker.value(bounds.0, case), checker.value(bounds.1, case));
    let (message, label) = match (beside.kind, other == growing.id) {
        (ItemKind::Part, _) => (
            format!("{title} grows {way} where processes map what they like"),
            format!("each process has its own tables in `{}`", beside.name),
        ),
        (_, true) => (
            format!("{title} grows {way} into another member of it"),
            format!("another member is {theirs}"),
        ),
        _ => (
            format!("{title} grows {way} into {}", item_title(beside)),
            format!("`{}` is {theirs}", beside.name),
        ),
    };
    let grows = item.attrs.grows_down.map_or(item.name_loc, |(_, loc)| loc);
    let area = item.kind == ItemKind::Place(PlaceKind::Area);
    let diagnostic = if area {
        Diagnostic::warning
    } else {
        Diagnostic::error
    };
    let mut diagnostic = diagnostic(&PAGE, message).at(grows, checker.described(growing.id, case));
    if place != grows {
        diagnostic = diagnostic.also(place, label);
    }
    diagnostic
        .note(format!("no guard or hole is in the page {side} it, {page}"))
        .help(match growing.down {
            true => format!("leave a page free: `guard NAME in ... : {name}.{end} - PAGE .. {name}.{end};`, and end below that what lies there"),
            false => format!("leave a page free: `guard NAME in ... : {name}.{end} .. +PAGE;`, and begin above that what lies there"),
        })
        .help(format!("or say what stops it: `grows: {way} because \"...\"`"))
}
