//! What linear windows show of physical space: addresses that need no allocation.

use alloc::vec::Vec;
use mapwright_runtime::access::Access;
use mapwright_runtime::layout::{Layout, PlaceId, PlaceKind, SpaceId, Target};
use mapwright_runtime::range::Range;

/// A linear window onto physical space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinearWindow {
    /// The window.
    pub place: PlaceId,
    /// Its addresses.
    pub range: Range,
    /// The physical addresses that it shows.
    pub target: Range,
    /// What may be done there.
    pub access: Access,
    /// It shows again what another window shows.
    pub alias: bool,
}

/// The linear windows of a space onto physical space, without those that repeat pages and those that
/// pass its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinearWindows {
    windows: Vec<LinearWindow>,
}

impl LinearWindows {
    /// The windows of `space` onto `physical`: those that are no alias first, then by address.
    #[must_use]
    pub fn of(layout: &Layout, space: SpaceId, physical: SpaceId) -> Self {
        let mut windows: Vec<LinearWindow> = layout
            .places()
            .filter(|(_, place)| place.space == space && place.kind == PlaceKind::Window)
            .filter_map(|(id, place)| {
                let Target::Linear {
                    space,
                    at,
                    repeat: None,
                } = place.target
                else {
                    return None;
                };
                let target = Range::from_base_size(at, place.range.size())?;
                let inside = layout.space_range(physical).contains_range(target);
                (space == physical && inside).then_some(LinearWindow {
                    place: id,
                    range: place.range,
                    target,
                    access: place.access,
                    alias: !place.alias_of.is_empty(),
                })
            })
            .collect();
        windows.sort_by_key(|window| (window.alias, window.range.base()));
        Self { windows }
    }

    /// The windows.
    #[must_use]
    pub fn windows(&self) -> &[LinearWindow] {
        &self.windows
    }

    /// What the windows show.
    #[must_use]
    pub fn targets(&self) -> Vec<Range> {
        self.windows.iter().map(|window| window.target).collect()
    }

    /// The address of a range of physical space in the first window that shows all of it.
    #[must_use]
    pub(crate) fn address_of_range(&self, range: Range) -> Option<u64> {
        self.windows.iter().find_map(|window| {
            let offset = window.target.offset_of(range.base())?;
            let whole = window.target.contains_range(range);
            whole.then_some(window.range.base() + offset)
        })
    }

    /// The address of a physical address in the first window that shows it.
    #[must_use]
    pub fn address_of(&self, physical: u64) -> Option<u64> {
        self.windows.iter().find_map(|window| {
            let offset = window.target.offset_of(physical)?;
            Some(window.range.base() + offset)
        })
    }

    /// The physical address of an address in a window.
    #[must_use]
    pub fn physical_of(&self, address: u64) -> Option<u64> {
        self.windows.iter().find_map(|window| {
            let offset = window.range.offset_of(address)?;
            Some(window.target.base() + offset)
        })
    }

    /// True when one window shows all of a range of physical space.
    #[must_use]
    pub fn shows(&self, range: Range) -> bool {
        let mut windows = self.windows.iter();
        windows.any(|window| window.target.contains_range(range))
    }
}
