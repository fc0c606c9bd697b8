//! `mapwright show`: the memory map of one instance.

use super::console::{Console, Exit, Failure};
use super::open::Opener;
use super::options::{Show, ShowFormat};
use super::whole;

/// Shows one instance of a layout.
pub(super) fn run(
    command: &Show,
    opener: &Opener,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let opened = opener.instance(&command.layout, &command.settings.set, false, console)?;
    let layout = match opened {
        Ok(layout) => layout,
        Err(exit) => return Ok(exit),
    };
    let text = match command.format {
        ShowFormat::Text => crate::show::text(&layout),
        ShowFormat::Markdown => crate::show::markdown(&layout),
    };
    whole::output(command.output.as_deref(), &text, console)?;
    Ok(Exit::Fine)
}
