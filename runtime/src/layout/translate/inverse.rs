//! From a target address back to every address that is mapped to it.

use super::stretch::{Decision, Linear, Rule, Stretch};
use crate::layout::{PlaceId, SpaceId};
use crate::range::Range;
use alloc::vec;
use alloc::vec::Vec;

/// Addresses that a window maps to one target address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Inverse {
    /// The first of them.
    pub address: u64,
    /// How many; more than 1 only where a window repeats.
    pub count: u64,
    /// The distance from one to the next; 0 when there is only one.
    pub stride: u64,
    /// The window.
    pub window: PlaceId,
    /// True when the window is declared to be an alias of others.
    pub alias: bool,
}

/// The linear stretches of one space, by what they map to.
#[derive(Debug, Clone, Default)]
pub(super) struct InverseTable {
    /// By target space, then by the base of the target.
    entries: Vec<Entry>,
}

/// A linear stretch with its target.
#[derive(Debug, Clone, Copy)]
struct Entry {
    target: Range,
    /// The highest last target address in the subtree of which this is the root, see
    /// [`InverseTable::find`].
    reach: u64,
    stretch: Range,
    linear: Linear,
}

impl InverseTable {
    pub(super) fn of(stretches: &[Stretch]) -> Self {
        let mut entries = Vec::new();
        for stretch in stretches {
            let Decision::Linear(linear) = stretch.decision else {
                continue;
            };
            entries.extend(
                targets(stretch.range, &linear)
                    .into_iter()
                    .map(|target| Entry {
                        target,
                        reach: 0,
                        stretch: stretch.range,
                        linear,
                    }),
            );
        }
        entries.sort_unstable_by_key(|entry| {
            let Entry {
                target, stretch, ..
            } = entry;
            (entry.linear.space, target.base(), stretch.base())
        });
        for group in entries.chunk_by_mut(|a, b| a.linear.space == b.linear.space) {
            set_reach(group);
        }
        Self { entries }
    }

    /// All stretches of which the target holds `address`. Each group of one target space is a
    /// balanced tree in the order of bases: its root is the middle, the halves are its subtrees. A
    /// subtree that does not reach the address is left out, so that this takes
    /// O(log n + found * log n) steps.
    pub(super) fn find(&self, space: SpaceId, address: u64) -> Vec<Inverse> {
        let from = self
            .entries
            .partition_point(|entry| entry.linear.space < space);
        let to = self
            .entries
            .partition_point(|entry| entry.linear.space <= space);
        let mut found = Vec::new();
        let mut pending = vec![&self.entries[from..to]];
        while let Some(tree) = pending.pop() {
            let middle = tree.len() / 2;
            let Some(root) = tree.get(middle).filter(|root| root.reach >= address) else {
                continue;
            };
            pending.push(&tree[..middle]);
            if root.target.base() <= address {
                pending.push(&tree[middle + 1..]);
                found.extend(inverse(root, address));
            }
        }
        // A repeated unit that goes round the end of its space stands in the table twice.
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Sets the reach of every subtree. The depth of the recursion is the logarithm of the length.
fn set_reach(tree: &mut [Entry]) -> u64 {
    if tree.is_empty() {
        return 0;
    }
    let middle = tree.len() / 2;
    let (below, rest) = tree.split_at_mut(middle);
    let (root, above) = rest.split_at_mut(1);
    let below = set_reach(below);
    let above = set_reach(above);
    root[0].reach = root[0].target.last().max(below).max(above);
    root[0].reach
}

/// The target addresses of a stretch; for a repeated one at least those, in two ranges when they
/// go round the end of the space.
fn targets(stretch: Range, linear: &Linear) -> Vec<Range> {
    match linear.rule {
        Rule::Straight { first } => Range::from_base_size(first, stretch.size())
            .into_iter()
            .collect(),
        Rule::Repeat { at, unit, mask, .. } => {
            let first = at & mask;
            let room = u128::from(mask - first) + 1;
            let size = u128::from(unit);
            match size.checked_sub(room).filter(|rest| *rest > 0) {
                None => Range::from_base_size(first, size).into_iter().collect(),
                Some(rest) => [
                    Range::from_base_size(first, room),
                    Range::from_base_size(0, rest.min(u128::from(mask) + 1)),
                ]
                .into_iter()
                .flatten()
                .collect(),
            }
        }
    }
}

fn inverse(entry: &Entry, target: u64) -> Option<Inverse> {
    if !entry.target.contains(target) {
        return None;
    }
    let window = entry.linear.window;
    let (address, count, stride) = match entry.linear.rule {
        Rule::Straight { first } => (entry.stretch.base() + (target - first), 1, 0),
        Rule::Repeat {
            origin,
            at,
            unit,
            mask,
        } => {
            let within = target.wrapping_sub(at) & mask;
            if within >= unit {
                return None;
            }
            // The first offset from the window's base that is `within` in its unit and is not
            // below the stretch.
            let low = entry.stretch.base() - origin;
            let high = entry.stretch.last() - origin;
            let phase = low % unit;
            let ahead = if within >= phase {
                within - phase
            } else {
                unit - (phase - within)
            };
            let offset = low.checked_add(ahead).filter(|offset| *offset <= high)?;
            let more = (high - offset) / unit;
            // 2^64 only for a unit of one byte over all addresses of a 64-bit space.
            let count = more.saturating_add(1);
            (origin + offset, count, if more == 0 { 0 } else { unit })
        }
    };
    Some(Inverse {
        address,
        count,
        stride,
        window,
        alias: false,
    })
}
