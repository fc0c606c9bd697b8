//! Looks at what a scenario expects of a step that was done.

use mapwright_runtime::machine::buddy::Zone;

use super::evaluate::{self, Names};
use super::expectation_fails as fails;
use super::expression::Expression;
use super::outcome::{Outcome, Refusal, Value};
use super::scenario::Expectation;
use super::session::Session;
use crate::diagnostic::Diagnostic;
use crate::source::Loc;

/// Whether an expectation holds, of a step that was done with this outcome.
pub(super) fn look(
    session: &mut Session<'_>,
    names: &Names,
    operation: &str,
    expectation: &Expectation,
    outcome: &Outcome,
) -> Result<(), Diagnostic> {
    let mut number = |expression: &Expression, loc: Loc| {
        let layout = session.layout;
        let value = evaluate::number(session, layout, names, expression);
        value.map_err(|refusal| no_value(&refusal, loc))
    };
    match expectation {
        Expectation::Error { word, loc }
        | Expectation::Fault { word, loc }
        | Expectation::Law { word, loc } => {
            let operation = format!("`{operation}`");
            let result = outcome.to_string();
            Err(fails::was_done(&operation, word, &result, *loc))
        }
        Expectation::Number { field, value, text } => {
            let expected = number(value, text.loc)?;
            let found = outcome.get(Some(field));
            match found.and_then(Value::number) {
                Some(found) if i128::from(found) == expected => Ok(()),
                _ => {
                    let is_hex = matches!(found, Some(Value::Hex(_)));
                    let found = found.map_or("not there".to_string(), ToString::to_string);
                    let expected = shown(expected, is_hex);
                    Err(fails::differs(
                        &format!("`{field}`"),
                        &expected,
                        &found,
                        text.loc,
                    ))
                }
            }
        }
        Expectation::Text { field, text, loc } => match outcome.get(Some(field)) {
            Some(Value::Text(found)) if found == text => Ok(()),
            found => {
                let quoted = |text: &dyn std::fmt::Display| format!("`{text}`");
                let found = found.map_or("not there".to_string(), |found| quoted(found));
                Err(fails::differs(
                    &format!("`{field}`"),
                    &quoted(text),
                    &found,
                    *loc,
                ))
            }
        },
        Expectation::Free { zone, value, text } => {
            let expected = number(value, text.loc)?;
            let found = free(session, zone.as_deref());
            if i128::from(found) == expected {
                return Ok(());
            }
            let what = match zone {
                Some(zone) => format!("the number of free frames of zone `{zone}`"),
                None => "the number of free frames".to_string(),
            };
            let (expected, found) = (expected.to_string(), found.to_string());
            Err(fails::differs(&what, &expected, &found, text.loc))
        }
        Expectation::Holds { comparison, text } => {
            let left = number(&comparison.left, text.loc)?;
            let right = number(&comparison.right, text.loc)?;
            if comparison.relation.holds(left, right) {
                return Ok(());
            }
            // Addresses are easier to read in hexadecimal, counts in decimal.
            let hex = left.max(right) >= 1 << 20;
            let (left, right) = (shown(left, hex), shown(right, hex));
            Err(fails::comparison(&text.text, &left, &right, text.loc))
        }
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
fn free(session: &Session<'_>, zone: Option<&str>) -> u64 {
    let zones = session.machine.physical().zones();
    let of = |zone: &Zone| zone.free_frames() + zone.listed_frames();
    let zones = zones.all().iter();
    let zones = zones.filter(|one| zone.is_none_or(|name| one.name() == name));
    zones.map(of).sum()
}
