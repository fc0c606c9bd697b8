//! Walks of page tables.

mod faults;
mod ranges;

use crate::samples::{formats as real, odd_formats as formats, trees};
