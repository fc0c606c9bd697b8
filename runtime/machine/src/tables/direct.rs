//! The direct map: all memory at a fixed distance, in pages as large as alignment allows.

use super::{Marks, PageTables};
use crate::error::MachineError;
use crate::memory::{MemoryKind, RamMap};
use crate::physical::Physical;
use alloc::collections::BTreeMap;
use mapwright_runtime::access::Access;
use mapwright_runtime::range::Range;

/// How large the pages of a direct map may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum DirectPages {
    /// As large as the format, alignment and the memory allow.
    #[default]
    Large,
    /// Of the smallest size.
    Small,
    /// There is no direct map.
    None,
}

/// What a direct map took.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DirectMap {
    /// How many pages there are of each size in bytes.
    pub pages: BTreeMap<u64, u64>,
}

/// The part of `range` that a direct map shows, in whole pages: all of it up to the end of its memory, reserved or not,
/// with what lies between, holes and devices. `None` when no memory is there.
fn shown(map: &RamMap, range: Range, page: u64) -> Option<(u128, u128)> {
    let memory = map.overlapping(range);
    let last = memory.filter(|one| one.kind != MemoryKind::Device).last()?;
    let page = u128::from(page);
    let base = u128::from(range.base()).div_ceil(page) * page;
    let end = last.range.end().min(range.end()) / page * page;
    (base < end).then_some((base, end))
}

impl PageTables {
    /// Maps what `window` shows from `to` on, up to the end of memory, in pages as large as `pages` allows.
    ///
    /// # Errors
    /// When tables cannot be made; what was mapped stays.
    pub fn map_direct(
        &mut self,
        physical: &mut Physical,
        window: Range,
        to: u64,
        access: Access,
        pages: DirectPages,
    ) -> Result<DirectMap, MachineError> {
        let mut made = DirectMap::default();
        let mut sizes = self.page_sizes();
        match pages {
            DirectPages::Large => {}
            DirectPages::Small => sizes.truncate(1),
            DirectPages::None => return Ok(made),
        }
        let Some(target) = Range::from_base_size(to, window.size()) else {
            return Ok(made);
        };
        if let Some((base, end)) = shown(physical.memory().map(), target, sizes[0]) {
            let mut at = base;
            while at < end {
                // Inside the target, whose addresses are 64 bits wide.
                let physical_at = at as u64;
                let address = window.base() + (physical_at - target.base());
                let fits = |size: &&u64| {
                    (physical_at | address).is_multiple_of(**size) && at + u128::from(**size) <= end
                };
                let Some(&size) = sizes.iter().rev().find(fits) else {
                    // Base and target of the window are not congruent by a page.
                    break;
                };
                self.map(physical, address, physical_at, size, access, Marks::BOTH)?;
                *made.pages.entry(size).or_default() += 1;
                at += u128::from(size);
            }
        }
        Ok(made)
    }
}
