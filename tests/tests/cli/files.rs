//! Output files and `fmt`: whole or not at all.

use super::program::{SMALL, directory, mapwright, names, path, program, with_input};
use std::fs;

/// The two commands that write a file with `-o`.
const WRITERS: [&[&str]; 2] = [&["show"], &["emit", "--target", "rust"]];

#[test]
fn outputs_are_the_same_in_files_and_pipes() {
    let directory = directory(&[("small.layout", SMALL.as_bytes())]);
    let layout = path(&directory, "small.layout");
    for command in WRITERS {
        let printed = mapwright(command.iter().chain(&[layout.as_str()]));
        assert_eq!((printed.code, printed.err.as_str()), (0, ""), "{command:?}");
        let out = path(&directory, "out");
        let written = mapwright(command.iter().chain(&[layout.as_str(), "-o", &out]));
        assert_eq!(
            (written.code, written.out.as_str(), written.err.as_str()),
            (0, "", "")
        );
        assert_eq!(fs::read_to_string(&out).expect("written"), printed.out);
        fs::remove_file(out).expect("there");
    }
    assert_eq!(names(directory.path()), ["small.layout"]);
}

#[test]
fn a_wrong_layout_leaves_the_old_file() {
    let directory = directory(&[("wrong.layout", b"let a = b;\n"), ("out", b"old")]);
    let (layout, out) = (path(&directory, "wrong.layout"), path(&directory, "out"));
    for command in WRITERS {
        let run = mapwright(command.iter().chain(&[layout.as_str(), "-o", &out]));
        assert_eq!(run.code, 1, "{run:?}");
        assert_eq!(fs::read(&out).expect("there"), b"old");
    }
    assert_eq!(names(directory.path()), ["out", "wrong.layout"]);
}

#[test]
fn outputs_that_cannot_be_written() {
    let directory = directory(&[("small.layout", SMALL.as_bytes())]);
    let layout = path(&directory, "small.layout");
    for command in WRITERS {
        for (out, words) in [
            (path(&directory, ""), "directory"),
            (path(&directory, "no/such/out"), "No such file"),
            ("/dev/full".to_string(), "No space left"),
        ] {
            let run = mapwright(command.iter().chain(&[layout.as_str(), "-o", &out]));
            assert_eq!(run.code, 2, "{command:?} -o {out}: {run:?}");
            assert!(
                run.err.contains("cannot write") && run.err.contains(words),
                "{}",
                run.err
            );
        }
    }
    assert_eq!(names(directory.path()), ["small.layout"]);
}

#[cfg(unix)]
#[test]
fn a_read_only_directory() {
    use std::os::unix::fs::PermissionsExt;
    let directory = directory(&[("small.layout", SMALL.as_bytes()), ("closed/old", b"old")]);
    let closed = directory.path().join("closed");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).expect("chmod");
    let allowed = fs::write(closed.join("probe"), b"").is_ok();
    let _ = fs::remove_file(closed.join("probe"));
    if allowed {
        super::program::skipped("this user may write everywhere");
    } else {
        for name in ["closed/new", "closed/old"] {
            let run = mapwright([
                "show",
                &path(&directory, "small.layout"),
                "-o",
                &path(&directory, name),
            ]);
            assert_eq!(run.code, 2, "{run:?}");
            assert!(run.err.contains("Permission denied"), "{}", run.err);
        }
        assert_eq!(names(&closed), ["old"]);
        assert_eq!(fs::read(closed.join("old")).expect("there"), b"old");
    }
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).expect("chmod");
}

#[cfg(target_os = "linux")]
#[test]
fn a_read_only_file_system() {
    // Mounted read-only in every Linux: not even root may write there.
    let run = mapwright(["show", "std:linux/i386-3g1g", "-o", "/proc/mapwright"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(
        run.err
            .starts_with("error: cannot write `/proc/mapwright`: "),
        "{}",
        run.err
    );
}

const UGLY: &str = "// kept\nlet   a:size=4K ;\n";
const PRETTY: &str = "// kept\nlet a : size = 4K;\n";

#[test]
fn fmt_changes_files_in_place() {
    let directory = directory(&[("ugly.layout", UGLY.as_bytes())]);
    let file = path(&directory, "ugly.layout");
    let run = mapwright(["fmt", &file]);
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (0, "", ""));
    assert_eq!(fs::read_to_string(&file).expect("there"), PRETTY);
    let before = fs::metadata(&file)
        .expect("there")
        .modified()
        .expect("a time");
    assert_eq!(mapwright(["fmt", &file]).code, 0);
    let after = fs::metadata(&file)
        .expect("there")
        .modified()
        .expect("a time");
    assert_eq!(before, after, "a formatted file is not written");
    assert_eq!(names(directory.path()), ["ugly.layout"]);
}

#[cfg(unix)]
#[test]
fn fmt_keeps_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let directory = directory(&[("ugly.layout", UGLY.as_bytes())]);
    let file = path(&directory, "ugly.layout");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o604)).expect("chmod");
    assert_eq!(mapwright(["fmt", &file]).code, 0);
    let mode = fs::metadata(&file).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o604);
}

#[test]
fn fmt_check_only_looks() {
    let directory = directory(&[
        ("ugly.layout", UGLY.as_bytes()),
        ("pretty.layout", PRETTY.as_bytes()),
    ]);
    let (ugly, pretty) = (
        path(&directory, "ugly.layout"),
        path(&directory, "pretty.layout"),
    );
    let run = mapwright(["fmt", "--check", &pretty, &ugly]);
    assert_eq!((run.code, run.out), (1, format!("{ugly}\n")));
    assert_eq!(fs::read_to_string(&ugly).expect("there"), UGLY);
    let run = mapwright(["fmt", "--check", &pretty]);
    assert_eq!((run.code, run.out.as_str()), (0, ""));
    let run = mapwright(["fmt", "--check", "--format", "json", &ugly]);
    let json: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!(
        (json["file"].as_str(), json["formatted"].as_bool()),
        (Some(&*ugly), Some(false))
    );
}

#[test]
fn fmt_leaves_files_with_mistakes_alone() {
    let directory = directory(&[
        ("bad.layout", b"let   a = = 1;\n"),
        ("latin1.layout", b"// \xe9\n"),
        ("ugly.layout", UGLY.as_bytes()),
    ]);
    let file = |name| path(&directory, name);
    let run = mapwright([
        "fmt",
        &file("bad.layout"),
        &file("none.layout"),
        &file("latin1.layout"),
        &file("ugly.layout"),
    ]);
    assert_eq!(run.code, 2, "one file could not be read: {run:?}");
    assert!(run.err.contains("bad.layout:1:"), "{}", run.err);
    assert!(run.err.contains("error[not-utf8]"), "{}", run.err);
    assert_eq!(
        fs::read(file("bad.layout")).expect("there"),
        b"let   a = = 1;\n"
    );
    assert_eq!(
        fs::read(file("latin1.layout")).expect("there"),
        b"// \xe9\n"
    );
    assert_eq!(
        fs::read_to_string(file("ugly.layout")).expect("there"),
        PRETTY
    );
}

#[test]
fn fmt_is_a_filter_too() {
    let run = with_input(["fmt", "-"], UGLY.as_bytes());
    assert_eq!(
        (run.code, run.out.as_str(), run.err.as_str()),
        (0, PRETTY, "")
    );
    let run = with_input(["fmt", "--check", "-"], UGLY.as_bytes());
    assert_eq!((run.code, run.out.as_str()), (1, "<stdin>\n"));
    let run = with_input(["fmt", "-"], b"let = ;");
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    assert!(run.err.contains("<stdin>:1:"), "{}", run.err);
}

#[cfg(target_os = "linux")]
#[test]
fn standard_output_by_its_path() {
    let output = program()
        .args([
            "emit",
            "--target",
            "rust",
            "std:linux/i386-3g1g",
            "-o",
            "/dev/stdout",
        ])
        .output()
        .expect("runs");
    assert!(output.status.success(), "{output:?}");
    assert!(!output.stdout.is_empty());
}

/// What a file is called does not make it an argument: a wrong layout has its verdict.
#[test]
fn files_are_layouts_whatever_they_are_called() {
    let text: &[u8] = b"space s : 16 bits;\nzone a in s : 0 .. 64K;\nzone b in s : 4K .. 8K;\n";
    let folder = directory(&[("variant", text), ("--set", text), ("other.layout", text)]);
    for name in ["variant", "--set", "other.layout"] {
        let run = mapwright(["check", &path(&folder, name)]);
        assert_eq!(run.code, 1, "{name}: {}", run.err);
        assert!(run.out.contains(": wrong; "), "{name}: {}", run.out);
    }
}
