//! A run as people read it, 80 columns wide.

use std::fmt::Write as _;

use mapwright_machine::Machine;
use mapwright_machine::event::Event;

use super::{Report, Sink};
use crate::simulate::run::{Counts, Output, Ran, StepEnd, StepReport};
use crate::wrap::hanging;
use unicode_width::UnicodeWidthStr;

/// The column in which results begin.
const RESULTS: usize = 32;

/// A run for people.
pub struct Text<'a> {
    sink: Sink<'a>,
    closed: bool,
    /// Every step and event is told, not only the outermost steps.
    events: bool,
    headed: bool,
}

impl std::fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Text").finish_non_exhaustive()
    }
}

impl<'a> Text<'a> {
    /// Writes to a sink.
    pub fn new(sink: Sink<'a>, events: bool) -> Self {
        Self {
            sink,
            closed: false,
            events,
            headed: false,
        }
    }

    /// Once nobody reads any more the run goes on, for its exit code.
    fn print(&mut self, text: &str) {
        if !self.closed {
            self.closed = !(self.sink)(text);
        }
    }

    /// `left`, then `right` from the column of results on, in as many lines as it takes.
    fn row(&mut self, left: &str, right: &str) {
        if left.width() >= RESULTS {
            self.print(&format!("{left}\n"));
            self.print(&hanging(&" ".repeat(RESULTS), right));
        } else {
            let blanks = " ".repeat(RESULTS - left.width());
            self.print(&hanging(&format!("{left}{blanks}"), right));
        }
    }

    fn head(&mut self) {
        if !self.headed {
            self.headed = true;
            self.print("\n");
            self.row("  line  step", "result");
        }
    }
}

/// `4096 frames: 3900 free, 100 used, 96 reserved`
fn frames(machine: &Machine) -> String {
    let counts = machine.physical().counts();
    format!(
        "{} frames: {} free, {} used, {} reserved",
        counts.memory, counts.free, counts.used, counts.reserved
    )
}

impl Output for Text<'_> {
    fn machine(&mut self, about: &str, machine: &Machine, seed: u64) {
        let about = crate::diagnostic::visible_line(about);
        self.print(&hanging("  ", &about));
        let cpus = match machine.cpus() {
            1 => "1 processor".to_string(),
            cpus => format!("{cpus} processors"),
        };
        let line = format!("machine of {}; {cpus}; seed {seed}", frames(machine));
        self.print(&hanging("  ", &line));
    }

    fn step(&mut self, report: &StepReport<'_>) {
        if report.depth > 0 && !self.events {
            return;
        }
        self.head();
        let indent = "  ".repeat(report.depth);
        let mut left = format!("{:6}  {indent}{}", report.line, report.operation);
        if let Some(name) = report.name {
            let _ = write!(left, " as {name}");
        }
        left.push(' ');
        let right = match &report.end {
            StepEnd::Done(outcome) => match outcome.to_string() {
                text if text.is_empty() => "done".to_string(),
                text => crate::diagnostic::visible_line(&text),
            },
            StepEnd::Refused(refusal) => {
                let word = refusal.word().unwrap_or("argument");
                format!("refused, {word}: {refusal}")
            }
            StepEnd::LeftOut => "left out".to_string(),
            StepEnd::Repeated { rounds, steps } => format!("{rounds} rounds, {steps} steps"),
        };
        self.row(&left, &right);
    }

    fn event(&mut self, _: usize, event: &Event) {
        self.head();
        self.row("        .", &event.to_string());
    }

    fn printed(&mut self, _: usize, text: &str) {
        self.print("\n");
        self.print(text);
        self.print("\n");
    }
}

impl Report for Text<'_> {
    fn end(&mut self, ran: &Ran) {
        let Some(machine) = &ran.machine else {
            return;
        };
        self.print("\n");
        let Counts {
            steps,
            refused,
            left_out,
            held,
            failed,
            checks,
            ..
        } = &ran.counts;
        let rows = [
            (
                "steps",
                sentence(&[
                    (*steps, "done"),
                    (*refused, "of them refused"),
                    (*left_out, "left out"),
                ]),
            ),
            (
                "expectations",
                sentence(&[(*held, "hold"), (*failed, "fail")]),
            ),
            ("laws", times(*checks)),
            ("events", kinds(&ran.counts)),
            ("memory", frames(machine)),
        ];
        for (name, text) in rows.iter().filter(|(_, text)| !text.is_empty()) {
            self.print(&hanging(&format!("  {name:<14}"), text));
        }
    }
}

/// How often the laws were checked.
fn times(checks: u64) -> String {
    match checks {
        0 => "not checked: the run ended early".into(),
        1 => "checked once, at the end".into(),
        checks => format!("checked {checks} times"),
    }
}

/// Counts that are not 0, the first one always.
fn sentence(parts: &[(u64, &str)]) -> String {
    let shown = parts
        .iter()
        .enumerate()
        .filter(|(at, (count, _))| *at == 0 || *count > 0);
    let shown: Vec<String> = shown
        .map(|(_, (count, word))| format!("{count} {word}"))
        .collect();
    shown.join(", ")
}

fn kinds(counts: &Counts) -> String {
    let all = counts.events.iter();
    let all: Vec<String> = all.map(|(word, count)| format!("{count} {word}")).collect();
    all.join(", ")
}
