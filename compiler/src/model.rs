//! The resolved layout: every name bound, every number a term over the parameters with the place it was written, nothing
//! proved yet. Made by `resolve` and `eval`, read by the checks, lowered to a [`mapwright_runtime`] layout for given
//! parameter values.
//!
//! What could not be resolved is `None` (*poisoned*): it has had its message and causes no second one.

mod attributes;
mod claim;
mod example;
mod ids;
mod item;
mod missing;
mod number;
pub mod paging;
mod parameter;
mod segment;
mod space;
mod target;

pub use attributes::{Attrs, Cache, Mode, Reason};
pub use claim::{Claim, Comparison, Need, Obligation};
pub use example::{Expect, FaultKind, Outcome};
pub use ids::{EnumId, FormatId, ItemId, SpaceId};
pub use item::{Alias, Covers, Extent, Family, Item, ItemKind};
pub use mapwright_prove::domain::{Domain, Var};
pub use mapwright_runtime::layout::Sharing;
pub use missing::{Lack, Missing};
pub use number::{Export, Kind, Let, Num, version_code, version_of};
pub use parameter::{Enum, Param, Variant};
pub use segment::Segment;
pub use space::{Format, Space, Split};
pub use target::{Slot, Target};

use crate::term::Terms;

/// A whole layout.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// The `//!` lines of the main file.
    pub doc: String,
    /// All values.
    pub terms: Terms,
    /// Parameters first (`VarId(i)` is `params[i]` for `i < params.len()`), then the member numbers of families.
    pub vars: Vec<Var>,
    /// Parameters, in the order of declaration.
    pub params: Vec<Param>,
    /// Enums.
    pub enums: Vec<Enum>,
    /// What the outside world guarantees.
    pub assumes: Vec<Claim>,
    /// The author's own laws.
    pub asserts: Vec<Claim>,
    /// The comparisons in assumptions and assertions.
    pub comparisons: Vec<Comparison>,
    /// Conditions under which every expression has a value (divisors positive, logarithms defined, references to items
    /// that exist), found while evaluating.
    pub obligations: Vec<Obligation>,
    /// Named values.
    pub lets: Vec<Let>,
    /// Page-table formats.
    pub formats: Vec<Format>,
    /// Spaces.
    pub spaces: Vec<Space>,
    /// Splits.
    pub splits: Vec<Split>,
    /// Everything that is a range, in the order of declaration; parents may come later than children.
    pub items: Vec<Item>,
    /// x86 segments.
    pub segments: Vec<Segment>,
    /// Examples that must hold.
    pub expects: Vec<Expect>,
    /// Named variants.
    pub variants: Vec<Variant>,
    /// Constants for generated code.
    pub exports: Vec<Export>,
    /// Every use of a parameter, let or item by name is counted here, for the check of unused names.
    pub used: std::collections::BTreeSet<String>,
    /// What was written and is not here, because it was wrong and has had its message.
    pub missing: Missing,
}

impl Model {
    /// The item of an id.
    #[must_use]
    pub fn item(&self, id: ItemId) -> &Item {
        &self.items[id.index()]
    }

    /// The space of an id.
    #[must_use]
    pub fn space(&self, id: SpaceId) -> &Space {
        &self.spaces[id.index()]
    }

    /// The default values of all variables (families: their first member for the default parameters, or 0).
    #[must_use]
    pub fn defaults(&self) -> Vec<i128> {
        let mut values: Vec<i128> = self.vars.iter().map(|var| var.domain.low()).collect();
        for param in &self.params {
            values[param.var.index()] = param.default;
        }
        values
    }
}
