//! How fast translators are, as ratios to what else one could write, all in one interleaved run:
//! `cargo bench -p mapwright-jit --bench translate`.
//!
//! Contenders take turns, the order rotates, medians count, and all are checked against
//! `Layout::translate` before anything is timed. `-- --quick` takes fewer rounds, `-- NAME` only the
//! layouts of that name (`i386`, `x86_64`, `regular`, `mixed`) and `-- rest` only what follows them. The goals at
//! the end are those that something was measured for; they never fail a run.

#![allow(clippy::print_stdout, unreachable_pub)]

mod chains;
mod contenders;
// Generated; a test of the emitter holds it to what is emitted now.
#[allow(missing_docs)]
mod emitted;
mod goals;
#[path = "../../../tests/samples/mod.rs"]
mod samples;
mod streams;

use contenders::{Bandwidth, Chain, Contender, Emitted, Map, Output, Partition, Ranges};
use goals::{Goals, Wanted};
use mapwright_jit::{Engine, Translator};
use mapwright_runtime::layout::Layout;
use std::hint::black_box;
use std::time::{Duration, Instant};
use streams::{STREAMS, stream};

/// Addresses in a batch that stays in the second cache.
const CACHED: usize = 16 << 10;
/// Batches of one stream, taken in turn: a processor learns a batch by heart that it sees again
/// and again, which flatters whoever branches.
const BATCHES: usize = 32;
/// Addresses in a batch that is far larger than all caches.
const HUGE: usize = 16 << 20;

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    // `cargo test` runs benchmarks too, to see that they work.
    let bench = std::env::args().any(|argument| argument == "--bench");
    let rounds = match (bench, quick) {
        (false, _) => 1,
        (true, true) => 15,
        (true, false) => 101,
    };
    let names = ["i386", "x86_64", "regular", "mixed", "rest"];
    let chosen: Vec<String> = std::env::args()
        .filter(|argument| names.contains(&argument.as_str()))
        .collect();
    let wanted = |name: &str| chosen.is_empty() || chosen.iter().any(|chosen| chosen == name);
    let goals = Goals::default();
    println!("machine: {}", machine());
    println!("nanoseconds per address; in brackets how many times as fast the translator is\n");
    kernels(&goals, &wanted, rounds);
    counted(&goals, &wanted, rounds);
    if wanted("rest") {
        if bench {
            out_of_cache(&goals, rounds.min(15));
        }
        narrow(rounds);
        single_calls(&goals, rounds);
        compile_times(&goals, rounds.min(15));
    }
    goals.print();
}

/// The layouts of kernels, on every stream.
fn kernels(goals: &Goals, wanted: &dyn Fn(&str) -> bool, rounds: usize) {
    for (name, layout, chain) in [
        ("i386", samples::i386(), chains::i386 as chains::Chain),
        ("x86_64", samples::x86_64(), chains::x86_64),
    ] {
        if !wanted(name) {
            continue;
        }
        header(name, &layout);
        for kind in STREAMS {
            let batches = batches(&layout, kind);
            let translator = translator(&layout, Engine::Jit);
            let mut others: Vec<Box<dyn Contender>> = vec![
                Box::new(Chain::new(&layout, chain)),
                Box::new(Partition::new(&layout)),
                Box::new(Map::new(&layout)),
                Box::new(Ranges::new(&layout)),
                Box::new(translator_table(&layout)),
                Box::new(Bandwidth),
            ];
            if name == "i386" {
                others.insert(1, Box::new(Emitted::new(&layout)));
            }
            let times = compare(&layout, kind.name(), &translator, &others, &batches, rounds);
            note_kernel(goals, name, kind.name(), &times);
        }
        println!();
    }
}

/// Layouts of more and more windows.
fn counted(goals: &Goals, wanted: &dyn Fn(&str) -> bool, rounds: usize) {
    let mut regular = Vec::new();
    for (name, make) in [
        ("regular", samples::regular as fn(u64) -> Layout),
        ("mixed", samples::mixed),
    ] {
        if !wanted(name) {
            continue;
        }
        for count in [12, 64, 256, 1024, 4096, 65_536] {
            let layout = make(count);
            header(&format!("{name} {count}"), &layout);
            let translator = translator(&layout, Engine::Jit);
            for kind in &STREAMS[..3] {
                let batches = batches(&layout, *kind);
                let others: Vec<Box<dyn Contender>> = vec![
                    Box::new(Partition::new(&layout)),
                    Box::new(Map::new(&layout)),
                    Box::new(Ranges::new(&layout)),
                    Box::new(Bandwidth),
                ];
                let times = compare(&layout, kind.name(), &translator, &others, &batches, rounds);
                let place = format!("{name} {count}, {}", kind.name());
                note_peers(goals, count, &place, &times);
                if name == "regular" && kind.name() == "uniform" {
                    regular.push((count, per(&times, "translator")));
                }
            }
        }
        println!();
    }
    let at = |count| regular.iter().find(|(counted, _)| *counted == count);
    if let (Some((_, few)), Some((_, many))) = (at(12), at(1024)) {
        let what = "12 to 1,024 regular windows: growth of time per address";
        goals.note(what, Wanted::AtMost, 1.2, "uniform", many / few);
    }
}

/// Medians by name.
type Times = Vec<(&'static str, Duration)>;

/// The time of one of them, in seconds.
fn per(times: &Times, name: &str) -> f64 {
    let found = times.iter().find(|(other, _)| *other == name);
    found.map_or(f64::NAN, |(_, time)| time.as_secs_f64())
}

/// How many times as long another one took.
fn ratio(times: &Times, name: &str) -> f64 {
    per(times, name) / per(times, "translator")
}

/// What is wanted on the layouts of kernels.
fn note_kernel(goals: &Goals, layout: &str, stream: &str, times: &Times) {
    let place = format!("{layout}, {stream}");
    let chain = ratio(times, "if-chain");
    if matches!(stream, "uniform" | "zipf") {
        let what = "uniform and zipf streams: times as fast as the if-chain";
        goals.note(what, Wanted::AtLeast, 5.0, &place, chain);
    }
    let what = "every stream: times as fast as the if-chain";
    goals.note(what, Wanted::AtLeast, 1.0, &place, chain);
    if matches!(stream, "uniform" | "zipf" | "10 % faults") {
        note_peers(goals, 12, &place, times);
    }
    let adding = 1.0 / ratio(times, "adding");
    match stream {
        "sequential" => {
            let what = "in the second cache, sequential: times the adding loop";
            goals.note(what, Wanted::AtMost, 1.6, &place, adding);
        }
        "uniform" => {
            let what = "in the second cache, random: times the adding loop";
            goals.note(what, Wanted::AtMost, 5.0, &place, adding);
        }
        _ => {}
    }
}

/// What is wanted beside searches.
fn note_peers(goals: &Goals, count: u64, place: &str, times: &Times) {
    let (up_to, limit) = match count {
        ..=1024 => ("up to 1,024 windows", 12.0),
        65_536 => ("65,536 windows", 8.0),
        _ => ("", 0.0),
    };
    for peer in ["BTreeMap", "rangemap"] {
        if limit > 0.0 {
            let what = format!("{up_to}: times as fast as {peer}");
            goals.note(&what, Wanted::AtLeast, limit, place, ratio(times, peer));
        }
    }
    let what = "everywhere: times as fast as partition_point";
    let value = ratio(times, "partition_point");
    goals.note(what, Wanted::AtLeast, 3.0, place, value);
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

fn translator(layout: &Layout, engine: Engine) -> Translator {
    let space = layout.space_named("linear").expect("a space of that name");
    Translator::with_engine(layout, space, engine)
}

fn translator_table(layout: &Layout) -> contenders::Walked {
    contenders::Walked(translator(layout, Engine::Table))
}

fn header(name: &str, layout: &Layout) {
    let translator = translator(layout, Engine::Jit);
    let (engine, bytes) = (translator.engine(), translator.table_bytes());
    println!("{name}: {engine}, {}, {bytes} bytes", translator.shape());
}

/// The batches of one stream.
fn batches(layout: &Layout, kind: streams::Stream) -> Vec<Vec<u64>> {
    let all = stream(layout, kind, CACHED * BATCHES);
    // In a sequential stream each batch goes through all windows.
    let one = |batch: usize| match kind {
        streams::Stream::Sequential => stream(layout, kind, CACHED),
        _ => all[batch * CACHED..(batch + 1) * CACHED].to_vec(),
    };
    (0..BATCHES).map(one).collect()
}

/// Times everything on one stream, and prints one line.
fn compare(
    layout: &Layout,
    stream: &str,
    translator: &Translator,
    others: &[Box<dyn Contender>],
    batches: &[Vec<u64>],
    rounds: usize,
) -> Times {
    let addresses = &batches[0];
    let mut all: Vec<&dyn Contender> = vec![translator];
    all.extend(others.iter().map(AsRef::as_ref));
    let mut output = Output::new(addresses.len());
    for contender in &all {
        contender.run(addresses, &mut output);
        contender.check(layout, addresses, &output);
    }
    let times = medians(&all, batches, &mut output, rounds);
    let per_address = |time: Duration| time.as_secs_f64() * 1e9 / addresses.len() as f64;
    print!("  {stream:14} {:6.2}", per_address(times[0]));
    for (contender, time) in all.iter().zip(&times).skip(1) {
        let ratio = time.as_secs_f64() / times[0].as_secs_f64();
        print!(
            "  {} {:6.2} [{ratio:5.2}]",
            contender.name(),
            per_address(*time)
        );
    }
    println!();
    let names = all.iter().map(|contender| contender.name());
    names.zip(times).collect()
}

/// The median time of each, taking turns, each round beginning with another.
fn medians(
    all: &[&dyn Contender],
    batches: &[Vec<u64>],
    output: &mut Output,
    rounds: usize,
) -> Vec<Duration> {
    let mut times = vec![Vec::with_capacity(rounds); all.len()];
    for round in 0..rounds {
        for turn in 0..all.len() {
            let who = (round + turn) % all.len();
            // The batch before without the clock, so that nobody meets what another left in the
            // caches; and what is read, so that memory does not count.
            let addresses = &batches[round % batches.len()];
            if batches.len() > 1 {
                all[who].run(&batches[(round + 1) % batches.len()], output);
                black_box(addresses.iter().fold(0, |sum: u64, x| sum.wrapping_add(*x)));
            }
            let started = Instant::now();
            all[who].run(black_box(addresses), output);
            times[who].push(started.elapsed());
            black_box(&*output);
        }
    }
    times.into_iter().map(median).collect()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Batches far larger than the caches, against a loop that only adds.
fn out_of_cache(goals: &Goals, rounds: usize) {
    println!("out of cache: times as long as a loop that only adds");
    for (name, layout) in [("i386", samples::i386()), ("x86_64", samples::x86_64())] {
        let translator = translator(&layout, Engine::Jit);
        for kind in [STREAMS[0], STREAMS[2]] {
            let batches = [stream(&layout, kind, HUGE)];
            let mut output = Output::new(HUGE);
            let times = medians(&[&translator, &Bandwidth], &batches, &mut output, rounds);
            let ratio = times[0].as_secs_f64() / times[1].as_secs_f64();
            println!("  {name:8} {:14} {ratio:5.2}", kind.name());
            let what = "out of cache: times the adding loop";
            let place = format!("{name}, {}", kind.name());
            goals.note(what, Wanted::AtMost, 1.3, &place, ratio);
        }
    }
    println!();
}

/// Addresses of 32 bits in arrays of 32 bits, against the same in arrays of 64.
fn narrow(rounds: usize) {
    let layout = samples::i386();
    let translator = translator(&layout, Engine::Jit);
    println!("i386 in arrays of 32 bits: nanoseconds per address; in brackets against 64 bits");
    for kind in STREAMS {
        let wide = batches(&layout, kind);
        let narrow: Vec<Vec<u32>> = wide
            .iter()
            .map(|batch| batch.iter().map(|address| *address as u32).collect())
            .collect();
        let mut output = Output::new(CACHED);
        let mut targets = vec![0_u32; CACHED];
        let mut times = [Vec::new(), Vec::new()];
        for round in 0..rounds {
            let (now, before) = (round % BATCHES, (round + 1) % BATCHES);
            translator.translate_batch_32(&narrow[before], &mut targets, &mut output.codes);
            black_box(
                narrow[now]
                    .iter()
                    .fold(0, |sum: u32, x| sum.wrapping_add(*x)),
            );
            let started = Instant::now();
            translator.translate_batch_32(black_box(&narrow[now]), &mut targets, &mut output.codes);
            times[0].push(started.elapsed());
            black_box(&targets);
            translator.run(&wide[before], &mut output);
            black_box(wide[now].iter().fold(0, |sum: u64, x| sum.wrapping_add(*x)));
            let started = Instant::now();
            translator.run(black_box(&wide[now]), &mut output);
            times[1].push(started.elapsed());
            black_box(&output);
        }
        let [narrow, wide] = times.map(|times| median(times).as_secs_f64() * 1e9 / CACHED as f64);
        println!("  {:14} {narrow:6.2} [{:5.2}]", kind.name(), wide / narrow);
    }
    println!();
}

/// One address at a time, against a call of a function that does nothing.
fn single_calls(goals: &Goals, rounds: usize) {
    #[inline(never)]
    fn empty(address: u64) -> u64 {
        black_box(address)
    }
    println!("one address: nanoseconds above an empty call");
    for (name, layout) in [("i386", samples::i386()), ("x86_64", samples::x86_64())] {
        let translator = translator(&layout, Engine::Jit);
        let addresses = stream(&layout, STREAMS[0], 4096);
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..rounds {
            let started = Instant::now();
            for address in &addresses {
                black_box(empty(black_box(*address)));
            }
            times[0].push(started.elapsed());
            let started = Instant::now();
            for address in &addresses {
                black_box(translator.translate(black_box(*address)));
            }
            times[1].push(started.elapsed());
        }
        let [empty, full] = times.map(|times| median(times).as_secs_f64() * 1e9 / 4096.0);
        println!("  {name:8} {:5.2}", full - empty);
        let what = "one address: nanoseconds above an empty call";
        goals.note(what, Wanted::AtMost, 3.0, name, full - empty);
    }
    println!();
}

/// How long it takes to make a translator.
fn compile_times(goals: &Goals, rounds: usize) {
    println!("making a translator: milliseconds, tables alone and with code");
    let mut made = Vec::new();
    let named = [("i386", samples::i386()), ("x86_64", samples::x86_64())];
    let counted = [64, 1024, 4096, 65_536].map(|count| ("regular", samples::regular(count)));
    let mixed = [64, 1024, 4096, 65_536].map(|count| ("mixed", samples::mixed(count)));
    for (name, layout) in named.into_iter().chain(counted).chain(mixed) {
        let taken = |engine| {
            let one = || {
                let started = Instant::now();
                black_box(translator(&layout, engine));
                started.elapsed()
            };
            median((0..rounds).map(|_| one()).collect()).as_secs_f64() * 1e3
        };
        let (table, jit) = (taken(Engine::Table), taken(Engine::Jit));
        println!(
            "  {name:8} {:6} places {table:9.3} {jit:9.3}",
            layout.place_count()
        );
        let places = layout.place_count() as f64;
        let place = format!("{name}, {places} places");
        let what = "making one: milliseconds over 1 + 0.002 for each window";
        let value = jit / (1.0 + 0.002 * places);
        goals.note(what, Wanted::AtMost, 1.0, &place, value);
        made.push((name, places, table));
    }
    for name in ["regular", "mixed"] {
        let of_name = made.iter().filter(|(other, ..)| *other == name);
        let points: Vec<[f64; 2]> = of_name
            .map(|(_, places, time)| [places.ln(), time.ln()])
            .collect();
        let what = "64 to 65,536 windows: log-log slope of the time for tables";
        goals.note(what, Wanted::AtMost, 1.1, name, slope(&points));
    }
}

/// The slope of the line that fits the points best.
fn slope(points: &[[f64; 2]]) -> f64 {
    let count = points.len() as f64;
    let mean = |axis: usize| points.iter().map(|point| point[axis]).sum::<f64>() / count;
    let (x, y) = (mean(0), mean(1));
    let both: f64 = points.iter().map(|at| (at[0] - x) * (at[1] - y)).sum();
    both / points.iter().map(|at| (at[0] - x).powi(2)).sum::<f64>()
}
