//! How fast walks of page tables are, as ratios to what else one could write, all in one interleaved run:
//! `cargo bench -p mapwright-jit --bench walk`.
//!
//! Four levels of x86-64 over 1 GiB of 4 KiB pages. Contenders take turns, the order rotates, medians count, and all
//! are checked against the interpreter before anything is timed. `-- --quick` takes fewer rounds.

#![allow(clippy::print_stdout, unreachable_pub)]

mod contenders;
#[path = "../../../tests/samples/mod.rs"]
mod samples;
mod tables;

use contenders::{Cached, Contender, Crate, Hand, Interpreted, Jit, Output};
use mapwright_jit::Walker;
use mapwright_runtime::walk::Image;
use samples::formats;
use std::hint::black_box;
use std::time::{Duration, Instant};
use tables::{STREAMS, Stream, stream};

/// Addresses in a batch.
const BATCH: usize = 16 << 10;
/// Batches of one stream, taken in turn, so that no processor learns one by heart.
const BATCHES: usize = 32;

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    // `cargo test` runs benchmarks too, to see that they work.
    let bench = std::env::args().any(|argument| argument == "--bench");
    let rounds = match (bench, quick) {
        (false, _) => 1,
        (true, true) => 31,
        (true, false) => 301,
    };
    let frames = tables::tables();
    let bytes = tables::image(&frames);
    let image = Image::new([(0, &bytes[..])]).expect("one piece");
    let walker = Walker::new(&formats::x86_64(), 64);
    let jit = || Jit {
        walker: &walker,
        image: image.clone(),
    };
    let mut all: Vec<Box<dyn Contender + '_>> = vec![
        Box::new(jit()),
        Box::new(Cached {
            jit: jit(),
            cache: walker.cache(),
        }),
        Box::new(Crate::new(&frames)),
        Box::new(Hand {
            words: tables::words(&frames),
        }),
        Box::new(contenders::Small(jit())),
        Box::new(Interpreted {
            interpreter: walker.interpreter(),
            image: image.clone(),
        }),
    ];
    println!("machine: {}", machine());
    println!(
        "4 levels, 4 KiB pages over 1 GiB; engine: {}",
        walker.engine()
    );
    println!("making a walker: {:.2} ms", making(rounds.min(31)));
    println!("nanoseconds per address\n");
    print!("{:12}", "");
    all.iter().for_each(|one| print!("{:>14}", one.name()));
    println!("   x86_64/jit  x86_64/cache  jit/by hand");
    for kind in STREAMS {
        let times = compare(&mut all, kind, &image, &walker, rounds);
        print!("{:12}", kind.name());
        times.iter().for_each(|time| print!("{time:14.2}"));
        let ratios = [
            times[2] / times[0],
            times[2] / times[1],
            times[0] / times[3],
        ];
        println!("{:13.2}{:14.2}{:13.2}", ratios[0], ratios[1], ratios[2]);
        if kind == Stream::Random && bench {
            goals(ratios);
        }
    }
}

/// How long it takes to make a walker, in milliseconds.
fn making(rounds: usize) -> f64 {
    let format = formats::x86_64();
    let one = |_| {
        let started = Instant::now();
        black_box(Walker::new(&format, 64));
        started.elapsed()
    };
    let mut times: Vec<Duration> = (0..rounds).map(one).collect();
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}

/// What `random` is to reach.
fn goals(ratios: [f64; 3]) {
    let [jit, cache, hand] = ratios;
    let met = |met| if met { "met" } else { "missed" };
    println!(
        "    goal: at least 1.6 times x86_64: {jit:.2}, {}",
        met(jit >= 1.6)
    );
    println!(
        "    goal: at least 3 times x86_64 with the cache: {cache:.2}, {}",
        met(cache >= 3.0)
    );
    println!(
        "    goal: at most 1.3 times as long as by hand: {hand:.2}, {}",
        met(hand <= 1.3)
    );
}

fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = info.lines().find(|line| line.starts_with("model name"));
    let name = line
        .and_then(|line| line.split_once(": "))
        .map_or("unknown", |(_, name)| name);
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{name}, {cpus} processors, {}", std::env::consts::ARCH)
}

/// Checks everyone on one stream, then times them: nanoseconds per address.
fn compare(
    all: &mut [Box<dyn Contender + '_>],
    kind: Stream,
    image: &Image<'_>,
    walker: &Walker,
    rounds: usize,
) -> Vec<f64> {
    let addresses = stream(kind, BATCH * BATCHES);
    let batches: Vec<&[u64]> = addresses.chunks(BATCH).collect();
    let mut output = Output::new(BATCH);
    for contender in all.iter_mut() {
        for batch in [batches[0], batches[BATCHES - 1]] {
            contender.run(batch, &mut output);
            check(contender.as_ref(), batch, &output, image, walker);
        }
    }
    let mut times = vec![Vec::with_capacity(rounds); all.len()];
    for round in 0..rounds {
        for turn in 0..all.len() {
            let who = (round + turn) % all.len();
            // The batch before without the clock, so that nobody meets what another left in the caches; and what
            // is read, so that memory does not count.
            let batch = batches[round % BATCHES];
            all[who].run(batches[(round + 1) % BATCHES], &mut output);
            black_box(batch.iter().fold(0, |sum: u64, x| sum.wrapping_add(*x)));
            let started = Instant::now();
            all[who].run(black_box(batch), &mut output);
            times[who].push(started.elapsed());
            black_box(&output);
        }
    }
    times.into_iter().map(median).collect()
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e9 / BATCH as f64
}

/// Everyone says what the interpreter says.
fn check(
    contender: &dyn Contender,
    addresses: &[u64],
    output: &Output,
    image: &Image<'_>,
    walker: &Walker,
) {
    for (at, address) in addresses.iter().enumerate() {
        let walk = walker.interpreter().walk(image, &[0], *address);
        let walk = walk.unwrap_or_else(|fault| panic!("{address:#x}: {fault}"));
        let name = contender.name();
        assert_eq!(output.physical[at], walk.physical, "{name}: {address:#x}");
        let rights = contender.rights(output.codes[at]);
        let expected = rights.map(|_| walk.page.rights);
        assert_eq!(rights, expected, "{name}: {address:#x}");
    }
}
