//! The bundled Linux layouts are held to the world: to what real kernels printed or had in memory, to the tables of Linux's
//! own documentation, and to a second computation of the same numbers, written after the kernel's headers and not after
//! the layouts.
//!
//! The figures are in the JSON files beside this module, each with its source. A name in `observed` is the kernel's own
//! name of a value; ranges of frames are half-open, `last` of a documented row is inclusive.

mod dice;
mod facts;
mod headers;
mod i386;
mod instance;
mod kaslr;
mod x86_64;
