//! `mapwright fmt`: canonical formatting.

use std::path::Path;

use serde::Serialize;

use super::console::{Console, Exit, Failure};
use super::options::{Fmt, TextOrJson};
use super::{open, whole};
use crate::diagnostic::Diagnostic;
use crate::source::{Disk, Files, MAX_BYTES, ReadError, Sources};
use crate::syntax;
use crate::syntax::not_utf8;

/// `--check --format json`: one line per file.
#[derive(Debug, Serialize)]
struct JsonFile {
    /// The file as it was named.
    file: String,
    /// True when formatting would not change it.
    formatted: bool,
}

/// Formats every file, also after one that cannot be.
pub(super) fn run(command: &Fmt, console: &mut Console<'_>) -> Result<Exit, Failure> {
    let mut exit = Exit::Fine;
    for path in &command.files {
        exit = exit.max(match one(path, command, console) {
            Ok(exit) => exit,
            Err(failure) => {
                console.complain(&failure);
                Exit::Failed
            }
        });
    }
    Ok(exit)
}

fn one(path: &Path, command: &Fmt, console: &mut Console<'_>) -> Result<Exit, Failure> {
    let from_input = path == Path::new("-");
    let (name, bytes) = if from_input {
        ("<stdin>".to_string(), console.read_all(MAX_BYTES)?)
    } else {
        (path.display().to_string(), read(path)?)
    };
    let json = command.format == TextOrJson::Json;
    let Some((before, after)) = formatted(&name, bytes, json, console) else {
        return Ok(Exit::Wrong);
    };
    match (command.check, from_input) {
        (true, _) => return report_difference(name, before == after, json, console),
        (false, true) => console.print(&after)?,
        (false, false) if before != after => whole::write(path, after.as_bytes())?,
        (false, false) => {}
    }
    Ok(Exit::Fine)
}

fn report_difference(
    file: String,
    formatted: bool,
    json: bool,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    if json {
        let line = serde_json::to_string(&JsonFile { file, formatted });
        console.print_line(&line.unwrap_or_default())?;
    } else if !formatted {
        console.print_line(&crate::diagnostic::visible_line(&file))?;
    }
    Ok(if formatted { Exit::Fine } else { Exit::Wrong })
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let failure =
        |reason: &str| Failure::new(format!("cannot read `{}`: {reason}", path.display()));
    Disk.read(path, MAX_BYTES).map_err(|error| match error {
        ReadError::NotFound => failure("there is no such file"),
        ReadError::Directory => failure("it is a directory"),
        ReadError::TooLarge => failure(&format!("it has more than {MAX_BYTES} bytes")),
        ReadError::Refused(words) => failure(&words),
    })
}

/// The text as it was and as it should be; `None` when it has mistakes, which are reported.
fn formatted(
    name: &str,
    bytes: Vec<u8>,
    json: bool,
    console: &mut Console<'_>,
) -> Option<(String, String)> {
    let mut sources = Sources::default();
    let diagnostics: Vec<Diagnostic> = match String::from_utf8(bytes) {
        Ok(text) => {
            let (tree, errors) = mapwright_grammar::parse(&text);
            if errors.is_empty() {
                let after = mapwright_grammar::print(&tree);
                return Some((text, after));
            }
            let file = sources.add(name, text);
            errors
                .iter()
                .map(|error| syntax::diagnostic(file, error))
                .collect()
        }
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let byte = error.as_bytes()[valid];
            let file = sources.add(name, String::from_utf8_lossy(error.as_bytes()));
            vec![not_utf8::at(file, valid, byte, None)]
        }
    };
    open::print_messages(&diagnostics, 0, &sources, name, json, console);
    None
}
