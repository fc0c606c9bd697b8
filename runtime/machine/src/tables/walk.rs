//! What walks read from simulated memory.

use crate::memory::{Memory, MemoryError};
use mapwright_runtime::walk::{Missing, PhysicalMemory};

impl PhysicalMemory for Memory {
    #[inline]
    fn entry(&self, at: u64, bytes: u32) -> Result<u64, Missing> {
        self.read(at, bytes).map_err(|error| match error {
            MemoryError::Nothing { .. } | MemoryError::PastTheEnd { .. } | MemoryError::Host(_) => {
                Missing::Nowhere
            }
        })
    }
}
