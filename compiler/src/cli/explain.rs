//! `mapwright explain`: the page of a diagnostic code.

use serde::Serialize;

use super::console::{Console, Exit, Failure};
use super::options::{Explain, TextOrJson};
use crate::diagnostic::Page;
use crate::did_you_mean::nearest;

/// `--format json`
#[derive(Debug, Serialize)]
struct JsonPage<'a> {
    /// The code.
    code: &'a str,
    /// One line.
    title: &'a str,
    /// The page, in Markdown.
    text: String,
}

/// Prints a page as it is written.
pub(super) fn run(command: &Explain, console: &mut Console<'_>) -> Result<Exit, Failure> {
    let page = find(&command.code)?;
    match command.format {
        TextOrJson::Text => {
            console.print(&page.text())?;
        }
        TextOrJson::Json => {
            let json = JsonPage {
                code: page.code,
                title: page.title,
                text: page.text(),
            };
            console.print_line(&serde_json::to_string(&json).unwrap_or_default())?;
        }
    }
    Ok(Exit::Fine)
}

/// The page of a code; `error[overlap]`, copied from a message, is understood too.
fn find(code: &str) -> Result<&'static Page, Failure> {
    let bare = code.trim();
    let bare = bare
        .strip_prefix("error")
        .or(bare.strip_prefix("warning"))
        .unwrap_or(bare);
    let bare = bare
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_ascii_lowercase();
    let pages = crate::pages();
    if let Some(page) = pages.iter().find(|page| page.code == bare) {
        return Ok(page);
    }
    let near = nearest(&bare, pages.iter().map(|page| page.code));
    let hint = match &near[..] {
        [] => "`mapwright list` prints all of them".to_string(),
        near => format!("did you mean {}?", near.join(" or ")),
    };
    Err(Failure::new(format!(
        "there is no diagnostic code `{code}`; {hint}"
    )))
}
