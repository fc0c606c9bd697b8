//! # parent-cycle
//!
//! Ranges lie in each other in a circle.
//!
//! The parent after `in` holds the range. When it is held, through others, by the range itself,
//! neither is in any space.
//!
//! Rejected:
//!
//! ```text
//! window a in b : 0 .. 4K;
//! window b in a : 0 .. 4K;
//! ```
//!
//! What to do: put the outermost of them in a part or a space.

use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "parent-cycle",
    title: "ranges lie in each other in a circle",
    source: include_str!("parent_cycle.rs"),
};

/// Each with its parent's place: `(name, where the parent is named)`.
pub(crate) fn of(hops: &[(String, Loc)]) -> Diagnostic {
    let mut path: Vec<String> = hops.iter().map(|(name, _)| format!("`{name}`")).collect();
    path.extend(path.first().cloned());
    let message = match hops.len() {
        1 => format!("{} lies in itself", path[0]),
        _ => "ranges lie in each other in a circle".to_owned(),
    };
    let mut diagnostic = Diagnostic::error(&PAGE, message)
        .note(format!("the circle is {}", path.join(" in ")))
        .help("put the outermost of them in a part or a space");
    for (at, (name, loc)) in hops.iter().enumerate() {
        let next = &hops[(at + 1) % hops.len()].0;
        let text = format!("`{name}` lies in `{next}`");
        diagnostic = match at {
            0 => diagnostic.at(*loc, text),
            _ => diagnostic.also(*loc, text),
        };
    }
    diagnostic
}
