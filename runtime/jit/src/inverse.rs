//! From target addresses back to the addresses of a space.

use super::lookup::Lookup;
use super::table::Piece;
use super::translator::{Answer, Engine};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;
use mapwright_runtime::layout::{Layout, PlaceId, SpaceId};
use mapwright_runtime::range::Range;
use mapwright_runtime::translate::{Decision, Rule};

/// For each address of a target space, one address of a space that is mapped to it: the one of a
/// window that is no alias, if there is one, and of those the lowest. All others are found by
/// [`Layout::reverse`], which is exact and slower.
pub struct InverseTranslator {
    lookup: Lookup,
    /// What each piece means: the window, or nothing.
    windows: Vec<Option<PlaceId>>,
}

impl InverseTranslator {
    /// An inverse translator from `target` to `space`, as machine code where the system allows it.
    ///
    /// # Panics
    /// If `space` is from another layout and beyond this one's spaces.
    #[must_use]
    pub fn new(layout: &Layout, space: SpaceId, target: SpaceId) -> Self {
        Self::with_engine(layout, space, target, Engine::Jit)
    }

    /// The same with this engine, or [`Engine::Table`] where [`Engine::Jit`] is refused.
    ///
    /// # Panics
    /// If `space` is from another layout and beyond this one's spaces.
    #[must_use]
    pub fn with_engine(layout: &Layout, space: SpaceId, target: SpaceId, engine: Engine) -> Self {
        let (pieces, windows) = pieces(&runs(layout, space, target));
        Self {
            lookup: Lookup::new(&pieces, false, engine),
            windows,
        }
    }

    /// What does the work.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.lookup.engine()
    }

    /// The address that is mapped to `target`, with the window that does it: where none does, the
    /// target itself and a code without a [`InverseTranslator::window`]. In the answer, the field
    /// `physical` is the address of the space.
    #[must_use]
    pub fn translate(&self, target: u64) -> Answer {
        let (physical, code) = self.lookup.one(target);
        Answer { physical, code }
    }

    /// [`InverseTranslator::translate`] for many addresses: `addresses[i]` and `codes[i]` are the
    /// answer for `targets[i]`.
    ///
    /// # Panics
    /// If the three are not of one length.
    pub fn translate_batch(&self, targets: &[u64], addresses: &mut [u64], codes: &mut [u32]) {
        self.lookup.many(targets, addresses, codes);
    }

    /// The window that a code stands for; `None` when nothing maps there.
    #[must_use]
    pub fn window(&self, code: u32) -> Option<PlaceId> {
        self.windows
            .get(self.lookup.table.piece(code)?)
            .copied()
            .flatten()
    }
}

impl fmt::Debug for InverseTranslator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InverseTranslator")
            .field("engine", &self.engine())
            .field("shape", &self.lookup.table.shape.words())
            .finish_non_exhaustive()
    }
}

/// Target addresses at one distance from the addresses mapped to them.
struct Run {
    target: Range,
    /// The address that is mapped to the first of them.
    address: u64,
    window: PlaceId,
    alias: bool,
}

/// All runs of a space into a target space. Of repeated pages, the first occurrence of each.
fn runs(layout: &Layout, space: SpaceId, target: SpaceId) -> Vec<Run> {
    let mut runs = Vec::new();
    for stretch in layout.stretches_of(space) {
        let Decision::Linear(linear) = stretch.decision else {
            continue;
        };
        if linear.space != target {
            continue;
        }
        let alias = !layout.place(linear.window).alias_of.is_empty();
        let mut address = stretch.range.base();
        let size = match linear.rule {
            Rule::Straight { .. } => stretch.range.size(),
            Rule::Repeat { unit, .. } => stretch.range.size().min(u128::from(unit)),
        };
        let end = u128::from(address) + size;
        // Cut where a repeated unit ends, and where it goes round the end of its space.
        while u128::from(address) < end {
            let first = linear.address_of(stretch.range, address);
            let left = end - u128::from(address);
            let here = match linear.rule {
                Rule::Straight { .. } => left,
                Rule::Repeat {
                    origin, unit, mask, ..
                } => left
                    .min(u128::from(unit - (address - origin) % unit))
                    .min(u128::from(mask - first) + 1),
            };
            let window = linear.window;
            runs.extend(Range::from_base_size(first, here).map(|target| Run {
                target,
                address,
                window,
                alias,
            }));
            // Only the very end of a 64-bit space is no address any more.
            let Ok(next) = u64::try_from(u128::from(address) + here) else {
                break;
            };
            address = next;
        }
    }
    runs
}

/// The best run everywhere: the open runs are kept in order of preference while all ends are
/// passed in order.
fn pieces(runs: &[Run]) -> (Vec<Piece>, Vec<Option<PlaceId>>) {
    let mut events: Vec<(u128, bool, usize)> = Vec::with_capacity(2 * runs.len());
    for (number, run) in runs.iter().enumerate() {
        events.push((u128::from(run.target.base()), true, number));
        events.push((run.target.end(), false, number));
    }
    events.sort_unstable();
    let mut open: BTreeMap<(bool, u64), usize> = BTreeMap::new();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut windows: Vec<Option<PlaceId>> = Vec::new();
    let mut from = 0_u64;
    let mut add = |base: u64, best: Option<&Run>| {
        let delta = best.map_or(0, |run| run.address.wrapping_sub(run.target.base()));
        let window = best.map(|run| run.window);
        let goes_on = pieces
            .last()
            .is_some_and(|last: &Piece| last.delta == delta);
        if goes_on && windows.last() == Some(&window) {
            return;
        }
        pieces.push(Piece::straight(base, delta));
        windows.push(window);
    };
    for group in events.chunk_by(|a, b| a.0 == b.0) {
        let at = group[0].0;
        if at > u128::from(from) {
            add(from, open.values().next().map(|number| &runs[*number]));
        }
        for (_, opens, number) in group {
            let run = &runs[*number];
            let key = (run.alias, run.address);
            if *opens {
                open.insert(key, *number);
            } else {
                open.remove(&key);
            }
        }
        let Ok(next) = u64::try_from(at) else {
            // 2^64: everything is done.
            return (pieces, windows);
        };
        from = next;
    }
    add(from, None);
    (pieces, windows)
}
