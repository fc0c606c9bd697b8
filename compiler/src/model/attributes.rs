//! What stands in braces behind an item.

use super::{Item, ItemId, ItemKind, Model, Num, Target};
use crate::source::Loc;
use mapwright_grammar::ast::PlaceKind;
use mapwright_runtime::Access;
use mapwright_runtime::layout::Sharing;

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

/// The attributes of an item, known keys only.
#[derive(Debug, Clone, Default)]
pub struct Attrs {
    /// `access: user / supervisor / none` of a part.
    pub mode: Option<(Mode, Option<Loc>)>,
    /// `access: rwx` of a window or area.
    pub rights: Option<(Access, Loc)>,
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
    /// `needed: "why"` of a reserve that some window must show.
    pub needed: Option<(String, Loc)>,
    /// `map: never` of what no window may show.
    pub never_mapped: Option<Loc>,
    /// `everywhere`: it is needed with every process's tables.
    pub everywhere: Option<Loc>,
    /// `cache: uncached` of a window or device.
    pub cache: Option<(Cache, Loc)>,
    /// `grows: up / down` of a window or area; true is down.
    pub grows_down: Option<(bool, Loc)>,
    /// `backing: anon / file` of an area; true is file.
    pub file_backed: Option<(bool, Loc)>,
    /// The `because "..."` behind attributes, by their keys, in the order written.
    pub reasons: Vec<(&'static str, Reason)>,
}

impl Attrs {
    /// The reason behind an attribute.
    #[must_use]
    pub fn because(&self, key: &str) -> Option<&Reason> {
        let found = self.reasons.iter().find(|(of, _)| *of == key);
        found.map(|(_, reason)| reason)
    }
}

/// `because "..."`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The author's words; never empty.
    pub why: String,
    /// Where the text stands.
    pub loc: Loc,
}

/// How accesses to memory are cached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cache {
    /// Reads and writes are cached, and written to memory later: what RAM is used with.
    WriteBack,
    /// Reads are cached, writes go to memory at once.
    WriteThrough,
    /// Every access goes to the device, in order.
    Uncached,
    /// Writes are gathered, reads are not cached.
    WriteCombining,
}

impl Cache {
    /// All types.
    pub const ALL: [Self; 4] = [
        Self::WriteBack,
        Self::WriteThrough,
        Self::Uncached,
        Self::WriteCombining,
    ];

    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::WriteBack => "write_back",
            Self::WriteThrough => "write_through",
            Self::Uncached => "uncached",
            Self::WriteCombining => "write_combining",
        }
    }

    /// True when reads are answered from a cache.
    #[must_use]
    pub const fn is_cached(self) -> bool {
        matches!(self, Self::WriteBack | Self::WriteThrough)
    }
}

impl Model {
    /// What a place allows. Windows and areas that do not say so may be read and written; a view
    /// has its window's rights; a part limits nothing but who may enter.
    #[must_use]
    pub fn access(&self, item: &Item) -> Access {
        let rights = |item: &Item| item.attrs.rights.map(|(rights, _)| rights);
        let access = match item.kind {
            ItemKind::Part => match item.attrs.mode {
                Some((Mode::Nobody, _)) => Access::NONE,
                _ => Access::new(true, true, true),
            },
            ItemKind::Place(PlaceKind::Window | PlaceKind::Area) => {
                let mut from = Some(item);
                let mut found = None;
                while let (None, Some(this)) = (found, from) {
                    found = rights(this);
                    let outer = this.parent.map(|parent| self.item(parent));
                    from = outer.filter(|_| matches!(this.target, Target::View));
                }
                found.unwrap_or(Access::new(true, true, false))
            }
            ItemKind::Place(_) => return Access::NONE,
        };
        let access = match item.attrs.mode {
            Some((Mode::User, _)) => access.for_user(),
            _ => access,
        };
        match item.attrs.global {
            Some(_) => access.as_global(),
            None => access,
        }
    }
}
