//! What a model lacks because it was wrong. It has had its message; laws about what is *absent* (holes in a split, memory
//! that nobody reaches) have no ground where what they look for may have been written, and only there.

use mapwright_grammar::ast::{ItemKind, PlaceKind};
use std::collections::BTreeSet;

/// What an item is to the laws about what is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// Anything at all: nobody knows what it was, or anything may depend on it.
    Anything,
    /// A place of this kind.
    Place(PlaceKind),
    /// A part of a split.
    Part,
    /// Nothing that a law looks for: a claim, an example, a constant.
    Nothing,
}

impl Lack {
    /// What is lacking when such an item is wrong.
    #[must_use]
    pub const fn of(item: &ItemKind) -> Self {
        match item {
            ItemKind::Place(place) => Self::Place(place.kind),
            ItemKind::Split { .. } => Self::Part,
            ItemKind::Assert { .. }
            | ItemKind::Expect { .. }
            | ItemKind::Export { .. }
            | ItemKind::Segment { .. }
            | ItemKind::Variant { .. } => Self::Nothing,
            // What a name stands for, anything may be made of.
            ItemKind::Use { .. }
            | ItemKind::Param(_)
            | ItemKind::Assume { .. }
            | ItemKind::Let { .. }
            | ItemKind::Enum { .. }
            | ItemKind::Paging(_)
            | ItemKind::Space { .. } => Self::Anything,
        }
    }
}

/// All that is lacking.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missing {
    lacks: BTreeSet<Lack>,
}

impl Missing {
    /// Notes that something that was wrong is not there.
    pub fn note(&mut self, lack: Lack) {
        self.lacks.insert(lack);
    }

    /// True when nothing was wrong.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.lacks.is_empty()
    }

    /// True when one of these may have been written and is not there.
    #[must_use]
    pub fn any_of(&self, wanted: &[Lack]) -> bool {
        self.lacks.contains(&Lack::Anything) || wanted.iter().any(|lack| self.lacks.contains(lack))
    }

    /// True when a place of one of these kinds may have been written and is not there.
    #[must_use]
    pub fn places(&self, kinds: &[PlaceKind]) -> bool {
        let is_lacking = |kind: &PlaceKind| self.lacks.contains(&Lack::Place(*kind));
        self.lacks.contains(&Lack::Anything) || kinds.iter().any(is_lacking)
    }
}
