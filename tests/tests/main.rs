//! Mapwright as its users meet it.

mod accept;
mod agree;
mod boundaries;
mod cli;
mod docs;
mod edits;
mod emit;
mod engines;
mod fixtures;
mod growth;
mod modules;
mod numbers;
mod paging;
mod proposals;
mod reject;
mod simulate;
mod tidy;
mod trace;
mod truth;
mod walk;
