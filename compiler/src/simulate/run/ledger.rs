//! What a run comes to: steps and expectations counted, mistakes kept, laws held.

use mapwright_machine::{Machine, MachineError};

use super::Counts;
use super::found::Found;
use super::steps::Flow;
use crate::diagnostic::Diagnostic;
use crate::simulate::outcome::{EXPRESSION, Refusal};
use crate::simulate::scenario::{Limits, Step};
use crate::simulate::{law_broken, scenario_value, step_fails, too_many_steps};
use crate::source::Loc;

/// Without a number from the scenario, at least so many steps lie between two counts of the whole machine.
const LEAST_BETWEEN: u64 = 1000;

/// The counts and the mistakes of a run on its way.
#[derive(Debug)]
pub(super) struct Ledger {
    pub(super) counts: Counts,
    found: Found,
    limits: Limits,
    /// Refusals and expectations do not count: failures were ordered from outside.
    lenient: bool,
    /// The steps that were done when all laws were checked last.
    checked_at: u64,
    /// The machine is known to be wrong: its laws are not looked at any more.
    tainted: bool,
}

impl Ledger {
    pub(super) fn new(limits: Limits, lenient: bool) -> Self {
        Self {
            counts: Counts::default(),
            found: Found::default(),
            limits,
            lenient,
            checked_at: 0,
            tainted: false,
        }
    }

    /// What it came to, and what is wrong.
    pub(super) fn close(self) -> (Counts, Vec<Diagnostic>) {
        (self.counts, self.found.into_diagnostics())
    }

    pub(super) fn is_lenient(&self) -> bool {
        self.lenient
    }

    /// Notes a mistake.
    pub(super) fn wrong(&mut self, diagnostic: Diagnostic) {
        self.found.add(diagnostic);
    }

    /// Counts an expectation, and keeps what is wrong with it.
    pub(super) fn expected(&mut self, held: Result<(), Diagnostic>) {
        match held {
            Ok(()) => self.counts.held += 1,
            Err(_) if self.lenient => {}
            Err(diagnostic) => {
                self.counts.failed += 1;
                self.found.add(diagnostic);
            }
        }
    }

    /// Says what is wrong with an argument, unless an earlier step has said it.
    pub(super) fn complain(&mut self, step: &Step, refusal: &Refusal, loc: Loc) {
        if self.lenient {
            return;
        }
        let operation = step.action.name();
        let diagnostic = match refusal {
            Refusal::Missing { quiet: true, .. } => return,
            Refusal::Missing { what, .. } => {
                let message = format!("{what} was not made: its step was not done");
                scenario_value::wrong(message, "not there now", loc)
            }
            Refusal::Argument { name, message } => {
                let message = match *name {
                    EXPRESSION => format!("`{operation}`: {message}"),
                    name => format!("`{name}` of `{operation}` {message}"),
                };
                scenario_value::wrong(message, "here", loc)
            }
            other => step_fails::of(&format!("`{operation}`"), other, loc),
        };
        self.found.add(diagnostic);
    }

    /// Counts a step that is about to be done.
    pub(super) fn begin(&mut self, loc: Loc) -> Flow {
        let flow = self.room(loc);
        if flow == Flow::On {
            self.counts.steps += 1;
        }
        flow
    }

    /// Counts a step that was begun, and could not be done, as left out.
    pub(super) fn left_out(&mut self, loc: Loc) -> Flow {
        self.counts.left_out += 1;
        self.room(loc)
    }

    /// Steps that are left out are no progress: their number is limited too.
    fn room(&mut self, loc: Loc) -> Flow {
        let limit = self.limits.max_steps;
        if self.counts.steps + self.counts.left_out < limit {
            return Flow::On;
        }
        self.found.add(too_many_steps::of(None, limit, loc));
        Flow::Stop
    }

    /// The machine is wrong from here on, and that is known.
    pub(super) fn taint(&mut self) {
        self.tainted = true;
    }

    /// Holds all laws, after every so many steps.
    pub(super) fn hold_laws(&mut self, machine: &mut Machine, loc: Loc) -> Flow {
        if self.is_due(machine) {
            self.check(machine, "found after this step", loc)
        } else {
            Flow::On
        }
    }

    /// What a step touches is held to the laws by the step. All of the machine is counted anew after so many steps as the
    /// scenario says; if it does not, after as many as there are frames in use, so that a count costs each step the same
    /// however large the machine is.
    fn is_due(&self, machine: &Machine) -> bool {
        match self.limits.check_every {
            Some(every) => every != 0 && self.counts.steps.is_multiple_of(every),
            None => {
                let since = self.counts.steps - self.checked_at;
                since >= LEAST_BETWEEN && since >= machine.physical().counts().used
            }
        }
    }

    /// Holds all laws, unless one is known to be broken.
    pub(super) fn check(&mut self, machine: &mut Machine, after: &str, loc: Loc) -> Flow {
        if self.tainted {
            return Flow::On;
        }
        self.counts.checks += 1;
        self.checked_at = self.counts.steps;
        let diagnostic = match machine.check() {
            Ok(()) => return Flow::On,
            Err(MachineError::Law(violation)) => {
                self.tainted = true;
                law_broken::of(&violation, after, loc)
            }
            Err(error) => step_fails::of("a check of all laws", &error.into(), loc),
        };
        self.found.add(diagnostic);
        Flow::Stop
    }
}
