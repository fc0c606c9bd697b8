//! The memory map as a picture: one column for each space, high addresses on top, heights that grow with the logarithm of
//! sizes, and bands from linear windows to the memory that they show.
//!
//! Labels cannot overlap: every box is at least as high as its label, and boxes are stacked.

mod boxes;
mod column;
mod style;

use super::page::escaped;
use super::{shown, title, units};
use column::Column;
use mapwright_runtime::layout::{Layout, SpaceId, Target};
use std::fmt::Write as _;

/// The margin around the picture.
const MARGIN: f64 = 16.0;
/// Where the columns begin, below their titles.
const TOP: f64 = 64.0;
/// The width of the boxes.
const BOX: f64 = 330.0;
/// The room between columns, for bands.
const BETWEEN: f64 = 130.0;
/// The width of a digit of an address.
const DIGIT: f64 = 6.8;
/// The height of the legend.
const LEGEND: f64 = 44.0;

/// The memory map as an SVG picture, readable on light and dark ground.
#[must_use]
pub fn svg(layout: &Layout) -> String {
    picture(layout, true)
}

/// The picture, with the layout's name above it or without.
pub(super) fn picture(layout: &Layout, titled: bool) -> String {
    let columns = columns(layout);
    let bottom = columns
        .iter()
        .map(|column| column.bottom)
        .fold(TOP, f64::max);
    let right = columns
        .iter()
        .map(|column| column.right)
        .fold(480.0, f64::max);
    // Without a title the picture begins below its place.
    let above = if titled { 0.0 } else { 30.0 };
    let (width, height) = (right + MARGIN, bottom + LEGEND + MARGIN - above);
    let name = escaped(layout.name());
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"mapwright\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 {above} {width:.0} {height:.0}\" role=\"img\" aria-label=\"Memory map of {name}\">\n"
    );
    out.push_str(style::HEAD);
    if titled {
        let _ = writeln!(
            out,
            "<rect class=\"mw-ground\" width=\"{width:.0}\" height=\"{height:.0}\"/>"
        );
        let _ = writeln!(
            out,
            "<text class=\"mw-title\" x=\"{MARGIN}\" y=\"28\">{name}</text>"
        );
    }
    for column in &columns {
        bands(&mut out, layout, column, &columns);
    }
    for column in &columns {
        column.draw(&mut out);
    }
    let rows = columns
        .iter()
        .flat_map(|column| &column.placed)
        .map(|placed| &placed.row);
    style::legend(
        &mut out,
        MARGIN,
        bottom + 26.0,
        &rows.map(style::class).collect(),
    );
    out.push_str("</svg>\n");
    out
}

/// The columns: what is translated stands left of what it is translated to.
fn columns(layout: &Layout) -> Vec<Column> {
    let mut spaces = shown(layout);
    spaces.sort_by_key(|&id| std::cmp::Reverse(steps(layout, id)));
    let last = spaces.len().saturating_sub(1);
    let mut x = MARGIN;
    let mut columns = Vec::new();
    for (at, id) in spaces.into_iter().enumerate() {
        let bits = layout.space(id).bits;
        let gutter = DIGIT * f64::from(bits.div_ceil(4)) + 14.0;
        // The addresses of the last column stand on its right, so that bands reach its boxes.
        let outside = at == last && at > 0;
        let left = if outside { x } else { x + gutter };
        let nodes = boxes::tree(super::rows(layout, id));
        let column = Column::new(
            id,
            bits,
            title(layout, id),
            nodes,
            left,
            if outside { gutter } else { -gutter },
        );
        x = left + BOX + BETWEEN;
        columns.push(column);
    }
    columns
}

/// How many translations there are from a space to memory.
fn steps(layout: &Layout, id: SpaceId) -> u32 {
    let mut steps = 0;
    let mut next = layout.space(id).to;
    // Spaces form no circle, so that this ends.
    while let Some(id) = next {
        steps += 1;
        next = layout.space(id).to;
    }
    steps
}

/// The bands from the linear windows of a column.
fn bands(out: &mut String, layout: &Layout, column: &Column, columns: &[Column]) {
    for placed in &column.placed {
        let Some(place) = placed.row.place.map(|id| layout.place(id)) else {
            continue;
        };
        let Target::Linear { space, at, repeat } = place.target else {
            continue;
        };
        let Some(target) = columns.iter().find(|column| column.space == space) else {
            continue;
        };
        let size = repeat.map_or(place.range.size(), |repeat| {
            place.range.size().min(repeat.into())
        });
        let space_last = layout.space_range(space).last();
        let (first, last) = (
            at & space_last,
            at.wrapping_add(u64::try_from(size - 1).unwrap_or(u64::MAX)) & space_last,
        );
        if first > last {
            continue;
        }
        let (Some(low), Some(high)) =
            (target.height_of(first, false), target.height_of(last, true))
        else {
            continue;
        };
        let name = format!(
            "{} shows {} of {}",
            place.label(),
            units::size(size),
            layout.space(space).name
        );
        band(
            out,
            (column.left + BOX, placed.top, placed.bottom),
            (target.left, high, low),
            &name,
        );
    }
}

/// A band from a box (right edge, top, bottom) to another (left edge, top, bottom).
fn band(out: &mut String, from: (f64, f64, f64), to: (f64, f64, f64), name: &str) {
    let (x1, top1, bottom1) = from;
    let (x2, top2, mut bottom2) = to;
    bottom2 = bottom2.max(top2 + 2.0);
    let middle = f64::midpoint(x1, x2);
    let _ = writeln!(
        out,
        "<path class=\"mw-band\" d=\"M{x1:.1},{top1:.1} C{middle:.1},{top1:.1} {middle:.1},{top2:.1} {x2:.1},{top2:.1} \
         L{x2:.1},{bottom2:.1} C{middle:.1},{bottom2:.1} {middle:.1},{bottom1:.1} {x1:.1},{bottom1:.1} Z\">\
         <title>{}</title></path>",
        escaped(name)
    );
}
