//! What is walked: the page-table format that `--paging` names, and the layout to compare with.

use mapwright_runtime::layout::{Layout, SpaceId};
use mapwright_runtime::paging::Format;

use super::super::console::{Console, Exit, Failure};
use super::super::open::{self, Need, Opener};
use super::super::options::{Walk, WalkFormat};
use crate::bundled;
use crate::did_you_mean::nearest;
use crate::model;
use crate::source::split_variant;

/// A format, and the space whose tables are in it.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) format: Format,
    /// The width of the space's addresses: 64 when no layout says it.
    pub(super) space_bits: u32,
    /// The layout that `--layout` names, and the space in it.
    pub(super) layout: Option<(Layout, SpaceId)>,
}

/// What the command line names, or how the command ends when that is wrong.
pub(super) fn open(
    command: &Walk,
    opener: &Opener,
    console: &mut Console<'_>,
) -> Result<Result<Subject, Exit>, Failure> {
    let json = command.format() == WalkFormat::Json;
    let layout = match &command.layout {
        Some(name) => {
            let set = &command.settings.set;
            match opener.right(name, set, Need::Instance, json, console)? {
                Ok((_, layout)) => Some(layout),
                Err(exit) => return Ok(Err(exit)),
            }
        }
        None => None,
    };
    let layout = match layout {
        Some(layout) => {
            let space = space_of(&layout, command)?;
            Some((layout, space))
        }
        None => None,
    };
    let own = layout
        .as_ref()
        .and_then(|(layout, space)| layout.format_of(*space));
    let format = match (&command.paging, own) {
        (Some(argument), _) => match named(argument, json, opener, console)? {
            Ok(format) => format,
            Err(exit) => return Ok(Err(exit)),
        },
        (None, Some(own)) => own.clone(),
        (None, None) => {
            return Err(Failure::new(
                "the layout gives the space no paging format; say which with --paging",
            ));
        }
    };
    let space_bits = layout
        .as_ref()
        .map_or(64, |(layout, space)| layout.space(*space).bits);
    Ok(Ok(Subject {
        format,
        space_bits,
        layout,
    }))
}

/// The space that `--space` names, or else the one that `translate` would take.
fn space_of(layout: &Layout, command: &Walk) -> Result<SpaceId, Failure> {
    match &command.space {
        Some(name) => super::super::translate::space_named(layout, name),
        None => super::super::translate::default_space(layout)
            .ok_or_else(|| Failure::new("the layout declares no space")),
    }
}

/// The format that `x86_64_4level`, `file.layout:NAME` or `std:paging/x86:NAME` names.
fn named(
    argument: &str,
    json: bool,
    opener: &Opener,
    console: &mut Console<'_>,
) -> Result<Result<Format, Exit>, Failure> {
    let (file, name) = match split_variant(argument) {
        (file, Some(name)) => (file.to_string(), Some(name)),
        (name, None) => match declared_in(name) {
            Some(path) => (format!("std:{}", bundled::short(path)), Some(name)),
            None if looks_like_a_file(name) => (name.to_string(), None),
            None => return Err(unknown(name)),
        },
    };
    if open::is_standard_input(&file) {
        return Err(Failure::new(
            "a paging format cannot come from standard input; name a file: `file.layout:NAME`",
        ));
    }
    let made = opener.open(&file, &[], Need::Declarations, console)?;
    if made.is_wrong() {
        open::report(&made, &file, json, console);
        return Ok(Err(open::exit_of(&made)));
    }
    let declared = choose(&made.model.formats, &file, name)?;
    let spec = declared.spec.clone();
    match spec.map(Format::new) {
        Some(Ok(format)) => Ok(Ok(format)),
        // Only a check tells where and why.
        _ => {
            let made = opener.open(&file, &[], Need::Proof, console)?;
            open::report(&made, &file, json, console);
            Ok(Err(open::exit_of(&made).max(Exit::Wrong)))
        }
    }
}

fn looks_like_a_file(name: &str) -> bool {
    name.starts_with("std:") || name.contains(['/', '\\', '.'])
}

/// The bundled file that declares a format of this name itself. Most are where formats are expected; only files that have the
/// name at all are parsed.
fn declared_in(name: &str) -> Option<&'static str> {
    let expected = |(path, _): &&(&str, &str)| path.starts_with("paging/");
    let first = bundled::FILES.iter().filter(expected);
    let rest = bundled::FILES.iter().filter(|file| !expected(file));
    let declares =
        |text: &str| text.contains(name) && names_in(text).iter().any(|found| found == name);
    let mut files = first.chain(rest);
    files
        .find(|(_, text)| declares(text))
        .map(|(path, _)| *path)
}

/// The names of the formats that a text declares.
fn names_in(text: &str) -> Vec<String> {
    use mapwright_grammar::ast::ItemKind;
    let (tree, _) = mapwright_grammar::parse(text);
    let items = tree.items.into_iter();
    let formats = items.filter_map(|item| match item.kind {
        ItemKind::Paging(paging) => Some(paging.name.text),
        _ => None,
    });
    formats.collect()
}

fn unknown(name: &str) -> Failure {
    let names: Vec<String> = bundled::FILES
        .iter()
        .flat_map(|(_, text)| names_in(text))
        .collect();
    let near = nearest(name, names.iter().map(String::as_str));
    let hint = match &near[..] {
        [] => "`mapwright list` shows them; one of your own is `file.layout:NAME`".to_string(),
        near => format!("did you mean {}?", near.join(" or ")),
    };
    Failure::new(format!(
        "there is no bundled paging format `{name}`; {hint}"
    ))
}

/// The format of this name, or the only one.
fn choose<'f>(
    formats: &'f [model::Format],
    file: &str,
    name: Option<&str>,
) -> Result<&'f model::Format, Failure> {
    let names = || formats.iter().map(|format| format.name.as_str());
    let list = || names().collect::<Vec<_>>().join(", ");
    match (name, formats) {
        (_, []) => Err(Failure::new(format!("{file} declares no paging format"))),
        (None, [only]) => Ok(only),
        (None, [first, ..]) => Err(Failure::new(format!(
            "{file} has several paging formats, {}; name one: `{file}:{}`",
            list(),
            first.name
        ))),
        (Some(name), _) => formats
            .iter()
            .find(|format| format.name == name)
            .ok_or_else(|| {
                let near = nearest(name, names());
                let hint = match &near[..] {
                    [] => format!("it has {}", list()),
                    near => format!("did you mean {}?", near.join(" or ")),
                };
                Failure::new(format!("{file} has no paging format `{name}`; {hint}"))
            }),
    }
}
