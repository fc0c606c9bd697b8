//! Laws about names, ids and kinds: everything that can be said without comparing ranges.

use super::super::index::name_key;
use super::super::{Contents, LayoutError, Place, PlaceId, PlaceKind, Segment, SpaceId, Target};
use crate::range::Range;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// All broken laws about names, ids and kinds.
pub(in crate::layout) fn references(contents: &Contents) -> Result<(), Vec<LayoutError>> {
    let mut errors = Vec::new();
    check_ids(contents, &mut errors);
    if !errors.is_empty() {
        // What follows looks things up by these ids.
        return Err(errors);
    }
    check_names(contents, &mut errors);
    check_spaces(contents, &mut errors);
    for place in &contents.places {
        check_place(contents, place, &mut errors);
        check_target(contents, place, &mut errors);
    }
    for segment in &contents.segments {
        check_segment(segment, &mut errors);
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

/// Every id names something.
fn check_ids(contents: &Contents, errors: &mut Vec<LayoutError>) {
    let spaces = contents.spaces.len();
    let places = contents.places.len();
    let mut check = |user: &dyn Fn() -> String, what, index: usize, count: usize| {
        if index >= count {
            errors.push(LayoutError::UnknownId {
                user: user(),
                what,
                index,
                count,
            });
        }
    };
    for space in &contents.spaces {
        let user = || format!("space `{}`", space.name);
        if let Some(to) = space.to {
            check(&user, "space", to.index(), spaces);
        }
        if let Some(format) = space.format {
            check(&user, "format", format.index(), contents.formats.len());
        }
    }
    for place in &contents.places {
        let user = || format!("`{}`", place.label());
        check(&user, "space", place.space.index(), spaces);
        if let Some(space) = target_space(&place.target) {
            check(&user, "space", space.index(), spaces);
        }
        let named = place.parent.iter().chain(&place.alias_of);
        for id in named.chain(target_places(&place.target)) {
            check(&user, "place", id.index(), places);
        }
    }
}

fn target_space(target: &Target) -> Option<SpaceId> {
    match target {
        Target::Linear { space, .. } => Some(*space),
        Target::Table { of, .. } | Target::Tables { of, .. } => Some(*of),
        _ => None,
    }
}

fn target_places(target: &Target) -> &[PlaceId] {
    match target {
        Target::Pages { zones, .. } | Target::Slots { zones, .. } => zones,
        Target::Device { of } => of,
        _ => &[],
    }
}

fn check_names(contents: &Contents, errors: &mut Vec<LayoutError>) {
    let mut check = |what, mut names: Vec<&str>| {
        names.sort_unstable();
        for pair in names.windows(2).filter(|pair| pair[0] == pair[1]) {
            let name = pair[0].into();
            errors.push(LayoutError::DuplicateName { what, name });
        }
    };
    let pairs =
        |list: &'_ [(String, i128)]| -> Vec<_> { list.iter().map(|(n, _)| n).cloned().collect() };
    let (constants, exports) = (pairs(&contents.constants), pairs(&contents.exports));
    check(
        "space",
        contents.spaces.iter().map(|s| s.name.as_str()).collect(),
    );
    check(
        "parameter",
        contents
            .parameters
            .iter()
            .map(|p| p.name.as_str())
            .collect(),
    );
    check("constant", constants.iter().map(String::as_str).collect());
    check("export", exports.iter().map(String::as_str).collect());
    check(
        "segment",
        contents.segments.iter().map(|s| s.name.as_str()).collect(),
    );

    let mut keys: Vec<_> = contents.places.iter().map(name_key).collect();
    keys.sort_unstable();
    for pair in keys.windows(2) {
        let ((name, member), (next, next_member)) = (pair[0], pair[1]);
        // Two members with different numbers share a name; a single place shares it with nobody.
        if name == next && (member == next_member || member.is_none()) {
            let name = name.into();
            errors.push(LayoutError::DuplicateName {
                what: "place",
                name,
            });
        }
    }
}

fn check_spaces(contents: &Contents, errors: &mut Vec<LayoutError>) {
    for space in &contents.spaces {
        if Range::of_bits(space.bits).is_none() {
            errors.push(LayoutError::SpaceBits {
                space: space.name.clone(),
                bits: space.bits,
            });
            continue;
        }
        let format = space.format.map(|id| &contents.formats[id.index()]);
        if let Some(format) = format.filter(|format| format.va_bits() > space.bits) {
            errors.push(LayoutError::FormatTooWide {
                space: space.name.clone(),
                bits: space.bits,
                format: format.name().into(),
                va_bits: format.va_bits(),
            });
        }
    }
    check_space_cycle(contents, errors);
}

/// No way leads from a space back to it, over what spaces say or over what their windows map to:
/// takes away spaces that lead nowhere until none is left.
fn check_space_cycle(contents: &Contents, errors: &mut Vec<LayoutError>) {
    let declared = contents.spaces.iter().enumerate();
    let mut edges: Vec<(usize, usize)> = declared
        .filter_map(|(from, space)| Some((from, space.to?.index())))
        .collect();
    edges.extend(
        contents
            .places
            .iter()
            .filter_map(|place| match place.target {
                Target::Linear { space, .. } => Some((place.space.index(), space.index())),
                _ => None,
            }),
    );
    edges.sort_unstable();
    edges.dedup();
    let mut leads_on = vec![0_u32; contents.spaces.len()];
    for (from, _) in &edges {
        leads_on[*from] += 1;
    }
    let mut ends: Vec<usize> = (0..leads_on.len())
        .filter(|at| leads_on[*at] == 0)
        .collect();
    let mut left = leads_on.len();
    while let Some(end) = ends.pop() {
        left -= 1;
        for (from, _) in edges.iter().filter(|(_, to)| *to == end) {
            leads_on[*from] -= 1;
            if leads_on[*from] == 0 {
                ends.push(*from);
            }
        }
    }
    if left > 0
        && let Some(at) = leads_on.iter().position(|count| *count > 0)
    {
        let space = contents.spaces[at].name.clone();
        errors.push(LayoutError::SpaceCycle { space });
    }
}

/// A place, its parent and its attributes.
fn check_place(contents: &Contents, place: &Place, errors: &mut Vec<LayoutError>) {
    let label = || place.label();
    if let Some(tables) = place.tables.filter(|_| place.kind != PlaceKind::Part) {
        errors.push(LayoutError::TablesOnNonPart {
            place: label(),
            tables,
        });
    }
    if let Some(parent) = place.parent {
        let parent = &contents.places[parent.index()];
        if place.kind == PlaceKind::Part {
            errors.push(LayoutError::NestedPart { part: label() });
        } else if parent.space != place.space {
            errors.push(LayoutError::ParentInOtherSpace {
                place: label(),
                parent: parent.label(),
            });
        } else if place.kind.decides_translation() && !parent.kind.decides_translation() {
            errors.push(LayoutError::ParentKind {
                place: label(),
                kind: place.kind,
                parent: parent.label(),
                parent_kind: parent.kind,
            });
        }
    }
    for named in &place.alias_of {
        check_kind(contents, place, *named, PlaceKind::Window, errors);
    }
}

fn check_target(contents: &Contents, place: &Place, errors: &mut Vec<LayoutError>) {
    let allowed = match place.kind {
        PlaceKind::Window => place.target != Target::None,
        PlaceKind::Area => true,
        _ => place.target == Target::None,
    };
    if !allowed {
        errors.push(LayoutError::TargetKind {
            place: place.label(),
            kind: place.kind,
            target: place.target.word(),
        });
    }
    if place.target == Target::View {
        let parent = place.parent.map(|id| &contents.places[id.index()]);
        if !parent.is_some_and(|parent| parent.target != Target::None) {
            errors.push(LayoutError::ViewOutsideWindow {
                place: place.label(),
            });
        }
    }
    let expected = match place.target {
        Target::Device { .. } => PlaceKind::Device,
        _ => PlaceKind::Zone,
    };
    for named in target_places(&place.target) {
        check_kind(contents, place, *named, expected, errors);
    }
    check_numbers(place, errors);
}

fn check_numbers(place: &Place, errors: &mut Vec<LayoutError>) {
    let mut nonzero = |what, number: u64| {
        if number == 0 {
            let window = place.label();
            errors.push(LayoutError::ZeroNumber { window, what });
        }
    };
    match &place.target {
        Target::Linear { repeat, .. } => nonzero("repeat", repeat.unwrap_or(1)),
        Target::Table { element, per, .. } => {
            nonzero("element", *element);
            nonzero("per", *per);
        }
        Target::Fixed { slots } => {
            slots.iter().for_each(|slot| nonzero("count", slot.count));
            check_slots(place, slots, errors);
        }
        _ => {}
    }
}

fn check_slots(place: &Place, slots: &[super::super::FixedSlot], errors: &mut Vec<LayoutError>) {
    let mut expected = 0_u64;
    for slot in slots {
        if slot.first_index != expected {
            errors.push(LayoutError::SlotNumbers {
                window: place.label(),
                slot: slot.name.clone(),
                first_index: slot.first_index,
                expected,
            });
        }
        expected = slot.first_index.saturating_add(slot.count);
    }
}

fn check_kind(
    contents: &Contents,
    user: &Place,
    named: PlaceId,
    expected: PlaceKind,
    errors: &mut Vec<LayoutError>,
) {
    let named = &contents.places[named.index()];
    if named.kind != expected {
        errors.push(LayoutError::WrongKind {
            user: user.label(),
            expected,
            named: named.label(),
            kind: named.kind,
        });
    }
}

fn check_segment(segment: &Segment, errors: &mut Vec<LayoutError>) {
    if segment.index > 8191 || segment.dpl > 3 {
        errors.push(LayoutError::SegmentNumbers {
            segment: segment.name.clone(),
            index: segment.index,
            dpl: segment.dpl,
        });
    }
}
