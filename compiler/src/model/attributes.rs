//! What stands in braces behind an item.

use super::{ItemId, Num};
use crate::source::Loc;

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
