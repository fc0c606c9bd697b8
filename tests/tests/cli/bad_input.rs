//! Input that no layout is: a message and an exit code, never a panic.

use super::program::{Run, SMALL, directory, mapwright, path, program, with_input};
use std::fmt::Write as _;

/// Checks a file of these bytes.
fn check(bytes: &[u8]) -> Run {
    let directory = directory(&[("bad.layout", bytes)]);
    mapwright(["check", &path(&directory, "bad.layout")])
}

/// The layout is wrong, and this diagnostic says so.
fn wrong(run: &Run, code: &str) {
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains(&format!("error[{code}]")), "{}", run.err);
    assert!(
        run.err.len() < 100_000,
        "{} bytes of messages",
        run.err.len()
    );
    let harmless = |c: char| !c.is_control() || c == '\n';
    assert!(run.err.chars().all(harmless), "{}", run.err);
}

#[test]
fn a_million_brackets() {
    for (open, close) in [("(", ")"), ("{", "}"), ("[", "]"), ("if ", "")] {
        let text = format!(
            "let a = {}1{};",
            open.repeat(1_000_000),
            close.repeat(1_000_000)
        );
        let run = check(text.as_bytes());
        assert_eq!(
            run.code,
            1,
            "{open}: {}",
            &run.err[..run.err.len().min(2000)]
        );
    }
    wrong(
        &check(format!("let a = {}1;", "(".repeat(1_000_000)).as_bytes()),
        "nesting",
    );
    wrong(
        &check(format!("let a = {}1;", "-".repeat(1_000_000)).as_bytes()),
        "nesting",
    );
}

#[test]
fn a_hundred_megabytes() {
    let run = check(&vec![b'\n'; 100 << 20]);
    wrong(&run, "file-too-large");
    let run = with_input(["check", "-"], &vec![b'x'; 100 << 20]);
    wrong(&run, "file-too-large");
}

/// What refers to what refers to what: walked by recursion, but not to the end of the stack.
#[test]
fn long_chains_of_names() {
    let mut lets =
        String::from("boot RAM : size = 1G in 1M ..= 4G step 4K;\nlet a0 : size = RAM;\n");
    let mut guards = format!("{SMALL}space far : 64 bits;\nguard g0 in far : 0 .. 8K;\n");
    for n in 1..20_000 {
        writeln!(lets, "let a{n} : size = min(a{} + 4K, 1T);", n - 1).expect("a string grows");
        writeln!(guards, "guard g{n} in far : g{}.end .. +8K;", n - 1).expect("a string grows");
    }
    lets.push_str("assert a19999 > 0, \"it adds up\";\n");
    for text in [lets, guards] {
        let directory = directory(&[("long.layout", text.as_bytes())]);
        let output = program()
            .arg("check")
            .arg(path(&directory, "long.layout"))
            .output()
            .expect("runs");
        let code = output.status.code();
        assert!(
            matches!(code, Some(0 | 1)),
            "{:?}: {}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(output.stderr.len() < 100_000);
    }
}

#[test]
fn one_line_of_ten_megabytes() {
    let text = format!("let a = {};", "1 + ".repeat(2_500_000));
    let run = check(text.as_bytes());
    assert_eq!(run.code, 1);
    assert!(
        run.err.len() < 100_000,
        "{} bytes of messages",
        run.err.len()
    );
}

#[test]
fn nul_and_control_characters() {
    wrong(&check(b"let a = 1;\0\n"), "character");
    wrong(&check(b"let a = 1; // \x1b[2J\n"), "character");
    wrong(&check("let a = 1; // \u{202e}\n".as_bytes()), "character");
}

#[test]
fn byte_order_mark_and_windows_line_ends_are_fine() {
    let text = format!("\u{feff}{}", SMALL.replace('\n', "\r\n"));
    let run = check(text.as_bytes());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
}

#[test]
fn not_utf8() {
    wrong(&check(b"let a = 1; // r\xe9serve\n"), "not-utf8");
    wrong(&check(b"\xff\xfel\0e\0t\0"), "not-utf8");
}

#[test]
fn empty_files_have_nothing_to_prove() {
    let run = check(b"");
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{run:?}");
}

#[test]
fn files_in_a_circle() {
    let directory = directory(&[
        ("a.layout", b"use \"b.layout\";\n"),
        ("b.layout", b"use \"c.layout\";\n"),
        ("c.layout", b"use \"a.layout\";\n"),
        ("self.layout", b"use \"self.layout\";\n"),
    ]);
    wrong(
        &mapwright(["check", &path(&directory, "a.layout")]),
        "use-cycle",
    );
    wrong(
        &mapwright(["check", &path(&directory, "self.layout")]),
        "use-cycle",
    );
}

#[test]
fn files_outside_the_roots() {
    let directory = directory(&[
        ("in/up.layout", b"use \"../secret.layout\";\n"),
        ("in/absolute.layout", b"use \"/etc/passwd\";\n"),
        ("in/missing.layout", b"use \"scret.layout\";\n"),
        ("secret.layout", b"let secret : int = 1;\n"),
    ]);
    let check = |name: &str| mapwright(["check", &path(&directory, name)]);
    wrong(&check("in/up.layout"), "use-outside");
    wrong(&check("in/absolute.layout"), "use-outside");
    wrong(&check("in/missing.layout"), "use-not-found");
    #[cfg(unix)]
    {
        let link = directory.path().join("in/link.layout");
        std::os::unix::fs::symlink("../secret.layout", link).expect("a link");
        let user = directory.path().join("in/user.layout");
        std::fs::write(user, "use \"link.layout\";\n").expect("a file");
        wrong(&check("in/user.layout"), "use-outside");
    }
    let run = mapwright([
        "check",
        "--include",
        &path(&directory, ""),
        &path(&directory, "in/up.layout"),
    ]);
    wrong(&run, "use-outside");
}

#[test]
fn includes_are_roots() {
    let directory = directory(&[
        (
            "in/main.layout",
            b"use \"page.layout\";\nassert PAGE == 4K, \"a page\";\n",
        ),
        ("lib/page.layout", b"let PAGE : size = 4K;\n"),
    ]);
    let main = path(&directory, "in/main.layout");
    wrong(&mapwright(["check", &main]), "use-not-found");
    let run = mapwright(["-I", &path(&directory, "lib"), "check", &main]);
    assert_eq!(run.code, 0, "{run:?}");
    let run = mapwright(["-I", &path(&directory, "no"), "check", &main]);
    assert_eq!(run.code, 2, "{run:?}");
}

#[test]
fn no_file_at_all() {
    let directory = directory(&[("kernel.layout", SMALL.as_bytes())]);
    let fails = |argument: &str, words: &str| {
        for command in [
            &["check"][..],
            &["show"],
            &["fmt"],
            &["emit", "--target", "rust"],
        ] {
            let run = mapwright(command.iter().chain(&[argument]));
            assert_eq!(run.code, 2, "{command:?} {argument}: {run:?}");
            assert!(
                run.err.contains(words),
                "{command:?} {argument}: {}",
                run.err
            );
            assert_eq!(run.out, "", "{command:?} {argument}");
        }
    };
    fails(&path(&directory, "kernal.layout"), "no such file");
    fails(&path(&directory, ""), "directory");
    let run = mapwright(["check", &path(&directory, "kernal.layout")]);
    assert!(
        run.err.contains("kernel.layout"),
        "did you mean: {}",
        run.err
    );
    let run = mapwright(["check", "std:linux/i368"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("std:linux/i386"), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn an_unreadable_file() {
    use std::os::unix::fs::PermissionsExt;
    let directory = directory(&[("kernel.layout", SMALL.as_bytes())]);
    let file = path(&directory, "kernel.layout");
    let closed = std::fs::Permissions::from_mode(0o000);
    std::fs::set_permissions(&file, closed).expect("chmod");
    if std::fs::read(&file).is_ok() {
        super::program::skipped("this user may read everything");
        return;
    }
    let run = mapwright(["check", &file]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.err.contains("Permission denied"), "{}", run.err);
}

#[test]
fn one_bad_file_does_not_hide_the_others() {
    let directory = directory(&[
        ("wrong.layout", super::program::WRONG.as_bytes()),
        ("small.layout", SMALL.as_bytes()),
    ]);
    let (wrong, small) = (
        path(&directory, "wrong.layout"),
        path(&directory, "small.layout"),
    );
    let run = mapwright(["check", &wrong, &small]);
    assert_eq!(run.code, 1);
    assert!(run.out.contains("small.layout: "), "{run:?}");
    let run = mapwright(["check", &wrong, &path(&directory, "none.layout"), &small]);
    assert_eq!(run.code, 2, "input errors outrank wrong layouts");
    assert!(run.out.contains("small.layout: "), "{run:?}");
}
