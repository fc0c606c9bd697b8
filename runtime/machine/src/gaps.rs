//! Free stretches between what is taken, by address and by size: the first or the last that is large enough is found,
//! taken from and given back in time that grows with the logarithm of their number.
//!
//! A treap: a search tree by address whose priorities come from the address itself, so that runs repeat. Every node knows
//! the largest stretch below it.

use alloc::vec::Vec;

/// No node.
const NONE: u32 = u32::MAX;

/// A free stretch, `start .. end`, and what hangs below it.
#[derive(Debug, Clone)]
struct Node {
    start: u64,
    end: u64,
    left: u32,
    right: u32,
    /// The bytes of the largest stretch here and below.
    largest: u64,
}

impl Node {
    /// Splitmix64 of the address: neighbours are far apart, and the same addresses make the same tree.
    const fn priority(&self) -> u64 {
        let mut mixed = self.start.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }
}

/// Free stretches that neither overlap nor touch.
#[derive(Debug, Clone)]
pub(crate) struct Gaps {
    nodes: Vec<Node>,
    /// Nodes that are used no more.
    spare: Vec<u32>,
    root: u32,
    /// The bytes of all stretches.
    free: u64,
}

impl Default for Gaps {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            spare: Vec::new(),
            root: NONE,
            free: 0,
        }
    }
}

impl Gaps {
    /// The bytes of all stretches, and of the largest.
    pub(crate) fn bytes(&self) -> (u64, u64) {
        (self.free, self.largest(self.root))
    }

    fn largest(&self, node: u32) -> u64 {
        self.nodes.get(node as usize).map_or(0, |node| node.largest)
    }

    fn node(&self, at: u32) -> &Node {
        &self.nodes[at as usize]
    }

    /// Counts the largest stretch of a node anew.
    fn update(&mut self, at: u32) {
        let Node {
            start,
            end,
            left,
            right,
            ..
        } = *self.node(at);
        let below = self.largest(left).max(self.largest(right));
        self.nodes[at as usize].largest = below.max(end - start);
    }

    /// The stretches below `address`, and those from it on.
    fn split(&mut self, at: u32, address: u64) -> (u32, u32) {
        if at == NONE {
            return (NONE, NONE);
        }
        if self.node(at).start < address {
            let (low, high) = self.split(self.node(at).right, address);
            self.nodes[at as usize].right = low;
            self.update(at);
            (at, high)
        } else {
            let (low, high) = self.split(self.node(at).left, address);
            self.nodes[at as usize].left = high;
            self.update(at);
            (low, at)
        }
    }

    /// Two trees, all of the first below the second, as one.
    fn join(&mut self, low: u32, high: u32) -> u32 {
        if low == NONE {
            return high;
        }
        if high == NONE {
            return low;
        }
        if self.node(low).priority() > self.node(high).priority() {
            let right = self.join(self.node(low).right, high);
            self.nodes[low as usize].right = right;
            self.update(low);
            low
        } else {
            let left = self.join(low, self.node(high).left);
            self.nodes[high as usize].left = left;
            self.update(high);
            high
        }
    }

    fn insert(&mut self, start: u64, end: u64) {
        let node = Node {
            start,
            end,
            left: NONE,
            right: NONE,
            largest: end - start,
        };
        let at = match self.spare.pop() {
            Some(at) => {
                self.nodes[at as usize] = node;
                at
            }
            None => {
                self.nodes.push(node);
                // There are fewer gaps than pages of 64 bytes in what a host can hold.
                (self.nodes.len() - 1) as u32
            }
        };
        let (low, high) = self.split(self.root, start);
        let low = self.join(low, at);
        self.root = self.join(low, high);
        self.free += end - start;
    }

    /// Takes the stretch that begins at `start` out, and gives its end.
    fn remove(&mut self, start: u64) -> Option<u64> {
        let (low, rest) = self.split(self.root, start);
        let (one, high) = match start.checked_add(1) {
            Some(next) => self.split(rest, next),
            None => (rest, NONE),
        };
        self.root = self.join(low, high);
        let end = self.nodes.get(one as usize)?.end;
        self.spare.push(one);
        self.free -= end - start;
        Some(end)
    }

    /// The last stretch that begins at `address` or below.
    fn at_or_below(&self, address: u64) -> Option<(u64, u64)> {
        let mut found = None;
        let mut at = self.root;
        while let Some(node) = self.nodes.get(at as usize) {
            if node.start <= address {
                found = Some((node.start, node.end));
                at = node.right;
            } else {
                at = node.left;
            }
        }
        found
    }

    /// The first stretch that begins at `address` or above.
    pub(crate) fn at_or_above(&self, address: u64) -> Option<(u64, u64)> {
        let mut found = None;
        let mut at = self.root;
        while let Some(node) = self.nodes.get(at as usize) {
            if node.start >= address {
                found = Some((node.start, node.end));
                at = node.left;
            } else {
                at = node.right;
            }
        }
        found
    }

    /// `start .. end` is free from now on, whatever of it was free before; stretches that touch become one.
    pub(crate) fn give(&mut self, mut start: u64, mut end: u64) {
        if start >= end {
            return;
        }
        if let Some((below, reach)) = self.at_or_below(start)
            && reach >= start
        {
            self.remove(below);
            (start, end) = (below, end.max(reach));
        }
        while let Some((above, reach)) = self.at_or_above(start)
            && above <= end
        {
            self.remove(above);
            end = end.max(reach);
        }
        self.insert(start, end);
    }

    /// Nothing of `start .. end` is free from now on.
    pub(crate) fn take(&mut self, start: u64, end: u64) {
        if start >= end {
            return;
        }
        let mut next = match self.at_or_below(start) {
            Some((below, reach)) if reach > start => Some((below, reach)),
            _ => self.at_or_above(start),
        };
        while let Some((from, to)) = next.filter(|(from, _)| *from < end) {
            self.remove(from);
            if from < start {
                self.insert(from, start);
            }
            if to > end {
                self.insert(end, to);
            }
            next = self.at_or_above(start).filter(|_| to < end);
        }
    }

    /// The first stretch of at least so many bytes.
    pub(crate) fn first(&self, bytes: u64) -> Option<(u64, u64)> {
        self.search(bytes, |node| (node.left, node.right))
    }

    /// The last stretch of at least so many bytes.
    pub(crate) fn last(&self, bytes: u64) -> Option<(u64, u64)> {
        self.search(bytes, |node| (node.right, node.left))
    }

    /// A stretch of at least so many bytes: `sides` says which side of a node is looked at before the node, and which
    /// after it.
    fn search(&self, bytes: u64, sides: fn(&Node) -> (u32, u32)) -> Option<(u64, u64)> {
        let mut at = self.root;
        while self.largest(at) >= bytes && at != NONE {
            let node = self.node(at);
            let (before, after) = sides(node);
            if before != NONE && self.largest(before) >= bytes {
                at = before;
            } else if node.end - node.start >= bytes {
                return Some((node.start, node.end));
            } else {
                at = after;
            }
        }
        None
    }

    /// All stretches in order.
    #[cfg(test)]
    fn all(&self) -> Vec<(u64, u64)> {
        let mut all = Vec::new();
        let mut next = self.at_or_above(0);
        while let Some((start, end)) = next {
            all.push((start, end));
            next = self.at_or_above(end);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn neighbours_become_one_and_holes_are_cut() {
        let mut gaps = Gaps::default();
        gaps.give(0, 100);
        gaps.take(40, 60);
        assert_eq!(gaps.all(), vec![(0, 40), (60, 100)]);
        assert_eq!(
            (gaps.first(40), gaps.last(40)),
            (Some((0, 40)), Some((60, 100)))
        );
        assert_eq!(gaps.first(41), None);
        gaps.give(40, 50);
        assert_eq!((gaps.first(45), gaps.bytes()), (Some((0, 50)), (90, 50)));
        gaps.give(50, 60);
        assert_eq!(gaps.all(), vec![(0, 100)]);
        gaps.take(90, 200);
        gaps.take(0, 10);
        assert_eq!(gaps.all(), vec![(10, 90)]);
    }

    /// Against a plain list of what is free, byte by byte.
    #[test]
    fn as_a_plain_list_says() {
        let mut gaps = Gaps::default();
        let mut free = vec![false; 300];
        let mut random = crate::Random::new(7);
        for _ in 0..20_000 {
            let start = random.below(300);
            let end = (start + random.below(20)).min(300);
            let gives = random.below(2) == 0;
            if gives {
                gaps.give(start, end);
            } else {
                gaps.take(start, end);
            }
            free[start as usize..end as usize].fill(gives);
            let mut plain: Vec<(u64, u64)> = Vec::new();
            for (at, _) in free.iter().enumerate().filter(|(_, free)| **free) {
                match plain.last_mut() {
                    Some((_, end)) if *end == at as u64 => *end += 1,
                    _ => plain.push((at as u64, at as u64 + 1)),
                }
            }
            let bytes = random.between(1, 30);
            let fits = |one: &&(u64, u64)| one.1 - one.0 >= bytes;
            assert_eq!(gaps.first(bytes), plain.iter().find(fits).copied());
            assert_eq!(gaps.last(bytes), plain.iter().rev().find(fits).copied());
            let sum: u64 = plain.iter().map(|one| one.1 - one.0).sum();
            assert_eq!(gaps.bytes().0, sum);
            assert_eq!(gaps.all(), plain);
        }
    }
}
