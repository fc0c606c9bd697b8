//! # use-not-found
//!
//! A used file does not exist.
//!
//! `use "path"` looks beside the file that says it, then in the directory of the layout, then in
//! the directories given with `--include`. `use std "path"` looks in the library inside the
//! program (`mapwright list` names its files).
//!
//! Rejected:
//!
//! ```text
//! use std "paging/x68.layout";
//! ```
//!
//! What to do: correct the name, or give the directory that holds the file with `--include`.

use crate::diagnostic::{Diagnostic, Page};
use crate::did_you_mean::question;
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "use-not-found",
    title: "a used file does not exist",
    source: include_str!("use_not_found.rs"),
};

/// The library has no such file.
pub(crate) fn bundled(path: &str, near: &[String], at: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("the library has no file `{path}`"))
        .at(at, "not in the library")
        .help(question(near).unwrap_or_else(|| "`mapwright list` names the library's files".into()))
}

/// There is no such file beside the layout or in the include directories; `library` says that the
/// library has one of this name.
pub(crate) fn beside(
    path: &str,
    near: &[String],
    looked: &[String],
    library: bool,
    at: Loc,
) -> Diagnostic {
    let mut diagnostic =
        Diagnostic::error(&PAGE, format!("there is no file `{path}`")).at(at, "not found");
    diagnostic = match looked {
        [] => diagnostic.note(
            "there is no directory to look in: a layout from standard input has nothing beside it",
        ),
        _ => diagnostic.note(format!("looked in {}", looked.join(", "))),
    };
    if library {
        return diagnostic.help(format!("the library has it: `use std \"{path}\";`"));
    }
    let advice = "give the directory that holds it with `--include`";
    diagnostic.help(question(near).unwrap_or_else(|| advice.to_owned()))
}
