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

use mapwright_runtime::layout::Layout;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};
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
