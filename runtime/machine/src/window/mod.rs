//! The kernel's dynamic windows: areas (`vmalloc`, `ioremap`), slots (`kmap`) and fixed slots.
//!
//! Each keeps its own books; the machine takes the frames and writes the page tables.

mod areas;
mod error;
mod fixed;
mod slots;

pub use areas::{Area, AreaUse, AreaWindow};
pub use error::WindowError;
pub use fixed::{FixedMapping, FixedWindow};
pub use slots::{Freed, Slot, SlotUse, SlotWindow, Waiter};
