//! The areas of a process.

use alloc::string::String;
use mapwright_runtime::access::Access;
use mapwright_runtime::layout::Place;
use mapwright_runtime::range::Range;

/// What is behind the pages of an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Backing {
    /// Zeros, until they are written.
    #[default]
    Anon,
    /// A file, privately: its pages are read on the first touch. Files of a simulation are zeros.
    File,
}

/// Whether an area grows by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum AreaGrowth {
    /// It does not.
    #[default]
    None,
    /// Down to this address, when a page right below is touched (a stack).
    Down(u64),
}

/// An area: addresses of a process with one meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VmArea {
    /// Its name: of the layout's area, or `anon`.
    pub name: String,
    /// Its addresses, whole pages.
    pub range: Range,
    /// What the process may do there.
    pub access: Access,
    /// What is behind its pages.
    pub backing: Backing,
    /// Whether it grows by itself.
    pub growth: AreaGrowth,
}

impl VmArea {
    /// The area that a layout declares, all of it.
    #[must_use]
    pub fn of(place: &Place) -> Self {
        let backing = match place.attr("backing") {
            Some("file") => Backing::File,
            _ => Backing::Anon,
        };
        Self {
            name: place.name.clone(),
            range: place.range,
            access: place.access.for_user(),
            backing,
            growth: AreaGrowth::None,
        }
    }

    /// Whether anything may be done in the area; its pages have no entries otherwise.
    #[must_use]
    pub(crate) const fn is_open(&self) -> bool {
        self.access.read || self.access.write || self.access.execute
    }

    /// The same area over other addresses.
    #[must_use]
    pub fn over(&self, range: Range) -> Self {
        Self {
            range,
            ..self.clone()
        }
    }
}
