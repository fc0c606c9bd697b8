//! Walks of page tables.

mod agree;
mod caches;
mod formats;
mod naive;
mod trees;
