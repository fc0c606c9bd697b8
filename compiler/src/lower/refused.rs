//! # layout-refused
//!
//! The runtime refuses a layout.
//!
//! The runtime checks every layout once more when it is made, whoever made it. A layout that has
//! passed the compiler's checks is not refused: this is said when an instance is made of one that
//! has not, or when the compiler has missed something.
//!
//! Rejected: a layout in which two windows overlap, made into an instance without its checks.
//!
//! What to do: run `mapwright check` on the layout. If that finds nothing, the compiler is wrong:
//! report it with the layout and the values of the parameters.

use super::undefined_here::given;
use crate::diagnostic::{Diagnostic, Page};
use crate::model::Model;
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "layout-refused",
    title: "the runtime refuses a layout",
    source: include_str!("refused.rs"),
};

/// The names between backticks, without member numbers.
fn names(message: &str) -> impl Iterator<Item = &str> {
    let quoted = message.split('`').skip(1).step_by(2);
    quoted.map(|name| name.split('[').next().unwrap_or(name))
}

/// What the runtime says, with the places of everything that it names.
pub(super) fn of(model: &Model, values: &[i128], message: &str) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(&PAGE, message).note(given(model, values));
    let mut seen: Vec<&str> = Vec::new();
    for name in names(message) {
        let item = model
            .items
            .iter()
            .find(|item| item.name == name)
            .map(|item| item.name_loc);
        let space = model
            .spaces
            .iter()
            .find(|space| space.name == name)
            .map(|space| space.loc);
        if let (Some(loc), false) = (item.or(space), seen.contains(&name)) {
            diagnostic = match seen.is_empty() {
                true => diagnostic.at(loc, "declared here"),
                false => diagnostic.also(loc, "declared here"),
            };
            seen.push(name);
        }
    }
    diagnostic
}

/// What the runtime says about something declared at `loc`.
pub(super) fn at(message: &str, loc: Loc) -> Diagnostic {
    Diagnostic::error(&PAGE, message).at(loc, "declared here")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_message() {
        let found: Vec<&str> = names("`a` (1 .. 2) and `k[3]` (x) overlap").collect();
        assert_eq!(found, ["a", "k"]);
    }
}
