//! The simulated machine.

mod buddy;
mod memory;
