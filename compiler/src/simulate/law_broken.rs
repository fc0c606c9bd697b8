//! # law-broken
//!
//! The machine broke one of its laws.
//!
//! Every operation is held to the layout: an address handed out lies in its window, a frame has one owner, page tables
//! decode to what was asked for, free, used and reserved frames are all of memory. The whole machine is also counted anew
//! from its bytes after every so many steps (`check_every`) and at the end. A broken law means that what a step did behind
//! the kernel's back (`corrupt`, `poke`, `break_allocator`) was found out, or that the simulator is wrong. The run stops.
//!
//! Rejected:
//!
//! ```toml
//! [[step]]
//! do = "corrupt"
//! address = "lowmem.start + 16M"
//! flip = 0x1000
//!
//! [[step]]
//! do = "check"
//! ```
//!
//! What to do: when that is what the scenario shows, say so: `expect_law = "tables_decode"` on the step that finds it.

use mapwright_machine::laws::Violation;

use super::refusals;
use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "law-broken",
    title: "the machine of a scenario broke one of its laws",
    source: include_str!("law_broken.rs"),
};

/// Which law, by what, and both sides. `after` says when it was found.
pub(super) fn of(violation: &Violation, after: &str, loc: Loc) -> Diagnostic {
    let Violation {
        law,
        operation,
        expected,
        found,
    } = violation;
    Diagnostic::error(&PAGE, format!("a law is broken: {}", law.words()))
        .at(loc, after)
        .note(format!("found by {operation}"))
        .note(format!("expected: {expected}\nfound:    {found}"))
        .help(format!(
            "if the scenario shows just that: expect_law = \"{}\"",
            refusals::law(*law)
        ))
}
