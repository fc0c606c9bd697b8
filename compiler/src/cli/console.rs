//! Where the program reads and writes besides files, and how it ends.

#[cfg(feature = "simulate")]
mod meter;

#[cfg(feature = "simulate")]
pub(super) use meter::Meter;

use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Read, Write};

use crate::diagnostic::visible_line;

/// The longest line of standard input that is looked at, in bytes.
const LONGEST_LINE: u64 = 4096;

/// How a command ends; the worst of several counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exit {
    /// 0: everything is fine.
    Fine,
    /// 1: a layout is wrong; it has had its diagnostics.
    Wrong,
    /// 2: the command line, a file or an address is wrong; it has had its message.
    Failed,
}

impl Exit {
    /// The exit code.
    pub(super) const fn code(self) -> u8 {
        self as u8
    }
}

/// What stops a command: usage, or input and output. Exit code 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure(pub(super) String);

impl Failure {
    /// The failure with these words.
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// `cannot write to standard output: No space left on device`
    pub(super) fn io(what: &str, error: &io::Error) -> Self {
        Self(format!("cannot {what}: {}", reason(error)))
    }
}

/// The system's words, without the number that Rust adds.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((words, _)) => words.to_string(),
        None => text,
    }
}

/// Standard input, output and errors, or what a test puts in their place.
pub struct Streams<'a> {
    /// Standard input.
    pub input: &'a mut dyn Read,
    /// Standard output: results.
    pub output: &'a mut dyn Write,
    /// Standard error: diagnostics.
    pub errors: &'a mut dyn Write,
    /// What else the program asks the system.
    pub environment: Environment,
}

impl std::fmt::Debug for Streams<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Streams")
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}

/// What the program asks the system besides files and streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Environment {
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `CLICOLOR_FORCE` is set, and neither empty nor `0`.
    pub force_color: bool,
    /// Standard error is a terminal that understands colours.
    pub color_terminal: bool,
}

/// The streams as commands use them.
pub(super) struct Console<'a> {
    input: BufReader<&'a mut dyn Read>,
    output: BufWriter<&'a mut dyn Write>,
    errors: &'a mut dyn Write,
    closed: bool,
    /// Messages go to a terminal that a line can be written over on.
    #[cfg(feature = "simulate")]
    terminal: bool,
    pub(super) color: bool,
}

impl<'a> Console<'a> {
    pub(super) fn new(streams: Streams<'a>, color: bool) -> Self {
        Self {
            input: BufReader::new(streams.input),
            output: BufWriter::with_capacity(1 << 16, streams.output),
            errors: streams.errors,
            closed: false,
            #[cfg(feature = "simulate")]
            terminal: streams.environment.color_terminal,
            color,
        }
    }

    /// Writes results. A reader that has gone away is no failure: what is written from then on is dropped, see
    /// [`Self::is_closed`].
    pub(super) fn print(&mut self, text: &str) -> Result<(), Failure> {
        let written = self.output.write_all(text.as_bytes());
        self.settle(written)
    }

    /// Writes results and a line break.
    pub(super) fn print_line(&mut self, text: &str) -> Result<(), Failure> {
        self.print(text)?;
        self.print("\n")
    }

    /// Sends results on their way.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        let flushed = self.output.flush();
        self.settle(flushed)
    }

    fn settle(&mut self, result: io::Result<()>) -> Result<(), Failure> {
        match result {
            _ if self.closed => Ok(()),
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(())
            }
            result => result.map_err(|error| Failure::io("write to standard output", &error)),
        }
    }

    /// True once the reader of the results has gone away: nothing more need be computed for it.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// All of standard input, up to one byte more than `limit`.
    pub(super) fn read_all(&mut self, limit: u64) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        let mut cut = (&mut self.input).take(limit.saturating_add(1));
        cut.read_to_end(&mut bytes)
            .map_err(|error| Failure::io("read standard input", &error))?;
        Ok(bytes)
    }

    /// The next line of standard input without its line break, cut to [`LONGEST_LINE`] bytes; `None` at the end. Results
    /// are sent on before it waits, so that a program can ask, read the answer, and ask again.
    pub(super) fn read_line(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        if self.input.buffer().is_empty() {
            self.flush()?;
        }
        let failure = |error| Failure::io("read standard input", &error);
        let mut line = Vec::new();
        let mut cut = (&mut self.input).take(LONGEST_LINE);
        if cut.read_until(b'\n', &mut line).map_err(failure)? == 0 {
            return Ok(None);
        }
        if line.pop_if(|byte| *byte == b'\n').is_none() {
            self.input.skip_until(b'\n').map_err(failure)?;
        }
        Ok(Some(line))
    }

    /// Writes messages. There is nobody left to tell when that fails.
    pub(super) fn report(&mut self, text: &str) {
        let _ = self.errors.write_all(text.as_bytes());
        let _ = self.errors.flush();
    }

    /// Writes `error: ...`.
    pub(super) fn complain(&mut self, failure: &Failure) {
        self.headline("error", &failure.0);
    }

    /// Writes `error: ...` or `warning: ...` in the colours of diagnostics.
    pub(super) fn headline(&mut self, word: &str, message: &str) {
        let message = visible_line(message);
        let text = match (self.color, word) {
            (false, _) => format!("{word}: {message}\n"),
            (true, "warning") => format!("\x1b[1m\x1b[33m{word}\x1b[0m\x1b[1m: {message}\x1b[0m\n"),
            (true, _) => format!("\x1b[1m\x1b[31m{word}\x1b[0m\x1b[1m: {message}\x1b[0m\n"),
        };
        self.report(&text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fails with this kind from the first byte on.
    struct Broken(ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn print_to(kind: ErrorKind) -> (Result<(), Failure>, bool) {
        let mut output = Broken(kind);
        let streams = Streams {
            input: &mut io::empty(),
            output: &mut output,
            errors: &mut io::sink(),
            environment: Environment::default(),
        };
        let mut console = Console::new(streams, false);
        let result = console.print_line("text").and_then(|()| console.flush());
        (result, console.is_closed())
    }

    #[test]
    fn a_closed_pipe_is_quiet() {
        assert_eq!(print_to(ErrorKind::BrokenPipe), (Ok(()), true));
    }

    #[test]
    fn a_full_disk_is_not() {
        let (result, closed) = print_to(ErrorKind::StorageFull);
        let message = result.expect_err("full").0;
        assert!(
            message.starts_with("cannot write to standard output: "),
            "{message}"
        );
        assert!(!closed);
    }

    #[test]
    fn lines_are_cut_and_need_no_end() {
        let mut text = "one\n\n".to_string();
        text.push_str(&"x".repeat(10_000));
        text.push_str("\nlast");
        let streams = Streams {
            input: &mut text.as_bytes(),
            output: &mut io::sink(),
            errors: &mut io::sink(),
            environment: Environment::default(),
        };
        let mut console = Console::new(streams, false);
        let mut lengths = Vec::new();
        while let Some(line) = console.read_line().expect("readable") {
            lengths.push(line.len());
        }
        assert_eq!(lengths, [3, 0, 4096, 4]);
    }

    #[test]
    fn the_worst_exit_counts() {
        assert_eq!(Exit::Fine.max(Exit::Wrong).max(Exit::Failed).code(), 2);
        assert_eq!(Exit::Wrong.max(Exit::Fine).code(), 1);
    }
}
