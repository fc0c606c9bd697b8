//! # outside-space
//!
//! A range reaches outside its space: below address 0 or beyond the top.
//!
//! A space of n bits has the addresses `0 .. 2^n`. A range may end exactly at the top (`linear.end`); one byte more is
//! an address that no pointer can hold.
//!
//! ```layout
//! space physical : 32 bits;
//! space linear   : 32 bits, to physical;
//! window fixmap in linear : 0xFFFF_F000 .. +8K -> fixed { APIC, VDSO };     // rejected: 4K beyond the top
//! ```
//!
//! What to do: end the range at `SPACE.end`, or start it lower. Where page tables extend the sign of an address, the upper half
//! of it is at the top of 64 bits (`0xFFFF_8000_0000_0000`, with 48 bits): such a space has 64 bits, however few of them are
//! translated.

use super::{Case, Checker, Law, as_addr, item_title};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::paging::{InForce, formats};
use crate::model::{ItemId, SpaceId};
use crate::prove::Verdict;
use crate::show_value::size_text;
use crate::term::TermId;
use mapwright_runtime::paging::AddressForm;

/// Its page.
pub const PAGE: Page = Page {
    code: "outside-space",
    title: "a range reaches outside its space",
    source: include_str!("outside_space.rs"),
};

/// Every range lies within the addresses of its space.
pub fn check(checker: &mut Checker<'_>) {
    for (space, at) in checker.model.spaces.iter().zip(0..) {
        if space.bits.is_some() {
            upper_half(checker, SpaceId(at));
        }
    }
    for id in checker.sound_items() {
        let item = checker.model.item(id);
        if checker.model.space(item.space).bits.is_some() {
            let law = within(checker, id);
            checker.hold(id, &law, |checker, case| diagnostic(checker, id, case));
        }
    }
}

/// An item lies within its space.
fn within(checker: &mut Checker<'_>, id: ItemId) -> Law {
    let item = checker.model.item(id);
    let range = item.range.expect("checked items have a range");
    let end = checker.model.space(item.space).end;
    let under = checker.exists(id);
    let above = checker.terms.ge(range.start.term, TermId::FALSE);
    let below = checker.terms.le(range.end.term, end);
    Law {
        under,
        goal: checker.terms.and(above, below),
        loc: range.loc,
        what: "this range lies within its space",
    }
}

/// A space as wide as what its format translates, with ranges in the upper half of sign-extended addresses: one mistake.
fn upper_half(checker: &mut Checker<'_>, id: SpaceId) {
    let space = checker.model.space(id);
    let extends = |f: &InForce<'_>| f.spec.form != AddressForm::ZeroExtended;
    let Some(in_force) = formats(checker.model, id).into_iter().find(extends) else {
        return;
    };
    let half = 1_i128 << in_force.spec.va_bits.saturating_sub(1);
    let bottom = checker.terms.constant((1 << 64) - half);
    let narrow = checker.terms.le(space.end, bottom);
    if checker.verdict(TermId::TRUE, narrow) != Verdict::Proved {
        return;
    }
    let mut above = Vec::new();
    for item in checker.sound_items() {
        let Some(range) = checker.model.item(item).range else {
            continue;
        };
        let exists = checker.exists(item);
        let high = checker.terms.ge(range.start.term, bottom);
        if checker.model.item(item).space == id
            && exists != TermId::FALSE
            && checker.verdict(exists, high) == Verdict::Proved
        {
            above.push(item);
        }
    }
    let Some(&first) = above.first() else { return };
    let law = within(checker, first);
    let Some(case) = checker.law(&law) else {
        return;
    };
    for &item in &above {
        checker.mistake(item, true);
    }
    let diagnostic = too_narrow(checker, id, &in_force, &above, &case);
    let diagnostic = diagnostic.shown_by(checker.counterexample(&case));
    checker.report(diagnostic);
}

fn too_narrow(
    checker: &Checker<'_>,
    id: SpaceId,
    in_force: &InForce<'_>,
    above: &[ItemId],
    case: &Case,
) -> Diagnostic {
    let space = checker.model.space(id);
    let bits = checker.value(space.end, case).max(1).ilog2();
    let name = &in_force.format.name;
    let first = checker.model.item(above[0]);
    let others = match above.len() {
        1 => String::new(),
        2 => " (and one more range)".to_owned(),
        more => format!(" (and {} more ranges)", more - 1),
    };
    Diagnostic::error(
        &PAGE,
        format!(
            "`{}` has {bits} bits, but addresses of `{name}` are sign-extended to 64",
            space.name
        ),
    )
    .at(
        space.bits.map_or(space.loc, |bits| bits.loc),
        format!("addresses end at {}", as_addr(checker.model, 1 << bits)),
    )
    .also(
        first.range.map_or(first.name_loc, |range| range.loc),
        format!("{}{others}", checker.described(above[0], case)),
    )
    .also(
        in_force.format.address_loc,
        format!("{} of 64 bits are translated", in_force.spec.va_bits),
    )
    .help(format!("write `space {} : 64 bits, ...`", space.name))
}

fn diagnostic(checker: &Checker<'_>, id: ItemId, case: &Case) -> Diagnostic {
    let model = checker.model;
    let item = model.item(id);
    let range = item.range.expect("checked items have a range");
    let space = model.space(item.space);
    let (start, end) = checker.bounds(id, case).unwrap_or_default();
    let top = checker.value(space.end, case);
    let bits = top.max(1).ilog2();
    let diagnostic = if start < 0 {
        let by = size_text(-start);
        Diagnostic::error(
            &PAGE,
            format!("{} starts {by} below address 0", item_title(item)),
        )
        .at(range.start.loc, format!("is {}", as_addr(model, start)))
        .help(format!("start it at least {by} higher"))
    } else {
        let by = size_text(end - top);
        Diagnostic::error(
            &PAGE,
            format!(
                "{} passes the top of `{}` by {by}",
                item_title(item),
                space.name
            ),
        )
        .at(
            range.end.loc,
            format!("the range is {}", checker.range_text(id, case)),
        )
        .help(format!(
            "end it at `{}.end`, or start it at least {by} lower",
            space.name
        ))
    };
    diagnostic.also(
        space.loc,
        format!(
            "`{}` has {bits} bits: its addresses end at {}",
            space.name,
            as_addr(model, top)
        ),
    )
}
