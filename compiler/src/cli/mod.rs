//! The command line: arguments to exit code.
//!
//! [`run`] is the whole program with its streams given, so that tests call it as users do; [`main`] gives it the real ones.
//! Results go to standard output, messages to standard error. Exit codes: 0 fine; 1 a layout is wrong; 2 the command
//! line, a file, an address or a stream is. A reader of the results that goes away is no failure: nothing more is printed,
//! and the exit code says what it would have said.

mod address;
mod answers;
mod check;
mod console;
mod emit;
mod explain;
mod fmt;
mod list;
mod mapped_file;
mod open;
mod options;
mod show;
#[cfg(feature = "simulate")]
mod simulate;
#[cfg(feature = "simulate")]
mod trace;
mod translate;
mod walk;
mod whole;

use std::ffi::OsString;
use std::io::{self, IsTerminal};
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;

use clap::Parser;

pub use console::{Environment, Streams};

use console::{Console, Exit, Failure};
use options::{ColorWhen, Command, CommandLine};

/// What a mistake of ours said when it was found: standard error gets one message, not two.
static PANIC: Mutex<Option<String>> = Mutex::new(None);

/// Expressions of layouts are as deep as their authors made them, and are walked by recursion.
const STACK: usize = 512 << 20;

/// The program `mapwright`.
#[must_use]
pub fn main() -> ExitCode {
    panic::set_hook(Box::new(|panic| {
        if let Ok(mut text) = PANIC.lock() {
            *text = Some(panic.to_string());
        }
    }));
    let with_streams = || {
        let streams = Streams {
            input: &mut io::stdin().lock(),
            output: &mut io::stdout().lock(),
            errors: &mut io::stderr().lock(),
            environment: environment(),
        };
        run(std::env::args_os(), streams)
    };
    // The system may refuse a thread with such a stack; most layouts do without.
    let builder = thread::Builder::new().stack_size(STACK);
    let code = match builder.spawn(with_streams) {
        Ok(thread) => thread.join().unwrap_or(Exit::Failed.code()),
        Err(_) => with_streams(),
    };
    ExitCode::from(code)
}

fn environment() -> Environment {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    let dumb = set("TERM").is_some_and(|term| term == "dumb");
    Environment {
        no_color: set("NO_COLOR").is_some(),
        force_color: set("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
        color_terminal: io::stderr().is_terminal() && !dumb,
    }
}

/// Does what a command line asks, and returns the exit code: 0, 1 or 2. The first argument is the program's name.
#[must_use]
pub fn run<A>(arguments: impl IntoIterator<Item = A>, streams: Streams<'_>) -> u8
where
    A: Into<OsString> + Clone,
{
    let environment = streams.environment;
    match CommandLine::try_parse_from(arguments) {
        Ok(line) => {
            let mut console = Console::new(streams, color(line.global.color, environment));
            guarded(&line, &mut console).code()
        }
        Err(error) => {
            let mut console = Console::new(streams, color(ColorWhen::Auto, environment));
            usage(&error, &mut console).code()
        }
    }
}

fn color(when: ColorWhen, environment: Environment) -> bool {
    match when {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto if environment.no_color => false,
        ColorWhen::Auto => environment.force_color || environment.color_terminal,
    }
}

/// Help and version are results; everything else that clap says is a message.
fn usage(error: &clap::Error, console: &mut Console<'_>) -> Exit {
    let styled = error.render();
    let text = match console.color {
        true => styled.ansi().to_string(),
        false => styled.to_string(),
    };
    if error.use_stderr() {
        console.report(&text);
        return Exit::Failed;
    }
    match console.print(&text).and_then(|()| console.flush()) {
        Ok(()) => Exit::Fine,
        Err(failure) => failed(&failure, console),
    }
}

fn failed(failure: &Failure, console: &mut Console<'_>) -> Exit {
    console.complain(failure);
    Exit::Failed
}

/// Runs a command. A mistake of ours ends in a message and exit code 2, as everything that is not the layout's fault.
fn guarded(line: &CommandLine, console: &mut Console<'_>) -> Exit {
    let result = panic::catch_unwind(AssertUnwindSafe(|| {
        let exit = dispatch(line, console);
        // Results of a command that failed half way are still results.
        let flushed = console.flush();
        exit.and_then(|exit| flushed.map(|()| exit))
    }));
    match result {
        Ok(Ok(exit)) => exit,
        Ok(Err(failure)) => failed(&failure, console),
        Err(_) => {
            let said = PANIC.lock().ok().and_then(|mut text| text.take());
            let said = said.unwrap_or_default().replace('\n', " ");
            console.headline("error", &format!("mapwright itself is wrong: {said}"));
            console.report("  = the layout is not to blame; please report this, with the layout and the command line\n");
            Exit::Failed
        }
    }
}

fn dispatch(line: &CommandLine, console: &mut Console<'_>) -> Result<Exit, Failure> {
    let opener = open::Opener::new(&line.global.include)?;
    match &line.command {
        Command::Check(command) => check::run(command, &opener, console),
        Command::Show(command) => show::run(command, &opener, console),
        Command::Translate(command) => translate::run(command, &opener, console),
        #[cfg(feature = "simulate")]
        Command::Simulate(command) => simulate::run(command, &opener, console),
        Command::Walk(command) => walk::run(command, &opener, console),
        Command::Emit(command) => emit::run(command, &opener, console),
        Command::Explain(command) => explain::run(command, console),
        Command::Fmt(command) => fmt::run(command, console),
        Command::List(command) => list::run(command, &opener, console),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_follow_the_environment() {
        let terminal = Environment {
            color_terminal: true,
            ..Environment::default()
        };
        let no = Environment {
            no_color: true,
            force_color: true,
            ..terminal
        };
        let force = Environment {
            force_color: true,
            ..Environment::default()
        };
        assert!(color(ColorWhen::Auto, terminal) && color(ColorWhen::Auto, force));
        assert!(!color(ColorWhen::Auto, no) && !color(ColorWhen::Auto, Environment::default()));
        assert!(color(ColorWhen::Always, no) && !color(ColorWhen::Never, terminal));
    }

    #[test]
    fn a_mistake_of_ours_ends_in_a_message() {
        let mut errors = Vec::new();
        let streams = Streams {
            input: &mut io::empty(),
            output: &mut io::sink(),
            errors: &mut errors,
            environment: Environment::default(),
        };
        struct Refusing;
        impl io::Write for Refusing {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                panic!("a stream that panics stands for any mistake");
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let streams = Streams {
            output: &mut Refusing,
            ..streams
        };
        let code = run(["mapwright", "explain", "overlap"], streams);
        assert_eq!(code, 2);
        let text = String::from_utf8(errors).expect("UTF-8");
        assert!(
            text.starts_with("error: mapwright itself is wrong"),
            "{text}"
        );
        assert!(text.contains("please report this"), "{text}");
    }
}
