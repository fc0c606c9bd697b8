//! What a scenario expects of its steps.

use toml::de::{DeTable, DeValue};

use super::document::{Item, Reader, Text, get};
use super::steps::StepReader;
use super::{Action, Expectation};
use crate::simulate::operations::declaration::{Field, Operation};
use crate::simulate::{refusals, scenario_key, scenario_value};

/// Expectations that any step may have: they are looked at when it is done.
pub(crate) const AFTER: &[&str] = &["expect", "expect_free"];

/// Expectations of steps that are refused.
const REFUSALS: &[&str] = &["expect_error", "expect_fault", "expect_law"];

/// The keys of all expectations of a step whose result has these fields.
pub(crate) fn keys(fields: &[Field]) -> Vec<String> {
    let of_fields = fields.iter().map(|field| format!("expect_{}", field.name));
    let always = AFTER.iter().chain(REFUSALS).map(ToString::to_string);
    always.chain(of_fields).collect()
}

/// Checks that a word names an error or a fault.
pub(crate) fn check_refusal(reader: &mut Reader<'_>, text: &Text) {
    let known = [
        refusals::words(refusals::ALL, false),
        refusals::words(refusals::ALL, true),
    ];
    let known = known.concat();
    if !known.contains(&text.text.as_str()) {
        let wrong = scenario_value::word("error or fault", &text.text, known, text.loc);
        reader.wrong(wrong);
    }
}

/// The expectations of a step.
pub(crate) fn read(
    steps: &mut StepReader<'_, '_, '_>,
    table: &DeTable<'_>,
    fields: &'static [Field],
    action: &Action,
) -> Vec<Expectation> {
    let mut found = Vec::new();
    if let Action::Do { operation, .. } = action {
        refusals(steps.reader, operation, table, &mut found);
        for field in fields {
            if let Some((_, item)) = get(table, &format!("expect_{}", field.name)) {
                found.extend(of_field(steps, (field, fields), item));
            }
        }
    }
    if let Some((_, item)) = get(table, "expect_free") {
        free(steps, item, &mut found);
    }
    if let Some((_, item)) = get(table, "expect") {
        for item in steps.reader.one_or_more(item) {
            if let Some((comparison, text)) = steps.reader.comparison(item) {
                let scope = &steps.scope;
                scope.check_comparison(steps.reader, &comparison, &text, Some(fields));
                found.push(Expectation::Holds { comparison, text });
            }
        }
    }
    found
}

/// Errors, faults and broken laws; a step has at most one of them.
fn refusals(
    reader: &mut Reader<'_>,
    operation: &'static Operation,
    table: &DeTable<'_>,
    found: &mut Vec<Expectation>,
) {
    for key in REFUSALS {
        let Some((at, item)) = get(table, key) else {
            continue;
        };
        if !found.is_empty() {
            let loc = reader.loc(at);
            let why = "a step is refused in one way only";
            reader.wrong(scenario_key::misplaced(key, why, loc));
            continue;
        }
        let Some(text) = reader.text(item) else {
            continue;
        };
        check_declared(reader, operation, key, &text);
        let Text {
            text: word, loc, ..
        } = text;
        found.push(match *key {
            "expect_error" => Expectation::Error { word, loc },
            "expect_fault" => Expectation::Fault { word, loc },
            _ => Expectation::Law { word, loc },
        });
    }
}

/// Checks that an operation may be refused with this word.
fn check_declared(
    reader: &mut Reader<'_>,
    operation: &'static Operation,
    key: &str,
    Text {
        text: word, loc, ..
    }: &Text,
) {
    let (what, known) = match key {
        "expect_error" => ("error", refusals::words(operation.refuses, false)),
        "expect_fault" => ("fault", refusals::words(operation.refuses, true)),
        _ => ("law", refusals::LAWS.map(|(word, _)| word).to_vec()),
    };
    if known.contains(&word.as_str()) {
        return;
    }
    let what = match key {
        "expect_law" => what.to_string(),
        _ => format!("{what} of `{}`", operation.name),
    };
    reader.wrong(scenario_value::word(&what, word, known, *loc));
}

fn of_field(
    steps: &mut StepReader<'_, '_, '_>,
    (field, fields): (&'static Field, &'static [Field]),
    item: Item<'_, '_>,
) -> Option<Expectation> {
    if field.is_text {
        let text = steps.reader.text(item)?;
        return Some(Expectation::Text {
            field: field.name,
            text: text.text,
            loc: text.loc,
        });
    }
    let (value, text) = steps.reader.expression(item)?;
    // As in comparisons, `it` is the result that is looked at.
    steps.scope.check(steps.reader, &value, &text, Some(fields));
    Some(Expectation::Number {
        field: field.name,
        value,
        text,
    })
}

/// `expect_free = 100`, or `expect_free = { NORMAL = 100 }`.
fn free(steps: &mut StepReader<'_, '_, '_>, item: Item<'_, '_>, found: &mut Vec<Expectation>) {
    let mut add = |steps: &mut StepReader<'_, '_, '_>, zone, item| {
        if let Some((value, text)) = steps.reader.expression(item) {
            steps.scope.check(steps.reader, &value, &text, None);
            found.push(Expectation::Free { zone, value, text });
        }
    };
    let DeValue::Table(table) = item.get_ref() else {
        return add(steps, None, item);
    };
    for (zone, item) in table.iter() {
        let loc = steps.reader.loc(zone.span());
        let kind = mapwright_runtime::layout::PlaceKind::Zone;
        steps.scope.place(steps.reader, zone.get_ref(), kind, loc);
        add(steps, Some(zone.get_ref().to_string()), item);
    }
}
