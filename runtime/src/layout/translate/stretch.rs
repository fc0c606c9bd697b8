//! What the addresses of a space mean, stretch by stretch.

use super::Fault;
use crate::access::Access;
use crate::layout::{PlaceId, SpaceId};
use crate::range::Range;

/// Addresses with one meaning. [`Layout::stretches_of`](crate::layout::Layout::stretches_of) gives those of a space:
/// disjoint, in address order, and together all of the space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The addresses.
    pub range: Range,
    /// What decides where they lead.
    pub decision: Decision,
}

/// What decides where the addresses of a [`Stretch`] lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The rule of a linear window.
    Linear(Linear),
    /// Page tables, while the system runs; the place is that of
    /// [`Translation::Dynamic`](crate::translate::Translation::Dynamic).
    Dynamic(PlaceId),
    /// Touching one is a fault.
    Fault(Fault),
}

/// The rule of a linear window, as it holds in one stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Linear {
    /// The window whose rule it is.
    pub window: PlaceId,
    /// The innermost view that holds the stretch, if one does.
    pub view: Option<PlaceId>,
    /// The space mapped to.
    pub space: SpaceId,
    /// The rights of the innermost place.
    pub access: Access,
    /// Where the addresses go.
    pub rule: Rule,
}

/// How a target address is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Byte `i` of the stretch is byte `first + i`, which never passes the end of the space.
    Straight {
        /// The target of the stretch's base.
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
    /// The target of `address`, which is in `stretch`, the range of the stretch that this rule is of. For an address
    /// outside of it the answer means nothing.
    #[must_use]
    pub fn address_of(&self, stretch: Range, address: u64) -> u64 {
        match self.rule {
            // Wrapping only so that no overflow check is left in the way; it never wraps.
            Rule::Straight { first } => first.wrapping_add(address.wrapping_sub(stretch.base())),
            Rule::Repeat {
                origin,
                at,
                unit,
                mask,
            } => at.wrapping_add((address - origin) % unit) & mask,
        }
    }
}
