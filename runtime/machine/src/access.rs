//! Reading and writing by virtual address, as a processor does: through the tables, with the rights of
//! its mode.

use super::memory::Chunk;
use super::process::ProcessId;
use super::tables::{PageTables, Walk, WalkFault};
use super::{Machine, MachineError};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use mapwright_runtime::layout::Layout;
use mapwright_runtime::translate::{self, Translation};

pub use mapwright_runtime::walk::{AccessKind, Mode};
use mapwright_runtime::walk::{Rights, Wanted};

/// Why an access is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Denied {
    /// The tables lead nowhere.
    Walk(WalkFault),
    /// The address is wider than its space.
    OutOfSpace,
    /// The page may not be used so.
    Right,
    /// The page is the kernel's.
    Privilege,
    /// No area of the process is there.
    NoArea,
    /// The area is not to be used so.
    Area,
    /// The stack may not grow so far.
    StackLimit,
}

impl Denied {
    /// The name of the fault: that of [`WalkFault::word`], `out_of_space`, `permission`, `privilege`, `no_area`, `area_rights`
    /// or `stack_limit`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Walk(fault) => fault.word(),
            Self::OutOfSpace => "out_of_space",
            Self::Right => "permission",
            Self::Privilege => "privilege",
            Self::NoArea => "no_area",
            Self::Area => "area_rights",
            Self::StackLimit => "stack_limit",
        }
    }
}

/// An access that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessFault {
    /// The address.
    pub address: u64,
    /// What was tried.
    pub kind: AccessKind,
    /// By whom.
    pub mode: Mode,
    /// Why it is refused.
    pub why: Denied,
    /// What the layout says of the address.
    pub meaning: Translation,
}

impl AccessFault {
    /// The fault with names instead of numbers: `read of 0xf8000000 refused: not_present (fault guard gap)`.
    #[must_use]
    pub fn explained<'a>(&'a self, layout: &'a Layout) -> impl fmt::Display + 'a {
        fmt::from_fn(move |f| write!(f, "{self} ({})", self.meaning.plain(layout)))
    }
}

impl fmt::Display for AccessFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.mode {
            Mode::User => "user",
            Mode::Kernel => "kernel",
        };
        let (kind, why) = (self.kind.word(), self.why.word());
        write!(f, "{mode} {kind} of {:#x} refused: {why}", self.address)
    }
}

impl core::error::Error for AccessFault {}

impl From<AccessFault> for MachineError {
    fn from(fault: AccessFault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

/// Why a page with these rights may not be used so; `None` when it may.
fn refused(rights: Rights, kind: AccessKind, mode: Mode) -> Option<Denied> {
    if rights.allow(Wanted { kind, mode }) {
        None
    } else if mode == Mode::User && !rights.has(Rights::USER) {
        Some(Denied::Privilege)
    } else {
        Some(Denied::Right)
    }
}

impl Machine {
    /// A fault at `address`, with what the layout says of it.
    pub(super) fn fault(
        &self,
        address: u64,
        kind: AccessKind,
        mode: Mode,
        why: Denied,
    ) -> AccessFault {
        let meaning = self.layout.translate(self.space, address);
        // What the layout calls so has one word, whoever says it.
        let wide = matches!(meaning, Translation::Fault(translate::Fault::OutOfSpace));
        let why = match why {
            Denied::Walk(WalkFault::NonCanonical) if wide => Denied::OutOfSpace,
            why => why,
        };
        AccessFault {
            address,
            kind,
            mode,
            why,
            meaning,
        }
    }

    /// What an access would find, without marking anything or serving a fault.
    ///
    /// # Errors
    /// The fault as the access would report it: of a process, with the reason that its areas give.
    pub fn probe(
        &self,
        process: Option<ProcessId>,
        address: u64,
        kind: AccessKind,
        mode: Mode,
    ) -> Result<Walk, MachineError> {
        let tables = match process {
            Some(id) => self.process(id)?.tables(),
            None => &self.kernel,
        };
        let found = tables.walk(self.physical.memory(), address);
        let why = match found {
            Ok(walk) => match refused(walk.page.rights, kind, mode) {
                None => return Ok(walk),
                Some(why) => why,
            },
            Err(why) => Denied::Walk(why),
        };
        let fault = self.fault(address, kind, mode, why);
        let beyond = process.and_then(|id| self.beyond_serving(id, &fault));
        let why = beyond.unwrap_or(fault.why);
        Err(AccessFault { why, ..fault }.into())
    }

    /// What a processor with these tables finds at `address`, if it may use it so. The entry is marked
    /// as used.
    pub(super) fn resolve(
        &mut self,
        tables: &PageTables,
        address: u64,
        kind: AccessKind,
        mode: Mode,
    ) -> Result<Walk, MachineError> {
        let walked = tables.walk(self.physical.memory(), address);
        self.count_translation(address, &walked);
        let walk = walked.map_err(|why| self.fault(address, kind, mode, Denied::Walk(why)))?;
        if let Some(why) = refused(walk.page.rights, kind, mode) {
            return Err(self.fault(address, kind, mode, why).into());
        }
        let write = kind == AccessKind::Write;
        let (entry_at, entry) = (walk.page.entry_at, walk.page.entry);
        tables.mark(&mut self.physical, entry_at, entry, write)?;
        Ok(walk)
    }

    /// Reads by the kernel's own tables.
    ///
    /// # Errors
    /// The first fault; nothing is in `bytes` then that the caller may rely on.
    pub fn read_kernel(&mut self, address: u64, bytes: &mut [u8]) -> Result<(), MachineError> {
        let pieces = self.kernel_pieces(address, bytes.len(), AccessKind::Read)?;
        self.physical.memory().read_pieces(&pieces, bytes)?;
        Ok(())
    }

    /// Writes by the kernel's own tables, all bytes or none.
    ///
    /// # Errors
    /// The first fault; nothing is written then.
    pub fn write_kernel(&mut self, address: u64, bytes: &[u8]) -> Result<(), MachineError> {
        let pieces = self.kernel_pieces(address, bytes.len(), AccessKind::Write)?;
        let memory = self.physical.memory_mut();
        memory.write_pieces(&pieces, bytes)?;
        Ok(())
    }

    /// What an access by the kernel's own tables finds, page by page.
    fn kernel_pieces(
        &mut self,
        address: u64,
        all: usize,
        kind: AccessKind,
    ) -> Result<Vec<Chunk>, MachineError> {
        let tables = self.kernel.clone();
        let mut pieces = Vec::new();
        let mut done = 0;
        while done < all {
            let (at, bytes) = self.piece(address, done, all, kind)?;
            let walk = self.resolve(&tables, at, kind, Mode::Kernel)?;
            pieces.push(Chunk {
                physical: walk.physical,
                bytes,
            });
            done += bytes;
        }
        Ok(pieces)
    }

    /// An access by the kernel's own tables, without data: what it finds.
    ///
    /// # Errors
    /// The fault.
    pub fn touch_kernel(&mut self, address: u64, kind: AccessKind) -> Result<Walk, MachineError> {
        let tables = self.kernel.clone();
        self.resolve(&tables, address, kind, Mode::Kernel)
    }

    /// The next piece of an access, within one page: where it is, and how long.
    pub(super) fn piece(
        &self,
        address: u64,
        done: usize,
        all: usize,
        kind: AccessKind,
    ) -> Result<(u64, usize), MachineError> {
        let at = address.checked_add(done as u64);
        let why = Denied::Walk(WalkFault::NonCanonical);
        let at = at.ok_or_else(|| self.fault(u64::MAX, kind, Mode::Kernel, why))?;
        let room = self.page() - at % self.page();
        let left = (all - done) as u64;
        // A page has at most 2^30 bytes.
        Ok((at, room.min(left) as usize))
    }
}
