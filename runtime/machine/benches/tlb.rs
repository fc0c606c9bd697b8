//! Traces through the model of a TLB: how many references a second, on every stream.
//!
//! Each row is a stream of references, each column a TLB; a plain loop that reads the same references and sums their
//! pages is the limit. The model is held to a naive one first: a run whose counts differ stops. Run it with
//! `cargo bench -p mapwright-machine --bench tlb`.

#![allow(clippy::print_stdout)]

use mapwright_machine::Random;
use mapwright_machine::tlb::{TlbLevelSpec, TlbSpec};
use mapwright_machine::trace::{Reference, TraceRun, TraceSpec, WalkShape};
use std::hint::black_box;
use std::time::{Duration, Instant};

const REFERENCES: usize = 1 << 20;
/// Each round plays a piece of a stream, about a millisecond: a machine that does other things too interrupts few of them.
const PIECE: usize = 1 << 16;
const ROUNDS: usize = 5 * REFERENCES / PIECE;
/// What the goal asks for, in millions of references a second.
const GOAL: f64 = 50.0;

/// Four levels, pages of 4 KiB, as on x86-64.
const SMALL: WalkShape = WalkShape {
    page: 4 << 10,
    reads: 4,
    table_bytes: 2 << 20,
};

const LARGE: WalkShape = WalkShape {
    page: 2 << 20,
    reads: 3,
    table_bytes: 1 << 30,
};

fn streams() -> Vec<(&'static str, Vec<Reference>)> {
    let make = |mut next: Box<dyn FnMut(u64) -> u64>| {
        let references = (0..REFERENCES as u64).map(|at| Reference::read(next(at), 8));
        references.collect::<Vec<_>>()
    };
    let (mut a, mut b, mut c, mut d) = (
        Random::new(1),
        Random::new(2),
        Random::new(3),
        Random::new(4),
    );
    let mut chase = 0_u64;
    vec![
        ("sequential, 8 bytes", make(Box::new(|at| at * 8))),
        ("strided, 4 KiB", make(Box::new(|at| at % (1 << 18) * 4096))),
        ("one page", make(Box::new(|at| at * 8 % 4096))),
        (
            "random in 1 MiB",
            make(Box::new(move |_| a.below(1 << 20) & !7)),
        ),
        (
            "random in 4 GiB",
            make(Box::new(move |_| b.below(1 << 32) & !7)),
        ),
        (
            "zipf over 4 GiB",
            make(Box::new(move |_| {
                let first = 1_u64 << c.below(30);
                (first - 1 + c.below(first)).wrapping_mul(0x9e37_79b9) % (1 << 29) * 8
            })),
        ),
        (
            "pointer chase in 256 MiB",
            make(Box::new(move |_| {
                chase = chase.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1) % (1 << 22);
                chase * 64
            })),
        ),
        (
            "matrix of 4096 by 4096, by columns",
            make(Box::new(|at| (at % 4096 * 4096 + at / 4096) * 8)),
        ),
        (
            "code, stack and heap in turn",
            make(Box::new(move |at| match at % 4 {
                0 | 2 => 0x40_0000 + d.below(1 << 13) * 8,
                1 => 0x7fff_0000_0000 + d.below(1 << 9) * 8,
                _ => 0x1000_0000 + d.below(1 << 25) * 8,
            })),
        ),
    ]
}

fn configurations() -> Vec<TraceSpec> {
    let one = |name: &str, walk: WalkShape, tlb| TraceSpec {
        name: name.into(),
        walk,
        tlb,
    };
    vec![
        one("64 full", SMALL, TlbSpec::single(64, &[SMALL.page])),
        one("1536 full", SMALL, TlbSpec::single(1536, &[SMALL.page])),
        one(
            "64/4+1536/12",
            SMALL,
            TlbSpec::two_levels(4 << 10, &[LARGE.page]),
        ),
        one(
            "the same, 2M",
            LARGE,
            TlbSpec::two_levels(4 << 10, &[LARGE.page]),
        ),
    ]
}

/// A fully associative TLB as a list, the newest last: hits.
fn naive(references: &[Reference], entries: usize) -> u64 {
    let mut list: Vec<u64> = Vec::new();
    let mut hits = 0;
    for reference in references {
        let page = reference.address / SMALL.page;
        match list.iter().rposition(|other| *other == page) {
            Some(at) => {
                hits += 1;
                list.remove(at);
            }
            None if list.len() == entries => {
                list.remove(0);
            }
            None => {}
        }
        list.push(page);
    }
    hits
}

/// What plays a piece of a stream.
type Contender<'a> = dyn FnMut(&[Reference]) + 'a;

/// The median of the times that the contenders take, in turn.
fn medians(contenders: &mut [&mut Contender<'_>], references: &[Reference]) -> Vec<Duration> {
    let mut times = vec![Vec::new(); contenders.len()];
    for (round, piece) in references.chunks(PIECE).cycle().take(ROUNDS).enumerate() {
        for turn in 0..contenders.len() {
            let which = (round + turn) % contenders.len();
            let start = Instant::now();
            contenders[which](black_box(piece));
            times[which].push(start.elapsed());
        }
    }
    let median = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[ROUNDS / 2]
    };
    times.into_iter().map(median).collect()
}

fn rate(time: Duration) -> f64 {
    PIECE as f64 / time.as_secs_f64() / 1e6
}

fn main() {
    // Cargo passes `--bench`; a filter or `--test` means that somebody wants no long run.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let configurations = configurations();
    println!(
        "{REFERENCES} references of 8 bytes in each stream; {}",
        processor()
    );
    print!("{:<36}{:>8}", "millions of references a second", "plain");
    configurations
        .iter()
        .for_each(|one| print!("{:>14}", one.name));
    println!("{:>10}", "to goal");
    let mut worst = f64::MAX;
    for (name, references) in streams() {
        let few = TlbLevelSpec::unified("L1", 64, 64, &[SMALL.page], 0);
        let held = TraceSpec {
            tlb: TlbSpec {
                levels: vec![few],
                ..TlbSpec::default()
            },
            ..configurations[0].clone()
        };
        let mut run = TraceRun::new(&held).expect("a TLB");
        run.run(&references);
        assert_eq!(run.totals().tlb.hits[0], naive(&references, 64), "{name}");
        let mut runs: Vec<TraceRun> = configurations
            .iter()
            .map(|spec| TraceRun::new(spec).expect("a TLB"))
            .collect();
        let mut plain = |piece: &[Reference]| {
            let pages = piece.iter().map(|one| one.address >> 12);
            black_box(pages.fold(0, u64::wrapping_add));
        };
        let mut work: Vec<Box<Contender<'_>>> = Vec::new();
        for run in &mut runs {
            work.push(Box::new(|piece| run.run(piece)));
        }
        let mut contenders: Vec<&mut Contender<'_>> = vec![&mut plain];
        contenders.extend(
            work.iter_mut()
                .map(|work| &mut **work as &mut Contender<'_>),
        );
        let rates: Vec<f64> = medians(&mut contenders, &references)
            .into_iter()
            .map(rate)
            .collect();
        let slowest = rates[1..].iter().copied().fold(f64::MAX, f64::min);
        worst = worst.min(slowest);
        print!("{name:<36}{:>8.0}", rates[0]);
        rates[1..].iter().for_each(|rate| print!("{rate:>14.0}"));
        println!("{:>9.1}x", slowest / GOAL);
    }
    println!("slowest: {worst:.0} M/s; the goal is {GOAL} M/s on every stream");
}

/// The name of the processor, where the system tells it.
fn processor() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = info.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split(": ").nth(1));
    name.unwrap_or("unknown processor").into()
}
