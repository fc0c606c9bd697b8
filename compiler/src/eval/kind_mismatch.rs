//! # kind-mismatch
//!
//! Kinds of numbers do not fit together.
//!
//! Every number has a kind: `addr`, `size`, `int`, `bool`, `version`, or an enum. Kinds keep
//! apart what only looks alike: a place, a distance, a count.
//!
//! ```text
//! addr - addr = size      addr + size = addr      addr + addr   is an error
//! int  * size = size      size / size = int       size * size   is an error
//! addr % size = size      addr / size = int       size + int    is an error
//! ```
//!
//! A literal without suffix takes the kind that is needed. A size may stand for an address: the
//! one at that distance from 0.
//!
//! Rejected:
//!
//! ```text
//! let END : addr = lowmem.end + vmalloc.end;
//! ```
//!
//! What to do: add a size: `lowmem.end + vmalloc.size`.

use super::{article_kind, kind_word};
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{Kind, Model};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "kind-mismatch",
    title: "kinds of numbers do not fit together",
    source: include_str!("kind_mismatch.rs"),
};

/// What turns one kind into the other.
fn conversion(want: Kind, have: Kind) -> Option<&'static str> {
    match (want, have) {
        (Kind::Size, Kind::Addr) => {
            Some("the distance of two addresses is a size: `x.end - x.start`, or `x.size`")
        }
        (Kind::Size | Kind::Addr, Kind::Int) => {
            Some("a count becomes a size when it is multiplied by one: `n * 4K`")
        }
        (Kind::Int, Kind::Size | Kind::Addr) => Some("divided by a size it is a count: `x / 4K`"),
        (Kind::Bool, Kind::Number) => Some("write `true` or `false`, or a comparison: `x > 0`"),
        (Kind::Bool, _) => Some("compare it with something: `x > 0`"),
        (Kind::Version, _) => Some("a version is written `v6.1`"),
        _ => None,
    }
}

/// A `want` was needed, because of `why`.
pub(crate) fn expected(model: &Model, want: Kind, have: Kind, loc: Loc, why: &str) -> Diagnostic {
    let (want_text, have_text) = (article_kind(model, want), article_kind(model, have));
    let diagnostic = Diagnostic::error(&PAGE, format!("{want_text} is needed, not {have_text}"))
        .at(loc, format!("this is {have_text}"))
        .note(why);
    match (conversion(want, have), want) {
        (Some(help), _) => diagnostic.help(help),
        (None, Kind::Enum(id)) => {
            let choices = model.enums[id.index()]
                .variants
                .iter()
                .map(|(name, _)| name.as_str());
            let list = crate::did_you_mean::list(choices);
            diagnostic.help(format!(
                "the choices of `{}` are {list}",
                kind_word(model, want)
            ))
        }
        (None, _) => diagnostic,
    }
}

/// An operator or function does not take such operands.
pub(crate) fn operands(
    model: &Model,
    operator: &str,
    [(left_loc, left), (right_loc, right)]: [(Loc, Kind); 2],
    loc: Loc,
) -> Diagnostic {
    let (left_text, right_text) = (article_kind(model, left), article_kind(model, right));
    let message = format!("`{operator}` does not take {left_text} and {right_text}");
    let diagnostic = Diagnostic::error(&PAGE, message)
        .at(loc, "these do not fit together")
        .also(left_loc, left_text)
        .also(right_loc, right_text);
    let help = match (operator, left, right) {
        ("+", Kind::Addr, Kind::Addr) => {
            Some("add a size to an address; `a - b` is the size between two addresses")
        }
        ("*", Kind::Size, Kind::Size) => Some("a size is multiplied by a count"),
        ("*", Kind::Addr, _) | (_, Kind::Addr, Kind::Int) => {
            Some("an address is no distance: take `x.size`, or the difference of two addresses")
        }
        (_, Kind::Int, Kind::Size | Kind::Addr) | (_, Kind::Size, Kind::Int) => {
            Some("a count becomes a size when it is multiplied by one: `n * 4K`")
        }
        ("<" | "<=" | ">" | ">=", Kind::Bool | Kind::Enum(_), _) => {
            Some("conditions and choices are only equal (`==`) or not (`!=`)")
        }
        _ => None,
    };
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// The two sides of an `if` are of different kinds.
pub(crate) fn branches(
    model: &Model,
    [(yes_loc, yes), (no_loc, no)]: [(Loc, Kind); 2],
    loc: Loc,
) -> Diagnostic {
    Diagnostic::error(&PAGE, "the two sides of this `if` are of different kinds")
        .at(loc, "has no kind of its own")
        .also(yes_loc, article_kind(model, yes))
        .also(no_loc, article_kind(model, no))
}

/// `-x` of something that has no negative.
pub(crate) fn negated(model: &Model, have: Kind, loc: Loc) -> Diagnostic {
    let text = article_kind(model, have);
    let diagnostic = Diagnostic::error(&PAGE, format!("`-` does not take {text}"))
        .at(loc, format!("the negative of {text}"));
    match have {
        Kind::Addr => diagnostic.help("subtract it from the end of its space: `linear.end - x`"),
        Kind::Bool => diagnostic.help("`!` turns a condition around"),
        _ => diagnostic,
    }
}
