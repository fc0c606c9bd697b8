//! How much of the host's memory a simulated machine may take.

use core::fmt;

/// The limit was reached: the operation was refused before any memory was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostLimit {
    /// The bytes that were needed.
    pub wanted: u64,
    /// The bytes in use.
    pub used: u64,
    /// The limit in bytes.
    pub limit: u64,
}

impl fmt::Display for HostLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            wanted,
            used,
            limit,
        } = self;
        write!(
            f,
            "the simulation needs {wanted} more bytes of the host's memory; \
             {used} of at most {limit} are in use"
        )
    }
}

impl core::error::Error for HostLimit {}

/// Bytes of the host's memory, counted against a limit. What is counted are frames with data, the
/// states of frames, the bitmaps of the allocators and the trees that hold them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostBudget {
    used: u64,
    most: u64,
    limit: u64,
}

impl HostBudget {
    /// Nothing in use yet.
    #[must_use]
    pub const fn new(limit: u64) -> Self {
        Self {
            used: 0,
            most: 0,
            limit,
        }
    }

    /// The bytes in use.
    #[must_use]
    pub const fn used(&self) -> u64 {
        self.used
    }

    /// The most bytes that were in use at once.
    #[must_use]
    pub const fn most(&self) -> u64 {
        self.most
    }

    /// The limit in bytes.
    #[must_use]
    pub const fn limit(&self) -> u64 {
        self.limit
    }

    /// Counts `bytes` more.
    ///
    /// # Errors
    /// When that would pass the limit.
    pub fn take(&mut self, bytes: u64) -> Result<(), HostLimit> {
        match self.used.checked_add(bytes) {
            Some(used) if used <= self.limit => {
                self.used = used;
                self.most = self.most.max(used);
                Ok(())
            }
            _ => Err(HostLimit {
                wanted: bytes,
                used: self.used,
                limit: self.limit,
            }),
        }
    }

    /// Counts `bytes` less; not below 0.
    pub fn give(&mut self, bytes: u64) {
        self.used = self.used.saturating_sub(bytes);
    }
}
