//! # value-cycle
//!
//! Values need each other in a circle.
//!
//! Names may be used in any order, so `vmalloc.start` may be made of `lowmem.end` although vmalloc
//! is declared first. But when finding a value leads back to itself there is no first step. Starts
//! and ends of a range are separate values: only those that are really needed count.
//!
//! Rejected:
//!
//! ```text
//! window a in kernel : b.end .. +4K -> device;
//! window b in kernel : a.end .. +4K -> device;
//! ```
//!
//! What to do: give one of them a value of its own: `window a in kernel : 3G .. +4K -> device;`

use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "value-cycle",
    title: "values need each other in a circle",
    source: include_str!("value_cycle.rs"),
};

/// Labels beyond this many are left out of the picture; the circle is named whole in a note.
const MOST_LABELS: usize = 12;

/// Each value with the place where it names the next.
pub(crate) fn of(hops: &[(String, Loc)]) -> Diagnostic {
    let mut path: Vec<&str> = hops.iter().map(|(name, _)| name.as_str()).collect();
    path.extend(path.first().copied());
    let message = match hops {
        [(name, _)] => format!("{name} is made of itself"),
        _ => "values need each other in a circle".to_owned(),
    };
    let mut diagnostic = Diagnostic::error(&PAGE, message);
    for (at, (name, loc)) in hops.iter().enumerate().take(MOST_LABELS) {
        let text = format!("{name} needs {}", path[at + 1]);
        diagnostic = match at {
            0 => diagnostic.at(*loc, text),
            _ => diagnostic.also(*loc, text),
        };
    }
    if hops.len() > 1 {
        diagnostic = diagnostic.note(format!("the circle is {}", path.join(" -> ")));
    }
    diagnostic.help("give one of them a value that does not need the others")
}
