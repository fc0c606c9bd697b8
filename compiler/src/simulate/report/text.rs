//! A run as people read it, 80 columns wide.

use std::fmt::Write as _;

use mapwright_machine::Machine;
use mapwright_machine::event::Event;

use super::{Report, Sink};
use crate::simulate::run::{Counts, Output, Ran, StepEnd, StepReport};

/// Columns of the text.
const WIDTH: usize = 80;

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
        let room = WIDTH - RESULTS;
        let mut text = format!("{left:<RESULTS$}");
        if left.chars().count() >= RESULTS {
            text.push('\n');
            text.push_str(&" ".repeat(RESULTS));
        }
        let mut used = 0;
        for word in right.split(' ') {
            let length = word.chars().count();
            if used > 0 && used + 1 + length > room {
                let _ = write!(text, "\n{:RESULTS$}", "");
                used = 0;
            }
            if used > 0 {
                text.push(' ');
                used += 1;
            }
            text.push_str(word);
            used += length;
        }
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let text = lines.join("\n") + "\n";
        self.print(&text);
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

/// Words in lines of the whole width.
fn paragraph(text: &str, indent: usize) -> String {
    let mut lines = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if used > 0 && indent + used + 1 + length > WIDTH {
            lines.push('\n');
            used = 0;
        }
        if used == 0 {
            lines.push_str(&" ".repeat(indent));
        } else {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += length;
    }
    if !lines.is_empty() {
        lines.push('\n');
    }
    lines
}

impl Output for Text<'_> {
    fn machine(&mut self, about: &str, machine: &Machine, seed: u64) {
        let about = crate::diagnostic::visible_line(about);
        self.print(&paragraph(&about, 2));
        let cpus = match machine.cpus() {
            1 => "1 processor".to_string(),
            cpus => format!("{cpus} processors"),
        };
        let line = format!("machine of {}; {cpus}; seed {seed}", frames(machine));
        self.print(&paragraph(&line, 2));
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
            let line = format!("  {name:<14}");
            let body = paragraph(text, 16);
            let body = body.get(16..).unwrap_or("").to_string();
            self.print(&(line + &body));
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
