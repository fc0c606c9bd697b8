//! The first and the last page of a space: the law that [`maps_null`](super::maps_null) and
//! [`maps_error_values`](super::maps_error_values) share.

use super::frames::ways_to_hold;
use super::members::Ways;
use super::{Checker, Law, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{Item, ItemId, ItemKind};
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;

/// A page that should fault.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) page: &'static Page,
    /// The last page of the space; otherwise the first.
    pub(super) last: bool,
    pub(super) what: &'static str,
    pub(super) label: &'static str,
    pub(super) note: &'static str,
}

/// No window or area maps the page, unless it says why.
pub(super) fn check(checker: &mut Checker<'_>, edge: &Edge) {
    for id in checker.sound_items() {
        let item = checker.model.item(id);
        let translated = checker.model.space(item.space).paging_loc.is_some();
        if translated && maps(checker, item) && !is_explained(item) {
            ask(checker, edge, id);
        }
    }
}

/// Windows and areas; those in another are mapped, or not, with that.
fn maps(checker: &Checker<'_>, item: &Item) -> bool {
    let window = ItemKind::Place(PlaceKind::Window);
    let inside = item
        .parent
        .is_some_and(|parent| checker.model.item(parent).kind == window);
    !inside && [window, ItemKind::Place(PlaceKind::Area)].contains(&item.kind)
}

/// A reason behind the target, or behind what it says of the frames that it shows.
fn is_explained(item: &Item) -> bool {
    item.because.is_some() || item.alias.is_some() || item.covers.is_some()
}

fn ask(checker: &mut Checker<'_>, edge: &Edge, id: ItemId) {
    let item = checker.model.item(id);
    let Some(range) = item.range else { return };
    let space = checker.model.space(item.space);
    let (top, page) = (space.end, space.page);
    let last = checker.hulls().of(&checker.terms, top);
    let var = checker.every_address(last.map_or(1 << 64, |(_, high)| high) - 1);
    let address = checker.terms.var(var);
    let present = checker.present(id);
    let terms = &mut checker.terms;
    let on_page = if edge.last {
        let low = terms.sub(top, page);
        [terms.ge(address, low), terms.lt(address, top)]
    } else {
        [terms.ge(address, TermId::FALSE), terms.lt(address, page)]
    };
    let within = [
        present,
        terms.ge(address, range.start.term),
        terms.lt(address, range.end.term),
        on_page[0],
        on_page[1],
    ];
    let under = terms.all(&within);
    let mut free = Ways::default();
    for kind in [PlaceKind::Guard, PlaceKind::Hole] {
        for guard in checker.sound_in(item.space, kind) {
            ways_to_hold(checker, guard, address, &mut free);
        }
    }
    let law = free.law(checker, under, |goal| Law {
        under,
        goal,
        loc: range.loc,
        what: "this page of the space is not mapped",
    });
    let Some(Law { goal, .. }) = law else { return };
    checker.advise(id, under, goal, |checker, case| {
        let message = format!("{} maps {}", item_title(item), edge.what);
        let target = item.target_loc.unwrap_or(item.name_loc);
        let (way, word) = match edge.last {
            true => ("end it a page lower", "hole"),
            false => ("begin it a page higher", "guard"),
        };
        Diagnostic::warning(edge.page, message)
            .at(range.loc, checker.described(id, case))
            .also(target, edge.label)
            .note(edge.note)
            .help(format!("{way}, or put a `{word}` over that page"))
            .help("or say why it is mapped: `because \"...\"`, behind the target")
    });
}
