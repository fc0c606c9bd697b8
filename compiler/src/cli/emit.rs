//! `mapwright emit`: source code and constants generated from a layout.

use super::console::{Console, Exit, Failure};
use super::open::{self, Need, Opener};
use super::options::{Emit, EmitTarget};
use super::whole;
use crate::emit;
use crate::source::split_variant;

/// Generates code.
pub(super) fn run(
    command: &Emit,
    opener: &Opener,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let set = &command.settings.set;
    let opened = opener.right(&command.layout, set, Need::Proof, false, console)?;
    let mut made = match opened {
        Ok((made, _)) => made,
        Err(exit) => return Ok(exit),
    };
    let name = split_variant(&command.layout).0;
    let write = match command.target {
        EmitTarget::Rust => emit::rust,
        EmitTarget::Json => emit::json,
        EmitTarget::Toml => emit::toml,
    };
    let emitted = crate::on_large_stack(|| write(&made.model, &made.values, name));
    match emitted {
        Ok(text) => {
            whole::output(command.output.as_deref(), &text, console)?;
            Ok(Exit::Fine)
        }
        Err(diagnostic) => {
            // It has been a warning until now.
            made.diagnostics.retain(|told| told.code != diagnostic.code);
            made.diagnostics.push(*diagnostic);
            open::report(&made, &command.layout, false, console);
            Ok(Exit::Wrong)
        }
    }
}
