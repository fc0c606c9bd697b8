//! Walks of page tables.

mod agree;
mod caches;

use crate::samples::{formats as real, naive, odd_formats as formats, trees};
