//! What a step came to: its result is named, expectations are looked at, refusals judged, laws held.

use mapwright_runtime::machine::MachineError;

use super::expectations::Look;
use super::outcome::{Outcome, Refusal};
use super::run::{StepEnd, StepReport};
use super::runner::{Flow, Runner};
use super::scenario::{Expectation, Step};
use super::{expectation_fails, law_broken, step_fails};
use crate::diagnostic::Diagnostic;
use crate::source::Loc;

impl<'a, 'l> Runner<'a, 'l> {
    /// Names the result, looks at expectations, and tells the step.
    pub(super) fn ended(&mut self, step: &'a Step, result: &Result<Outcome, Refusal>) -> Flow {
        let report = |end| StepReport {
            line: step.line,
            depth: self.depth,
            operation: step.action.name(),
            name: step.name.as_deref(),
            end,
        };
        match result {
            Ok(outcome) => {
                self.output.step(&report(StepEnd::Done(outcome)));
                self.end_of(step, outcome);
                Flow::On
            }
            Err(refusal) => {
                self.output.step(&report(StepEnd::Refused(refusal)));
                self.counts.refused += 1;
                if let Some(name) = &step.name {
                    self.names.results.insert(name.clone(), None);
                }
                self.refused(step, refusal)
            }
        }
    }

    /// The result of a step that was done.
    pub(super) fn end_of(&mut self, step: &Step, outcome: &Outcome) {
        if let Some(name) = &step.name {
            let result = Some(outcome.clone());
            self.names.results.insert(name.clone(), result);
        }
        if let Some(pool) = &step.into {
            let pool = self.names.pools.entry(pool.clone()).or_default();
            pool.push(outcome.clone());
        }
        self.names.it = Some(outcome.clone());
        for expectation in &step.expect {
            let held = self.look(step, outcome).at(expectation);
            self.count(held);
        }
        self.names.it = None;
    }

    fn look<'b>(&'b mut self, step: &Step, outcome: &'b Outcome) -> Look<'b, 'l> {
        Look {
            session: &mut self.session,
            names: &self.names,
            operation: step.action.name(),
            outcome,
        }
    }

    fn count(&mut self, held: Result<(), Diagnostic>) {
        match held {
            Ok(()) => self.counts.held += 1,
            Err(_) if self.lenient => {}
            Err(diagnostic) => {
                self.counts.failed += 1;
                self.found.add(diagnostic);
            }
        }
    }

    /// A step was refused: as expected, as the end of a repeat, or wrongly.
    fn refused(&mut self, step: &'a Step, refusal: &Refusal) -> Flow {
        let operation = format!("`{}`", step.action.name());
        let law = match refusal {
            Refusal::Machine(MachineError::Law(violation)) => Some(violation),
            _ => None,
        };
        let expected = step.expect.iter().find_map(|one| match one {
            Expectation::Error { word, loc }
            | Expectation::Fault { word, loc }
            | Expectation::Law { word, loc } => Some((one, word, *loc)),
            _ => None,
        });
        let as_expected = expected.is_some_and(|(one, word, _)| {
            refusal.word() == Some(word.as_str())
                && match one {
                    Expectation::Law { .. } => law.is_some(),
                    Expectation::Fault { .. } => refusal.is_fault(),
                    _ => law.is_none() && !refusal.is_fault(),
                }
        });
        // What a check finds may be mended; what an operation did half may not.
        self.tainted |= law.is_some() && step.action.name() != "check";
        if as_expected {
            self.counts.held += 1;
            self.hold_after_refusal(step);
            return Flow::On;
        }
        if let Some(violation) = law {
            let loc = step.loc;
            self.found
                .add(law_broken::of(violation, "by this step", loc));
            return Flow::Stop;
        }
        if let Some(word) = refusal.word().filter(|word| self.until.contains(word)) {
            return Flow::Refused(word);
        }
        if self.lenient {
            return Flow::On;
        }
        self.found.add(match expected {
            Some((_, word, loc)) => {
                self.counts.failed += 1;
                expectation_fails::other_refusal(&operation, word, refusal, loc)
            }
            None => match refusal {
                Refusal::Argument { name, .. } => {
                    let loc = step.action.place_of(name).unwrap_or(step.loc);
                    self.complain(step, refusal, loc);
                    return Flow::On;
                }
                _ => {
                    let diagnostic = step_fails::of(&operation, refusal, step.loc);
                    self.with_meaning(diagnostic, refusal)
                }
            },
        });
        Flow::On
    }

    /// What the layout says of the address of a page fault.
    fn with_meaning(&self, diagnostic: Diagnostic, refusal: &Refusal) -> Diagnostic {
        let Refusal::Machine(MachineError::Fault(fault)) = refusal else {
            return diagnostic;
        };
        let meaning = fault.meaning.plain(self.session.layout);
        let address = fault.address;
        diagnostic.note(format!("the layout says of {address:#x}: {meaning}"))
    }

    /// Comparisons and counts of a step that was refused as expected.
    fn hold_after_refusal(&mut self, step: &Step) {
        let nothing = Outcome::new();
        for expectation in &step.expect {
            if let Expectation::Free { .. } | Expectation::Holds { .. } = expectation {
                let held = self.look(step, &nothing).at(expectation);
                self.count(held);
            }
        }
    }

    /// All laws, after every so many steps.
    pub(super) fn hold_laws(&mut self, step: &Step) -> Flow {
        let every = self.scenario.limits.check_every;
        if every == 0 || self.tainted || !self.counts.steps.is_multiple_of(every) {
            return Flow::On;
        }
        self.check("found after this step", step.loc)
    }

    fn check(&mut self, after: &str, loc: Loc) -> Flow {
        self.counts.checks += 1;
        match self.session.machine.check() {
            Ok(()) => Flow::On,
            Err(MachineError::Law(violation)) => {
                self.tainted = true;
                self.found.add(law_broken::of(&violation, after, loc));
                Flow::Stop
            }
            Err(error) => {
                self.found
                    .add(step_fails::of("a check of all laws", &error.into(), loc));
                Flow::Stop
            }
        }
    }

    pub(super) fn finish(&mut self, flow: Flow) {
        let last = self.scenario.steps.last();
        let loc = last.map_or(self.scenario.machine.loc, |step| step.loc);
        if flow != Flow::Stop && !self.tainted {
            self.check("found at the end", loc);
        }
    }
}
