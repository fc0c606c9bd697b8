//! Everything that a tree maps, merged.

use super::{formats, trees};
use mapwright_machine::Random;
use mapwright_runtime::paging::Format;
use mapwright_runtime::walk::{Image, Interpreter, MappedTree, Rights};
use std::time::{Duration, Instant};

const ALL: u64 = 7;

/// Tables of x86-64 in memory from 0 on.
struct Tables(Vec<u8>);

impl Tables {
    fn new(count: u64) -> Self {
        Self(vec![0; count as usize * 4096])
    }

    fn put(&mut self, table: u64, index: u64, entry: u64) {
        let at = (table * 4096 + index * 8) as usize;
        self.0[at..at + 8].copy_from_slice(&entry.to_le_bytes());
    }

    fn ranges(&self, limit: usize) -> MappedTree {
        let image = Image::new([(0, &self.0[..])]).expect("one piece");
        interpreter().ranges(&image, &[0], limit)
    }
}

fn interpreter() -> Interpreter {
    Interpreter::new(&super::real::x86_64(), 64)
}

/// Ranges and single walks say the same, at both ends of each range and at random, for every format.
#[test]
fn ranges_are_what_walks_find() {
    for (number, (format, bits)) in formats::all().iter().enumerate() {
        let interpreter = Interpreter::new(format, *bits);
        let mut random = Random::new(number as u64 + 50);
        for _ in 0..12 {
            let tree = trees::tree(format, *bits, &mut random, 12);
            let image = Image::new([(tree.base, &tree.bytes[..])]).expect("one piece");
            let found = interpreter.ranges(&image, &tree.roots, 200_000);
            if found.stopped_at.is_some() {
                continue;
            }
            check_order(&found, format);
            let mut addresses: Vec<u64> = (0..2_000)
                .map(|_| tree.address(format, &mut random))
                .collect();
            for range in found.ranges.iter().map(|one| one.range) {
                addresses.extend([range.base(), range.last(), range.last().wrapping_add(1)]);
            }
            for address in addresses {
                let walk = interpreter.walk(&image, &tree.roots, address);
                let mapped = found.ranges.iter().find(|one| one.range.contains(address));
                let broken = found.broken.iter().find(|one| one.range.contains(address));
                let name = format.name();
                match walk {
                    Ok(walk) => {
                        let one = mapped.unwrap_or_else(|| panic!("{name}: {address:#x} lost"));
                        let (page, rights) = (walk.page.bytes, walk.page.rights);
                        assert_eq!(one.physical_of(address), Some(walk.physical), "{name}");
                        assert_eq!((one.page, one.rights), (page, rights), "{name}");
                    }
                    Err(fault) => {
                        assert_eq!(mapped, None, "{name}: {address:#x}: {fault}");
                        let expected = (!matches!(fault.word(), "not_present" | "non_canonical"))
                            .then_some(fault.word());
                        let word = broken.map(|one| one.fault.word());
                        assert_eq!(word, expected, "{name}: {address:#x}");
                        // At its beginning, the fault is the very one.
                        if let Some(one) = broken.filter(|one| one.range.base() == address) {
                            assert_eq!(one.fault, fault, "{name}");
                        }
                    }
                }
            }
        }
    }
}

fn check_order(found: &MappedTree, format: &Format) {
    for pair in found.ranges.windows(2) {
        assert!(
            pair[0].range.last() < pair[1].range.base(),
            "{}",
            format.name()
        );
    }
    for pair in found.broken.windows(2) {
        assert!(
            pair[0].range.last() < pair[1].range.base(),
            "{}",
            format.name()
        );
    }
}

/// Neighbours with the same rights are one, whatever table they stand in; others are not.
#[test]
fn neighbours_merge() {
    let mut tables = Tables::new(6);
    for level in 0..2 {
        tables.put(level, 0, (level + 1) << 12 | ALL);
    }
    tables.put(2, 0, 0x3000 | ALL);
    tables.put(2, 1, 0x4000 | ALL);
    for index in 0..512 {
        tables.put(3, index, (0x1000_0000 + (index << 12)) | ALL);
        let rights = if index < 10 { ALL } else { 5 };
        tables.put(4, index, (0x1020_0000 + (index << 12)) | rights);
    }
    tables.put(2, 2, 0x1040_0000 | ALL | 0x80);
    tables.put(2, 3, 0x9999_9000 | ALL);
    let found = tables.ranges(100);
    let list: Vec<_> = found
        .ranges
        .iter()
        .map(|one| (one.range.base(), one.range.end(), one.physical, one.page))
        .collect();
    let expected = [
        (0, 0x20_a000, 0x1000_0000, 0x1000),
        (0x20_a000, 0x40_0000, 0x1020_a000, 0x1000),
        (0x40_0000, 0x60_0000, 0x1040_0000, 0x20_0000),
    ];
    assert_eq!(list, expected);
    assert!(!found.ranges[1].rights.has(Rights::WRITE));
    assert_eq!(found.tables, 5, "the one that is missing is none");
    // A table that is nowhere is one broken range, not 512.
    let broken = &found.broken[..];
    assert_eq!(broken.len(), 1);
    assert_eq!(broken[0].range.to_string(), "0x600000 .. 0x800000");
    let text = "image_hole level=PT entry=0x99999007 at=0x99999000";
    let format = super::real::x86_64();
    assert_eq!(broken[0].fault.in_format(&format).to_string(), text);
}

/// One page, 4 GiB of it, by tables that share all their entries: KASAN's shadow.
#[test]
fn shared_tables_are_one_range() {
    let mut tables = Tables::new(4);
    for index in 0..4 {
        tables.put(1, index, 0x2000 | ALL);
    }
    tables.put(0, 0, 0x1000 | ALL);
    for index in 0..512 {
        tables.put(2, index, 0x3000 | ALL);
        tables.put(3, index, 0x77_7000 | ALL);
    }
    let found = tables.ranges(10);
    assert_eq!((found.tables, found.stopped_at), (4, None));
    let [one] = &found.ranges[..] else {
        panic!("{:?}", found.ranges);
    };
    assert_eq!(one.range.to_string(), "0x0 .. 0x100000000");
    assert_eq!((one.physical, one.repeat), (0x77_7000, Some(0x1000)));
    assert_eq!(one.physical_of(0x1234_5678), Some(0x77_7678));
    let physical = one.physical_range().expect("a range");
    assert_eq!(physical.to_string(), "0x777000 .. 0x778000");
}

/// A table whose entries all point to itself maps 2^36 pages: one answer, at once.
#[test]
fn a_table_of_itself() {
    let mut tables = Tables::new(1);
    (0..512).for_each(|index| tables.put(0, index, ALL));
    let started = Instant::now();
    let found = tables.ranges(10);
    assert_eq!(found.ranges.len(), 2, "each half of the space");
    assert!(found.ranges.iter().all(|one| one.repeat == Some(0x1000)));
    assert_eq!(found.tables, 4);
    assert!(started.elapsed() < Duration::from_secs(5));
}

/// A recursive slot shows the tables as pages, once.
#[test]
fn recursive_mappings_end() {
    let mut tables = Tables::new(4);
    for level in 0..3 {
        tables.put(level, 0, (level + 1) << 12 | ALL);
    }
    tables.put(3, 5, 0x5_5000 | ALL);
    tables.put(0, 510, ALL);
    let found = tables.ranges(100);
    assert_eq!(found.stopped_at, None);
    let pages: Vec<_> = found
        .ranges
        .iter()
        .map(|one| (one.range.base(), one.physical))
        .collect();
    assert_eq!(pages[0], (0x5000, 0x5_5000));
    assert!(
        pages.contains(&(0xffff_ff7f_bfdf_e000, 0)),
        "the top table: {pages:x?}"
    );
    assert!(
        pages.contains(&(0xffff_ff00_0000_0000, 0x3000)),
        "the last one"
    );
}

/// Tables made to have more ranges than anybody can hold: named, and over soon.
#[test]
fn too_many_ranges_stop() {
    let mut tables = Tables::new(4);
    let mut random = Random::new(1);
    for index in 0..512 {
        tables.put(
            3,
            index,
            random.below(1 << 28) << 12 | random.below(4) << 1 | 1,
        );
        for level in 0..3 {
            tables.put(level, index, (level + 1) << 12 | ALL);
        }
    }
    let started = Instant::now();
    for limit in [0, 1, 1000, 100_000] {
        let found = tables.ranges(limit);
        assert!(found.ranges.len() + found.broken.len() <= limit);
        let last = found.ranges.last().map_or(0, |one| one.range.last() + 1);
        let stopped = found.stopped_at.expect("stopped");
        assert!(stopped >= last, "{stopped:#x} {last:#x}");
    }
    assert!(started.elapsed() < Duration::from_secs(5));
}

/// 16 GiB in pages of 4 KiB, rights changing each 2 MiB: 4 million entries.
#[test]
fn large_tables_take_no_time() {
    let lasts = 8192;
    let mut tables = Tables::new(18 + lasts);
    tables.put(0, 256, 0x1000 | ALL);
    for directory in 0..16 {
        tables.put(1, directory, (2 + directory) << 12 | ALL);
    }
    for last in 0..lasts {
        tables.put(2 + last / 512, last % 512, (18 + last) << 12 | ALL);
        for index in 0..512 {
            let rights = if last % 2 == 0 { ALL } else { 5 };
            let page = last * 512 + index;
            tables.put(18 + last, index, page << 12 | rights);
        }
    }
    let started = Instant::now();
    let found = tables.ranges(1 << 20);
    assert_eq!(found.ranges.len() as u64, lasts);
    assert_eq!(found.tables, 18 + lasts);
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
}

/// A format may have a table that no memory holds: it is not gone through.
#[test]
fn giant_tables_are_not_read() {
    let format = formats::giant();
    let image = Image::new([(0, &[0; 64][..])]).expect("one piece");
    let interpreter = Interpreter::new(&format, 64);
    let found = interpreter.ranges(&image, &[0], 100);
    assert_eq!((found.ranges.len(), found.stopped_at), (0, Some(0)));
    for address in [0, 0x1c, 1 << 40, u64::MAX] {
        let walk = interpreter.walk(&image, &[0], address);
        let word = walk.expect_err("nothing there").word();
        let expected = match address {
            0 | 0x1c => "not_present",
            u64::MAX => "bad_table_address",
            _ => "image_hole",
        };
        assert_eq!(word, expected, "{address:#x}");
    }
}
