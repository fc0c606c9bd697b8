//! # unused-name
//!
//! A parameter or a named value is never used. (A warning.)
//!
//! A parameter that nothing depends on promises a choice that does not exist; a value that nothing names was mostly meant to
//! be used somewhere.
//!
//! ```layout
//! config NR_CPUS : int = 8 in 1 ..= 64;        // warned about
//! space  linear : 32 bits;
//! hole   stacks in linear : 0xF000_0000 .. +8 * 16K;
//! ```
//!
//! What to do: use it, or delete it. An `export` is a use. Files that are reached by `use` are not asked: others may need
//! what this layout does not.

use super::Checker;
use crate::diagnostic::{Diagnostic, Page};
use crate::source::{FileId, Loc};

/// Its page.
pub const PAGE: Page = Page {
    code: "unused-name",
    title: "a parameter or a named value is never used",
    source: include_str!("unused_name.rs"),
};

/// The file that is compiled: the first to be loaded.
const MAIN: FileId = FileId(0);

/// Parameters and lets of the main file are used.
pub(super) fn check(checker: &mut Checker<'_>) {
    let model = checker.model;
    // What is wrong may have been a use.
    if !model.missing.is_nothing() {
        return;
    }
    let params = model
        .params
        .iter()
        .map(|param| ("parameter", &param.name, param.loc));
    let lets = model
        .lets
        .iter()
        .map(|named| ("value", &named.name, named.loc));
    let unused: Vec<(&str, &String, Loc)> = params
        .chain(lets)
        .filter(|(_, name, loc)| loc.file == MAIN && !model.used.contains(*name))
        .collect();
    for (noun, name, loc) in unused {
        let diagnostic = Diagnostic::warning(&PAGE, format!("the {noun} `{name}` is never used"))
            .at(loc, "declared here");
        checker.report(match noun {
            "parameter" => diagnostic.help("use it, or delete it: nothing depends on it"),
            _ => diagnostic.help("use it, export it, or delete it"),
        });
    }
}
