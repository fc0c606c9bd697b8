//! The kernel's dynamic windows: areas (`vmalloc`, `ioremap`), slots (`kmap`) and fixed slots.
//!
//! Each keeps its own books of what is where ([`AreaWindow`], [`SlotWindow`], [`FixedWindow`]); `Windows` has them all,
//! takes the frames and writes the page tables.

mod area_window;
mod fixed;
mod kmap;
mod slot_window;
mod vmalloc;

pub use crate::window_error::WindowError;
pub use area_window::{Area, AreaUse, AreaWindow};
pub use fixed::{FixedMapping, FixedWindow};
pub(crate) use kmap::processors_of;
pub use kmap::{KmapResult, Kunmapped, Woken};
pub use slot_window::{Freed, Slot, SlotUse, SlotWindow, Waiter};
pub use vmalloc::KernelArea;

use alloc::collections::BTreeMap;
use alloc::string::ToString;
use alloc::vec::Vec;
use mapwright_runtime::layout::{Layout, PlaceId, PlaceKind, SpaceId, Target};
use mapwright_runtime::range::Range;

/// The dynamic windows of a machine, each by its place in the layout, so in the order declared.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    pub(crate) areas: BTreeMap<PlaceId, AreaWindow>,
    pub(crate) slots: BTreeMap<PlaceId, SlotWindow>,
    pub(crate) fixed: BTreeMap<PlaceId, FixedWindow>,
    /// Windows that show the descriptors of frames.
    pub(crate) descriptors: Vec<Range>,
}

impl Windows {
    /// Opens the books of the windows of a space, in pages of so many bytes.
    pub(crate) fn open(layout: &Layout, space: SpaceId, page: u64) -> Self {
        let mut open = Self::default();
        let places = layout.places();
        for (id, place) in
            places.filter(|(_, place)| place.space == space && place.kind == PlaceKind::Window)
        {
            let name = place.label().to_string();
            match &place.target {
                Target::Pages { .. } | Target::Device { .. } => {
                    let guard = match place.target {
                        Target::Pages { guard, .. } => guard,
                        _ => page,
                    };
                    let inner = layout.children(id).iter();
                    let taken: Vec<Range> = inner.map(|id| layout.place(*id).range).collect();
                    let window = AreaWindow::new(id, name, place.range, guard, page, &taken);
                    open.areas.insert(id, window);
                }
                Target::Slots { count, .. } => {
                    let window = SlotWindow::new(id, name, place.range, page, *count);
                    open.slots.insert(id, window);
                }
                Target::Fixed { .. } => {
                    open.fixed.insert(id, FixedWindow::new(layout, id, page));
                }
                _ => {}
            }
        }
        open
    }
}
