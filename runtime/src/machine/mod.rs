//! The simulated machine: physical memory with its allocators, page tables that are real bytes, and
//! the kernel's and processes' view of both.

pub mod buddy;
pub mod direct;
mod error;
pub mod laws;
pub mod memory;
pub mod physical;
mod random;
pub mod slab;
pub mod tables;

pub use error::MachineError;
pub use random::Random;
