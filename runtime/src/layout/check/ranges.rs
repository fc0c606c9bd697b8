//! Laws about ranges: who is inside whom, who overlaps whom, and what is left out.

use super::super::index::Index;
use super::super::{Contents, LayoutError, Place, PlaceId, PlaceKind, Sharing, SpaceId, Target};
use crate::range::Range;
use alloc::vec::Vec;

/// All broken laws about ranges; ids and kinds are known to be good.
pub(in crate::layout) fn ranges(
    contents: &Contents,
    index: &Index,
) -> Result<(), Vec<LayoutError>> {
    let mut errors = Vec::new();
    for place in &contents.places {
        check_inside(contents, place, &mut errors);
        check_target(contents, place, &mut errors);
    }
    for space in (0..contents.spaces.len()).map(SpaceId::from_index) {
        let roots = index.roots(space);
        check_split(contents, space, roots, &mut errors);
        check_siblings(contents, roots, &mut errors);
    }
    for parent in (0..contents.places.len()).map(PlaceId::from_index) {
        check_siblings(contents, index.children(parent), &mut errors);
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

fn space_range(contents: &Contents, space: SpaceId) -> Range {
    Range::of_bits(contents.spaces[space.index()].bits).unwrap_or(Range::ALL)
}

/// A place is inside its parent, or without one inside its space.
fn check_inside(contents: &Contents, place: &Place, errors: &mut Vec<LayoutError>) {
    let range = place.range;
    if let Some(parent) = place.parent {
        let parent = &contents.places[parent.index()];
        if !parent.range.contains_range(range) {
            errors.push(LayoutError::OutsideParent {
                place: place.label(),
                range,
                parent: parent.label(),
                bounds: parent.range,
            });
        }
        return;
    }
    let bounds = space_range(contents, place.space);
    if !bounds.contains_range(range) {
        errors.push(LayoutError::OutsideSpace {
            place: place.label(),
            range,
            space: contents.spaces[place.space.index()].name.clone(),
            bounds,
        });
    }
}

/// What a linear window maps to exists. An `at` beyond the space is one below zero, given modulo
/// 2^64: such a window may go round the end of its target space, but not meet itself there.
fn check_target(contents: &Contents, place: &Place, errors: &mut Vec<LayoutError>) {
    let Target::Linear { space, at, repeat } = place.target else {
        return;
    };
    let bounds = space_range(contents, space);
    let size = match repeat {
        Some(repeat) => place.range.size().min(u128::from(repeat)),
        None => place.range.size(),
    };
    let fits = if bounds.contains(at) && bounds != Range::ALL {
        size <= bounds.end() - u128::from(at)
    } else {
        size <= bounds.size()
    };
    if !fits {
        errors.push(LayoutError::TargetOutsideSpace {
            window: place.label(),
            at,
            size,
            space: contents.spaces[space.index()].name.clone(),
            bounds,
        });
    }
}

/// When a space has parts, they leave nothing out, and whatever decides translation is in one.
/// That they do not overlap is checked as for all siblings.
fn check_split(
    contents: &Contents,
    space: SpaceId,
    roots: &[PlaceId],
    errors: &mut Vec<LayoutError>,
) {
    let of_roots = || roots.iter().map(|id| &contents.places[id.index()]);
    if !of_roots().any(|place| place.kind == PlaceKind::Part) {
        return;
    }
    let bounds = space_range(contents, space);
    let name = &contents.spaces[space.index()].name;
    let mut covered = 0_u128;
    let mut gap = |from: u128, to: u128| {
        if let Some(gap) = Range::from_start_end(from, to) {
            let space = name.clone();
            errors.push(LayoutError::SplitGap { space, gap });
        }
    };
    for part in of_roots().filter(|place| place.kind == PlaceKind::Part) {
        gap(covered, u128::from(part.range.base()));
        covered = covered.max(part.range.end());
    }
    gap(covered, bounds.end());
    for place in of_roots() {
        if place.kind == PlaceKind::Part {
            check_shared(contents, place, errors);
        } else if place.kind.decides_translation() {
            errors.push(LayoutError::NotInPart {
                place: place.label(),
            });
        }
    }
}

/// Tables are shared by sharing entries of the top table: whole ones.
fn check_shared(contents: &Contents, part: &Place, errors: &mut Vec<LayoutError>) {
    let format = contents.spaces[part.space.index()].format;
    let Some(format) = format.filter(|_| part.tables == Some(Sharing::Shared)) else {
        return;
    };
    let span = contents.formats[format.index()].top_entry_span();
    if !part.range.is_aligned(u128::from(span)) {
        errors.push(LayoutError::SharedPartUnaligned {
            part: part.label(),
            range: part.range,
            span,
        });
    }
}

/// Siblings do not overlap, but for aliases and for what describes memory from different sides:
/// a reserve may lie in a zone.
fn check_siblings(contents: &Contents, siblings: &[PlaceId], errors: &mut Vec<LayoutError>) {
    for side in [
        |kind: PlaceKind| kind.decides_translation(),
        |kind| kind == PlaceKind::Zone,
        |kind| kind == PlaceKind::Reserve,
        |kind| kind == PlaceKind::Device,
    ] {
        // Those that reach beyond the base of the one looked at: one, unless aliases overlap.
        let mut open: Vec<PlaceId> = Vec::new();
        for id in siblings {
            let place = &contents.places[id.index()];
            if !side(place.kind) {
                continue;
            }
            let of = |id: &PlaceId| &contents.places[id.index()];
            open.retain(|other| of(other).range.last() >= place.range.base());
            let wrong = open
                .iter()
                .find(|other| !place.alias_of.contains(other) && !of(other).alias_of.contains(id));
            if let Some(other) = wrong {
                errors.push(LayoutError::Overlap {
                    first: of(other).label(),
                    first_range: of(other).range,
                    second: place.label(),
                    second_range: place.range,
                });
                // One message for each culprit: from here on only the longer one counts.
                if of(other).range.last() >= place.range.last() {
                    continue;
                }
                let other = *other;
                open.retain(|kept| *kept != other);
            }
            open.push(*id);
        }
    }
}
