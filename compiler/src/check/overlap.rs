//! # overlap
//!
//! Two ranges of one space claim the same addresses.
//!
//! An address can have one meaning only. Windows, guards, holes and areas of one part must not meet; nor may zones,
//! reserves and devices of physical memory. Where the places depend on parameters, the message shows the smallest values for which
//! they meet.
//!
//! ```layout
//! boot   RAM : size = 128M in 16M ..= 896M step 4K;
//! space  physical : 32 bits;
//! space  linear   : 32 bits, to physical;
//! zone   low     in physical : 0 .. RAM;
//! window direct  in linear   : 3G .. +RAM         -> physical at 0;
//! window vmalloc in linear   : 3G + 512M .. +128M -> pages from low;     // rejected when RAM > 512M
//! ```
//!
//! What to do: move or shrink one of them, or bind one to the other (`direct.end + 8M .. +128M`). A range that lies
//! inside another on purpose is declared in it: `window image in direct : ...`, `reserve image in NORMAL : ...`. Frames that are mapped twice are not an
//! overlap: that is what `alias of` says.

use super::room::places;
use super::sweep::{Stretch, disjoint, every_case, meetings};
use super::{Case, Checker, Law, item_title, span_text};
use crate::diagnostic::{Diagnostic, Page, Proposal};
use crate::model::{ItemId, ItemKind};
use crate::show_value::size_text;
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;
use std::collections::{BTreeMap, BTreeSet};

/// Its page.
pub const PAGE: Page = Page {
    code: "overlap",
    title: "two ranges claim the same addresses",
    source: include_str!("overlap.rs"),
};

/// Siblings are disjoint, and so are the members of each family.
pub fn check(checker: &mut Checker<'_>) {
    let mut groups: BTreeMap<_, Vec<ItemId>> = BTreeMap::new();
    for id in checker.sound_items() {
        let item = checker.model.item(id);
        // The parts of a split must tile, which is another law.
        if item.kind != ItemKind::Part {
            let place = (item.space, item.parent);
            groups.entry(place).or_default().push(id);
        }
    }
    for siblings in groups.into_values() {
        among(checker, &siblings);
        for &id in &siblings {
            if checker.model.item(id).family.is_some() && !checker.broken.contains(&id) {
                members(checker, id);
            }
        }
    }
}

/// A collision of two items.
struct Collision {
    pair: (ItemId, ItemId),
    case: Case,
}

/// No two siblings meet. Collisions are gathered by culprit, so that one item in the wrong place makes one message,
/// whatever it meets for which values.
fn among(checker: &mut Checker<'_>, siblings: &[ItemId]) {
    let stretches: Vec<Stretch> = siblings
        .iter()
        .filter_map(|&id| Stretch::of(checker, id))
        .collect();
    let found = meetings(checker, &stretches);
    checker.summary.proved += found.proved;
    checker.summary.refuted += found.certain.len();
    let mut collisions = Vec::new();
    for (a, b) in found.certain {
        let (a, b) = (stretches[a].id, stretches[b].id);
        collisions.push(Collision {
            pair: (a.min(b), a.max(b)),
            case: every_case(checker),
        });
    }
    for (a, b) in found.possible {
        collisions.extend(collision(checker, &stretches[a], &stretches[b]));
    }
    collisions.retain(|collision| !follows(checker, collision));
    let pairs: Vec<(ItemId, ItemId)> = collisions.iter().map(|collision| collision.pair).collect();
    for (culprit, victims) in culprits(&pairs) {
        blame(checker, culprit, &victims, &collisions, siblings);
    }
}

/// Asks whether two items can meet. A collision is assumed away for the laws that follow.
fn collision(checker: &mut Checker<'_>, a: &Stretch, b: &Stretch) -> Option<Collision> {
    let (a, b) = if a.id < b.id { (a, b) } else { (b, a) };
    let under = checker.terms.and(a.exists, b.exists);
    let goal = disjoint(checker, (a.start, a.end), (b.start, b.end));
    let loc = checker
        .model
        .item(b.id)
        .range
        .map_or(checker.model.item(b.id).loc, |range| range.loc);
    let law = Law {
        under,
        goal,
        loc,
        what: "this range does not overlap its siblings",
    };
    checker.law(&law).map(|case| Collision {
        pair: (a.id, b.id),
        case,
    })
}

/// One message for an item and all that it meets.
fn blame(
    checker: &mut Checker<'_>,
    culprit: ItemId,
    victims: &[ItemId],
    collisions: &[Collision],
    siblings: &[ItemId],
) {
    let mut mine = collisions.iter().filter(|c| {
        let (a, b) = c.pair;
        (a == culprit && victims.contains(&b)) || (b == culprit && victims.contains(&a))
    });
    let Some(first) = mine.next() else { return };
    let always = first.case.always || mine.any(|c| c.case.always);
    checker.mistake(culprit, always);
    let exist: BTreeMap<ItemId, TermId> =
        victims.iter().map(|&id| (id, checker.exists(id))).collect();
    let meets = |id: ItemId| {
        let (Some(x), Some(y)) = (
            checker.bounds(culprit, &first.case),
            checker.bounds(id, &first.case),
        ) else {
            return false;
        };
        x.0.max(y.0) < x.1.min(y.1) && checker.terms.eval(exist[&id], &first.case.values) == Ok(1)
    };
    let (here, elsewhere): (Vec<ItemId>, Vec<ItemId>) = victims.iter().partition(|&&id| meets(id));
    let mut message = diagnostic(checker, culprit, &here, siblings, &first.case);
    if !elsewhere.is_empty() {
        let names: Vec<String> = elsewhere
            .iter()
            .map(|&id| format!("`{}`", checker.model.item(id).name))
            .collect();
        message = message.note(format!("for other values it meets {}", names.join(", ")));
    }
    checker.report(message);
}

/// True when two items meet because one between them has had its message already: what both claim lies between the ends of
/// a range that is the wrong way round, for example.
fn follows(checker: &Checker<'_>, Collision { pair: (a, b), case }: &Collision) -> bool {
    let (Some(x), Some(y)) = (checker.bounds(*a, case), checker.bounds(*b, case)) else {
        return true;
    };
    let (low, high) = (x.0.max(y.0), x.1.min(y.1));
    checker.broken.iter().any(|&id| {
        let item = checker.model.item(id);
        let inside = |(s, e): (i128, i128)| s > e && e <= low && high <= s;
        item.space == checker.model.item(*a).space && checker.bounds(id, case).is_some_and(inside)
    })
}

/// Two different members of a family never meet.
fn members(checker: &mut Checker<'_>, id: ItemId) {
    let item = checker.model.item(id);
    let (Some(family), Some(range)) = (&item.family, item.range) else {
        return;
    };
    let other = checker.twin(family.var);
    let exists = checker.exists(id);
    let (p, q) = (checker.terms.var(family.var), checker.terms.var(other));
    let mut second = |term: TermId| checker.terms.renamed(term, family.var, other);
    let (other_exists, start, end) = (
        second(exists),
        second(range.start.term),
        second(range.end.term),
    );
    let ordered = checker.terms.lt(p, q);
    let under = checker.terms.all(&[exists, other_exists, ordered]);
    let goal = disjoint(checker, (range.start.term, range.end.term), (start, end));
    let law = Law {
        under,
        goal,
        loc: range.loc,
        what: "the members of this family do not overlap",
    };
    checker.hold(id, &law, |checker, case| {
        let (a, b) = (case.values[family.var.index()], case.values[other.index()]);
        let first = checker.bounds(id, case).unwrap_or_default();
        let second = (checker.value(start, case), checker.value(end, case));
        let (low, high) = (first.0.max(second.0), first.1.min(second.1));
        let step = (second.0 - first.0).abs() / (b - a).max(1);
        Diagnostic::error(
            &PAGE,
            format!(
                "members {a} and {b} of {} overlap by {}",
                item_title(item),
                size_text(high - low)
            ),
        )
        .at(
            range.loc,
            format!("`{}[{a}]` is {}", item.name, span_text(first.0, first.1)),
        )
        .also(
            family.loc,
            format!("`{}[{b}]` is {}", item.name, span_text(second.0, second.1)),
        )
        .note(format!("both claim {}", span_text(low, high)))
        .help(format!(
            "a member is {} long, but the next one starts {} further on",
            size_text(first.1 - first.0),
            size_text(step)
        ))
    });
}

/// The message for a culprit and those that it meets.
fn diagnostic(
    checker: &Checker<'_>,
    culprit: ItemId,
    victims: &[ItemId],
    siblings: &[ItemId],
    case: &Case,
) -> Diagnostic {
    let item = checker.model.item(culprit);
    let range = item.range.expect("checked items have a range");
    let (start, end) = checker.bounds(culprit, case).unwrap_or_default();
    let shared: Vec<(i128, i128)> = victims
        .iter()
        .filter_map(|&id| checker.bounds(id, case))
        .map(|(s, e)| (s.max(start), e.min(end)))
        .collect();
    let most = 4;
    let message = headline(checker, culprit, victims, &shared, most, case);
    let mut diagnostic =
        Diagnostic::error(&PAGE, message).at(range.loc, checker.described(culprit, case));
    for (&victim, &(low, high)) in victims.iter().zip(&shared).take(most) {
        let other = checker.model.item(victim);
        let place = other.range.map_or(other.name_loc, |range| range.loc);
        let text = checker.described(victim, case);
        let both = if shared.len() == 1 {
            "both claim".to_owned()
        } else {
            format!("it and `{}` both claim", checker.name(victim, case))
        };
        diagnostic = diagnostic
            .also(place, text)
            .note(format!("{both} {}", span_text(low, high)));
    }
    diagnostic = diagnostic.shown_by(checker.counterexample(case));
    if let Some(help) = declare_inside(checker, culprit, victims, case) {
        return diagnostic.help(help);
    }
    let places = places(checker, culprit, siblings, case);
    let otherwise = if places.is_empty() {
        "make one of them smaller: no free place here is large enough for this size"
    } else {
        "move one of them, or make it smaller"
    };
    diagnostic.propose(Proposal {
        before: format!("{} would fit at ", size_text(end - start)),
        places,
        most: 1,
        after: if case.uses.is_empty() {
            String::new()
        } else {
            " for these values".to_owned()
        },
        otherwise: otherwise.to_owned(),
        values: case.values.clone(),
    })
}

/// How a reserve or device is declared in the memory that it meets.
fn declare_inside(
    checker: &Checker<'_>,
    culprit: ItemId,
    victims: &[ItemId],
    case: &Case,
) -> Option<String> {
    let &[victim] = victims else { return None };
    let in_memory = |inner: ItemId, outer: ItemId| {
        let (inner, outer) = (checker.model.item(inner), checker.model.item(outer));
        matches!(
            inner.kind,
            ItemKind::Place(PlaceKind::Reserve | PlaceKind::Device)
        ) && outer.kind.owner().holds(inner.kind.owner())
    };
    let within = |inner: ItemId, outer: ItemId| {
        let (a, b) = (checker.bounds(inner, case), checker.bounds(outer, case));
        a.zip(b).is_some_and(|(a, b)| b.0 <= a.0 && a.1 <= b.1)
    };
    let pairs = [(culprit, victim), (victim, culprit)];
    let mut fitting = pairs
        .into_iter()
        .filter(|&(inner, outer)| in_memory(inner, outer));
    let (inner, outer) = fitting
        .clone()
        .find(|&(inner, outer)| within(inner, outer))
        .or_else(|| fitting.next())?;
    let names = (checker.model.item(inner), checker.model.item(outer));
    let (word, name, holder) = (names.0.kind.word(), &names.0.name, &names.1.name);
    Some(if within(inner, outer) {
        format!(
            "if it is taken from `{holder}`, declare it there: `{word} {name} in {holder} : ...`"
        )
    } else {
        format!(
            "end one where the other begins; what is taken from `{holder}` is declared in it: `{word} NAME in {holder} : ...`"
        )
    })
}

/// `window pkmap overlaps ldt by 4M`
fn headline(
    checker: &Checker<'_>,
    culprit: ItemId,
    victims: &[ItemId],
    shared: &[(i128, i128)],
    most: usize,
    case: &Case,
) -> String {
    let names = victims
        .iter()
        .map(|&id| format!("`{}`", checker.name(id, case)));
    let listed: Vec<String> = names.take(most).collect();
    let more = match victims.len().saturating_sub(most) {
        0 => String::new(),
        rest => format!(" and {rest} more"),
    };
    let by = match shared {
        [(low, high)] => format!(" by {}", size_text(high - low)),
        _ => String::new(),
    };
    let title = item_title(checker.model.item(culprit));
    format!("{title} overlaps {}{more}{by}", listed.join(", "))
}

/// Each culprit once, with all that it meets: the item in most collisions first, the one declared later on a tie.
fn culprits(collisions: &[(ItemId, ItemId)]) -> Vec<(ItemId, Vec<ItemId>)> {
    let mut left: BTreeSet<(ItemId, ItemId)> = collisions.iter().copied().collect();
    let mut out = Vec::new();
    while !left.is_empty() {
        let mut count: BTreeMap<ItemId, usize> = BTreeMap::new();
        for (a, b) in &left {
            *count.entry(*a).or_default() += 1;
            *count.entry(*b).or_default() += 1;
        }
        let Some((&culprit, _)) = count.iter().max_by_key(|&(id, n)| (*n, *id)) else {
            break;
        };
        let (mine, rest): (BTreeSet<_>, BTreeSet<_>) = left
            .into_iter()
            .partition(|(a, b)| *a == culprit || *b == culprit);
        out.push((
            culprit,
            mine.into_iter()
                .map(|(a, b)| if a == culprit { b } else { a })
                .collect(),
        ));
        left = rest;
    }
    out
}
