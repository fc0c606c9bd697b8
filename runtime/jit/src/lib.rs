//! Translators: the exact translation of a layout as machine code that looks into small tables,
//! and the same tables walked in Rust where executable memory is refused.

#![deny(unsafe_code)]

extern crate alloc;

mod code;
mod cuts;
mod inverse;
mod lookup;
mod meaning;
mod memory;
mod plan;
mod table;
mod translator;
mod walker;

pub use inverse::InverseTranslator;
pub use translator::{Answer, Engine, Translator};
pub use walker::{FoundPage, WalkCache, WalkEngine, Walker};

#[cfg(test)]
mod tests;
