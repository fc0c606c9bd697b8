//! How the cost of a machine grows with what is in it: each row does `n` of something, for `n` doubled from column to
//! column, and says the exponent: 1.0 is a constant cost each, 2.0 a cost that grows with what there is.
//!
//! The exponent is that of the least-squares line through the logarithms; laws are checked at the end of each run, outside the
//! time. Run it with `cargo bench -p mapwright-machine --bench growth`.

#![allow(clippy::print_stdout)]

#[path = "../../tests/samples/mod.rs"]
mod samples;

use mapwright_machine::process::{Backing, ProcessId};
use mapwright_machine::{AccessKind, Machine, MachineSpec, Mode};
use mapwright_runtime::Access;
use mapwright_runtime::layout::{Layout, Place, PlaceKind, Sharing};
use samples::{Draft, range, sized, x86_64_4level};
use std::time::{Duration, Instant};

const PAGE: u64 = 4096;
const RAM: u64 = 8 << 30;
const RW: Access = Access::new(true, true, false);
/// Each run is the least of so many.
const ROUNDS: usize = 3;

/// A 64-bit machine with 8 GiB in one zone.
fn layout() -> Layout {
    let mut draft = Draft::new("growth", 64, 46, Some(x86_64_4level()));
    let user = draft.part("user", range(0, 1 << 47), Some(Sharing::PerProcess));
    draft.part("middle", range(1 << 47, 0xffff_8000_0000_0000), None);
    let kernel = range(0xffff_8000_0000_0000, 1 << 64);
    let kernel = draft.part("kernel", kernel, Some(Sharing::Shared));
    draft.zone("NORMAL", range(0, RAM.into()));
    let direct = sized(0xffff_8800_0000_0000, RAM.into());
    draft.linear("direct", Some(kernel), direct, 0);
    let mmap = range(1 << 40, 1 << 46);
    let mmap = Place {
        parent: Some(user),
        access: RW,
        ..Place::new("mmap", PlaceKind::Area, draft.space, mmap)
    };
    draft.builder.place(mmap);
    draft.finish()
}

fn machine(layout: &Layout) -> Machine {
    Machine::new(layout, &MachineSpec::default()).expect("a machine")
}

/// What is measured: the name, the smallest `n`, and what is done `n` times on a machine with a process.
type Row = (&'static str, u64, fn(&mut Machine, ProcessId, u64));

fn map(machine: &mut Machine, id: ProcessId, pages: u64) -> u64 {
    let bytes = pages * PAGE;
    let mapped = machine.mmap(id, None, bytes, RW, Backing::Anon);
    mapped.expect("room")
}

const ROWS: [Row; 6] = [
    ("areas of a process made", 8000, |machine, id, n| {
        for _ in 0..n {
            map(machine, id, 1);
        }
    }),
    (
        "areas made, every other one gone, gaps filled",
        4000,
        |machine, id, n| {
            let areas: Vec<u64> = (0..n).map(|_| map(machine, id, 1)).collect();
            for area in areas.iter().step_by(2) {
                machine.munmap(id, *area, PAGE).expect("an area");
            }
            // Two pages fit no gap: all gaps are passed each time.
            for _ in 0..n / 2 {
                map(machine, id, 2);
                map(machine, id, 1);
            }
        },
    ),
    (
        "rights of one page in so many areas changed",
        8000,
        |machine, id, n| {
            let areas: Vec<u64> = (0..n).map(|_| map(machine, id, 2)).collect();
            for area in areas {
                let read = Access::new(true, false, false);
                machine.mprotect(id, area, PAGE, read).expect("an area");
            }
        },
    ),
    ("pages of a process touched", 8000, |machine, id, n| {
        let base = map(machine, id, n);
        for page in 0..n {
            let at = base + page * PAGE;
            let touched = machine.touch(id, at, AccessKind::Read, Mode::User);
            touched.expect("memory");
        }
    }),
    // Each takes a page of the host's memory too.
    ("pages of a process written", 8000, |machine, id, n| {
        let base = map(machine, id, n);
        for page in 0..n {
            let at = base + page * PAGE;
            machine
                .write_process(id, at, &[1], Mode::User)
                .expect("memory");
        }
    }),
    ("processes forked", 500, |machine, id, n| {
        for _ in 0..n {
            machine.fork(id).expect("memory");
        }
    }),
];

/// Columns: `n` times 1, 2, 4 and 8.
const DOUBLINGS: u32 = 4;

fn time((_, _, run): &Row, layout: &Layout, n: u64) -> Duration {
    let mut least = Duration::MAX;
    for _ in 0..ROUNDS {
        let mut machine = machine(layout);
        let id = machine.spawn().expect("a process");
        let start = Instant::now();
        run(&mut machine, id, n);
        least = least.min(start.elapsed());
        machine.check().expect("every law holds");
    }
    least
}

/// The slope of the line through the logarithms of times over those of the numbers.
fn exponent(times: &[Duration]) -> f64 {
    let points = times.iter().enumerate();
    let points: Vec<(f64, f64)> = points
        .map(|(at, time)| (at as f64, time.as_secs_f64().log2()))
        .collect();
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|point| point.0), mean(|point| point.1));
    let over: f64 = points
        .iter()
        .map(|point| (point.0 - x) * (point.1 - y))
        .sum();
    let under: f64 = points.iter().map(|point| (point.0 - x).powi(2)).sum();
    over / under
}

fn main() {
    let layout = layout();
    println!(
        "{:<48} {:>8} {:>10} {:>10} {:>10} {:>10} {:>9}",
        "", "n", "n", "2 n", "4 n", "8 n", "exponent"
    );
    for row in &ROWS {
        let times: Vec<Duration> = (0..DOUBLINGS)
            .map(|doubled| time(row, &layout, row.1 << doubled))
            .collect();
        print!("{:<48} {:>8}", row.0, row.1);
        for time in &times {
            print!(" {:>7.1} ms", time.as_secs_f64() * 1000.0);
        }
        println!(" {:>9.2}", exponent(&times));
    }
}
