//! A line that says how far something is.

use std::io::{BufRead, Write};

use super::Console;

/// A line on a terminal that is written over again and again; nothing elsewhere.
pub(in crate::cli) struct Meter<'c> {
    errors: &'c mut dyn Write,
    terminal: bool,
    shown: String,
}

impl Meter<'_> {
    /// True when somebody can see it.
    pub(in crate::cli) const fn is_seen(&self) -> bool {
        self.terminal
    }

    /// Shows a line, if it is another one.
    pub(in crate::cli) fn show(&mut self, line: &str) {
        if self.terminal && self.shown != line {
            let _ = write!(self.errors, "\r{line}");
            let _ = self.errors.flush();
            self.shown = line.to_owned();
        }
    }
}

impl Drop for Meter<'_> {
    /// What comes next begins on an empty line.
    fn drop(&mut self) {
        if !self.shown.is_empty() {
            let blank = " ".repeat(self.shown.chars().count());
            let _ = write!(self.errors, "\r{blank}\r");
            let _ = self.errors.flush();
        }
    }
}

impl Console<'_> {
    /// Standard input, and a line that says how far something is.
    pub(in crate::cli) fn input_and_meter(&mut self) -> (&mut dyn BufRead, Meter<'_>) {
        let meter = Meter {
            errors: self.errors,
            terminal: self.terminal,
            shown: String::new(),
        };
        (&mut self.input, meter)
    }
}
