//! Streams as a shell gives them: closed, full, and in conversation.

use super::program::program;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

/// Commands that write to standard output, and what they need to.
const SPEAKERS: [&[&str]; 6] = [
    &["check", "std:linux/i386-3g1g"],
    &["show", "std:linux/i386-3g1g"],
    &["translate", "std:linux/i386-3g1g", "0xc0100000"],
    &["emit", "--target", "rust", "std:linux/i386-3g1g"],
    &["explain", "unknown-name"],
    &["list"],
];

fn finish(mut command: Command) -> (Option<i32>, String) {
    let mut child = command.stderr(Stdio::piped()).spawn().expect("runs");
    let mut text = String::new();
    let errors = child.stderr.as_mut().expect("piped");
    errors.read_to_string(&mut text).expect("UTF-8");
    (child.wait().expect("ends").code(), text)
}

#[test]
fn a_closed_pipe_is_quiet() {
    for speaker in SPEAKERS {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = program();
        command.args(speaker).stdout(writer);
        assert_eq!(finish(command), (Some(0), String::new()), "{speaker:?}");
    }
}

#[test]
fn a_wrong_layout_is_wrong_whoever_listens() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let directory = super::program::directory(&[("a.layout", b"let a = b;\n")]);
    let mut command = program();
    command
        .arg("check")
        .arg(directory.path().join("a.layout"))
        .stdout(writer);
    assert_eq!(finish(command).0, Some(1));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_not() {
    for speaker in SPEAKERS {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .expect("there");
        let mut command = program();
        command.args(speaker).stdout(full);
        let (code, text) = finish(command);
        assert_eq!(code, Some(2), "{speaker:?}: {text}");
        assert_eq!(
            text,
            "error: cannot write to standard output: No space left on device\n"
        );
    }
}

#[test]
fn closed_errors_change_nothing() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let status = program()
        .args(["explain", "no-such-code"])
        .stderr(writer)
        .status();
    assert_eq!(status.expect("runs").code(), Some(2));
}

#[test]
fn questions_are_answered_one_by_one() {
    let mut child = program()
        .args(["translate", "std:linux/i386-3g1g", "--format", "plain", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("runs");
    let mut questions = child.stdin.take().expect("piped");
    let mut answers = BufReader::new(child.stdout.take().expect("piped"));
    for (question, answer) in [
        ("0xc0100000", "0xc0100000 0x100000 lowmem\n"),
        ("3G", "0xc0000000 0x0 lowmem\n"),
    ] {
        writeln!(questions, "{question}").expect("listens");
        questions.flush().expect("listens");
        let mut line = String::new();
        answers.read_line(&mut line).expect("answers");
        assert_eq!(line, answer);
    }
    drop(questions);
    assert!(child.wait().expect("ends").success());
}

#[test]
fn an_endless_input_ends_with_its_reader() {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let mut child = program()
        .args(["translate", "std:linux/i386-3g1g", "--format", "plain", "-"])
        .stdin(Stdio::piped())
        .stdout(writer)
        .spawn()
        .expect("runs");
    let mut questions = child.stdin.take().expect("piped");
    drop(reader);
    while questions.write_all(&b"0xc0000000\n".repeat(1000)).is_ok() {}
    assert_eq!(child.wait().expect("ends").code(), Some(0));
}

#[test]
fn colors_are_for_terminals() {
    let run = |flags: &[&str], variables: &[(&str, &str)]| {
        let mut command = program();
        command
            .args(["check", "-"])
            .args(flags)
            .envs(variables.iter().copied());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("runs");
        let mut input = child.stdin.take().expect("piped");
        input.write_all(b"let a = b;\n").expect("listens");
        drop(input);
        let output = child.wait_with_output().expect("ends");
        String::from_utf8(output.stderr)
            .expect("UTF-8")
            .contains('\x1b')
    };
    assert!(!run(&[], &[]));
    assert!(run(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(run(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!run(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!run(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
}
