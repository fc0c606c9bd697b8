//! One zone: its free blocks, the lists in front of them, its watermarks, and what it gave out.

use super::blocks::Blocks;
use super::cpu_lists::{CpuList, ListSizes};
use super::given::Given;
use super::{FreeError, Refusal};
use alloc::string::String;
use alloc::vec::Vec;

/// The free frames that a zone keeps back. A request of 2^n frames is served while more than the
/// mark plus 2^n - 1 frames are free, as Linux counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Watermarks {
    /// Only those who free memory may go below.
    pub min: u64,
    /// Below, reclaim begins; a request looks into other zones first.
    pub low: u64,
    /// Reclaim stops here.
    pub high: u64,
}

impl Watermarks {
    /// The three marks of Linux 2.6 to 4.5 from the lowest: a quarter and a half of it more.
    #[must_use]
    pub const fn from_min(min: u64) -> Self {
        Self {
            min,
            low: min + min / 4,
            high: min + min / 2,
        }
    }
}

/// What makes a [`Zone`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneSpec {
    /// Its name.
    pub name: String,
    /// Its first frame.
    pub first: u64,
    /// One past its last frame; equal to `first` for a zone that has none.
    pub end: u64,
    /// The zones to try when it has nothing, by position; all of them lie below it.
    pub fallback: Vec<usize>,
    /// How much its processors' lists hold.
    pub lists: ListSizes,
    /// What it keeps back.
    pub watermarks: Watermarks,
    /// Requests that could use a higher zone leave one frame here for each `protection` frames
    /// of the zones above, up to the one that they start from (`lowmem_reserve_ratio`); 0 for none.
    pub protection: u64,
}

/// A zone with its allocator.
#[derive(Debug, Clone)]
pub struct Zone {
    pub(super) spec: ZoneSpec,
    blocks: Blocks,
    given: Given,
    lists: Vec<CpuList>,
    /// Frames on the lists.
    listed: u64,
    /// Frames given out.
    given_frames: u64,
    /// Frames added: free, on lists or given out.
    managed: u64,
    /// The stretches added, in order: what the zone may give.
    added: Vec<(u64, u64)>,
}

impl Zone {
    /// A zone without a free frame, for `cpus` processors and blocks of up to 2^`largest` frames.
    #[must_use]
    pub fn new(spec: ZoneSpec, cpus: u32, largest: u32) -> Self {
        let blocks = Blocks::new(spec.first, spec.end, largest);
        let base = spec.first >> largest << largest;
        let given = Given::new(base, spec.end.max(base) - base, largest);
        let lists = (0..cpus).map(|_| CpuList::new(spec.lists)).collect();
        Self {
            blocks,
            given,
            lists,
            listed: 0,
            given_frames: 0,
            managed: 0,
            added: Vec::new(),
            spec,
        }
    }

    /// The bytes of the host's memory that the bitmaps of frames `first .. end` take.
    #[must_use]
    pub fn host_bytes(first: u64, end: u64, largest: u32) -> u64 {
        let span = end.max(first) - (first >> largest << largest);
        Blocks::host_bytes(first, end, largest) + Given::host_bytes(span, largest)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.spec.name
    }

    /// What made it.
    #[must_use]
    pub fn spec(&self) -> &ZoneSpec {
        &self.spec
    }

    /// Its free blocks.
    #[must_use]
    pub fn blocks(&self) -> &Blocks {
        &self.blocks
    }

    /// Frames in free blocks.
    #[must_use]
    pub fn free_frames(&self) -> u64 {
        self.blocks.free_frames()
    }

    /// Frames that wait on the lists of processors.
    #[must_use]
    pub fn listed_frames(&self) -> u64 {
        self.listed
    }

    /// Frames given out.
    #[must_use]
    pub fn given_frames(&self) -> u64 {
        self.given_frames
    }

    /// Frames that are the zone's to give: free, on lists or given out.
    #[must_use]
    pub fn managed_frames(&self) -> u64 {
        self.managed
    }

    /// How many frames wait on the list of one processor.
    #[must_use]
    pub fn listed_on(&self, cpu: u32) -> u64 {
        self.lists
            .get(cpu as usize)
            .map_or(0, |list| list.len() as u64)
    }

    /// True when the zone spans `frame`.
    #[must_use]
    pub fn spans(&self, frame: u64) -> bool {
        (self.spec.first..self.spec.end).contains(&frame)
    }

    /// The block given out that holds `frame`: its first frame and its order.
    #[must_use]
    pub fn given_block(&self, frame: u64) -> Option<(u64, u32)> {
        self.spans(frame)
            .then(|| self.given.block_of(frame))
            .flatten()
    }

    /// True when `frame` is in a free block or on a list.
    #[must_use]
    pub fn is_free(&self, frame: u64) -> bool {
        self.spans(frame)
            && (self.blocks.block_of(frame).is_some() || self.list_of(frame).is_some())
    }

    /// Adds memory at the start: frames `first .. end` of the zone, in none of the earlier calls.
    pub fn add(&mut self, first: u64, end: u64) {
        if first < end {
            self.blocks.add(first, end);
            self.managed += end - first;
            self.added.push((first, end));
        }
    }

    /// True when a request of this order leaves enough behind.
    #[must_use]
    #[inline]
    pub(crate) fn above_mark(&self, order: u32, mark: u64) -> bool {
        self.blocks.free_frames() > mark.saturating_add((1 << order) - 1)
    }

    /// Gives a block of 2^`order` frames, at most the largest order, if that leaves more than
    /// `mark` free. A frame that waits on the processor's list is given without looking at the mark:
    /// it left the free ones before.
    ///
    /// # Errors
    /// Why the zone has none.
    #[inline]
    pub fn alloc(&mut self, order: u32, cpu: u32, mark: u64) -> Result<u64, Refusal> {
        let listed = order == 0 && self.spec.lists.batch != 0;
        let frame = if listed && (cpu as usize) < self.lists.len() {
            match self.lists[cpu as usize].pop() {
                Some(frame) => {
                    self.listed -= 1;
                    Some(frame)
                }
                None => self.refill(cpu, mark),
            }
        } else if self.above_mark(order, mark) {
            self.blocks.take(order)
        } else {
            None
        };
        let Some(frame) = frame else {
            return Err(self.refusal(order, mark));
        };
        self.given.give(frame, order);
        self.given_frames += 1 << order;
        Ok(frame)
    }

    /// Fetches a batch for a list that is empty, and takes its first frame.
    #[cold]
    #[inline(never)]
    fn refill(&mut self, cpu: u32, mark: u64) -> Option<u64> {
        if !self.above_mark(0, mark) {
            return None;
        }
        let wanted = self.spec.lists.batch;
        let list = &mut self.lists[cpu as usize];
        let mut filling = list.start_filling(wanted as usize);
        let frames = self
            .blocks
            .take_frames(wanted.into(), |frame| filling.push_behind(frame));
        // Above its mark the zone had a frame.
        self.listed += frames - 1;
        list.pop()
    }

    #[cold]
    #[inline(never)]
    fn refusal(&self, order: u32, mark: u64) -> Refusal {
        let free = self.blocks.free_frames();
        if self.managed == 0 {
            Refusal::Empty
        } else if !self.above_mark(order, mark) {
            Refusal::BelowWatermark { free, mark }
        } else {
            let largest = self.blocks.largest_free();
            Refusal::Fragmented { free, largest }
        }
    }

    /// Takes back a block that [`Zone::alloc`] gave.
    ///
    /// # Errors
    /// What is wrong with it; nothing is changed then.
    #[inline]
    pub fn free(&mut self, frame: u64, order: u32, cpu: u32) -> Result<(), FreeError> {
        let known = order <= self.blocks.largest_order()
            && self.spans(frame)
            && frame.trailing_zeros() >= order;
        if !known || !self.given.take_back(frame, order) {
            return Err(self.explain(frame, order));
        }
        self.given_frames -= 1 << order;
        if order == 0 && self.spec.lists.batch != 0 && (cpu as usize) < self.lists.len() {
            let list = &mut self.lists[cpu as usize];
            list.push(frame);
            self.listed += 1;
            if list.len() >= self.spec.lists.high as usize {
                self.shrink(cpu);
            }
        } else {
            self.blocks.give(frame, order);
        }
        Ok(())
    }

    /// Gives many single frames at once, as so many calls of [`Zone::alloc`] without lists would, as long as
    /// more than `mark` stay free: adds them to `frames`, and says how many.
    pub fn alloc_many(&mut self, wanted: u64, mark: u64, frames: &mut Vec<u64>) -> u64 {
        let room = self.blocks.free_frames().saturating_sub(mark);
        let wanted = wanted.min(room);
        let base = self.blocks.base();
        let given = &mut self.given;
        frames.reserve(usize::try_from(wanted).unwrap_or(0));
        let (mut at, mut bits) = (0, 0_u64);
        let count = self.blocks.take_frames(wanted, |frame| {
            frames.push(frame);
            let number = frame - base;
            if number / 64 != at {
                given.give_bits(at, bits);
                (at, bits) = (number / 64, 0);
            }
            bits |= 1 << (number % 64);
        });
        given.give_bits(at, bits);
        self.given_frames += count;
        count
    }

    /// Takes many single frames back at once, past the lists; those that follow each other within 64
    /// frames together.
    ///
    /// # Errors
    /// What is wrong with the first that is not given out; frames before its group of 64 are back then.
    pub fn free_many(&mut self, frames: &[u64]) -> Result<(), FreeError> {
        let base = self.blocks.base();
        let mut rest = frames;
        while let Some(first) = rest.first() {
            if !self.spans(*first) {
                return Err(self.explain(*first, 0));
            }
            let at = (first - base) / 64;
            let mut bits = 0_u64;
            let mut length = 0;
            for frame in rest {
                let number = frame.wrapping_sub(base);
                let bit = 1 << (number % 64);
                if number / 64 != at || bits & bit != 0 || !self.spans(*frame) {
                    break;
                }
                bits |= bit;
                length += 1;
            }
            let wrong = self.given.take_back_bits(at, bits);
            if wrong != 0 {
                let frame = base + at * 64 + u64::from(wrong.trailing_zeros());
                return Err(self.explain(frame, 0));
            }
            self.given_frames -= length as u64;
            self.blocks.give_bits(at, bits);
            rest = &rest[length..];
        }
        Ok(())
    }

    /// Gives a batch of the oldest frames of a list back.
    #[cold]
    #[inline(never)]
    fn shrink(&mut self, cpu: u32) {
        let list = &mut self.lists[cpu as usize];
        let before = list.len() as u64;
        let batch = self.spec.lists.batch as usize;
        let oldest = core::iter::from_fn(|| list.pop_oldest());
        self.blocks.give_frames(oldest.take(batch));
        self.listed -= before - list.len() as u64;
    }

    /// Gives all frames on lists back to the buddy system; how many.
    pub fn drain(&mut self) -> u64 {
        for list in &mut self.lists {
            let frames = core::iter::from_fn(|| list.pop_oldest());
            self.blocks.give_frames(frames);
        }
        core::mem::take(&mut self.listed)
    }

    fn list_of(&self, frame: u64) -> Option<u32> {
        let lists = self.lists.iter();
        let at = lists
            .enumerate()
            .find(|(_, list)| list.iter().any(|listed| listed == frame))?;
        Some(at.0 as u32)
    }

    #[cold]
    #[inline(never)]
    fn explain(&self, frame: u64, order: u32) -> FreeError {
        if !self.spans(frame) {
            return FreeError::Foreign { frame };
        }
        if let Some(error) = self.given.explain(frame, order) {
            return error;
        }
        if let Some(cpu) = self.list_of(frame) {
            return FreeError::OnCpuList { frame, cpu };
        }
        match self.blocks.block_of(frame) {
            Some((head, order)) => FreeError::AlreadyFree { frame, head, order },
            None => FreeError::NeverFree { frame },
        }
    }

    /// Counts everything anew from the bitmaps and lists: free, on lists, given out.
    #[must_use]
    pub fn recount(&self) -> (u64, u64, u64) {
        let listed = self.lists.iter().map(|list| list.len() as u64).sum();
        (self.blocks.recount(), listed, self.given.recount())
    }

    /// The stretches of frames that were added, `first .. end` each.
    #[must_use]
    pub fn added(&self) -> &[(u64, u64)] {
        &self.added
    }
}
