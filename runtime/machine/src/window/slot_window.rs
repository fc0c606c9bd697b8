//! Page slots that are borrowed and given back (`kmap`), as Linux does it in `mm/highmem.c`.

use super::WindowError;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use mapwright_runtime::layout::PlaceId;
use mapwright_runtime::range::Range;

/// The state of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Slot {
    /// The frame that it shows.
    pub frame: u64,
    /// 0: free. 1: nobody uses it, but it is still mapped until the next flush. More: so many users and
    /// one.
    pub count: u32,
}

/// A slot that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotUse {
    /// It shows the frame already; it has so many users now.
    Shared {
        /// Its number.
        slot: u64,
        /// Its users.
        users: u32,
    },
    /// A free one; the machine is to map it.
    New {
        /// Its number.
        slot: u64,
        /// Slots that a flush on the way made free; the machine is to unmap them.
        flushed: Option<Vec<u64>>,
    },
    /// All are in use: the caller waits, under this number.
    Waits {
        /// The number in the queue.
        ticket: u64,
        /// Slots that a flush on the way made free (none, or it would not wait).
        flushed: Option<Vec<u64>>,
    },
}

/// Somebody who waits for a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Waiter {
    /// The number in the queue.
    pub ticket: u64,
    /// The frame to be mapped.
    pub frame: u64,
}

/// What giving a slot back did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Freed {
    /// Its number.
    pub slot: u64,
    /// The users left.
    pub users: u32,
    /// Who waited longest, now that nobody uses the slot.
    pub waiter: Option<Waiter>,
}

/// The slots of one window, shared by all processors.
#[derive(Debug, Clone)]
pub struct SlotWindow {
    /// The window.
    pub place: PlaceId,
    /// Its name.
    pub name: String,
    /// Its addresses.
    pub range: Range,
    /// The bytes of a page.
    pub page: u64,
    slots: Vec<Slot>,
    by_frame: BTreeMap<u64, usize>,
    /// The slot looked at last.
    last: usize,
    waiting: VecDeque<Waiter>,
    tickets: u64,
    flushes: u64,
}

impl SlotWindow {
    /// A window whose slots are free; as many as it has pages, if that is less than `count`.
    #[must_use]
    pub fn new(place: PlaceId, name: String, range: Range, page: u64, count: u64) -> Self {
        let pages = range.size() / u128::from(page);
        // More than a million slots are no kmap; the books of all are kept.
        let count = u128::from(count).min(pages).min(1 << 20) as usize;
        Self {
            place,
            name,
            range,
            page,
            slots: alloc::vec![Slot::default(); count],
            by_frame: BTreeMap::new(),
            last: 0,
            waiting: VecDeque::new(),
            tickets: 0,
            flushes: 0,
        }
    }

    /// The slots, by number.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// How many slots have users.
    #[must_use]
    pub fn in_use(&self) -> u64 {
        self.slots.iter().filter(|slot| slot.count > 1).count() as u64
    }

    /// How often all slots without users were unmapped at once.
    #[must_use]
    pub fn flushes(&self) -> u64 {
        self.flushes
    }

    /// Who waits, the first first.
    pub fn waiting(&self) -> impl Iterator<Item = &Waiter> {
        self.waiting.iter()
    }

    /// The address of a slot.
    #[must_use]
    pub fn address_of(&self, slot: u64) -> u64 {
        self.range.base() + slot * self.page
    }

    /// Takes a slot for a frame. The search goes round; where it begins anew, all slots without
    /// users are flushed.
    ///
    /// # Errors
    /// When all are in use and the caller does not `wait`.
    pub fn take(&mut self, frame: u64, wait: bool) -> Result<SlotUse, WindowError> {
        if let Some(&at) = self.by_frame.get(&frame) {
            let slot = &mut self.slots[at];
            slot.count += 1;
            return Ok(SlotUse::Shared {
                slot: at as u64,
                users: slot.count - 1,
            });
        }
        let mut flushed: Option<Vec<u64>> = None;
        let mut left = self.slots.len();
        while left != 0 {
            self.last = (self.last + 1) % self.slots.len();
            if self.last == 0 {
                let more = self.flush();
                flushed.get_or_insert_default().extend(more);
                left = self.slots.len();
            }
            if self.slots[self.last].count == 0 {
                self.slots[self.last] = Slot { frame, count: 2 };
                self.by_frame.insert(frame, self.last);
                return Ok(SlotUse::New {
                    slot: self.last as u64,
                    flushed,
                });
            }
            left -= 1;
        }
        if !wait {
            return Err(WindowError::SlotsInUse {
                window: self.name.clone(),
                slots: self.slots.len() as u64,
            });
        }
        self.tickets += 1;
        let ticket = self.tickets;
        self.waiting.push_back(Waiter { ticket, frame });
        Ok(SlotUse::Waits { ticket, flushed })
    }

    /// Frees every slot that is mapped without users: their numbers.
    fn flush(&mut self) -> Vec<u64> {
        self.flushes += 1;
        let mut freed = Vec::new();
        for (at, slot) in self.slots.iter_mut().enumerate() {
            if slot.count == 1 {
                slot.count = 0;
                self.by_frame.remove(&slot.frame);
                freed.push(at as u64);
            }
        }
        freed
    }

    /// Takes a slot back that was just given and could not be mapped.
    pub fn cancel(&mut self, slot: u64) {
        let slot = &mut self.slots[slot as usize];
        slot.count = 0;
        self.by_frame.remove(&slot.frame);
    }

    /// Gives the slot of a frame back; it stays mapped until the next flush.
    ///
    /// # Errors
    /// When the frame has none, or nobody uses it.
    pub fn give(&mut self, frame: u64) -> Result<Freed, WindowError> {
        let not_mapped = WindowError::NotMapped { frame };
        let at = *self.by_frame.get(&frame).ok_or(not_mapped.clone())?;
        let slot = &mut self.slots[at];
        if slot.count <= 1 {
            return Err(not_mapped);
        }
        slot.count -= 1;
        let users = slot.count - 1;
        let waiter = if users == 0 {
            self.waiting.pop_front()
        } else {
            None
        };
        Ok(Freed {
            slot: at as u64,
            users,
            waiter,
        })
    }
}
