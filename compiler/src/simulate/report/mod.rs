//! What a run prints, for people and for programs.

mod json;
mod text;

pub use json::Json;
pub use text::Text;

use super::run::{Output, Ran};

/// What prints a run: it is told what happens, then what it came to.
pub trait Report: Output {
    /// The run has ended.
    fn end(&mut self, ran: &Ran);
}

/// Where text goes; false once nobody reads it any more.
pub type Sink<'a> = &'a mut dyn FnMut(&str) -> bool;
