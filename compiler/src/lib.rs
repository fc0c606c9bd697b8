//! The Mapwright compiler.

pub mod diagnostic;
pub mod model;
pub mod prove;
pub mod show_value;
pub mod source;
pub mod term;
