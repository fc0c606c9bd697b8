//! # impossible-value
//!
//! A parameter lists a value that the assumptions never allow. (A warning.)
//!
//! Nothing is wrong with the layout, but whoever reads the list believes that the value can be chosen.
//!
//! ```layout
//! config PAGE_OFFSET : addr = 0xC000_0000 in { 0xC000_0000, 0xB000_0000 };
//! assume PAGE_OFFSET % 1G == 0;      // warned about: 0xB000_0000 is then impossible
//! space linear : 32 bits;
//! split linear { user : 0 .. PAGE_OFFSET; kernel : PAGE_OFFSET .. linear.end; }
//! ```
//!
//! What to do: leave the value out of the list, or correct the assumption.

use super::{Checker, Scope};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{Domain, Kind, Param};
use crate::prove::Verdict;
use crate::show_value::value_text;
use crate::term::TermId;

/// Its page.
pub const PAGE: Page = Page {
    code: "impossible-value",
    title: "a parameter lists a value that the assumptions never allow",
    source: include_str!("impossible_value.rs"),
};

/// Longer lists are not gone through.
const LONGEST_LIST: u128 = 64;

/// Every value of a list, a bool or an enum is possible.
pub(super) fn check(checker: &mut Checker<'_>) {
    if checker.model.assumes.is_empty() || matches!(checker.scope(), Scope::One(_)) {
        return;
    }
    for param in &checker.model.params {
        let domain = &checker.model.vars[param.var.index()].domain;
        let values: Vec<i128> = match (domain, param.kind) {
            (Domain::Set(values), _) => values.clone(),
            (Domain::Interval { low, high, step: 1 }, Kind::Bool | Kind::Enum(_)) => {
                (*low..=*high).collect()
            }
            _ => continue,
        };
        if domain.count() > LONGEST_LIST {
            continue;
        }
        let mut impossible = Vec::new();
        for value in values {
            // A default that breaks an assumption has its own message.
            if value != param.default && !allowed(checker, param, value) {
                impossible.push(value_text(checker.model, param.kind, value));
            }
        }
        if !impossible.is_empty() {
            let diagnostic = diagnostic(param, &impossible);
            checker.report(diagnostic);
        }
    }
}

fn allowed(checker: &mut Checker<'_>, param: &Param, value: i128) -> bool {
    let (var, value) = (checker.terms.var(param.var), checker.terms.constant(value));
    let other = checker.terms.ne(var, value);
    checker.verdict(TermId::TRUE, other) != Verdict::Proved
}

fn diagnostic(param: &Param, impossible: &[String]) -> Diagnostic {
    let list = impossible.join(", ");
    Diagnostic::warning(&PAGE, format!("`{}` can never be {list}", param.name))
        .at(param.domain_loc, "listed here")
        .note("the assumptions exclude it, whatever the other parameters are")
        .help("leave it out, or correct the assumption")
}
