//! Objects smaller than pages: named caches, and the size classes of `kmalloc`.
//!
//! What is given is an address in the direct map: contiguous in physical memory, and no page table is
//! touched. The books of slabs are kept beside simulated memory, so that a slab's bytes are all objects.

mod cache;
mod error;
mod objects;

pub use cache::{Cache, CacheInfo, CacheSpec, Shape};
pub use error::SlabError;

use super::buddy::{FrameRequest, Urgency, ZoneId};
use super::direct::LinearWindows;
use super::error::MachineError;
use super::laws::{Law, Violation};
use super::memory::{FrameState, FrameUse};
use super::physical::Physical;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Names a cache of one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CacheId(u32);

impl CacheId {
    /// Its position, counted from 0 in the order made.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// An object that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Object {
    /// Its address in the direct map.
    pub address: u64,
    /// What it costs: the bytes from object to object.
    pub cost: u64,
    /// Its cache.
    pub cache: CacheId,
    /// The first frame of a slab that had to be made for it, with its order.
    pub new_slab: Option<(u64, u32)>,
}

/// All caches of a machine.
#[derive(Debug, Clone)]
pub struct Slabs {
    /// A place stays empty when its cache is destroyed.
    caches: Vec<Option<Cache>>,
    by_name: BTreeMap<String, CacheId>,
    /// The size classes by their first zone and bytes.
    classes: BTreeMap<(ZoneId, u64), CacheId>,
    limit: u64,
    frame_bytes: u64,
    largest_order: u32,
    /// Empty slabs that a cache keeps.
    keep: usize,
}

/// The size class for so many bytes: a power of two from 8 on, 96 or 192.
#[must_use]
pub const fn size_class(bytes: u64) -> u64 {
    match bytes {
        0..=8 => 8,
        65..=96 => 96,
        129..=192 => 192,
        _ => bytes.next_power_of_two(),
    }
}

impl Slabs {
    /// No caches yet; `kmalloc` gives at most `limit` bytes, and no more than a largest block.
    #[must_use]
    pub fn new(limit: u64, frame_bytes: u64, largest_order: u32) -> Self {
        Self {
            caches: Vec::new(),
            by_name: BTreeMap::new(),
            classes: BTreeMap::new(),
            limit: limit.min(frame_bytes << largest_order),
            frame_bytes,
            largest_order,
            keep: 1,
        }
    }

    /// The most that `kmalloc` gives.
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Makes a cache.
    ///
    /// # Errors
    /// When its objects do not fit a slab, or there is one of this name.
    pub fn create(&mut self, spec: CacheSpec) -> Result<CacheId, SlabError> {
        let name = spec.name.clone();
        if self.by_name.contains_key(&name) {
            return Err(SlabError::DuplicateName { name });
        }
        let shape = Shape::of(spec.bytes, spec.align, self.frame_bytes, self.largest_order)?;
        let id = CacheId(self.caches.len() as u32);
        self.caches.push(Some(Cache::new(spec, shape)));
        self.by_name.insert(name, id);
        Ok(id)
    }

    /// Takes a cache away that has no object in use, and gives its slabs back.
    ///
    /// # Errors
    /// When it has, or there is no such cache.
    pub fn destroy(&mut self, physical: &mut Physical, id: CacheId) -> Result<(), MachineError> {
        let cache = self.cache(id)?;
        if cache.active != 0 {
            return Err(SlabError::InUse {
                cache: cache.spec.name.clone(),
                objects: cache.active,
            }
            .into());
        }
        self.shrink(physical, id, 0)?;
        if let Some(cache) = self.caches[id.index()].take() {
            self.by_name.remove(&cache.spec.name);
            self.classes.retain(|_, class| *class != id);
        }
        Ok(())
    }

    /// The cache of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<CacheId> {
        self.by_name.get(name).copied()
    }

    /// The cache `id`.
    ///
    /// # Errors
    /// When it was destroyed, or is of another machine.
    pub fn cache(&self, id: CacheId) -> Result<&Cache, SlabError> {
        let cache = self.caches.get(id.index()).and_then(Option::as_ref);
        cache.ok_or_else(|| SlabError::UnknownCache {
            name: id.index().to_string(),
        })
    }

    /// The caches in the order made.
    pub fn caches(&self) -> impl Iterator<Item = &Cache> {
        self.caches.iter().flatten()
    }

    /// The cache of a size class for slabs from these zones, made when it is asked for first. Its name is
    /// `kmalloc-96`, or, when its zones are not those of all others, `dma-kmalloc-96`.
    ///
    /// # Errors
    /// When the bytes are too many.
    pub fn class(&mut self, bytes: u64, zones: &[ZoneId], dma: bool) -> Result<CacheId, SlabError> {
        if bytes > self.limit {
            return Err(SlabError::TooLarge {
                bytes,
                limit: self.limit,
            });
        }
        let bytes = size_class(bytes);
        let start = zones.first().copied().unwrap_or(ZoneId::from_index(0));
        if let Some(id) = self.classes.get(&(start, bytes)) {
            return Ok(*id);
        }
        let before = if dma { "dma-" } else { "" };
        let id = self.create(CacheSpec {
            name: format!("{before}kmalloc-{bytes}"),
            bytes,
            align: 8,
            zones: zones.to_vec(),
        })?;
        self.classes.insert((start, bytes), id);
        Ok(id)
    }

    /// Takes an object of a cache.
    ///
    /// # Errors
    /// When there is no frame for a slab, or no window shows it.
    pub fn alloc(
        &mut self,
        physical: &mut Physical,
        windows: &LinearWindows,
        id: CacheId,
        cpu: u32,
        urgency: Urgency,
    ) -> Result<Object, MachineError> {
        let cache = self.caches.get_mut(id.index()).and_then(Option::as_mut);
        let cache = cache.ok_or_else(|| SlabError::UnknownCache {
            name: id.index().to_string(),
        })?;
        let cost = cache.shape.stride;
        let mut new_slab = None;
        let address = match cache.take() {
            Some(address) => address,
            None => {
                let order = cache.shape.order;
                let head = grow(cache, physical, windows, id, cpu, urgency)?;
                new_slab = Some((head, order));
                let empty = Violation::new(
                    Law::ObjectsAddUp,
                    "taking an object of a new slab",
                    cache.shape.objects,
                    0,
                );
                cache.take().ok_or(empty)?
            }
        };
        Ok(Object {
            address,
            cost,
            cache: id,
            new_slab,
        })
    }

    /// Gives an object back; to which cache. `from` is the cache that the caller believes it is of, if
    /// it does. A cache keeps one empty slab and gives back what is more.
    ///
    /// # Errors
    /// When the address is no object in use.
    pub fn free(
        &mut self,
        physical: &mut Physical,
        windows: &LinearWindows,
        address: u64,
        from: Option<CacheId>,
    ) -> Result<CacheId, MachineError> {
        let foreign = SlabError::Foreign { address };
        let at = windows.physical_of(address).ok_or(foreign.clone())?;
        let frame = at / self.frame_bytes;
        let state = physical.memory().frames().get(frame);
        if state.used != FrameUse::Slab {
            return Err(foreign.into());
        }
        let id = CacheId(state.owner);
        if let Some(given_to) = from.filter(|from| *from != id) {
            return Err(SlabError::WrongCache {
                address,
                cache: self.cache(id)?.spec.name.clone(),
                given_to: self.cache(given_to)?.spec.name.clone(),
            }
            .into());
        }
        // The state counts the frames of a slab from its first.
        let head = frame - u64::from(state.count);
        let cache = self.caches.get_mut(id.index()).and_then(Option::as_mut);
        // The slab may be seen through an alias; its objects are counted in the first window.
        let address = windows.address_of(at).unwrap_or(address);
        cache.ok_or(foreign)?.give(head, address)?;
        self.shrink(physical, id, self.keep)?;
        Ok(id)
    }

    /// Gives the empty slabs of a cache back, but for `keep`; how many.
    ///
    /// # Errors
    /// When there is no such cache.
    pub fn shrink(
        &mut self,
        physical: &mut Physical,
        id: CacheId,
        keep: usize,
    ) -> Result<u64, MachineError> {
        let Some(cache) = self.caches.get_mut(id.index()).and_then(Option::as_mut) else {
            return Ok(0);
        };
        let mut count = 0;
        while let Some(head) = cache.reap(keep) {
            physical.give_back(head, cache.shape.order, 0, FrameUse::Slab)?;
            count += 1;
        }
        Ok(count)
    }

    /// Gives back all empty slabs of all caches; how many.
    ///
    /// # Errors
    /// When a law is broken.
    pub fn reap(&mut self, physical: &mut Physical) -> Result<u64, MachineError> {
        let ids = (0..self.caches.len() as u32).map(CacheId);
        ids.map(|id| self.shrink(physical, id, 0)).sum()
    }

    /// Counts all objects anew and compares.
    ///
    /// # Errors
    /// The first count that differs.
    pub fn check(&self, physical: &Physical) -> Result<(), Violation> {
        for (at, cache) in self.caches.iter().enumerate() {
            let Some(cache) = cache else { continue };
            let operation = format!("counting the objects of cache `{}`", cache.spec.name);
            let mut counted = 0;
            for (head, slab) in &cache.slabs {
                let used = slab.recount() - cache.spare_bits();
                if used != slab.in_use {
                    let law = Law::ObjectsAddUp;
                    return Err(Violation::new(law, operation, slab.in_use, used));
                }
                counted += used;
                for number in 0..1_u32 << cache.shape.order {
                    let expected = FrameState {
                        used: FrameUse::Slab,
                        owner: at as u32,
                        count: number,
                    };
                    let found = physical.memory().frames().get(head + u64::from(number));
                    if found != expected {
                        let show = |state: FrameState| format!("{state:?}");
                        let (expected, found) = (show(expected), show(found));
                        let law = Law::OneOwner;
                        return Err(Violation::new(law, operation, expected, found));
                    }
                }
            }
            if counted != cache.active {
                let law = Law::ObjectsAddUp;
                return Err(Violation::new(law, operation, cache.active, counted));
            }
        }
        Ok(())
    }
}

/// Makes a slab for a cache: its first frame.
fn grow(
    cache: &mut Cache,
    physical: &mut Physical,
    windows: &LinearWindows,
    id: CacheId,
    cpu: u32,
    urgency: Urgency,
) -> Result<u64, MachineError> {
    let order = cache.shape.order;
    let request = FrameRequest {
        order,
        zones: &cache.spec.zones,
        cpu,
        urgency,
    };
    let state = FrameState {
        used: FrameUse::Slab,
        owner: id.0,
        count: 0,
    };
    let head = physical.take(&request, state)?.frame;
    let bits = physical.memory().frame_bits();
    let Some(address) = windows.address_of(head << bits) else {
        physical.give_back(head, order, cpu, FrameUse::Slab)?;
        let physical = head << bits;
        return Err(SlabError::NoAddress { physical }.into());
    };
    for number in 1..1_u32 << order {
        let state = FrameState {
            count: number,
            ..state
        };
        let frame = head + u64::from(number);
        physical.memory_mut().set_state(frame, state)?;
    }
    cache.add(head, address);
    Ok(head)
}
