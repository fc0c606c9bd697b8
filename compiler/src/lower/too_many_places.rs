//! # too-many-places
//!
//! A layout has too many places.
//!
//! A family has at most 65,536 members and a layout 1,048,576 places, for any values of the
//! parameters.
//!
//! Rejected:
//!
//! ```text
//! window k[p in 0 .. 1000000] in kernel : 3G + p * 4K .. +4K -> device;
//! ```
//!
//! What to do: declare what all members have in common as one range: a window of many pages.

use super::undefined_here::given;
use super::{MAX_MEMBERS, MAX_PLACES};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Model;
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "too-many-places",
    title: "a layout has too many places",
    source: include_str!("too_many_places.rs"),
};

/// A family with too many members.
pub(super) fn members(
    model: &Model,
    values: &[i128],
    name: &str,
    count: i128,
    loc: Loc,
) -> Diagnostic {
    Diagnostic::error(&PAGE, format!("the family `{name}` has {count} members"))
        .at(loc, format!("at most {MAX_MEMBERS} are possible"))
        .note(given(model, values))
}

/// Too many places in all; this item is the first that is too many.
pub(super) fn places(loc: Loc) -> Diagnostic {
    Diagnostic::error(
        &PAGE,
        format!("the layout has more than {MAX_PLACES} places"),
    )
    .at(loc, "the first of those that are too many")
}
