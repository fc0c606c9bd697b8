//! An `export` has a name that generated code cannot have.
//!
//! `export "NAME" = value;` writes a constant under exactly this name, because the kernel's own sources use it. A name of
//! Rust and C begins with a letter or `_` and goes on with letters, digits and `_`; `_` alone, `self`, `Self`, `super` and
//! `crate` are not names.
//!
//! ```layout
//! export "VMALLOC-END" = vmalloc.last;
//! ```
//!
//! Spell the name as the kernel's sources do: `export "VMALLOC_END" = vmalloc.last;`.

use super::rust::names;
use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// `export-name`
pub const PAGE: Page = Page {
    code: "export-name",
    title: "an export's name cannot be a name in generated code",
    source: include_str!("export_name.rs"),
};

/// The message for an export named `name`, written at `loc`.
pub(crate) fn export_name(name: &str, loc: Loc) -> Box<Diagnostic> {
    let legal: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let message = Diagnostic::error(
        &PAGE,
        format!(
            "`{}` cannot be a name in generated code",
            name.escape_debug()
        ),
    )
    .at(
        loc,
        "names are letters, digits and `_`, and begin with no digit",
    );
    let legal = if legal.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{legal}")
    } else {
        legal
    };
    Box::new(if names::is_identifier(&legal) {
        message.help(format!("write `{legal}`"))
    } else {
        message.help("write the name that the kernel's sources use")
    })
}
