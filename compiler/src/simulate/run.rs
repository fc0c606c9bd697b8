//! Runs a scenario: step by step, every expectation looked at, every law held.

use std::collections::BTreeMap;

use mapwright_runtime::layout::Layout;
use mapwright_runtime::machine::event::Event;
use mapwright_runtime::machine::physical::FailEvery;
use mapwright_runtime::machine::{Machine, MachineError};

use super::evaluate::{self, Names};
use super::events::Watcher;
use super::operation::{Argument, Operation};
use super::outcome::{Outcome, Refusal};
use super::scenario::{Action, Draw, Expectation, Given, GivenValue, Pick, Scenario, Step};
use super::session::{Argued, Arguments, Session};
use super::{expectations, law_broken, machine_fails, scenario_value, step_fails, too_many_steps};
use crate::diagnostic::Diagnostic;
use crate::source::Loc;

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
    /// A machine was built.
    fn machine(&mut self, about: &str, machine: &Machine);
    /// A step was done, refused or left out.
    fn step(&mut self, report: &StepReport<'_>);
    /// Something happened in the step that is told next.
    fn event(&mut self, line: usize, event: &Event);
    /// A checkpoint or a note printed this.
    fn printed(&mut self, line: usize, text: &str);
    /// Nobody listens any more: the run may end.
    fn is_closed(&self) -> bool;
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

/// What comes after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    /// The next one.
    On,
    /// The step was refused, with this word.
    Refused(&'static str),
    /// Nothing: the run is over.
    Stop,
}

/// Runs a scenario.
pub fn run(
    scenario: &Scenario,
    layout: &Layout,
    options: &RunOptions,
    output: &mut dyn Output,
) -> Ran {
    let mut counts = Counts::default();
    let (session, watcher) = match start(scenario, layout, options) {
        Ok(started) => started,
        Err(diagnostic) => {
            return Ran {
                counts,
                diagnostics: vec![diagnostic],
                machine: None,
            };
        }
    };
    output.machine(&scenario.about, &session.machine);
    let mut runner = Runner {
        scenario,
        session,
        names: Names::default(),
        counts: Counts::default(),
        found: Found::default(),
        watcher,
        output,
        lenient: options.fail_allocation.is_some(),
        tainted: false,
        until: Vec::new(),
        depth: 0,
    };
    let flow = runner.steps(&scenario.steps);
    runner.finish(flow);
    std::mem::swap(&mut counts, &mut runner.counts);
    counts.events = runner.watcher.0.borrow().counts.clone();
    Ran {
        counts,
        diagnostics: runner.found.into_diagnostics(),
        machine: Some(runner.session.machine),
    }
}

fn start<'l>(
    scenario: &Scenario,
    layout: &'l Layout,
    options: &RunOptions,
) -> Result<(Session<'l>, Watcher), Diagnostic> {
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
    let session = Session {
        layout,
        machine,
        paging: true,
        stacks: BTreeMap::new(),
        printed: Vec::new(),
    };
    Ok((session, watcher))
}

/// What is wrong, each thing at each place once.
#[derive(Debug, Default)]
struct Found {
    diagnostics: Vec<(Diagnostic, u64)>,
    seen: BTreeMap<(&'static str, u32, u32), usize>,
}

impl Found {
    fn add(&mut self, diagnostic: Diagnostic) {
        let span = diagnostic.primary.as_ref().map(|label| label.loc.span);
        let (start, end) = span.map_or((0, 0), |span| (span.start, span.end));
        let key = (diagnostic.code, start, end);
        match self.seen.get(&key) {
            Some(at) => self.diagnostics[*at].1 += 1,
            None => {
                self.seen.insert(key, self.diagnostics.len());
                self.diagnostics.push((diagnostic, 1));
            }
        }
    }

    fn into_diagnostics(self) -> Vec<Diagnostic> {
        let all = self.diagnostics.into_iter();
        let said = all.map(|(diagnostic, times)| match times {
            1 => diagnostic,
            times => diagnostic.note(format!("this is the first of {times} times")),
        });
        said.collect()
    }
}

struct Runner<'a, 'l> {
    scenario: &'a Scenario,
    session: Session<'l>,
    names: Names,
    counts: Counts,
    found: Found,
    watcher: Watcher,
    output: &'a mut dyn Output,
    /// Refusals and expectations do not count: failures were ordered from outside.
    lenient: bool,
    /// The machine is known to be wrong: its laws are not looked at any more.
    tainted: bool,
    /// The words that end the repeats around.
    until: Vec<&'a str>,
    depth: usize,
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
        if self.output.is_closed() {
            return Flow::Stop;
        }
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

    fn count_step(&mut self, loc: Loc) -> Flow {
        let limit = self.scenario.limits.max_steps;
        if self.counts.steps + self.counts.left_out >= limit {
            self.found.add(too_many_steps::of(None, limit, loc));
            return Flow::Stop;
        }
        self.counts.steps += 1;
        Flow::On
    }

    /// The number of an expression now.
    fn number(&mut self, expression: &super::expression::Expression) -> Result<i128, Refusal> {
        let layout = self.session.layout;
        evaluate::number(&mut self.session, layout, &self.names, expression)
    }

    fn operation(
        &mut self,
        step: &'a Step,
        operation: &'static Operation,
        arguments: &'a [(&'static Argument, Given)],
        from: Option<&Draw>,
    ) -> Flow {
        if self.count_step(step.loc) == Flow::Stop {
            return Flow::Stop;
        }
        let drawn = match from.map(|draw| self.draw(draw)) {
            Some(None) => {
                self.counts.steps -= 1;
                return self.leave_out(step);
            }
            Some(Some(drawn)) => Some(drawn),
            None => None,
        };
        let given = self.arguments(operation, arguments, drawn.as_ref().map(|(_, one)| one));
        let result = match given {
            Ok(given) => (operation.run)(&mut self.session, &given),
            Err((refusal, loc)) => {
                self.counts.steps -= 1;
                self.put_back(from, drawn);
                self.complain(step, &refusal, loc);
                return self.leave_out(step);
            }
        };
        let result = result.and_then(|outcome| {
            self.session.drop_stacks()?;
            Ok(outcome)
        });
        if result.is_err() {
            self.put_back(from, drawn);
        }
        let kept = std::mem::take(&mut self.watcher.0.borrow_mut().kept);
        for event in &kept {
            self.output.event(step.line, event);
        }
        let flow = self.ended(step, &result);
        for text in std::mem::take(&mut self.session.printed) {
            self.output.printed(step.line, &text);
        }
        match flow {
            Flow::On => self.hold_laws(step),
            flow => flow,
        }
    }

    /// Takes a member out of a pool: where it was, and what it is.
    fn draw(&mut self, draw: &Draw) -> Option<(usize, Outcome)> {
        let count = self.names.pools.get(&draw.pool).map_or(0, Vec::len);
        let last = count.checked_sub(1)?;
        let at = match draw.pick {
            Pick::First => 0,
            Pick::Last => last,
            // Below the length.
            Pick::Random => self.session.machine.random().below(count as u64) as usize,
        };
        let pool = self.names.pools.get_mut(&draw.pool)?;
        let member = match draw.pick {
            Pick::Random => pool.swap_remove(at),
            _ => pool.remove(at),
        };
        Some((at, member))
    }

    fn put_back(&mut self, from: Option<&Draw>, drawn: Option<(usize, Outcome)>) {
        if let (Some(draw), Some((at, member))) = (from, drawn)
            && let Some(pool) = self.names.pools.get_mut(&draw.pool)
        {
            pool.insert(at.min(pool.len()), member);
        }
    }

    /// The values of all arguments: those written, then those of a drawn member.
    fn arguments(
        &mut self,
        operation: &'static Operation,
        given: &'a [(&'static Argument, Given)],
        drawn: Option<&Outcome>,
    ) -> Result<Arguments, (Refusal, Loc)> {
        let mut values = BTreeMap::new();
        for (argument, given) in given {
            let wrong = |refusal| (refusal, given.loc);
            let value = match &given.value {
                GivenValue::Flag(flag) => Argued::Flag(*flag),
                GivenValue::Text(text) => Argued::Text(text.clone()),
                GivenValue::Texts(texts) => Argued::Texts(texts.clone()),
                GivenValue::Number(expression) => {
                    let number = self.number(expression).and_then(|n| narrow(argument, n));
                    Argued::Number(number.map_err(wrong)?)
                }
                GivenValue::Numbers(expressions) => {
                    let mut numbers = Vec::with_capacity(expressions.len());
                    for expression in expressions {
                        let number = self.number(expression).and_then(|n| narrow(argument, n));
                        numbers.push(number.map_err(wrong)?);
                    }
                    Argued::Numbers(numbers)
                }
            };
            values.insert(argument.name, value);
        }
        for argument in operation.arguments {
            let member = drawn.and_then(|drawn| drawn.get(Some(argument.name)));
            let number = member.and_then(super::outcome::Value::number);
            if let Some(number) = number {
                values
                    .entry(argument.name)
                    .or_insert(Argued::Number(number));
            }
        }
        Ok(Arguments { values })
    }

    /// Says what is wrong with an argument, unless an earlier step has said it.
    fn complain(&mut self, step: &Step, refusal: &Refusal, loc: Loc) {
        if self.lenient {
            return;
        }
        let diagnostic = match refusal {
            Refusal::Missing { quiet: true, .. } => return,
            Refusal::Missing { what, .. } => {
                let message = format!("{what} was not made: its step was not done");
                scenario_value::wrong(message, "not there now", loc)
            }
            Refusal::Argument { message, .. } => {
                let message = format!("the argument of `{}` {message}", step.action.name());
                scenario_value::wrong(message, "here", loc)
            }
            other => step_fails::of(&format!("`{}`", step.action.name()), other, loc),
        };
        self.found.add(diagnostic);
    }

    fn leave_out(&mut self, step: &Step) -> Flow {
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

    /// Names the result, looks at expectations, and tells the step.
    fn ended(&mut self, step: &'a Step, result: &Result<Outcome, Refusal>) -> Flow {
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
    fn end_of(&mut self, step: &Step, outcome: &Outcome) {
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
            let held = expectations::look(
                &mut self.session,
                &self.names,
                step.action.name(),
                expectation,
                outcome,
            );
            self.count(held);
        }
        self.names.it = None;
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
                super::expectation_fails::other_refusal(&operation, word, refusal, loc)
            }
            None => match refusal {
                Refusal::Argument { .. } => {
                    self.complain(step, refusal, step.loc);
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
                let name = step.action.name();
                let session = &mut self.session;
                let held = expectations::look(session, &self.names, name, expectation, &nothing);
                self.count(held);
            }
        }
    }

    /// All laws, after every so many steps.
    fn hold_laws(&mut self, step: &Step) -> Flow {
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

    fn finish(&mut self, flow: Flow) {
        let last = self.scenario.steps.last();
        let loc = last.map_or(self.scenario.machine.loc, |step| step.loc);
        if flow != Flow::Stop && !self.tainted {
            self.check("found at the end", loc);
        }
    }
}

/// An argument that addresses and counts can be.
fn narrow(argument: &Argument, number: i128) -> Result<u64, Refusal> {
    u64::try_from(number).map_err(|_| {
        let message = format!(
            "`{}` is {number}, which is not from 0 to 2^64 - 1",
            argument.name
        );
        Refusal::argument(argument.name, message)
    })
}
