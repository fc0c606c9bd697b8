//! A number of the layout has no value for the parameters that code is generated for.
//!
//! Code is generated with the `config` parameters fixed. When one of the numbers then does not fit in 127 bits, there is
//! nothing to write. `mapwright check` finds the same mistake for every value of the parameters, with its reason.
//!
//! ```layout
//! config SHIFT : int = 1 in 1 ..= 9;
//! let huge = 0x4000_0000_0000_0000_0000_0000_0000_0000 * SHIFT;
//! ```
//!
//! Give the parameter a value for which the number fits, or narrow its domain so that it always does.

use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// `no-value`
pub const PAGE: Page = Page {
    code: "no-value",
    title: "a number has no value for the parameters that code is generated for",
    source: include_str!("no_value.rs"),
};

/// The message for what is named `name` and written at `loc`.
pub(crate) fn no_value(name: &str, loc: Loc) -> Box<Diagnostic> {
    let message = Diagnostic::error(
        &PAGE,
        format!("`{name}` has no exact value for these parameters"),
    )
    .at(loc, "this has no value, or one beyond 127 bits")
    .help("fix the config parameters with `--set` so that it fits, or narrow their domains");
    Box::new(message)
}
