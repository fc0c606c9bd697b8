//! The simulated machine.

mod buddy;
