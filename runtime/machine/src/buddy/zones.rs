//! All zones of a machine: which one serves a request.

use super::{FrameFailure, FreeError, Refusal, Zone, ZoneRefusal, ZoneSpec};
use alloc::vec::Vec;

/// Names a zone of one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ZoneId(u32);

impl ZoneId {
    /// The zone at this position, counted from 0.
    #[must_use]
    pub const fn from_index(index: usize) -> Self {
        Self(index as u32)
    }

    /// Its position, counted from 0.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// How deep into the reserves a request may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Urgency {
    /// Down to the lowest watermark, when no zone is above its low one (`GFP_KERNEL`).
    #[default]
    Normal,
    /// Down to half of the lowest watermark: it cannot wait (`GFP_ATOMIC`).
    Atomic,
    /// To the last frame: it will free memory (`PF_MEMALLOC`).
    Emergency,
}

/// A request for frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FrameRequest<'a> {
    /// 2^`order` frames in one block.
    pub order: u32,
    /// The zones that may serve it, in the order tried.
    pub zones: &'a [ZoneId],
    /// The processor that asks.
    pub cpu: u32,
    /// How deep into the reserves it may go.
    pub urgency: Urgency,
}

/// Frames that were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Given {
    /// The first frame.
    pub frame: u64,
    /// The zone that gave them.
    pub zone: ZoneId,
    /// No zone was above its low watermark: reclaim should begin.
    pub pressure: bool,
}

/// The zones of a machine.
#[derive(Debug, Clone, Default)]
pub struct Zones {
    zones: Vec<Zone>,
    /// For each zone, itself and its fallback.
    orders: Vec<Vec<ZoneId>>,
    /// For each zone, what is kept from requests that start from each other zone.
    protected: Vec<Vec<u64>>,
    /// The zones that have frames, by address.
    by_address: Vec<(u64, ZoneId)>,
    largest: u32,
}

impl Zones {
    /// Zones without a free frame. A zone's fallback names zones below it only; the caller has
    /// checked that zones do not overlap.
    #[must_use]
    pub fn new(specs: Vec<ZoneSpec>, cpus: u32, largest: u32) -> Self {
        let order_of = |(at, spec): (usize, &ZoneSpec)| {
            let fallback = spec.fallback.iter().copied();
            core::iter::once(at)
                .chain(fallback)
                .map(ZoneId::from_index)
                .collect()
        };
        let orders = specs.iter().enumerate().map(order_of).collect();
        let with_frames = specs.iter().enumerate().filter(|(_, z)| z.first < z.end);
        let mut by_address: Vec<_> = with_frames
            .map(|(at, spec)| (spec.first, ZoneId::from_index(at)))
            .collect();
        by_address.sort_unstable();
        let zones = specs.into_iter();
        Self {
            zones: zones.map(|spec| Zone::new(spec, cpus, largest)).collect(),
            orders,
            protected: Vec::new(),
            by_address,
            largest,
        }
    }

    /// Adds free frames at the start, to whichever zones span them; frames in no zone are left
    /// out. Returns how many were added.
    pub fn add(&mut self, first: u64, end: u64) -> u64 {
        let mut added = 0;
        for zone in &mut self.zones {
            let (first, end) = (first.max(zone.spec.first), end.min(zone.spec.end));
            zone.add(first, end);
            added += end.saturating_sub(first);
        }
        added
    }

    /// Sets the marks of one zone.
    pub(crate) fn set_watermarks(&mut self, zone: ZoneId, marks: super::Watermarks) {
        self.zones[zone.index()].spec.watermarks = marks;
    }

    /// Works out what each zone keeps from requests that could use a higher one; to be called when
    /// all memory is added.
    pub fn protect(&mut self) {
        let protected = |(low, zone): (usize, &Zone)| {
            let kept = |high: usize| {
                let above = self.zones.get(low + 1..=high).unwrap_or_default();
                let frames: u64 = above.iter().map(Zone::managed_frames).sum();
                frames.checked_div(zone.spec.protection).unwrap_or(0)
            };
            (0..self.zones.len()).map(kept).collect()
        };
        self.protected = self.zones.iter().enumerate().map(protected).collect();
    }

    /// The frames that a zone keeps from requests that start from each zone, in the order declared
    /// (`lowmem_reserve`).
    #[must_use]
    pub fn protection_of(&self, zone: ZoneId) -> &[u64] {
        self.protected.get(zone.index()).map_or(&[], Vec::as_slice)
    }

    /// The zones, in the order declared.
    #[must_use]
    pub fn all(&self) -> &[Zone] {
        &self.zones
    }

    /// The zones with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (ZoneId, &Zone)> {
        let zones = self.zones.iter().enumerate();
        zones.map(|(at, zone)| (ZoneId::from_index(at), zone))
    }

    /// The zone `id`.
    ///
    /// # Panics
    /// If `id` is from another machine and beyond this one's zones.
    #[must_use]
    pub fn zone(&self, id: ZoneId) -> &Zone {
        &self.zones[id.index()]
    }

    /// The zone of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<ZoneId> {
        let at = self.zones.iter().position(|zone| zone.name() == name)?;
        Some(ZoneId::from_index(at))
    }

    /// The zone that spans `frame`.
    #[must_use]
    #[inline]
    pub fn zone_of(&self, frame: u64) -> Option<ZoneId> {
        let after = self
            .by_address
            .partition_point(|(first, _)| *first <= frame);
        let (_, id) = self.by_address[..after].last()?;
        self.zones[id.index()].spans(frame).then_some(*id)
    }

    /// A zone and its fallback, in the order tried.
    ///
    /// # Panics
    /// If `start` is from another machine and beyond this one's zones.
    #[must_use]
    pub fn order_from(&self, start: ZoneId) -> &[ZoneId] {
        &self.orders[start.index()]
    }

    /// The largest order of a block.
    #[must_use]
    pub fn largest_order(&self) -> u32 {
        self.largest
    }

    /// Frames in free blocks, over all zones.
    #[must_use]
    pub fn free_frames(&self) -> u64 {
        self.zones.iter().map(Zone::free_frames).sum()
    }

    /// Gives frames: from the first zone of the request that stays above its low watermark, then
    /// from the first that stays above what the urgency allows, then the same once more with all
    /// lists of processors given back.
    ///
    /// # Errors
    /// Every zone with the reason why it could not serve.
    #[inline]
    pub fn alloc(&mut self, request: &FrameRequest<'_>) -> Result<Given, FrameFailure> {
        if request.order <= self.largest {
            for &id in request.zones {
                let mark = self.zones[id.index()].spec.watermarks.low;
                if let Ok(frame) = self.try_zone(id, request, mark) {
                    return Ok(Given {
                        frame,
                        zone: id,
                        pressure: false,
                    });
                }
            }
        }
        self.alloc_slowly(request)
    }

    /// Under pressure, or to say why not.
    #[cold]
    fn alloc_slowly(&mut self, request: &FrameRequest<'_>) -> Result<Given, FrameFailure> {
        if request.order > self.largest {
            return Err(FrameFailure::OrderTooLarge {
                order: request.order,
                largest: self.largest,
            });
        }
        if request.zones.is_empty() {
            return Err(FrameFailure::NoZones);
        }
        match self.try_reserves(request) {
            Ok(given) => Ok(given),
            Err(refusals) => {
                let drained: u64 = self.drain(request.zones);
                let last = if drained == 0 {
                    Err(refusals)
                } else {
                    self.try_reserves(request)
                };
                last.map_err(|refusals| self.failure(request, refusals))
            }
        }
    }

    fn try_reserves(&mut self, request: &FrameRequest<'_>) -> Result<Given, Vec<Refusal>> {
        let mut refusals = Vec::with_capacity(request.zones.len());
        for &id in request.zones {
            let min = self.zones[id.index()].spec.watermarks.min;
            let mark = match request.urgency {
                Urgency::Normal => min,
                Urgency::Atomic => min / 2,
                Urgency::Emergency => 0,
            };
            match self.try_zone(id, request, mark) {
                Ok(frame) => {
                    return Ok(Given {
                        frame,
                        zone: id,
                        pressure: true,
                    });
                }
                Err(refusal) => refusals.push(refusal),
            }
        }
        Err(refusals)
    }

    #[inline]
    fn try_zone(
        &mut self,
        id: ZoneId,
        request: &FrameRequest<'_>,
        mark: u64,
    ) -> Result<u64, Refusal> {
        let mark = match request.urgency {
            Urgency::Emergency => mark,
            _ => mark.saturating_add(self.kept_from(id, request.zones)),
        };
        self.zones[id.index()].alloc(request.order, request.cpu, mark)
    }

    /// What `zone` keeps from a request that starts from the first of `zones`.
    #[inline]
    fn kept_from(&self, zone: ZoneId, zones: &[ZoneId]) -> u64 {
        let start = zones.first().map_or(0, |start| start.index());
        let row = self.protected.get(zone.index());
        row.and_then(|row| row.get(start)).copied().unwrap_or(0)
    }

    fn failure(&self, request: &FrameRequest<'_>, refusals: Vec<Refusal>) -> FrameFailure {
        let named = |zone: ZoneId, why| ZoneRefusal {
            zone,
            name: self.zone(zone).name().into(),
            why,
        };
        let tried = request.zones.iter().zip(refusals);
        let mut zones: Vec<_> = tried.map(|(zone, why)| named(*zone, why)).collect();
        let start = request.zones.first();
        let start = start.map_or(0, |start| self.zone(*start).spec.first);
        for (id, zone) in self.iter().filter(|(id, _)| !request.zones.contains(id)) {
            let why = if zone.spec.first > start {
                Refusal::Above
            } else {
                Refusal::NotInFallback
            };
            zones.push(named(id, why));
        }
        FrameFailure::Exhausted {
            order: request.order,
            zones,
        }
    }

    /// Gives the frames on the lists of these zones back to the buddy systems; how many.
    pub fn drain(&mut self, zones: &[ZoneId]) -> u64 {
        let zones = zones.iter();
        zones.map(|id| self.zones[id.index()].drain()).sum()
    }

    /// Takes back a block that [`Zones::alloc`] gave.
    ///
    /// # Errors
    /// What is wrong with it; nothing is changed then.
    #[inline]
    pub fn free(&mut self, frame: u64, order: u32, cpu: u32) -> Result<ZoneId, FreeError> {
        let zone = self.zone_of(frame).ok_or(FreeError::Foreign { frame })?;
        self.zones[zone.index()].free(frame, order, cpu)?;
        Ok(zone)
    }
}
