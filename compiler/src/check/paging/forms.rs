//! # paging-forms
//!
//! The meanings of a level's entries do not fit together: none is given, two have no condition, the last level points to a
//! further table, or nothing leads to the next level.
//!
//! ```layout
//! paging two_level {
//!     address  32 bits;
//!     physical 32 bits;
//!     entry    4 bytes { present [0] };
//!     level PD : va[31:22] -> leaf entry[31:22] << 22;      // rejected: PT is never reached
//!     level PT : va[21:12] -> leaf entry[31:12] << 12;
//! }
//! ```
//!
//! What to do: every level but the last needs a form that is no `leaf`; all forms of the last are leaves; at most one form of
//! a level has no `when`.

use super::{level_loc, ordinal};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Format;
use mapwright_runtime::paging::FormatError;

/// Its page.
pub const PAGE: Page = Page {
    code: "paging-forms",
    title: "the meanings of a level's entries do not fit together",
    source: include_str!("forms.rs"),
};

pub(super) fn diagnostic(format: &Format, error: &FormatError) -> Diagnostic {
    let name = &format.name;
    let wrong = |message: String| Diagnostic::error(&PAGE, message);
    match error {
        FormatError::NoForms { level } => wrong(format!(
            "level `{level}` of `{name}` does not say what its entries are"
        ))
        .at(level_loc(format, level), "nothing after the index")
        .help("add `-> entry[..] << ..` for tables, `-> leaf entry[..] << ..` for pages"),
        FormatError::TwoDefaults { level, form } => wrong(format!(
            "two meanings of the entries of level `{level}` of `{name}` have no condition"
        ))
        .at(
            level_loc(format, level),
            format!("its {} meaning has no `when` either", ordinal(*form)),
        )
        .help("say when an entry has the one and not the other: `leaf when entry[7] -> ...`"),
        FormatError::TableAtLastLevel { level, form } => wrong(format!(
            "level `{level}` of `{name}` points to tables, but there is no further level"
        ))
        .at(
            level_loc(format, level),
            format!("its {} meaning is no `leaf`", ordinal(*form)),
        )
        .help("write `leaf` before the frame, or declare the next level"),
        FormatError::NextLevelUnreachable { level, next } => {
            wrong(format!("level `{next}` of `{name}` is never reached"))
                .at(level_loc(format, level), "every entry is a `leaf`")
                .also(level_loc(format, next), "no entry points here")
                .help("give the upper level a meaning without `leaf`, or leave the lower one out")
        }
        _ => wrong(format!("format `{name}`: {error}")).at(format.loc, "here"),
    }
}
