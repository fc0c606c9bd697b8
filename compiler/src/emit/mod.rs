//! Generated code: the constants of a layout for other programs, as Rust, JSON or TOML.
//!
//! `catalogue` lists what there is to write, whatever the target; `fixed` and `facts` are what the config parameters make
//! of the layout's terms and what is known of them for every boot. Each target only writes.

mod bounds;
pub mod collision;
mod data;
mod define;
pub mod export_name;
mod expression;
mod facts;
mod fixed;
pub mod no_value;
mod rust;
#[cfg(test)]
mod sketch;

pub use data::{json, toml};
pub use rust::rust;
