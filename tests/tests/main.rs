//! Mapwright as its users meet it.

mod accept;
mod agree;
mod cli;
mod docs;
mod edits;
mod emit;
mod fixtures;
mod reject;
mod tidy;
mod truth;
