//! Checked memory layouts and what can be done with one: translation in both directions, paging
//! formats as data, and walks of page tables.
//!
//! A [`layout::Layout`] is one instance of a layout file: every parameter has a value, every range
//! is a number. It is only made by [`layout::LayoutBuilder`], which checks it, so that what takes a
//! `Layout` needs no checks of its own.
//!
//! # What is here for whom
//!
//! | who | what |
//! |---|---|
//! | asks what one address means | [`layout::Layout::translate`], [`layout::Layout::reverse`] |
//! | makes something else of the rules, such as code | [`layout::Layout::stretches_of`] |
//! | reads page tables, of a dump or of memory at hand | [`walk::Interpreter`], with a [`walk::Image`] or one's own [`walk::PhysicalMemory`]; `examples/walk_image.rs` |
//! | declares a format of page tables in Rust | [`paging::FormatSpec`], checked by [`paging::Format::new`] |
//! | makes layouts without the language | [`layout::LayoutBuilder`]; the compiler (`mapwright`) makes them from layout files |
//!
//! Two packages are built on this one: `mapwright-jit` does translations and walks by machine code, for millions of
//! addresses, and `mapwright-machine` is a machine that lives in a layout.
//!
//! # Units and ends
//!
//! Addresses and sizes are in bytes; a frame's number is its physical address divided by the bytes of a frame. A
//! [`Range`] has an inclusive last address, so that it may end at 2^64, and is never empty; sizes and ends that may be 2^64
//! are `u128`. Levels of page tables are counted from the top, which is 0. What a function cannot do is an error that
//! says where and by how much; a panic is for ids that belong to another layout.
//!
//! The crate is `no_std` with `alloc`. It reads no files and prints nothing.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod access;
pub mod layout;
pub mod paging;
pub mod range;
pub use layout::translate;
pub mod walk;

pub use access::Access;
pub use range::Range;
