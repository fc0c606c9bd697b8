//! Does the steps of a scenario, one after the other, through repeats and choices.

use super::expectations::Look;
use super::given;
use super::ledger::Ledger;
use super::telling::Telling;
use super::{Ran, StepEnd};
use crate::simulate::evaluate::Names;
use crate::simulate::outcome::Outcome;
use crate::simulate::scenario::{Action, Scenario, Step};
use crate::simulate::world::World;
use crate::simulate::{expectation_fails, scenario_value};

/// What comes after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    /// The next one.
    On,
    /// The step was refused, with this word.
    Refused(&'static str),
    /// Nothing: the run is over.
    Stop,
}

/// A run on its way.
pub(super) struct Runner<'a, 'l> {
    scenario: &'a Scenario,
    pub(super) world: World<'l>,
    pub(super) names: Names,
    pub(super) ledger: Ledger,
    pub(super) telling: Telling<'a>,
    /// The words that end the repeats around.
    pub(super) until: Vec<&'a str>,
}

impl<'a, 'l> Runner<'a, 'l> {
    pub(super) fn new(
        scenario: &'a Scenario,
        world: World<'l>,
        ledger: Ledger,
        telling: Telling<'a>,
    ) -> Self {
        Self {
            scenario,
            world,
            names: Names::default(),
            ledger,
            telling,
            until: Vec::new(),
        }
    }

    /// Does all steps, and looks at all laws once more.
    pub(super) fn run(mut self) -> Ran {
        let flow = self.steps(&self.scenario.steps);
        if flow != Flow::Stop {
            let last = self.scenario.steps.last();
            let loc = last.map_or(self.scenario.machine.loc, |step| step.loc);
            let machine = &mut self.world.machine;
            self.ledger.check(machine, "found at the end", loc);
        }
        self.ledger.counts.events = self.telling.counts();
        let (counts, diagnostics) = self.ledger.close();
        Ran {
            counts,
            diagnostics,
            machine: Some(self.world.machine),
        }
    }

    /// What a step gave, to be held against what is expected.
    pub(super) fn look<'b>(&'b mut self, step: &Step, outcome: &'b Outcome) -> Look<'b, 'l> {
        Look {
            world: &mut self.world,
            names: &self.names,
            operation: step.action.name(),
            outcome,
        }
    }
}

impl<'a> Runner<'a, '_> {
    fn steps(&mut self, steps: &'a [Step]) -> Flow {
        for step in steps {
            match self.step(step) {
                Flow::On => {}
                flow => return flow,
            }
        }
        Flow::On
    }

    fn step(&mut self, step: &'a Step) -> Flow {
        match &step.action {
            Action::Do {
                operation,
                arguments,
                from,
            } => self.operation(step, operation, arguments, from.as_ref()),
            Action::Repeat { .. } => self.repeat(step),
            Action::Choose(steps) => self.choose(steps),
        }
    }

    /// One of the steps, by weight.
    fn choose(&mut self, steps: &'a [Step]) -> Flow {
        let total: u64 = steps.iter().map(|step| step.weight).sum();
        let mut at = self.world.machine.random().below(total);
        for step in steps {
            if at < step.weight {
                self.telling.depth += 1;
                let flow = self.step(step);
                self.telling.depth -= 1;
                return flow;
            }
            at -= step.weight;
        }
        Flow::On
    }

    fn repeat(&mut self, step: &'a Step) -> Flow {
        let Action::Repeat {
            count,
            index,
            until,
            steps,
        } = &step.action
        else {
            return Flow::On;
        };
        let number = given::number(&mut self.world, &self.names, &count.0);
        let rounds = match number.map(u64::try_from) {
            Ok(Ok(rounds)) => rounds,
            Ok(Err(_)) => {
                let message = "the number of rounds is negative, or above 2^64";
                let wrong = scenario_value::wrong(message, "here", count.1.loc);
                self.ledger.wrong(wrong);
                return Flow::On;
            }
            Err(refusal) => {
                self.ledger.complain(step, &refusal, count.1.loc);
                return self.leave_out(step);
            }
        };
        self.until
            .extend(until.as_ref().map(|(word, _)| word.as_str()));
        let before = self.ledger.counts.steps;
        let (done, flow) = self.rounds(rounds, index.as_deref(), steps);
        if until.is_some() {
            self.until.pop();
        }
        let ended = match (flow, until) {
            (Flow::Refused(word), Some((wanted, _))) if word == wanted => true,
            (Flow::On, _) => false,
            _ => return flow,
        };
        if let (Some((wanted, loc)), false) = (until, ended) {
            let wrong = expectation_fails::nothing_ended(done, wanted, *loc);
            self.ledger.expected(Err(wrong));
        }
        self.done(step, &Outcome::new().count("rounds", done));
        let steps = self.ledger.counts.steps - before;
        let end = StepEnd::Repeated {
            rounds: done,
            steps,
        };
        self.telling.step(step, end);
        Flow::On
    }

    /// The rounds of a repeat: how many were done whole, and what ended them.
    fn rounds(&mut self, rounds: u64, index: Option<&str>, steps: &'a [Step]) -> (u64, Flow) {
        self.telling.depth += 1;
        let mut done = 0;
        let mut flow = Flow::On;
        for round in 0..rounds {
            if let Some(index) = index {
                let value = Outcome::new().count("value", round);
                self.names.results.insert(index.to_string(), Some(value));
            }
            flow = self.steps(steps);
            // A round without steps is one all the same: a run has an end.
            if flow == Flow::On && steps.is_empty() {
                flow = self.ledger.begin(self.scenario.machine.loc);
            }
            if flow != Flow::On {
                break;
            }
            done += 1;
        }
        self.telling.depth -= 1;
        (done, flow)
    }

    pub(super) fn leave_out(&mut self, step: &Step) -> Flow {
        self.names.forget(step);
        self.telling.step(step, StepEnd::LeftOut);
        self.ledger.left_out(step.loc)
    }
}
