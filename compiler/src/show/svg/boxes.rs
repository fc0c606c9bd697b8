//! The boxes of a column, before they have a place: a tree, and how high each is.

use crate::show::rows::{Row, RowKind, Rule};
use mapwright_runtime::Range;

/// A row with the rows inside it.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) row: Row,
    /// In address order.
    pub(super) inner: Vec<Node>,
}

/// The height of a box with one line of text.
const LINE: f64 = 25.0;
/// The height that is added for each doubling above one page.
const DOUBLING: f64 = 1.9;
/// The same for gaps: nobody looks for them.
const GAP_DOUBLING: f64 = 0.5;
/// The height of the label of a box that has boxes inside.
pub(super) const LABEL: f64 = 25.0;
/// What of a box its inner boxes leave is shown this high.
pub(super) const REST: f64 = 7.0;
/// A picture has at most this many boxes in a column; the smallest neighbours beyond are one box.
const MOST: usize = 240;

impl Node {
    /// The height of its box.
    pub(super) fn height(&self) -> f64 {
        if self.inner.is_empty() {
            let doublings = (self.row.range.size().max(4096).ilog2() - 12).min(52);
            let by = if self.row.kind == RowKind::Gap {
                GAP_DOUBLING
            } else {
                DOUBLING
            };
            return LINE + by * f64::from(doublings);
        }
        let inner: f64 = self.inner.iter().map(Self::height).sum();
        let rests = u32::try_from(self.rests()).unwrap_or(u32::MAX);
        LABEL + inner + REST * f64::from(rests)
    }

    /// How many stretches of it no inner box covers.
    fn rests(&self) -> usize {
        let mut next = u128::from(self.row.range.base());
        let mut rests = 0;
        for node in &self.inner {
            rests += usize::from(next < u128::from(node.row.range.base()));
            next = node.row.range.end();
        }
        rests + usize::from(next < self.row.range.end())
    }
}

/// Rows in address order, by depth. Parts hold what follows them.
pub(super) fn tree(rows: Vec<Row>) -> Vec<Node> {
    let rows = folded(rows);
    let parts = rows.iter().any(|row| row.kind == RowKind::Part);
    let mut open: Vec<Node> = Vec::new();
    let mut roots: Vec<Node> = Vec::new();
    for row in rows {
        // A part is the outermost; everything else is one deeper where there are parts.
        let depth = match row.kind {
            RowKind::Part => 0,
            _ => row.depth as usize + usize::from(parts),
        };
        close(&mut open, &mut roots, depth);
        open.push(Node {
            row,
            inner: Vec::new(),
        });
    }
    close(&mut open, &mut roots, 0);
    roots
}

fn close(open: &mut Vec<Node>, roots: &mut Vec<Node>, depth: usize) {
    while open.len() > depth {
        let Some(node) = open.pop() else { return };
        match open.last_mut() {
            Some(outer) => outer.inner.push(node),
            None => roots.push(node),
        }
    }
}

/// At most [`MOST`] rows: the largest ones stay, neighbours among the others become one.
fn folded(rows: Vec<Row>) -> Vec<Row> {
    if rows.len() <= MOST {
        return rows;
    }
    let mut sizes: Vec<u128> = rows.iter().map(|row| row.range.size()).collect();
    sizes.sort_unstable_by_key(|&size| std::cmp::Reverse(size));
    let least = sizes[MOST / 2];
    let mut kept = 0;
    let mut all: Vec<(Row, usize)> = Vec::new();
    for row in rows {
        let large = row.depth == 0 && row.range.size() > least && kept < MOST / 2;
        if row.kind == RowKind::Part || large {
            kept += 1;
            all.push((row, 1));
        } else {
            match all
                .last_mut()
                .filter(|(before, count)| before.name.is_none() && *count > 0 && is_fold(before))
            {
                Some((before, count)) => {
                    let last = before.range.last().max(row.range.last());
                    before.range = Range::new(before.range.base(), last).unwrap_or(before.range);
                    *count += 1;
                    before.text = format!("{count} ranges");
                }
                None => all.push((fold(&row), 1)),
            }
        }
    }
    all.into_iter().map(|(row, _)| row).collect()
}

/// A row that stands for others.
fn fold(row: &Row) -> Row {
    Row {
        kind: RowKind::Gap,
        range: row.range,
        depth: 0,
        name: None,
        members: Some(1),
        place: None,
        rule: Rule::None,
        target: String::new(),
        notes: Vec::new(),
        doc: String::new(),
        text: "1 range".to_owned(),
    }
}

fn is_fold(row: &Row) -> bool {
    row.members.is_some() && row.place.is_none()
}
