//! Tests of the crate as a whole.

mod arbitrary;
mod hostile;
mod mistakes;
mod roundtrip;
