//! Page tables as bytes: what is written is what the walker reads, in every format.

use super::formats::{self, x86_32_pse36, x86_64};
use super::{NORMAL, physical};
use crate::samples::sized;
use mapwright_machine::laws::Law;
use mapwright_machine::memory::FrameUse;
use mapwright_machine::physical::{FailEvery, Physical};
use mapwright_machine::tables::{
    DirectPages, Encoder, Marks, Page, PageTables, TableError, WalkFault, for_each_page,
};
use mapwright_machine::{MachineError, Random};
use mapwright_runtime::paging::{AddressForm, Format};
use mapwright_runtime::{Access, Range};
use std::collections::BTreeMap;
use std::sync::Arc;

fn space_bits(format: &Format) -> u32 {
    if format.va_bits() == 32 { 32 } else { 64 }
}

fn tables(format: &Format, physical: &mut Physical) -> PageTables {
    let encoder = Encoder::new(format, space_bits(format)).expect("a format to write");
    PageTables::new(
        Arc::new(encoder),
        space_bits(format),
        vec![NORMAL],
        0,
        physical,
    )
    .expect("roots")
}

fn access(random: &mut Random) -> Access {
    Access {
        read: true,
        write: random.chance(1, 2),
        execute: random.chance(1, 2),
        user: random.chance(1, 2),
        global: random.chance(1, 2),
    }
}

/// Every page that the tables map, by the walker.
fn scan(physical: &Physical, tables: &PageTables) -> (BTreeMap<u64, Page>, u64) {
    let (mut pages, mut count) = (BTreeMap::new(), 0);
    let memory = physical.memory();
    for_each_page(
        memory,
        tables.encoder().format(),
        tables.space_bits(),
        tables.roots(),
        |page| assert_eq!(pages.insert(page.address, page), None),
        |table, level, present| {
            let state = memory.frames().get(table >> memory.frame_bits());
            assert_eq!(
                (state.used, state.owner, state.count),
                (FrameUse::Table, level, present)
            );
            count += 1;
        },
    );
    (pages, count)
}

/// Random maps, unmaps, changes of rights and splits, held to a map of what was asked; in the end no
/// table but the roots is left.
#[test]
fn every_format_reads_as_written() {
    for format in formats::all() {
        let mut random = Random::new(7);
        let mut physical = physical(256 << 20, format.page_bits());
        let mut tables = tables(&format, &mut physical);
        let encoder = tables.encoder().clone();
        let mut asked: BTreeMap<u64, (u64, u64, Access)> = BTreeMap::new();
        let halves = format.canonical_ranges_in(space_bits(&format));
        let sizes = format.leaf_sizes();
        for _ in 0..600 {
            let half = halves[random.below(halves.len() as u64) as usize];
            let size = sizes[random.below(sizes.len() as u64) as usize];
            // Few places, so that they are met again.
            let page = (random.below(6) * (sizes[sizes.len() - 1] / size) + random.below(3)) * size;
            let address = half.base() + page;
            let covering = asked.range(..=address).next_back();
            let covering = covering
                .filter(|(start, (_, bytes, _))| address - **start < *bytes)
                .map(|(start, what)| (*start, *what));
            let to = random.below(1 << (format.physical_bits().min(40) - 1)) / size * size;
            match (random.below(4), covering) {
                (0 | 1, _) => {
                    let rights = access(&mut random);
                    let result = tables.map(&mut physical, address, to, size, rights, Marks::BOTH);
                    let inside = asked.range(address..=address + (size - 1)).next().is_some();
                    match result {
                        Ok(()) => {
                            assert!(covering.is_none() && !inside, "{}", format.name());
                            asked.insert(address, (to, size, encoder.expressible(rights)));
                        }
                        Err(MachineError::Table(TableError::AlreadyMapped { .. })) => {
                            assert!(covering.is_some());
                        }
                        Err(MachineError::Table(TableError::InUse { .. })) => assert!(inside),
                        Err(MachineError::Table(TableError::Unencodable { physical, .. })) => {
                            assert!(format.name() == "x86_32_pse36" && physical >> 32 != 0);
                        }
                        Err(error) => panic!("{}: {error}", format.name()),
                    }
                }
                (2, Some((start, (_, bytes, _)))) if bytes > sizes[0] && random.chance(1, 2) => {
                    match tables.split(&mut physical, address) {
                        Err(MachineError::Table(TableError::Unencodable { physical, .. })) => {
                            assert!(format.name() == "x86_32_pse36" && physical >> 32 != 0);
                            continue;
                        }
                        result => result.map(|_| ()).expect("split"),
                    }
                    let (to, bytes, rights) = asked.remove(&start).expect("asked for");
                    let below = sizes[sizes.iter().position(|size| *size == bytes).unwrap() - 1];
                    for offset in (0..bytes).step_by(below as usize) {
                        asked.insert(start + offset, (to + offset, below, rights));
                    }
                }
                (2, Some((start, what))) => {
                    let rights = access(&mut random);
                    tables
                        .protect(&mut physical, address, rights)
                        .expect("protected");
                    asked.insert(start, (what.0, what.1, encoder.expressible(rights)));
                }
                (_, Some((start, what))) => {
                    let was = tables.unmap(&mut physical, address).expect("unmapped");
                    assert_eq!(
                        (was.address, was.physical, was.bytes),
                        (start, what.0, what.1)
                    );
                    asked.remove(&start);
                }
                (_, None) => {
                    let refused = tables.unmap(&mut physical, address);
                    let expected = TableError::NotMapped { address };
                    assert_eq!(refused.expect_err("nothing there"), expected.into());
                }
            }
        }
        let (pages, count) = scan(&physical, &tables);
        assert_eq!(count, tables.tables(), "{}", format.name());
        assert!(asked.len() > 2, "{}: {} pages", format.name(), asked.len());
        let seen = pages
            .values()
            .map(|page| (page.address, (page.physical, page.bytes, page.access)));
        assert!(seen.eq(asked.clone()), "{}", format.name());
        for (start, (to, bytes, rights)) in &asked {
            let walk = tables
                .walk(physical.memory(), start + bytes / 2)
                .expect("mapped");
            assert_eq!((walk.physical, walk.page.access), (to + bytes / 2, *rights));
            tables.unmap(&mut physical, *start).expect("unmapped");
        }
        assert_eq!(
            tables.tables(),
            tables.roots().len() as u64,
            "{}",
            format.name()
        );
        tables.free_all(&mut physical).expect("freed");
        assert_eq!(physical.counts().used, 0);
        physical.check().expect("all frames are back");
    }
}

/// The entries of the textbook: 0x080495b0 is entry 32 of the directory, entry 73 of the table, byte 0x5b0.
#[test]
fn the_textbook_address() {
    let mut physical = physical(16 << 20, 12);
    let format = x86_32_pse36();
    let mut tables = tables(&format, &mut physical);
    let rights = Access::new(true, true, true).for_user();
    tables
        .map(
            &mut physical,
            0x0804_9000,
            0x0034_5000,
            0x1000,
            rights,
            Marks::default(),
        )
        .expect("mapped");
    let memory = physical.memory();
    let directory = memory.read(tables.roots()[0] + 32 * 4, 4).expect("memory");
    assert_eq!(directory & 0xfff, 0x67 & !0x60, "present, writable, user");
    let table = directory & !0xfff;
    assert_eq!(memory.read(table + 73 * 4, 4), Ok(0x0034_5007));
    let walk = tables.walk(memory, 0x0804_95b0).expect("mapped");
    assert_eq!((walk.physical, walk.reads), (0x0034_55b0, 2));
    let entry_at = walk.page.entry_at;
    tables
        .mark(&mut physical, entry_at, walk.page.entry, true)
        .expect("marked");
    assert_eq!(physical.memory().read(table + 73 * 4, 4), Ok(0x0034_5067));
    assert_eq!(tables.take_accessed(&mut physical, entry_at), Ok(true));
    assert_eq!(tables.take_accessed(&mut physical, entry_at), Ok(false));
}

#[test]
fn faults_have_their_place() {
    let mut physical = physical(16 << 20, 12);
    let format = x86_64();
    let mut tables = tables(&format, &mut physical);
    let rights = Access::new(true, false, false);
    let address = 0xffff_8880_0000_1000;
    tables
        .map(&mut physical, address, 0x5000, 0x1000, rights, Marks::BOTH)
        .expect("mapped");
    let fault = |physical: &Physical, tables: &PageTables, address| {
        tables
            .walk(physical.memory(), address)
            .expect_err("a fault")
    };
    assert_eq!(fault(&physical, &tables, 1 << 47), WalkFault::NonCanonical);
    let absent = fault(&physical, &tables, address + 0x1000);
    assert!(
        matches!(
            absent,
            WalkFault::NotPresent {
                level: 3,
                entry: 0,
                ..
            }
        ),
        "{absent}"
    );
    // A reserved bit in the entry of the second level, written behind everyone's back.
    let (top, _) = tables
        .top_entry(physical.memory(), address)
        .expect("an entry");
    let second = (top & 0x000f_ffff_ffff_f000) + ((address >> 30) & 511) * 8;
    let entry = physical.memory().read(second, 8).expect("memory");
    physical
        .memory_mut()
        .write(second, entry | 0x4080, 8)
        .expect("written");
    let wrong = fault(&physical, &tables, address);
    assert!(
        matches!(wrong, WalkFault::ReservedBit { level: 1, .. }),
        "{wrong}"
    );
    let lost = 0x7f00_0000_0003;
    physical
        .memory_mut()
        .write(second, lost, 8)
        .expect("written");
    let missing = fault(&physical, &tables, address);
    assert!(
        matches!(missing, WalkFault::BadTableAddress { level: 2, .. }),
        "{missing}"
    );
}

#[test]
fn refusals_change_nothing() {
    let mut physical = physical(16 << 20, 12);
    let format = x86_64();
    let mut tables = tables(&format, &mut physical);
    let rights = Access::new(true, true, false);
    let mut map = |physical: &mut Physical, address, to, bytes| {
        tables.map(physical, address, to, bytes, rights, Marks::BOTH)
    };
    let table = |result: Result<(), MachineError>| match result {
        Err(MachineError::Table(error)) => error,
        other => panic!("{other:?}"),
    };
    let wrong = table(map(&mut physical, 0x1800, 0, 0x1000));
    assert_eq!(
        wrong,
        TableError::Misaligned {
            address: 0x1800,
            page: 0x1000
        }
    );
    let wrong = table(map(&mut physical, 0, 0x1000, 2 << 20));
    assert_eq!(
        wrong,
        TableError::Misaligned {
            address: 0x1000,
            page: 2 << 20
        }
    );
    let wrong = table(map(&mut physical, 0, 0, 0x2000));
    assert_eq!(wrong, TableError::NoSuchPage { page: 0x2000 });
    let wrong = table(map(&mut physical, 1 << 47, 0, 0x1000));
    assert_eq!(wrong, TableError::NotCanonical { address: 1 << 47 });
    let wrong = table(map(&mut physical, 0, 1 << 52, 0x1000));
    assert!(matches!(wrong, TableError::Unencodable { .. }), "{wrong}");
    // The third table of four cannot be had: the two before it go back.
    physical.interpose(Some(Box::new(FailEvery { period: 3 })));
    let failed = map(&mut physical, 0x4000, 0x4000, 0x1000).expect_err("no frame");
    assert!(failed.is_shortage(), "{failed}");
    assert_eq!(tables.tables(), 1);
    assert_eq!(physical.counts().used, 1);
    physical.check().expect("counts");
}

/// Somebody takes the right to write out of the directory: the next page that is mapped through it
/// does not decode to what was asked, and both sides are told.
#[test]
fn a_corrupted_entry_is_caught() {
    let mut physical = physical(16 << 20, 12);
    let format = x86_32_pse36();
    let mut tables = tables(&format, &mut physical);
    let rights = Access::new(true, true, true);
    let map = |physical: &mut Physical, tables: &mut PageTables, address| {
        tables.map(physical, address, 0x7000, 0x1000, rights, Marks::BOTH)
    };
    map(&mut physical, &mut tables, 0x40_0000).expect("mapped");
    let (top, at) = tables
        .top_entry(physical.memory(), 0x40_0000)
        .expect("an entry");
    physical
        .memory_mut()
        .write(at, top & !2, 4)
        .expect("written");
    let broken = map(&mut physical, &mut tables, 0x40_5000).expect_err("a broken law");
    let MachineError::Law(violation) = broken else {
        panic!("{broken}");
    };
    assert_eq!(violation.law, Law::TablesDecode);
    assert_eq!(violation.operation, "mapping 0x405000");
    assert!(violation.expected.contains("write: true"), "{violation}");
    assert!(violation.found.contains("write: false"), "{violation}");
}

#[test]
fn direct_maps_take_the_largest_pages() {
    let format = x86_64();
    let mut physical = physical(3 << 30, 12);
    let mut tables = tables(&format, &mut physical);
    let window = sized(0xffff_8880_0000_0000, (3 << 30) - 0x5000);
    let rights = Access::new(true, true, false).as_global();
    let made = tables
        .map_direct(&mut physical, window, 0, rights, DirectPages::Large)
        .expect("mapped");
    let pages: Vec<(u64, u64)> = made.pages.into_iter().collect();
    assert_eq!(pages, [(4 << 10, 507), (2 << 20, 511), (1 << 30, 2)]);
    // The root, one table of 1 GiB entries, one of 2 MiB, one of 4 KiB.
    assert_eq!(tables.tables(), 4);
    let last = window.last();
    assert_eq!(
        tables
            .walk(physical.memory(), last)
            .expect("mapped")
            .physical,
        (3 << 30) - 0x5001
    );
    assert!(tables.walk(physical.memory(), last + 1).is_err());
    let (pages, _) = scan(&physical, &tables);
    let total: u64 = pages.values().map(|page| page.bytes).sum();
    assert_eq!(u128::from(total), window.size());
}

/// The distance of window and memory decides: at half a large page there are none.
#[test]
fn direct_maps_need_congruence() {
    let format = crate::samples::x86_32();
    let mut physical = physical(64 << 20, 12);
    let mut tables = tables(&format, &mut physical);
    let window: Range = sized(0xC020_0000, 16 << 20);
    let rights = Access::new(true, true, true);
    let made = tables
        .map_direct(&mut physical, window, 0, rights, DirectPages::Large)
        .expect("mapped");
    assert_eq!(made.pages.into_iter().collect::<Vec<_>>(), [(4096, 4096)]);
    let none = tables
        .map_direct(&mut physical, window, 0, rights, DirectPages::None)
        .expect("nothing");
    assert!(none.pages.is_empty());
}

#[test]
fn two_roots_take_one_half_each() {
    let format = formats::arm64_39();
    assert_eq!(format.form(), AddressForm::TwoRoots);
    let mut physical = physical(16 << 20, 12);
    let mut tables = tables(&format, &mut physical);
    assert_eq!(tables.roots().len(), 2);
    let rights = Access::new(true, false, true);
    let high = 0xffff_ff80_0000_0000;
    for (address, to) in [(0, 0x1000), (high, 0x2000)] {
        tables
            .map(&mut physical, address, to, 0x1000, rights, Marks::BOTH)
            .expect("mapped");
    }
    let memory = physical.memory();
    let low_entry = memory.read(tables.roots()[0], 8).expect("memory");
    let high_entry = memory.read(tables.roots()[1], 8).expect("memory");
    assert!(low_entry != 0 && high_entry != 0 && low_entry != high_entry);
    assert_eq!(
        tables.walk(memory, high + 0x123).expect("mapped").physical,
        0x2123
    );
}
