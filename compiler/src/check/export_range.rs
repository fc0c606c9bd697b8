//! # export-range
//!
//! An exported value does not fit in the 64 bits that generated code has for it.
//!
//! ```layout
//! space  linear : 64 bits;
//! export "TOP" = linear.end;        // rejected: 2^64
//! ```
//!
//! What to do: export what fits: the last address instead of the end (`linear.end - 1`), or the size in pages.

use super::{Checker, Law};
use crate::diagnostic::{Diagnostic, Page};
use crate::show_value::{addr_text, value_text};
use crate::term::TermId;

/// Its page.
pub const PAGE: Page = Page {
    code: "export-range",
    title: "an exported value does not fit in 64 bits",
    source: include_str!("export_range.rs"),
};

/// Exported values are 64-bit numbers.
pub(super) fn check(checker: &mut Checker<'_>) {
    for export in &checker.model.exports {
        let value = export.value;
        let (least, most) = (
            checker.terms.constant(i128::from(i64::MIN)),
            checker.terms.constant(i128::from(u64::MAX)),
        );
        let (low, high) = (
            checker.terms.ge(value.term, least),
            checker.terms.le(value.term, most),
        );
        let goal = checker.terms.and(low, high);
        let law = Law {
            under: TermId::TRUE,
            goal,
            loc: value.loc,
            what: "an exported value fits in 64 bits",
        };
        checker.demand(&law, |checker, case| {
            let number = checker.value(value.term, case);
            let diagnostic = Diagnostic::error(&PAGE, format!("\"{}\" does not fit in 64 bits", export.name))
                .at(value.loc, format!("is {}", value_text(checker.model, export.kind, number)));
            if number == 1 << 64 {
                diagnostic.help("an end at 2^64 is one past the last address: export that one (`- 1`, or `.last`)")
            } else {
                diagnostic.note(format!("generated code has room for {} to {}", i64::MIN, addr_text(i128::from(u64::MAX))))
            }
        });
    }
}
