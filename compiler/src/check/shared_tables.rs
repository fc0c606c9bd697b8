//! # shared-tables
//!
//! A part whose tables are shared does not begin and end at a top-level page-table entry, so that they cannot be shared.
//!
//! Every process has its own top-level table. What they share are the tables below it: the entries of the shared part point
//! to the same ones everywhere. An entry that covers both shared addresses and a process's own would have to point to two
//! tables at once.
//!
//! With PAE one entry of the top table covers 1G, so that a kernel at 0xB000_0000 shares the entry of 0x8000_0000 ..
//! 0xC000_0000 with the process: this is why Linux forbids that split with PAE.
//!
//! ```layout
//! use std "paging/x86.layout";
//! space physical : 36 bits;
//! space linear   : 32 bits, paging x86_pae, to physical;
//! split linear {
//!     user   : 0 .. 0xB000_0000          { access: user,       tables: per_process };
//!     kernel : 0xB000_0000 .. linear.end { access: supervisor, tables: shared };         // rejected
//! }
//! ```
//!
//! What to do: move the boundary to a multiple of what an entry covers, or exclude the case with an `assume`.

use super::{Case, Checker, Law, as_addr, item_title, span_text};
use crate::diagnostic::{Diagnostic, Page, Place, Proposal};
use crate::model::paging::{InForce, formats};
use crate::model::{ItemId, Kind, Num, Sharing, Split};
use crate::show_value::{size_text, value_literal};
use crate::term::TermId;

/// Its page.
pub const PAGE: Page = Page {
    code: "shared-tables",
    title: "a shared part does not begin and end at a top-level entry",
    source: include_str!("shared_tables.rs"),
};

/// Shared parts consist of whole top-level entries.
pub(super) fn check(checker: &mut Checker<'_>) {
    for split in &checker.model.splits {
        for &id in &split.parts {
            let tables = checker.model.item(id).attrs.tables;
            if !matches!(tables, Some((Sharing::Shared, _))) {
                continue;
            }
            for in_force in formats(checker.model, split.space) {
                part(checker, split, id, &in_force);
            }
        }
    }
}

fn part(checker: &mut Checker<'_>, split: &Split, id: ItemId, in_force: &InForce<'_>) {
    let Some(range) = checker.model.item(id).range else {
        return;
    };
    if checker.broken.contains(&id) {
        return;
    }
    let covers = in_force.top_entry();
    let by = checker.terms.constant(covers);
    let top = checker.model.space(split.space).end;
    let rest = checker.terms.rem(range.start.term, by);
    let start_whole = checker.terms.eq(rest, TermId::FALSE);
    let rest = checker.terms.rem(range.end.term, by);
    let whole = checker.terms.eq(rest, TermId::FALSE);
    let last = checker.terms.eq(range.end.term, top);
    let end_whole = checker.terms.or(whole, last);
    for (num, goal, word) in [
        (range.start, start_whole, "begin"),
        (range.end, end_whole, "end"),
    ] {
        let what = "a shared part begins and ends at a top-level entry";
        let law = Law {
            under: in_force.when,
            goal,
            loc: num.loc,
            what,
        };
        checker.hold(id, &law, |checker, case| {
            diagnostic(checker, (split, id), in_force, num, word, case)
        });
    }
}

fn diagnostic(
    checker: &Checker<'_>,
    (split, id): (&Split, ItemId),
    in_force: &InForce<'_>,
    num: Num,
    word: &str,
    case: &Case,
) -> Diagnostic {
    let item = checker.model.item(id);
    let covers = in_force.top_entry();
    let value = checker.value(num.term, case);
    let below = value - value.rem_euclid(covers);
    let format = &in_force.format.name;
    let level = in_force
        .spec
        .levels
        .first()
        .map_or("top", |level| level.name.as_str());
    let mut diagnostic = Diagnostic::error(
        &PAGE,
        format!(
            "{} cannot be shared: it does not {word} at an entry of {level}",
            item_title(item)
        ),
    )
    .at(num.loc, format!("is {}", as_addr(checker.model, value)));
    if let Some((_, loc)) = item.attrs.tables {
        diagnostic = diagnostic.also(loc, "every process is to use the same tables here");
    }
    if let Some(&loc) = in_force.format.level_locs.first() {
        diagnostic = diagnostic.also(loc, format!("one entry covers {}", size_text(covers)));
    }
    diagnostic
        .note(format!(
            "one entry of the top table of `{format}` covers {}: it would have to point to this part's tables and to a \
             process's own at once",
            span_text(below, below + covers)
        ))
        .propose(Proposal {
            before: format!("{word} it at "),
            places: [below, below + covers]
                .iter()
                .map(|&to| boundary_at(checker, split, num, to, case))
                .collect(),
            most: 2,
            after: ", or exclude the case with an `assume`".to_owned(),
            otherwise: "exclude the case with an `assume`".to_owned(),
            values: case.values.clone(),
        })
}

/// The end of a part moved, and with it the parts that begin or end there.
fn boundary_at(checker: &Checker<'_>, split: &Split, num: Num, to: i128, case: &Case) -> Place {
    let value = checker.value(num.term, case);
    let literal = value_literal(checker.model, Kind::Addr, to);
    let ranges = split
        .parts
        .iter()
        .filter_map(|&id| checker.model.item(id).range);
    let ends = ranges.flat_map(|range| match range.sized {
        true => vec![range.start],
        false => vec![range.start, range.end],
    });
    Place {
        text: as_addr(checker.model, to),
        edits: ends
            .filter(|end| checker.value(end.term, case) == value)
            .map(|end| (end.loc, literal.clone()))
            .collect(),
    }
}
