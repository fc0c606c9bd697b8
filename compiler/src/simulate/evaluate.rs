//! The numbers of expressions while a scenario runs.

use std::collections::BTreeMap;

use mapwright_machine::Random;
use mapwright_runtime::layout::Layout;

use super::expression::{Expression, Kind, Operator};
use super::function::Function;
use super::outcome::{EXPRESSION, Outcome, Refusal};
use super::scenario::scope::layout_number;

/// What names stand for while a scenario runs.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The results of steps; `None` where the step was refused.
    pub(super) results: BTreeMap<String, Option<Outcome>>,
    /// The members of pools, the oldest first.
    pub(super) pools: BTreeMap<String, Vec<Outcome>>,
    /// The result of the step whose expectations are looked at.
    pub(super) it: Option<Outcome>,
}

/// Answers the functions of expressions.
pub(super) trait Ask {
    /// What a function of the machine gives. Arguments that name something are passed as they are.
    fn ask(&mut self, function: Function, arguments: &[Asked]) -> Result<i128, Refusal>;
    /// The source of chance.
    fn random(&mut self) -> &mut Random;
}

/// An argument of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    Number(i128),
    Name(String),
}

/// The number of an expression that has no result in it.
pub(super) fn constant(layout: &Layout, expression: &Expression) -> Result<i128, String> {
    match &expression.kind {
        Kind::Number(value) => Ok(*value),
        Kind::Name {
            name,
            member: None,
            field,
        } => layout_number(layout, name, field.as_deref())
            .ok_or_else(|| format!("`{name}` is not known before the run")),
        Kind::Name { name, .. } => Err(format!("`{name}` is not known before the run")),
        Kind::Binary {
            operator,
            left,
            right,
        } => {
            let (left, right) = (constant(layout, left)?, constant(layout, right)?);
            apply(*operator, left, right)
        }
        Kind::Call {
            function,
            arguments,
        } => {
            let numbers = arguments.iter().map(|one| constant(layout, one));
            let numbers: Vec<i128> = numbers.collect::<Result<_, _>>()?;
            arithmetic(*function, &numbers).unwrap_or_else(|| {
                let name = function.name();
                Err(format!("`{name}()` is not known before the run"))
            })
        }
    }
}

/// The number of an expression now.
pub(super) fn number<M: Ask>(
    machine: &mut M,
    layout: &Layout,
    names: &Names,
    expression: &Expression,
) -> Result<i128, Refusal> {
    let wrong = |message: String| Refusal::argument(EXPRESSION, message);
    match &expression.kind {
        Kind::Number(value) => Ok(*value),
        Kind::Name {
            name,
            member,
            field,
        } => {
            let member = match member {
                Some(member) => Some(number(machine, layout, names, member)?),
                None => None,
            };
            named(layout, names, name, member, field.as_deref())
        }
        Kind::Binary {
            operator,
            left,
            right,
        } => {
            let left = number(machine, layout, names, left)?;
            let right = number(machine, layout, names, right)?;
            apply(*operator, left, right).map_err(wrong)
        }
        Kind::Call {
            function,
            arguments,
        } => {
            let (parameters, _) = function.parameters();
            let mut given = Vec::new();
            for (argument, parameter) in arguments.iter().zip(parameters) {
                given.push(match (&argument.kind, parameter) {
                    (_, super::function::Parameter::Number) => {
                        Asked::Number(number(machine, layout, names, argument)?)
                    }
                    (Kind::Name { name, .. }, _) => Asked::Name(name.clone()),
                    _ => return Err(wrong("a name is wanted".into())),
                });
            }
            call(machine, *function, &given)
        }
    }
}

fn call<M: Ask>(machine: &mut M, function: Function, given: &[Asked]) -> Result<i128, Refusal> {
    let numbers = given.iter().map(|one| match one {
        Asked::Number(number) => Some(*number),
        Asked::Name(_) => None,
    });
    let numbers: Option<Vec<i128>> = numbers.collect();
    if let Some(result) = numbers.and_then(|numbers| arithmetic(function, &numbers)) {
        return result.map_err(|message| Refusal::argument(EXPRESSION, message));
    }
    if let (Function::Random, [Asked::Number(first), Asked::Number(last)]) = (function, given) {
        let narrow = |number: i128| {
            let message = format!("{number} is not from 0 to 2^64 - 1");
            u64::try_from(number).map_err(|_| Refusal::argument(EXPRESSION, message))
        };
        let (first, last) = (narrow(*first)?, narrow(*last)?);
        return Ok(machine.random().between(first, last).into());
    }
    machine.ask(function, given)
}

/// The functions that need no machine.
fn arithmetic(function: Function, numbers: &[i128]) -> Option<Result<i128, String>> {
    let [left, right] = *numbers else {
        return None;
    };
    let aligned = |up: bool| {
        if right <= 0 {
            return Err(format!("{right} is no alignment"));
        }
        let too_large = || format!("{left} is too large to be aligned");
        let down = left.checked_sub(left.rem_euclid(right));
        match down {
            Some(down) if up && down != left => down.checked_add(right).ok_or_else(too_large),
            down => down.ok_or_else(too_large),
        }
    };
    Some(match function {
        Function::Minimum => Ok(left.min(right)),
        Function::Maximum => Ok(left.max(right)),
        Function::AlignUp => aligned(true),
        Function::AlignDown => aligned(false),
        _ => return None,
    })
}

fn apply(operator: Operator, left: i128, right: i128) -> Result<i128, String> {
    let (sign, result) = match operator {
        Operator::Add => ("+", left.checked_add(right)),
        Operator::Subtract => ("-", left.checked_sub(right)),
        Operator::Multiply => ("*", left.checked_mul(right)),
        Operator::Divide => ("/", left.checked_div(right)),
        Operator::Remainder => ("%", left.checked_rem(right)),
    };
    result.ok_or_else(|| match right {
        0 => format!("{left} {sign} 0 has no value"),
        _ => format!("{left} {sign} {right} is too large"),
    })
}

fn named(
    layout: &Layout,
    names: &Names,
    name: &str,
    member: Option<i128>,
    field: Option<&str>,
) -> Result<i128, Refusal> {
    let of = |outcome: &Outcome| {
        let value = outcome.get(field).and_then(super::outcome::Value::number);
        value.map(i128::from).ok_or_else(|| {
            let field = field.unwrap_or("value");
            Refusal::argument(EXPRESSION, format!("`{name}` has no `{field}` here"))
        })
    };
    let pool = names.pools.get(name);
    if let Some(member) = member {
        let members = pool.map_or(&[][..], Vec::as_slice);
        let found = usize::try_from(member).ok().and_then(|at| members.get(at));
        return match found {
            Some(outcome) => of(outcome),
            None => {
                let count = members.len();
                let message = format!("`{name}` has no member {member}: it has {count}");
                Err(Refusal::argument(EXPRESSION, message))
            }
        };
    }
    if let Some(outcome) = names.it.as_ref().filter(|_| name == "it") {
        return of(outcome);
    }
    match names.results.get(name) {
        Some(Some(outcome)) => of(outcome),
        Some(None) => Err(Refusal::Missing {
            what: format!("`{name}`"),
            quiet: true,
        }),
        None => match pool {
            Some(members) => Ok(members.len() as i128),
            None if field == Some("count") => Ok(0),
            None => match layout_number(layout, name, field) {
                Some(number) => Ok(number),
                // Its step is above, but was not done: in a choice that went otherwise, or never repeated.
                None => Err(Refusal::Missing {
                    what: format!("`{name}`"),
                    quiet: false,
                }),
            },
        },
    }
}
