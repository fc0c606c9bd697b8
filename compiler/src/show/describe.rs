//! What a place is, in words.

use mapwright_runtime::layout::{Layout, Place, PlaceId, PlaceKind, Sharing, Target};
use mapwright_runtime::translate::{Fault, Translation};

/// Labels of places, joined by commas.
fn labels(layout: &Layout, ids: &[PlaceId]) -> String {
    let labels: Vec<String> = ids
        .iter()
        .map(|&id| layout.place(id).label().to_string())
        .collect();
    labels.join(", ")
}

/// Zones, joined by commas; a zone that is empty in this instance is not among them, and there may be none left.
fn zone_labels(layout: &Layout, zones: &[PlaceId]) -> String {
    if zones.is_empty() {
        return "no zone".to_owned();
    }
    labels(layout, zones)
}

/// The mapping rule of a place: `physical 0x0`, `pages from HIGHMEM, NORMAL`; empty without one.
pub(super) fn target(layout: &Layout, place: &Place) -> String {
    match &place.target {
        Target::None => String::new(),
        Target::View => match place.parent {
            Some(parent) => format!("part of {}", layout.place(parent).label()),
            None => String::new(),
        },
        Target::Linear { space, at, repeat } => {
            let every = repeat.map_or_else(String::new, |size| {
                format!(", again every {}", super::units::size(size.into()))
            });
            format!("{} {at:#x}{every}", layout.space(*space).name)
        }
        Target::Pages {
            zones, or_device, ..
        } => {
            let device = if *or_device { " or devices" } else { "" };
            format!("pages from {}{device}", zone_labels(layout, zones))
        }
        Target::Slots { count, zones } => {
            format!("{count} page slots from {}", zone_labels(layout, zones))
        }
        Target::Fixed { slots } => {
            let count: u64 = slots.iter().map(|slot| slot.count).sum();
            let plural = if count == 1 { "" } else { "s" };
            format!("{count} fixed page slot{plural}")
        }
        Target::Device { of } if of.is_empty() => "devices".to_owned(),
        Target::Device { of } => format!("devices {}", labels(layout, of)),
        Target::Table { element, per, of } => {
            let (element, per) = (
                super::units::size((*element).into()),
                super::units::size((*per).into()),
            );
            format!("{element} for each {per} of {}", layout.space(*of).name)
        }
        Target::Tables { of, entry } => {
            format!("page tables of {} by entry {entry}", layout.space(*of).name)
        }
    }
}

/// What else is said about a place: rights, aliases.
pub(super) fn notes(layout: &Layout, place: &Place) -> Vec<String> {
    let mut notes = Vec::new();
    let access = place.access;
    if place.kind != PlaceKind::Part && (access.read || access.write || access.execute) {
        let global = if access.global { " global" } else { "" };
        notes.push(format!("{access}{global}"));
    }
    if !place.alias_of.is_empty() {
        notes.push(format!("alias of {}", labels(layout, &place.alias_of)));
    }
    if let Some(fallback) = place.attr("fallback") {
        notes.push(format!("then {fallback}"));
    }
    notes
}

/// A part in words: `kernel: supervisor only, one set of tables for all processes`.
pub(super) fn part(place: &Place) -> String {
    let mode = match (place.access.user, place.access) {
        (true, _) => "user and kernel",
        (false, access) if access.read || access.write || access.execute => "kernel only",
        _ => "nobody",
    };
    let tables = match place.tables {
        Some(Sharing::Shared) => ", shared between all processes",
        Some(Sharing::PerProcess) => ", different in each process",
        None => "",
    };
    format!("{}: {mode}{tables}", place.name)
}

/// Addresses where nothing is declared, by what translating one of them gives.
pub(super) fn gap(layout: &Layout, what: Translation, memory: bool) -> String {
    match what {
        Translation::Dynamic { place } => {
            let place = layout.place(place);
            match place.tables {
                Some(Sharing::PerProcess) => format!("{}: mapped by each process", place.name),
                _ => format!("{}: mapped while the system runs", place.name),
            }
        }
        Translation::Fault(Fault::NonCanonical) => "... non-canonical addresses".to_owned(),
        _ if memory => "... no memory".to_owned(),
        _ => "... unused hole".to_owned(),
    }
}

/// The first sentence of a doc comment on one line, without its full stop.
pub(super) fn summary(doc: &str) -> String {
    let lines = doc
        .lines()
        .map(str::trim)
        .skip_while(|line| line.is_empty());
    let paragraph: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    let text = paragraph.join(" ");
    // A sentence ends where the next begins: `2.6. 27` and `e.g. this` do not.
    let ends = text.match_indices(". ").find(|(at, _)| {
        text[at + 2..].starts_with(|c: char| !c.is_lowercase() && !c.is_ascii_digit())
    });
    let sentence = ends.map_or(text.as_str(), |(at, _)| &text[..at]);
    sentence.strip_suffix('.').unwrap_or(sentence).to_owned()
}
