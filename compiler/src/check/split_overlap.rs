//! # split-overlap
//!
//! Two parts of a split claim the same addresses.
//!
//! A split says for every address of a space whose it is: its parts lie side by side.
//!
//! ```layout
//! config PAGE_OFFSET : addr = 0xC000_0000 in { 0xC000_0000, 0x8000_0000 };
//! space linear : 32 bits;
//! split linear {
//!     user   : 0 .. 3G                   { access: user };            // rejected: with PAGE_OFFSET = 0x8000_0000
//!     kernel : PAGE_OFFSET .. linear.end { access: supervisor };
//! }
//! ```
//!
//! What to do: end a part where the next one begins: `user : 0 .. PAGE_OFFSET`.

use super::split_gap::{in_order, keep_order};
use super::sweep::disjoint;
use super::{Case, Checker, Law, as_addr, span_text};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::ItemId;
use crate::show_value::size_text;
use crate::term::TermId;

/// Its page.
pub const PAGE: Page = Page {
    code: "split-overlap",
    title: "two parts of a split claim the same addresses",
    source: include_str!("split_overlap.rs"),
};

/// No part begins before the one below it ends.
pub(super) fn check(checker: &mut Checker<'_>) {
    for split in &checker.model.splits {
        let Some(parts) = in_order(checker, split) else {
            continue;
        };
        if !keep_order(checker, &parts) {
            for (at, &first) in parts.iter().enumerate() {
                for &second in &parts[at + 1..] {
                    apart(checker, first, second);
                }
            }
            continue;
        }
        for pair in parts.windows(2) {
            between(checker, pair[0], pair[1]);
        }
    }
}

fn between(checker: &mut Checker<'_>, before: ItemId, after: ItemId) {
    let (a, b) = (checker.model.item(before), checker.model.item(after));
    let (Some(x), Some(y)) = (a.range, b.range) else {
        return;
    };
    let goal = checker.terms.ge(y.start.term, x.end.term);
    let law = Law {
        under: TermId::TRUE,
        goal,
        loc: y.start.loc,
        what: "this part begins after the one before it",
    };
    if let Some(case) = checker.law(&law) {
        report(checker, before, after, &case);
    }
}

/// Two parts of which a parameter decides which one is below.
fn apart(checker: &mut Checker<'_>, first: ItemId, second: ItemId) {
    let (a, b) = (checker.model.item(first), checker.model.item(second));
    let (Some(x), Some(y)) = (a.range, b.range) else {
        return;
    };
    let goal = disjoint(
        checker,
        (x.start.term, x.end.term),
        (y.start.term, y.end.term),
    );
    let law = Law {
        under: TermId::TRUE,
        goal,
        loc: y.start.loc,
        what: "two parts claim different addresses",
    };
    if let Some(case) = checker.law(&law) {
        let starts = (
            checker.value(x.start.term, &case),
            checker.value(y.start.term, &case),
        );
        let (before, after) = if starts.0 <= starts.1 {
            (first, second)
        } else {
            (second, first)
        };
        report(checker, before, after, &case);
    }
}

fn report(checker: &mut Checker<'_>, before: ItemId, after: ItemId, case: &Case) {
    checker.mistake(before, case.always);
    checker.mistake(after, case.always);
    let (a, b) = (checker.model.item(before), checker.model.item(after));
    let (Some(x), Some(y)) = (a.range, b.range) else {
        return;
    };
    let (end, start) = (
        checker.value(x.end.term, case),
        checker.value(y.start.term, case),
    );
    let high = end.min(checker.value(y.end.term, case));
    let message = format!(
        "parts `{}` and `{}` overlap by {}",
        a.name,
        b.name,
        size_text(high - start)
    );
    let diagnostic = Diagnostic::error(&PAGE, message)
        .at(
            y.start.loc,
            format!("`{}` starts at {}", b.name, as_addr(checker.model, start)),
        )
        .also(
            x.end.loc,
            format!("`{}` ends at {}", a.name, as_addr(checker.model, end)),
        )
        .note(format!("both claim {}", span_text(start, high)))
        .help(format!(
            "end `{}` at `{}.start`, or start `{}` at `{}.end`",
            a.name, b.name, b.name, a.name
        ))
        .shown_by(checker.counterexample(case));
    checker.report(diagnostic);
}
