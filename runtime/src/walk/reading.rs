//! How strictly tables are read.

use core::fmt;

/// What is made of entries with reserved bits set.
///
/// A bit is reserved where a format declares it so: it has to be zero in every present entry of that form. Processors
/// fault on such entries (Intel SDM vol. 3A, 5.7, error code RSVD; Arm makes them a translation fault or ignores them, by
/// the field). What emulators write into their guests' memory is less strict: several set the accessed bit in the
/// entries of PAE's top table, where it is reserved, so that a reader of their dumps who is as strict as a
/// processor finds nothing mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reading {
    /// As the processor does: such an entry is a [`WalkFault::ReservedBit`](super::WalkFault::ReservedBit).
    Strict,
    /// As a reader of dumps does: such an entry is followed as if the bits were zero, and the walk says so
    /// ([`Walk::reserved`](super::Walk::reserved)). An entry without a meaning, or a page beyond the machine's physical
    /// addresses, is a fault all the same: there is nothing to follow.
    Lax,
}

/// `strict` or `lax`.
impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Strict => "strict",
            Self::Lax => "lax",
        })
    }
}
