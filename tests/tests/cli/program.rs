//! Ways to run Mapwright: in this process with streams in memory, and as a program.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use mapwright::cli::{Environment, Streams};

/// What a run left behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    /// The exit code.
    pub(crate) code: u8,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

/// Says that a test was left out, past the test runner, which keeps what passing tests print to itself.
pub(crate) fn skipped(why: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}

/// Runs a command in this process.
pub(crate) fn mapwright<A: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run {
    with_input(arguments, b"")
}

/// Runs a command in this process with this standard input.
pub(crate) fn with_input<A: AsRef<std::ffi::OsStr>>(
    arguments: impl IntoIterator<Item = A>,
    mut input: &[u8],
) -> Run {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let streams = Streams {
        input: &mut input,
        output: &mut out,
        errors: &mut err,
        environment: Environment::default(),
    };
    let arguments = arguments.into_iter().map(|a| a.as_ref().to_os_string());
    let line = std::iter::once(OsString::from("mapwright")).chain(arguments);
    let code = mapwright::cli::run(line, streams);
    let text = |bytes| String::from_utf8(bytes).expect("Mapwright writes UTF-8");
    let run = Run {
        code,
        out: text(out),
        err: text(err),
    };
    assert!(
        !run.err.contains("mapwright itself is wrong"),
        "{}",
        run.err
    );
    run
}

/// The program, as its own process.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mapwright-under-test"));
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

/// A directory with these files in it; it goes away with the value.
pub(crate) fn directory(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for (name, bytes) in files {
        let path = directory.path().join(name);
        let above = path.parent().expect("inside the directory");
        std::fs::create_dir_all(above).expect("a directory");
        std::fs::write(path, bytes).expect("a file");
    }
    directory
}

/// The path of a file in a directory as an argument.
pub(crate) fn path(directory: &tempfile::TempDir, name: &str) -> String {
    directory.path().join(name).display().to_string()
}

/// The names in a directory, sorted.
pub(crate) fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).expect("a directory");
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

/// A layout that every command accepts.
pub(crate) const SMALL: &str = "\
//! A teaching kernel: 3G/1G split.

boot RAM : size = 128M in 16M ..= 512M step 4K;

space physical : 32 bits;
space linear   : 32 bits, to physical;

split linear {
    /// Each process has its own.
    user   : 0 .. 3G          { access: user,       tables: per_process };
    kernel : 3G .. linear.end { access: supervisor, tables: shared };
}

zone   low    in physical : 0 .. RAM;
window direct in kernel   : 3G .. +RAM -> physical at 0 { access: rwx };
guard  gap    in kernel   : direct.end .. +8M;
";

/// The same with a mistake that shows for some values of RAM only.
pub(crate) const WRONG: &str = "\
boot RAM : size = 128M in 16M ..= 2G step 4K;

space physical : 32 bits;
space linear   : 32 bits, to physical;

split linear {
    user   : 0 .. 3G          { access: user,       tables: per_process };
    kernel : 3G .. linear.end { access: supervisor, tables: shared };
}

zone   low    in physical : 0 .. RAM;
window direct in kernel   : 3G .. +RAM -> physical at 0 { access: rwx };
";
