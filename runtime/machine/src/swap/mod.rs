//! Pages of processes that are written out when memory is short, and by which policy they are chosen.

mod policy;

pub use policy::{Policy, Replacement, TraceCounts, replay};

use super::event::Event;
use super::{Machine, MachineError};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// The place for pages that are written out.
#[derive(Debug, Clone)]
pub struct Swap {
    /// How many pages fit.
    capacity: u64,
    /// The bytes of each page written out, and how many processes want it back.
    places: BTreeMap<u64, (Box<[u8]>, u32)>,
    next: u64,
    replacement: Replacement,
    written: u64,
    read: u64,
}

impl Swap {
    /// How many pages fit.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.capacity
    }

    /// How many pages are written out.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.places.len() as u64
    }

    /// Pages written out and read back since the start.
    #[must_use]
    pub fn traffic(&self) -> (u64, u64) {
        (self.written, self.read)
    }

    pub(super) fn note(&mut self, frame: u64) {
        self.replacement.insert(frame);
    }

    pub(super) fn forget(&mut self, frame: u64) {
        self.replacement.remove(frame);
    }

    /// A page was read back, and is mapped.
    pub(super) fn count_read(&mut self) {
        self.read += 1;
    }

    pub(super) fn share(&mut self, place: u64) {
        if let Some((_, wanted)) = self.places.get_mut(&place) {
            *wanted += 1;
        }
    }
}

impl Machine {
    /// Gives the machine a place for so many pages that are written out, chosen by a policy. Pages that
    /// have frames already come into the policy's order by their frames.
    pub fn add_swap(&mut self, pages: u64, policy: Policy) {
        let mut replacement = Replacement::new(policy);
        for frame in self.owners.keys() {
            replacement.insert(*frame);
        }
        let old = self.swap.take();
        self.swap = Some(match old {
            Some(old) => Swap {
                capacity: pages.max(old.used()),
                replacement,
                ..old
            },
            None => Swap {
                capacity: pages,
                places: BTreeMap::new(),
                next: 0,
                replacement,
                written: 0,
                read: 0,
            },
        });
    }

    /// Whether the process with the most frames is ended when memory runs out.
    pub fn end_victims(&mut self, ends: bool) {
        self.ends_victims = ends;
    }

    /// The place for pages that are written out.
    #[must_use]
    pub fn swap(&self) -> Option<&Swap> {
        self.swap.as_ref()
    }

    /// Writes one page out, chosen by the policy; whether there was one and room for it. Frames of the
    /// kernel are never written out.
    ///
    /// # Errors
    /// When the host's limit is reached.
    pub fn evict(&mut self) -> Result<bool, MachineError> {
        let Some(mut swap) = self.swap.take() else {
            return Ok(false);
        };
        let found = self.evict_from(&mut swap);
        self.swap = Some(swap);
        found
    }

    fn evict_from(&mut self, swap: &mut Swap) -> Result<bool, MachineError> {
        if swap.used() >= swap.capacity {
            return Ok(false);
        }
        let Some(frame) = self.choose_victim(swap)? else {
            return Ok(false);
        };
        let size = self.page();
        self.physical.memory_mut().budget_mut().take(size)?;
        let mut bytes = alloc::vec![0; size as usize].into_boxed_slice();
        self.physical
            .memory()
            .read_bytes(frame * size, &mut bytes)?;
        let place = swap.next;
        swap.next += 1;
        swap.written += 1;
        let owners: Vec<_> = self.owners.get(&frame).cloned().unwrap_or_default();
        swap.places.insert(place, (bytes, owners.len() as u32));
        for (id, address) in owners {
            if !self.write_out_hidden(id, address, place)? {
                let mut tables = self.process(id)?.tables().clone();
                tables.unmap(&mut self.physical, address)?;
                self.write_out(id, address, place, tables)?;
            }
            self.note(Event::Swapped {
                process: id.number(),
                address,
                out: true,
            });
        }
        self.drop_frame(frame)?;
        Ok(true)
    }

    /// The frame that goes next. Frames that devices reach stay, and come behind all others in the
    /// policy's order.
    fn choose_victim(&mut self, swap: &mut Swap) -> Result<Option<u64>, MachineError> {
        let mut pinned = Vec::new();
        let mut failed = None;
        let victim = loop {
            let victim = swap
                .replacement
                .victim(|frame| match self.take_used(frame) {
                    Ok(used) => used,
                    Err(error) => {
                        failed = Some(error);
                        false
                    }
                });
            match victim {
                Some(frame) if self.bus.pins(frame) => pinned.push(frame),
                other => break other,
            }
        };
        for frame in pinned {
            swap.replacement.insert(frame);
        }
        failed.map_or(Ok(victim), Err)
    }

    /// Whether a frame was used since this was asked last, by any of its owners.
    fn take_used(&mut self, frame: u64) -> Result<bool, MachineError> {
        let owners = self.owners.get(&frame).cloned().unwrap_or_default();
        let mut used = false;
        for (id, address) in owners {
            let tables = self.process(id)?.tables().clone();
            if let Some(mapping) = tables.lookup(self.physical.memory(), address) {
                used |= tables.take_accessed(&mut self.physical, mapping.entry_at)?;
            }
        }
        Ok(used)
    }

    /// Fills a frame with what was written out.
    pub(super) fn read_back(&mut self, place: u64, frame: u64) -> Result<(), MachineError> {
        let size = self.page();
        if let Some(swap) = &self.swap
            && let Some((bytes, _)) = swap.places.get(&place)
        {
            self.physical
                .memory_mut()
                .write_bytes(frame * size, bytes)?;
        }
        Ok(())
    }

    /// One process less wants a page back that was written out.
    pub(super) fn release_swap(&mut self, place: u64) {
        let size = self.page();
        let Some(swap) = &mut self.swap else { return };
        if let Some((_, wanted)) = swap.places.get_mut(&place) {
            *wanted -= 1;
            if *wanted == 0 {
                swap.places.remove(&place);
                self.physical.memory_mut().budget_mut().give(size);
            }
        }
    }
}
