//! Checked memory layouts and what can be done with one: translation in both directions, paging
//! formats as data, and walks of page tables.
//!
//! A [`layout::Layout`] is one instance of a layout file: every parameter has a value, every range
//! is a number. It is only made by [`layout::LayoutBuilder`], which checks it, so that what takes a
//! `Layout` needs no checks of its own.
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
