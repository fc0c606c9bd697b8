//! Rows under one another, with their cells aligned.

use super::doc::WIDTH;
use super::row::{Cell, rest};

/// Names longer than this do not widen the column of their neighbours.
const LONGEST_HEAD: usize = 40;

/// A row to be aligned.
pub(super) struct Row<'r, 'a> {
    /// Its cells, in columns from the left; only the last ones may be empty.
    pub(super) cells: &'r [Cell<'a>],
    /// How many of them are aligned even when the others are broken over lines.
    pub(super) head: usize,
}

/// A row whose cells are text.
struct Flat {
    /// The text and the number of columns of each cell that is not empty.
    cells: Vec<(String, usize)>,
    /// The width with one blank between cells.
    natural: usize,
}

/// The text of each row, moved in by `indent`. Rows that are too wide for the common columns keep single blanks behind
/// their head; rows that are too wide for a line are broken.
pub(super) fn align(rows: &[Row<'_, '_>], indent: usize) -> Vec<String> {
    let flat: Vec<Option<Flat>> = rows.iter().map(|row| flatten(row, indent)).collect();
    let heads: Vec<Vec<(String, usize)>> = rows.iter().map(head_cells).collect();
    let head_widths = head_widths(&heads);
    let candidates = (0..rows.len())
        .filter(|&index| flat[index].is_some())
        .collect();
    let table = choose_table(candidates, &flat, &head_widths, indent);
    let mut is_member = vec![false; rows.len()];
    for &index in &table.members {
        is_member[index] = true;
    }
    rows.iter()
        .zip(flat)
        .zip(heads)
        .zip(is_member)
        .map(|(((row, flat), head), member)| match flat {
            Some(flat) if member => join(&flat, &table.widths, indent),
            Some(flat) => join_loose(&flat, row.head, &head_widths, indent),
            None => broken(row, &head, &head_widths, indent),
        })
        .collect()
}

fn flatten(row: &Row<'_, '_>, indent: usize) -> Option<Flat> {
    let mut cells = Vec::with_capacity(row.cells.len());
    for cell in row.cells {
        let whole = cell.doc.flat()?;
        if cell.pieces.is_empty() {
            cells.push((whole, cell.columns));
        } else {
            for piece in &cell.pieces {
                cells.push((piece.flat()?, 1));
            }
        }
    }
    cells.retain(|(text, _)| !text.is_empty());
    let natural = indent
        + cells
            .iter()
            .map(|(text, _)| width(text) + 1)
            .sum::<usize>()
            .saturating_sub(1);
    (natural <= WIDTH).then_some(Flat { cells, natural })
}

/// The head cells; none, when a comment stands among them.
fn head_cells(row: &Row<'_, '_>) -> Vec<(String, usize)> {
    let cells = row
        .cells
        .iter()
        .take(row.head)
        .map(|cell| Some((cell.doc.flat()?, cell.columns)));
    cells.collect::<Option<Vec<_>>>().unwrap_or_default()
}

fn head_widths(heads: &[Vec<(String, usize)>]) -> Vec<usize> {
    let mut widths = Vec::new();
    for head in heads {
        widths.resize(widths.len().max(head.len()), 0);
        for (most, (text, columns)) in widths.iter_mut().zip(head) {
            if width(text) <= LONGEST_HEAD && *columns == 1 {
                *most = width(text).max(*most);
            }
        }
    }
    widths
}

/// A table: which rows are in it, and how wide its columns are.
struct Columns {
    members: Vec<usize>,
    widths: Vec<usize>,
}

/// How many rows may be judged one by one before the widest are left out wholesale, so that large tables stay cheap.
const MOST_JUDGED: usize = 16;

/// A row that alone makes a table this much wider is left out of it.
const OUTLIER: usize = 30;

/// Decides which rows are aligned. Rows that alone make the others too wide, or absurdly padded, are left out first.
fn choose_table(
    candidates: Vec<usize>,
    flat: &[Option<Flat>],
    head: &[usize],
    indent: usize,
) -> Columns {
    let mut members = candidates;
    for _ in 0..MOST_JUDGED {
        let rows: Vec<&Flat> = members
            .iter()
            .filter_map(|&index| flat[index].as_ref())
            .collect();
        let widths = column_widths(&rows, head);
        let fits = rows
            .iter()
            .all(|row| indent + aligned_width(row, &widths) <= WIDTH);
        let (gain, at) = widest_outlier(&rows);
        if fits && (gain < OUTLIER || rows.len() < 3) {
            return Columns { members, widths };
        }
        if gain == 0 {
            break;
        }
        members.remove(at);
    }
    widest_fitting(members, flat, head, indent)
}

/// How much narrower a column would be without one row, at most, and which row that is.
fn widest_outlier(rows: &[&Flat]) -> (usize, usize) {
    let mut columns: Vec<(usize, usize, usize)> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        for (column, (text, _)) in row
            .cells
            .iter()
            .take(row.cells.len().saturating_sub(1))
            .enumerate()
        {
            columns.resize(columns.len().max(column + 1), (0, 0, 0));
            let (first, second, owner) = &mut columns[column];
            let found = width(text);
            if found > *first {
                (*second, *first, *owner) = (*first, found, at);
            } else {
                *second = found.max(*second);
            }
        }
    }
    let gains = columns
        .into_iter()
        .map(|(first, second, owner)| (first - second, owner));
    gains
        .max_by_key(|&(gain, at)| (gain, std::cmp::Reverse(at)))
        .unwrap_or((0, 0))
}

/// The largest number of rows that fit the line when aligned, the widest rows left out first.
fn widest_fitting(
    mut rows: Vec<usize>,
    flat: &[Option<Flat>],
    head: &[usize],
    indent: usize,
) -> Columns {
    let natural = |index: &usize| flat[*index].as_ref().map_or(0, |row| row.natural);
    rows.sort_by_key(|index| (std::cmp::Reverse(natural(index)), *index));
    let table = |left_out: usize| {
        let members: Vec<&Flat> = rows[left_out..]
            .iter()
            .filter_map(|&index| flat[index].as_ref())
            .collect();
        let widths = column_widths(&members, head);
        let fits = members
            .iter()
            .all(|row| indent + aligned_width(row, &widths) <= WIDTH);
        fits.then_some(widths)
    };
    // Leaving out more rows never makes a column wider, so the first number that fits can be searched for.
    let (mut low, mut high) = (0, rows.len());
    while low < high {
        let middle = low.midpoint(high);
        if table(middle).is_some() {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    let widths = table(low).unwrap_or_default();
    Columns {
        members: rows.split_off(low),
        widths,
    }
}

/// The width of each column. The last cell of a row needs no padding, so it does not count.
fn column_widths(rows: &[&Flat], head: &[usize]) -> Vec<usize> {
    let mut widths = head.to_vec();
    for wide in [false, true] {
        for row in rows {
            let mut column = 0;
            for (text, columns) in row.cells.iter().take(row.cells.len().saturating_sub(1)) {
                widths.resize(widths.len().max(column + columns), 0);
                if (*columns > 1) == wide {
                    widen(&mut widths[column..column + columns], width(text));
                }
                column += columns;
            }
        }
    }
    widths
}

/// Makes columns wide enough for a cell that takes all of them.
fn widen(columns: &mut [usize], needed: usize) {
    let present = total(columns);
    if needed > present
        && let Some(last) = columns.iter_mut().rev().find(|column| **column > 0)
    {
        *last += needed - present;
    } else if needed > present
        && let Some(first) = columns.first_mut()
    {
        *first = needed;
    }
}

/// The width of columns with a blank between those that are used.
fn total(columns: &[usize]) -> usize {
    columns
        .iter()
        .filter(|&&column| column > 0)
        .map(|column| column + 1)
        .sum::<usize>()
        .saturating_sub(1)
}

fn aligned_width(row: &Flat, widths: &[usize]) -> usize {
    let mut at = 0;
    let mut column = 0;
    for (index, (text, columns)) in row.cells.iter().enumerate() {
        let last = index + 1 == row.cells.len();
        at += if last {
            width(text)
        } else {
            padded(text, widths, column, *columns) + 1
        };
        column += columns;
    }
    at
}

/// The width of a cell with its padding.
fn padded(text: &str, widths: &[usize], column: usize, columns: usize) -> usize {
    let end = widths.len().min(column + columns);
    width(text).max(total(&widths[column.min(end)..end]))
}

/// A row with all its cells in their columns.
fn join(row: &Flat, widths: &[usize], indent: usize) -> String {
    let mut out = " ".repeat(indent);
    let mut column = 0;
    for (index, (text, columns)) in row.cells.iter().enumerate() {
        out.push_str(text);
        if index + 1 < row.cells.len() {
            pad(&mut out, text, padded(text, widths, column, *columns) + 1);
        }
        column += columns;
    }
    out
}

/// A row of which only the head is in its columns, when even that fits.
fn join_loose(row: &Flat, head: usize, widths: &[usize], indent: usize) -> String {
    let head = &widths[..head.min(widths.len())];
    let room = WIDTH.saturating_sub(indent);
    if aligned_width(row, head) <= room {
        join(row, head, indent)
    } else {
        join(row, &[], indent)
    }
}

/// A row that does not fit a line: its head in its columns, the rest broken.
fn broken(row: &Row<'_, '_>, head: &[(String, usize)], widths: &[usize], indent: usize) -> String {
    let mut out = " ".repeat(indent);
    let mut column = 0;
    for (text, columns) in head {
        out.push_str(text);
        pad(&mut out, text, padded(text, widths, column, *columns) + 1);
        column += columns;
    }
    let at = width(&out);
    out.push_str(&rest(row.cells, head.len()).broken(indent, at));
    out
}

fn pad(out: &mut String, text: &str, to: usize) {
    out.extend(std::iter::repeat_n(' ', to.saturating_sub(width(text))));
}

/// The width of a text in characters.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}
