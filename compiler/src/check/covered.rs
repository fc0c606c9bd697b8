//! Windows over what is no memory: the law that [`maps_device`](super::maps_device) and [`maps_reserve`](super::maps_reserve)
//! share.

use super::frames::{Shown, every_frame, kin, maps_text, ways_to_hold};
use super::members::Ways;
use super::sweep::disjoint;
use super::{Case, Checker, Law, item_title, span_text};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{Item, ItemId, ItemKind};
use crate::prove::Verdict;
use crate::term::VarId;
use mapwright_grammar::ast::PlaceKind;

/// What is no memory.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) page: &'static Page,
    /// Why it should not be shown with something else.
    pub(super) why: &'static str,
}

/// What an item lies in, from the inside out.
pub(super) fn parents<'c>(
    checker: &'c Checker<'_>,
    id: ItemId,
) -> impl Iterator<Item = ItemId> + 'c {
    let up = |&id: &ItemId| checker.model.item(id).parent;
    std::iter::successors(up(&id), up)
}

/// The item itself, or the nearest that it lies in, of which something holds.
pub(super) fn top_of(
    checker: &Checker<'_>,
    id: ItemId,
    wanted: impl Fn(&Item) -> bool,
) -> Option<ItemId> {
    let mut chain = std::iter::once(id).chain(parents(checker, id));
    chain.find(|&id| wanted(checker.model.item(id)))
}

/// True when a window, or one that it is an alias of, says that it covers a device or reserve, or what that lies in.
pub(super) fn is_covered(checker: &Checker<'_>, window: ItemId, id: ItemId) -> bool {
    kin(checker, window).into_iter().any(|window| {
        let covers = checker.model.item(window).covers.as_ref();
        covers.is_some_and(|covers| top_of_covers(checker, id, covers))
    })
}

fn top_of_covers(checker: &Checker<'_>, id: ItemId, covers: &crate::model::Covers) -> bool {
    covers.names(id) || parents(checker, id).any(|outer| covers.names(outer))
}

/// Where a window shows a frame of `id`, all that it shows lies in `allowed`; with none allowed, it shows none.
pub(super) fn ask(
    checker: &mut Checker<'_>,
    kind: &Kind,
    window: &Shown,
    id: ItemId,
    allowed: &[ItemId],
) {
    let Some(range) = checker.model.item(id).range else {
        return;
    };
    let there = checker.present(id);
    let both = checker.terms.and(window.present, there);
    if window.plain(checker) {
        let apart = disjoint(
            checker,
            (window.at, window.end),
            (range.start.term, range.end.term),
        );
        if checker.verdict(both, apart) == Verdict::Proved {
            checker.summary.proved += 1;
            return;
        }
    }
    let (inner, frame) = every_frame(checker, window.space);
    let (outer, beside) = every_frame(checker, window.space);
    let within = [
        there,
        window.shows(checker, frame),
        checker.terms.ge(frame, range.start.term),
        checker.terms.lt(frame, range.end.term),
        window.shows(checker, beside),
    ];
    let under = checker.terms.all(&within);
    let mut fine = Ways::default();
    for &allowed in allowed {
        ways_to_hold(checker, allowed, beside, &mut fine);
    }
    let loc = checker.model.item(window.id).name_loc;
    let law = fine.law(checker, under, |goal| Law {
        under,
        goal,
        loc,
        what: "no window shows what is no memory together with something else",
    });
    let Some(law) = law else { return };
    checker.hold(window.id, &law, |checker, case| {
        diagnostic(checker, kind, window, id, (inner, outer), case)
    });
}

fn diagnostic(
    checker: &Checker<'_>,
    kind: &Kind,
    window: &Shown,
    id: ItemId,
    (inner, outer): (VarId, VarId),
    case: &Case,
) -> Diagnostic {
    let (item, other) = (checker.model.item(window.id), checker.model.item(id));
    let never = other.attrs.never_mapped;
    let (shown, beside) = (case.values[inner.index()], case.values[outer.index()]);
    let (title, name) = (item_title(item), &other.name);
    let message = match never {
        Some(_) => format!("{title} maps the {}, which nobody may", item_title(other)),
        None => {
            let word = other.kind.word();
            format!(
                "{title} maps the {} together with what is no {word}",
                item_title(other)
            )
        }
    };
    let maps = span_text(
        checker.value(window.at, case),
        checker.value(window.end, case),
    );
    let place = item.target_loc.unwrap_or(item.name_loc);
    let diagnostic = Diagnostic::error(kind.page, message)
        .at(place, maps_text(checker, window.id, &maps, case))
        .also(other.name_loc, checker.described(id, case));
    let Some(never) = never else {
        let beside = what_is_at(checker, window, beside, case);
        return diagnostic
            .note(format!("it also maps {beside}"))
            .note(kind.why)
            .help(format!(
                "end it at `{name}.start` and begin another window at `{name}.end`, or put a `guard` over it"
            ))
            .help(format!(
                "or say why it is shown: `covers [{name}] because \"...\"`, behind the target"
            ));
    };
    diagnostic
        .also(never, "never mapped")
        .note(format!("the first frame of it that is mapped is at {}", super::as_addr(checker.model, shown)))
        .help(format!(
            "end it at `{name}.start` and begin another window at `{name}.end`, or put a `guard` over it"
        ))
}

/// The memory that holds a frame, for a message.
fn what_is_at(checker: &Checker<'_>, window: &Shown, frame: i128, case: &Case) -> String {
    let address = super::as_addr(checker.model, frame);
    let memory = |item: &Item| {
        let kinds = [PlaceKind::Zone, PlaceKind::Reserve, PlaceKind::Device];
        item.space == window.space && kinds.map(ItemKind::Place).contains(&item.kind)
    };
    let holds = |id: ItemId| {
        let bounds = checker.bounds(id, case);
        bounds.is_some_and(|(start, end)| (start..end).contains(&frame))
    };
    let mut all = (0..).map(ItemId).zip(&checker.model.items);
    match all.find(|&(id, item)| memory(item) && holds(id)) {
        Some((_, item)) => format!("{address}, in the {}", item_title(item)),
        None => format!("{address}, which nothing is known about"),
    }
}
