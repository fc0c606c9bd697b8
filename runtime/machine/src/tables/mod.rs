//! Page tables: real bytes in simulated memory, in any declared format.
//!
//! [`PageTables`] writes them, with an [`Encoder`] that has solved the format's conditions for the bits of
//! an entry. [`walk`] and [`for_each_page`] read them as a processor would, straight from the declaration of
//! the format; the two share no code but the meaning of rights, and every change that the one makes is looked at with the
//! other.

mod direct;
mod encode;
mod entries;
mod error;
mod map;
mod pattern;
mod rights;
mod walk;

pub use direct::{DirectMap, DirectPages};
pub use encode::{Encoder, Marks};
pub use error::TableError;
pub use map::{Mapping, PageTables};
pub use mapwright_runtime::walk::{Page, Walk, WalkFault, for_each_page, walk};
