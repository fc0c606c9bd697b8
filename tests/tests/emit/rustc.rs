//! The compiler and formatter of Rust, as far as they are there.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The compiler: `$RUSTC`, or the one on the path. `None`, and a word about it, when there is none.
fn rustc() -> Option<PathBuf> {
    let rustc = std::env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from);
    let found = Command::new(&rustc)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    if !found {
        say("rustc is not there: what it makes of generated code is not tested");
    }
    found.then_some(rustc)
}

#[allow(clippy::print_stderr)]
pub(super) fn say(text: &str) {
    eprintln!("{text}");
}

fn run(command: &mut Command) {
    let output = command.output().expect("the command starts");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{text}");
}

/// Compiles a program of several files, the first of which is the main one, and gives it `input`; what it prints. `None`
/// where there is no rustc.
pub(super) fn build_and_ask(files: &[(String, &str)], input: &[u8]) -> Option<String> {
    let rustc = rustc()?;
    let folder = tempfile::tempdir().expect("a folder");
    let at = |file: &str| folder.path().join(file);
    for (file, content) in files {
        std::fs::write(at(file), content).expect("a file");
    }
    let mut command = Command::new(&rustc);
    command.args(["--edition", "2024", "--crate-type", "bin", "-o"]);
    command.args([at("program"), at(&files[0].0)]);
    run(command.args(["-C", "debug-assertions=on", "-C", "debuginfo=0"]));
    let mut program = Command::new(at("program"));
    let mut child = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input).expect("all questions are read");
    drop(stdin);
    let output = child.wait_with_output().expect("answers");
    assert!(output.status.success(), "{}", output.status);
    Some(String::from_utf8(output.stdout).expect("text"))
}

/// Compiles the generated `text` as a `no_std` module of a library and as a module of `main`, under both editions and with
/// every warning an error; runs `main`; asks rustfmt whether it would change anything.
pub(super) fn compile_and_run(name: &str, text: &str, main: &str) {
    let Some(rustc) = rustc() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let at = |file: &str| folder.path().join(file);
    let library = "//! A test.\n#![no_std]\n#![deny(warnings, missing_docs)]\npub mod layout {\n    //! Generated.\n    include!(\"layout.rs\");\n}\n";
    for (file, content) in [("layout.rs", text), ("main.rs", main), ("lib.rs", library)] {
        std::fs::write(at(file), content).expect("a file");
    }
    let compile = |edition: &str, kind: &str, source: &str| {
        let mut command = Command::new(&rustc);
        command.args(["--edition", edition, "--crate-type", kind]);
        command.args(["-C", "debug-assertions=on", "--out-dir"]);
        run(command.arg(folder.path()).arg(at(source)));
    };
    for edition in ["2021", "2024"] {
        compile(edition, "lib", "lib.rs");
        let mut rustfmt = Command::new(rustc.with_file_name("rustfmt"));
        rustfmt.args(["--check", "--edition", edition]);
        match rustfmt.arg(at("layout.rs")).output() {
            Ok(output) => assert!(
                output.status.success(),
                "{name}: {}",
                String::from_utf8_lossy(&output.stdout)
            ),
            Err(_) => say("rustfmt is not there: the form of generated code is not tested"),
        }
    }
    compile("2024", "bin", "main.rs");
    run(&mut Command::new(at("main")));
}
