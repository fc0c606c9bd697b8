//! Walks of page tables.

mod agree;
mod caches;
mod faults;
mod formats;
mod naive;
mod ranges;
mod trees;

use crate::machine::formats as real;
