//! # non-canonical
//!
//! A part that may be used holds addresses that its page-table format cannot translate.
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
//! What to do: make three parts, the middle one with `access: none`.

use super::{Checker, Law, item_title, span_text};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{ItemId, Mode};
use crate::paging::{InForce, formats};
use crate::term::TermId;
use mapwright_runtime::paging::AddressForm;

/// Its page.
pub const PAGE: Page = Page {
    code: "non-canonical",
    title: "a part holds addresses that its page tables cannot translate",
    source: include_str!("non_canonical.rs"),
};

/// The addresses between the halves that a format translates: `[start, end)`, empty when the format is as wide as the space.
pub(super) fn hole(
    checker: &mut Checker<'_>,
    id: ItemId,
    in_force: &InForce<'_>,
) -> (TermId, TermId) {
    let top = checker.model.space(checker.model.item(id).space).end;
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

/// Parts that may be used lie outside the hole.
pub(super) fn check(checker: &mut Checker<'_>) {
    for split in &checker.model.splits {
        for &id in &split.parts {
            for in_force in formats(checker.model, split.space) {
                part(checker, id, &in_force);
            }
        }
    }
}

fn part(checker: &mut Checker<'_>, id: ItemId, in_force: &InForce<'_>) {
    let item = checker.model.item(id);
    let Some(range) = item.range else { return };
    if checker.broken.contains(&id) || matches!(item.attrs.mode, Some((Mode::Nobody, _))) {
        return;
    }
    let (low, high) = hole(checker, id, in_force);
    let terms = &mut checker.terms;
    let apart = [
        terms.le(range.end.term, low),
        terms.ge(range.start.term, high),
        terms.ge(low, high),
    ];
    let goal = terms.any(&apart);
    let law = Law {
        under: in_force.when,
        goal,
        loc: range.loc,
        what: "this part holds canonical addresses only",
    };
    checker.hold(id, &law, |checker, case| {
        let (low, high) = (checker.value(low, case), checker.value(high, case));
        let name = &in_force.format.name;
        let halves = match in_force.spec.form {
            AddressForm::ZeroExtended => {
                format!("`{name}` translates addresses below {}", span_text(0, low))
            }
            _ => format!("`{name}` translates no address in {}", span_text(low, high)),
        };
        Diagnostic::error(
            &PAGE,
            format!(
                "{} holds addresses that `{name}` cannot translate",
                item_title(item)
            ),
        )
        .at(
            range.loc,
            format!("`{}` is {}", item.name, checker.range_text(id, case)),
        )
        .also(
            in_force.format.address_loc,
            format!("addresses of {} bits", in_force.spec.va_bits),
        )
        .note(halves)
        .help(format!(
            "give {} to a part of its own with `access: none`",
            span_text(low, high)
        ))
    });
}
