//! The memory map as Markdown, and as a web page that has the picture and the tables.

use super::rows::{Row, RowKind, rows};
use super::svg::picture;
use super::{parameters, shown, title, units};
use mapwright_runtime::layout::Layout;

/// The columns.
const COLUMNS: [&str; 5] = [
    "Start addr",
    "Offset",
    "End addr",
    "Size",
    "VM area description",
];

/// The cells of a row.
fn cells(row: &Row, bits: u32) -> [String; 4] {
    [
        units::digits(row.range.base(), bits),
        units::offset(row.range.base(), bits),
        units::digits(row.range.last(), bits),
        units::size(row.range.size()),
    ]
}

/// Text that Markdown leaves as it is: also inside a table.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '|' | '*' | '_' | '`' | '<' | '>' | '[' | ']' | '\\' | '#' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// The memory map as Markdown: a heading for each space and part, a table below it.
#[must_use]
pub fn markdown(layout: &Layout) -> String {
    let mut out = format!("# {}\n", plain(layout.name()));
    let parameters = parameters(layout);
    if !parameters.is_empty() {
        let list: Vec<String> = parameters
            .iter()
            .map(|text| format!("`{}`", text.replace('`', "'")))
            .collect();
        out.push_str(&format!("\n{}\n", list.join(", ")));
    }
    for space in shown(layout) {
        out.push_str(&format!("\n## {}\n", plain(&title(layout, space))));
        let bits = layout.space(space).bits;
        let mut open = false;
        for row in rows(layout, space) {
            if row.kind == RowKind::Part {
                out.push_str(&format!(
                    "\n### {} ({})\n",
                    plain(&row.text),
                    units::size(row.range.size())
                ));
                if !row.doc.is_empty() {
                    out.push_str(&format!("\n{}\n", plain(&row.doc)));
                }
                open = false;
                continue;
            }
            if !open {
                out.push_str(&format!(
                    "\n| {} |\n|---|---:|---|---:|---|\n",
                    COLUMNS.join(" | ")
                ));
                open = true;
            }
            let [start, offset, end, size] = cells(&row, bits);
            let indent = "&emsp;".repeat(row.depth.min(6) as usize);
            let doc = if row.doc.is_empty() {
                String::new()
            } else {
                format!("<br>{indent}{}", plain(&row.doc))
            };
            out.push_str(&format!(
                "| `{start}` | {offset} | `{end}` | {size} | {indent}{}{doc} |\n",
                plain(&row.text)
            ));
        }
    }
    out
}

/// Text that HTML and SVG leave as it is.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// The look of the page. The picture has its own.
const STYLE: &str = "\
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem;
  background: #ffffff; color: #1b1f24; }
@media (prefers-color-scheme: dark) { body { background: #14171b; color: #e8ebee; } }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
.parameters { font-family: ui-monospace, monospace; font-size: .85rem; opacity: .8; }
.picture { overflow-x: auto; margin: 1.5rem 0; }
.picture svg { max-width: 100%; height: auto; }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; }
th, td { text-align: left; padding: .3rem .75rem; vertical-align: top; border-bottom: 1px solid rgba(128, 128, 128, .25); }
th { border-bottom-width: 2px; }
td.address, td.number { font-family: ui-monospace, monospace; white-space: nowrap; }
td.number, th.number { text-align: right; }
tr.part td { font-weight: 600; padding-top: 1.1rem; }
tr.gap td { opacity: .6; }
.doc { display: block; opacity: .7; }
";

/// The memory map as one web page without references to others: the picture, then a table for each space.
#[must_use]
pub fn html(layout: &Layout) -> String {
    let name = escaped(layout.name());
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{name}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{name}</h1>\n"
    );
    let parameters = parameters(layout);
    if !parameters.is_empty() {
        out.push_str(&format!(
            "<p class=\"parameters\">{}</p>\n",
            escaped(&parameters.join(", "))
        ));
    }
    out.push_str(&format!(
        "<div class=\"picture\">\n{}</div>\n",
        picture(layout, false)
    ));
    for space in shown(layout) {
        out.push_str(&format!(
            "<h2>{}</h2>\n<div class=\"table\"><table>\n<thead><tr>",
            escaped(&title(layout, space))
        ));
        for column in COLUMNS {
            let number = matches!(column, "Offset" | "Size");
            let class = if number { " class=\"number\"" } else { "" };
            out.push_str(&format!("<th{class}>{column}</th>"));
        }
        out.push_str("</tr></thead>\n<tbody>\n");
        let bits = layout.space(space).bits;
        for row in rows(layout, space) {
            out.push_str(&table_row(&row, bits));
        }
        out.push_str("</tbody>\n</table></div>\n");
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn table_row(row: &Row, bits: u32) -> String {
    let doc = match row.doc.as_str() {
        "" => String::new(),
        doc => format!("<span class=\"doc\">{}</span>", escaped(doc)),
    };
    let text = escaped(&row.text);
    if row.kind == RowKind::Part {
        let size = units::size(row.range.size());
        return format!("<tr class=\"part\"><td colspan=\"5\">{text} ({size}){doc}</td></tr>\n");
    }
    let class = if row.kind == RowKind::Gap {
        " class=\"gap\""
    } else {
        ""
    };
    let [start, offset, end, size] = cells(row, bits);
    let indent = row.depth.min(6);
    let padding = if indent > 0 {
        format!(
            " style=\"padding-left: {}rem\"",
            f64::from(indent) * 1.5 + 0.75
        )
    } else {
        String::new()
    };
    format!(
        "<tr{class}><td class=\"address\">{start}</td><td class=\"number\">{offset}</td>\
         <td class=\"address\">{end}</td><td class=\"number\">{size}</td><td{padding}>{text}{doc}</td></tr>\n"
    )
}
