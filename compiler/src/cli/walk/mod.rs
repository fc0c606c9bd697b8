//! `mapwright walk`: what the page tables in a memory image map.
//!
//! Addresses are walked one by one, or all that the tables map is printed as ranges and, with a layout, compared with
//! what the layout declares.

mod answers;
mod cores;
mod engine;
mod findings;
mod gaps;
mod images;
mod ranges;
mod subject;
mod wanted;

use mapwright_runtime::paging::{AddressForm, Format};
use mapwright_runtime::walk::WalkFault;
use serde::Serialize;

use super::address;
use super::console::{Console, Exit, Failure};
use super::open::{Opener, is_standard_input};
use super::options::Walk;
use answers::Printer;
use engine::Walker;
use images::OpenImage;
use subject::Subject;

/// Walks the tables of some images.
pub(super) fn run(
    command: &Walk,
    opener: &Opener,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    if command.layout.is_none() && !command.settings.set.is_empty() {
        return Err(Failure::new(
            "--set fixes parameters of a layout; say which with --layout",
        ));
    }
    if command.layout.is_some() && !command.all {
        return Err(Failure::new(
            "--layout is what --all is compared with; write --all, and no addresses",
        ));
    }
    let layout_from_input = command.layout.as_deref().is_some_and(is_standard_input);
    if layout_from_input && command.paging.as_deref().is_some_and(is_standard_input) {
        return Err(Failure::new(
            "standard input cannot be the layout and the paging format",
        ));
    }
    let subject = match subject::open(command, opener, console)? {
        Ok(subject) => subject,
        Err(exit) => return Ok(exit),
    };
    let roots = roots(&command.roots, &subject.format)?;
    let open: Vec<OpenImage> = command
        .images
        .iter()
        .map(|argument| OpenImage::open(argument))
        .collect::<Result<_, _>>()?;
    let mut image = images::join(&open)?;
    if let Some(bits) = command.physical_bits {
        image = image.bounded(bits);
    }
    let walker = Walker::new(&subject, &image, &roots, command.reading(), command.engine)?;
    match command.all {
        true => ranges::print(&subject, &walker, command.format(), console),
        false => addresses(command, &subject, &walker, console),
    }
}

fn addresses(
    command: &Walk,
    subject: &Subject,
    walker: &Walker<'_>,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let wanted = match &command.access {
        Some(rights) => wanted::parse(rights)?,
        None => Vec::new(),
    };
    let mut printer = Printer::new(&subject.format, command.format());
    address::for_each(&command.addresses, console, &mut |address| {
        let found = walker.walk(address, &wanted);
        printer.lines(address, &found)
    })
}

/// The physical addresses of the roots, as many as the format can have.
fn roots(arguments: &[String], format: &Format) -> Result<Vec<u64>, Failure> {
    let most = match format.form() {
        AddressForm::TwoRoots => 2,
        _ => 1,
    };
    if arguments.len() > most {
        let name = format.name();
        let message = match most {
            1 => format!(
                "`{name}` has one root, but --root is given {} times",
                arguments.len()
            ),
            _ => format!(
                "`{name}` has two roots, for the lower and the upper half of addresses, but --root is given {} times",
                arguments.len()
            ),
        };
        return Err(Failure::new(message));
    }
    let root = |text: &String| {
        let wrong = |problem: String| Failure::new(format!("--root: {problem}"));
        address::parse_physical(text).map_err(wrong)
    };
    arguments.iter().map(root).collect()
}

/// `rwxug`, with `-` for what is not allowed.
fn rights_text(access: mapwright_runtime::Access) -> String {
    let letter = |allowed, letter| if allowed { letter } else { '-' };
    format!(
        "{access}{}{}",
        letter(access.user, 'u'),
        letter(access.global, 'g')
    )
}

/// An entry, in `--format json`.
#[derive(Debug, Serialize)]
struct JsonEntry<'a> {
    /// Its level, by its name in the format.
    level: Option<&'a str>,
    /// The entry.
    entry: String,
    /// Where it stands.
    entry_at: String,
}

impl<'a> JsonEntry<'a> {
    /// That of a fault; `None` when no table was looked at.
    fn of(fault: &WalkFault, format: &'a Format) -> Option<Self> {
        let (level, at, entry) = fault.place()?;
        let level = format.levels().get(level as usize);
        Some(Self {
            level: level.map(|level| level.name.as_str()),
            entry: format!("{entry:#x}"),
            entry_at: format!("{at:#x}"),
        })
    }
}

/// One line of `--format json`.
fn json_line(value: &impl Serialize) -> String {
    // Strings and numbers always have a JSON form.
    let mut line = serde_json::to_string(value).unwrap_or_default();
    line.push('\n');
    line
}
