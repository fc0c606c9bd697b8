//! Slab caches and the size classes of kmalloc.

use super::{NORMAL, physical};
use crate::samples::i386;
use mapwright_machine::buddy::Urgency;
use mapwright_machine::direct::LinearWindows;
use mapwright_machine::physical::Physical;
use mapwright_machine::slab::{CacheSpec, Object, SlabError, Slabs, size_class};
use mapwright_machine::{MachineError, Random};
use std::collections::BTreeMap;

struct Bench {
    physical: Physical,
    windows: LinearWindows,
    slabs: Slabs,
}

impl Bench {
    fn new(bytes: u64) -> Self {
        let layout = i386();
        let space = |name| layout.space_named(name).expect("a space");
        Self {
            physical: physical(bytes, 12),
            windows: LinearWindows::of(&layout, space("linear"), space("physical")),
            slabs: Slabs::new(128 << 10, 4096, 10),
        }
    }

    fn cache(&mut self, name: &str, bytes: u64, align: u64) -> Result<usize, SlabError> {
        let spec = CacheSpec {
            name: name.into(),
            bytes,
            align,
            zones: vec![NORMAL],
        };
        self.slabs.create(spec).map(|id| id.index())
    }

    fn kmalloc(&mut self, bytes: u64) -> Result<Object, MachineError> {
        let id = self.slabs.class(bytes, &[NORMAL], false)?;
        self.slabs
            .alloc(&mut self.physical, &self.windows, id, 0, Urgency::Normal)
    }

    fn take(&mut self, name: &str) -> Result<Object, MachineError> {
        let id = self.slabs.named(name).expect("a cache");
        self.slabs
            .alloc(&mut self.physical, &self.windows, id, 0, Urgency::Normal)
    }

    fn free(&mut self, address: u64) -> Result<(), MachineError> {
        let freed = self
            .slabs
            .free(&mut self.physical, &self.windows, address, None);
        freed.map(|_| ())
    }

    fn refused(&mut self, address: u64) -> SlabError {
        match self.free(address) {
            Err(MachineError::Slab(error)) => error,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn size_classes_of_linux() {
    let classes = [
        (0, 8),
        (8, 8),
        (9, 16),
        (28, 32),
        (64, 64),
        (65, 96),
        (97, 128),
        (129, 192),
    ];
    for (bytes, class) in classes {
        assert_eq!(size_class(bytes), class, "{bytes}");
    }
    assert_eq!(size_class(193), 256);
    assert_eq!(size_class(100_000), 131_072);
}

/// The result is a direct-map address, objects follow each other, 28 bytes cost 32, and no table is
/// touched: all that is used is one frame.
#[test]
fn kmalloc_gives_direct_map_addresses() {
    let mut bench = Bench::new(64 << 20);
    let first = bench.kmalloc(28).expect("an object");
    let second = bench.kmalloc(28).expect("an object");
    assert_eq!((first.address, first.cost), (0xC000_0000, 32));
    assert_eq!(second.address, 0xC000_0020);
    assert_eq!((first.new_slab, second.new_slab), (Some((0, 0)), None));
    assert_eq!(bench.physical.counts().used, 1);
    let large = bench.kmalloc(128 << 10).expect("an object");
    assert_eq!(large.new_slab.map(|(_, order)| order), Some(5));
    assert!(large.address.is_multiple_of(128 << 10));
    let error = bench.kmalloc((128 << 10) + 1).expect_err("too large");
    assert_eq!(
        error.to_string(),
        "131073 bytes are more than kmalloc gives: at most 131072"
    );
}

#[test]
fn wrong_frees_have_names() {
    let mut bench = Bench::new(64 << 20);
    let object = bench.kmalloc(96).expect("an object").address;
    let cache = || "kmalloc-96".to_string();
    assert_eq!(
        bench.refused(object + 5),
        SlabError::NotAnObject {
            address: object + 5,
            cache: cache(),
            object: Some(object)
        }
    );
    // 42 objects of 96 bytes leave 64 bytes that are in none.
    assert_eq!(
        bench.refused(object + 4090),
        SlabError::NotAnObject {
            address: object + 4090,
            cache: cache(),
            object: None
        }
    );
    let beside = object + 96;
    assert_eq!(
        bench.refused(beside),
        SlabError::DoubleFree {
            address: beside,
            cache: cache()
        }
    );
    for foreign in [0x1000, 0xC000_0000 + (5 << 20), 0xFFFF_0000] {
        assert_eq!(
            bench.refused(foreign),
            SlabError::Foreign { address: foreign }
        );
    }
    bench.cache("inode", 300, 8).expect("a cache");
    let inode = bench.slabs.named("inode");
    let Bench {
        physical,
        windows,
        slabs,
    } = &mut bench;
    let wrong = slabs
        .free(physical, windows, object, inode)
        .expect_err("another cache");
    let given_to = "inode".into();
    assert_eq!(
        wrong,
        SlabError::WrongCache {
            address: object,
            cache: cache(),
            given_to
        }
        .into()
    );
    bench.free(object).expect("freed");
    assert_eq!(
        bench.refused(object),
        SlabError::DoubleFree {
            address: object,
            cache: cache()
        }
    );
}

#[test]
fn caches_have_names_shapes_and_colours() {
    let mut bench = Bench::new(64 << 20);
    bench.cache("task", 1_000, 16).expect("a cache");
    let duplicate = bench.cache("task", 8, 8).expect_err("the name is taken");
    assert_eq!(
        duplicate,
        SlabError::DuplicateName {
            name: "task".into()
        }
    );
    for (bytes, align) in [(0, 8), (8, 3), (8, 8192), (5 << 20, 8)] {
        let error = bench
            .cache("wrong", bytes, align)
            .expect_err("no such shape");
        assert!(matches!(error, SlabError::BadShape { .. }), "{error}");
    }
    // Four of 1008 bytes leave 64: two colours. The next slab begins 64 bytes in.
    let id = bench.slabs.named("task").expect("a cache");
    let shape = bench.slabs.cache(id).expect("a cache").shape();
    assert_eq!(
        (shape.stride, shape.order, shape.objects, shape.left_over),
        (1008, 0, 4, 64)
    );
    let addresses: Vec<u64> = (0..9)
        .map(|_| bench.take("task").expect("one").address)
        .collect();
    assert_eq!(addresses[4] % 4096, 64);
    assert_eq!(addresses[8] % 4096, 0);
    let info = bench.slabs.cache(id).expect("a cache").info();
    assert_eq!(
        (info.active, info.objects, info.full, info.partial),
        (9, 12, 2, 1)
    );
    let destroyed = bench
        .slabs
        .destroy(&mut bench.physical, id)
        .expect_err("in use");
    assert_eq!(
        destroyed,
        SlabError::InUse {
            cache: "task".into(),
            objects: 9
        }
        .into()
    );
    for address in addresses {
        bench.free(address).expect("freed");
    }
    assert_eq!(
        bench.slabs.cache(id).expect("a cache").info().empty,
        1,
        "one is kept"
    );
    bench
        .slabs
        .destroy(&mut bench.physical, id)
        .expect("destroyed");
    assert_eq!(bench.slabs.named("task"), None);
    assert_eq!(bench.physical.counts().used, 0);
    assert!(bench.slabs.cache(id).is_err());
    bench.cache("task", 8, 8).expect("the name is free again");
}

/// Frames that no linear window shows are no place for objects.
#[test]
fn high_memory_has_no_objects() {
    let mut bench = Bench::new(2 << 30);
    bench.windows = LinearWindows::default();
    let error = bench.kmalloc(8).expect_err("no address");
    assert_eq!(error, SlabError::NoAddress { physical: 0 }.into());
    assert_eq!(bench.physical.counts().used, 0);
}

/// No two objects overlap, contents stay, counts hold; with and without memory left.
#[test]
fn a_random_load() {
    let mut random = Random::new(21);
    let mut bench = Bench::new(1 << 20);
    let mut live: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
    let mut shortages = 0;
    for step in 0..6_000_u64 {
        if random.chance(11, 20) {
            let bits = random.between(3, 14);
            let bytes = random.between(1, 1 << bits);
            match bench.kmalloc(bytes) {
                Ok(object) => {
                    let before = live.range(..=object.address).next_back();
                    assert!(before.is_none_or(|(at, (size, _))| at + size <= object.address));
                    let after = live.range(object.address..).next();
                    assert!(after.is_none_or(|(at, _)| object.address + bytes <= *at));
                    live.insert(object.address, (bytes, step));
                    let at = object.address - 0xC000_0000;
                    bench
                        .physical
                        .memory_mut()
                        .write(at, step, 1)
                        .expect("memory");
                }
                Err(MachineError::Frames(_)) => shortages += 1,
                Err(error) => panic!("{error}"),
            }
        } else if !live.is_empty() {
            let which = random.below(live.len() as u64) as usize;
            let (address, (_, written)) = live.iter().nth(which).map(|(a, b)| (*a, *b)).unwrap();
            let at = address - 0xC000_0000;
            assert_eq!(bench.physical.memory().read(at, 1), Ok(written & 0xff));
            bench.free(address).expect("freed");
            live.remove(&address);
        }
    }
    assert!(shortages > 10, "memory ran out {shortages} times");
    bench.slabs.check(&bench.physical).expect("objects add up");
    bench.physical.check().expect("frames add up");
    for address in live.into_keys() {
        bench.free(address).expect("freed");
    }
    bench.slabs.reap(&mut bench.physical).expect("reaped");
    assert_eq!(bench.physical.counts().used, 0);
    bench.physical.check().expect("frames add up");
}
