//! # unknown-level
//!
//! There is no such level of tables.
//!
//! `index(LEVEL, address)` is the number of the entry that translates the address in the table of
//! that level. The level is one of the paging format of the address's space, by its name there.
//!
//! Rejected, where the space has the format `x86_32` with the levels PD and PT:
//!
//! ```text
//! assert index(PML4, lowmem.start) == 256;
//! ```
//!
//! What to do: write `index(PD, lowmem.start) == 768`.

use crate::diagnostic::{Diagnostic, Page};
use crate::did_you_mean::{list, nearest, question};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "unknown-level",
    title: "there is no such level of tables",
    source: include_str!("unknown_level.rs"),
};

/// The first argument is no name.
pub(crate) fn no_name(loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, "`index` begins with the name of a level")
        .at(loc, "not a name")
        .help("write `index(LEVEL, address)`, such as `index(PT, x)`")
}

/// No format that could be meant has the level.
pub(crate) fn nowhere(name: &str, mut levels: Vec<&str>, loc: Loc) -> Diagnostic {
    levels.dedup();
    let diagnostic = Diagnostic::error(&PAGE, format!("there is no level `{name}`"))
        .at(loc, "not a level of the paging format");
    match (
        question(&nearest(name, levels.iter().copied())),
        &levels[..],
    ) {
        (Some(question), _) => diagnostic.help(question),
        (None, []) => diagnostic.help("no space has a paging format: `space x : ..., paging F`"),
        (None, _) => diagnostic.help(format!("the levels are {}", list(levels))),
    }
}

/// One of the formats that the space may have lacks the level.
pub(crate) fn in_format(name: &str, format: &str, declared: Loc, loc: Loc) -> Diagnostic {
    Diagnostic::error(
        &PAGE,
        format!("the format `{format}` has no level `{name}`"),
    )
    .at(loc, "not a level of every format that the space may have")
    .also(declared, "this format lacks it")
    .help("name a level that all of them have")
}

/// Several spaces have formats with such a level, and it is not known in which the address is.
pub(crate) fn ambiguous(name: &str, spaces: Vec<&str>, loc: Loc) -> Diagnostic {
    let message = format!("it is not known whose level `{name}` is meant");
    Diagnostic::error(&PAGE, message)
        .at(loc, "a level of several spaces")
        .note(format!("{} have such a level", list(spaces)))
        .help("use an address of a range, such as `x.start`: its space is known")
}
