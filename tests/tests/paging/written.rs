//! Tables as the simulator writes them, in every bundled format: a walk finds what was asked for, and so do the walks of the manuals.

use super::list::bundled;
use super::naive::{self, Found};
use mapwright_machine::MachineError;
use mapwright_machine::Random;
use mapwright_machine::buddy::{ListSizes, Watermarks, ZoneId, ZoneSpec, Zones};
use mapwright_machine::memory::{HostBudget, Memory, MemoryKind, MemoryRange, RamMap};
use mapwright_machine::physical::Physical;
use mapwright_machine::tables::{Encoder, Marks, PageTables, TableError};
use mapwright_runtime::paging::Format;
use mapwright_runtime::{Access, Range};
use std::collections::BTreeMap;
use std::sync::Arc;

/// 512 MiB from 0 on, in frames of the format's pages.
fn physical(format: &Format) -> Physical {
    let bytes = 512_u64 << 20;
    let ram = MemoryRange {
        range: Range::new(0, bytes - 1).expect("a range"),
        kind: MemoryKind::Ram,
        name: "ram".into(),
    };
    let map = RamMap::new(vec![ram], &[], vec![]).expect("a map");
    let bits = format.page_bits();
    let memory = Memory::new(map, bits, HostBudget::new(1 << 30));
    let zone = ZoneSpec {
        name: "NORMAL".into(),
        first: 0,
        end: bytes >> bits,
        fallback: Vec::new(),
        lists: ListSizes::OFF,
        watermarks: Watermarks::default(),
        protection: 0,
    };
    Physical::new(memory, Zones::new(vec![zone], 1, 10))
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

#[test]
fn what_is_written_is_read() {
    for (name, format) in bundled() {
        let mut random = Random::new(3);
        let mut physical = physical(&format);
        let encoder = Encoder::new(&format, 64).unwrap_or_else(|e| panic!("{name}: {e}"));
        let zones = vec![ZoneId::from_index(0)];
        let mut tables =
            PageTables::new(Arc::new(encoder), 64, zones, 0, &mut physical).expect("roots");
        let halves = format.canonical_ranges();
        let sizes = format.leaf_sizes();
        let mut asked: BTreeMap<u64, (u64, u64, Access)> = BTreeMap::new();
        let mut mapped_sizes: BTreeMap<u64, u64> = BTreeMap::new();
        for turn in 0..400 {
            let half = halves[random.below(halves.len() as u64) as usize];
            let size = sizes[turn % sizes.len()];
            let page = random.between(0, (half.last() - half.base()) / size) * size;
            let address = half.base() + page;
            let width = if random.chance(1, 2) {
                format.physical_bits()
            } else {
                32
            };
            let to = random.below(1 << (width - 1)) * 2 / size * size;
            let rights = access(&mut random);
            match tables.map(&mut physical, address, to, size, rights, Marks::BOTH) {
                Ok(()) => {
                    let rights = tables.encoder().expressible(rights);
                    asked.insert(address, (to, size, rights));
                    *mapped_sizes.entry(size).or_default() += 1;
                }
                Err(MachineError::Table(
                    TableError::AlreadyMapped { .. } | TableError::InUse { .. },
                )) => {}
                // Only large pages of PSE-36 can be above 4G.
                Err(MachineError::Table(TableError::Unencodable { physical, .. })) => {
                    assert!(name == "x86_32_pse36" && physical >> 32 != 0);
                }
                Err(error) => panic!("{name}: {error}"),
            }
        }
        assert_eq!(
            mapped_sizes.keys().copied().collect::<Vec<_>>(),
            sizes,
            "{name}"
        );
        let memory = physical.memory();
        let entry_bytes = format.entry_bytes();
        let read = |at: u64| memory.read(at, entry_bytes).ok();
        for (start, (to, size, rights)) in &asked {
            for offset in [0, size - 1, random.below(*size)] {
                let walk = tables
                    .walk(memory, start + offset)
                    .unwrap_or_else(|e| panic!("{name}: {e}"));
                let expected = Found::Page {
                    physical: to + offset,
                    bytes: *size,
                    access: *rights,
                };
                let found = Found::Page {
                    physical: walk.physical,
                    bytes: walk.page.bytes,
                    access: walk.page.access,
                };
                assert_eq!(found, expected, "{name} {start:#x}");
                let by_the_manual = naive::walk(&name, &read, tables.roots(), start + offset);
                assert_eq!(by_the_manual, expected, "{name} {start:#x}");
            }
        }
        // Taken away again, nothing but the roots is left.
        for start in asked.keys() {
            tables
                .unmap(&mut physical, *start)
                .unwrap_or_else(|e| panic!("{name}: {e}"));
        }
        assert_eq!(tables.tables(), tables.roots().len() as u64, "{name}");
    }
}
