//! A sparse array: what is not there costs nothing.

use super::{HostBudget, HostLimit};
use alloc::boxed::Box;
use alloc::vec::Vec;

const BITS: u32 = 9;
const FANOUT: usize = 1 << BITS;

/// A node: what is below it, or at the bottom the items themselves.
#[derive(Debug, Clone)]
enum Node<T> {
    Inner(Vec<Option<Box<Node<T>>>>),
    Leaf(Vec<Option<T>>),
}

/// A tree of fixed height with 512 branches a node, indexed by numbers up to a bound.
#[derive(Debug, Clone)]
pub(super) struct Radix<T> {
    root: Option<Box<Node<T>>>,
    /// Levels above the leaves.
    height: u32,
}

impl<T> Radix<T> {
    /// An empty array for indices of up to `last`.
    pub(super) fn new(last: u64) -> Self {
        let bits = 64 - last.leading_zeros();
        Self {
            root: None,
            height: bits.div_ceil(BITS).max(1) - 1,
        }
    }

    fn digit(index: u64, level: u32) -> usize {
        (index >> (level * BITS)) as usize % FANOUT
    }

    fn holds(&self, index: u64) -> bool {
        index.checked_shr((self.height + 1) * BITS).unwrap_or(0) == 0
    }

    #[inline]
    pub(super) fn get(&self, index: u64) -> Option<&T> {
        if !self.holds(index) {
            return None;
        }
        let mut node = self.root.as_deref()?;
        let mut level = self.height;
        loop {
            match node {
                Node::Inner(below) => node = below[Self::digit(index, level)].as_deref()?,
                Node::Leaf(items) => return items[Self::digit(index, 0)].as_ref(),
            }
            level = level.saturating_sub(1);
        }
    }

    #[inline]
    pub(super) fn get_mut(&mut self, index: u64) -> Option<&mut T> {
        if !self.holds(index) {
            return None;
        }
        let mut node = self.root.as_deref_mut()?;
        let mut level = self.height;
        loop {
            match node {
                Node::Inner(below) => node = below[Self::digit(index, level)].as_deref_mut()?,
                Node::Leaf(items) => return items[Self::digit(index, 0)].as_mut(),
            }
            level = level.saturating_sub(1);
        }
    }

    fn node(level: u32, budget: &mut HostBudget) -> Result<Box<Node<T>>, HostLimit> {
        let branch = if level == 0 {
            size_of::<Option<T>>()
        } else {
            size_of::<Option<Box<Node<T>>>>()
        };
        budget.take((branch * FANOUT) as u64)?;
        Ok(Box::new(if level == 0 {
            Node::Leaf((0..FANOUT).map(|_| None).collect())
        } else {
            Node::Inner((0..FANOUT).map(|_| None).collect())
        }))
    }

    /// The item at `index`, at most the bound, made with `cost` bytes when it is not there.
    pub(super) fn get_or_make(
        &mut self,
        index: u64,
        budget: &mut HostBudget,
        cost: u64,
        make: impl FnOnce() -> T,
    ) -> Result<&mut T, HostLimit> {
        debug_assert!(self.holds(index));
        let mut level = self.height;
        let mut slot = &mut self.root;
        loop {
            if slot.is_none() {
                *slot = Some(Self::node(level, budget)?);
            }
            match slot.as_deref_mut() {
                Some(Node::Inner(below)) => slot = &mut below[Self::digit(index, level)],
                Some(Node::Leaf(items)) => {
                    let item = &mut items[Self::digit(index, 0)];
                    if item.is_none() {
                        budget.take(cost)?;
                    }
                    return Ok(item.get_or_insert_with(make));
                }
                None => unreachable!("made above"),
            }
            level = level.saturating_sub(1);
        }
    }

    /// Takes the item at `index` out; nodes stay.
    pub(super) fn remove(&mut self, index: u64) -> Option<T> {
        if !self.holds(index) {
            return None;
        }
        let mut node = self.root.as_deref_mut()?;
        let mut level = self.height;
        loop {
            match node {
                Node::Inner(below) => node = below[Self::digit(index, level)].as_deref_mut()?,
                Node::Leaf(items) => return items[Self::digit(index, 0)].take(),
            }
            level = level.saturating_sub(1);
        }
    }

    /// Calls `visit` with each item, in order of their indices.
    pub(super) fn for_each(&self, mut visit: impl FnMut(u64, &T)) {
        fn walk<T>(node: &Node<T>, base: u64, visit: &mut impl FnMut(u64, &T)) {
            match node {
                Node::Inner(below) => {
                    for (digit, node) in below.iter().enumerate() {
                        if let Some(node) = node {
                            walk(node, (base + digit as u64) << BITS, visit);
                        }
                    }
                }
                Node::Leaf(items) => {
                    for (digit, item) in items.iter().enumerate() {
                        if let Some(item) = item {
                            visit(base + digit as u64, item);
                        }
                    }
                }
            }
        }
        if let Some(root) = &self.root {
            walk(root, 0, &mut visit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Random;
    use std::collections::BTreeMap;

    #[test]
    fn like_a_map() {
        for last in [0, 511, 512, 1 << 27, u64::MAX] {
            let mut random = Random::new(last);
            let mut budget = HostBudget::new(u64::MAX);
            let (mut radix, mut map) = (Radix::new(last), BTreeMap::new());
            for _ in 0..2_000 {
                let shift = random.below(64);
                let index = random.between(0, last) >> shift;
                if random.chance(2, 3) {
                    let value = random.word();
                    let item = radix.get_or_make(index, &mut budget, 8, || 0);
                    *item.expect("no limit") = value;
                    map.insert(index, value);
                } else {
                    assert_eq!(radix.remove(index), map.remove(&index));
                }
                assert_eq!(radix.get(index), map.get(&index));
                assert_eq!(radix.get_mut(index), map.get_mut(&index));
            }
            let mut items = Vec::new();
            radix.for_each(|index, value| items.push((index, *value)));
            assert!(items.into_iter().eq(map), "in order");
        }
        assert_eq!(Radix::<u8>::new(511).get(512), None);
    }

    #[test]
    fn a_limit_stops_it() {
        let mut budget = HostBudget::new(20_000);
        let mut radix = Radix::new(1 << 20);
        let made = (0..100).map(|n| radix.get_or_make(n << 9, &mut budget, 8, || 0_u64).is_ok());
        let made = made.filter(|made| *made).count();
        assert!((1..3).contains(&made), "{made}");
        assert!(budget.used() <= 20_000);
    }
}
