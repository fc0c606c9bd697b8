//! The simulator's frame allocator against `buddy_system_allocator`, side by side.
//!
//! Both take the lowest block of the smallest order that is enough, so that every frame they give
//! must be the same: a run whose sums differ stops. Each round runs the contenders in turn, the first
//! one changing from round to round; the table shows medians. Run it with
//! `cargo bench -p mapwright-runtime --no-default-features --bench frames`.

#![allow(clippy::print_stdout)]

use buddy_system_allocator::FrameAllocator;
use mapwright_runtime::machine::Random;
use mapwright_runtime::machine::buddy::{ListSizes, Watermarks, Zone, ZoneSpec};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// 64 GiB in frames of 4 KiB.
const FRAMES: u64 = 16 << 20;
const LARGEST: u32 = 10;
const ROUNDS: usize = 9;

/// What is measured.
trait Allocator {
    fn alloc(&mut self, order: u32) -> Option<u64>;
    fn free(&mut self, frame: u64, order: u32);
}

impl Allocator for Zone {
    fn alloc(&mut self, order: u32) -> Option<u64> {
        Zone::alloc(self, order, 0, 0).ok()
    }

    fn free(&mut self, frame: u64, order: u32) {
        Zone::free(self, frame, order, 0).expect("a right free");
    }
}

impl Allocator for FrameAllocator<11> {
    fn alloc(&mut self, order: u32) -> Option<u64> {
        FrameAllocator::alloc(self, 1 << order).map(|frame| frame as u64)
    }

    fn free(&mut self, frame: u64, order: u32) {
        self.dealloc(frame as usize, 1 << order);
    }
}

fn zone(lists: ListSizes) -> Zone {
    let mut zone = Zone::new(
        ZoneSpec {
            name: "NORMAL".into(),
            first: 0,
            end: FRAMES,
            fallback: Vec::new(),
            lists,
            watermarks: Watermarks::default(),
            protection: 0,
        },
        1,
        LARGEST,
    );
    zone.add(0, FRAMES);
    zone
}

fn peer() -> FrameAllocator<11> {
    let mut peer = FrameAllocator::new();
    peer.add_frame(0, FRAMES as usize);
    peer
}

/// A load: phases that take blocks of these orders, then give back as many of all that are taken, by
/// their places in the list. Loops are short and tight, so that little but the allocator is timed.
struct Load {
    live: Vec<u32>,
    phases: Vec<(Vec<u32>, Vec<u32>)>,
}

impl Load {
    fn new(seed: u64, live: usize, operations: usize, order: fn(&mut Random) -> u32) -> Self {
        const PHASE: usize = 64;
        let mut random = Random::new(seed);
        let mut phase = |_| {
            let orders = (0..PHASE).map(|_| order(&mut random)).collect();
            let places = (0..PHASE).map(|done| random.below((live + PHASE - done) as u64) as u32);
            (orders, places.collect())
        };
        let phases = (0..operations / (2 * PHASE)).map(&mut phase).collect();
        let live = (0..live).map(|_| order(&mut random)).collect();
        Self { live, phases }
    }

    fn operations(&self) -> usize {
        self.phases
            .iter()
            .map(|(takes, gives)| takes.len() + gives.len())
            .sum()
    }
}

/// Blocks taken from an allocator.
struct Loaded<A> {
    allocator: A,
    /// The first frame and the order; an order that was not to be had has no frame.
    taken: Vec<(Option<u64>, u32)>,
    sum: u64,
}

impl<A: Allocator> Loaded<A> {
    fn new(allocator: A) -> Self {
        Self {
            allocator,
            taken: Vec::new(),
            sum: 0,
        }
    }

    #[inline]
    fn take(&mut self, order: u32) {
        let frame = self.allocator.alloc(order);
        self.sum = self.sum.rotate_left(5) ^ frame.unwrap_or(u64::MAX);
        self.taken.push((frame, order));
    }

    fn start(&mut self, load: &Load) {
        load.live.iter().for_each(|order| self.take(*order));
    }

    fn stop(&mut self) {
        while let Some((frame, order)) = self.taken.pop() {
            frame
                .into_iter()
                .for_each(|frame| self.allocator.free(frame, order));
        }
    }

    /// All phases; the sum of what was given.
    fn run(&mut self, load: &Load) -> u64 {
        for (orders, places) in &load.phases {
            orders.iter().for_each(|order| self.take(*order));
            for place in places {
                let (frame, order) = self.taken.swap_remove(*place as usize);
                if let Some(frame) = frame {
                    self.allocator.free(frame, order);
                }
            }
        }
        self.sum
    }
}

/// Takes `count` single frames and gives them back, the first first.
fn burst<A: Allocator>(allocator: &mut A, count: usize, frames: &mut Vec<u64>) -> u64 {
    frames.clear();
    frames.extend((0..count).map_while(|_| allocator.alloc(0)));
    for frame in frames.iter() {
        allocator.free(*frame, 0);
    }
    frames
        .iter()
        .fold(0, |sum: u64, frame| sum.rotate_left(5) ^ frame)
}

/// Takes every frame and gives back a random half, so that what is free lies in small pieces.
fn age<A: Allocator>(allocator: &mut A) {
    let mut random = Random::new(5);
    let frames: Vec<u64> = (0..FRAMES).map_while(|_| allocator.alloc(0)).collect();
    for frame in frames {
        if random.chance(1, 2) {
            allocator.free(frame, 0);
        }
    }
}

/// One row of the table: nanoseconds for one operation, medians over the rounds.
fn row(
    name: &str,
    operations: usize,
    goal: &str,
    mut ours: impl FnMut() -> u64,
    mut peer: impl FnMut() -> u64,
) {
    assert_eq!(ours(), peer(), "{name}: both must give the same frames");
    let mut times: [Vec<Duration>; 2] = Default::default();
    for round in 0..ROUNDS {
        for turn in 0..2 {
            let which = (round + turn) % 2;
            let start = Instant::now();
            black_box(if which == 0 { ours() } else { peer() });
            times[which].push(start.elapsed());
        }
    }
    let [ours, peer] = times.map(|mut times| {
        times.sort_unstable();
        times[ROUNDS / 2].as_nanos() as f64 / operations as f64
    });
    println!(
        "{name:<44} {ours:>8.1} {peer:>10.1} {:>7.1}x   {goal}",
        peer / ours
    );
}

/// A row for a load, with its blocks taken before and given back after.
fn loads<A: Allocator, B: Allocator>(
    name: &str,
    goal: &str,
    ours: &mut Loaded<A>,
    peer: &mut Loaded<B>,
    load: &Load,
) {
    ours.start(load);
    peer.start(load);
    let operations = load.operations();
    row(name, operations, goal, || ours.run(load), || peer.run(load));
    ours.stop();
    peer.stop();
}

/// Rows for bursts.
fn bursts<A: Allocator, B: Allocator>(name: &str, goal: &str, ours: &mut A, peer: &mut B) {
    let (mut mine, mut theirs) = (Vec::new(), Vec::new());
    for count in [1_000, 100_000, 1_000_000] {
        row(
            &format!("burst of {count} single frames, {name}"),
            2 * count,
            goal,
            || burst(ours, count, &mut mine),
            || burst(peer, count, &mut theirs),
        );
    }
}

/// Half of all requests for one frame, half of the rest for two, and so on.
fn halving(random: &mut Random) -> u32 {
    (random.word() | 1 << LARGEST).trailing_zeros()
}

fn main() {
    // Cargo passes `--bench`; a filter or `--test` means that somebody wants no long run.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let (cpu, frames) = (processor(), FRAMES);
    println!(
        "{frames} frames of 4 KiB (64 GiB), blocks of up to {} frames; {cpu}",
        1 << LARGEST
    );
    println!(
        "{:<44} {:>8} {:>10} {:>8}   goal",
        "ns per operation", "ours", "peer", "ratio"
    );
    let (mut a, mut b) = (Loaded::new(zone(ListSizes::OFF)), Loaded::new(peer()));
    for live in [1_000, 100_000] {
        let name = format!("mixed orders 0..10, {live} blocks live");
        loads(
            &name,
            "2.5x",
            &mut a,
            &mut b,
            &Load::new(1, live, 200_000, halving),
        );
    }
    let alike: fn(&mut Random) -> u32 = |random| random.below(11) as u32;
    loads(
        "all orders alike, 10000 blocks live",
        "2.5x",
        &mut a,
        &mut b,
        &Load::new(2, 10_000, 200_000, alike),
    );
    bursts("no lists", "-", &mut a.allocator, &mut b.allocator);
    age(&mut a.allocator);
    age(&mut b.allocator);
    let small: fn(&mut Random) -> u32 = |random| halving(random).min(3);
    for live in [1_000, 100_000] {
        let name = format!("aged zone, orders 0..3, {live} blocks live");
        loads(
            &name,
            "5x",
            &mut a,
            &mut b,
            &Load::new(3, live, 200_000, small),
        );
    }
    bursts("aged, no lists", "-", &mut a.allocator, &mut b.allocator);
    drop((a, b));
    let (mut listed, mut plain) = (zone(ListSizes::of_zone(FRAMES, 4096)), peer());
    bursts("processor's list", "10x", &mut listed, &mut plain);
    row(
        "one frame and back, processor's list (pair)",
        100_000,
        "at most 10 ns",
        || (0..100_000).fold(0, |_, _| pair(&mut listed)) & 0,
        || (0..100_000).fold(0, |_, _| pair(&mut plain)) & 0,
    );
    let start = Instant::now();
    let fresh = black_box(zone(ListSizes::OFF));
    println!(
        "a zone of 64 GiB starts in {:.2?}, {:.2} bytes a frame",
        start.elapsed(),
        Zone::host_bytes(0, FRAMES, LARGEST) as f64 / FRAMES as f64
    );
    drop(fresh);
}

fn pair<A: Allocator>(allocator: &mut A) -> u64 {
    let frame = allocator.alloc(0).expect("a frame");
    allocator.free(black_box(frame), 0);
    frame
}

/// The name of the processor, where the system tells it.
fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = info.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split(": ").nth(1));
    name.unwrap_or("unknown processor").into()
}
