//! Memory references that were recorded elsewhere, played through a TLB: what other page sizes and
//! other TLBs would have cost.
//!
//! References come in pieces of any length ([`TraceRun::run`]), so that a trace is streamed and never
//! held as a whole. Every page of a trace is taken to be mapped.

use super::AccessKind;
use super::tlb::{Player, TlbCounts, TlbError, TlbSpec, WalkedPage};
use alloc::string::String;
use alloc::vec::Vec;
use mapwright_runtime::paging::Format;

/// A memory reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    /// The virtual address of its first byte.
    pub address: u64,
    /// Its bytes; 0 counts as 1.
    pub bytes: u32,
    /// What it does.
    pub kind: AccessKind,
}

impl Reference {
    /// A load of so many bytes.
    #[must_use]
    pub const fn read(address: u64, bytes: u32) -> Self {
        Self {
            address,
            bytes,
            kind: AccessKind::Read,
        }
    }

    /// The address of its last byte; the end of all addresses when it would pass that.
    #[must_use]
    #[inline]
    pub const fn last(&self) -> u64 {
        self.address
            .saturating_add(self.bytes.saturating_sub(1) as u64)
    }
}

/// What a walk to a page of a certain size reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WalkShape {
    /// The bytes of the page, a power of two.
    pub page: u64,
    /// The entries from the root on, the page's own included.
    pub reads: u32,
    /// The bytes that the page's table maps, a power of two; 0 when it is the root.
    pub table_bytes: u64,
}

impl WalkShape {
    /// The walk to pages of `page` bytes in tables of a format, if it has such pages.
    #[must_use]
    pub fn of(format: &Format, page: u64) -> Option<Self> {
        let levels = format.levels().iter();
        let depth = levels
            .clone()
            .position(|level| level.span() == page && level.forms.iter().any(|form| form.leaf))?;
        let above = depth.checked_sub(1).map(|above| &format.levels()[above]);
        Some(Self {
            page,
            // A format has at most a handful of levels.
            reads: depth as u32 + 1,
            table_bytes: above.map_or(0, |level| level.span()),
        })
    }
}

/// One way to run a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceSpec {
    /// Its name in tables: `4K, 64 entries`.
    pub name: String,
    /// The pages that everything is mapped in.
    pub walk: WalkShape,
    /// The TLB and its costs.
    pub tlb: TlbSpec,
}

/// What a trace did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TraceTotals {
    /// References.
    pub references: u64,
    /// References that were translated twice or more, since they lie in several pages.
    pub straddling: u64,
    /// The translations.
    pub tlb: TlbCounts,
}

impl TraceTotals {
    /// Walks: translations that no level had.
    #[must_use]
    pub fn walks(&self) -> u64 {
        self.tlb.misses
    }

    /// Cycles of translation for a thousand references.
    #[must_use]
    pub fn cycles_per_thousand(&self) -> u64 {
        let cycles = u128::from(self.tlb.cycles) * 1000;
        // As many cycles for one reference fit 64 bits, so that a thousand saturate at worst.
        u64::try_from(cycles / u128::from(self.references.max(1))).unwrap_or(u64::MAX)
    }
}

/// How many translations are done at a time.
const PIECE: usize = 4096;

/// A trace on its way through one TLB.
#[derive(Debug, Clone)]
pub struct TraceRun {
    spec: TraceSpec,
    player: Player,
    shift: u32,
    references: u64,
    straddling: u64,
    pages: Vec<u64>,
}

impl TraceRun {
    /// An empty TLB, no reference yet.
    ///
    /// # Errors
    /// When the TLB cannot be, or the page size is no power of two from 64 bytes on, or not smaller than what
    /// its table maps.
    pub fn new(spec: &TraceSpec) -> Result<Self, TlbError> {
        let WalkShape {
            page,
            reads,
            table_bytes,
        } = spec.walk;
        let above = table_bytes == 0 || table_bytes.is_power_of_two() && table_bytes > page;
        if !page.is_power_of_two() || page < 64 || !above {
            return Err(TlbError::PageSize {
                level: 0,
                bytes: page,
            });
        }
        let walked = WalkedPage {
            bytes: page,
            global: false,
            reads,
            table_bytes,
        };
        Ok(Self {
            player: Player::new(&spec.tlb, walked)?,
            shift: page.ilog2(),
            references: 0,
            straddling: 0,
            pages: Vec::with_capacity(PIECE),
            spec: spec.clone(),
        })
    }

    /// What it is run with.
    #[must_use]
    pub fn spec(&self) -> &TraceSpec {
        &self.spec
    }

    /// Plays references, in order.
    pub fn run(&mut self, references: &[Reference]) {
        self.references += references.len() as u64;
        for piece in references.chunks(PIECE) {
            for reference in piece {
                let (first, last) = (reference.address, reference.last());
                self.pages.push(first >> self.shift);
                if first >> self.shift != last >> self.shift {
                    self.rest(first, last);
                }
            }
            self.player.play(&mut self.pages);
        }
    }

    /// The pages of a reference behind its first one.
    #[cold]
    fn rest(&mut self, first: u64, last: u64) {
        self.straddling += 1;
        for page in (first >> self.shift) + 1..=last >> self.shift {
            if self.pages.len() >= 2 * PIECE {
                self.player.play(&mut self.pages);
            }
            self.pages.push(page);
        }
    }

    /// What the trace did so far.
    #[must_use]
    pub fn totals(&self) -> TraceTotals {
        TraceTotals {
            references: self.references,
            straddling: self.straddling,
            tlb: self.player.counts(),
        }
    }
}
