//! A run as programs read it, one JSON object per line.

use mapwright_machine::Machine;
use mapwright_machine::event::Event;
use serde::Serialize;
use serde_json::Map;

use super::{Report, Sink};
use crate::simulate::outcome::{Outcome, Value};
use crate::simulate::run::{Output, Ran, StepEnd, StepReport, watcher};

/// A run for programs.
pub struct Json<'a> {
    sink: Sink<'a>,
    closed: bool,
    events: bool,
}

impl std::fmt::Debug for Json<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Json").finish_non_exhaustive()
    }
}

/// One line.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line<'a> {
    /// The machine that was built.
    Machine {
        about: &'a str,
        frames: JsonFrames,
        cpus: u32,
        seed: u64,
    },
    /// A step.
    Step {
        line: usize,
        depth: usize,
        #[serde(rename = "do")]
        operation: &'a str,
        #[serde(rename = "as")]
        name: Option<&'a str>,
        /// `done`, `refused` or `left_out`.
        end: &'static str,
        result: Map<String, serde_json::Value>,
        /// The word of the error, fault or law.
        error: Option<&'a str>,
        message: Option<String>,
    },
    /// Something that happened in the step of the next `step` line.
    Event {
        line: usize,
        event: &'static str,
        text: String,
    },
    /// What a checkpoint or a note printed.
    Printed { line: usize, text: &'a str },
    /// The last line.
    Summary {
        right: bool,
        errors: usize,
        steps: u64,
        refused: u64,
        left_out: u64,
        held: u64,
        failed: u64,
        checks: u64,
        events: &'a std::collections::BTreeMap<&'static str, u64>,
        frames: Option<JsonFrames>,
    },
}

/// Frames by what they are.
#[derive(Debug, Serialize)]
struct JsonFrames {
    memory: u64,
    free: u64,
    used: u64,
    reserved: u64,
}

impl JsonFrames {
    fn of(machine: &Machine) -> Self {
        let counts = machine.physical().counts();
        Self {
            memory: counts.memory,
            free: counts.free,
            used: counts.used,
            reserved: counts.reserved,
        }
    }
}

fn json(outcome: &Outcome) -> Map<String, serde_json::Value> {
    let fields = outcome.fields().iter();
    let value = |value: &Value| match value {
        // Addresses may pass 2^53.
        Value::Hex(_) | Value::Text(_) => value.to_string().into(),
        Value::Count(count) => (*count).into(),
    };
    fields
        .map(|(name, of)| (name.to_string(), value(of)))
        .collect()
}

impl<'a> Json<'a> {
    /// Writes to a sink.
    pub fn new(sink: Sink<'a>, events: bool) -> Self {
        Self {
            sink,
            closed: false,
            events,
        }
    }

    fn print(&mut self, line: &Line<'_>) {
        if self.closed {
            return;
        }
        // Strings and numbers always have a JSON form.
        let mut text = serde_json::to_string(line).unwrap_or_default();
        text.push('\n');
        self.closed = !(self.sink)(&text);
    }
}

impl Output for Json<'_> {
    fn machine(&mut self, about: &str, machine: &Machine, seed: u64) {
        self.print(&Line::Machine {
            about,
            frames: JsonFrames::of(machine),
            cpus: machine.cpus(),
            seed,
        });
    }

    fn step(&mut self, report: &StepReport<'_>) {
        if report.depth > 0 && !self.events {
            return;
        }
        let (end, result, refusal) = match &report.end {
            StepEnd::Done(outcome) => ("done", json(outcome), None),
            StepEnd::Refused(refusal) => ("refused", Map::new(), Some(refusal)),
            StepEnd::LeftOut => ("left_out", Map::new(), None),
            StepEnd::Repeated { rounds, steps } => {
                let outcome = Outcome::new()
                    .count("rounds", *rounds)
                    .count("steps", *steps);
                ("done", json(&outcome), None)
            }
        };
        self.print(&Line::Step {
            line: report.line,
            depth: report.depth,
            operation: report.operation,
            name: report.name,
            end,
            result,
            error: refusal.and_then(|refusal| refusal.word()),
            message: refusal.map(ToString::to_string),
        });
    }

    fn event(&mut self, line: usize, event: &Event) {
        self.print(&Line::Event {
            line,
            event: watcher::word(event),
            text: event.to_string(),
        });
    }

    fn printed(&mut self, line: usize, text: &str) {
        self.print(&Line::Printed { line, text });
    }
}

impl Report for Json<'_> {
    fn end(&mut self, ran: &Ran) {
        let counts = &ran.counts;
        self.print(&Line::Summary {
            right: ran.diagnostics.is_empty(),
            errors: ran.diagnostics.len(),
            steps: counts.steps,
            refused: counts.refused,
            left_out: counts.left_out,
            held: counts.held,
            failed: counts.failed,
            checks: counts.checks,
            events: &counts.events,
            frames: ran.machine.as_ref().map(JsonFrames::of),
        });
    }
}
