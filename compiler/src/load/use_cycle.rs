//! # use-cycle
//!
//! Files use each other in a circle.
//!
//! `use` means that everything of the other file is there. Files that use each other in a circle
//! have no order in which that could be done; it is nearly always a slip.
//!
//! Rejected: `a.layout` with
//!
//! ```text
//! use "b.layout";
//! ```
//!
//! and `b.layout` with
//!
//! ```text
//! use "a.layout";
//! ```
//!
//! What to do: move what both need to a third file and use that from both. The same file may be used
//! many times: it is read once.

use crate::diagnostic::{Diagnostic, Page};
use crate::source::{Loc, Sources};

/// Its page.
pub const PAGE: Page = Page {
    code: "use-cycle",
    title: "files use each other in a circle",
    source: include_str!("use_cycle.rs"),
};

/// The `use` lines of the circle; the last one closes it.
pub(crate) fn of(sources: &Sources, hops: &[Loc]) -> Diagnostic {
    let name = |hop: &Loc| sources.get(hop.file).name.as_str();
    let Some((last, earlier)) = hops.split_last() else {
        return Diagnostic::error(&PAGE, "files use each other in a circle");
    };
    let first = earlier.first().map_or(name(last), name);
    let message = match earlier {
        [] => format!("`{first}` uses itself"),
        _ => "files use each other in a circle".to_owned(),
    };
    let mut path: Vec<String> = hops.iter().map(|hop| format!("`{}`", name(hop))).collect();
    path.push(format!("`{first}`"));
    let mut diagnostic = Diagnostic::error(&PAGE, message)
        .at(*last, format!("`{}` is being read already", first))
        .note(format!("the circle is {}", path.join(" -> ")))
        .help("move what they share to a file of its own and use that from each");
    for (hop, next) in earlier.iter().zip(&hops[1..]) {
        diagnostic = diagnostic.also(*hop, format!("`{}` uses `{}`", name(hop), name(next)));
    }
    diagnostic
}
