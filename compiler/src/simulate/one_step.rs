//! Does one operation: its arguments, the member of a pool that it takes, and what happened meanwhile.

use std::collections::BTreeMap;

use super::operation::{Argument, Operation};
use super::outcome::{Outcome, Refusal, Value};
use super::runner::{Flow, Runner};
use super::scenario::{Draw, Given, GivenValue, Pick, Step};
use super::session::{Argued, Arguments};
use crate::source::Loc;

impl<'a> Runner<'a, '_> {
    pub(super) fn operation(
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
            let number = member.and_then(Value::number);
            if let Some(number) = number {
                values
                    .entry(argument.name)
                    .or_insert(Argued::Number(number));
            }
        }
        Ok(Arguments { values })
    }
}

/// An argument that addresses and counts can be.
fn narrow(argument: &Argument, number: i128) -> Result<u64, Refusal> {
    u64::try_from(number).map_err(|_| {
        let message = format!("is {number}, which is not from 0 to 2^64 - 1");
        Refusal::argument(argument.name, message)
    })
}
