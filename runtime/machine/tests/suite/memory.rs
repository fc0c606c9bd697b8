//! Physical memory: its map, its bytes, the states of its frames, and the limit on the host's.

use crate::samples::range;
use mapwright_machine::Random;
use mapwright_machine::memory::{
    FrameState, FrameUse, Frames, HostBudget, Memory, MemoryError, MemoryKind, MemoryRange, RamMap,
};
use std::collections::BTreeMap;

fn named(name: &str, kind: MemoryKind, start: u128, end: u128) -> MemoryRange {
    MemoryRange {
        range: range(start, end),
        kind,
        name: name.into(),
    }
}

fn ram(start: u128, end: u128) -> MemoryRange {
    named("ram", MemoryKind::Ram, start, end)
}

fn reserved(name: &str, start: u128, end: u128) -> MemoryRange {
    named(name, MemoryKind::Reserved, start, end)
}

fn device(start: u128, end: u128) -> MemoryRange {
    named("device", MemoryKind::Device, start, end)
}

fn shown(map: &RamMap) -> String {
    let show = |one: &MemoryRange| format!("{} {} {}", one.range, one.kind.word(), one.name);
    map.ranges().iter().map(show).collect::<Vec<_>>().join("\n")
}

/// A PC: memory below 3 GiB and above 4, the hole of the devices between.
fn pc() -> RamMap {
    let reserves = [
        reserved("first megabyte", 0x9_f000, 0x10_0000),
        reserved("image", 0x10_0000, 0x50_0000),
        reserved("firmware", 0xbfff_0000, 0xc001_0000),
        reserved("again", 0x40_0000, 0x60_0800),
    ];
    let devices = vec![device(0xfee0_0000, 0xfee0_1000)];
    let memory = vec![ram(0, 0xc000_0000), ram(1 << 32, 5 << 30)];
    RamMap::new(memory, &reserves, devices).expect("a map")
}

#[test]
fn reserves_are_cut_out() {
    assert_eq!(
        shown(&pc()),
        "0x0 .. 0x9f000 ram ram\n\
         0x9f000 .. 0x100000 reserved first megabyte\n\
         0x100000 .. 0x500000 reserved image\n\
         0x500000 .. 0x600800 reserved again\n\
         0x600800 .. 0xbfff0000 ram ram\n\
         0xbfff0000 .. 0xc0000000 reserved firmware\n\
         0xc0000000 .. 0xc0010000 device firmware\n\
         0xfee00000 .. 0xfee01000 device device\n\
         0x100000000 .. 0x140000000 ram ram"
    );
    let map = pc();
    assert_eq!(
        map.at(0x60_07ff).map(|one| one.name.as_str()),
        Some("again")
    );
    assert_eq!(map.at(0xd000_0000), None);
    assert_eq!(map.bytes_of(MemoryKind::Device), 0x1_1000);
    assert_eq!(map.last(), Some((5 << 30) - 1));
    // Half a frame is no frame.
    assert_eq!(
        map.whole_frames(12),
        [(0, 0x9f), (0x601, 0xb_fff0), (0x10_0000, 0x14_0000)]
    );
    let touching = RamMap::new(vec![ram(0x800, 0x1800), ram(0x1800, 0x3000)], &[], vec![]);
    assert_eq!(touching.expect("a map").whole_frames(12), [(1, 3)]);
}

#[test]
fn conflicts_have_both_sides() {
    let conflict = RamMap::new(vec![ram(0, 0x3000)], &[], vec![device(0x2000, 0x4000)]);
    assert_eq!(
        conflict.expect_err("an overlap").to_string(),
        "ram `ram` (0x0 .. 0x3000) and device `device` (0x2000 .. 0x4000) overlap"
    );
    let both = RamMap::new(vec![], &[], vec![device(0, 9), device(8, 16)]);
    assert!(both.is_err());
    // A reserve keeps what is there, and answers where nothing was.
    let map = RamMap::new(vec![], &[reserved("bios", 0, 9)], vec![device(8, 16)]);
    assert_eq!(
        shown(&map.expect("a map")),
        "0x0 .. 0x8 device bios\n0x8 .. 0x10 device device"
    );
}

/// Reserves in any order give a map in which every address is what a list of bytes says.
#[test]
fn random_maps_agree_with_bytes() {
    let mut random = Random::new(3);
    for _ in 0..300 {
        let mut bytes = [None; 64];
        let mut piece = |kind, bytes: &mut [Option<MemoryKind>; 64]| {
            let start = random.below(63);
            let end = random.between(start + 1, 64);
            let place = &mut bytes[start as usize..end as usize];
            let free = kind == MemoryKind::Reserved || place.iter().all(Option::is_none);
            free.then(|| {
                for byte in place {
                    *byte = Some(match (*byte, kind) {
                        (None, MemoryKind::Reserved) => MemoryKind::Device,
                        (Some(MemoryKind::Device), _) => MemoryKind::Device,
                        _ => kind,
                    });
                }
                named("x", kind, start.into(), end.into())
            })
        };
        let memory: Vec<_> = (0..3)
            .filter_map(|_| piece(MemoryKind::Ram, &mut bytes))
            .collect();
        let reserves: Vec<_> = (0..4)
            .filter_map(|_| piece(MemoryKind::Reserved, &mut bytes))
            .collect();
        let map = RamMap::new(memory, &reserves, vec![]).expect("a map");
        for (address, kind) in bytes.iter().enumerate() {
            assert_eq!(
                map.at(address as u64).map(|one| one.kind),
                *kind,
                "{}",
                shown(&map)
            );
        }
    }
}

#[test]
fn bytes_are_real_and_sparse() {
    let mut memory = Memory::new(pc(), 12, HostBudget::new(1 << 20));
    assert_eq!(memory.read(0x1234, 8), Ok(0));
    assert_eq!((memory.touched_frames(), memory.budget().used()), (0, 0));
    memory
        .write(0x1ffc, 0x1122_3344_5566_7788, 8)
        .expect("written across frames");
    assert_eq!(memory.touched_frames(), 2);
    assert_eq!(memory.read(0x2000, 2), Ok(0x3344));
    assert_eq!(memory.read(0x1ffc, 1), Ok(0x88));
    memory.copy_frame(1, 7).expect("copied");
    assert_eq!(memory.read(0x7ffc, 4), Ok(0x5566_7788));
    let used = memory.budget().used();
    memory.clear_frame(7).expect("cleared");
    assert_eq!(memory.read(0x7ffc, 4), Ok(0));
    assert_eq!(memory.budget().used(), used - 4096);
    memory.copy_frame(100, 1).expect("zeros copied");
    assert_eq!(memory.read(0x1ffc, 4), Ok(0));
    let hole = MemoryError::Nothing {
        address: 0xd000_0000,
    };
    assert_eq!(memory.read(0xd000_0000, 4), Err(hole));
    assert_eq!(
        memory.write(0xcfff_ffff, 1, 2),
        Err(MemoryError::Nothing {
            address: 0xcfff_ffff
        })
    );
    assert!(memory.clear_frame(0xd_0000).is_err() && memory.copy_frame(0xd_0000, 1).is_err());
    let past = memory.read(u64::MAX, 2);
    assert!(past.is_err(), "{past:?}");
}

#[test]
fn the_host_is_spared() {
    let mut memory = Memory::new(pc(), 12, HostBudget::new(64 << 10));
    let refused = (0..64).find_map(|frame| memory.write(frame << 12, 1, 1).err());
    let Some(MemoryError::Host(limit)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!((limit.wanted, limit.limit), (4096, 64 << 10));
    assert!(memory.budget().used() <= 64 << 10);
    assert_eq!(memory.read(0, 1), Ok(1), "what is there stays");
}

#[test]
fn states_cost_eight_bytes() {
    assert_eq!(Frames::bytes_per_frame(), 8);
    let mut memory = Memory::new(pc(), 12, HostBudget::new(u64::MAX));
    let mut random = Random::new(8);
    let mut expected = BTreeMap::new();
    for _ in 0..500 {
        let frame = random.below(0x14_0000);
        let used = [FrameUse::Slab, FrameUse::Table, FrameUse::User][random.below(3) as usize];
        let state = FrameState {
            used,
            owner: random.word() as u32,
            count: random.below(1 << 24) as u32,
        };
        memory.set_state(frame, state).expect("no limit");
        expected.insert(frame, state);
    }
    let mut seen = Vec::new();
    memory
        .frames()
        .for_each_used(|frame, state| seen.push((frame, state)));
    assert!(seen.into_iter().eq(expected));
    assert_eq!(memory.frames().get(u64::MAX).used, FrameUse::Free);
}
