//! Traces through a TLB: the same counts as one translation after the other, and laws of LRU.

use mapwright_machine::tlb::{
    Tlb, TlbCounts, TlbError, TlbLevelSpec, TlbPartSpec, TlbSpec, WalkedPage,
};
use mapwright_machine::trace::{Reference, TraceRun, TraceSpec, WalkShape};
use mapwright_machine::{AccessKind, Random};

use super::formats;

const SMALL: WalkShape = WalkShape {
    page: 4 << 10,
    reads: 4,
    table_bytes: 2 << 20,
};

/// References that come back to some pages more often than to others, some across an end of a page.
fn references(seed: u64, count: usize) -> Vec<Reference> {
    let mut random = Random::new(seed);
    let mut at = 0_u64;
    let next = |_| {
        at = match random.below(8) {
            0..3 => at.wrapping_add(random.below(64)),
            3 => random.below(1 << 16),
            // Pages whose numbers differ in their high bits only.
            4 => at ^ 1 << (38 + random.below(3)),
            5 => 0x4000_0000 + random.below(1 << 22),
            6 => random.word() >> random.below(40),
            _ => at,
        };
        let kinds = [AccessKind::Read, AccessKind::Write, AccessKind::Execute];
        Reference {
            address: at,
            bytes: if random.chance(1, 50) {
                random.below(20_000) as u32
            } else {
                8
            },
            kind: kinds[random.below(3) as usize],
        }
    };
    (0..count).map(next).collect()
}

/// One translation after the other, through the TLB that machines have.
fn one_by_one(references: &[Reference], spec: &TraceSpec) -> TlbCounts {
    let mut tlb = Tlb::new(&spec.tlb).expect("a TLB");
    let page = WalkedPage {
        bytes: spec.walk.page,
        global: false,
        reads: spec.walk.reads,
        table_bytes: spec.walk.table_bytes,
    };
    for reference in references {
        for number in reference.address / page.bytes..=reference.last() / page.bytes {
            let address = number * page.bytes;
            if tlb.look_up(address, 0).is_none() {
                tlb.fill(address, 0, &page);
            }
        }
    }
    tlb.counts().clone()
}

fn part(entries: u32, ways: u32, page_sizes: &[u64]) -> TlbPartSpec {
    TlbPartSpec {
        entries,
        ways,
        page_sizes: page_sizes.into(),
    }
}

#[test]
fn as_one_translation_after_the_other() {
    let mut random = Random::new(77);
    for seed in 0..60 {
        let levels = 1 + random.below(3);
        let level = |number: u64| {
            let ways = 1 + random.below(40) as u32;
            let entries = ways << random.below(5);
            let parts = match random.below(4) {
                0 => vec![part(4, 4, &[2 << 20]), part(entries, ways, &[4 << 10])],
                1 if number != 0 => vec![part(4, 4, &[2 << 20])],
                _ => vec![part(entries, ways, &[4 << 10, 2 << 20])],
            };
            TlbLevelSpec {
                name: format!("L{number}"),
                parts,
                hit_cycles: number * 7,
            }
        };
        let tlb = TlbSpec {
            levels: (0..levels).map(level).collect(),
            walk_cache: random.below(20) as u32,
            ..TlbSpec::default()
        };
        let spec = TraceSpec {
            name: String::new(),
            walk: SMALL,
            tlb,
        };
        let references = references(seed, 3_000);
        let mut run = TraceRun::new(&spec).expect("a TLB");
        // Pieces of any length.
        let mut rest = references.as_slice();
        while !rest.is_empty() {
            let (piece, left) = rest.split_at((random.below(700) as usize).min(rest.len()));
            run.run(piece);
            rest = left;
        }
        let totals = run.totals();
        assert_eq!(totals.tlb, one_by_one(&references, &spec), "{spec:?}");
        assert_eq!(totals.references, 3_000);
        assert!(totals.straddling > 20 && totals.straddling < 1_000);
        let hits: u64 = totals.tlb.hits.iter().sum();
        assert_eq!(hits + totals.walks(), totals.tlb.accesses);
    }
}

/// With the entry used longest ago going first, a larger fully associative TLB has whatever a smaller one has.
#[test]
fn more_reach_never_misses_more() {
    for seed in 0..8 {
        let references = references(seed, 20_000);
        let walks = |entries, walk: WalkShape| {
            let spec = TraceSpec {
                name: String::new(),
                walk,
                tlb: TlbSpec::single(entries, &[walk.page]),
            };
            let mut run = TraceRun::new(&spec).expect("a TLB");
            run.run(&references);
            run.totals().walks()
        };
        let sizes =
            [1, 2, 3, 4, 8, 16, 17, 32, 64, 100, 512, 1536].map(|entries| walks(entries, SMALL));
        assert!(
            sizes.is_sorted_by(|small, large| small >= large),
            "{sizes:?}"
        );
        let large = WalkShape {
            page: 2 << 20,
            reads: 3,
            table_bytes: 1 << 30,
        };
        assert!(
            walks(64, large) <= walks(64, SMALL),
            "each large page holds whole small ones"
        );
    }
}

#[test]
fn walks_of_formats() {
    let format = formats::x86_64();
    assert_eq!(WalkShape::of(&format, 4 << 10), Some(SMALL));
    let large = WalkShape {
        page: 1 << 30,
        reads: 2,
        table_bytes: 1 << 39,
    };
    assert_eq!(WalkShape::of(&format, 1 << 30), Some(large));
    assert_eq!(WalkShape::of(&format, 4 << 20), None);
    let root = WalkShape {
        page: 4 << 20,
        reads: 1,
        table_bytes: 0,
    };
    assert_eq!(WalkShape::of(&formats::x86_32_pse36(), 4 << 20), Some(root));
}

#[test]
fn what_cannot_be() {
    let run = |walk, entries| {
        let tlb = TlbSpec::single(entries, &[4096]);
        let spec = TraceSpec {
            name: String::new(),
            walk,
            tlb,
        };
        TraceRun::new(&spec).map(|run| run.totals())
    };
    assert!(run(SMALL, 8).is_ok());
    let shape = TlbError::Shape {
        level: 0,
        entries: 0,
        ways: 0,
    };
    assert_eq!(run(SMALL, 0), Err(shape));
    for (page, table_bytes) in [(0, 0), (32, 0), (5000, 0), (4096, 4096), (4096, 5000)] {
        let walk = WalkShape {
            page,
            reads: 2,
            table_bytes,
        };
        assert_eq!(
            run(walk, 8),
            Err(TlbError::PageSize {
                level: 0,
                bytes: page
            })
        );
    }
    // Two translations of the largest reference's many pages.
    let spec = TraceSpec {
        name: String::new(),
        walk: SMALL,
        tlb: TlbSpec::single(8, &[4096]),
    };
    let mut trace = TraceRun::new(&spec).expect("a TLB");
    trace.run(&[
        Reference::read(u64::MAX - 1, 100),
        Reference::read(0, u32::MAX),
    ]);
    let totals = trace.totals();
    assert_eq!(
        (totals.tlb.accesses, totals.walks()),
        (1 + (1 << 20), 1 + (1 << 20))
    );
    assert_eq!(totals.cycles_per_thousand(), totals.tlb.cycles * 500);
}
