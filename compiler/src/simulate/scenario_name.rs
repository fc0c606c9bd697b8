//! # scenario-name
//!
//! A name in a scenario stands for nothing, or for two things.
//!
//! Names in expressions are results of steps above (`as = "page"`), the members of pools (`into = "pages"`), the number of
//! a round (`index = "i"`), and what the layout names: windows, zones, parts, its constants, parameters and exports. A
//! result that had the name of something in the layout would hide it, and is refused.
//!
//! Rejected:
//!
//! ```toml
//! [[step]]
//! do = "kfree"
//! address = "buffer"
//! ```
//!
//! What to do: give the step that makes it a name (`as = "buffer"`), above the step that uses it.

use crate::diagnostic::{Diagnostic, Page};
use crate::did_you_mean::{list, nearest, question};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "scenario-name",
    title: "a name in a scenario stands for nothing, or for two things",
    source: include_str!("scenario_name.rs"),
};

/// Nothing has this name.
pub(super) fn unknown<'a>(
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
    loc: Loc,
) -> Diagnostic {
    let made = Diagnostic::error(&PAGE, format!("nothing above is called `{name}`"))
        .at(loc, "unknown name");
    match question(&nearest(name, known)) {
        Some(near) => made.help(near),
        None => made.help(format!(
            "name the step that makes it: `as = \"{name}\"`, above this one"
        )),
    }
}

/// What has this name has no such field.
pub(super) fn field(name: &str, field: &str, known: &[&str], loc: Loc) -> Diagnostic {
    let made = Diagnostic::error(&PAGE, format!("`{name}` has no field `{field}`"))
        .at(loc, "no such field");
    match question(&nearest(field, known.iter().copied())) {
        Some(near) => made.help(near),
        None if known.is_empty() => made.help(format!("`{name}` is a number")),
        None => made.help(format!("it has {}", list(known.iter().copied()))),
    }
}

/// The name is used otherwise.
pub(super) fn other_use(name: &str, is: &str, wanted: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("`{name}` is {is}"))
        .at(loc, format!("{wanted} is wanted here"))
}

/// The name is taken.
pub(super) fn taken(name: &str, by: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("`{name}` already names {by}"))
        .at(loc, "this would hide it")
        .help("choose another name")
}

/// What cannot be a name.
pub(super) fn no_name(text: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("`{text}` is no name")).at(
        loc,
        "letters, digits and `_`, no digit first; no reserved word and no version",
    )
}
