//! Examples that must hold.

use super::{ItemId, Num, SpaceId};
use crate::source::Loc;
use crate::term::VarId;

/// An example that must hold.
#[derive(Debug, Clone)]
pub struct Expect {
    /// Where it stands.
    pub loc: Loc,
    /// The space of the address.
    pub space: SpaceId,
    /// The address.
    pub address: Num,
    /// What it gives.
    pub outcome: Outcome,
    /// The parameters that it fixes.
    pub with: Vec<(VarId, i128)>,
}

/// What translating an address gives.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// An address of another space, by a window.
    Mapped {
        /// That space.
        space: SpaceId,
        /// The address there.
        address: Num,
        /// The window.
        window: Option<ItemId>,
    },
    /// A table decides.
    Dynamic(ItemId),
    /// A fault of this kind, of this item.
    Fault(FaultKind, Option<ItemId>),
}

/// The kinds of faults, as spelled in `expect` and on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// Nothing is declared there.
    Unmapped,
    /// A guard.
    Guard,
    /// A hole.
    Hole,
    /// Between the halves of a sign-extended space.
    NonCanonical,
    /// Beyond the last address of the space.
    OutOfSpace,
}
