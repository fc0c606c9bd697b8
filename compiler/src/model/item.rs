//! Items: everything that is a range.

use super::{Attrs, ItemId, Num, SpaceId, Target};
use crate::source::Loc;
use crate::term::{TermId, VarId};
use mapwright_grammar::ast::PlaceKind;

/// What kind of range an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ItemKind {
    /// A part of a split.
    Part,
    /// Any other.
    Place(PlaceKind),
}

impl ItemKind {
    /// The keyword; `part` for parts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Part => "part",
            Self::Place(PlaceKind::Zone) => "zone",
            Self::Place(PlaceKind::Reserve) => "reserve",
            Self::Place(PlaceKind::Device) => "device",
            Self::Place(PlaceKind::Window) => "window",
            Self::Place(PlaceKind::Guard) => "guard",
            Self::Place(PlaceKind::Hole) => "hole",
            Self::Place(PlaceKind::Area) => "area",
        }
    }
}

/// A range that means something.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// Its name.
    pub name: String,
    /// Where its name is declared.
    pub name_loc: Loc,
    /// Where the whole item stands.
    pub loc: Loc,
    /// Its doc lines.
    pub doc: String,
    /// Its space.
    pub space: SpaceId,
    /// The part or window that holds it; `None` when that is the space itself.
    pub parent: Option<ItemId>,
    /// Its range; `None` when poisoned.
    pub range: Option<Extent>,
    /// For a family: its member number.
    pub family: Option<Family>,
    /// It exists only when this holds (its own `when` and its parents').
    pub exists: TermId,
    /// Where its own `when` condition is written.
    pub when_loc: Option<Loc>,
    /// It may be empty.
    pub optional: bool,
    /// Its mapping rule.
    pub target: Target,
    /// Where the mapping rule is written.
    pub target_loc: Option<Loc>,
    /// Whose frames it shows a second time.
    pub alias: Option<Alias>,
    /// Its attributes.
    pub attrs: Attrs,
}

/// A range of an item.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    /// Its first address.
    pub start: Num,
    /// One past its last address; for `.. +n` the location is that of `n`.
    pub end: Num,
    /// True when it was written `.. +n`.
    pub sized: bool,
    /// The whole range.
    pub loc: Loc,
}

/// The member number of a family runs from `low` to below `high`.
#[derive(Debug, Clone)]
pub struct Family {
    /// Its variable.
    pub var: VarId,
    /// Its name.
    pub name: String,
    /// The first.
    pub low: TermId,
    /// One past the last.
    pub high: TermId,
    /// Brackets included.
    pub loc: Loc,
}

/// `alias of W because "..."`
#[derive(Debug, Clone)]
pub struct Alias {
    /// The windows.
    pub of: Vec<ItemId>,
    /// Why.
    pub because: String,
    /// Where.
    pub loc: Loc,
}
