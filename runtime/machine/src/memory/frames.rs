//! The state of every frame, in eight bytes each, where something is known of it.

use super::radix::Radix;
use super::{HostBudget, HostLimit};
use alloc::boxed::Box;
use core::fmt;

/// What a frame is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[repr(u8)]
pub enum FrameUse {
    /// For nothing: free, or not the allocator's.
    #[default]
    Free,
    /// Given by `alloc_pages`; the owner is the caller's own number.
    Pages,
    /// Objects of a slab cache; the owner is the cache.
    Slab,
    /// A page table; the owner is its level, the count its present entries.
    Table,
    /// A page of an area of a dynamic window.
    Area,
    /// Part of the array that describes frames.
    Descriptors,
    /// A page of processes; the count is how many map it.
    User,
}

impl FrameUse {
    const ALL: [Self; 7] = [
        Self::Free,
        Self::Pages,
        Self::Slab,
        Self::Table,
        Self::Area,
        Self::Descriptors,
        Self::User,
    ];

    /// `free`, `pages`, `slab`, `table`, `area`, `descriptors` or `user`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Pages => "pages",
            Self::Slab => "slab",
            Self::Table => "table",
            Self::Area => "area",
            Self::Descriptors => "descriptors",
            Self::User => "user",
        }
    }
}

impl fmt::Display for FrameUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The state of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct FrameState {
    /// What it is used for.
    pub used: FrameUse,
    /// By whom; what the number means depends on the use.
    pub owner: u32,
    /// How often, for what is counted: below 2^24, since it shares a word with the use.
    pub count: u32,
}

/// The bits of a count.
const COUNT_BITS: u32 = 24;

/// The largest count.
const MOST: u32 = (1 << COUNT_BITS) - 1;

const CHUNK: u64 = 1024;

/// The states of 1024 frames that follow each other.
#[derive(Debug, Clone)]
struct Chunk {
    /// The use above the count.
    used: [u32; CHUNK as usize],
    owner: [u32; CHUNK as usize],
}

impl Chunk {
    const EMPTY: Self = Self {
        used: [0; CHUNK as usize],
        owner: [0; CHUNK as usize],
    };

    fn get(&self, at: usize) -> FrameState {
        FrameState {
            used: FrameUse::ALL[(self.used[at] >> COUNT_BITS) as usize % FrameUse::ALL.len()],
            owner: self.owner[at],
            count: self.used[at] & MOST,
        }
    }
}

/// The states of all frames; where nothing was ever used, nothing is kept.
#[derive(Debug, Clone)]
pub struct Frames {
    chunks: Radix<Box<Chunk>>,
}

impl Frames {
    pub(super) fn new(last_frame: u64) -> Self {
        Self {
            chunks: Radix::new(last_frame / CHUNK),
        }
    }

    /// The bytes kept for each frame of a stretch where something is known.
    #[must_use]
    pub const fn bytes_per_frame() -> u64 {
        size_of::<Chunk>() as u64 / CHUNK
    }

    /// The state of a frame.
    #[must_use]
    #[inline]
    pub fn get(&self, frame: u64) -> FrameState {
        let chunk = self.chunks.get(frame / CHUNK);
        chunk.map_or_else(FrameState::default, |chunk| {
            chunk.get((frame % CHUNK) as usize)
        })
    }

    pub(super) fn set(
        &mut self,
        frame: u64,
        state: FrameState,
        budget: &mut HostBudget,
    ) -> Result<(), HostLimit> {
        let cost = size_of::<Chunk>() as u64;
        let empty = || Box::new(Chunk::EMPTY);
        let chunk = self
            .chunks
            .get_or_make(frame / CHUNK, budget, cost, empty)?;
        let at = (frame % CHUNK) as usize;
        chunk.used[at] = (state.used as u32) << COUNT_BITS | state.count.min(MOST);
        chunk.owner[at] = state.owner;
        Ok(())
    }

    /// Calls `visit` with each frame that is used, in order.
    pub fn for_each_used(&self, mut visit: impl FnMut(u64, FrameState)) {
        self.chunks.for_each(|number, chunk| {
            for at in 0..CHUNK as usize {
                let state = chunk.get(at);
                if state.used != FrameUse::Free {
                    visit(number * CHUNK + at as u64, state);
                }
            }
        });
    }
}
