//! Segmentation and the model of a TLB.

use super::layouts::i386;
use mapwright_runtime::machine::segments::{SegmentFault, Selector, linear_of};
use mapwright_runtime::machine::tlb::{Tlb, TlbError, TlbLevelSpec, TlbSpec};
use mapwright_runtime::machine::{AccessKind, Random};

#[test]
fn selectors_and_segment_faults() {
    let layout = i386(64 << 20, 1, true);
    let selectors: Vec<u16> = layout.segments().iter().map(|one| one.selector()).collect();
    assert_eq!(selectors, [0x60, 0x68, 0x73, 0x7b, 0xa3]);
    let linear =
        |selector, offset, kind, cpl| linear_of(&layout, Selector(selector), offset, 4, kind, cpl);
    let (read, write, execute) = (AccessKind::Read, AccessKind::Write, AccessKind::Execute);
    assert_eq!(linear(0x73, 0x0804_8000, execute, 3), Ok(0x0804_8000));
    assert_eq!(linear(0x7b, 0xffff_fffc, write, 3), Ok(0xffff_fffc));
    assert_eq!(linear(0x60, 0xc010_0000, execute, 0), Ok(0xc010_0000));
    assert_eq!(
        linear(0x7b, 0, read, 0),
        Ok(0),
        "the kernel reads user data"
    );
    let word = |result: Result<u64, SegmentFault>| result.expect_err("a fault").word();
    assert_eq!(word(linear(0x68, 0, read, 3)), "privilege");
    assert_eq!(
        word(linear(0x6b, 0, read, 0)),
        "privilege",
        "asked for by level 3"
    );
    assert_eq!(word(linear(0x60, 0, execute, 3)), "privilege");
    assert_eq!(word(linear(0x73, 0, write, 3)), "type");
    assert_eq!(word(linear(0x7b, 0, execute, 3)), "type");
    assert_eq!(word(linear(0, 0, read, 0)), "no_descriptor");
    assert_eq!(word(linear(0x88, 0, read, 0)), "no_descriptor");
    assert_eq!(
        word(linear(0x74, 0, read, 0)),
        "no_descriptor",
        "of the local table"
    );
    // A table that is not flat: 4K from 0x08000000.
    assert_eq!(linear(0xa3, 0xffc, write, 3), Ok(0x0800_0ffc));
    let beyond = SegmentFault::Limit {
        selector: 0xa3,
        offset: 0x1000,
        limit: 0x1000,
    };
    assert_eq!(linear(0xa3, 0xffd, write, 3), Err(beyond));
    assert_eq!(word(linear(0xa3, u64::MAX, read, 3)), "limit");
}

fn level(entries: u32, ways: u32, page_sizes: &[u64], hit_cycles: u64) -> TlbLevelSpec {
    TlbLevelSpec {
        name: "L".into(),
        entries,
        ways,
        page_sizes: page_sizes.into(),
        hit_cycles,
    }
}

fn tlb(levels: Vec<TlbLevelSpec>, tagged: bool) -> Tlb {
    Tlb::new(&TlbSpec {
        levels,
        tagged,
        read_cycles: 10,
        flush_cycles: 100,
    })
    .expect("a TLB")
}

#[test]
fn hits_misses_and_cycles() {
    let mut tlb = tlb(
        vec![level(2, 2, &[4096], 1), level(8, 8, &[4096], 7)],
        false,
    );
    let go = |page: u64| {
        let found = tlb.look_up(page << 12 | 0x123, 1);
        if found.is_none() {
            tlb.fill(page << 12, 1, 4096, false, 2);
        }
        found
    };
    let found: Vec<Option<usize>> = [1, 1, 2, 3, 1, 3, 2].map(go).into();
    let (miss, first, second) = (None, Some(0), Some(1));
    assert_eq!(found, [miss, first, miss, miss, second, first, second]);
    let counts = tlb.counts();
    assert_eq!((counts.accesses, counts.misses, counts.reads), (7, 3, 6));
    assert_eq!(counts.hits, [2, 2]);
    // Seven looks into the first level, five into the second, six reads.
    assert_eq!(counts.cycles, 7 + 5 * 7 + 60);
}

#[test]
fn switches_tags_and_global_pages() {
    for tagged in [false, true] {
        let mut tlb = tlb(vec![level(16, 4, &[4096, 4 << 20], 1)], tagged);
        tlb.fill(0x1000, 1, 4096, false, 2);
        tlb.fill(0xC000_0000, 1, 4 << 20, true, 1);
        assert_eq!(tlb.look_up(0x1000, 2), None, "of another space");
        assert_eq!(tlb.look_up(0xC03F_FFFF, 2), Some(0), "global");
        tlb.switch();
        assert_eq!(tlb.look_up(0x1000, 1).is_some(), tagged);
        assert_eq!(tlb.look_up(0xC000_0000, 1), Some(0));
        tlb.flush_page(0xC012_3000, 1);
        assert_eq!(tlb.look_up(0xC000_0000, 1), None);
        tlb.fill(0xC000_0000, 1, 4 << 20, true, 1);
        tlb.flush(true);
        assert_eq!(tlb.valid(), 0);
    }
}

/// A set-associative TLB against one written as a list of lists.
#[test]
fn least_recently_used_goes_first() {
    let mut tlb = tlb(vec![level(16, 4, &[4096], 0)], true);
    let mut sets: Vec<Vec<u64>> = vec![Vec::new(); 4];
    let mut random = Random::new(9);
    for _ in 0..5_000 {
        let page = random.below(30);
        let set = &mut sets[(page % 4) as usize];
        let place = set.iter().position(|other| *other == page);
        let hit = tlb.look_up(page << 12, 0).is_some();
        assert_eq!(hit, place.is_some());
        match place {
            Some(place) => {
                set.remove(place);
            }
            None => {
                tlb.fill(page << 12, 0, 4096, false, 1);
                if set.len() == 4 {
                    set.remove(0);
                }
            }
        }
        set.push(page);
    }
}

#[test]
fn shapes() {
    let make = |entries, ways, size| {
        let levels = vec![level(entries, ways, &[size], 1)];
        Tlb::new(&TlbSpec {
            levels,
            tagged: false,
            read_cycles: 1,
            flush_cycles: 1,
        })
        .map(|_| ())
    };
    assert_eq!(make(64, 4, 4096), Ok(()));
    for (entries, ways) in [(12, 4), (10, 4), (4, 0), (0, 4), (1 << 21, 1)] {
        assert_eq!(
            make(entries, ways, 4096),
            Err(TlbError::Shape {
                level: 0,
                entries,
                ways
            })
        );
    }
    assert_eq!(
        make(64, 4, 5000),
        Err(TlbError::PageSize {
            level: 0,
            bytes: 5000
        })
    );
}
