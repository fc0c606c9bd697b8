//! What a segment of a space means.

use super::Fault;
use crate::access::Access;
use crate::layout::{PlaceId, SpaceId};
use crate::range::Range;

/// Addresses with one meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) range: Range,
    pub(crate) outcome: Outcome,
}

/// What addresses mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Linear(Linear),
    Dynamic(PlaceId),
    Fault(Fault),
}

/// A linear rule, as it holds in one segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Linear {
    pub(crate) window: PlaceId,
    pub(crate) view: Option<PlaceId>,
    pub(crate) space: SpaceId,
    pub(crate) access: Access,
    pub(crate) rule: Rule,
}

/// How a target address is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Byte `i` of the segment is byte `first + i`, which never passes the end of the space.
    Straight {
        /// The target of the segment's base.
        first: u64,
    },
    /// Byte `i` of the window is byte `(at + i % unit) & mask`.
    Repeat {
        /// The base of the window.
        origin: u64,
        /// The target of the window's base.
        at: u64,
        /// The bytes after which it begins again, at least 1.
        unit: u64,
        /// The last address of the target space.
        mask: u64,
    },
}

impl Linear {
    /// The target of `address`, which is in `segment`.
    pub(crate) fn address_of(&self, segment: Range, address: u64) -> u64 {
        match self.rule {
            // Wrapping only so that no overflow check is left in the way; it never wraps.
            Rule::Straight { first } => first.wrapping_add(address.wrapping_sub(segment.base())),
            Rule::Repeat {
                origin,
                at,
                unit,
                mask,
            } => at.wrapping_add((address - origin) % unit) & mask,
        }
    }
}
