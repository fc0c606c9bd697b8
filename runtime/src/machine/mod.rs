//! The simulated machine: physical memory with its allocators, page tables that are real bytes, and
//! the kernel's and processes' view of both.

pub mod buddy;
pub mod memory;
mod random;

pub use random::Random;
