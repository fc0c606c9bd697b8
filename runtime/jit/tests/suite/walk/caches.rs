//! The cache of last-level tables: what it must be told, and what it sees by itself. Sharing by threads.

use mapwright_jit::{Translator, WalkCache, Walker};
use mapwright_machine::Random;
use mapwright_runtime::walk::{Image, Rights};
use std::sync::Barrier;

const ROOTS: [u64; 1] = [0];
const TABLE: u64 = 0x1000;
/// The tables of four levels at 0, 0x1000, ..., the last one twice: at 0x3000 and 0x4000.
const BYTES: usize = 0x6000;
const ALL: u64 = 7;

fn put(bytes: &mut [u8], at: u64, entry: u64) {
    bytes[at as usize..at as usize + 8].copy_from_slice(&entry.to_le_bytes());
}

/// The page of each index `n` is at (n + 1) << 20 by the first last table, at (n + 1) << 30 by the second.
fn tables() -> Vec<u8> {
    let mut bytes = vec![0; BYTES];
    for level in 0..3 {
        put(&mut bytes, level * TABLE, ((level + 1) * TABLE) | ALL);
    }
    for index in 0..512 {
        put(&mut bytes, 0x3000 + index * 8, (index + 1) << 20 | ALL);
        put(&mut bytes, 0x4000 + index * 8, (index + 1) << 30 | ALL);
    }
    bytes
}

struct Cached {
    walker: Walker,
    cache: WalkCache,
}

impl Cached {
    fn new() -> Self {
        let walker = Walker::new(&super::real::x86_64(), 64);
        assert!(walker.is_cacheable());
        let cache = walker.cache();
        Self { walker, cache }
    }

    fn walk(&mut self, image: &Image<'_>, roots: &[u64], address: u64) -> (u64, u32) {
        let (mut physical, mut code) = ([0], [0]);
        let cache = &mut self.cache;
        self.walker
            .walk_batch_cached(cache, image, roots, &[address], &mut physical, &mut code);
        (physical[0], code[0])
    }

    fn physical(&mut self, bytes: &[u8], address: u64) -> u64 {
        let image = Image::new([(0, bytes)]).expect("one piece");
        self.walk(&image, &ROOTS, address).0
    }
}

#[test]
fn last_entries_are_read_each_time() {
    let (mut cached, mut bytes) = (Cached::new(), tables());
    assert_eq!(cached.physical(&bytes, 0x1234), 0x20_0234);
    put(&mut bytes, 0x3008, 0x7_7000 | ALL);
    assert_eq!(cached.physical(&bytes, 0x1234), 0x7_7234);
    put(&mut bytes, 0x3008, 0);
    let image = Image::new([(0, &bytes[..])]).expect("one piece");
    let (at, code) = cached.walk(&image, &ROOTS, 0x1234);
    let fault = cached.walker.fault(at, code);
    assert_eq!(fault, Some(("not_present", 3, 0x3008)));
}

/// Upper levels that change are not seen until the cache is told, in each of the three ways.
#[test]
fn upper_entries_are_remembered_until_told() {
    type Tell = fn(&mut WalkCache, u64);
    let ways: [Tell; 3] = [
        |cache, _| cache.invalidate(0x1f_f000),
        |cache, _| cache.invalidate_all(),
        |cache, generation| cache.at_generation(generation),
    ];
    let mut cached = Cached::new();
    for (number, tell) in ways.iter().enumerate() {
        let mut bytes = tables();
        cached.cache.invalidate_all();
        assert_eq!(cached.physical(&bytes, 0x1234), 0x20_0234);
        put(&mut bytes, 0x2000, 0x4000 | ALL);
        assert_eq!(cached.physical(&bytes, 0x1234), 0x20_0234, "not told yet");
        // Another stretch of 2 MiB is another thing.
        cached.cache.invalidate(0x20_0000);
        assert_eq!(
            cached.physical(&bytes, 0x1234),
            0x20_0234,
            "told of another"
        );
        tell(&mut cached.cache, number as u64 + 1);
        assert_eq!(cached.physical(&bytes, 0x1234), 0x8000_0234, "told");
        // A large page where the table was.
        put(&mut bytes, 0x2000, 0x60_0000 | ALL | 0x80);
        tell(&mut cached.cache, number as u64 + 100);
        assert_eq!(cached.physical(&bytes, 0x1234), 0x60_1234);
    }
}

#[test]
fn rights_above_are_remembered_too() {
    let (mut cached, mut bytes) = (Cached::new(), tables());
    let rights = |cached: &mut Cached, bytes: &[u8]| {
        let image = Image::new([(0, bytes)]).expect("one piece");
        let (physical, code) = cached.walk(&image, &ROOTS, 0x1234);
        cached.walker.mapped(physical, code).expect("mapped").rights
    };
    // Not writable by the second level, no execution by the third.
    put(&mut bytes, 0x1000, 0x2000 | 5);
    put(&mut bytes, 0x2000, 0x3000 | ALL | 1 << 63);
    let expected = Rights::READ.with(Rights::USER);
    for _ in 0..2 {
        assert_eq!(rights(&mut cached, &bytes), expected);
    }
    put(&mut bytes, 0x1000, 0x2000 | ALL);
    cached.cache.invalidate_all();
    assert_eq!(rights(&mut cached, &bytes), expected.with(Rights::WRITE));
}

/// Other roots, another image, other bounds, another walker: nothing need be said.
#[test]
fn what_a_cache_sees_by_itself() {
    let (mut cached, bytes) = (Cached::new(), tables());
    assert_eq!(cached.physical(&bytes, 0x1234), 0x20_0234);
    let other = {
        let mut other = bytes.clone();
        put(&mut other, 0x2000, 0x4000 | ALL);
        other
    };
    assert_eq!(
        cached.physical(&other, 0x1234),
        0x8000_0234,
        "another image"
    );
    let image = Image::new([(0, &bytes[..])]).expect("one piece");
    let (at, code) = cached.walk(&image, &[0x1000], 0x1234);
    let fault = cached.walker.fault(at, code);
    assert_eq!(fault, Some(("image_hole", 3, 0x10_0008)), "other roots");
    let low = image.clone().bounded(13);
    let (at, code) = cached.walk(&low, &ROOTS, 0x1234);
    assert_eq!(
        cached.walker.fault(at, code),
        Some(("bad_table_address", 2, 0x2000))
    );
    let other_walker = Walker::new(&super::real::sv39(), 64);
    let addresses = [0x1234];
    let (mut physical, mut codes) = ([0], [0]);
    let cache = &mut cached.cache;
    other_walker.walk_batch_cached(cache, &image, &ROOTS, &addresses, &mut physical, &mut codes);
    let expected = other_walker.walk(&image, &ROOTS, 0x1234);
    let expected = expected
        .map_err(|fault| fault.place())
        .expect_err("no such tables");
    let found = other_walker.fault(physical[0], codes[0]).expect("a fault");
    assert_eq!(
        expected.map(|(level, at, _)| (level, at)),
        Some((found.1, found.2))
    );
}

/// A thousand threads share one walker and one translator, each with a cache of its own.
#[test]
fn threads_share() {
    let threads = 1000;
    let walker = Walker::new(&super::real::x86_64(), 64);
    let layout = crate::samples::x86_64();
    let space = layout.space_named("linear").expect("a space");
    let translator = Translator::new(&layout, space);
    let bytes = tables();
    let image = Image::new([(0, &bytes[..])]).expect("one piece");
    let barrier = Barrier::new(threads);
    let one = |seed: u64| {
        let mut random = Random::new(seed);
        let addresses: Vec<u64> = (0..512).map(|_| random.below(1 << 21)).collect();
        let mut cache = walker.cache();
        let (mut physical, mut codes) = (vec![0; 512], vec![0; 512]);
        barrier.wait();
        for cached in [false, true, true] {
            if cached {
                let cache = &mut cache;
                walker.walk_batch_cached(
                    cache,
                    &image,
                    &ROOTS,
                    &addresses,
                    &mut physical,
                    &mut codes,
                );
            } else {
                walker.walk_batch(&image, &ROOTS, &addresses, &mut physical, &mut codes);
            }
            let right = addresses.iter().zip(&physical).all(|(address, physical)| {
                *physical == ((address >> 12) + 1) << 20 | address & 0xfff
            });
            assert!(right && codes.iter().all(|code| *code == codes[0]));
        }
        let high: Vec<u64> = addresses
            .iter()
            .map(|address| 0xffff_8800_0000_0000 + address)
            .collect();
        translator.translate_batch(&high, &mut physical, &mut codes);
        assert_eq!(addresses, physical, "the direct map begins at 0");
        let address = addresses[0];
        let walk = walker.walk(&image, &ROOTS, address).expect("mapped");
        assert_eq!(walk.page.entry_at, 0x3000 + (address >> 12) * 8);
    };
    std::thread::scope(|scope| {
        for seed in 0..threads as u64 {
            let builder = std::thread::Builder::new().stack_size(128 << 10);
            builder
                .spawn_scoped(scope, move || one(seed))
                .expect("a thread");
        }
    });
}
