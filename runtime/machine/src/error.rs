//! Everything that an operation on a machine can answer but success.

use super::access::AccessFault;
use super::buddy::{FrameFailure, FreeError};
use super::bus::BusError;
use super::laws::Violation;
use super::memory::{HostLimit, MemoryError};
use super::process::ProcessError;
use super::slab::SlabError;
use super::tables::TableError;
use super::window_error::WindowError;
use alloc::boxed::Box;
use core::fmt;

/// Why an operation was not done. Nothing has changed then, unless the operation says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MachineError {
    /// No frames were to be had.
    Frames(FrameFailure),
    /// Frames cannot be freed.
    Free(FreeError),
    /// A physical address does not answer, or the host's memory is used up.
    Memory(MemoryError),
    /// Page tables cannot be changed so.
    Table(TableError),
    /// A slab cache refuses.
    Slab(SlabError),
    /// A window refuses.
    Window(WindowError),
    /// A process cannot do it.
    Process(ProcessError),
    /// A bus refuses, or the access of a device was refused.
    Bus(BusError),
    /// An access was refused.
    Fault(Box<AccessFault>),
    /// A law is broken: the machine itself is wrong, and the run should stop.
    Law(Box<Violation>),
}

impl MachineError {
    /// True when memory is short: what reclaim or a later try could mend.
    #[must_use]
    pub const fn is_shortage(&self) -> bool {
        matches!(self, Self::Frames(_))
    }
}

impl fmt::Display for MachineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frames(error) => error.fmt(f),
            Self::Free(error) => error.fmt(f),
            Self::Memory(error) => error.fmt(f),
            Self::Table(error) => error.fmt(f),
            Self::Slab(error) => error.fmt(f),
            Self::Window(error) => error.fmt(f),
            Self::Process(error) => error.fmt(f),
            Self::Bus(error) => error.fmt(f),
            Self::Fault(fault) => fault.fmt(f),
            Self::Law(violation) => violation.fmt(f),
        }
    }
}

impl core::error::Error for MachineError {}

/// Makes `?` work from each kind of error.
macro_rules! from {
    ($($kind:ident($error:ty)),* $(,)?) => {$(
        impl From<$error> for MachineError {
            fn from(error: $error) -> Self {
                Self::$kind(error)
            }
        }
    )*};
}
from!(
    Frames(FrameFailure),
    Free(FreeError),
    Memory(MemoryError),
    Table(TableError),
    Slab(SlabError),
    Window(WindowError),
    Process(ProcessError),
    Bus(BusError),
);

impl From<HostLimit> for MachineError {
    fn from(limit: HostLimit) -> Self {
        Self::Memory(limit.into())
    }
}

impl From<Violation> for MachineError {
    fn from(violation: Violation) -> Self {
        Self::Law(Box::new(violation))
    }
}
