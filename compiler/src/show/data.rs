//! The memory map for programs: one JSON object on each line.

use super::rows::rows;
use super::{shown, units};
use mapwright_runtime::layout::{Layout, SpaceId};
use serde::Serialize;
use std::collections::BTreeMap;

/// The first line.
#[derive(Debug, Serialize)]
struct Head<'l> {
    r#type: &'static str,
    layout: &'l str,
    parameters: BTreeMap<&'l str, &'l str>,
}

/// One line for each space.
#[derive(Debug, Serialize)]
struct SpaceLine<'l> {
    r#type: &'static str,
    space: &'l str,
    bits: u32,
    paging: Option<&'l str>,
    to: Option<&'l str>,
}

/// One line for each row.
#[derive(Debug, Serialize)]
struct RowLine<'l> {
    r#type: &'static str,
    space: &'l str,
    kind: &'static str,
    name: Option<&'l str>,
    members: Option<u64>,
    depth: u32,
    /// Hexadecimal: numbers of JSON are exact to 2^53 only in many programs.
    start: String,
    /// Inclusive.
    last: String,
    /// In bytes, hexadecimal.
    size: String,
    size_text: String,
    target: Option<&'l str>,
    access: Option<String>,
    user: bool,
    alias_of: Vec<String>,
    text: &'l str,
    doc: Option<&'l str>,
    declared_at: Option<&'l str>,
}

/// The memory map as JSON, one object on each line: first `{"type":"layout"}` with the parameters, then for each space
/// `{"type":"space"}` and its rows, `{"type":"row"}`, in address order. Addresses and sizes are hexadecimal strings; `last`
/// is inclusive.
#[must_use]
pub fn json(layout: &Layout) -> String {
    let parameters = layout
        .parameters()
        .iter()
        .map(|p| (p.name.as_str(), p.value.as_str()))
        .collect();
    let mut out = String::new();
    line(
        &mut out,
        &Head {
            r#type: "layout",
            layout: layout.name(),
            parameters,
        },
    );
    for id in shown(layout) {
        let space = layout.space(id);
        let to = space.to.map(|to| layout.space(to).name.as_str());
        let paging = layout.format_of(id).map(|format| format.name());
        line(
            &mut out,
            &SpaceLine {
                r#type: "space",
                space: &space.name,
                bits: space.bits,
                paging,
                to,
            },
        );
        space_rows(&mut out, layout, id);
    }
    out
}

fn space_rows(out: &mut String, layout: &Layout, id: SpaceId) {
    let space = &layout.space(id).name;
    for row in rows(layout, id) {
        let place = row.place.map(|id| layout.place(id));
        let filled = |text: &str| !text.is_empty();
        let access = place
            .map(|place| place.access)
            .filter(|access| access.read || access.write || access.execute);
        let alias_of = place.map_or(&[][..], |place| &place.alias_of);
        line(
            out,
            &RowLine {
                r#type: "row",
                space,
                kind: row.kind.word(),
                name: row.name.as_deref(),
                members: row.members,
                depth: row.depth,
                start: format!("{:#x}", row.range.base()),
                last: format!("{:#x}", row.range.last()),
                size: format!("{:#x}", row.range.size()),
                size_text: units::size(row.range.size()),
                target: Some(row.target.as_str()).filter(|text| filled(text)),
                access: access.map(|access| access.to_string()),
                user: place.is_some_and(|place| place.access.user),
                alias_of: alias_of
                    .iter()
                    .map(|&id| layout.place(id).label().to_string())
                    .collect(),
                text: &row.text,
                doc: Some(row.doc.as_str()).filter(|text| filled(text)),
                declared_at: place
                    .map(|place| place.declared_at.as_str())
                    .filter(|text| filled(text)),
            },
        );
    }
}

fn line(out: &mut String, value: &impl Serialize) {
    // Only maps with keys that are no strings can fail, and there are none.
    out.push_str(&serde_json::to_string(value).unwrap_or_default());
    out.push('\n');
}
