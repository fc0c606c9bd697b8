//! `mapwright show`: the memory map of one instance.

use super::console::{Console, Exit, Failure};
use super::open::{Need, Opener};
use super::options::{Show, ShowFormat};
use super::whole;
use crate::show;

/// Shows one instance of a layout.
pub(super) fn run(
    command: &Show,
    opener: &Opener,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let set = &command.settings.set;
    let json = command.format == ShowFormat::Json;
    let opened = opener.right(&command.layout, set, Need::Instance, json, console)?;
    let layout = match opened {
        Ok((_, layout)) => layout,
        Err(exit) => return Ok(exit),
    };
    let text = match command.format {
        ShowFormat::Text => show::text(&layout, show::Options { unicode: true }),
        ShowFormat::Markdown => show::markdown(&layout),
        ShowFormat::Svg => show::svg(&layout),
        ShowFormat::Html => show::html(&layout),
        ShowFormat::Json => show::json(&layout),
    };
    whole::output(command.output.as_deref(), &text, console)?;
    Ok(Exit::Fine)
}
