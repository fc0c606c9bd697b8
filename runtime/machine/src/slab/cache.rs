//! One cache: objects of one size, in slabs of frames that follow each other.

use super::SlabError;
use crate::buddy::ZoneId;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

/// The distance between the colours of slabs: a line of the processor's cache.
const COLOUR: u64 = 64;

/// A cache is content with a slab that wastes at most this part of its bytes.
const WASTE: u64 = 8;

/// What makes a cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheSpec {
    /// Its name.
    pub name: String,
    /// The bytes of an object, at least 1.
    pub bytes: u64,
    /// Objects begin at multiples of this power of two.
    pub align: u64,
    /// The zones of its slabs, in the order tried.
    pub zones: Vec<ZoneId>,
}

/// How slabs of a cache are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// The bytes from object to object.
    pub stride: u64,
    /// A slab has 2^`order` frames.
    pub order: u32,
    /// The objects of a slab.
    pub objects: u64,
    /// The bytes of a slab that are in no object; colours use them.
    pub left_over: u64,
}

impl Shape {
    /// The smallest slab that wastes little enough, or else the largest.
    pub(super) fn of(
        bytes: u64,
        align: u64,
        frame: u64,
        largest_order: u32,
    ) -> Result<Self, SlabError> {
        let limit = frame << largest_order;
        if bytes == 0 || bytes > limit || !align.is_power_of_two() || align > frame {
            return Err(SlabError::BadShape {
                bytes,
                align,
                limit,
            });
        }
        let stride = bytes.next_multiple_of(align);
        let shape = |order: u32| {
            let all = frame << order;
            Self {
                stride,
                order,
                objects: all / stride,
                left_over: all % stride,
            }
        };
        let shapes = (0..=largest_order).map(shape);
        let mut fitting = shapes.filter(|shape| shape.objects != 0);
        let good = |shape: &Shape| shape.left_over * WASTE <= frame << shape.order;
        // Linux does not go above order 1 for a better fit (`slab_break_gfp_order`).
        let first = fitting.next();
        let second = fitting.next().filter(|second| second.order <= 1);
        let best = match (first, second) {
            (Some(first), Some(second)) if !good(&first) && good(&second) => Some(second),
            (first, _) => first,
        };
        best.ok_or(SlabError::BadShape {
            bytes,
            align,
            limit,
        })
    }

    /// How many colours there are.
    fn colours(&self) -> u64 {
        self.left_over / COLOUR + 1
    }
}

/// A slab.
#[derive(Debug, Clone)]
pub(super) struct Slab {
    /// The address of its first byte.
    pub(super) address: u64,
    /// The bytes before its first object.
    pub(super) colour: u64,
    /// A bit for each object in use.
    used: Vec<u64>,
    pub(super) in_use: u64,
}

impl Slab {
    fn lowest_free(&self) -> Option<u64> {
        let words = self.used.iter().enumerate();
        let mut free = words.filter(|(_, word)| **word != u64::MAX);
        free.next()
            .map(|(at, word)| at as u64 * 64 + u64::from(word.trailing_ones()))
    }

    fn is_used(&self, object: u64) -> bool {
        self.used[(object / 64) as usize] >> (object % 64) & 1 == 1
    }

    fn flip(&mut self, object: u64) {
        self.used[(object / 64) as usize] ^= 1 << (object % 64);
    }

    /// Objects in use, counted anew.
    pub(super) fn recount(&self) -> u64 {
        self.used
            .iter()
            .map(|word| u64::from(word.count_ones()))
            .sum()
    }
}

/// The counts of a cache, as `/proc/slabinfo` shows them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CacheInfo {
    /// Its name.
    pub name: String,
    /// Objects in use.
    pub active: u64,
    /// Objects that its slabs have room for.
    pub objects: u64,
    /// The bytes from object to object.
    pub bytes: u64,
    /// Objects in a slab.
    pub per_slab: u64,
    /// Frames in a slab.
    pub frames_per_slab: u64,
    /// Slabs without, with some, and with only objects in use.
    pub empty: u64,
    /// See `empty`.
    pub partial: u64,
    /// See `empty`.
    pub full: u64,
}

/// A cache. It takes the lowest free object of the lowest slab that has some in use and some free,
/// or else of the lowest empty slab.
#[derive(Debug, Clone)]
pub struct Cache {
    pub(super) spec: CacheSpec,
    pub(super) shape: Shape,
    /// By first frame.
    pub(super) slabs: BTreeMap<u64, Slab>,
    partial: BTreeSet<u64>,
    empty: BTreeSet<u64>,
    next_colour: u64,
    pub(super) active: u64,
}

impl Cache {
    pub(super) fn new(spec: CacheSpec, shape: Shape) -> Self {
        Self {
            spec,
            shape,
            slabs: BTreeMap::new(),
            partial: BTreeSet::new(),
            empty: BTreeSet::new(),
            next_colour: 0,
            active: 0,
        }
    }

    /// What made it.
    #[must_use]
    pub fn spec(&self) -> &CacheSpec {
        &self.spec
    }

    /// How its slabs are built.
    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Its counts.
    #[must_use]
    pub fn info(&self) -> CacheInfo {
        let slabs = self.slabs.len() as u64;
        let (empty, partial) = (self.empty.len() as u64, self.partial.len() as u64);
        CacheInfo {
            name: self.spec.name.clone(),
            active: self.active,
            objects: slabs * self.shape.objects,
            bytes: self.shape.stride,
            per_slab: self.shape.objects,
            frames_per_slab: 1 << self.shape.order,
            empty,
            partial,
            full: slabs - empty - partial,
        }
    }

    /// Takes an object, if a slab has one: its address.
    pub(super) fn take(&mut self) -> Option<u64> {
        let head = *self.partial.first().or(self.empty.first())?;
        let slab = self.slabs.get_mut(&head)?;
        let object = slab.lowest_free()?;
        slab.flip(object);
        slab.in_use += 1;
        self.active += 1;
        self.empty.remove(&head);
        if slab.in_use == self.shape.objects {
            self.partial.remove(&head);
        } else {
            self.partial.insert(head);
        }
        Some(slab.address + slab.colour + object * self.shape.stride)
    }

    /// Adds a slab of frames from `head` on, which are at `address`.
    pub(super) fn add(&mut self, head: u64, address: u64) {
        let colour = self.next_colour * COLOUR;
        // Colours keep objects aligned.
        let colour = colour / self.spec.align * self.spec.align;
        self.next_colour = (self.next_colour + 1) % self.shape.colours();
        let words = self.shape.objects.div_ceil(64) as usize;
        let mut used = alloc::vec![0; words];
        // Objects that the last word has bits for, but the slab no room, count as used.
        let rest = self.shape.objects % 64;
        if let (Some(last), true) = (used.last_mut(), rest != 0) {
            *last = u64::MAX << rest;
        }
        let slab = Slab {
            address,
            colour,
            used,
            in_use: 0,
        };
        self.slabs.insert(head, slab);
        self.empty.insert(head);
    }

    /// The bits of a slab's last word that stand for no object.
    pub(super) fn spare_bits(&self) -> u64 {
        self.shape.objects.div_ceil(64) * 64 - self.shape.objects
    }

    /// Gives an object back.
    pub(super) fn give(&mut self, head: u64, address: u64) -> Result<(), SlabError> {
        let name = &self.spec.name;
        let foreign = SlabError::Foreign { address };
        let slab = self.slabs.get_mut(&head).ok_or(foreign)?;
        let start = slab.address + slab.colour;
        let offset = address.checked_sub(start);
        let object = offset.map(|offset| offset / self.shape.stride);
        let object = object.filter(|object| *object < self.shape.objects);
        let begins = object.map(|object| start + object * self.shape.stride);
        match object {
            Some(object) if begins == Some(address) => {
                if !slab.is_used(object) {
                    let cache = name.clone();
                    return Err(SlabError::DoubleFree { address, cache });
                }
                slab.flip(object);
            }
            _ => {
                return Err(SlabError::NotAnObject {
                    address,
                    cache: name.clone(),
                    object: begins,
                });
            }
        }
        slab.in_use -= 1;
        self.active -= 1;
        if slab.in_use == 0 {
            self.partial.remove(&head);
            self.empty.insert(head);
        } else {
            self.partial.insert(head);
        }
        Ok(())
    }

    /// Takes out an empty slab, the highest, if there are more than `keep`: its first frame.
    pub(super) fn reap(&mut self, keep: usize) -> Option<u64> {
        if self.empty.len() <= keep {
            return None;
        }
        let head = self.empty.pop_last()?;
        self.slabs.remove(&head);
        Some(head)
    }
}
