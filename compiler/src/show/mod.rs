//! The memory map of a layout as people read it: a table in the columns of Linux's
//! `Documentation/arch/x86/x86_64/mm.rst`, or a picture.
//!
//! [`rows`] turns a space into rows; each renderer ([`text()`], [`markdown`], [`json`], [`svg()`], [`html`]) only draws
//! them. Nothing here decides what a layout means: gaps are described by what translating them gives.

mod data;
mod describe;
mod page;
mod rows;
mod svg;
#[cfg(test)]
mod tests;
mod text;
mod units;

pub use data::json;
pub use page::{html, markdown};
pub use rows::{Row, RowKind, Rule, rows};
pub use svg::svg;
pub use text::{Options, text};

use mapwright_runtime::layout::{Layout, SpaceId};

/// The spaces that have anything to show, in the order declared.
fn shown(layout: &Layout) -> Vec<SpaceId> {
    let shown = layout
        .spaces()
        .map(|(id, _)| id)
        .filter(|&id| !layout.roots(id).is_empty());
    shown.collect()
}

/// `linear: 32 bits, x86_32, to physical`
fn title(layout: &Layout, id: SpaceId) -> String {
    let space = layout.space(id);
    let mut title = format!("{}: {} bits", space.name, space.bits);
    if let Some(format) = layout.format_of(id) {
        title.push_str(", paging ");
        title.push_str(format.name());
    }
    if let Some(to) = space.to {
        title.push_str(", to ");
        title.push_str(&layout.space(to).name);
    }
    title
}

/// `NAME = value`, for each parameter.
fn parameters(layout: &Layout) -> Vec<String> {
    layout
        .parameters()
        .iter()
        .map(|parameter| format!("{} = {}", parameter.name, parameter.value))
        .collect()
}
