//! Runs a scenario: what it is asked for, what it tells on the way, and what it comes to.

mod expectations;
mod found;
mod given;
mod ledger;
mod operation;
mod pools;
mod steps;
mod telling;
mod verdict;
pub(crate) mod watcher;

use std::collections::BTreeMap;

use mapwright_machine::Machine;
use mapwright_machine::event::Event;
use mapwright_machine::physical::FailEvery;
use mapwright_runtime::layout::Layout;

use crate::diagnostic::Diagnostic;
use crate::simulate::machine_fails;
use crate::simulate::outcome::{Outcome, Refusal};
use crate::simulate::scenario::Scenario;
use crate::simulate::world::World;
use ledger::Ledger;
use steps::Runner;
use telling::Telling;
use watcher::Watcher;

/// How to run a scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RunOptions {
    /// The seed of all chance, instead of the scenario's.
    pub seed: Option<u64>,
    /// Every event is told.
    pub events: bool,
    /// Every so many-th request for frames fails, and steps may be refused for it: laws are held, expectations
    /// are not.
    pub fail_allocation: Option<u64>,
}

/// Is told what happens.
pub trait Output {
    /// A machine was built; all chance comes from the seed.
    fn machine(&mut self, about: &str, machine: &Machine, seed: u64);
    /// A step was done, refused or left out.
    fn step(&mut self, report: &StepReport<'_>);
    /// Something happened in the step that is told next.
    fn event(&mut self, line: usize, event: &Event);
    /// A checkpoint or a note printed this.
    fn printed(&mut self, line: usize, text: &str);
}

/// What a step did.
#[derive(Debug)]
pub struct StepReport<'a> {
    /// Its line in the scenario.
    pub line: usize,
    /// How deep it is inside repeats and choices.
    pub depth: usize,
    /// What it does.
    pub operation: &'static str,
    /// The name of its result.
    pub name: Option<&'a str>,
    /// How it ended.
    pub end: StepEnd<'a>,
}

/// How a step ended.
#[derive(Debug)]
pub enum StepEnd<'a> {
    /// It was done.
    Done(&'a Outcome),
    /// It was refused.
    Refused(&'a Refusal),
    /// It was left out: an earlier step did not give what it needs, or its pool is empty.
    LeftOut,
    /// A repeat came to its end.
    Repeated {
        /// Its rounds.
        rounds: u64,
        /// The steps done in it.
        steps: u64,
    },
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Operations done, refused ones included.
    pub steps: u64,
    /// Operations refused.
    pub refused: u64,
    /// Operations left out.
    pub left_out: u64,
    /// Expectations that hold.
    pub held: u64,
    /// Expectations that do not.
    pub failed: u64,
    /// How often all laws were checked.
    pub checks: u64,
    /// Events by kind.
    pub events: BTreeMap<&'static str, u64>,
}

/// A run that has ended.
#[derive(Debug)]
pub struct Ran {
    /// What it came to.
    pub counts: Counts,
    /// What is wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// The machine as it was left.
    pub machine: Option<Machine>,
}

/// Runs a scenario.
pub fn run(
    scenario: &Scenario,
    layout: &Layout,
    options: &RunOptions,
    output: &mut dyn Output,
) -> Ran {
    let (world, watcher) = match start(scenario, layout, options) {
        Ok(started) => started,
        Err(diagnostic) => {
            return Ran {
                counts: Counts::default(),
                diagnostics: vec![diagnostic],
                machine: None,
            };
        }
    };
    let seed = options.seed.unwrap_or(scenario.machine.spec.seed);
    output.machine(&scenario.about, &world.machine, seed);
    let ledger = Ledger::new(scenario.limits, options.fail_allocation.is_some());
    let telling = Telling::new(output, watcher);
    Runner::new(scenario, world, ledger, telling).run()
}

fn start<'l>(
    scenario: &Scenario,
    layout: &'l Layout,
    options: &RunOptions,
) -> Result<(World<'l>, Watcher), Diagnostic> {
    let described = &scenario.machine;
    let mut spec = described.spec.clone();
    spec.seed = options.seed.unwrap_or(spec.seed);
    let wrong = |error| machine_fails::of(&error, described.loc);
    let mut machine = Machine::new(layout, &spec).map_err(wrong)?;
    if let Err(error) = machine.set_costs(described.costs.clone()) {
        return Err(machine_fails::other(error.to_string(), described.loc));
    }
    if let Some((pages, policy)) = described.swap {
        machine.add_swap(pages, policy);
    }
    machine.end_victims(described.ends_victims);
    if let Some(period) = options.fail_allocation {
        let every = FailEvery { period };
        machine.physical_mut().interpose(Some(Box::new(every)));
    }
    let watcher = Watcher::default();
    watcher.0.borrow_mut().keeps = options.events;
    machine.watch(Some(Box::new(watcher.clone())));
    Ok((World::new(layout, machine), watcher))
}
