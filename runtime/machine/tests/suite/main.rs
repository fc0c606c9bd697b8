//! Tests of the simulated machine, over its public interface only.

mod buddy;
mod bus;
mod costs;
mod faults;
mod kernel;
mod layouts;
mod memory;
mod process;
#[path = "../../../tests/samples/mod.rs"]
mod samples;
mod sequences;
mod slab;
mod tables;
mod tlb;
mod trace;
mod translation;

use crate::samples::{formats, range};
use mapwright_machine::buddy::{ListSizes, Watermarks, ZoneId, ZoneSpec, Zones};
use mapwright_machine::memory::{HostBudget, Memory, MemoryKind, MemoryRange, RamMap};
use mapwright_machine::physical::Physical;

/// Memory from 0 on with one zone over it, in frames of 2^`bits` bytes.
fn physical(bytes: u64, bits: u32) -> Physical {
    let ram = MemoryRange {
        range: range(0, bytes.into()),
        kind: MemoryKind::Ram,
        name: "ram".into(),
    };
    let map = RamMap::new(vec![ram], &[], vec![]).expect("a map");
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

const NORMAL: ZoneId = ZoneId::from_index(0);
