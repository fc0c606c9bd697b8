//! The laws of a layout, checked once more than the compiler does: whoever holds a layout may rely
//! on them, wherever it came from.

mod ranges;
mod references;

pub(super) use ranges::ranges;
pub(super) use references::references;
