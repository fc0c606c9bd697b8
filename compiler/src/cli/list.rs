//! `mapwright list`: what is bundled, and what can be explained.

use std::fmt::Write as _;

use mapwright_runtime::paging::Format;
use serde::Serialize;

use super::console::{Console, Exit, Failure};
use super::open::{Need, Opener};
use super::options::{List, TextOrJson};
use crate::bundled;
use crate::diagnostic::visible_line;
use crate::show_value::size_text;
use crate::wrap::hanging;

/// One line of `--format json`.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum JsonEntry {
    /// A bundled layout.
    Layout {
        /// How the command line names it.
        name: String,
        /// The first line of its documentation.
        doc: String,
    },
    /// A bundled page-table format.
    Paging {
        /// Its name.
        name: String,
        /// The bundled file that declares it.
        file: String,
        /// The width of a virtual address.
        address_bits: u32,
        /// The width of a physical address.
        physical_bits: u32,
        /// The names of its levels, top first.
        levels: Vec<String>,
        /// The bytes of the pages that it can map, smallest first.
        page_sizes: Vec<u64>,
        /// The first line of its documentation.
        doc: String,
    },
    /// A diagnostic code.
    Diagnostic {
        /// The code.
        code: &'static str,
        /// What it is about.
        title: &'static str,
    },
}

/// Prints all three lists.
pub(super) fn run(
    command: &List,
    opener: &Opener,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    let mut entries = layouts();
    entries.extend(formats(opener, console)?);
    entries.extend(codes());
    let text = match command.format {
        TextOrJson::Text => text(&entries),
        TextOrJson::Json => json(&entries),
    };
    console.print(&text)?;
    Ok(Exit::Fine)
}

fn first_line(doc: &str) -> String {
    visible_line(doc.lines().next().unwrap_or_default())
}

fn layouts() -> Vec<JsonEntry> {
    let entry = |&(path, text): &(&str, &str)| {
        let (tree, _) = mapwright_grammar::parse(text);
        JsonEntry::Layout {
            name: format!("std:{}", bundled::short(path)),
            doc: tree
                .docs
                .first()
                .map(|doc| first_line(doc))
                .unwrap_or_default(),
        }
    };
    bundled::FILES.iter().map(entry).collect()
}

/// The formats that bundled files declare, each under the file that declares it.
fn formats(opener: &Opener, console: &mut Console<'_>) -> Result<Vec<JsonEntry>, Failure> {
    let mut entries = Vec::new();
    for name in bundled::names() {
        let file = format!("std:{name}");
        let made = opener.open(&file, &[], Need::Declarations, console)?;
        for declared in &made.model.formats {
            let here = made.sources.get(declared.loc.file).name == file;
            let spec = declared.spec.clone().filter(|_| here);
            if let Some(Ok(format)) = spec.map(Format::new) {
                entries.push(format_entry(&file, &format));
            }
        }
    }
    Ok(entries)
}

fn format_entry(file: &str, format: &Format) -> JsonEntry {
    JsonEntry::Paging {
        name: format.name().to_string(),
        file: file.to_string(),
        address_bits: format.va_bits(),
        physical_bits: format.physical_bits(),
        levels: format
            .levels()
            .iter()
            .map(|level| level.name.clone())
            .collect(),
        page_sizes: format.leaf_sizes(),
        doc: first_line(&format.spec().doc),
    }
}

fn codes() -> Vec<JsonEntry> {
    let entry = |page: &crate::diagnostic::Page| JsonEntry::Diagnostic {
        code: page.code,
        title: page.title,
    };
    crate::pages().into_iter().map(entry).collect()
}

fn json(entries: &[JsonEntry]) -> String {
    let mut text = String::new();
    for entry in entries {
        // Strings and numbers always have a JSON form.
        text.push_str(&serde_json::to_string(entry).unwrap_or_default());
        text.push('\n');
    }
    text
}

fn text(entries: &[JsonEntry]) -> String {
    let (mut layouts, mut formats, mut codes) = (Vec::new(), Vec::new(), Vec::new());
    for entry in entries {
        match entry {
            JsonEntry::Layout { name, doc } => layouts.push((name.clone(), doc.clone())),
            JsonEntry::Paging { name, .. } => formats.push((name.clone(), format_words(entry))),
            JsonEntry::Diagnostic { code, title } => {
                codes.push(((*code).to_string(), (*title).to_string()));
            }
        }
    }
    let mut text = String::new();
    for (title, rows) in [
        ("bundled layouts", layouts),
        (
            "paging formats (address -> physical bits, levels, page sizes)",
            formats,
        ),
        ("diagnostic codes (mapwright explain CODE)", codes),
    ] {
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{gap}{title}");
        let width = rows.iter().map(|(name, _)| name.chars().count()).max();
        for (name, words) in rows {
            let start = format!("  {name:<0$}  ", width.unwrap_or(0));
            text.push_str(&hanging(&start, &words));
        }
    }
    text
}

/// `48 -> 52 bits, PML4 PDPT PD PT, 4K 2M 1G`
fn format_words(entry: &JsonEntry) -> String {
    let JsonEntry::Paging {
        address_bits,
        physical_bits,
        levels,
        page_sizes,
        ..
    } = entry
    else {
        return String::new();
    };
    let sizes: Vec<String> = page_sizes
        .iter()
        .map(|size| size_text(i128::from(*size)))
        .collect();
    format!(
        "{address_bits} -> {physical_bits} bits, {}, {}",
        levels.join(" "),
        sizes.join(" ")
    )
}
