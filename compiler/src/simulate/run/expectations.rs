//! Looks at what a scenario expects of a step that was done.

use mapwright_machine::buddy::Zone;

use super::given;
use crate::diagnostic::Diagnostic;
use crate::simulate::evaluate::{Names, holds};
use crate::simulate::expectation_fails as fails;
use crate::simulate::expression::Expression;
use crate::simulate::outcome::{Outcome, Refusal, Value};
use crate::simulate::scenario::Expectation;
use crate::simulate::world::World;
use crate::source::Loc;

/// Looks at the expectations of one step.
pub(crate) struct Look<'a, 'l> {
    pub(crate) world: &'a mut World<'l>,
    pub(crate) names: &'a Names,
    /// What the step does.
    pub(crate) operation: &'static str,
    /// What it gave.
    pub(crate) outcome: &'a Outcome,
}

impl Look<'_, '_> {
    /// Whether an expectation holds.
    pub(crate) fn at(&mut self, expectation: &Expectation) -> Result<(), Diagnostic> {
        match expectation {
            Expectation::Error { word, loc }
            | Expectation::Fault { word, loc }
            | Expectation::Law { word, loc } => {
                let operation = format!("`{}`", self.operation);
                let result = self.outcome.to_string();
                Err(fails::was_done(&operation, word, &result, *loc))
            }
            Expectation::Number { field, value, text } => {
                let expected = self.number(value, text.loc)?;
                self.field(field, expected, text.loc)
            }
            Expectation::Text { field, text, loc } => self.text(field, text, *loc),
            Expectation::Free { zone, value, text } => {
                let expected = self.number(value, text.loc)?;
                self.free(zone.as_deref(), expected, text.loc)
            }
            Expectation::Holds { comparison, text } => {
                let left = self.number(&comparison.left, text.loc)?;
                let right = self.number(&comparison.right, text.loc)?;
                match holds(comparison.relation, left, right) {
                    Ok(true) => return Ok(()),
                    Ok(false) => {}
                    Err(why) => return Err(fails::no_value(&why, text.loc)),
                }
                // Addresses are easier to read in hexadecimal, counts in decimal.
                let hex = left.max(right) >= 1 << 20;
                let (left, right) = (shown(left, hex), shown(right, hex));
                Err(fails::comparison(&text.text, &left, &right, text.loc))
            }
        }
    }

    fn number(&mut self, expression: &Expression, loc: Loc) -> Result<i128, Diagnostic> {
        let value = given::number(self.world, self.names, expression);
        value.map_err(|refusal| no_value(&refusal, loc))
    }

    fn field(&self, field: &str, expected: i128, loc: Loc) -> Result<(), Diagnostic> {
        let found = self.outcome.get(Some(field));
        let number = found.and_then(Value::number);
        if number.is_some_and(|number| i128::from(number) == expected) {
            return Ok(());
        }
        let is_hex = matches!(found, Some(Value::Hex(_)));
        let found = found.map_or("not there".to_string(), ToString::to_string);
        let expected = shown(expected, is_hex);
        Err(fails::differs(
            &format!("`{field}`"),
            &expected,
            &found,
            loc,
        ))
    }

    fn text(&self, field: &str, expected: &str, loc: Loc) -> Result<(), Diagnostic> {
        let found = self.outcome.get(Some(field));
        if matches!(found, Some(Value::Text(found)) if found == expected) {
            return Ok(());
        }
        let found = found.map_or("not there".to_string(), |found| format!("`{found}`"));
        let expected = format!("`{expected}`");
        Err(fails::differs(
            &format!("`{field}`"),
            &expected,
            &found,
            loc,
        ))
    }

    fn free(&self, zone: Option<&str>, expected: i128, loc: Loc) -> Result<(), Diagnostic> {
        let found = free(self.world, zone);
        if i128::from(found) == expected {
            return Ok(());
        }
        let what = match zone {
            Some(zone) => format!("the number of free frames of zone `{zone}`"),
            None => "the number of free frames".to_string(),
        };
        let (expected, found) = (expected.to_string(), found.to_string());
        Err(fails::differs(&what, &expected, &found, loc))
    }
}

fn shown(number: i128, hex: bool) -> String {
    if hex && number >= 0 {
        format!("{number:#x}")
    } else {
        number.to_string()
    }
}

fn no_value(refusal: &Refusal, loc: Loc) -> Diagnostic {
    let message = match refusal {
        Refusal::Argument { message, .. } => message.clone(),
        other => other.to_string(),
    };
    fails::no_value(&message, loc)
}

/// Free frames, those on the lists of processors included.
fn free(world: &World<'_>, zone: Option<&str>) -> u64 {
    let zones = world.machine.physical().zones();
    let of = |zone: &Zone| zone.free_frames() + zone.listed_frames();
    let zones = zones.all().iter();
    let zones = zones.filter(|one| zone.is_none_or(|name| one.name() == name));
    zones.map(of).sum()
}
