//! The resolved layout: every name bound, every number a term over the parameters with the place it was written, nothing
//! proved yet. Made by `resolve` and `eval`, read by the checks, lowered to a [`mapwright_runtime`] layout for given
//! parameter values.
//!
//! What could not be resolved is `None` (*poisoned*): it has had its message and causes no second one.

use crate::paging::Pages;
use crate::source::Loc;
use crate::term::{TermId, Terms, VarId};
use mapwright_grammar::ast::{ParamClass, PlaceKind};
pub use mapwright_prove::domain::{Domain, Var};

/// An index into one of the lists of a [`Model`].
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);
        impl $name {
            /// Its place in the list.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A space.
    SpaceId,
    /// An item: part, zone, reserve, device, window, guard, hole or area.
    ItemId,
    /// A page-table format.
    FormatId,
    /// An enum.
    EnumId,
}

/// What a number means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A literal without suffix: becomes whatever it meets.
    Number,
    /// A place in a space.
    Addr,
    /// A distance between places.
    Size,
    /// A count.
    Int,
    /// A condition.
    Bool,
    /// A version, encoded by [`version_code`].
    Version,
    /// A choice: the number of the variant.
    Enum(EnumId),
}

/// The integer that stands for a version in terms: `major << 32 | minor << 16 | patch`.
#[must_use]
pub const fn version_code(version: [u16; 3]) -> i128 {
    ((version[0] as i128) << 32) | ((version[1] as i128) << 16) | version[2] as i128
}

/// A number, and where it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Num {
    /// Its value.
    pub term: TermId,
    /// Where it was written.
    pub loc: Loc,
}

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
    /// True when something that was written is missing here, because it was wrong and has had its message. Laws about what
    /// is *absent* (holes in a split, memory nobody can reach, unused names) have no ground then.
    pub incomplete: bool,
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Where its name is declared.
    pub loc: Loc,
    /// Its doc lines.
    pub doc: String,
    /// When it is learned.
    pub class: ParamClass,
    /// Its kind.
    pub kind: Kind,
    /// Its default value, in the domain.
    pub default: i128,
    /// Where its domain is written.
    pub domain_loc: Loc,
    /// Its variable.
    pub var: VarId,
}

/// An enum.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Its name.
    pub name: String,
    /// Its choices: name and doc lines.
    pub variants: Vec<(String, String)>,
    /// Where its name is declared.
    pub loc: Loc,
    /// Its doc lines.
    pub doc: String,
}

/// A condition with a reason.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The condition.
    pub cond: TermId,
    /// The expression.
    pub loc: Loc,
    /// The author's reason; may be empty.
    pub why: String,
    /// Where the whole item stands.
    pub item_loc: Loc,
}

/// A comparison in an assumption or assertion.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The `loc` of its claim.
    pub claim: Loc,
    /// What stands on the left.
    pub left: (Kind, Num),
    /// What stands on the right.
    pub right: (Kind, Num),
}

/// What must hold for an expression to have a value.
#[derive(Debug, Clone)]
pub struct Obligation {
    /// The condition.
    pub cond: TermId,
    /// Under which path it is needed.
    pub under: TermId,
    /// The expression that needs it.
    pub loc: Loc,
    /// Which need it is.
    pub need: Need,
}

/// The needs of expressions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// The divisor must be positive. Holds the divisor.
    Divisor(TermId),
    /// The argument of `log2` must be positive. Holds the argument.
    Logarithm(TermId),
    /// The alignment must be positive. Holds it.
    Alignment(TermId),
    /// The item that is named must exist (its `when`).
    Exists(ItemId),
    /// The member number must be one of the family's. Holds the number.
    Member(ItemId, TermId),
}

/// A named value.
#[derive(Debug, Clone)]
pub struct Let {
    /// Its name.
    pub name: String,
    /// Where its name is declared.
    pub loc: Loc,
    /// Its doc lines.
    pub doc: String,
    /// Its kind.
    pub kind: Kind,
    /// Its value.
    pub value: Num,
}

/// A page-table format.
#[derive(Debug, Clone)]
pub struct Format {
    /// Its name.
    pub name: String,
    /// Where its name is declared.
    pub loc: Loc,
    /// Its doc lines.
    pub doc: String,
    /// Its data, `None` when it was wrong.
    pub spec: Option<mapwright_runtime::paging::FormatSpec>,
    /// Where each level is declared, top first, as in `spec`.
    pub level_locs: Vec<Loc>,
    /// Where each field is named, as in `spec`.
    pub field_locs: Vec<Loc>,
    /// Where `address ... bits` is declared.
    pub address_loc: Loc,
}

/// An address space.
#[derive(Debug, Clone)]
pub struct Space {
    /// Its name.
    pub name: String,
    /// Where its name is declared.
    pub loc: Loc,
    /// Its doc lines.
    pub doc: String,
    /// How many bits its addresses have, between 1 and 64 (a law).
    pub bits: Option<Num>,
    /// Its page-table format for each case; the conditions exclude each other and cover everything. Empty without paging.
    pub paging: Vec<(TermId, FormatId)>,
    /// Where the format is named.
    pub paging_loc: Option<Loc>,
    /// The space that it is translated into.
    pub to: Option<SpaceId>,
    /// `2^bits`: one past the last address.
    pub end: TermId,
    /// How large its pages are, in each case; `None` when a format that decides it is wrong.
    pub pages: Option<Pages>,
    /// The size of its pages in bytes as one term.
    pub page: TermId,
}

/// A split: its parts tile the space.
#[derive(Debug, Clone)]
pub struct Split {
    /// The space.
    pub space: SpaceId,
    /// Its parts, in the order written.
    pub parts: Vec<ItemId>,
    /// Where the whole split stands.
    pub loc: Loc,
}

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

/// The mapping rule of an item.
#[derive(Debug, Clone)]
pub enum Target {
    /// No rule: zones, guards, holes, parts.
    None,
    /// A child of a linear window that keeps its parent's translation (or a child of a dynamic one, that keeps its pool).
    View,
    /// What was written is wrong and has had its message.
    Poisoned,
    /// A fixed offset.
    Linear {
        /// The space mapped to.
        space: SpaceId,
        /// The address there of the first byte.
        at: Num,
        /// Offsets are taken modulo this.
        repeat: Option<Num>,
    },
    /// Pages allocated from zones.
    Pages {
        /// The zones, in order of preference.
        from: Vec<ItemId>,
        /// Device ranges may be mapped here too.
        or_device: bool,
    },
    /// A pool of page slots.
    Slots {
        /// How many.
        count: Num,
        /// The zones, in order of preference.
        from: Vec<ItemId>,
    },
    /// Numbered slots, counted down from the top.
    Fixed {
        /// Their names and counts.
        slots: Vec<Slot>,
    },
    /// Devices, mapped on demand.
    Device {
        /// Which; any, when empty.
        of: Vec<ItemId>,
    },
    /// An array that describes memory.
    Table {
        /// The size of an element in bytes.
        element: Num,
        /// The size of memory that one element describes, in bytes.
        per: Num,
        /// The space described.
        of: SpaceId,
    },
}

/// A named group of fixed slots.
#[derive(Debug, Clone)]
pub struct Slot {
    /// Its name.
    pub name: String,
    /// Its doc lines.
    pub doc: String,
    /// How many slots it has.
    pub count: Num,
    /// The number of its first slot: the sum of the counts before it.
    pub first: TermId,
    /// Where its name stands.
    pub loc: Loc,
}

/// Who may use a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// User code and the kernel.
    User,
    /// The kernel only.
    Supervisor,
    /// Nobody (the non-canonical addresses).
    Nobody,
}

/// How the tables of a part belong to processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sharing {
    /// One set of tables, seen by every process.
    Shared,
    /// Each process has its own.
    PerProcess,
}

/// Rights of a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Rights {
    /// May be read.
    pub read: bool,
    /// May be written.
    pub write: bool,
    /// May be executed.
    pub execute: bool,
}

/// The attributes of an item, known keys only.
#[derive(Debug, Clone, Default)]
pub struct Attrs {
    /// `access: user / supervisor / none` of a part.
    pub mode: Option<(Mode, Option<Loc>)>,
    /// `access: rwx` of a window or area.
    pub rights: Option<(Rights, Loc)>,
    /// `tables: shared / per_process` of a part.
    pub tables: Option<(Sharing, Loc)>,
    /// `global`: its entries survive a switch of address space.
    pub global: Option<Loc>,
    /// `guard: 4K`: what is left free after every area of a window of pages.
    pub guard: Option<Num>,
    /// `page: 2M`: the page size that a linear window asks for.
    pub page: Option<Num>,
    /// `fallback: [NORMAL, DMA]` of a zone.
    pub fallback: Option<(Vec<ItemId>, Loc)>,
    /// `reach: 16M` of a zone: devices that allocate from it see only addresses below this.
    pub reach: Option<Num>,
    /// `unmapped` of a zone or its part that no window need reach, with the reason: `unreached: "why"`.
    pub unreached: Option<(String, Loc)>,
    /// `grows: up / down` of an area; true is down.
    pub grows_down: Option<(bool, Loc)>,
    /// `backing: anon / file` of an area; true is file.
    pub file_backed: Option<(bool, Loc)>,
}

/// An x86 segment.
#[derive(Debug, Clone)]
pub struct Segment {
    /// Its name.
    pub name: String,
    /// Where its name is declared.
    pub loc: Loc,
    /// Its doc lines.
    pub doc: String,
    /// True for the local table.
    pub local: bool,
    /// Its index in the table.
    pub index: Num,
    /// True for code.
    pub code: bool,
    /// Its linear base.
    pub base: Num,
    /// Its size in bytes (half-open, as everywhere).
    pub limit: Num,
    /// Its privilege level, 0 to 3.
    pub dpl: Num,
}

/// An example that must hold.
#[derive(Debug, Clone)]
pub struct Expect {
    /// Where it stands.
    pub loc: Loc,
    /// The space of the address.
    pub space: SpaceId,
    /// The address.
    pub address: Num,
    /// What it gives.
    pub outcome: Outcome,
    /// The parameters that it fixes.
    pub with: Vec<(VarId, i128)>,
}

/// What translating an address gives.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// An address of another space, by a window.
    Mapped {
        /// That space.
        space: SpaceId,
        /// The address there.
        address: Num,
        /// The window.
        window: Option<ItemId>,
    },
    /// A table decides.
    Dynamic(ItemId),
    /// A fault of this kind, of this item.
    Fault(FaultKind, Option<ItemId>),
}

/// The kinds of faults, as spelled in `expect` and on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// Nothing is declared there.
    Unmapped,
    /// A guard.
    Guard,
    /// A hole.
    Hole,
    /// Between the halves of a sign-extended space.
    NonCanonical,
    /// Beyond the last address of the space.
    OutOfSpace,
}

/// A named variant.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// Where its name is declared.
    pub loc: Loc,
    /// Its doc lines.
    pub doc: String,
    /// What it fixes, its base's settings included.
    pub with: Vec<(VarId, i128)>,
}

/// A constant of generated code.
#[derive(Debug, Clone)]
pub struct Export {
    /// Its name.
    pub name: String,
    /// Where its name is written.
    pub loc: Loc,
    /// Its doc lines.
    pub doc: String,
    /// Its kind.
    pub kind: Kind,
    /// Its value.
    pub value: Num,
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
