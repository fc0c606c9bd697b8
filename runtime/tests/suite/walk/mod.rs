//! Walks of page tables.

mod agree;
mod caches;
mod faults;
mod formats;
mod naive;
mod ranges;
#[path = "../machine/formats.rs"]
mod real;
mod trees;
