//! The direct map: all memory at a fixed distance, in pages as large as alignment allows.

use super::{Marks, PageTables};
use crate::error::MachineError;
use crate::memory::{MemoryKind, RamMap};
use crate::physical::Physical;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
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

/// The stretches of `range` that are memory, reserved or not, in whole pages. Neighbours are one
/// stretch, so that a large page may lie across them.
fn stretches(map: &RamMap, range: Range, page: u64) -> Vec<(u128, u128)> {
    let mut found: Vec<(u128, u128)> = Vec::new();
    for one in map.overlapping(range) {
        if one.kind == MemoryKind::Device {
            continue;
        }
        let base = u128::from(one.range.base().max(range.base()));
        let end = one.range.end().min(range.end());
        match found.last_mut() {
            Some((_, last)) if *last == base => *last = end,
            _ => found.push((base, end)),
        }
    }
    let page = u128::from(page);
    let whole = |(base, end): &mut (u128, u128)| {
        *base = base.div_ceil(page) * page;
        *end = *end / page * page;
        *base < *end
    };
    found.retain_mut(whole);
    found
}

impl PageTables {
    /// Maps the memory that the window `virtual_range` shows from `to` on, in pages as large as
    /// `pages` allows.
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
        for (base, end) in stretches(physical.memory().map(), target, sizes[0]) {
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
