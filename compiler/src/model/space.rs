//! Spaces: their page-table formats and their splits.

use super::{FormatId, ItemId, Num, SpaceId};
use crate::model::paging::Pages;
use crate::source::Loc;
use crate::term::TermId;

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
