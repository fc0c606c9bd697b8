//! The command line, held to its contract: exit codes, streams, machine formats, and bad input.

mod bad_input;
mod commands;
mod files;
mod pipes;
pub(crate) mod program;
mod translating;
