//! The model of a TLB, against naive ones.

use mapwright_machine::Random;
use mapwright_machine::tlb::{Tlb, TlbError, TlbLevelSpec, TlbSpec, WalkedPage};

fn level(entries: u32, ways: u32, page_sizes: &[u64], hit_cycles: u64) -> TlbLevelSpec {
    TlbLevelSpec::unified("L", entries, ways, page_sizes, hit_cycles)
}

fn tlb(levels: Vec<TlbLevelSpec>, tagged: bool) -> Tlb {
    Tlb::new(&TlbSpec {
        levels,
        tagged,
        walk_cache: 0,
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
            tlb.fill(page << 12, 1, &WalkedPage::new(4096, false, 2));
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
        tlb.fill(0x1000, 1, &WalkedPage::new(4096, false, 2));
        tlb.fill(0xC000_0000, 1, &WalkedPage::new(4 << 20, true, 1));
        assert_eq!(tlb.look_up(0x1000, 2), None, "of another space");
        assert_eq!(tlb.look_up(0xC03F_FFFF, 2), Some(0), "global");
        tlb.switch();
        assert_eq!(tlb.look_up(0x1000, 1).is_some(), tagged);
        assert_eq!(tlb.look_up(0xC000_0000, 1), Some(0));
        tlb.flush_page(0xC012_3000);
        assert_eq!(tlb.look_up(0xC000_0000, 1), None);
        tlb.fill(0xC000_0000, 1, &WalkedPage::new(4 << 20, true, 1));
        tlb.flush(true);
        assert_eq!(tlb.valid(), 0);
    }
}

/// One level of any shape against one written as a list of lists, with pages of two sizes, several
/// spaces, global pages and flushes.
#[test]
fn least_recently_used_goes_first() {
    let shapes = [
        (1, 1),
        (8, 2),
        (16, 4),
        (12, 6),
        (12, 3),
        (24, 12),
        (16, 16),
        (32, 32),
    ];
    for (entries, ways) in shapes.into_iter().chain([(64, 32), (40, 20)]) {
        like_lists(entries, ways);
    }
}

/// An entry: page, size, space (`None` for all).
type Listed = (u64, u64, Option<u32>);

fn like_lists(entries: u32, ways: u32) {
    let sizes = [4096, 16384];
    let mut tlb = tlb(vec![level(entries, ways, &sizes, 0)], true);
    let sets = u64::from(entries / ways);
    // The newest last.
    let mut lists: Vec<Vec<Listed>> = vec![Vec::new(); sets as usize];
    let mut random = Random::new(u64::from(entries * 100 + ways));
    let hits = |one: &Listed, page: u64, size: u64, space: u32| {
        (one.0, one.1) == (page, size) && one.2.is_none_or(|other| other == space)
    };
    for step in 0..6_000 {
        // Each address has one size of page, and is global or not for good.
        let space = random.below(3) as u32;
        let address = random.below(u64::from(entries) * 2) * 4096 + random.below(4096);
        let size = sizes[usize::from(address >= u64::from(entries) * 4096)];
        let global = (address / 16384).is_multiple_of(5);
        match random.below(40) {
            0 => {
                let all = random.chance(1, 4);
                tlb.flush(all);
                lists
                    .iter_mut()
                    .for_each(|list| list.retain(|one| !all && one.2.is_none()));
            }
            1 => {
                tlb.flush_page(address);
                let keep = |one: &Listed| address / one.1 != one.0;
                lists.iter_mut().for_each(|list| list.retain(keep));
            }
            _ => {
                let place = sizes.iter().find_map(|size| {
                    let page = address / size;
                    let list = &lists[(page % sets) as usize];
                    let at = list.iter().rposition(|one| hits(one, page, *size, space))?;
                    Some(((page % sets) as usize, at))
                });
                let found = tlb.look_up(address, space).is_some();
                assert_eq!(found, place.is_some(), "{entries}/{ways} step {step}");
                if let Some((set, at)) = place {
                    let one = lists[set].remove(at);
                    lists[set].push(one);
                } else {
                    let page = address / size;
                    tlb.fill(address, space, &WalkedPage::new(size, global, 1));
                    let list = &mut lists[(page % sets) as usize];
                    if list.len() == ways as usize {
                        list.remove(0);
                    }
                    list.push((page, size, (!global).then_some(space)));
                }
            }
        }
        assert_eq!(tlb.valid(), lists.iter().map(Vec::len).sum::<usize>());
    }
}

/// A level split by page size, a unified one behind it, and a cache of tables.
#[test]
fn split_levels_and_short_walks() {
    let small_and_large = [4096, 4 << 20];
    let spec = TlbSpec {
        walk_cache: 2,
        ..TlbSpec::two_levels(4096, &small_and_large[1..])
    };
    let mut tlb = Tlb::new(&spec).expect("a TLB");
    let small = WalkedPage {
        bytes: 4096,
        global: false,
        reads: 2,
        table_bytes: 4 << 20,
    };
    for page in 0..100_u64 {
        assert_eq!(tlb.look_up(page << 12, 1), None);
        tlb.fill(page << 12, 1, &small);
    }
    let counts = tlb.counts();
    assert_eq!(
        (counts.reads, counts.short_walks),
        (2 + 99, 99),
        "one table"
    );
    assert_eq!(tlb.look_up(0x8000_0000, 1), None);
    tlb.fill(0x8000_0000, 1, &WalkedPage::new(4 << 20, false, 1));
    assert_eq!(tlb.look_up(0x8012_3456, 1), Some(0));
    assert_eq!(tlb.look_up(0, 1), Some(1), "pushed out of 64 small ones");
    assert_eq!(tlb.look_up(0, 1), Some(0), "brought back");
    assert_eq!(
        (tlb.reach(0, 4096), tlb.reach(0, 4 << 20)),
        (64 << 12, 32 << 22)
    );
    assert_eq!((tlb.reach(1, 4096), tlb.reach(0, 1 << 30)), (1536 << 12, 0));
    tlb.flush_page(0x8000_0000);
    assert_eq!(tlb.look_up(0x8012_3456, 1), None);
}

#[test]
fn shapes() {
    let make = |entries, ways, size| {
        let levels = vec![level(entries, ways, &[size], 1)];
        Tlb::new(&TlbSpec {
            levels,
            tagged: false,
            walk_cache: 0,
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
