//! Checked memory layouts and what can be done with one: translation in both directions, paging
//! formats as data, and, with the feature `jit`, translators as machine code.
//!
//! A [`layout::Layout`] is one instance of a layout file: every parameter has a value, every range
//! is a number. It is only made by [`layout::LayoutBuilder`], which checks it, so that what takes a
//! `Layout` needs no checks of its own.
//!
//! The crate is `no_std` with `alloc` when the feature `std` is off. It reads no files and prints
//! nothing.

#![cfg_attr(not(any(feature = "std", test)), no_std)]
#![deny(unsafe_code)]

extern crate alloc;

pub mod access;
#[cfg(feature = "jit")]
pub mod jit;
pub mod layout;
pub mod machine;
pub mod paging;
pub mod range;
pub mod translate;
pub mod walk;

pub use access::Access;
pub use range::Range;
