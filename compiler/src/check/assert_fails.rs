//! # assert-fails
//!
//! A law that the author wrote does not hold.
//!
//! `assert CONDITION, "why";` is proved for all parameter values, as the built-in laws are. The message shows the smallest
//! values for which it is false.
//!
//! ```layout
//! boot  RESERVE : size = 128M in 16M ..= 512M step 4M;
//! space linear  : 32 bits;
//! hole  above in linear : linear.end - RESERVE .. linear.end;
//! assert above.size >= 32M, "vmalloc needs some room";          // rejected when RESERVE < 32M
//! ```
//!
//! What to do: correct the layout or the law, narrow a parameter's domain, or say in an `assume` what the outside world
//! guarantees.

use super::{Case, Checker, Law};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{Claim, Kind};
use crate::show_value::value_text;
use crate::source::Loc;
use crate::term::TermId;

/// Its page.
pub const PAGE: Page = Page {
    code: "assert-fails",
    title: "a law of the author's does not hold",
    source: include_str!("assert_fails.rs"),
};

/// Every `assert` holds.
pub(super) fn check(checker: &mut Checker<'_>) {
    for claim in &checker.model.asserts {
        let law = Law {
            under: TermId::TRUE,
            goal: claim.cond,
            loc: claim.loc,
            what: "this assertion holds",
        };
        checker.judge(&law, |checker, case| {
            let diagnostic = match claim.why.as_str() {
                "" => Diagnostic::error(&PAGE, "an assertion does not hold"),
                why => Diagnostic::error(&PAGE, format!("an assertion does not hold: {why}")),
            };
            let diagnostic = diagnostic.at(
                claim.loc,
                if case.uses.is_empty() {
                    "false"
                } else {
                    "false for these values"
                },
            );
            sides(checker, claim, case)
                .into_iter()
                .fold(diagnostic, |d, (loc, text)| d.also(loc, text))
        });
    }
}

/// What the sides of its comparisons are, but for those that can be read off the text.
fn sides(checker: &Checker<'_>, claim: &Claim, case: &Case) -> Vec<(Loc, String)> {
    let of_claim = checker
        .model
        .comparisons
        .iter()
        .filter(|comparison| comparison.claim == claim.loc);
    let mut sides = Vec::new();
    for (kind, num) in of_claim.flat_map(|comparison| [comparison.left, comparison.right]) {
        let Ok(value) = checker.terms.eval(num.term, &case.values) else {
            continue;
        };
        let text = value_text(checker.model, kind, value);
        let written = checker.sources.slice(num.loc);
        let literal =
            written.starts_with(|c: char| c.is_ascii_digit()) && !written.contains([' ', '(']);
        let is_name_of_value = text == written;
        if !literal && !is_name_of_value && !matches!(kind, Kind::Bool | Kind::Enum(_)) {
            sides.push((num.loc, format!("is {text}")));
        }
    }
    sides
}
