//! Does the steps of a scenario, one after the other, through repeats and choices.

use super::evaluate::{self, Names};
use super::events::Watcher;
use super::found::Found;
use super::outcome::{EXPRESSION, Outcome, Refusal};
use super::run::{Counts, Output, Ran, StepEnd, StepReport};
use super::scenario::{Action, Scenario, Step};
use super::session::Session;
use super::{scenario_value, step_fails, too_many_steps};
use crate::source::Loc;

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
    pub(super) scenario: &'a Scenario,
    pub(super) session: Session<'l>,
    pub(super) names: Names,
    pub(super) counts: Counts,
    pub(super) found: Found,
    pub(super) watcher: Watcher,
    pub(super) output: &'a mut dyn Output,
    /// Refusals and expectations do not count: failures were ordered from outside.
    pub(super) lenient: bool,
    /// The machine is known to be wrong: its laws are not looked at any more.
    pub(super) tainted: bool,
    /// The words that end the repeats around.
    pub(super) until: Vec<&'a str>,
    pub(super) depth: usize,
}

impl<'a, 'l> Runner<'a, 'l> {
    pub(super) fn new(
        scenario: &'a Scenario,
        session: Session<'l>,
        watcher: Watcher,
        output: &'a mut dyn Output,
        lenient: bool,
    ) -> Self {
        Self {
            scenario,
            session,
            names: Names::default(),
            counts: Counts::default(),
            found: Found::default(),
            watcher,
            output,
            lenient,
            tainted: false,
            until: Vec::new(),
            depth: 0,
        }
    }

    /// Does all steps, and looks at all laws once more.
    pub(super) fn run(&mut self) {
        let flow = self.steps(&self.scenario.steps);
        self.finish(flow);
    }

    /// What it came to.
    pub(super) fn end(mut self) -> Ran {
        self.counts.events = self.watcher.0.borrow().counts.clone();
        Ran {
            counts: self.counts,
            diagnostics: self.found.into_diagnostics(),
            machine: Some(self.session.machine),
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
        let mut at = self.session.machine.random().below(total);
        for step in steps {
            if at < step.weight {
                self.depth += 1;
                let flow = self.step(step);
                self.depth -= 1;
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
        let number = self.number(&count.0);
        let rounds = match number.map(u64::try_from) {
            Ok(Ok(rounds)) => rounds,
            Ok(Err(_)) => {
                let message = "the number of rounds is negative, or above 2^64";
                let wrong = scenario_value::wrong(message, "here", count.1.loc);
                self.found.add(wrong);
                return Flow::On;
            }
            Err(refusal) => {
                self.complain(step, &refusal, count.1.loc);
                return self.leave_out(step);
            }
        };
        self.until
            .extend(until.as_ref().map(|(word, _)| word.as_str()));
        let before = self.counts.steps;
        let (done, flow) = self.rounds(rounds, index.as_deref(), steps);
        if until.is_some() {
            self.until.pop();
        }
        let ended = match (flow, until) {
            (Flow::Refused(word), Some((wanted, _))) if word == wanted => true,
            (Flow::On, _) => false,
            _ => return flow,
        };
        if let (Some((wanted, loc)), false, false) = (until, ended, self.lenient) {
            let wrong = super::expectation_fails::nothing_ended(done, wanted, *loc);
            self.counts.failed += 1;
            self.found.add(wrong);
        }
        let outcome = Outcome::new().count("rounds", done);
        self.end_of(step, &outcome);
        self.output.step(&StepReport {
            line: step.line,
            depth: self.depth,
            operation: "repeat",
            name: step.name.as_deref(),
            end: StepEnd::Repeated {
                rounds: done,
                steps: self.counts.steps - before,
            },
        });
        Flow::On
    }

    /// The rounds of a repeat: how many were done whole, and what ended them.
    fn rounds(&mut self, rounds: u64, index: Option<&str>, steps: &'a [Step]) -> (u64, Flow) {
        self.depth += 1;
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
                flow = self.count_step(self.scenario.machine.loc);
            }
            if flow != Flow::On {
                break;
            }
            done += 1;
        }
        self.depth -= 1;
        (done, flow)
    }

    pub(super) fn count_step(&mut self, loc: Loc) -> Flow {
        let limit = self.scenario.limits.max_steps;
        if self.counts.steps + self.counts.left_out >= limit {
            self.found.add(too_many_steps::of(None, limit, loc));
            return Flow::Stop;
        }
        self.counts.steps += 1;
        Flow::On
    }

    /// The number of an expression now.
    pub(super) fn number(
        &mut self,
        expression: &super::expression::Expression,
    ) -> Result<i128, Refusal> {
        let layout = self.session.layout;
        evaluate::number(&mut self.session, layout, &self.names, expression)
    }

    /// Says what is wrong with an argument, unless an earlier step has said it.
    pub(super) fn complain(&mut self, step: &Step, refusal: &Refusal, loc: Loc) {
        if self.lenient {
            return;
        }
        let diagnostic = match refusal {
            Refusal::Missing { quiet: true, .. } => return,
            Refusal::Missing { what, .. } => {
                let message = format!("{what} was not made: its step was not done");
                scenario_value::wrong(message, "not there now", loc)
            }
            Refusal::Argument { name, message } => {
                let operation = step.action.name();
                let message = match *name {
                    EXPRESSION => format!("`{operation}`: {message}"),
                    name => format!("`{name}` of `{operation}` {message}"),
                };
                scenario_value::wrong(message, "here", loc)
            }
            other => step_fails::of(&format!("`{}`", step.action.name()), other, loc),
        };
        self.found.add(diagnostic);
    }

    pub(super) fn leave_out(&mut self, step: &Step) -> Flow {
        self.counts.left_out += 1;
        if let Some(name) = &step.name {
            self.names.results.insert(name.clone(), None);
        }
        self.output.step(&StepReport {
            line: step.line,
            depth: self.depth,
            operation: step.action.name(),
            name: step.name.as_deref(),
            end: StepEnd::LeftOut,
        });
        // Steps that are left out are no progress: their number is limited too.
        let limit = self.scenario.limits.max_steps;
        if self.counts.steps + self.counts.left_out >= limit {
            self.found.add(too_many_steps::of(None, limit, step.loc));
            return Flow::Stop;
        }
        Flow::On
    }
}
