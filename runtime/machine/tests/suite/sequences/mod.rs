//! Random operations over everything that a machine can do, held to its laws, to a model of what should be
//! there, and to a naive frame allocator.
//!
//! A sequence is up to 300 operations on a machine of its own. After every operation the frames add up; at the end
//! every law is checked; the journal of frames is replayed with the naive allocator, whose free blocks must be
//! the machine's. In the end everything is given back, and the machine is as it was.

mod kernel_steps;
mod naive;
mod process_steps;
pub(super) mod small;
mod world;

use mapwright_machine::Random;
use mapwright_machine::event::Event;
use mapwright_runtime::layout::Layout;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
pub(super) use world::World;

/// An operation: which, and two numbers that choose among what there is.
pub(super) type Step = (u8, u16, u16);

fn run(layout: &Layout, number: u64, steps: &[Step]) -> Result<(), String> {
    let mut world = World::new(layout, number);
    for (at, step) in steps.iter().enumerate() {
        let failed = |error| format!("step {at}, {step:?}: {error}");
        world.step(*step).map_err(failed)?;
        world.cheap_laws().map_err(failed)?;
    }
    world
        .all_laws()
        .map_err(|error| format!("at the end: {error}"))?;
    world
        .give_everything_back()
        .map_err(|error| format!("giving back: {error}"))
}

/// 2,500 sequences each: 10,000 in all.
fn sequences(seed: u64) {
    let layout = small::layout();
    let config = ProptestConfig {
        cases: 2_500,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 4_000,
        ..ProptestConfig::default()
    };
    let steps = prop::collection::vec(any::<Step>(), 1..=300);
    let result = TestRunner::new(config).run(&(any::<u64>(), steps), |(number, steps)| {
        run(&layout, number, &steps).map_err(TestCaseError::fail)
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

#[test]
fn first_quarter() {
    sequences(1);
}

#[test]
fn second_quarter() {
    sequences(2);
}

#[test]
fn third_quarter() {
    sequences(3);
}

#[test]
fn last_quarter() {
    sequences(4);
}

/// What an event is, without its numbers.
fn word(event: &Event) -> String {
    match event {
        Event::PageFault { how, .. } => format!("page fault: {how}"),
        Event::Swapped { out: true, .. } => "written out".into(),
        Event::Swapped { out: false, .. } => "read back".into(),
        Event::Object { given: true, .. } => "object given".into(),
        Event::Object { given: false, .. } => "object given back".into(),
        Event::ProcessMade { parent, .. } => format!("made, forked: {}", parent.is_some()),
        other => format!("{other:?}")
            .split(' ')
            .next()
            .unwrap_or_default()
            .into(),
    }
}

/// The sequences do everything that a machine can do, and not only once.
#[test]
fn everything_happens() {
    let layout = small::layout();
    let counts: Rc<RefCell<BTreeMap<String, u32>>> = Rc::default();
    let mut random = Random::new(11);
    for number in 0..128 {
        let mut world = World::new(&layout, number);
        let seen = Rc::clone(&counts);
        world.watch(Box::new(move |event: &Event| {
            *seen.borrow_mut().entry(word(event)).or_default() += 1;
        }));
        for _ in 0..300 {
            let word = random.word();
            let step = (word as u8, (word >> 8) as u16, (word >> 24) as u16);
            world.step(step).expect("a step");
        }
    }
    let counts = counts.borrow();
    for (what, least) in [
        ("FramesTaken", 2_000),
        ("FramesGiven", 1_000),
        ("Pressure", 20),
        ("object given", 500),
        ("object given back", 500),
        ("AreaMade", 500),
        ("AreaFreed", 200),
        ("SlotMapped", 200),
        ("SlotsFlushed", 10),
        ("FixedOverwritten", 20),
        ("page fault: demand", 1_000),
        ("page fault: copy", 100),
        ("page fault: stack", 20),
        ("page fault: kernel", 5),
        ("page fault: swap", 10),
        ("written out", 100),
        ("read back", 10),
        ("made, forked: true", 100),
        ("made, forked: false", 100),
        ("ProcessEnded", 100),
        ("BusMapped", 200),
        ("BusUnmapped", 100),
        ("OutOfMemory", 1),
    ] {
        let count = counts.get(what).copied().unwrap_or(0);
        assert!(count >= least, "{what} happened {count} times: {counts:#?}");
    }
}
