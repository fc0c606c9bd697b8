//! # segment-limit
//!
//! A segment is empty or passes the top of the linear addresses.
//!
//! A segment begins at its base and has as many bytes as its limit says (4G for all of them). Segments have bases and limits
//! of 32 bits; in 64-bit mode they are not used.
//!
//! ```layout
//! space   linear : 32 bits;
//! segment data : gdt[3] = data { base: 1G, limit: 4G, dpl: 0 };       // rejected: ends at 5G
//! ```
//!
//! What to do: begin it lower or make it smaller.

use super::{Checker, Law, as_addr};
use crate::diagnostic::{Diagnostic, Page};
use crate::show_value::size_text;
use crate::term::TermId;

/// Its page.
pub const PAGE: Page = Page {
    code: "segment-limit",
    title: "a segment is empty or passes the top of the linear addresses",
    source: include_str!("segment_limit.rs"),
};

/// One past the last linear address of a processor in 32-bit mode.
const TOP: i128 = 1 << 32;

/// Segments have a byte and end by 4G.
pub(super) fn check(checker: &mut Checker<'_>) {
    for segment in &checker.model.segments {
        let (base, limit) = (segment.base, segment.limit);
        let top = checker.terms.constant(TOP);
        let end = checker.terms.add(base.term, limit.term);
        let all = [
            checker.terms.ge(base.term, TermId::FALSE),
            checker.terms.gt(limit.term, TermId::FALSE),
            checker.terms.le(end, top),
        ];
        let goal = checker.terms.all(&all);
        let law = Law {
            under: TermId::TRUE,
            goal,
            loc: limit.loc,
            what: "a segment lies in the linear addresses",
        };
        checker.demand(&law, |checker, case| {
            let (base_value, limit_value) = (
                checker.value(base.term, case),
                checker.value(limit.term, case),
            );
            let name = &segment.name;
            if limit_value <= 0 {
                return Diagnostic::error(&PAGE, format!("segment `{name}` has no bytes"))
                    .at(limit.loc, format!("is {}", size_text(limit_value)))
                    .help("the limit is the size in bytes: 4G for all addresses");
            }
            if base_value < 0 {
                return Diagnostic::error(
                    &PAGE,
                    format!("segment `{name}` begins below address 0"),
                )
                .at(
                    base.loc,
                    format!("is {}", as_addr(checker.model, base_value)),
                );
            }
            let by = size_text(base_value + limit_value - TOP);
            Diagnostic::error(
                &PAGE,
                format!("segment `{name}` passes the top of the linear addresses by {by}"),
            )
            .at(limit.loc, format!("is {}", size_text(limit_value)))
            .also(
                base.loc,
                format!("is {}", as_addr(checker.model, base_value)),
            )
            .note(format!(
                "it ends at {}, but linear addresses end at {}",
                as_addr(checker.model, base_value + limit_value),
                as_addr(checker.model, TOP)
            ))
            .help("begin it lower or make it smaller")
        });
    }
}
