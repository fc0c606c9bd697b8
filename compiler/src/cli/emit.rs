//! `mapwright emit`: source code generated from a layout.

use super::console::{Console, Exit, Failure};
use super::open::Opener;
use super::options::{Emit, EmitTarget};
use super::whole;

/// Generates code.
pub(super) fn run(
    command: &Emit,
    opener: &Opener,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let checked = opener.check(&command.layout, &command.settings.set, console)?;
    let text = match command.target {
        EmitTarget::Rust => String::new(),
    };
    whole::output(command.output.as_deref(), &text, console)?;
    Ok(Exit::Fine)
}
