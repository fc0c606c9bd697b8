//! Tests of the crate as a whole.

mod arbitrary;
mod format;
mod hostile;
mod mistakes;
mod pieces;
mod reference;
mod roundtrip;
mod spans;
