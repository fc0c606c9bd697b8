//! The buddy system: equal to a naive allocator, frame by frame and block by block; watermarks,
//! lists, fallback, and the names of failures.

use mapwright_machine::Random;
use mapwright_machine::buddy::{
    Blocks, FrameFailure, FrameRequest, FreeError, ListSizes, Refusal, Urgency, Watermarks, Zone,
    ZoneId, ZoneSpec, Zones,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::{BTreeMap, BTreeSet};

/// The policy as the documentation says it, and nothing else.
#[derive(Default)]
struct Naive {
    largest: u32,
    free: BTreeMap<u32, BTreeSet<u64>>,
}

impl Naive {
    fn take(&mut self, order: u32) -> Option<u64> {
        let from = (order..=self.largest).find(|order| {
            self.free
                .get(order)
                .is_some_and(|blocks| !blocks.is_empty())
        })?;
        let frame = self.free.get_mut(&from)?.pop_first()?;
        for order in order..from {
            self.free
                .entry(order)
                .or_default()
                .insert(frame + (1 << order));
        }
        Some(frame)
    }

    fn give(&mut self, frame: u64, order: u32) {
        let buddy = frame ^ (1 << order);
        let blocks = self.free.entry(order).or_default();
        if order < self.largest && blocks.remove(&buddy) {
            self.give(frame.min(buddy), order + 1);
        } else {
            blocks.insert(frame);
        }
    }

    fn blocks(&self, order: u32) -> Vec<u64> {
        let blocks = self.free.get(&order);
        blocks.map_or_else(Vec::new, |blocks| blocks.iter().copied().collect())
    }
}

#[derive(Debug, Clone)]
enum Step {
    Take(u32),
    TakeFrames(u64),
    Give(usize),
    GiveFrames(usize),
    TakeAt(u64, u32),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..6_u32).prop_map(Step::Take),
        1 => (0..90_u64).prop_map(Step::TakeFrames),
        5 => any::<usize>().prop_map(Step::Give),
        1 => (0..60_usize).prop_map(Step::GiveFrames),
        1 => (0..3_000_u64, 0..4_u32).prop_map(|(frame, order)| Step::TakeAt(frame, order)),
    ]
}

fn assert_same(blocks: &Blocks, naive: &Naive) -> Result<(), TestCaseError> {
    for order in 0..=naive.largest {
        let ours: Vec<u64> = blocks.free_blocks(order).collect();
        prop_assert_eq!(ours, naive.blocks(order), "order {}", order);
    }
    prop_assert_eq!(blocks.recount(), blocks.free_frames());
    Ok(())
}

/// The naive way to take a certain block: split by hand until it stands alone.
fn take_at(naive: &mut Naive, frame: u64, order: u32) -> bool {
    if !frame.is_multiple_of(1 << order) {
        return false;
    }
    let holding = (order..=naive.largest).find_map(|from| {
        let head = frame >> from << from;
        let found = naive.free.get_mut(&from)?.remove(&head);
        found.then_some((head, from))
    });
    let Some((mut head, from)) = holding else {
        return false;
    };
    for order in (order..from).rev() {
        let upper = head + (1 << order);
        let (stays, next) = if frame >= upper {
            (head, upper)
        } else {
            (upper, head)
        };
        naive.free.entry(order).or_default().insert(stays);
        head = next;
    }
    true
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400,
        rng_seed: RngSeed::Fixed(4),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn equal_to_a_naive_allocator(
        first in 0..200_u64,
        frames in 1..2_500_u64,
        largest in 0..9_u32,
        steps in proptest::collection::vec(step(), 0..300),
    ) {
        let mut naive = Naive { largest, ..Naive::default() };
        let mut blocks = Blocks::new(first, first + frames, largest);
        blocks.add(first, first + frames);
        (first..first + frames).for_each(|frame| naive.give(frame, 0));
        assert_same(&blocks, &naive)?;
        let mut taken: Vec<(u64, u32)> = Vec::new();
        for step in steps {
            match step {
                Step::Take(order) if order > largest => {}
                Step::Take(order) => {
                    let frame = blocks.take(order);
                    prop_assert_eq!(frame, naive.take(order));
                    taken.extend(frame.map(|frame| (frame, order)));
                }
                Step::TakeFrames(wanted) => {
                    let mut frames = Vec::new();
                    let count = blocks.take_frames(wanted, |frame| frames.push(frame));
                    let expected: Vec<u64> =
                        (0..wanted).map_while(|_| naive.take(0)).collect();
                    prop_assert_eq!(&frames, &expected);
                    prop_assert_eq!(count, expected.len() as u64);
                    taken.extend(frames.into_iter().map(|frame| (frame, 0)));
                }
                Step::Give(_) if taken.is_empty() => {}
                Step::Give(which) => {
                    let (frame, order) = taken.swap_remove(which % taken.len());
                    blocks.give(frame, order);
                    naive.give(frame, order);
                }
                Step::GiveFrames(most) => {
                    let frames: Vec<u64> = taken
                        .iter()
                        .filter_map(|(frame, order)| (*order == 0).then_some(*frame))
                        .take(most)
                        .collect();
                    taken.retain(|(frame, order)| *order != 0 || !frames.contains(frame));
                    frames.iter().for_each(|frame| naive.give(*frame, 0));
                    blocks.give_frames(frames);
                }
                Step::TakeAt(_, order) if order > largest => {}
                Step::TakeAt(frame, order) => {
                    let found = blocks.take_at(frame, order);
                    prop_assert_eq!(found, take_at(&mut naive, frame, order));
                    taken.extend(found.then_some((frame, order)));
                }
            }
            assert_same(&blocks, &naive)?;
        }
        for (frame, order) in taken {
            blocks.give(frame, order);
        }
        let mut fresh = Blocks::new(first, first + frames, largest);
        fresh.add(first, first + frames);
        prop_assert!(blocks.free_by_order().eq(fresh.free_by_order()), "all merged again");
    }
}

fn spec(name: &str, first: u64, end: u64) -> ZoneSpec {
    ZoneSpec {
        name: name.into(),
        first,
        end,
        fallback: Vec::new(),
        lists: ListSizes::OFF,
        watermarks: Watermarks::default(),
        protection: 0,
    }
}

/// DMA 0..16, NORMAL 16..80, HIGHMEM 80..112 in frames, each falling back to those below.
fn three_zones(change: impl Fn(&mut ZoneSpec)) -> Zones {
    let mut specs = [
        spec("DMA", 0, 16),
        ZoneSpec {
            fallback: vec![0],
            ..spec("NORMAL", 16, 80)
        },
        ZoneSpec {
            fallback: vec![1, 0],
            ..spec("HIGHMEM", 80, 112)
        },
    ];
    specs.iter_mut().for_each(change);
    let mut zones = Zones::new(specs.into(), 2, 4);
    assert_eq!(
        zones.add(1, 200),
        111,
        "frame 0 stays out, the rest is in no zone"
    );
    zones.protect();
    zones
}

fn request(zones: &[ZoneId], order: u32) -> FrameRequest<'_> {
    FrameRequest {
        order,
        zones,
        cpu: 0,
        urgency: Urgency::Normal,
    }
}

fn from(zones: &Zones, name: &str) -> Vec<ZoneId> {
    zones
        .order_from(zones.named(name).expect("a zone"))
        .to_vec()
}

#[test]
fn fallback_goes_down_and_never_up() {
    let mut zones = three_zones(|_| {});
    let high = from(&zones, "HIGHMEM");
    let mut order = Vec::new();
    while let Ok(given) = zones.alloc(&request(&high, 0)) {
        order.push(given.zone.index());
    }
    assert_eq!(order.len(), 111);
    assert!(
        order.is_sorted_by(|a, b| a >= b),
        "HIGHMEM, then NORMAL, then DMA"
    );
    zones.free(100, 0, 0).expect("a frame of HIGHMEM");
    let normal = from(&zones, "NORMAL");
    let failure = zones.alloc(&request(&normal, 0)).expect_err("never up");
    assert_eq!(
        failure.to_string(),
        "no block of order 0: NORMAL has 0 free frames and must keep 0; \
         DMA has 0 free frames and must keep 0; HIGHMEM is above the zone asked for"
    );
}

#[test]
fn fragmentation_is_told_from_exhaustion() {
    let mut zones = three_zones(|_| {});
    let dma = from(&zones, "DMA");
    let mut frames = Vec::new();
    while let Ok(given) = zones.alloc(&request(&dma, 0)) {
        frames.push(given.frame);
    }
    frames.retain(|frame| frame % 2 == 1);
    for frame in &frames {
        zones.free(*frame, 0, 0).expect("freed");
    }
    let failure = zones.alloc(&request(&dma, 1)).expect_err("no pair left");
    assert!(failure.is_fragmentation());
    let FrameFailure::Exhausted {
        zones: refusals, ..
    } = &failure
    else {
        panic!("{failure}");
    };
    let why = Refusal::Fragmented {
        free: 8,
        largest: Some(0),
    };
    assert_eq!(refusals[0].why, why);
    let failure = zones.alloc(&request(&dma, 5)).expect_err("too large");
    assert_eq!(
        failure,
        FrameFailure::OrderTooLarge {
            order: 5,
            largest: 4
        }
    );
    let nothing = zones.alloc(&request(&[], 0)).expect_err("no zone");
    assert_eq!(nothing, FrameFailure::NoZones);
}

#[test]
fn watermarks_keep_reserves() {
    let mut zones = three_zones(|zone| zone.watermarks = Watermarks::from_min(8));
    let normal = from(&zones, "NORMAL");
    let high = from(&zones, "HIGHMEM");
    // 32 frames, low mark 10: 22 are given before NORMAL is looked at.
    for _ in 0..22 {
        assert_eq!(
            zones.alloc(&request(&high, 0)).expect("given").zone.index(),
            2
        );
    }
    assert_eq!(
        zones.alloc(&request(&high, 0)).expect("given").zone.index(),
        1
    );
    let mut pressured = 0;
    while let Ok(given) = zones.alloc(&request(&normal, 0)) {
        pressured += u64::from(given.pressure);
    }
    assert_eq!(pressured, 4, "two zones from mark 10 down to 8");
    let free = |zones: &Zones| {
        zones
            .all()
            .iter()
            .map(Zone::free_frames)
            .collect::<Vec<_>>()
    };
    assert_eq!(free(&zones), [8, 8, 10]);
    let atomic = FrameRequest {
        urgency: Urgency::Atomic,
        ..request(&normal, 0)
    };
    while zones.alloc(&atomic).is_ok() {}
    assert_eq!(free(&zones), [4, 4, 10]);
    let emergency = FrameRequest {
        urgency: Urgency::Emergency,
        ..request(&normal, 0)
    };
    while zones.alloc(&emergency).is_ok() {}
    assert_eq!(free(&zones), [0, 0, 10]);
    assert_eq!(
        Watermarks::from_min(8),
        Watermarks {
            min: 8,
            low: 10,
            high: 12
        }
    );
}

/// A request that could use HIGHMEM leaves DMA alone; one for DMA itself does not.
#[test]
fn lower_zones_are_protected() {
    let mut zones = three_zones(|zone| zone.protection = 8);
    let high = from(&zones, "HIGHMEM");
    while zones.alloc(&request(&high, 0)).is_ok() {}
    let free: Vec<u64> = zones.all().iter().map(Zone::free_frames).collect();
    assert_eq!(free, [(64 + 32) / 8, 32 / 8, 0]);
    let dma = from(&zones, "DMA");
    assert!(zones.alloc(&request(&dma, 0)).is_ok());
}

#[test]
fn wrong_frees_have_names() {
    let mut zones = three_zones(|zone| zone.lists = ListSizes { batch: 2, high: 4 });
    let normal = from(&zones, "NORMAL");
    let block = zones.alloc(&request(&normal, 3)).expect("a block").frame;
    let frame = zones.alloc(&request(&normal, 0)).expect("a frame").frame;
    let free = |zones: &mut Zones, frame, order| zones.free(frame, order, 0);
    assert_eq!(
        free(&mut zones, block, 2),
        Err(FreeError::WrongOrder {
            frame: block,
            order: 2,
            actual: 3
        })
    );
    assert_eq!(
        free(&mut zones, block + 1, 0),
        Err(FreeError::InsideBlock {
            frame: block + 1,
            head: block,
            order: 3
        })
    );
    assert_eq!(
        free(&mut zones, 500, 0),
        Err(FreeError::Foreign { frame: 500 })
    );
    assert_eq!(
        free(&mut zones, 0, 0),
        Err(FreeError::NeverFree { frame: 0 })
    );
    free(&mut zones, frame, 0).expect("freed");
    assert_eq!(
        free(&mut zones, frame, 0),
        Err(FreeError::OnCpuList { frame, cpu: 0 })
    );
    free(&mut zones, block, 3).expect("freed");
    let again = free(&mut zones, block, 3).expect_err("a double free");
    assert!(
        matches!(again, FreeError::AlreadyFree { frame, .. } if frame == block),
        "{again}"
    );
    assert!(free(&mut zones, block, 40).is_err());
}

/// Frames come back from the other processor's list when they are needed.
#[test]
fn lists_of_processors() {
    let mut zones = three_zones(|zone| zone.lists = ListSizes { batch: 4, high: 8 });
    let dma = from(&zones, "DMA");
    let first = zones.alloc(&request(&dma, 0)).expect("a frame");
    let zone = first.zone;
    assert_eq!(zones.zone(zone).listed_on(0), 3);
    zones
        .free(first.frame, 0, 1)
        .expect("freed on another processor");
    assert_eq!(zones.zone(zone).listed_on(1), 1);
    let second = FrameRequest {
        cpu: 1,
        ..request(&dma, 0)
    };
    assert_eq!(
        zones.alloc(&second).expect("a frame").frame,
        first.frame,
        "the hot one"
    );
    let mut frames = vec![first.frame];
    while let Ok(given) = zones.alloc(&second) {
        frames.push(given.frame);
    }
    assert_eq!(frames.len(), 15, "the list of processor 0 was drained");
    for frame in frames {
        zones.free(frame, 0, 1).expect("freed");
        assert!(zones.zone(zone).listed_on(1) < 8);
    }
    let counts = |zones: &Zones| {
        let zone = zones.zone(zone);
        (
            zone.free_frames(),
            zone.listed_frames(),
            zone.given_frames(),
        )
    };
    assert_eq!(counts(&zones), zones.zone(zone).recount());
    zones.drain(&dma);
    assert_eq!(counts(&zones), (15, 0, 0));
}

#[test]
fn list_sizes_of_linux() {
    assert_eq!(
        ListSizes::of_zone(225_280, 4096),
        ListSizes {
            batch: 31,
            high: 186
        }
    );
    assert_eq!(
        ListSizes::of_zone(4_096, 4096),
        ListSizes { batch: 1, high: 6 }
    );
    assert_eq!(ListSizes::of_zone(0, 0), ListSizes { batch: 1, high: 6 });
}

/// Counts hold and no frame is given twice, whatever mixture of orders, lists and processors.
#[test]
fn a_long_random_load_keeps_the_counts() {
    let mut random = Random::new(11);
    let mut zones = three_zones(|zone| {
        zone.lists = ListSizes { batch: 3, high: 7 };
        zone.watermarks = Watermarks::from_min(2);
    });
    let starts = ["DMA", "NORMAL", "HIGHMEM"].map(|name| from(&zones, name));
    let mut taken: Vec<(u64, u32)> = Vec::new();
    let mut owned = BTreeSet::new();
    for _ in 0..20_000 {
        if random.chance(1, 2) {
            let asked = FrameRequest {
                cpu: random.below(3) as u32,
                ..request(&starts[random.below(3) as usize], random.below(3) as u32)
            };
            if let Ok(given) = zones.alloc(&asked) {
                taken.push((given.frame, asked.order));
                for frame in given.frame..given.frame + (1 << asked.order) {
                    assert!(owned.insert(frame), "frame {frame} has two owners");
                    assert_eq!(zones.zone_of(frame), Some(given.zone));
                }
            }
        } else if !taken.is_empty() {
            let (frame, order) = taken.swap_remove(random.below(taken.len() as u64) as usize);
            zones
                .free(frame, order, random.below(3) as u32)
                .expect("freed");
            (frame..frame + (1 << order)).for_each(|frame| assert!(owned.remove(&frame)));
        }
    }
    for (_, zone) in zones.iter() {
        let counts = (
            zone.free_frames(),
            zone.listed_frames(),
            zone.given_frames(),
        );
        assert_eq!(counts, zone.recount());
        assert_eq!(counts.0 + counts.1 + counts.2, zone.managed_frames());
    }
}

/// Many frames at once are the same frames as one by one, and wrong ones are named.
#[test]
fn many_frames_at_once() {
    let mut random = Random::new(17);
    let make = || {
        let mut zone = Zone::new(spec("NORMAL", 5, 3_000), 1, 7);
        zone.add(5, 3_000);
        zone
    };
    let (mut many, mut single) = (make(), make());
    let mut taken = Vec::new();
    for _ in 0..200 {
        if random.chance(1, 2) {
            let (wanted, mark) = (random.below(150), random.below(400));
            let mut frames = Vec::new();
            let count = many.alloc_many(wanted, mark, &mut frames);
            let expected: Vec<u64> = (0..wanted)
                .map_while(|_| single.alloc(0, 0, mark).ok())
                .collect();
            assert_eq!(
                (frames.as_slice(), count),
                (expected.as_slice(), expected.len() as u64)
            );
            taken.extend(frames);
        } else {
            let from = random.below(taken.len() as u64 + 1) as usize;
            let frames = taken.split_off(from);
            many.free_many(&frames).expect("given");
            frames
                .iter()
                .for_each(|frame| single.free(*frame, 0, 0).expect("given"));
        }
        for order in 0..=7 {
            let blocks = |zone: &Zone| zone.blocks().free_blocks(order).collect::<Vec<_>>();
            assert_eq!(blocks(&many), blocks(&single));
        }
        assert_eq!(many.recount(), single.recount());
        assert_eq!(many.given_frames(), taken.len() as u64);
    }
    many.free_many(&taken).expect("given");
    let mut two = Vec::new();
    many.alloc_many(2, 0, &mut two);
    let twice = [two[0], two[0]];
    let error = many.free_many(&twice).expect_err("a double free");
    assert!(
        matches!(error, FreeError::AlreadyFree { frame, .. } if frame == two[0]),
        "{error}"
    );
    assert_eq!(
        many.free_many(&[two[1], 9_999]),
        Err(FreeError::Foreign { frame: 9_999 })
    );
    assert_eq!(many.given_frames(), 0);
    assert_eq!(many.free_many(&[4]), Err(FreeError::Foreign { frame: 4 }));
}

/// 64 GiB: half a byte a frame, and no loop over frames.
#[test]
fn a_large_zone_costs_half_a_byte_a_frame() {
    let frames = 16_u64 << 20;
    assert!(Zone::host_bytes(0, frames, 10) <= frames * 51 / 100);
    assert!(Blocks::host_bytes(0, frames, 10) <= frames * 26 / 100);
    let mut zone = Zone::new(spec("NORMAL", 0, frames), 1, 10);
    zone.add(0, frames);
    assert_eq!(zone.blocks().free_by_order().last(), Some(frames >> 10));
    assert_eq!(zone.alloc(10, 0, 0), Ok(0));
}
