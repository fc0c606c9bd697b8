//! The simulator's frame allocator against `buddy_system_allocator`, side by side.
//!
//! Both take the lowest block of the smallest order that is enough, so that every frame they give
//! must be the same: a run whose sums differ stops. Each round runs the contenders in turn, the first
//! one changing from round to round; the table shows medians. Below it stand the time that a whole machine of 64 GiB takes to
//! start, and what it costs in the host's memory. Run it with
//! `cargo bench -p mapwright-machine --bench frames`.

#![allow(clippy::print_stdout)]

#[path = "../../tests/samples/mod.rs"]
mod samples;

use buddy_system_allocator::FrameAllocator;
use mapwright_machine::buddy::{ListSizes, Watermarks, Zone, ZoneSpec};
use mapwright_machine::memory::Frames;
use mapwright_machine::{FrameFlags, Machine, MachineSpec, Random};
use mapwright_runtime::layout::Layout;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// 64 GiB in frames of 4 KiB.
const FRAMES: u64 = 16 << 20;
const LARGEST: u32 = 10;
const ROUNDS: usize = 41;
const OPERATIONS: usize = 25_600;
const PAIRS: usize = 10_000;

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

/// The orders taken, and the blocks given back.
type Phase = (Vec<u32>, Vec<(u64, u32)>);

/// A load, recorded: which orders are taken and which blocks are given back. Since both allocators
/// give the same frames, the blocks are written down, and nothing but the allocator is timed.
struct Load {
    live: Vec<u32>,
    /// The orders taken and the blocks given back in each phase.
    phases: Vec<Phase>,
    /// What is still taken in the end.
    left: Vec<(u64, u32)>,
}

impl Load {
    /// About `live` blocks stay taken; phases of 64 blocks taken and as many, drawn from all that
    /// are taken, given back.
    fn record(
        allocator: &mut impl Allocator,
        seed: u64,
        live: usize,
        order: fn(&mut Random) -> u32,
    ) -> Self {
        const PHASE: usize = 64;
        let mut random = Random::new(seed);
        let mut load = Self {
            live: Vec::new(),
            phases: Vec::new(),
            left: Vec::new(),
        };
        let mut taken: Vec<(u64, u32)> = Vec::new();
        fn take<A: Allocator>(allocator: &mut A, orders: &[u32], taken: &mut Vec<(u64, u32)>) {
            for order in orders {
                let frame = Allocator::alloc(allocator, *order);
                taken.extend(frame.map(|frame| (frame, *order)));
            }
        }
        load.live = (0..live).map(|_| order(&mut random)).collect();
        take(allocator, &load.live, &mut taken);
        for _ in 0..OPERATIONS / (2 * PHASE) {
            let orders: Vec<u32> = (0..PHASE).map(|_| order(&mut random)).collect();
            take(allocator, &orders, &mut taken);
            let surplus = taken.len().saturating_sub(live);
            let given = (0..surplus).map(|_| {
                let place = random.below(taken.len() as u64);
                taken.swap_remove(place as usize)
            });
            let given: Vec<_> = given.collect();
            load.phases.push((orders, given));
            let (_, given) = load.phases.last().expect("just pushed");
            given
                .iter()
                .for_each(|(frame, order)| allocator.free(*frame, *order));
        }
        load.left = taken;
        load.stop(allocator);
        load
    }

    fn operations(&self) -> usize {
        self.phases
            .iter()
            .map(|(takes, gives)| takes.len() + gives.len())
            .sum()
    }

    fn start(&self, allocator: &mut impl Allocator) {
        self.live.iter().for_each(|order| {
            allocator.alloc(*order);
        });
    }

    fn stop(&self, allocator: &mut impl Allocator) {
        self.left
            .iter()
            .for_each(|(frame, order)| allocator.free(*frame, *order));
    }

    /// All phases; the sum of what was given.
    fn run(&self, allocator: &mut impl Allocator) -> u64 {
        let mut sum = 0_u64;
        for (orders, blocks) in &self.phases {
            for order in orders {
                let frame = allocator.alloc(*order).unwrap_or(u64::MAX);
                sum = sum.rotate_left(5) ^ frame;
            }
            for (frame, order) in blocks {
                allocator.free(*frame, *order);
            }
        }
        sum
    }
}

/// Takes `count` single frames and gives them back, the first first; how many there were.
fn burst<A: Allocator>(allocator: &mut A, count: usize, frames: &mut Vec<u64>) -> u64 {
    frames.clear();
    frames.extend((0..count).map_while(|_| allocator.alloc(0)));
    for frame in frames.iter() {
        allocator.free(*frame, 0);
    }
    frames.len() as u64
}

/// The same through the calls for many frames; the peer has none.
fn burst_at_once(zone: &mut Zone, count: usize, frames: &mut Vec<u64>) -> u64 {
    frames.clear();
    let taken = zone.alloc_many(count as u64, 0, frames);
    zone.free_many(frames).expect("right frees");
    taken
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

/// What one contender does in a round: the time of what counts, and a sum to compare.
type Round<'a> = &'a mut dyn FnMut() -> (Duration, u64);

/// The time that `work` takes, with its result.
fn timed(work: impl FnOnce() -> u64) -> (Duration, u64) {
    let start = Instant::now();
    let sum = black_box(work());
    (start.elapsed(), sum)
}

/// One row of the table: nanoseconds for one operation, medians over the rounds.
fn row(name: &str, operations: usize, goal: &str, contenders: [Round<'_>; 2]) {
    let mut times: [Vec<Duration>; 2] = Default::default();
    for round in 0..ROUNDS {
        let mut sums = [0; 2];
        for turn in 0..2 {
            let which = (round + turn) % 2;
            let (time, sum) = contenders[which]();
            times[which].push(time);
            sums[which] = sum;
        }
        assert_eq!(sums[0], sums[1], "{name}: both must give the same frames");
    }
    let [ours, peer] = times.map(|mut times| {
        times.sort_unstable();
        times[ROUNDS / 2].as_nanos() as f64 / operations as f64
    });
    println!(
        "{name:<52} {ours:>8.1} {peer:>8.1} {:>7.1}x   {goal}",
        peer / ours
    );
}

/// A row for a load.
fn loads<A: Allocator, B: Allocator>(
    name: &str,
    goal: &str,
    (ours, peer): (&mut A, &mut B),
    (seed, live, order): (u64, usize, fn(&mut Random) -> u32),
) {
    let load = Load::record(ours, seed, live, order);
    fn round<T: Allocator>(load: &Load, allocator: &mut T) -> (Duration, u64) {
        load.start(allocator);
        let result = timed(|| load.run(allocator));
        load.stop(allocator);
        result
    }
    row(
        name,
        load.operations(),
        goal,
        [&mut || round(&load, ours), &mut || round(&load, peer)],
    );
}

/// Rows for bursts.
fn bursts<A: Allocator, B: Allocator>(name: &str, goal: &str, ours: &mut A, peer: &mut B) {
    let (mut mine, mut theirs) = (Vec::new(), Vec::new());
    for count in [1_000, 10_000, 100_000] {
        row(
            &format!("burst of {count} single frames, {name}"),
            2 * count,
            goal,
            [&mut || timed(|| burst(ours, count, &mut mine)), &mut || {
                timed(|| burst(peer, count, &mut theirs))
            }],
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
    // First, while this program has no memory to use again.
    let started = started();
    println!(
        "{frames} frames of 4 KiB (64 GiB), blocks of up to {} frames; {cpu}",
        1 << LARGEST
    );
    println!(
        "{:<52} {:>8} {:>8} {:>8}   goal",
        "ns per operation", "ours", "peer", "ratio"
    );
    let (mut a, mut b) = (zone(ListSizes::OFF), peer());
    for live in [1_000, 100_000] {
        let name = format!("mixed orders 0..10, {live} blocks live");
        loads(&name, "2.5x", (&mut a, &mut b), (1, live, halving));
    }
    let alike: fn(&mut Random) -> u32 = |random| random.below(11) as u32;
    loads(
        "all orders alike, 10000 blocks live",
        "2.5x",
        (&mut a, &mut b),
        (2, 10_000, alike),
    );
    bursts("no lists", "-", &mut a, &mut b);
    age(&mut a);
    age(&mut b);
    let small: fn(&mut Random) -> u32 = |random| halving(random).min(3);
    for live in [1_000, 100_000] {
        let name = format!("aged zone, orders 0..3, {live} blocks live");
        loads(&name, "5x", (&mut a, &mut b), (3, live, small));
    }
    bursts("aged, no lists", "-", &mut a, &mut b);
    drop((a, b));
    let (mut zone_at_once, mut one_by_one) = (zone(ListSizes::OFF), peer());
    let (mut mine, mut theirs) = (Vec::new(), Vec::new());
    for count in [1_000, 10_000, 100_000] {
        row(
            &format!("burst of {count} single frames, at once"),
            2 * count,
            "10x",
            [
                &mut || timed(|| burst_at_once(&mut zone_at_once, count, &mut mine)),
                &mut || timed(|| burst(&mut one_by_one, count, &mut theirs)),
            ],
        );
    }
    let (mut listed, mut plain) = (zone(ListSizes::of_zone(FRAMES, 4096)), peer());
    bursts("processor's list", "-", &mut listed, &mut plain);
    row(
        "one frame and back, processor's list (pair)",
        PAIRS,
        "at most 10 ns",
        [&mut || timed(|| pairs(&mut listed)), &mut || {
            timed(|| pairs(&mut plain))
        }],
    );
    sizes();
    starts();
    println!("{started}");
}

/// What a simulated frame costs the host.
fn sizes() {
    let start = Instant::now();
    let fresh = black_box(zone(ListSizes::OFF));
    let time = start.elapsed();
    let allocator = Zone::host_bytes(0, FRAMES, LARGEST) as f64 / FRAMES as f64;
    let state = Frames::bytes_per_frame();
    println!("a zone of 64 GiB starts in {time:.2?}");
    println!("the allocator alone: {allocator:.2} bytes a frame (at most 1)");
    println!(
        "with what each frame is used for, where something is: {:.2} bytes a frame (at most 9)",
        allocator + state as f64
    );
    drop(fresh);
}

/// The 64-bit layout with 64 GiB of memory.
fn machine_of_64_gib() -> (Layout, MachineSpec) {
    let spec = MachineSpec {
        ram: Some(vec![samples::range(0, u128::from(FRAMES) * 4096)]),
        ..MachineSpec::default()
    };
    (samples::x86_64(), spec)
}

/// A whole machine of 64 GiB, its kernel started: the median of several starts.
fn starts() {
    let (layout, spec) = machine_of_64_gib();
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..7 {
        let start = Instant::now();
        let machine = black_box(Machine::new(&layout, &spec).expect("a machine"));
        times.push(start.elapsed());
        drop(machine);
    }
    times.sort_unstable();
    println!(
        "a machine of 64 GiB starts in {:.2?} (at most 100 ms)",
        times[times.len() / 2]
    );
}

/// What a started machine of 64 GiB takes of the host's memory, in words.
fn started() -> String {
    let before = resident();
    let (layout, spec) = machine_of_64_gib();
    let mut machine = Machine::new(&layout, &spec).expect("a machine");
    let start = resident();
    let memory = machine.physical().memory();
    let (used, touched) = (memory.budget().used(), memory.touched_frames());
    let count = 10_000;
    for _ in 0..count {
        let frame = machine.alloc_pages(0, FrameFlags::default());
        let frame = frame.expect("a frame").frame;
        let memory = machine.physical_mut().memory_mut();
        memory.write(frame * 4096, 1, 8).expect("written");
    }
    format!(
        "its host memory: {} KiB resident, {} KiB in its books, {touched} frames have bytes; \
         each frame touched later: {} bytes resident",
        (start - before) / 1024,
        used / 1024,
        (resident() - start) / count
    )
}

/// The memory of this program that is resident, where the system tells it.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = text.split(' ').nth(1).and_then(|word| word.parse().ok());
    pages.unwrap_or(0_u64) * 4096
}

/// Takes a frame and gives it back, again and again.
fn pairs<A: Allocator>(allocator: &mut A) -> u64 {
    for _ in 0..PAIRS {
        let frame = allocator.alloc(0).expect("a frame");
        allocator.free(black_box(frame), 0);
    }
    0
}

/// The name of the processor, where the system tells it.
fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = info.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split(": ").nth(1));
    name.unwrap_or("unknown processor").into()
}
