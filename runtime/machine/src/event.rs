//! What happens in a machine, for those who watch it.

use core::fmt;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Frames were given.
    FramesTaken {
        /// The first.
        frame: u64,
        /// 2^order of them.
        order: u32,
        /// The zone's position.
        zone: u32,
    },
    /// Frames came back.
    FramesGiven {
        /// The first.
        frame: u64,
        /// 2^order of them.
        order: u32,
    },
    /// All zones that may serve a request are below their low watermarks.
    Pressure,
    /// An object was given, or came back.
    Object {
        /// Its address.
        address: u64,
        /// True when it was given.
        given: bool,
    },
    /// An area of a window was made.
    AreaMade {
        /// Its first address.
        address: u64,
        /// Its bytes.
        bytes: u64,
    },
    /// An area of a window was taken away.
    AreaFreed {
        /// Its first address.
        address: u64,
        /// Its bytes.
        bytes: u64,
    },
    /// A slot was mapped.
    SlotMapped {
        /// Its address.
        address: u64,
        /// The frame.
        frame: u64,
    },
    /// All slots without users were unmapped.
    SlotsFlushed {
        /// How many.
        slots: u64,
    },
    /// Somebody waits for a slot.
    SlotWait {
        /// The number in the queue.
        ticket: u64,
    },
    /// A fixed slot was set over what it showed.
    FixedOverwritten {
        /// Its address.
        address: u64,
        /// What it showed.
        before: u64,
        /// What it shows.
        after: u64,
    },
    /// A page fault of a process was served.
    PageFault {
        /// The process.
        process: u32,
        /// The address.
        address: u64,
        /// How: `demand`, `copy`, `stack`, `kernel`, `swap`, `rights` (the page was there, without an entry), or `retry`.
        how: &'static str,
    },
    /// A process began (by `fork` of another, or from nothing).
    ProcessMade {
        /// The process.
        process: u32,
        /// Its parent.
        parent: Option<u32>,
    },
    /// A process ended.
    ProcessEnded {
        /// The process.
        process: u32,
    },
    /// A page of a process was written out, or read back.
    Swapped {
        /// The process.
        process: u32,
        /// The address of the page.
        address: u64,
        /// True when it was written out.
        out: bool,
    },
    /// Memory was made reachable for devices.
    BusMapped {
        /// The domain.
        domain: u32,
        /// The first bus address.
        address: u64,
        /// What it shows.
        physical: u64,
        /// The bytes.
        bytes: u64,
    },
    /// Memory is not reachable for devices any more.
    BusUnmapped {
        /// The domain.
        domain: u32,
        /// The first bus address.
        address: u64,
        /// The bytes.
        bytes: u64,
    },
    /// Memory ran out, and a process was chosen to end.
    OutOfMemory {
        /// The victim.
        victim: u32,
        /// Its frames.
        frames: u64,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FramesTaken { frame, order, zone } => {
                write!(f, "frames {frame:#x} order {order} from zone {zone}")
            }
            Self::FramesGiven { frame, order } => {
                write!(f, "frames {frame:#x} order {order} given back")
            }
            Self::Pressure => f.write_str("all zones are below their low watermarks"),
            Self::Object { address, given } => {
                let word = if *given { "given" } else { "given back" };
                write!(f, "object {address:#x} {word}")
            }
            Self::AreaMade { address, bytes } => write!(f, "area {address:#x} of {bytes:#x} bytes"),
            Self::AreaFreed { address, bytes } => {
                write!(f, "area {address:#x} of {bytes:#x} bytes freed")
            }
            Self::SlotMapped { address, frame } => {
                write!(f, "slot {address:#x} shows frame {frame:#x}")
            }
            Self::SlotsFlushed { slots } => write!(f, "{slots} slots flushed"),
            Self::SlotWait { ticket } => write!(f, "waiting for a slot as number {ticket}"),
            Self::FixedOverwritten {
                address,
                before,
                after,
            } => write!(
                f,
                "fixed slot {address:#x} showed {before:#x} and now shows {after:#x}"
            ),
            Self::PageFault {
                process,
                address,
                how,
            } => write!(f, "process {process}: {how} fault at {address:#x}"),
            Self::ProcessMade {
                process,
                parent: Some(parent),
            } => write!(f, "process {process} forked from {parent}"),
            Self::ProcessMade {
                process,
                parent: None,
            } => write!(f, "process {process} made"),
            Self::ProcessEnded { process } => write!(f, "process {process} ended"),
            Self::Swapped {
                process,
                address,
                out,
            } => {
                let word = if *out { "written out" } else { "read back" };
                write!(f, "process {process}: page {address:#x} {word}")
            }
            Self::BusMapped {
                domain,
                address,
                physical,
                bytes,
            } => write!(
                f,
                "bus domain {domain}: {address:#x} shows {bytes:#x} bytes from {physical:#x}"
            ),
            Self::BusUnmapped {
                domain,
                address,
                bytes,
            } => write!(
                f,
                "bus domain {domain}: {bytes:#x} bytes from {address:#x} unmapped"
            ),
            Self::OutOfMemory { victim, frames } => {
                write!(
                    f,
                    "out of memory: process {victim} with {frames} frames is ended"
                )
            }
        }
    }
}

/// Watches a machine.
pub trait EventLog {
    /// Called for each event, in order.
    fn note(&mut self, event: &Event);
}

impl<F: FnMut(&Event)> EventLog for F {
    fn note(&mut self, event: &Event) {
        self(event);
    }
}
