//! `mapwright emit`: source code generated from a layout.

use super::console::{Console, Exit, Failure};
use super::open::{self, Need, Opener};
use super::options::{Emit, EmitTarget};
use super::whole;
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
    let emitted = match command.target {
        EmitTarget::Rust => crate::on_large_stack(|| {
            crate::emit::rust(&made.model, &made.values, name).map_err(Box::new)
        }),
    };
    match emitted {
        Ok(text) => {
            whole::output(command.output.as_deref(), &text, console)?;
            Ok(Exit::Fine)
        }
        Err(diagnostic) => {
            made.diagnostics.push(*diagnostic);
            open::report(&made, &command.layout, false, console);
            Ok(Exit::Wrong)
        }
    }
}
