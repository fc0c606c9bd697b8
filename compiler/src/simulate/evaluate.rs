//! The numbers of expressions while a scenario runs.

use std::collections::BTreeMap;

use mapwright_machine::Random;
use mapwright_runtime::layout::Layout;

use super::expression::{Expression, Kind};
use super::function::{Function, Parameter};
use super::outcome::{EXPRESSION, Outcome, Refusal};
use super::scenario::scope::layout_number;
use crate::eval::arithmetic;
use mapwright_grammar::ast::BinaryOp;

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

/// What the names and functions of an expression stand for, at some time.
trait Meaning {
    /// Why there is no number.
    type No;
    /// A calculation that has no value.
    fn wrong(message: String) -> Self::No;
    /// The number of a name, of a member of a pool, or of a field of them.
    fn name(
        &mut self,
        name: &str,
        member: Option<i128>,
        field: Option<&str>,
    ) -> Result<i128, Self::No>;
    /// What a function gives that is more than a calculation.
    fn call(&mut self, function: Function, arguments: &[Asked]) -> Result<i128, Self::No>;
}

/// Before the run: what the layout names has a number, and calculations.
struct Before<'l>(&'l Layout);

impl Meaning for Before<'_> {
    type No = String;

    fn wrong(message: String) -> String {
        message
    }

    fn name(
        &mut self,
        name: &str,
        member: Option<i128>,
        field: Option<&str>,
    ) -> Result<i128, String> {
        let number = match member {
            None => layout_number(self.0, name, field),
            Some(_) => None,
        };
        number.ok_or_else(|| format!("`{name}` is not known before the run"))
    }

    fn call(&mut self, function: Function, _: &[Asked]) -> Result<i128, String> {
        let name = function.name();
        Err(format!("`{name}()` is not known before the run"))
    }
}

/// While the machine runs.
struct Now<'a, M> {
    machine: &'a mut M,
    layout: &'a Layout,
    names: &'a Names,
}

impl<M: Ask> Meaning for Now<'_, M> {
    type No = Refusal;

    fn wrong(message: String) -> Refusal {
        Refusal::argument(EXPRESSION, message)
    }

    fn name(
        &mut self,
        name: &str,
        member: Option<i128>,
        field: Option<&str>,
    ) -> Result<i128, Refusal> {
        named(self.layout, self.names, name, member, field)
    }

    fn call(&mut self, function: Function, given: &[Asked]) -> Result<i128, Refusal> {
        let (Function::Random, [Asked::Number(first), Asked::Number(last)]) = (function, given)
        else {
            return self.machine.ask(function, given);
        };
        let narrow = |number: i128| {
            let message = format!("{number} is not from 0 to 2^64 - 1");
            u64::try_from(number).map_err(|_| Self::wrong(message))
        };
        let (first, last) = (narrow(*first)?, narrow(*last)?);
        Ok(self.machine.random().between(first, last).into())
    }
}

/// The number of an expression that has no result in it.
pub(super) fn constant(layout: &Layout, expression: &Expression) -> Result<i128, String> {
    evaluate(&mut Before(layout), expression)
}

/// The number of an expression now.
pub(super) fn number<M: Ask>(
    machine: &mut M,
    layout: &Layout,
    names: &Names,
    expression: &Expression,
) -> Result<i128, Refusal> {
    let mut now = Now {
        machine,
        layout,
        names,
    };
    evaluate(&mut now, expression)
}

/// Whether a comparison of two numbers holds, or why it cannot be told.
pub(super) fn holds(relation: BinaryOp, left: i128, right: i128) -> Result<bool, String> {
    apply(relation, left, right).map(|truth| truth != 0)
}

fn evaluate<M: Meaning>(meaning: &mut M, expression: &Expression) -> Result<i128, M::No> {
    match &expression.kind {
        Kind::Number(value) => Ok(*value),
        Kind::Name {
            name,
            member,
            field,
        } => {
            let member = match member {
                Some(member) => Some(evaluate(meaning, member)?),
                None => None,
            };
            meaning.name(name, member, field.as_deref())
        }
        Kind::Binary {
            operator,
            left,
            right,
        } => {
            let (left, right) = (evaluate(meaning, left)?, evaluate(meaning, right)?);
            apply(*operator, left, right).map_err(M::wrong)
        }
        Kind::Call {
            function,
            arguments,
        } => {
            let mut given = Vec::new();
            for (argument, parameter) in arguments.iter().zip(function.each_parameter()) {
                given.push(match (&argument.kind, parameter) {
                    (_, Parameter::Number) => Asked::Number(evaluate(meaning, argument)?),
                    (Kind::Name { name, .. }, _) => Asked::Name(name.clone()),
                    _ => return Err(M::wrong("a name is wanted".into())),
                });
            }
            match function_of_numbers(*function, &given) {
                Some(result) => result.map_err(M::wrong),
                None => meaning.call(*function, &given),
            }
        }
    }
}

/// The functions that need no machine.
fn function_of_numbers(function: Function, given: &[Asked]) -> Option<Result<i128, String>> {
    if !function.is_calculation() {
        return None;
    }
    let number = |one: &Asked| match one {
        Asked::Number(number) => Some(*number),
        Asked::Name(_) => None,
    };
    let numbers: Vec<i128> = given.iter().map(number).collect::<Option<_>>()?;
    if let (Function::AlignUp | Function::AlignDown, [_, to]) = (function, &numbers[..])
        && !arithmetic::is_power_of_two(*to)
    {
        return Some(Err(format!("the alignment {to} is no power of two")));
    }
    let name = function.name();
    let result = arithmetic::number(&numbers, |terms, of| arithmetic::function(terms, name, of))?;
    Some(result.map_err(|no| {
        let shown: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        format!("`{name}({})` has no value: {no}", shown.join(", "))
    }))
}

fn apply(operator: BinaryOp, left: i128, right: i128) -> Result<i128, String> {
    let result = arithmetic::number(&[left, right], |terms, of| {
        arithmetic::binary(terms, operator, of[0], of[1])
    });
    let mark = operator.mark();
    match result {
        Some(Ok(value)) => Ok(value),
        Some(Err(no)) => Err(format!("`{left} {mark} {right}` has no value: {no}")),
        None => Err(format!(
            "`{left} {mark} {right}` has no value: shifts are by 0 to 126 bits"
        )),
    }
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
