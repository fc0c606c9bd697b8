//! Mapwright as its users meet it.

mod cli;
mod tidy;
