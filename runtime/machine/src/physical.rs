//! Physical memory with its allocator: every frame that is given or taken back passes here, and is held
//! to the laws.

use super::buddy::{FrameFailure, FrameRequest, GivenFrames, Urgency, ZoneId, Zones};
use super::error::MachineError;
use super::laws::{Law, Violation};
use super::memory::{FrameState, FrameUse, Memory, MemoryKind};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use core::fmt;

/// What an interposer does to a request for frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// The allocator serves it.
    Serve,
    /// It fails, whatever is free.
    Fail,
    /// The allocator serves it, but the caller gets this frame instead: a broken allocator.
    GiveInstead(u64),
}

/// Stands between callers and the frame allocator: for injected failures and broken allocators.
pub trait Interposer {
    /// Decides about a request; they are numbered from 1.
    fn decide(&mut self, number: u64, request: &FrameRequest<'_>) -> Verdict;
}

/// Lets every n-th request fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailEvery {
    /// The period; 0 lets none fail.
    pub period: u64,
}

impl Interposer for FailEvery {
    fn decide(&mut self, number: u64, _: &FrameRequest<'_>) -> Verdict {
        if self.period != 0 && number.is_multiple_of(self.period) {
            Verdict::Fail
        } else {
            Verdict::Serve
        }
    }
}

/// How many frames there are, by what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct FrameCounts {
    /// Frames of memory, reserved ones included; a frame that is memory only in part counts.
    pub memory: u64,
    /// Reserved, in no zone, or memory only in part.
    pub reserved: u64,
    /// Free, on the lists of processors too.
    pub free: u64,
    /// Given to somebody.
    pub used: u64,
}

/// What passed between callers and the frame allocator: enough to do it all again with another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FrameEvent {
    /// A request, and the first frame that was given; `None` when it failed. Requests that were made to fail are
    /// not among them.
    Asked {
        /// 2^order frames.
        order: u32,
        /// The zones that may serve it, in the order tried.
        zones: Vec<ZoneId>,
        /// The processor that asks.
        cpu: u32,
        /// How deep into the reserves it may go.
        urgency: Urgency,
        /// The first frame.
        frame: Option<u64>,
    },
    /// A block came back.
    Returned {
        /// Its first frame.
        frame: u64,
        /// 2^order of them.
        order: u32,
        /// The processor that gave it back.
        cpu: u32,
    },
}

/// Physical memory with its allocator.
pub struct Physical {
    memory: Memory,
    zones: Zones,
    interposer: Option<Box<dyn Interposer>>,
    requests: u64,
    used: u64,
    /// Frames of memory, and how many of them no zone may give.
    memory_frames: u64,
    reserved_frames: u64,
    /// Page-table entries that were present and changed, where somebody wants to know.
    changed: Option<Changed>,
    /// What passed since this was asked last, where somebody wants to know.
    journal: Option<Vec<FrameEvent>>,
}

/// More changes than these count as a change of everything.
const MOST_CHANGED: usize = 64;

/// Pages whose entries changed.
#[derive(Debug, Default)]
struct Changed {
    pages: Vec<u64>,
    /// Too many to list.
    all: bool,
}

impl fmt::Debug for Physical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Physical")
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}

impl Physical {
    /// Memory and the zones over it; zones are filled with all whole free frames.
    #[must_use]
    pub fn new(memory: Memory, mut zones: Zones) -> Self {
        let bits = memory.frame_bits();
        let mut given = 0;
        for (first, end) in memory.map().whole_frames(bits) {
            given += zones.add(first, end);
        }
        zones.protect();
        let memory_frames = frames_of_memory(&memory);
        Self {
            reserved_frames: memory_frames.saturating_sub(given),
            memory_frames,
            memory,
            zones,
            interposer: None,
            requests: 0,
            used: 0,
            changed: None,
            journal: None,
        }
    }

    /// Its bytes and states.
    #[must_use]
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Its bytes and states, to write.
    pub fn memory_mut(&mut self) -> &mut Memory {
        &mut self.memory
    }

    /// Its zones.
    #[must_use]
    pub fn zones(&self) -> &Zones {
        &self.zones
    }

    /// Its zones, to set their marks.
    pub fn zones_mut(&mut self) -> &mut Zones {
        &mut self.zones
    }

    /// Puts something between callers and the allocator, or takes it away.
    pub fn interpose(&mut self, interposer: Option<Box<dyn Interposer>>) {
        self.interposer = interposer;
        self.requests = 0;
    }

    /// How many requests for frames there were since the interposer was set, or from the start.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests
    }

    /// Begins a journal of what passes between callers and the allocator, or ends it.
    pub fn keep_journal(&mut self, keep: bool) {
        self.journal = keep.then(Vec::new);
    }

    /// What passed since the journal began or was taken last, in order.
    pub fn take_journal(&mut self) -> Vec<FrameEvent> {
        let journal = self.journal.as_mut();
        journal.map(core::mem::take).unwrap_or_default()
    }

    fn record(&mut self, event: impl FnOnce() -> FrameEvent) {
        if let Some(journal) = &mut self.journal {
            journal.push(event());
        }
    }

    /// Whether changes of page-table entries are noted, for TLBs that must forget them.
    pub(super) fn watch_entries(&mut self, watch: bool) {
        self.changed = watch.then(Changed::default);
    }

    /// The entry for a page was present, and has changed.
    pub(super) fn entry_changed(&mut self, address: u64) {
        if let Some(changed) = &mut self.changed {
            if changed.pages.len() == MOST_CHANGED {
                changed.all = true;
            } else {
                changed.pages.push(address);
            }
        }
    }

    /// The pages whose entries changed since this was asked last; inside, `None` stands for all.
    #[inline]
    pub(super) fn take_changed_entries(&mut self) -> Option<Option<Vec<u64>>> {
        let changed = self.changed.as_mut().filter(|one| !one.pages.is_empty())?;
        let Changed { pages, all } = core::mem::take(changed);
        Some((!all).then_some(pages))
    }

    /// How many frames there are, by what they are.
    #[must_use]
    pub fn counts(&self) -> FrameCounts {
        let zones = self.zones.all().iter();
        FrameCounts {
            memory: self.memory_frames,
            reserved: self.reserved_frames,
            free: zones
                .map(|zone| zone.free_frames() + zone.listed_frames())
                .sum(),
            used: self.used,
        }
    }

    /// Gives 2^order frames, and notes what each is used for.
    ///
    /// # Errors
    /// When no zone has them, the host's limit is reached, or a law is broken.
    pub fn take(
        &mut self,
        request: &FrameRequest<'_>,
        state: FrameState,
    ) -> Result<GivenFrames, MachineError> {
        self.requests += 1;
        let number = self.requests;
        let verdict = match &mut self.interposer {
            Some(interposer) => interposer.decide(number, request),
            None => Verdict::Serve,
        };
        if verdict == Verdict::Fail {
            return Err(FrameFailure::Injected { request: number }.into());
        }
        let served = self.zones.alloc(request);
        self.record(|| FrameEvent::Asked {
            order: request.order,
            zones: request.zones.to_vec(),
            cpu: request.cpu,
            urgency: request.urgency,
            frame: served.as_ref().ok().map(|given| given.frame),
        });
        let mut given = served?;
        if let Verdict::GiveInstead(frame) = verdict {
            given.frame = frame;
        }
        self.check_given(request, &given)?;
        let count = 1 << request.order;
        for frame in given.frame..given.frame + count {
            if let Err(limit) = self.memory.set_state(frame, state) {
                self.undo(&given, frame, request)?;
                return Err(limit.into());
            }
        }
        self.used += count;
        Ok(given)
    }

    /// Takes frames back whose states could not all be noted.
    fn undo(
        &mut self,
        given: &GivenFrames,
        end: u64,
        request: &FrameRequest<'_>,
    ) -> Result<(), MachineError> {
        for frame in given.frame..end {
            self.memory.set_state(frame, FrameState::default())?;
        }
        let (frame, order, cpu) = (given.frame, request.order, request.cpu);
        self.zones.free(frame, order, cpu)?;
        self.record(|| FrameEvent::Returned { frame, order, cpu });
        Ok(())
    }

    fn check_given(
        &self,
        request: &FrameRequest<'_>,
        given: &GivenFrames,
    ) -> Result<(), Violation> {
        let order = request.order;
        let operation = format_args!("a request for a block of order {order}");
        let zone = self.zones.zone_of(given.frame);
        if zone != Some(given.zone) || !request.zones.contains(&given.zone) {
            let expected = self.zones.zone(given.zone).name();
            let found = zone.map_or("no zone", |zone| self.zones.zone(zone).name());
            let found = format!("frame {:#x} of {found}", given.frame);
            return Err(Violation::new(Law::FrameInZone, operation, expected, found));
        }
        let bits = self.memory.frame_bits();
        for frame in given.frame..given.frame + (1 << order) {
            let state = self.memory.frames().get(frame);
            if state.used != FrameUse::Free {
                let found = format!("frame {frame:#x}: {} of {}", state.used, state.owner);
                return Err(Violation::new(Law::OneOwner, operation, "nobody", found));
            }
            let kind = self.memory.map().at(frame << bits).map(|one| one.kind);
            if kind != Some(MemoryKind::Ram) {
                let found = kind.map_or("a hole", MemoryKind::word);
                let found = format!("frame {frame:#x}: {found}");
                return Err(Violation::new(Law::FrameIsMemory, operation, "ram", found));
            }
        }
        Ok(())
    }

    /// Takes 2^`order` frames back from who uses them for `used`. Their bytes are forgotten: a frame
    /// reads as zeros until somebody writes to it again.
    ///
    /// # Errors
    /// When they were not given so, or a law is broken.
    pub fn give_back(
        &mut self,
        frame: u64,
        order: u32,
        cpu: u32,
        used: FrameUse,
    ) -> Result<(), MachineError> {
        let state = self.memory.frames().get(frame);
        if state.used != used && state.used != FrameUse::Free {
            let operation = format_args!("giving back frame {frame:#x} of order {order}");
            return Err(Violation::new(Law::OwnerGivesUp, operation, used, state.used).into());
        }
        self.zones.free(frame, order, cpu)?;
        self.record(|| FrameEvent::Returned { frame, order, cpu });
        for frame in frame..frame + (1 << order) {
            self.memory.set_state(frame, FrameState::default())?;
            self.memory.clear_frame(frame)?;
        }
        self.used -= 1 << order;
        Ok(())
    }

    /// Counts all frames anew, from the bitmaps and from the states, and compares.
    ///
    /// # Errors
    /// The first count that differs.
    pub fn check(&self) -> Result<(), Violation> {
        let operation = "counting all frames";
        let mut given = 0;
        for zone in self.zones.all() {
            let noted = (
                zone.free_frames(),
                zone.listed_frames(),
                zone.given_frames(),
            );
            let counted = zone.recount();
            let sum = counted.0 + counted.1 + counted.2;
            if noted != counted || sum != zone.managed_frames() {
                let show = |(free, listed, given), sum| {
                    format!(
                        "{}: {free} free, {listed} on lists, {given} given, {sum} in all",
                        zone.name()
                    )
                };
                let expected = show(noted, zone.managed_frames());
                let found = show(counted, sum);
                return Err(Violation::new(Law::FramesAddUp, operation, expected, found));
            }
            given += counted.2;
        }
        let mut used = 0;
        self.memory.frames().for_each_used(|_, _| used += 1);
        let counts = self.counts();
        let sum = counts.free + counts.used + counts.reserved;
        if (given, used, sum) != (counts.used, counts.used, counts.memory) {
            let expected = format!("{} used, {} in all", counts.used, counts.memory);
            let found = format!("{given} given, {used} with an owner, {sum} in all");
            return Err(Violation::new(Law::FramesAddUp, operation, expected, found));
        }
        Ok(())
    }
}

/// The frames that hold memory, reserved or not, wholly or in part.
fn frames_of_memory(memory: &Memory) -> u64 {
    let bits = memory.frame_bits();
    let mut next = 0;
    let mut frames = 0;
    for one in memory.map().ranges() {
        if one.kind == MemoryKind::Device {
            continue;
        }
        let first = (one.range.base() >> bits).max(next);
        next = (one.range.last() >> bits) + 1;
        frames += next.saturating_sub(first);
    }
    frames
}
