//! Items: everything that is a range.

use super::{Attrs, ItemId, Num, Reason, SpaceId, Target};
use crate::source::Loc;
use crate::term::{TermId, VarId};
use mapwright_grammar::ast::PlaceKind;
use mapwright_grammar::words::Owner;

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
        self.owner().word()
    }

    /// What it is called where attributes are declared.
    #[must_use]
    pub const fn owner(self) -> Owner {
        match self {
            Self::Part => Owner::Part,
            Self::Place(kind) => Owner::Place(kind),
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
    /// Why it is as it is: the reason behind its target.
    pub because: Option<Reason>,
    /// Whose frames it shows a second time.
    pub alias: Option<Alias>,
    /// What it shows on purpose though it is no memory.
    pub covers: Option<Covers>,
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

/// `covers [A, B] because "..."`
#[derive(Debug, Clone)]
pub struct Covers {
    /// The devices and reserves; all of them, when `None`.
    pub what: Option<Vec<ItemId>>,
    /// Why.
    pub because: String,
    /// Where.
    pub loc: Loc,
}

impl Covers {
    /// True when it speaks of this device or reserve.
    #[must_use]
    pub fn names(&self, id: ItemId) -> bool {
        self.what.as_ref().is_none_or(|list| list.contains(&id))
    }
}
