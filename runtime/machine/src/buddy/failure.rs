//! Why frames were not given, and why they were not taken back.

use super::ZoneId;
use crate::memory::FrameUse;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Why one zone gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Refusal {
    /// It has no memory at all.
    Empty,
    /// It would be left with fewer free frames than its watermark asks for this request.
    BelowWatermark {
        /// Its free frames.
        free: u64,
        /// The watermark, with what is kept from requests that could use a higher zone.
        mark: u64,
    },
    /// It has enough free frames, but no free block that is large enough.
    Fragmented {
        /// Its free frames.
        free: u64,
        /// The largest order that has a free block, if any.
        largest: Option<u32>,
    },
    /// It lies above the zone that the request starts from: fallback goes down, never up.
    Above,
    /// It is not in the fallback order of the zone that the request starts from.
    NotInFallback,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("has no memory"),
            Self::BelowWatermark { free, mark } => {
                write!(f, "has {free} free frames and must keep {mark}")
            }
            Self::Fragmented {
                free,
                largest: Some(largest),
            } => {
                write!(
                    f,
                    "has {free} free frames, but no block above order {largest}"
                )
            }
            Self::Fragmented {
                free,
                largest: None,
            } => {
                write!(
                    f,
                    "has {free} free frames, all on the lists of other processors"
                )
            }
            Self::Above => f.write_str("is above the zone asked for"),
            Self::NotInFallback => f.write_str("is not in the fallback order"),
        }
    }
}

/// What one zone said to a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ZoneRefusal {
    /// The zone.
    pub zone: ZoneId,
    /// Its name.
    pub name: String,
    /// Why it gave nothing.
    pub why: Refusal,
}

/// Why no frames were given: every zone with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FrameFailure {
    /// No zone that may serve the request could.
    Exhausted {
        /// The order that was asked for.
        order: u32,
        /// Those tried, in that order, then those that may not serve it.
        zones: Vec<ZoneRefusal>,
    },
    /// No zone has blocks that large, whatever is free.
    OrderTooLarge {
        /// The order that was asked for.
        order: u32,
        /// The largest order.
        largest: u32,
    },
    /// The request starts from a zone that does not exist.
    NoZones,
    /// The failure was ordered by an interposer.
    Injected {
        /// The number of the request, from 1.
        request: u64,
    },
}

impl FrameFailure {
    /// True when enough frames are free in the zones tried and only no block is large enough.
    #[must_use]
    pub fn is_fragmentation(&self) -> bool {
        matches!(self, Self::Exhausted { zones, .. }
            if zones.iter().any(|zone| matches!(zone.why, Refusal::Fragmented { .. })))
    }
}

impl fmt::Display for FrameFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exhausted { order, zones } => {
                write!(f, "no block of order {order}")?;
                for (at, zone) in zones.iter().enumerate() {
                    let before = if at == 0 { ": " } else { "; " };
                    write!(f, "{before}{} {}", zone.name, zone.why)?;
                }
                Ok(())
            }
            Self::OrderTooLarge { order, largest } => {
                write!(
                    f,
                    "blocks of order {order} do not exist: the largest order is {largest}"
                )
            }
            Self::NoZones => f.write_str("the request names no zone"),
            Self::Injected { request } => {
                write!(f, "request {request} for frames was made to fail")
            }
        }
    }
}

impl core::error::Error for FrameFailure {}

/// Why frames cannot be freed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FreeError {
    /// No zone has this frame.
    Foreign {
        /// The frame.
        frame: u64,
    },
    /// The frame is in a zone, but was never given to its allocator: a hole, reserved, a device.
    NeverFree {
        /// The frame.
        frame: u64,
    },
    /// It is free already: a double free.
    AlreadyFree {
        /// The frame.
        frame: u64,
        /// The free block that holds it.
        head: u64,
        /// Its order.
        order: u32,
    },
    /// It was freed already and waits on a processor's list: a double free.
    OnCpuList {
        /// The frame.
        frame: u64,
        /// The processor.
        cpu: u32,
    },
    /// It is not the first frame of the block that it was given in.
    InsideBlock {
        /// The frame.
        frame: u64,
        /// The first frame of its block.
        head: u64,
        /// The order of its block.
        order: u32,
    },
    /// It was given with another order.
    WrongOrder {
        /// The frame.
        frame: u64,
        /// The order that it was freed with.
        order: u32,
        /// The order that it was given with.
        actual: u32,
    },
    /// It is given, but not to callers of the allocator: who has it gives it back in its own way.
    OtherUse {
        /// The frame.
        frame: u64,
        /// What it is used for.
        used: FrameUse,
    },
}

impl fmt::Display for FreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign { frame } => write!(f, "frame {frame:#x} is in no zone"),
            Self::NeverFree { frame } => {
                write!(f, "frame {frame:#x} was never the allocator's to give")
            }
            Self::AlreadyFree { frame, head, order } => write!(
                f,
                "frame {frame:#x} is free already, in the block of order {order} at {head:#x}"
            ),
            Self::OnCpuList { frame, cpu } => write!(
                f,
                "frame {frame:#x} is free already, on the list of processor {cpu}"
            ),
            Self::InsideBlock { frame, head, order } => write!(
                f,
                "frame {frame:#x} is inside the block of order {order} at {head:#x}"
            ),
            Self::WrongOrder {
                frame,
                order,
                actual,
            } => write!(
                f,
                "frame {frame:#x} was given with order {actual}, not {order}"
            ),
            Self::OtherUse { frame, used } => {
                write!(
                    f,
                    "frame {frame:#x} was not given as pages: it is in use as {used}"
                )
            }
        }
    }
}

impl core::error::Error for FreeError {}
