//! Translators: the exact translation of a layout as machine code that looks into small tables,
//! and the same tables walked in Rust where executable memory is refused.
//!
//! # What is here for whom
//!
//! | who | what |
//! |---|---|
//! | translates millions of addresses of one layout | [`Translator`], and [`InverseTranslator`] for frames; `examples/translate_batch.rs` |
//! | walks page tables for as many | [`Walker`], with a [`WalkCache`] from batch to batch |
//! | has one address | `Layout::translate` and `Interpreter` of `mapwright-runtime`, which need no code |
//!
//! # What holds
//!
//! The answers are those of `mapwright-runtime`, address by address: what code cannot answer it leaves to the interpreter.
//! This package is the only owner of executable memory, and but for one call that maps files the only one with unsafe code. Memory is
//! never writable and executable at once, and is given back when its owner is dropped. Code reads only its own tables and the
//! image it is given, whatever the tables in the image say.
//!
//! There is machine code on 64-bit little-endian Unix systems whose processors Cranelift knows; elsewhere, and where the system
//! refuses executable memory, the same calls work without it ([`Translator::engine`] tells).

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
