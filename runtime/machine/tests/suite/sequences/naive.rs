//! The frame allocator as its documentation says it, over sets and lists: what the journal of a machine is replayed
//! with.

use mapwright_machine::buddy::{Urgency, Zone, ZoneId, Zones};
use mapwright_machine::physical::FrameEvent;
use std::collections::BTreeSet;

/// A zone: free blocks of each order, and a list of single frames for each processor, the newest last.
struct NaiveZone {
    first: u64,
    end: u64,
    free: Vec<BTreeSet<u64>>,
    lists: Vec<Vec<u64>>,
    batch: usize,
    high: usize,
    low_mark: u64,
    min_mark: u64,
    managed: u64,
    protection: u64,
}

impl NaiveZone {
    fn of(zone: &Zone, cpus: usize, largest: u32) -> Self {
        let spec = zone.spec();
        let mut naive = Self {
            first: spec.first,
            end: spec.end,
            free: vec![BTreeSet::new(); largest as usize + 1],
            lists: vec![Vec::new(); cpus],
            batch: spec.lists.batch as usize,
            high: spec.lists.high as usize,
            low_mark: spec.watermarks.low,
            min_mark: spec.watermarks.min,
            managed: zone.managed_frames(),
            protection: spec.protection,
        };
        // Every frame that is neither given nor on a list, one by one: merging makes the blocks.
        for (first, end) in zone.added() {
            let free = (*first..*end).filter(|frame| zone.given_block(*frame).is_none());
            let free: Vec<u64> = free.collect();
            free.into_iter().for_each(|frame| naive.give(frame, 0));
        }
        // The lists are emptied before.
        assert_eq!(zone.listed_frames(), 0);
        naive
    }

    fn free_frames(&self) -> u64 {
        let orders = self.free.iter().enumerate();
        orders
            .map(|(order, blocks)| (blocks.len() as u64) << order)
            .sum()
    }

    fn give(&mut self, frame: u64, order: usize) {
        let buddy = frame ^ (1 << order);
        if order + 1 < self.free.len() && self.free[order].remove(&buddy) {
            self.give(frame.min(buddy), order + 1);
        } else {
            self.free[order].insert(frame);
        }
    }

    fn split(&mut self, order: usize) -> Option<u64> {
        let from = (order..self.free.len()).find(|from| !self.free[*from].is_empty())?;
        let frame = self.free[from].pop_first()?;
        for order in order..from {
            self.free[order].insert(frame + (1 << order));
        }
        Some(frame)
    }

    fn alloc(&mut self, order: usize, cpu: usize, mark: u64) -> Option<u64> {
        let enough = |zone: &Self| zone.free_frames() > mark + (1 << order) - 1;
        if order == 0 && self.batch != 0 {
            if self.lists[cpu].is_empty() && enough(self) {
                let frames: Vec<u64> = (0..self.batch).map_while(|_| self.split(0)).collect();
                // What came first is given first.
                self.lists[cpu].extend(frames.iter().rev());
            }
            return self.lists[cpu].pop();
        }
        if enough(self) {
            self.split(order)
        } else {
            None
        }
    }

    fn take_back(&mut self, frame: u64, order: usize, cpu: usize) {
        if order != 0 || self.batch == 0 {
            return self.give(frame, order);
        }
        self.lists[cpu].push(frame);
        if self.lists[cpu].len() >= self.high {
            let batch = self.batch.min(self.lists[cpu].len());
            let oldest: Vec<u64> = self.lists[cpu].drain(..batch).collect();
            oldest.into_iter().for_each(|frame| self.give(frame, 0));
        }
    }

    fn drain(&mut self) -> usize {
        let all: Vec<u64> = self
            .lists
            .iter_mut()
            .flat_map(|list| list.drain(..))
            .collect();
        let count = all.len();
        all.into_iter().for_each(|frame| self.give(frame, 0));
        count
    }
}

/// All zones of a machine.
pub(super) struct NaiveZones {
    zones: Vec<NaiveZone>,
}

impl NaiveZones {
    /// The zones of a machine as they are, with nothing on lists.
    pub(super) fn of(zones: &Zones, cpus: usize) -> Self {
        let largest = zones.largest_order();
        let zones = zones.all().iter();
        Self {
            zones: zones
                .map(|zone| NaiveZone::of(zone, cpus, largest))
                .collect(),
        }
    }

    /// The free frames, on lists too.
    pub(super) fn free_frames(&self) -> u64 {
        let listed = |zone: &NaiveZone| zone.lists.iter().map(Vec::len).sum::<usize>() as u64;
        self.zones
            .iter()
            .map(|zone| zone.free_frames() + listed(zone))
            .sum()
    }

    /// What a zone keeps from requests that start in a higher one.
    fn kept(&self, zone: usize, start: usize) -> u64 {
        let above = self.zones.get(zone + 1..=start).unwrap_or_default();
        let frames: u64 = above.iter().map(|zone| zone.managed).sum();
        frames.checked_div(self.zones[zone].protection).unwrap_or(0)
    }

    fn alloc(
        &mut self,
        order: usize,
        zones: &[ZoneId],
        cpu: usize,
        urgency: Urgency,
    ) -> Option<u64> {
        let start = zones.first().map_or(0, |zone| zone.index());
        let all: Vec<usize> = zones.iter().map(|zone| zone.index()).collect();
        let marks = |naive: &Self, zone: usize, round: usize| {
            let one = &naive.zones[zone];
            let mark = match (round, urgency) {
                (0, _) => one.low_mark,
                (_, Urgency::Normal) => one.min_mark,
                (_, Urgency::Atomic) => one.min_mark / 2,
                (_, Urgency::Emergency) => 0,
            };
            let kept = if urgency == Urgency::Emergency {
                0
            } else {
                naive.kept(zone, start)
            };
            mark + kept
        };
        // Blocks that no zone has are refused at once.
        let exists = |zone: &usize| order < self.zones[*zone].free.len();
        if !all.iter().all(exists) {
            return None;
        }
        for round in 0..3 {
            if round == 2 {
                let drained: usize = all.iter().map(|zone| self.zones[*zone].drain()).sum();
                if drained == 0 {
                    return None;
                }
            }
            for &zone in &all {
                let mark = marks(self, zone, round);
                if let Some(frame) = self.zones[zone].alloc(order, cpu, mark) {
                    return Some(frame);
                }
            }
        }
        None
    }

    /// Does what passed once more; the first answer that differs is an error.
    pub(super) fn replay(&mut self, journal: &[FrameEvent]) -> Result<(), String> {
        for event in journal {
            match event {
                FrameEvent::Asked {
                    order,
                    zones,
                    cpu,
                    urgency,
                    frame,
                } => {
                    let ours = self.alloc(*order as usize, zones, *cpu as usize, *urgency);
                    if ours != *frame {
                        return Err(format!("{event:?}, but the reference gives {ours:?}"));
                    }
                }
                FrameEvent::Returned { frame, order, cpu } => {
                    let holds = |zone: &&mut NaiveZone| (zone.first..zone.end).contains(frame);
                    let zone = self.zones.iter_mut().find(holds);
                    let zone = zone.ok_or_else(|| format!("{event:?} is in no zone"))?;
                    zone.take_back(*frame, *order as usize, *cpu as usize);
                }
            }
        }
        Ok(())
    }

    /// The same blocks are free, and as many frames wait on each list.
    pub(super) fn same(&self, zones: &Zones) -> Result<(), String> {
        for (zone, naive) in zones.all().iter().zip(&self.zones) {
            for (order, blocks) in naive.free.iter().enumerate() {
                if !zone
                    .blocks()
                    .free_blocks(order as u32)
                    .eq(blocks.iter().copied())
                {
                    let ours: Vec<u64> = zone.blocks().free_blocks(order as u32).collect();
                    let name = zone.name();
                    return Err(format!(
                        "{name}, order {order}: {ours:?}, reference {blocks:?}"
                    ));
                }
            }
            for (cpu, list) in naive.lists.iter().enumerate() {
                if zone.listed_on(cpu as u32) != list.len() as u64 {
                    return Err(format!("{}: list of processor {cpu} differs", zone.name()));
                }
            }
        }
        Ok(())
    }
}
