//! The simulated machine: physical memory with its allocators, page tables that are real bytes, and
//! the kernel's and processes' view of both.

pub mod buddy;
mod random;

pub use random::Random;
