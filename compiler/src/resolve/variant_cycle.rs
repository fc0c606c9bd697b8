//! # variant-cycle
//!
//! Variants are based on each other in a circle.
//!
//! `layout NAME = BASE with { ... }` takes the parameters of its base and changes some. The base
//! is `default` or another variant, and somewhere at the bottom there must be `default`.
//!
//! Rejected:
//!
//! ```text
//! layout small = tiny with { RAM = 64M };
//! layout tiny = small with { RAM = 32M };
//! ```
//!
//! What to do: write `layout small = default with { RAM = 64M };`

use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "variant-cycle",
    title: "variants are based on each other in a circle",
    source: include_str!("variant_cycle.rs"),
};

/// Each with the place where its base is named.
pub(crate) fn of(hops: &[(String, Loc)]) -> Diagnostic {
    let mut path: Vec<String> = hops.iter().map(|(name, _)| format!("`{name}`")).collect();
    path.extend(path.first().cloned());
    let message = match hops.len() {
        1 => format!("the variant {} is based on itself", path[0]),
        _ => "variants are based on each other in a circle".to_owned(),
    };
    let mut diagnostic = Diagnostic::error(&PAGE, message)
        .note(format!("the circle is {}", path.join(" -> ")))
        .help("base one of them on `default`");
    for (at, (_, loc)) in hops.iter().enumerate() {
        let text = format!("based on {}", path[at + 1]);
        diagnostic = match at {
            0 => diagnostic.at(*loc, text),
            _ => diagnostic.also(*loc, text),
        };
    }
    diagnostic
}
