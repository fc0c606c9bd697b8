//! The simulated machine: a layout comes alive, and every step is held to it.
//!
//! A [`Machine`] owns physical memory ([`memory`]) with its allocators ([`buddy`], [`slab`]), page tables
//! that are real bytes in the declared format ([`tables`]), the kernel's dynamic windows
//! ([`window`]) and processes ([`process`]). Every operation answers with a value or a [`MachineError`];
//! the [`laws`] are checked always. Nothing here depends on anything but the layout, the
//! [`MachineSpec`] and the operations: the same seed gives the same run.
//!
//! # What is here for whom
//!
//! | who | what |
//! |---|---|
//! | writes a kernel and tests its allocator or page-table code from `cargo test` | a [`Machine`] with the kernel's layout; `examples/allocator_under_test.rs`, `examples/page_tables_under_test.rs` |
//! | asks what a design costs | [`cost`], [`tlb`], [`trace`] |
//! | teaches or learns how a kernel manages memory | scenarios of the compiler (`mapwright simulate`), which call what is here |
//! | breaks things on purpose | [`physical::Interposer`] between callers and the frame allocator |
//!
//! # How it is put together
//!
//! The machine is a composition of parts that each own their books: [`physical::Physical`] (memory, zones, the buddy allocator), [`slab::Slabs`], the
//! windows ([`window`]), [`process`]es, the [`bus`], [`swap`], processors with their TLBs ([`cost`]). A method of
//! [`Machine`] hands its parts what they need of each other, and says what an operation is called in a kernel. What Linux does
//! is cited where it decides a number, by function and version.
//!
//! # Units
//!
//! Addresses and sizes are in bytes, frames are numbered by physical address over the bytes of a frame
//! ([`Machine::page`]), blocks have 2^order frames, processors are numbered from 0, time is in cycles of one processor.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

mod access;
pub mod buddy;
mod build;
pub mod bus;
mod check;
pub mod cost;
pub mod direct;
mod error;
pub mod event;
mod gaps;
mod ground;
mod kernel;
pub mod laws;
pub mod memory;
pub mod physical;
pub mod process;
mod random;
pub mod segments;
pub mod slab;
pub mod spec;
pub mod swap;
pub mod tables;
pub mod tlb;
pub mod trace;
pub mod window;
mod window_error;

pub use access::{AccessFault, AccessKind, Denied, Mode};
pub use error::MachineError;
pub use ground::Pages;
pub use random::Random;
pub use spec::{BuildError, FrameFlags, MachineSpec, ZoneChoice};

extern crate alloc;

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use buddy::ZoneId;
use core::fmt;
use direct::LinearWindows;
use event::{Event, EventLog};
use ground::Ground;
use mapwright_runtime::layout::{Layout, PlaceId, SpaceId};
use physical::Physical;
use process::{Process, ProcessId};
use slab::Slabs;
use swap::Swap;
use tables::{DirectMap, PageTables};
use window::{AreaWindow, FixedWindow, SlotWindow, Windows};
pub use window::{KernelArea, KmapResult, Kunmapped, Woken};

/// A machine with a running kernel.
pub struct Machine {
    layout: Layout,
    space: SpaceId,
    physical_space: SpaceId,
    physical: Physical,
    kernel: PageTables,
    windows: LinearWindows,
    slabs: Slabs,
    zone_ids: BTreeMap<PlaceId, ZoneId>,
    choices: build::Choices,
    dynamic: Windows,
    direct: DirectMap,
    cpus: u32,
    processors: cost::Processors,
    bus: bus::Bus,
    random: Random,
    log: Option<Box<dyn EventLog>>,
    processes: BTreeMap<ProcessId, Process>,
    next_process: u32,
    /// Who maps each frame of processes.
    owners: BTreeMap<u64, Vec<(ProcessId, u64)>>,
    swap: Option<Swap>,
    /// A process is ended when memory runs out.
    ends_victims: bool,
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine")
            .field("layout", &self.layout.name())
            .field("physical", &self.physical)
            .finish_non_exhaustive()
    }
}

impl Machine {
    /// The layout.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The space that page tables translate.
    #[must_use]
    pub fn space(&self) -> SpaceId {
        self.space
    }

    /// The space of memory.
    #[must_use]
    pub fn physical_space(&self) -> SpaceId {
        self.physical_space
    }

    /// Memory with its allocator.
    #[must_use]
    pub fn physical(&self) -> &Physical {
        &self.physical
    }

    /// Memory with its allocator, to interpose or to write behind the kernel's back.
    pub fn physical_mut(&mut self) -> &mut Physical {
        &mut self.physical
    }

    /// The kernel's page tables.
    #[must_use]
    pub fn kernel_tables(&self) -> &PageTables {
        &self.kernel
    }

    /// The linear windows.
    #[must_use]
    pub fn linear_windows(&self) -> &LinearWindows {
        &self.windows
    }

    /// The slab caches.
    #[must_use]
    pub fn slabs(&self) -> &Slabs {
        &self.slabs
    }

    /// The pages of the direct map.
    #[must_use]
    pub fn direct_map(&self) -> &DirectMap {
        &self.direct
    }

    /// The windows with areas, in the order declared.
    pub fn area_windows(&self) -> impl Iterator<Item = &AreaWindow> {
        self.dynamic.areas.values()
    }

    /// The windows with slots, in the order declared.
    pub fn slot_windows(&self) -> impl Iterator<Item = &SlotWindow> {
        self.dynamic.slots.values()
    }

    /// The windows with fixed slots, in the order declared.
    pub fn fixed_windows(&self) -> impl Iterator<Item = &FixedWindow> {
        self.dynamic.fixed.values()
    }

    /// How many processors there are.
    #[must_use]
    pub fn cpus(&self) -> u32 {
        self.cpus
    }

    /// The machine's source of chance.
    pub fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// Sets who watches, or nobody.
    pub fn watch(&mut self, log: Option<Box<dyn EventLog>>) {
        self.log = log;
    }

    /// What the windows and the slabs work on, and those.
    fn parts(&mut self) -> (Ground<'_>, &mut Windows, &mut Slabs) {
        let ground = Ground {
            layout: &self.layout,
            physical_space: self.physical_space,
            cpus: self.cpus,
            physical: &mut self.physical,
            tables: &mut self.kernel,
            linear: &self.windows,
            zone_ids: &self.zone_ids,
            choices: &self.choices,
            log: &mut self.log,
        };
        (ground, &mut self.dynamic, &mut self.slabs)
    }

    fn note(&mut self, event: Event) {
        if let Some(log) = &mut self.log {
            log.note(&event);
        }
    }

    /// The bytes of a frame, and of the smallest page.
    #[must_use]
    pub fn page(&self) -> u64 {
        self.physical.memory().frame_bytes()
    }

    /// The zone that a choice names.
    #[must_use]
    pub fn zone(&self, choice: ZoneChoice) -> ZoneId {
        self.choices.zone(choice)
    }

    /// A zone and its fallback, in the order tried.
    fn zones_from(&self, choice: ZoneChoice) -> Vec<ZoneId> {
        self.choices.order(&self.physical, choice)
    }
}
