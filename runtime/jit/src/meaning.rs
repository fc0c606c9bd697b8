//! From the stretches of a space to pieces, and back to what they mean.

use super::table::Piece;
use alloc::vec::Vec;
use mapwright_runtime::layout::PlaceId;
use mapwright_runtime::translate::{Decision, Linear, Rule, Stretch};

/// What a piece means.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meaning {
    /// The first of the stretches that it stands for, by position; none, where the space has no
    /// such address.
    pub(super) stretch: Option<u32>,
    /// What is added to its addresses.
    pub(super) delta: u64,
    /// Who decides there.
    pub(super) place: Option<PlaceId>,
}

/// The pieces of all 64-bit addresses with their meanings: the stretches of the space, and what
/// lies beyond it. Neighbours under one straight rule, such as a window and a view in it, are one
/// piece.
pub(super) fn pieces(stretches: &[Stretch]) -> (Vec<Piece>, Vec<Meaning>) {
    let mut pieces: Vec<Piece> = Vec::with_capacity(stretches.len());
    let mut meanings: Vec<Meaning> = Vec::with_capacity(stretches.len());
    for (stretch, number) in stretches.iter().zip(0..) {
        let piece = piece(stretch);
        let meaning = Meaning {
            stretch: Some(number),
            delta: piece.delta,
            place: place(stretch),
        };
        let goes_on = is_straight(stretch)
            && number > 0
            && is_straight(&stretches[number as usize - 1])
            && meanings.last().is_some_and(|last: &Meaning| {
                (last.delta, last.place) == (meaning.delta, meaning.place)
            });
        if !goes_on {
            pieces.push(piece);
            meanings.push(meaning);
        }
    }
    let end = stretches
        .last()
        .and_then(|last| last.range.last().checked_add(1));
    if let Some(base) = end {
        pieces.push(Piece::straight(base, 0));
        meanings.push(Meaning {
            stretch: None,
            delta: 0,
            place: None,
        });
    }
    (pieces, meanings)
}

fn is_straight(stretch: &Stretch) -> bool {
    matches!(stretch.decision, Decision::Linear(linear) if matches!(linear.rule, Rule::Straight { .. }))
}

/// Who decides in a stretch.
fn place(stretch: &Stretch) -> Option<PlaceId> {
    match stretch.decision {
        Decision::Linear(linear) => Some(linear.window),
        Decision::Dynamic(place) => Some(place),
        Decision::Fault(fault) => fault.place(),
    }
}

/// The rule of a stretch of repeated pages.
pub(super) fn repeated(stretch: &Stretch) -> Option<&Linear> {
    match &stretch.decision {
        Decision::Linear(linear) if matches!(linear.rule, Rule::Repeat { .. }) => Some(linear),
        _ => None,
    }
}

fn piece(stretch: &Stretch) -> Piece {
    let base = stretch.range.base();
    let Decision::Linear(linear) = stretch.decision else {
        return Piece::straight(base, 0);
    };
    match linear.rule {
        Rule::Straight { first } => Piece::straight(base, first.wrapping_sub(base)),
        Rule::Repeat { at, unit, mask, .. } if is_masked(&linear) => Piece {
            mask: unit - 1,
            ..Piece::straight(base, at & mask)
        },
        // Corrected afterwards.
        Rule::Repeat { .. } => Piece::straight(base, 0),
    }
}

/// True for repeated pages that a mask can say: their size is a power of two, the window begins on
/// such a page, and the target does not go round the end of its space.
pub(super) fn is_masked(linear: &Linear) -> bool {
    let Rule::Repeat {
        origin,
        at,
        unit,
        mask,
    } = linear.rule
    else {
        return false;
    };
    let first = at & mask;
    unit.is_power_of_two() && origin.is_multiple_of(unit) && unit - 1 <= mask - first
}

/// True when the target space of repeated pages has at most 32 bits.
pub(super) fn has_narrow_targets(linear: &Linear) -> bool {
    match linear.rule {
        Rule::Repeat { mask, .. } => mask <= u64::from(u32::MAX),
        Rule::Straight { .. } => true,
    }
}
