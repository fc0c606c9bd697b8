//! Laws, values, and what checkpoints print.

use crate::simulate::operations::declaration::{Operation, Takes, may, need, number};
use crate::simulate::outcome::{Outcome, Refusal};
use crate::simulate::proc_tables;
use crate::simulate::refusals::PROCESSES;
use crate::simulate::world::{Arguments, World};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "check",
        does: "counts the whole machine anew from its bytes: every law",
        arguments: &[],
        fields: &[],
        refuses: &[],
        run: check,
    },
    Operation {
        name: "let",
        does: "a number to be compared later",
        arguments: &[need("value", Takes::Number, "the number")],
        fields: &[number("value")],
        refuses: &[],
        run: value,
    },
    Operation {
        name: "note",
        does: "prints a line",
        arguments: &[need("text", Takes::Text, "the line")],
        fields: &[],
        refuses: &[],
        run: note,
    },
    Operation {
        name: "checkpoint",
        does: "prints tables as /proc shows them",
        arguments: &[
            need("show", Takes::Choices(proc_tables::NAMES), "which tables"),
            may("process", Takes::Number, "the process, for `maps`"),
            may("title", Takes::Text, "a line above them"),
        ],
        fields: &[],
        refuses: &[&PROCESSES],
        run: checkpoint,
    },
];

fn check(world: &mut World<'_>, _: &Arguments) -> Result<Outcome, Refusal> {
    world.machine.check()?;
    Ok(Outcome::new())
}

fn value(_: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    Ok(Outcome::new().count("value", arguments.number("value")?))
}

fn note(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let line = crate::diagnostic::visible_line(arguments.text("text").unwrap_or(""));
    world.printed.push(format!("{line}\n"));
    Ok(Outcome::new())
}

fn checkpoint(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let process = arguments.maybe_process(&world.machine)?;
    let mut text = String::new();
    if let Some(title) = arguments.text("title") {
        text.push_str(&crate::diagnostic::visible_line(title));
        text.push('\n');
    }
    for name in arguments.texts("show") {
        if !text.is_empty() && !text.ends_with("\n\n") && name != &arguments.texts("show")[0] {
            text.push('\n');
        }
        text.push_str(&proc_tables::print(world, name, process)?);
    }
    world.printed.push(text);
    Ok(Outcome::new())
}
