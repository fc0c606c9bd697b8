//! The memory map as plain text.

use super::rows::{Row, RowKind, rows};
use super::{parameters, shown, title, units};
use crate::wrap::wrapped;
use mapwright_runtime::layout::{Layout, SpaceId};

/// How text is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Lines are drawn with box characters; with `-`, `=` and `|` otherwise.
    pub unicode: bool,
}

/// Columns of a space: 80 for addresses of up to 36 bits, 100 for wider ones.
const fn width(bits: u32) -> usize {
    if bits <= 36 { 80 } else { 100 }
}

/// The width of the columns of distances and sizes.
const OFFSET: usize = 10;
const SIZE: usize = 9;

/// The memory map of a layout: every space with places in it, 80 columns wide for spaces of up to 36 bits, 100 for wider
/// ones.
#[must_use]
pub fn text(layout: &Layout, options: Options) -> String {
    let mut out = layout.name().to_owned();
    out.push('\n');
    for line in wrapped(&parameters(layout).join(", "), 78) {
        out.push_str(&format!("  {line}\n"));
    }
    for space in shown(layout) {
        out.push('\n');
        Table::new(layout, space, options).draw(&mut out);
    }
    out
}

struct Table<'l> {
    layout: &'l Layout,
    space: SpaceId,
    bits: u32,
    /// The width of an address.
    digits: usize,
    /// The width of the description.
    description: usize,
    bar: char,
    thin: char,
    thick: char,
}

impl<'l> Table<'l> {
    fn new(layout: &'l Layout, space: SpaceId, options: Options) -> Self {
        let bits = layout.space(space).bits;
        let digits = (bits.div_ceil(4) as usize).max(8);
        let description = width(bits) - (1 + digits + 3 + OFFSET + 3 + digits + 3 + SIZE + 3);
        let [bar, thin, thick] = if options.unicode {
            ['│', '─', '═']
        } else {
            ['|', '-', '=']
        };
        Self {
            layout,
            space,
            bits,
            digits,
            description,
            bar,
            thin,
            thick,
        }
    }

    fn rule(&self, out: &mut String, line: char) {
        out.extend(std::iter::repeat_n(line, width(self.bits)));
        out.push('\n');
    }

    fn cells(&self, out: &mut String, cells: [&str; 5]) {
        let [start, offset, end, size, text] = cells;
        let (digits, bar) = (self.digits, self.bar);
        let line = format!(
            " {start:>digits$} {bar} {offset:>OFFSET$} {bar} {end:>digits$} {bar} {size:>SIZE$} {bar} {text}"
        );
        out.push_str(line.trim_end());
        out.push('\n');
    }

    fn draw(&self, out: &mut String) {
        out.push_str(&format!("{}\n", title(self.layout, self.space)));
        self.rule(out, self.thick);
        let (start, end) = if self.digits < 10 {
            ("Start", "End")
        } else {
            ("Start addr", "End addr")
        };
        self.cells(out, [start, "Offset", end, "Size", "VM area description"]);
        self.rule(out, self.thick);
        let rows = rows(self.layout, self.space);
        for (at, row) in rows.iter().enumerate() {
            if row.kind == RowKind::Part {
                if at > 0 {
                    self.rule(out, self.thin);
                }
                self.heading(out, row);
            } else {
                self.row(out, row);
            }
        }
        self.rule(out, self.thick);
    }

    fn heading(&self, out: &mut String, row: &Row) {
        let size = units::size(row.range.size());
        for line in wrapped(&format!("{} ({size})", row.text), width(self.bits) - 2) {
            out.push_str(&format!(" {line}\n"));
        }
        if !row.doc.is_empty() {
            for line in wrapped(&row.doc, width(self.bits) - 4) {
                out.push_str(&format!("   {line}\n"));
            }
        }
        self.rule(out, self.thin);
    }

    fn row(&self, out: &mut String, row: &Row) {
        let start = units::digits(row.range.base(), self.bits);
        let end = units::digits(row.range.last(), self.bits);
        let (offset, size) = (
            units::offset(row.range.base(), self.bits),
            units::size(row.range.size()),
        );
        let indent = "  ".repeat(row.depth.min(6) as usize);
        let room = self.description.saturating_sub(indent.len()).max(12);
        let mut lines = wrapped(&row.text, room);
        if !row.doc.is_empty() {
            lines.extend(
                wrapped(&row.doc, room.saturating_sub(2))
                    .into_iter()
                    .map(|line| format!("  {line}")),
            );
        }
        for (at, line) in lines.iter().enumerate() {
            let text = format!("{indent}{line}");
            if at == 0 {
                self.cells(out, [&start, &offset, &end, &size, &text]);
            } else {
                self.cells(out, ["", "", "", "", &text]);
            }
        }
    }
}
