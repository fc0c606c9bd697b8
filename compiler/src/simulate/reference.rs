//! The reference of operations and functions, made from what the reader of scenarios itself goes by.

use std::fmt::Write as _;

use super::function::{Function, Parameter};
use super::operations::declaration::{Argument, Operation, Takes};
use super::refusals;

/// The lists of operations, functions and words as Markdown: the second half of `compiler/SCENARIOS.md`.
#[must_use]
pub fn reference() -> String {
    let mut text = String::from("## Operations\n");
    for operation in Operation::all() {
        let _ = write!(text, "\n### `{}`\n\n{}.\n", operation.name, operation.does);
        if !operation.arguments.is_empty() {
            text.push('\n');
        }
        for argument in operation.arguments {
            let need = if argument.required { ", needed" } else { "" };
            let Argument { name, does, .. } = argument;
            let takes = takes(argument.takes);
            let _ = writeln!(text, "- `{name}` ({takes}{need}): {does}");
        }
        let fields = operation.fields.iter();
        let fields: Vec<String> = fields
            .map(|field| match field.is_text {
                true => format!("`{}` (text)", field.name),
                false => format!("`{}`", field.name),
            })
            .collect();
        if !fields.is_empty() {
            let _ = writeln!(text, "\nResult: {}.", fields.join(", "));
        }
        let subjects: Vec<&str> = operation.refuses.iter().map(|one| one.name).collect();
        if !subjects.is_empty() {
            let _ = writeln!(text, "\nMay be refused: {}.", subjects.join(", "));
        }
    }
    text.push_str("\n## Functions\n\n");
    for (function, name, does) in Function::ALL {
        let _ = writeln!(text, "- `{name}({})`: {does}", parameters(*function));
    }
    text.push_str("\n## Words\n\nWhat operations may be refused for, by subject.\n");
    for subject in refusals::ALL {
        let key = if subject.faults {
            "expect_fault"
        } else {
            "expect_error"
        };
        let _ = writeln!(text, "\nOf {}, for `{key}`:\n", subject.name);
        for (word, says) in subject.words {
            let _ = writeln!(text, "- `{word}`: {says}");
        }
    }
    text.push_str("\nThe laws, for `expect_law`:\n\n");
    for (word, law) in refusals::LAWS {
        let _ = writeln!(text, "- `{word}`: {}", law.words());
    }
    text
}

fn takes(takes: Takes) -> String {
    let words = |words: &[&str]| {
        let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        quoted.join(", ")
    };
    match takes {
        Takes::Number => "number".into(),
        Takes::Numbers => "array of numbers".into(),
        Takes::Flag => "`true` or `false`".into(),
        Takes::Text => "text".into(),
        Takes::Rights => "letters of `rwx`".into(),
        Takes::Choice(known) => format!("one of {}", words(known)),
        Takes::Choices(known) => format!("one or more of {}", words(known)),
        Takes::Zone => "`dma`, `normal`, `high` or a zone".into(),
        Takes::Window => "a window".into(),
        Takes::Space => "a space".into(),
        Takes::Slot => "a fixed slot".into(),
        Takes::Segment => "a segment".into(),
    }
}

fn parameters(function: Function) -> String {
    let (parameters, least) = function.parameters();
    let words = parameters.iter().enumerate().map(|(at, parameter)| {
        let word = match parameter {
            Parameter::Number => "number",
            Parameter::Zone => "ZONE",
            Parameter::Window => "WINDOW",
        };
        if at < least {
            word.to_string()
        } else {
            format!("[{word}]")
        }
    });
    let mut words: Vec<String> = words.collect();
    if function.takes_more() {
        words.push("...".into());
    }
    words.join(", ")
}
