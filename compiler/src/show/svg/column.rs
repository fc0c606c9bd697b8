//! A column: boxes with a place, and the heights of addresses.

use super::boxes::{LABEL, Node, REST};
use super::{BOX, TOP, style};
use crate::show::page::escaped;
use crate::show::rows::{Row, RowKind};
use crate::show::units;
use mapwright_runtime::Range;
use mapwright_runtime::layout::SpaceId;
use std::fmt::Write as _;

/// How much narrower an inner box is, on the left; half of it on the right.
const INSET: f64 = 16.0;
/// The room between the parts of a space.
const APART: f64 = 8.0;
/// The sizes of the letters of names and of other text.
const BOLD: f64 = 13.0;
const PLAIN: f64 = 11.0;

/// A box with a place.
#[derive(Debug)]
pub(super) struct Placed {
    pub(super) row: Row,
    pub(super) top: f64,
    pub(super) bottom: f64,
    inset: f64,
    /// It has boxes inside.
    outer: bool,
}

/// A column of boxes.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) space: SpaceId,
    bits: u32,
    title: String,
    /// The left edge of its boxes.
    pub(super) left: f64,
    /// The right end of all that it draws.
    pub(super) right: f64,
    /// The lower end.
    pub(super) bottom: f64,
    /// Where addresses stand: on the right when positive.
    gutter: f64,
    pub(super) placed: Vec<Placed>,
    /// The heights of disjoint ranges: top and bottom.
    heights: Vec<(Range, f64, f64)>,
    /// Addresses with the heights at which they stand.
    marks: Vec<(u64, f64)>,
}

impl Column {
    /// Stacks the boxes, high addresses on top.
    pub(super) fn new(
        space: SpaceId,
        bits: u32,
        title: String,
        nodes: Vec<Node>,
        left: f64,
        gutter: f64,
    ) -> Self {
        let (right, placed) = (left + BOX + gutter.max(0.0), Vec::new());
        let (heights, marks) = (Vec::new(), Vec::new());
        let mut column = Self {
            space,
            bits,
            title,
            left,
            right,
            bottom: TOP,
            gutter,
            placed,
            heights,
            marks,
        };
        let mut y = TOP;
        for node in nodes.into_iter().rev() {
            let part = node.row.kind == RowKind::Part;
            y = column.place(node, y, 0.0);
            if part {
                y += APART;
            }
        }
        column.bottom = y;
        let last = column.placed.first().map(|placed| placed.row.range.last());
        // The highest address stands beside the top edge, all others at lower edges.
        column.marks.extend(last.map(|last| (last, TOP + 12.0)));
        column.heights.sort_unstable_by_key(|(range, ..)| *range);
        column
    }

    /// Places a box with its top at `y`; gives its bottom.
    fn place(&mut self, node: Node, y: f64, inset: f64) -> f64 {
        let (range, bottom) = (node.row.range, y + node.height());
        let outer = !node.inner.is_empty();
        if !outer {
            self.heights.push((range, y, bottom));
            self.marks.push((range.base(), bottom));
        }
        let part = node.row.kind == RowKind::Part;
        self.placed.push(Placed {
            row: node.row,
            top: y,
            bottom,
            inset,
            outer,
        });
        if !outer {
            return bottom;
        }
        let deeper = if part {
            inset + INSET / 2.0
        } else {
            inset + INSET
        };
        let mut top = y + LABEL;
        let mut next = range.end();
        for inner in node.inner.into_iter().rev() {
            let (base, end) = (u128::from(inner.row.range.base()), inner.row.range.end());
            if end < next {
                top = self.rest(Range::from_start_end(end, next), top);
            }
            next = base;
            top = self.place(inner, top, deeper);
        }
        if u128::from(range.base()) < next {
            top = self.rest(Range::from_start_end(range.base().into(), next), top);
        }
        top
    }

    /// What no inner box covers.
    fn rest(&mut self, range: Option<Range>, top: f64) -> f64 {
        if let Some(range) = range {
            self.heights.push((range, top, top + REST));
        }
        top + REST
    }

    /// The height at which an address stands; its upper edge, if `upper`.
    pub(super) fn height_of(&self, address: u64, upper: bool) -> Option<f64> {
        let at = self
            .heights
            .partition_point(|(range, ..)| range.last() < address);
        let (range, top, bottom) = self
            .heights
            .get(at)
            .filter(|(range, ..)| range.contains(address))?;
        let above = address - range.base();
        // Only for drawing: no digit that is lost here is seen.
        let share = (above as f64 + f64::from(u8::from(upper))) / range.size() as f64;
        Some(bottom - (bottom - top) * share.clamp(0.0, 1.0))
    }

    /// Draws it.
    pub(super) fn draw(&self, out: &mut String) {
        let _ = writeln!(
            out,
            "<text class=\"mw-space\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
            self.left,
            TOP - 12.0,
            escaped(&self.title)
        );
        for placed in &self.placed {
            self.draw_box(out, placed);
        }
        let (x, anchor) = if self.gutter > 0.0 {
            (self.left + BOX + 8.0, "start")
        } else {
            (self.left - 8.0, "end")
        };
        for &(address, y) in &self.marks {
            let digits = units::digits(address, self.bits);
            let _ = writeln!(
                out,
                "<text class=\"mw-address\" text-anchor=\"{anchor}\" x=\"{x:.1}\" y=\"{:.1}\">{digits}</text>",
                y - 3.0
            );
        }
    }

    fn draw_box(&self, out: &mut String, placed: &Placed) {
        let row = &placed.row;
        let (left, width) = (self.left + placed.inset, BOX - placed.inset * 1.5);
        let (top, height) = (placed.top, placed.bottom - placed.top);
        let class = style::class(row);
        let size = units::size(row.range.size());
        let _ = writeln!(
            out,
            "<g><title>{}&#10;{} - {} ({})</title>\n\
             <rect class=\"mw-box {class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"3\"/>",
            escaped(&row.text),
            units::digits(row.range.base(), self.bits),
            units::digits(row.range.last(), self.bits),
            size
        );
        if row.members.is_some() && row.place.is_some() {
            // The edges of more boxes behind it.
            let (x, y) = (left + width - 4.0, top + 4.0);
            let _ = writeln!(
                out,
                "<path class=\"mw-stack\" d=\"M{x:.1},{y:.1} V{:.1}\"/>",
                top + height - 4.0
            );
        }
        let right = left + width - 10.0;
        let _ = writeln!(
            out,
            "<text class=\"mw-size\" text-anchor=\"end\" x=\"{right:.1}\" y=\"{:.1}\">{}</text>",
            top + 17.0,
            escaped(&size)
        );
        let room = width - 30.0 - text_width(&size, PLAIN);
        label(out, placed, left + 10.0, room, width - 20.0);
        out.push_str("</g>\n");
    }
}

/// The name of a box and, where there is room, what it is.
fn label(out: &mut String, placed: &Placed, x: f64, room: f64, whole: f64) {
    let row = &placed.row;
    let (name, more) = words(row);
    let name = cut(&name, room, BOLD);
    let width = text_width(&name, BOLD) + 8.0;
    let (class, y) = (
        if row.name.is_some() {
            "mw-name"
        } else {
            "mw-quiet"
        },
        placed.top + 17.0,
    );
    let _ = write!(
        out,
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
        escaped(&name)
    );
    let high = placed.bottom - placed.top;
    let fits = width + text_width(&more, PLAIN) <= room;
    if more.is_empty() {
    } else if placed.outer || fits || high < 42.0 {
        let more = cut(&more, room - width, PLAIN);
        let _ = write!(
            out,
            "<text class=\"mw-more\" x=\"{:.1}\" y=\"{y:.1}\">{}</text>",
            x + width,
            escaped(&more)
        );
    } else {
        let more = cut(&more, whole, PLAIN);
        let _ = write!(
            out,
            "<text class=\"mw-more\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
            y + 16.0,
            escaped(&more)
        );
    }
    if high >= 60.0 && !placed.outer && !row.doc.is_empty() {
        let doc = cut(&row.doc, whole, PLAIN);
        let y = if fits || more.is_empty() {
            y + 16.0
        } else {
            y + 32.0
        };
        let _ = write!(
            out,
            "<text class=\"mw-more\" x=\"{x:.1}\" y=\"{y:.1}\">{}</text>",
            escaped(&doc)
        );
    }
    out.push('\n');
}

/// The name and the rest of what a row says.
fn words(row: &Row) -> (String, String) {
    let Some(name) = &row.name else {
        return (
            row.text.trim_start_matches("... ").to_owned(),
            String::new(),
        );
    };
    let name = row
        .members
        .map_or_else(|| name.clone(), |members| format!("{name}[{members}]"));
    let more = match row.kind {
        RowKind::Part => row
            .text
            .split_once(": ")
            .map_or("", |(_, more)| more)
            .to_owned(),
        _ => {
            let mut more: Vec<&str> = vec![&row.target];
            more.extend(row.notes.iter().map(String::as_str));
            let kind = row.kind.word();
            let said = ["window", "area"].contains(&kind);
            if !said {
                more.insert(0, kind);
            }
            more.retain(|text| !text.is_empty());
            more.join(", ")
        }
    };
    (name, more)
}

/// `text` cut to `room`; nothing where hardly anything would be left.
fn cut(text: &str, room: f64, size: f64) -> String {
    if text_width(text, size) <= room {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut used = text_width("…", size);
    for letter in text.chars() {
        used += letter_width(letter) * size;
        if used > room {
            break;
        }
        short.push(letter);
    }
    if short.chars().count() < 4 {
        return String::new();
    }
    format!("{}…", short.trim_end())
}

/// The width of a text in letters of this size: no narrower than in any common font without serifs.
fn text_width(text: &str, size: f64) -> f64 {
    text.chars().map(letter_width).sum::<f64>() * size
}

/// The width of a letter for letters of size 1, as in DejaVu Sans, one of the widest.
fn letter_width(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 0.35,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' => 0.43,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' | '~' => 1.0,
        letter if letter.is_uppercase() => 0.76,
        letter if letter.is_ascii() => 0.64,
        _ => 1.0,
    }
}
