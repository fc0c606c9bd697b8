//! Translation by table: the exact meaning of a layout, which everything faster is held to.
//!
//! Making a layout cuts each space into disjoint stretches in address order, each with one decision,
//! so that a translation is one binary search. The innermost place decides: a guard inside a window
//! is a fault, a view keeps the rule of the window around it.

mod flatten;
mod inverse;
mod stretch;

pub use inverse::Inverse;
pub use stretch::{Decision, Linear, Rule, Stretch};

use crate::access::Access;
use crate::layout::{Layout, PlaceId, SpaceId};
use alloc::vec::Vec;
use core::fmt;
use flatten::{SpaceTable, ZoneTable};
use inverse::InverseTable;

/// What an address means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Translation {
    /// A linear window maps it.
    Mapped {
        /// The window whose rule it is.
        window: PlaceId,
        /// The innermost view that holds the address, such as the kernel image in the direct map.
        view: Option<PlaceId>,
        /// The space mapped to.
        space: SpaceId,
        /// The address there.
        address: u64,
        /// The zone there that holds that address, if any.
        zone: Option<PlaceId>,
        /// The rights of the innermost place.
        access: Access,
    },
    /// Page tables decide while the system runs.
    Dynamic {
        /// The window whose pages they are; the part, where each process has its own tables (an
        /// area in it is a template only and does not decide); an area elsewhere.
        place: PlaceId,
    },
    /// Touching it is a fault.
    Fault(Fault),
}

/// Why an address has no translation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fault {
    /// Nothing is declared there.
    Unmapped {
        /// The part that holds the address, in a space that is split.
        part: Option<PlaceId>,
    },
    /// A guard.
    Guard(PlaceId),
    /// A range documented to be unused.
    Hole(PlaceId),
    /// The space's page-table format cannot translate it.
    NonCanonical,
    /// The space has no such address.
    OutOfSpace,
}

impl Fault {
    /// `unmapped`, `guard`, `hole`, `non_canonical` or `out_of_space`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unmapped { .. } => "unmapped",
            Self::Guard(_) => "guard",
            Self::Hole(_) => "hole",
            Self::NonCanonical => "non_canonical",
            Self::OutOfSpace => "out_of_space",
        }
    }

    /// The guard or hole.
    #[must_use]
    pub const fn place(self) -> Option<PlaceId> {
        match self {
            Self::Guard(place) | Self::Hole(place) => Some(place),
            _ => None,
        }
    }
}

impl Translation {
    /// The place that decides: the window, the dynamic place, the guard or hole.
    #[must_use]
    pub const fn place(&self) -> Option<PlaceId> {
        match self {
            Self::Mapped { window, .. } => Some(*window),
            Self::Dynamic { place } => Some(*place),
            Self::Fault(fault) => fault.place(),
        }
    }

    /// The words that the command line prints after the address: `0x100000 lowmem`,
    /// `dynamic vmalloc`, `fault guard gap`, `fault non_canonical`.
    #[must_use]
    pub fn plain<'a>(&'a self, layout: &'a Layout) -> impl fmt::Display + 'a {
        fmt::from_fn(move |f| match self {
            Self::Mapped {
                window, address, ..
            } => write!(f, "{address:#x} {}", layout.place(*window).label()),
            Self::Dynamic { place } => write!(f, "dynamic {}", layout.place(*place).label()),
            Self::Fault(fault) => {
                write!(f, "fault {}", fault.word())?;
                fault.place().map_or(Ok(()), |place| {
                    write!(f, " {}", layout.place(place).label())
                })
            }
        })
    }
}

/// The tables of a whole layout.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tables {
    /// One for each space.
    spaces: Vec<SpaceTable>,
    /// The zones of each space.
    zones: Vec<ZoneTable>,
    /// What maps to where, for each space mapped from.
    inverses: Vec<InverseTable>,
}

impl Layout {
    /// What `address` of `space` means.
    ///
    /// # Panics
    /// If `space` is from another layout and beyond this one's spaces.
    #[must_use]
    pub fn translate(&self, space: SpaceId, address: u64) -> Translation {
        match self.tables().spaces[space.index()].stretch(address) {
            Some(stretch) => self.translation_in(stretch, address),
            None => Translation::Fault(Fault::OutOfSpace),
        }
    }

    /// Follows `address` from space to space: its meaning in `space`, then, while it is mapped into
    /// a space that is itself translated, the meaning there. At least one step; all but the last
    /// are [`Translation::Mapped`].
    #[must_use]
    pub fn translate_chain(&self, space: SpaceId, address: u64) -> Vec<Translation> {
        let mut steps = Vec::new();
        let mut next = Some((space, address));
        // Spaces form no circle, so that this ends.
        while let Some((space, address)) = next {
            let step = self.translate(space, address);
            steps.push(step);
            next = match step {
                Translation::Mapped { space, address, .. } => {
                    self.space(space).to.map(|_| (space, address))
                }
                _ => None,
            };
        }
        steps
    }

    /// Every address of `space` that linear windows map directly to `address` of `target`: the
    /// windows that are no alias first, then by address. A window with `repeat` is one entry with
    /// a count.
    #[must_use]
    pub fn reverse(&self, space: SpaceId, target: SpaceId, address: u64) -> Vec<Inverse> {
        let mut found = self.tables().inverses[space.index()].find(target, address);
        for inverse in &mut found {
            inverse.alias = !self.place(inverse.window).alias_of.is_empty();
        }
        found.sort_unstable_by_key(|inverse| (inverse.alias, inverse.address));
        found
    }

    /// The zone of `space` that holds `address`, the innermost if zones nest.
    #[must_use]
    pub fn zone_at(&self, space: SpaceId, address: u64) -> Option<PlaceId> {
        self.tables().zones[space.index()].zone(address)
    }

    /// The innermost place that decides translation at `address`: views and areas included.
    #[must_use]
    pub fn innermost(&self, space: SpaceId, address: u64) -> Option<PlaceId> {
        self.tables().spaces[space.index()].innermost(address)
    }

    /// The disjoint stretches of a space in address order; together they are all of it.
    ///
    /// # Panics
    /// If `space` is from another layout and beyond this one's spaces.
    #[must_use]
    pub fn stretches_of(&self, space: SpaceId) -> &[Stretch] {
        self.tables().spaces[space.index()].stretches()
    }

    fn translation_in(&self, stretch: &Stretch, address: u64) -> Translation {
        match stretch.decision {
            Decision::Linear(linear) => {
                let target = linear.address_of(stretch.range, address);
                Translation::Mapped {
                    window: linear.window,
                    view: linear.view,
                    space: linear.space,
                    address: target,
                    zone: self.zone_at(linear.space, target),
                    access: linear.access,
                }
            }
            Decision::Dynamic(place) => Translation::Dynamic { place },
            Decision::Fault(fault) => Translation::Fault(fault),
        }
    }
}
