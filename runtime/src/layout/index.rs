//! Orders of a layout's places, made once.

use super::{Contents, LayoutError, Place, PlaceId, SpaceId};
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Reverse;

/// Places by name, by parent and by address.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    /// By name, then by member number.
    by_name: Vec<PlaceId>,
    /// Siblings side by side, each group in address order.
    siblings: Vec<PlaceId>,
    /// The group of each space's parentless places in `siblings`: from, to.
    roots: Vec<(u32, u32)>,
    /// The group of each place's children in `siblings`: from, to.
    children: Vec<(u32, u32)>,
    /// The number of parents above each place.
    depth: Vec<u32>,
    /// Parents before children, all in address order, space by space.
    walk: Vec<PlaceId>,
    /// The places of each space in `walk`: from, to.
    walks: Vec<(u32, u32)>,
}

impl Index {
    /// The orders of places whose ids are known to be good.
    pub(super) fn of(contents: &Contents) -> Result<Self, Vec<LayoutError>> {
        let places = &contents.places;
        let ids = || (0..places.len()).map(PlaceId::from_index);
        let mut by_name: Vec<PlaceId> = ids().collect();
        by_name.sort_by_key(|id| name_key(&places[id.index()]));

        let depth = depths(places)?;
        let mut siblings: Vec<PlaceId> = ids().collect();
        siblings.sort_by_key(|id| {
            let place = &places[id.index()];
            (
                place.parent,
                place.space,
                place.range.base(),
                Reverse(place.range.last()),
                *id,
            )
        });
        let mut roots = vec![(0, 0); contents.spaces.len()];
        let mut children = vec![(0, 0); places.len()];
        let mut start = 0;
        for group in siblings.chunk_by(|a, b| {
            let (a, b) = (&places[a.index()], &places[b.index()]);
            (a.parent, a.space) == (b.parent, b.space)
        }) {
            let bounds = (start as u32, (start + group.len()) as u32);
            start += group.len();
            let first = &places[group[0].index()];
            match first.parent {
                None => roots[first.space.index()] = bounds,
                Some(parent) => children[parent.index()] = bounds,
            }
        }
        let mut index = Self {
            by_name,
            siblings,
            roots,
            children,
            depth,
            walk: Vec::with_capacity(places.len()),
            walks: Vec::with_capacity(contents.spaces.len()),
        };
        index.walk_all(contents.spaces.len());
        Ok(index)
    }

    fn walk_all(&mut self, spaces: usize) {
        let mut walk = Vec::new();
        for space in 0..spaces {
            let start = walk.len();
            let roots = self.roots(SpaceId::from_index(space));
            let mut pending: Vec<PlaceId> = roots.iter().rev().copied().collect();
            while let Some(place) = pending.pop() {
                walk.push(place);
                pending.extend(self.children(place).iter().rev());
            }
            self.walks.push((start as u32, walk.len() as u32));
        }
        self.walk = walk;
    }

    pub(super) fn named(&self, name: &str, places: &[Place]) -> &[PlaceId] {
        let name_of = |id: &PlaceId| places[id.index()].name.as_str();
        let start = self.by_name.partition_point(|id| name_of(id) < name);
        let end = self.by_name.partition_point(|id| name_of(id) <= name);
        &self.by_name[start..end]
    }

    pub(crate) fn roots(&self, space: SpaceId) -> &[PlaceId] {
        slice(&self.siblings, self.roots[space.index()])
    }

    pub(crate) fn children(&self, parent: PlaceId) -> &[PlaceId] {
        slice(&self.siblings, self.children[parent.index()])
    }

    pub(crate) fn in_address_order(&self, space: SpaceId) -> &[PlaceId] {
        slice(&self.walk, self.walks[space.index()])
    }

    pub(crate) fn depth(&self, place: PlaceId) -> u32 {
        self.depth[place.index()]
    }
}

fn slice(all: &[PlaceId], (start, end): (u32, u32)) -> &[PlaceId] {
    &all[start as usize..end as usize]
}

pub(super) fn name_key(place: &Place) -> (&str, Option<i128>) {
    (&place.name, place.member)
}

/// How many parents each place has; parents may stand before or after their children.
fn depths(places: &[Place]) -> Result<Vec<u32>, Vec<LayoutError>> {
    const UNKNOWN: u32 = u32::MAX;
    let mut depth = vec![UNKNOWN; places.len()];
    let mut errors = Vec::new();
    let mut path = Vec::new();
    for start in 0..places.len() {
        // Up to a place of known depth or to the top, then down again.
        let mut at = start;
        let above = loop {
            if depth[at] != UNKNOWN {
                break Some(depth[at]);
            }
            path.push(at);
            if path.len() > places.len() {
                break None;
            }
            match places[at].parent {
                None => {
                    depth[at] = 0;
                    path.pop();
                    break Some(0);
                }
                Some(parent) => at = parent.index(),
            }
        };
        let Some(mut above) = above else {
            let place = places[start].label();
            errors.push(LayoutError::ParentCycle { place });
            break;
        };
        while let Some(at) = path.pop() {
            above += 1;
            depth[at] = above;
        }
    }
    if errors.is_empty() {
        Ok(depth)
    } else {
        Err(errors)
    }
}
