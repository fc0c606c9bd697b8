//! # machine-fails
//!
//! The machine that a scenario describes cannot be built.
//!
//! Memory that overlaps, numbers out of their range, more memory than the simulation may keep books of, or too little for
//! the kernel to start in. The books take about half a byte for a frame of memory, and bytes for frames that are touched:
//! `host_limit` in `[machine]` says how many of the host's bytes a run may take.
//!
//! Rejected, with a layout that has 52 bits of physical addresses:
//!
//! ```toml
//! [machine]
//! ram = ["0 .. 1P"]
//! ```
//!
//! What to do: change what the message names, or raise `host_limit = "8G"` when the host has that much.

use mapwright_machine::spec::BuildError;

use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "machine-fails",
    title: "the machine of a scenario cannot be built",
    source: include_str!("machine_fails.rs"),
};

/// Why it cannot be built.
pub(super) fn of(error: &BuildError, loc: Loc) -> Diagnostic {
    let made = Diagnostic::error(&PAGE, format!("the machine cannot be built: {error}"))
        .at(loc, "this machine");
    match error {
        BuildError::Host(limit) => {
            let needs = limit.used.saturating_add(limit.wanted);
            made.note(format!(
                "the books of its memory take {needs} bytes; at most {} are allowed",
                limit.limit
            ))
            .help("describe less memory, or raise `host_limit` in [machine]")
        }
        BuildError::NoMemory => made.help("give it memory: `ram = [\"0 .. 512M\"]` in [machine]"),
        BuildError::NoLowMemory => made
            .note("page tables, slabs and the descriptors of frames lie in memory that the kernel can reach at any time")
            .help("give the machine memory at the addresses that the layout's linear windows show"),
        BuildError::Processors { .. } => made.help(
            "set the layout's `NR_CPUS`, if it has that parameter, or give the machine fewer processors",
        ),
        BuildError::Start(_) => made.help("give it more memory, or reserve less of it"),
        _ => made,
    }
}

/// What the machine cannot have.
pub(super) fn other(message: impl Into<String>, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, message).at(loc, "here")
}
