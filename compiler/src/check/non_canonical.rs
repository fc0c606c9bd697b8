//! # non-canonical
//!
//! A part that may be used, a window, a guard or an area holds addresses that its page-table format cannot translate.
//!
//! A format of 48 bits in a space of 64 translates the addresses whose upper bits are all alike: half of them at the bottom
//! of the space, half at its top. The others have a fault of their own, whatever the tables say.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space physical : 52 bits;
//! space linear   : 64 bits, paging x86_64_4level, to physical;
//! split linear {
//!     user   : 0 .. 128T                              { access: user };
//!     kernel : 128T .. linear.end                     { access: supervisor };      // rejected
//! }
//! ```
//!
//! What to do: make three parts, the middle one with `access: none`. A window belongs below the middle or above it
//! (`0xFFFF_8000_0000_0000` is the first address above, with 48 bits).

use super::room::beside;
use super::{Case, Checker, Law, as_addr, item_title, span_text};
use crate::diagnostic::{Diagnostic, Page, Proposal};
use crate::model::paging::{InForce, formats};
use crate::model::{Item, ItemId, ItemKind, Mode, SpaceId};
use crate::term::TermId;
use mapwright_grammar::ast::PlaceKind;
use mapwright_runtime::paging::AddressForm;

/// Its page.
pub const PAGE: Page = Page {
    code: "non-canonical",
    title: "a range holds addresses that its page tables cannot translate",
    source: include_str!("non_canonical.rs"),
};

/// The addresses between the halves that a format translates: `[start, end)`, empty when the format is as wide as the space.
pub(super) fn hole(
    checker: &mut Checker<'_>,
    space: SpaceId,
    in_force: &InForce<'_>,
) -> (TermId, TermId) {
    let top = checker.model.space(space).end;
    let width = in_force.spec.va_bits;
    let (low, high) = match in_force.spec.form {
        AddressForm::SignExtended => (1_i128 << (width - 1), 1_i128 << (width - 1)),
        AddressForm::TwoRoots => (1_i128 << width, 1_i128 << width),
        AddressForm::ZeroExtended => (1_i128 << width, 0),
    };
    let all = checker.terms.constant(1_i128 << width);
    let narrow = checker.terms.gt(top, all);
    let (low, end) = (checker.terms.constant(low), checker.terms.plus(top, -high));
    let end = checker.terms.max(low, end);
    (low, checker.terms.choose(narrow, end, low))
}

/// Parts that may be used, and what lies in no such part, lie outside the hole.
pub(super) fn check(checker: &mut Checker<'_>) {
    for id in checker.sound_items() {
        if is_asked(checker, id) {
            for in_force in formats(checker.model, checker.model.item(id).space) {
                ask(checker, id, &in_force);
            }
        }
    }
}

/// What lies in something that is asked, or that nobody may use, is not asked itself.
fn is_asked(checker: &Checker<'_>, id: ItemId) -> bool {
    let item = checker.model.item(id);
    let nobody = |item: &Item| matches!(item.attrs.mode, Some((Mode::Nobody, _)));
    let parent = item.parent.map(|parent| checker.model.item(parent));
    match item.kind {
        ItemKind::Part => !nobody(item),
        ItemKind::Place(PlaceKind::Window | PlaceKind::Area) => parent.is_none(),
        ItemKind::Place(PlaceKind::Guard) => parent.is_none_or(nobody),
        ItemKind::Place(_) => false,
    }
}

fn ask(checker: &mut Checker<'_>, id: ItemId, in_force: &InForce<'_>) {
    let item = checker.model.item(id);
    let Some(range) = item.range else { return };
    let (low, high) = hole(checker, item.space, in_force);
    let present = checker.present(id);
    let terms = &mut checker.terms;
    let apart = [
        terms.le(range.end.term, low),
        terms.ge(range.start.term, high),
        terms.ge(low, high),
    ];
    let goal = terms.any(&apart);
    let law = Law {
        under: terms.and(in_force.when, present),
        goal,
        loc: range.loc,
        what: "this range holds canonical addresses only",
    };
    checker.hold(id, &law, |checker, case| {
        let hole = (checker.value(low, case), checker.value(high, case));
        diagnostic(checker, id, in_force, hole, case)
    });
}

fn diagnostic(
    checker: &Checker<'_>,
    id: ItemId,
    in_force: &InForce<'_>,
    (low, high): (i128, i128),
    case: &Case,
) -> Diagnostic {
    let item = checker.model.item(id);
    let name = &in_force.format.name;
    let one_half = in_force.spec.form == AddressForm::ZeroExtended;
    let halves = if one_half {
        format!("`{name}` translates addresses below {}", span_text(0, low))
    } else {
        format!("`{name}` translates no address in {}", span_text(low, high))
    };
    let (below, above) = (as_addr(checker.model, low), as_addr(checker.model, high));
    let help = match item.kind {
        ItemKind::Part => format!(
            "give {} to a part of its own with `access: none`",
            span_text(low, high)
        ),
        _ if one_half => format!("keep it below {below}"),
        _ => format!("keep it below {below}, or at {above} and above"),
    };
    Diagnostic::error(
        &PAGE,
        format!(
            "{} holds addresses that `{name}` cannot translate",
            item_title(item)
        ),
    )
    .at(
        item.range.map_or(item.name_loc, |range| range.loc),
        checker.described(id, case),
    )
    .also(
        in_force.format.address_loc,
        format!("addresses of {} bits", in_force.spec.va_bits),
    )
    .note(halves)
    .propose(Proposal {
        before: "move it to ".to_owned(),
        places: match item.kind {
            ItemKind::Part => Vec::new(),
            ItemKind::Place(_) => beside(checker, id, (low, high), case),
        },
        most: 2,
        after: String::new(),
        otherwise: help,
        values: case.values.clone(),
    })
}
