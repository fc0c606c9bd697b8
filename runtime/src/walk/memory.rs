//! What a walk reads from: physical memory, simulated or dumped.

/// Why there is no entry at a physical address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Missing {
    /// The address may be memory, but what we have of the memory does not hold it.
    Hole,
    /// No memory has this address.
    Nowhere,
}

/// Physical memory that tables stand in.
pub trait PhysicalMemory {
    /// The little-endian number of `bytes` bytes (4 or 8) at a physical address, a multiple of `bytes`.
    ///
    /// # Errors
    /// Why there is none.
    fn entry(&self, at: u64, bytes: u32) -> Result<u64, Missing>;

    /// The width of a physical address of the machine (x86's MAXPHYADDR), 1 to 64: no table and no page
    /// lies above. A format's own width holds besides it.
    fn physical_bits(&self) -> u32 {
        64
    }
}

impl<M: PhysicalMemory + ?Sized> PhysicalMemory for &M {
    #[inline]
    fn entry(&self, at: u64, bytes: u32) -> Result<u64, Missing> {
        (**self).entry(at, bytes)
    }

    fn physical_bits(&self) -> u32 {
        (**self).physical_bits()
    }
}
