//! Does one operation: its arguments, the member of a pool that it takes, what happened meanwhile, and what it came to.

use super::StepEnd;
use super::given;
use super::steps::{Flow, Runner};
use super::verdict::{self, Verdict};
use crate::diagnostic::Diagnostic;
use crate::simulate::operations::declaration::{Argument, Operation};
use crate::simulate::outcome::{Outcome, Refusal};
use crate::simulate::refusals;
use crate::simulate::scenario::{Action, Draw, Expectation, Given, Step};
use mapwright_machine::MachineError;

impl<'a> Runner<'a, '_> {
    pub(super) fn operation(
        &mut self,
        step: &'a Step,
        operation: &'static Operation,
        arguments: &'a [(&'static Argument, Given)],
        from: Option<&Draw>,
    ) -> Flow {
        if self.ledger.begin(step.loc) == Flow::Stop {
            return Flow::Stop;
        }
        let random = self.world.machine.random();
        let drawn = match from.map(|draw| self.names.draw(draw, random)) {
            Some(None) => {
                self.ledger.counts.steps -= 1;
                return self.leave_out(step);
            }
            drawn => drawn.flatten(),
        };
        let member = drawn.as_ref().map(|drawn| &drawn.member);
        let given = given::arguments(&mut self.world, &self.names, operation, arguments, member);
        let given = match given {
            Ok(given) => given,
            Err((refusal, loc)) => {
                self.ledger.counts.steps -= 1;
                self.names.put_back(from, drawn);
                self.ledger.complain(step, &refusal, loc);
                return self.leave_out(step);
            }
        };
        let result = (operation.run)(&mut self.world, &given).and_then(|outcome| {
            self.world.drop_stacks()?;
            Ok(outcome)
        });
        if result.is_err() {
            self.names.put_back(from, drawn);
        }
        self.telling.events(step);
        let flow = self.ended(step, &result);
        self.telling.printed(step, &mut self.world);
        match flow {
            Flow::On => self.ledger.hold_laws(&mut self.world.machine, step.loc),
            flow => flow,
        }
    }

    /// Tells the step, and holds it to what is expected.
    fn ended(&mut self, step: &'a Step, result: &Result<Outcome, Refusal>) -> Flow {
        match result {
            Ok(outcome) => {
                self.telling.step(step, StepEnd::Done(outcome));
                self.done(step, outcome);
                Flow::On
            }
            Err(refusal) => {
                self.hold_declared(step, refusal);
                self.telling.step(step, StepEnd::Refused(refusal));
                self.ledger.counts.refused += 1;
                self.names.forget(step);
                self.refused(step, refusal)
            }
        }
    }

    /// An operation is refused with words that it declares: the reader goes by them.
    fn hold_declared(&self, step: &Step, refusal: &Refusal) {
        if let (Action::Do { operation, .. }, Some(word)) = (&step.action, refusal.word()) {
            let declared = refusals::declares(operation, word);
            debug_assert!(declared, "`{word}` is not declared by {operation:?}");
        }
    }

    /// Names the result of a step that was done, and looks at what is expected of it.
    pub(super) fn done(&mut self, step: &Step, outcome: &Outcome) {
        self.names.remember(step, outcome);
        self.names.it = Some(outcome.clone());
        for expectation in &step.expect {
            let held = self.look(step, outcome).at(expectation);
            self.ledger.expected(held);
        }
        self.names.it = None;
    }

    /// A step was refused: as expected, as the end of a repeat, or wrongly.
    fn refused(&mut self, step: &'a Step, refusal: &Refusal) -> Flow {
        // What a check finds may be mended; what an operation did half may not.
        let is_law = matches!(refusal, Refusal::Machine(MachineError::Law(_)));
        if is_law && step.action.name() != "check" {
            self.ledger.taint();
        }
        match verdict::of(step, refusal, &self.until) {
            Verdict::AsExpected => {
                self.ledger.expected(Ok(()));
                self.hold_after_refusal(step);
                Flow::On
            }
            Verdict::BreaksLaw(diagnostic) => {
                self.ledger.wrong(diagnostic);
                Flow::Stop
            }
            Verdict::EndsRepeat(word) => Flow::Refused(word),
            _ if self.ledger.is_lenient() => Flow::On,
            Verdict::Otherwise(diagnostic) => {
                self.ledger.expected(Err(diagnostic));
                Flow::On
            }
            Verdict::WrongArgument(loc) => {
                self.ledger.complain(step, refusal, loc);
                Flow::On
            }
            Verdict::Unexpected(diagnostic) => {
                let diagnostic = self.with_meaning(diagnostic, refusal);
                self.ledger.wrong(diagnostic);
                Flow::On
            }
        }
    }

    /// What the layout says of the address of a page fault.
    fn with_meaning(&self, diagnostic: Diagnostic, refusal: &Refusal) -> Diagnostic {
        let Refusal::Machine(MachineError::Fault(fault)) = refusal else {
            return diagnostic;
        };
        let meaning = fault.meaning.plain(self.world.layout);
        let address = fault.address;
        diagnostic.note(format!("the layout says of {address:#x}: {meaning}"))
    }

    /// Comparisons and counts of a step that was refused as expected.
    fn hold_after_refusal(&mut self, step: &Step) {
        let nothing = Outcome::new();
        for expectation in &step.expect {
            if let Expectation::Free { .. } | Expectation::Holds { .. } = expectation {
                let held = self.look(step, &nothing).at(expectation);
                self.ledger.expected(held);
            }
        }
    }
}
