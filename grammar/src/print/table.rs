//! Rows under one another, with their cells aligned.

use super::doc::WIDTH;
use super::row::{Cell, Joint, rest, rest_below};

/// Names longer than this do not widen the column of their neighbours.
const LONGEST_HEAD: usize = 28;

/// A row to be aligned.
pub(super) struct Row<'r, 'a> {
    /// Its cells, in columns from the left; only the last ones may be empty.
    pub(super) cells: &'r [Cell<'a>],
    /// How many of them are aligned even when the others are broken over lines.
    pub(super) head: usize,
}

/// A cell on one line, and how many columns it takes.
type Text = (String, usize);

/// A row, or the first line of one, that fits the line when its head is aligned.
struct Flat {
    /// Its cells, empty ones left out.
    cells: Vec<Text>,
    /// Its width with an aligned head and single blanks behind it.
    natural: usize,
    /// Further lines, each with the line feed before it.
    more: String,
}

/// The text of each row, moved in by `indent`. Heads are always aligned. Rows that are too wide for the other common columns
/// keep single blanks behind their head. Rows that are too wide for a line are broken; when their first line ends at a
/// column, it is aligned too.
pub(super) fn align(rows: &[Row<'_, '_>], indent: usize) -> Vec<String> {
    let heads: Vec<Vec<Text>> = rows.iter().map(head_cells).collect();
    let head = head_widths(&heads);
    let flat: Vec<Option<Flat>> = rows.iter().map(|row| fit(row, &head, indent)).collect();
    let candidates = (0..rows.len())
        .filter(|&index| flat[index].is_some())
        .collect();
    let table = choose_table(candidates, &flat, &head, indent);
    let mut is_member = vec![false; rows.len()];
    for &index in &table.members {
        is_member[index] = true;
    }
    let mut out = Vec::with_capacity(rows.len());
    for (index, row) in rows.iter().enumerate() {
        out.push(match &flat[index] {
            Some(flat) if is_member[index] => join(flat, &table.widths, indent),
            Some(flat) => join(flat, &head, indent),
            None => broken(row, &heads[index], &head, indent),
        });
    }
    out
}

/// The row on one line; or broken behind a column, when that makes all columns before it fit the first line.
fn fit(row: &Row<'_, '_>, head: &[usize], indent: usize) -> Option<Flat> {
    let fits = |cells: Vec<Text>, more: String| {
        let natural = indent + aligned_width(&cells, head);
        (natural <= WIDTH).then_some(Flat {
            cells,
            natural,
            more,
        })
    };
    if let Some(flat) = flatten(row.cells).and_then(|cells| fits(cells, String::new())) {
        return Some(flat);
    }
    let ends_line = |cell: &Cell<'_>| cell.joint == Joint::Break || cell.doc.flat().is_none();
    let first = row.head + row.cells.get(row.head..)?.iter().position(ends_line)?;
    let mut cells = flatten(&row.cells[..first])?;
    let column = indent + aligned_width(&cells, head) + 1;
    let rest = if row.cells[first].joint == Joint::Break {
        rest_below
    } else {
        rest
    };
    let text = rest(row.cells, first).broken(indent, column);
    let (line, more) = text
        .find('\n')
        .map_or((text.as_str(), ""), |at| text.split_at(at));
    if !line.is_empty() {
        cells.push((line.to_owned(), 1));
    }
    if first == row.head {
        None
    } else {
        fits(cells, more.to_owned())
    }
}

/// Cells on one line; nothing, when a comment stands in one.
fn flatten(row: &[Cell<'_>]) -> Option<Vec<Text>> {
    let mut cells = Vec::with_capacity(row.len());
    for cell in row {
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
    Some(cells)
}

/// The head cells; none, when a comment stands among them.
fn head_cells(row: &Row<'_, '_>) -> Vec<Text> {
    let cells = row
        .cells
        .iter()
        .take(row.head)
        .map(|cell| Some((cell.doc.flat()?, cell.columns)));
    cells.collect::<Option<Vec<_>>>().unwrap_or_default()
}

fn head_widths(heads: &[Vec<Text>]) -> Vec<usize> {
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
const OUTLIER: usize = 20;

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
            .all(|row| indent + aligned_width(&row.cells, &widths) <= WIDTH);
        let (gain, at) = widest_outlier(&rows, head.len());
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
fn widest_outlier(rows: &[&Flat], head: usize) -> (usize, usize) {
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
    // A head is aligned whatever happens.
    let gains = columns
        .into_iter()
        .skip(head)
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
            .all(|row| indent + aligned_width(&row.cells, &widths) <= WIDTH);
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

fn aligned_width(cells: &[Text], widths: &[usize]) -> usize {
    let mut at = 0;
    let mut column = 0;
    for (index, (text, columns)) in cells.iter().enumerate() {
        let last = index + 1 == cells.len();
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
    out.push_str(&row.more);
    out
}

/// A row that does not fit a line: its head in its columns, the rest broken.
fn broken(row: &Row<'_, '_>, head: &[Text], widths: &[usize], indent: usize) -> String {
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
