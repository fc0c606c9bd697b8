//! The values of a step's arguments now.

use crate::simulate::evaluate::{self, Names};
use crate::simulate::expression::Expression;
use crate::simulate::operations::declaration::{Argument, Operation};
use crate::simulate::outcome::{Outcome, Refusal, Value};
use crate::simulate::scenario::{Given, GivenValue};
use crate::simulate::world::{Argued, Arguments, World};
use crate::source::Loc;

/// The number of an expression now.
pub(super) fn number(
    world: &mut World<'_>,
    names: &Names,
    expression: &Expression,
) -> Result<i128, Refusal> {
    let layout = world.layout;
    evaluate::number(&mut world.answers(), layout, names, expression)
}

/// The values of all arguments: those written, then those of a member that was drawn.
pub(super) fn arguments(
    world: &mut World<'_>,
    names: &Names,
    operation: &'static Operation,
    given: &[(&'static Argument, Given)],
    drawn: Option<&Outcome>,
) -> Result<Arguments, (Refusal, Loc)> {
    let mut arguments = Arguments::default();
    for (argument, given) in given {
        let value = argued(world, names, argument, &given.value);
        let value = value.map_err(|refusal| (refusal, given.loc))?;
        arguments.supply(argument.name, value);
    }
    for argument in operation.arguments {
        let member = drawn.and_then(|drawn| drawn.get(Some(argument.name)));
        if let Some(number) = member.and_then(Value::number) {
            arguments.supply(argument.name, Argued::Number(number));
        }
    }
    Ok(arguments)
}

fn argued(
    world: &mut World<'_>,
    names: &Names,
    argument: &Argument,
    value: &GivenValue,
) -> Result<Argued, Refusal> {
    let mut narrowed = |expression| {
        let number = number(world, names, expression)?;
        narrow(argument, number)
    };
    Ok(match value {
        GivenValue::Flag(flag) => Argued::Flag(*flag),
        GivenValue::Text(text) => Argued::Text(text.clone()),
        GivenValue::Texts(texts) => Argued::Texts(texts.clone()),
        GivenValue::Number(expression) => Argued::Number(narrowed(expression)?),
        GivenValue::Numbers(expressions) => {
            let numbers = expressions.iter().map(narrowed);
            Argued::Numbers(numbers.collect::<Result<_, _>>()?)
        }
    })
}

/// An argument that addresses and counts can be.
fn narrow(argument: &Argument, number: i128) -> Result<u64, Refusal> {
    u64::try_from(number).map_err(|_| {
        let message = format!("is {number}, which is not from 0 to 2^64 - 1");
        Refusal::argument(argument.name, message)
    })
}
