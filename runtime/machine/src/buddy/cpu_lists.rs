//! Single frames in front of the buddy system, a list for each processor.

use alloc::vec::Vec;

/// How much the lists of a zone hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ListSizes {
    /// How many frames are fetched from the buddy system, and given back to it, at a time; 0
    /// switches the lists off.
    pub batch: u32,
    /// A list never holds this many: when it would, a batch goes back.
    pub high: u32,
}

impl ListSizes {
    /// No lists: every request goes to the buddy system.
    pub const OFF: Self = Self { batch: 0, high: 0 };

    /// The sizes that Linux 2.6 to 5.x takes for a zone of this many frames: a batch of a thousandth of
    /// the zone, at most 512K of memory, a quarter of that, rounded down to a power of two less
    /// one; six batches at most (`zone_batchsize`, `pageset_set_batch`).
    #[must_use]
    pub fn of_zone(frames: u64, frame_bytes: u64) -> Self {
        let most = (512 << 10) / frame_bytes.max(1);
        let quarter = ((frames / 1024).min(most) / 4).max(1);
        let rounded = (quarter + quarter / 2).checked_ilog2().unwrap_or(0);
        // At most 2^18 / 4: the memory of a batch is bounded.
        let batch = ((1_u64 << rounded) - 1).max(1) as u32;
        Self {
            batch,
            high: batch * 6,
        }
    }
}

/// The list of one processor: the frame freed last is given first, since its bytes are in the
/// cache, and what goes back is what was freed first.
#[derive(Debug, Clone, Default)]
pub(super) struct CpuList {
    /// The frames, a ring of a power-of-two size.
    ring: Vec<u64>,
    /// Where the oldest stands.
    oldest: usize,
    /// How many there are.
    len: usize,
}

impl CpuList {
    pub(super) fn new(sizes: ListSizes) -> Self {
        let room = sizes.high.max(sizes.batch).max(1) as usize;
        Self {
            ring: alloc::vec![0; room.next_power_of_two()],
            oldest: 0,
            len: 0,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    fn place(&self, number: usize) -> usize {
        (self.oldest + number) & (self.ring.len() - 1)
    }

    /// Puts the newest on; the caller keeps `len` below the room.
    #[inline]
    pub(super) fn push(&mut self, frame: u64) {
        let at = self.place(self.len);
        self.ring[at] = frame;
        self.len += 1;
    }

    /// Takes the newest.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<u64> {
        self.len = self.len.checked_sub(1)?;
        Some(self.ring[self.place(self.len)])
    }

    /// Takes the oldest.
    pub(super) fn pop_oldest(&mut self) -> Option<u64> {
        self.len = self.len.checked_sub(1)?;
        let frame = self.ring[self.oldest];
        self.oldest = self.place(1);
        Some(frame)
    }

    /// The frames, oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = u64> + '_ {
        (0..self.len).map(|number| self.ring[self.place(number)])
    }

    /// Makes room for `most` frames in an empty list, to be filled from the newest to the oldest, so
    /// that what comes first is given first.
    pub(super) fn start_filling(&mut self, most: usize) -> Filling<'_> {
        (self.oldest, self.len) = (most, 0);
        Filling { list: self }
    }
}

/// A list on its way from empty to full.
pub(super) struct Filling<'a> {
    list: &'a mut CpuList,
}

impl Filling<'_> {
    #[inline]
    pub(super) fn push_behind(&mut self, frame: u64) {
        self.list.oldest -= 1;
        self.list.len += 1;
        self.list.ring[self.list.oldest] = frame;
    }
}
