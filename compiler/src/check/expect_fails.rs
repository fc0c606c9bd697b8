//! # expect-fails
//!
//! An example of the author's does not hold: the address gives something else.
//!
//! `expect SPACE ADDRESS -> ...;` is an example of what the layout means, with the parameters at their defaults or as `with`
//! fixes them. It is translated by the table of that instance; emitted code and compiled translators are held to the same.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space  physical : 32 bits;
//! space  linear   : 32 bits, paging x86_32, to physical;
//! zone   low    in physical : 0 .. 128M;
//! window direct in linear   : 3G .. +128M -> physical at 0;
//! expect linear 0xC010_0000 -> physical 0x0020_0000 in direct;      // rejected: it gives 0x0010_0000
//! ```
//!
//! What to do: correct the example, or the range that it is about. Examples are looked at once all laws hold.

use super::{Checker, breaks_assumption};
use crate::diagnostic::{Diagnostic, Page, has_errors};
use crate::lower::{self, Lowered};
use crate::model::{Expect, FaultKind, ItemId, Outcome};
use crate::show_value::{addr_text, value_text};
use mapwright_runtime::layout::PlaceId;
use mapwright_runtime::translate::{Fault, Translation};
use std::collections::BTreeMap;

/// Its page.
pub const PAGE: Page = Page {
    code: "expect-fails",
    title: "an example of the author's does not hold",
    source: include_str!("expect_fails.rs"),
};

/// Every `expect` holds.
pub(super) fn check(checker: &mut Checker<'_>) {
    if has_errors(&checker.diagnostics) || !checker.model.missing.is_nothing() {
        return;
    }
    let mut instances: BTreeMap<Vec<i128>, Option<Lowered>> = BTreeMap::new();
    for expect in &checker.model.expects {
        let mut values = checker.model.defaults();
        expect
            .with
            .iter()
            .for_each(|&(var, value)| values[var.index()] = value);
        if !instances.contains_key(&values) {
            let made = instance(checker, expect, &values);
            instances.insert(values.clone(), made);
        }
        let Some(Some(lowered)) = instances.get(&values) else {
            continue;
        };
        match mismatch(checker, expect, lowered, &values) {
            None => checker.summary.proved += 1,
            Some(diagnostic) => {
                checker.summary.refuted += 1;
                checker.report(diagnostic);
            }
        }
    }
}

/// The layout for the values of an example; `None` when there is none, which has been said.
fn instance(checker: &mut Checker<'_>, expect: &Expect, values: &[i128]) -> Option<Lowered> {
    if let Some(claim) = checker
        .model
        .assumes
        .iter()
        .find(|claim| checker.terms.eval(claim.cond, values) == Ok(0))
    {
        let diagnostic = breaks_assumption::of_expect(checker, expect, claim, values);
        checker.report(diagnostic);
        return None;
    }
    match lower::lower(checker.model, checker.sources, values) {
        Ok(lowered) => Some(lowered),
        Err(found) => {
            // The instance of the defaults is made by everyone, and speaks for itself.
            if values != checker.model.defaults() {
                checker.diagnostics.extend(found);
            }
            None
        }
    }
}

fn mismatch(
    checker: &Checker<'_>,
    expect: &Expect,
    lowered: &Lowered,
    values: &[i128],
) -> Option<Diagnostic> {
    let space = &checker.model.space(expect.space).name;
    let address = checker.terms.eval(expect.address.term, values).ok()?;
    let found = match (u64::try_from(address), lowered.layout.space_named(space)) {
        (Ok(address), Some(space)) => lowered.layout.translate(space, address),
        (Err(_), _) => Translation::Fault(Fault::OutOfSpace),
        (_, None) => return None,
    };
    if agrees(checker, expect, lowered, &found, values) {
        return None;
    }
    let gives = text(checker, lowered, &found);
    let mut diagnostic = Diagnostic::error(
        &PAGE,
        format!(
            "{space} {} does not give what is expected",
            addr_text(address)
        ),
    )
    .at(expect.loc, format!("it gives {gives}"));
    if let Some(id) = found.place().and_then(|place| item_of(lowered, place)) {
        let item = checker.model.item(id);
        let range = lowered.layout.place(found.place()?).range;
        let (start, end) = (
            i128::from(range.base()),
            i128::try_from(range.end()).unwrap_or(i128::MAX),
        );
        diagnostic = diagnostic.also(
            item.name_loc,
            format!("`{}` is {}", item.name, super::span_text(start, end)),
        );
    }
    let fixed: Vec<String> = expect
        .with
        .iter()
        .filter_map(|&(var, value)| {
            let param = checker.model.params.iter().find(|param| param.var == var)?;
            Some(format!(
                "{} = {}",
                param.name,
                value_text(checker.model, param.kind, value)
            ))
        })
        .collect();
    let with = if fixed.is_empty() {
        "the defaults".to_owned()
    } else {
        fixed.join(", ")
    };
    Some(diagnostic.note(format!("with {with}")).help(format!(
        "correct the example (`-> {gives}`), or the range that it is about"
    )))
}

fn item_of(lowered: &Lowered, place: PlaceId) -> Option<ItemId> {
    lowered.items.get(place.index()).copied()
}

fn agrees(
    checker: &Checker<'_>,
    expect: &Expect,
    lowered: &Lowered,
    found: &Translation,
    values: &[i128],
) -> bool {
    let is = |place: PlaceId, id: ItemId| item_of(lowered, place) == Some(id);
    match (&expect.outcome, *found) {
        (
            Outcome::Mapped {
                space,
                address,
                window: named,
            },
            Translation::Mapped {
                window,
                view,
                space: to,
                address: at,
                ..
            },
        ) => {
            let named_one =
                named.is_none_or(|id| is(window, id) || view.is_some_and(|view| is(view, id)));
            named_one
                && lowered.layout.space(to).name == checker.model.space(*space).name
                && checker.terms.eval(address.term, values) == Ok(i128::from(at))
        }
        (Outcome::Dynamic(id), Translation::Dynamic { place }) => is(place, *id),
        (Outcome::Fault(kind, of), Translation::Fault(fault)) => {
            let same = match kind {
                FaultKind::Unmapped => matches!(fault, Fault::Unmapped { .. }),
                FaultKind::Guard => matches!(fault, Fault::Guard(_)),
                FaultKind::Hole => matches!(fault, Fault::Hole(_)),
                FaultKind::NonCanonical => matches!(fault, Fault::NonCanonical),
                FaultKind::OutOfSpace => matches!(fault, Fault::OutOfSpace),
            };
            same && of.is_none_or(|id| fault.place().is_some_and(|place| is(place, id)))
        }
        _ => false,
    }
}

/// As an `expect` would say it.
fn text(checker: &Checker<'_>, lowered: &Lowered, found: &Translation) -> String {
    let name = |place: PlaceId| {
        item_of(lowered, place).map_or_else(String::new, |id| checker.model.item(id).name.clone())
    };
    match *found {
        Translation::Mapped {
            window,
            space,
            address,
            ..
        } => {
            format!(
                "{} {} in {}",
                lowered.layout.space(space).name,
                addr_text(i128::from(address)),
                name(window)
            )
        }
        Translation::Dynamic { place } => format!("dynamic {}", name(place)),
        Translation::Fault(fault) => match fault.place() {
            Some(place) => format!("fault {} {}", fault.word(), name(place)),
            None => format!("fault {}", fault.word()),
        },
    }
}
