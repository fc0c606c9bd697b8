//! What a TLB is made of.

use alloc::string::String;
use alloc::vec::Vec;

/// Entries of a level that hold pages of certain sizes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TlbPartSpec {
    /// Entries, a power of two times the ways, at most 2^20.
    pub entries: u32,
    /// Ways; as many as entries for a fully associative one.
    pub ways: u32,
    /// The sizes in bytes of the pages that it holds: powers of two, at least 64.
    pub page_sizes: Vec<u64>,
}

/// One level: parts side by side, looked at together. A split level has a part for each page size, a
/// unified one a single part for all. A page goes to the first part that holds its size.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TlbLevelSpec {
    /// Its name in tables: `L1`.
    pub name: String,
    /// Its parts.
    pub parts: Vec<TlbPartSpec>,
    /// What a look into it costs in cycles, hit or miss.
    pub hit_cycles: u64,
}

impl TlbLevelSpec {
    /// A level of one part.
    #[must_use]
    pub fn unified(
        name: impl Into<String>,
        entries: u32,
        ways: u32,
        page_sizes: &[u64],
        hit_cycles: u64,
    ) -> Self {
        Self {
            name: name.into(),
            parts: alloc::vec![TlbPartSpec {
                entries,
                ways,
                page_sizes: page_sizes.into(),
            }],
            hit_cycles,
        }
    }
}

/// Where a processor's caches are assumed to hold page tables: what one read of an entry costs. The
/// cycles are round numbers of processors of the 2010s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum TablesIn {
    /// All in the first-level cache: 4 cycles.
    L1,
    /// In the second-level cache: 14 cycles.
    #[default]
    L2,
    /// In the last-level cache: 40 cycles.
    L3,
    /// In memory: 200 cycles.
    Memory,
}

impl TablesIn {
    /// The cycles of one read.
    #[must_use]
    pub const fn read_cycles(self) -> u64 {
        match self {
            Self::L1 => 4,
            Self::L2 => 14,
            Self::L3 => 40,
            Self::Memory => 200,
        }
    }

    /// `l1`, `l2`, `l3` or `memory`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::L1 => "l1",
            Self::L2 => "l2",
            Self::L3 => "l3",
            Self::Memory => "memory",
        }
    }
}

/// A whole TLB with its cost model.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TlbSpec {
    /// Its levels, the first one looked at first.
    pub levels: Vec<TlbLevelSpec>,
    /// Entries carry the number of their address space, so that a switch need not empty them.
    pub tagged: bool,
    /// Entries of a fully associative cache of last-level tables (a paging-structure cache), whose hits
    /// make a walk read one entry only; 0 for none.
    pub walk_cache: u32,
    /// What each table entry that a walk reads costs in cycles; [`TablesIn::read_cycles`] has values.
    pub read_cycles: u64,
    /// What a flush costs in cycles.
    pub flush_cycles: u64,
}

impl Default for TlbSpec {
    /// [`TlbSpec::single`] of 64 entries for 4K, 2M and 4M pages.
    fn default() -> Self {
        Self::single(64, &[4 << 10, 2 << 20, 4 << 20])
    }
}

impl TlbSpec {
    /// One fully associative level that is looked at for nothing, tables in the second-level cache.
    #[must_use]
    pub fn single(entries: u32, page_sizes: &[u64]) -> Self {
        Self {
            levels: alloc::vec![TlbLevelSpec::unified("L1", entries, entries, page_sizes, 0)],
            tagged: false,
            walk_cache: 0,
            read_cycles: TablesIn::L2.read_cycles(),
            flush_cycles: 100,
        }
    }

    /// Two levels as desktop processors of the 2010s have them: a first one split into 64 entries for small
    /// pages and 32 for large ones, both with four ways, and a second one of 1,536 in twelve ways for
    /// both, 7 cycles away; a walk cache of 32 tables; tags.
    #[must_use]
    pub fn two_levels(small: u64, large: &[u64]) -> Self {
        let part = |entries, ways, page_sizes: &[u64]| TlbPartSpec {
            entries,
            ways,
            page_sizes: page_sizes.into(),
        };
        let both: Vec<u64> = core::iter::once(small).chain(large.to_vec()).collect();
        let first = TlbLevelSpec {
            name: "L1".into(),
            parts: alloc::vec![part(64, 4, &[small]), part(32, 4, large)],
            hit_cycles: 0,
        };
        Self {
            levels: alloc::vec![first, TlbLevelSpec::unified("L2", 1536, 12, &both, 7)],
            tagged: true,
            walk_cache: 32,
            read_cycles: TablesIn::L2.read_cycles(),
            flush_cycles: 100,
        }
    }
}
