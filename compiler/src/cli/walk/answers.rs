//! How walks to single addresses are printed: plain lines, a table, or JSON objects.

use mapwright_runtime::paging::Format;
use mapwright_runtime::walk::{Walk, WalkFault};
use serde::Serialize;

use super::super::options::WalkFormat;
use super::{JsonEntry, json_line, rights_text};
use crate::show_value::size_text;

/// Prints walks in one format.
#[derive(Debug)]
pub(super) struct Printer<'f> {
    format: &'f Format,
    how: WalkFormat,
    headed: bool,
}

/// One line of `--format json`. Addresses and entries are strings, because JSON numbers are exact to 53 bits only in many
/// programs.
#[derive(Debug, Serialize)]
struct JsonWalk<'a> {
    /// The address walked to.
    address: String,
    /// `mapped` or `fault`.
    result: &'static str,
    /// The address translated to; `null` for a fault.
    physical: Option<String>,
    /// The bytes of the page that holds it.
    page: Option<String>,
    /// The first address of that page.
    page_address: Option<String>,
    /// The physical address of that page.
    page_physical: Option<String>,
    /// `rwxug`, with `-` for what is not allowed: read, write, execute, user, global.
    access: Option<String>,
    /// `not_present`, `reserved_bit`, `permission`, `non_canonical`, `bad_table_address` or `image_hole`; `null` when the
    /// address is mapped.
    fault: Option<&'static str>,
    /// The level of the last entry, by its name in the format; `null` when no table was looked at.
    level: Option<&'a str>,
    /// The last entry that was read: that of the page, or the one at fault. For `bad_table_address` and `image_hole` what
    /// led there: the entry of the level above, or the root.
    entry: Option<String>,
    /// Where the entry of `level` stands, or would stand.
    entry_at: Option<String>,
    /// The first entry on the way that has reserved bits set and was followed all the same; `null` for none.
    reserved_bit: Option<JsonEntry<'a>>,
}

impl<'f> Printer<'f> {
    pub(super) fn new(format: &'f Format, how: WalkFormat) -> Self {
        Self {
            format,
            how,
            headed: false,
        }
    }

    /// The lines for one walk.
    pub(super) fn lines(&mut self, address: u128, found: &Result<Walk, WalkFault>) -> String {
        match self.how {
            WalkFormat::Plain => match found {
                Ok(walk) => {
                    let note = walk.reserved.map(|fault| self.note(&fault));
                    let note = note.unwrap_or_default();
                    format!("{address:#x} {:#x}{note}\n", walk.physical)
                }
                Err(fault) => format!("{address:#x} fault {}\n", fault.in_format(self.format)),
            },
            WalkFormat::Json => json_line(&self.json(address, found)),
            WalkFormat::Text => self.row(address, found),
        }
    }

    /// What a line says of an entry with reserved bits that was followed.
    fn note(&self, fault: &WalkFault) -> String {
        format!(" {}", fault.in_format(self.format))
    }

    fn level_name(&self, level: u32) -> Option<&'f str> {
        let level = self.format.levels().get(level as usize)?;
        Some(&level.name)
    }

    fn json(&self, address: u128, found: &Result<Walk, WalkFault>) -> JsonWalk<'f> {
        let place = match found {
            Ok(walk) => Some((walk.level, walk.page.entry_at, walk.page.entry)),
            Err(fault) => fault.place(),
        };
        let hex = |value: u64| format!("{value:#x}");
        let walk = found.as_ref().ok();
        JsonWalk {
            address: format!("{address:#x}"),
            result: if found.is_ok() { "mapped" } else { "fault" },
            physical: walk.map(|walk| hex(walk.physical)),
            page: walk.map(|walk| hex(walk.page.bytes)),
            page_address: walk.map(|walk| hex(walk.page.address)),
            page_physical: walk.map(|walk| hex(walk.page.physical)),
            access: walk.map(|walk| rights_text(walk.page.access)),
            fault: found.as_ref().err().map(WalkFault::word),
            level: place.and_then(|(level, ..)| self.level_name(level)),
            entry: place.map(|(.., entry)| hex(entry)),
            entry_at: place.map(|(_, at, _)| hex(at)),
            reserved_bit: walk.and_then(|walk| JsonEntry::of(walk.reserved.as_ref()?, self.format)),
        }
    }

    /// A line of the table, with its head before the first.
    fn row(&mut self, address: u128, found: &Result<Walk, WalkFault>) -> String {
        let width = 2 + self.format.va_bits().div_ceil(4).max(8) as usize;
        let line = |cells: [&str; 5]| {
            let [address, meaning, page, access, entry] = cells;
            let line = format!("{address:<width$}  {meaning:<23}  {page:<4}  {access:<6}  {entry}");
            format!("{}\n", line.trim_end())
        };
        let mut text = String::new();
        if !std::mem::replace(&mut self.headed, true) {
            text = line(["ADDRESS", "PHYSICAL", "PAGE", "ACCESS", "ENTRY"]);
        }
        let place = match found {
            Ok(walk) => Some((walk.level, walk.page.entry_at, walk.page.entry)),
            Err(fault) => fault.place(),
        };
        let entry = place.map(|(level, at, entry)| {
            let level = self.level_name(level).unwrap_or_default();
            match found {
                Err(WalkFault::ImageHole { .. } | WalkFault::BadTableAddress { .. }) => {
                    format!("{level} at {at:#x}, from {entry:#x}")
                }
                _ => format!("{level} {entry:#x} at {at:#x}"),
            }
        });
        let mut entry = entry.unwrap_or_default();
        if let Ok(walk) = found
            && let Some(fault) = &walk.reserved
        {
            entry.push_str(&format!(";{}", self.note(fault)));
        }
        let address = format!("{address:#x}");
        text.push_str(&match found {
            Ok(walk) => line([
                &address,
                &format!("{:#x}", walk.physical),
                &size_text(i128::from(walk.page.bytes)),
                &rights_text(walk.page.access),
                &entry,
            ]),
            Err(fault) => line([&address, &format!("fault {}", fault.word()), "", "", &entry]),
        });
        text
    }
}
