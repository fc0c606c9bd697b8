//! What a layout declares, every name bound, every number still an expression.

use super::Names;
use super::broken::Lacks;
use crate::model::{
    self, Alias, Covers, Enum, FaultKind, ItemId, ItemKind, Missing, Reason, SpaceId,
};
use crate::source::{FileId, Loc};
use mapwright_grammar::ast::{self, Expr, FixedSlot, Ident, Span, Text};
use std::collections::BTreeSet;

/// A whole layout after `resolve`.
#[derive(Debug, Clone, Default)]
pub struct Resolved<'a> {
    /// The `//!` lines of the main file.
    pub doc: String,
    /// Every name.
    pub names: Names,
    /// Names that something refers to.
    pub used: BTreeSet<String>,
    /// What was written and is not here, because it was wrong.
    pub missing: Missing,
    /// What every item is to the laws about what is absent.
    pub(crate) lacks: Lacks,
    /// Parameters.
    pub params: Vec<Written<'a, &'a ast::Param>>,
    /// Enums.
    pub enums: Vec<Enum>,
    /// Named values.
    pub lets: Vec<Written<'a, LetDecl<'a>>>,
    /// Page-table formats.
    pub formats: Vec<Written<'a, &'a ast::Paging>>,
    /// Spaces.
    pub spaces: Vec<Written<'a, SpaceDecl<'a>>>,
    /// Splits.
    pub splits: Vec<SplitDecl<'a>>,
    /// Parts and all other ranges, in the order written.
    pub items: Vec<ItemDecl<'a>>,
    /// x86 segments.
    pub segments: Vec<Written<'a, SegmentDecl<'a>>>,
    /// `assume`
    pub assumes: Vec<Written<'a, ClaimDecl<'a>>>,
    /// `assert`
    pub asserts: Vec<Written<'a, ClaimDecl<'a>>>,
    /// Examples.
    pub expects: Vec<Written<'a, ExpectDecl<'a>>>,
    /// Variants, each after its base.
    pub variants: Vec<Written<'a, VariantDecl<'a>>>,
    /// Constants for generated code.
    pub exports: Vec<Written<'a, ExportDecl<'a>>>,
}

/// An item of a file with its place.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a, T> {
    /// The file.
    pub file: FileId,
    /// The whole item.
    pub loc: Loc,
    /// Its `///` lines.
    pub docs: &'a [String],
    /// The item.
    pub what: T,
}

impl<T> Written<'_, T> {
    /// A place in the same file.
    #[must_use]
    pub fn at(&self, span: Span) -> Loc {
        Loc {
            file: self.file,
            span,
        }
    }

    /// Its doc lines, joined.
    #[must_use]
    pub fn doc(&self) -> String {
        self.docs.join("\n")
    }
}

/// `let`
#[derive(Debug, Clone, Copy)]
pub struct LetDecl<'a> {
    /// Its name.
    pub name: &'a Ident,
    /// Its kind, when written.
    pub kind: Option<&'a Ident>,
    /// Its value.
    pub value: &'a Expr,
}

/// `space`
#[derive(Debug, Clone, Copy)]
pub struct SpaceDecl<'a> {
    /// Its name.
    pub name: &'a Ident,
    /// Its width.
    pub bits: &'a Expr,
    /// Its format, or an `if` over formats.
    pub paging: Option<&'a Expr>,
    /// The name after `to`.
    pub to_name: Option<&'a Ident>,
    /// The space that it is translated into.
    pub to: Option<SpaceId>,
}

/// `split`
#[derive(Debug, Clone)]
pub struct SplitDecl<'a> {
    /// The whole split.
    pub loc: Loc,
    /// The name of the space.
    pub space_name: &'a Ident,
    /// The space.
    pub space: Option<SpaceId>,
    /// Its parts.
    pub parts: Vec<ItemId>,
}

impl SplitDecl<'_> {
    /// Where it names the space.
    #[must_use]
    pub fn space_loc(&self) -> Loc {
        Loc {
            file: self.loc.file,
            span: self.space_name.span,
        }
    }
}

/// `segment`
#[derive(Debug, Clone, Copy)]
pub struct SegmentDecl<'a> {
    /// Its name.
    pub name: &'a Ident,
    /// True for `ldt`.
    pub local: bool,
    /// Its index.
    pub index: &'a Expr,
    /// True for `code`.
    pub code: bool,
    /// `base`
    pub base: &'a Expr,
    /// `limit`
    pub limit: &'a Expr,
    /// `dpl`
    pub dpl: &'a Expr,
}

/// `assume`, `assert`
#[derive(Debug, Clone, Copy)]
pub struct ClaimDecl<'a> {
    /// The condition.
    pub cond: &'a Expr,
    /// The reason.
    pub why: Option<&'a Text>,
}

/// `expect`
#[derive(Debug, Clone, Copy)]
pub struct ExpectDecl<'a> {
    /// The space of the address.
    pub space: SpaceId,
    /// The address.
    pub address: &'a Expr,
    /// What it gives.
    pub outcome: OutcomeDecl<'a>,
    /// The parameters that it fixes.
    pub with: &'a [(Ident, Expr)],
}

/// The outcome of an `expect`.
#[derive(Debug, Clone, Copy)]
pub enum OutcomeDecl<'a> {
    /// An address of another space.
    Mapped(SpaceId, &'a Expr, Option<ItemId>),
    /// A table decides.
    Dynamic(ItemId),
    /// A fault.
    Fault(FaultKind, Option<ItemId>),
}

/// `layout`
#[derive(Debug, Clone, Copy)]
pub struct VariantDecl<'a> {
    /// Its name.
    pub name: &'a Ident,
    /// Its base: a number of the list of variants, or none for `default`.
    pub base: Option<usize>,
    /// What it fixes.
    pub with: &'a [(Ident, Expr)],
}

/// `export`
#[derive(Debug, Clone, Copy)]
pub struct ExportDecl<'a> {
    /// Its name.
    pub name: &'a Text,
    /// Its value.
    pub value: &'a Expr,
}

/// A part or another range.
#[derive(Debug, Clone)]
pub struct ItemDecl<'a> {
    /// The file.
    pub file: FileId,
    /// The whole item.
    pub loc: Loc,
    /// Its `///` lines.
    pub docs: &'a [String],
    /// What it is.
    pub kind: ItemKind,
    /// Its name.
    pub name: &'a Ident,
    /// Its range.
    pub range: &'a ast::Range,
    /// Its attributes as written.
    pub written_attrs: &'a [ast::Attr],
    /// For anything but parts: the item as written.
    pub place: Option<&'a ast::Place>,
    /// Its space; `None` when that is unknown, and then nothing else counts.
    pub space: Option<SpaceId>,
    /// The part or window that holds it.
    pub parent: Option<ItemId>,
    /// Its mapping rule.
    pub target: TargetDecl<'a>,
    /// The reason behind its target.
    pub because: Option<Reason>,
    /// What it shows a second time.
    pub alias: Option<Alias>,
    /// What it shows though it is no memory.
    pub covers: Option<Covers>,
    /// Its attributes, those with numbers left out.
    pub attrs: model::Attrs,
    /// `guard: SIZE`
    pub guard: Option<&'a Expr>,
    /// `page: SIZE`
    pub page: Option<&'a Expr>,
    /// `reach: SIZE`
    pub reach: Option<&'a Expr>,
}

impl ItemDecl<'_> {
    /// A place in the same file.
    #[must_use]
    pub fn at(&self, span: Span) -> Loc {
        Loc {
            file: self.file,
            span,
        }
    }
}

/// A mapping rule with its names bound.
#[derive(Debug, Clone)]
pub enum TargetDecl<'a> {
    /// None.
    None,
    /// The parent's.
    View,
    /// Wrong.
    Poisoned,
    /// `physical at p repeat n`
    Linear {
        /// The space mapped to.
        space: SpaceId,
        /// The address there.
        at: &'a Expr,
        /// The modulus.
        repeat: Option<&'a Expr>,
    },
    /// `pages from A, B or device`
    Pages {
        /// The zones.
        from: Vec<ItemId>,
        /// `or device`
        or_device: bool,
    },
    /// `slots n from A`
    Slots {
        /// How many.
        count: &'a Expr,
        /// The zones.
        from: Vec<ItemId>,
    },
    /// `fixed { A, B[n] }`
    Fixed {
        /// The slots.
        slots: &'a [FixedSlot],
    },
    /// `device of A, B`
    Device {
        /// The devices.
        of: Vec<ItemId>,
    },
    /// `table of n per m of space`
    Table {
        /// The size of an element.
        element: &'a Expr,
        /// What one element describes.
        per: &'a Expr,
        /// The space described.
        of: SpaceId,
    },
    /// `tables of space via LEVEL[n]`
    Tables {
        /// The space that they translate.
        of: SpaceId,
        /// The level of the entry.
        level: &'a Ident,
        /// The number of the entry.
        entry: &'a Expr,
    },
}
