//! What the tests and benchmarks of the packages below `runtime/` share: layouts, formats, and trees of page tables with
//! a walker that shares nothing with the product's.

// Each binary that includes this folder uses another part of it.
#![allow(dead_code, unreachable_pub)]

pub mod formats;
mod layouts;
pub mod naive;
pub mod odd_formats;
pub mod random_layouts;
pub mod trees;

pub use layouts::*;
