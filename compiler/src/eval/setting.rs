//! # setting
//!
//! A setting of a parameter is wrong.
//!
//! `--set` fixes a parameter: its name, `=`, and a value in the language's own literals. Each
//! parameter is set once, there and in the `with` of a file.
//!
//! Rejected:
//!
//! ```text
//! $ mapwright check std:linux/i386 --set PAE
//! ```
//!
//! What to do: write `--set PAE=true`. Others: `--set RAM=2G`, `--set KERNEL=v4.19`,
//! `--set PAGE_OFFSET=0x8000_0000`, `--set SPLIT=Three`.

use crate::diagnostic::{Diagnostic, Page};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "setting",
    title: "a setting of a parameter is wrong",
    source: include_str!("setting.rs"),
};

/// There is no `=`.
pub(crate) fn shape(arg: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("the setting `{arg}` is not NAME=VALUE"))
        .at(loc, "no `=`")
        .help("write the name of a parameter, `=` and its value: `RAM=2G`")
}

/// A parameter is set twice.
pub(crate) fn twice(name: &str, loc: Loc, first: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("the parameter `{name}` is set twice"))
        .at(loc, "set again here")
        .also(first, "first set here")
        .help("leave one of them out")
}
