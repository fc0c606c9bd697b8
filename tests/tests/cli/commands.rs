//! What each command prints, and how it ends.

use super::program::{SMALL, WRONG, directory, mapwright, path, with_input};
use expect_test::expect;
use serde_json::Value;

/// The lines of a JSON output.
fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}")))
        .collect()
}

/// Replaces the time that a check took.
fn without_time(text: &str) -> String {
    let mut steady = String::new();
    for line in text.lines() {
        match line.split_once(" in ") {
            Some((words, time)) if time.ends_with(" s") && time.len() < 9 => {
                steady.push_str(words);
                steady.push_str(" in TIME");
            }
            _ => steady.push_str(line),
        }
        steady.push('\n');
    }
    steady
}

#[test]
fn check_says_what_was_proved() {
    let run = with_input(["check", "-"], SMALL.as_bytes());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let lines: Vec<&str> = run.out.lines().collect();
    assert!(
        lines[0].starts_with("<stdin>: right; ") && lines[0].contains(" laws proved in "),
        "{}",
        run.out
    );
    assert_eq!(lines[1], "    for all 126977 values of RAM");
    let run = with_input(["check", "-", "--set", "RAM=256M"], SMALL.as_bytes());
    assert_eq!(
        run.out.lines().nth(1),
        Some("    for RAM = 256M"),
        "{run:?}"
    );
    let run = with_input(["check", "--quiet", "-"], SMALL.as_bytes());
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (0, "", ""));
}

#[test]
fn check_is_the_same_every_time() {
    let run = || {
        without_time(&mapwright(["check", "std:linux/i386-3g1g", "std:examples/small-kernel"]).out)
    };
    assert_eq!(run(), run());
}

#[test]
fn check_shows_the_smallest_values_that_break_a_law() {
    let run = with_input(["check", "-"], WRONG.as_bytes());
    assert_eq!(run.code, 1);
    expect![[r#"
        error[outside-space]: window `direct` passes the top of `linear` by 4K
           ┌─ <stdin>:12:36
           │
         4 │ space linear   : 32 bits, to physical;
           │       ------ `linear` has 32 bits: its addresses end at 0x1_0000_0000
           ·
        12 │ window direct in kernel   : 3G .. +RAM -> physical at 0 { access: rwx };
           │                                    ^^^ the range is 0xC000_0000 .. 0x1_0000_1000 (about 1.00G)
           │
           = shown by: RAM = 0x4000_1000 (1.00G); all other parameters at their defaults
           = help: end it at `linear.end`, or start it at least 4K lower

        error: 1 error in <stdin>
    "#]].assert_eq(&run.err);
    expect![[r#"
        <stdin>: wrong; 17 of 18 laws proved, 1 refuted in TIME
            for all 520193 values of RAM
    "#]]
    .assert_eq(&without_time(&run.out));
    let run = with_input(["check", "-", "--set", "RAM=1G"], WRONG.as_bytes());
    assert_eq!(
        (run.code, run.err.as_str()),
        (0, ""),
        "one instance is fine: {}",
        run.out
    );
    let run = with_input(["check", "-", "--set", "RAM=2G"], WRONG.as_bytes());
    assert_eq!(run.code, 1);
}

#[test]
fn check_speaks_json() {
    let run = with_input(["check", "--format", "json", "-"], WRONG.as_bytes());
    assert_eq!(run.code, 1);
    let keys = [
        "code",
        "severity",
        "message",
        "file",
        "line",
        "column",
        "end_line",
        "end_column",
        "labels",
        "notes",
        "counterexample",
    ];
    for message in json_lines(&run.err) {
        let object = message.as_object().expect("an object");
        assert_eq!(object.len(), keys.len());
        for key in keys {
            assert!(object.contains_key(key), "{key} is missing: {message}");
        }
        assert_eq!(message["file"], "<stdin>");
    }
    let results = json_lines(&run.out);
    assert_eq!(results.len(), 1);
    let result = &results[0];
    assert_eq!(
        (&result["file"], &result["right"]),
        (&Value::from("-"), &Value::from(false))
    );
    assert_eq!(result["parameters"][0]["name"], "RAM");
    assert!(result["refuted"].as_u64() >= Some(1), "{result}");
}

#[test]
fn settings_have_their_own_messages() {
    for (setting, words) in [
        ("RAN=1G", "RAM"),
        ("RAM=true", "size"),
        ("RAM=1K", "16M"),
        ("RAM", "NAME=VALUE"),
        ("RAM=", "--set"),
        ("=1G", "--set"),
        ("RAM=1G+", "--set"),
        ("RAM=\u{202e}1G", "--set"),
    ] {
        let run = with_input(["check", "-", "--set", setting], SMALL.as_bytes());
        assert_eq!(run.code, 2, "--set {setting}: {run:?}");
        assert!(run.err.contains(words), "--set {setting}: {}", run.err);
        let run = with_input(["show", "-", "--set", setting], SMALL.as_bytes());
        assert_eq!((run.code, run.out.as_str()), (2, ""), "--set {setting}");
    }
    let run = with_input(
        ["check", "-", "--set", "RAM=32M", "--set", "RAM=64M"],
        SMALL.as_bytes(),
    );
    assert_eq!(run.code, 2, "set twice: {run:?}");
}

#[test]
fn variants_are_picked_by_name() {
    let text = format!("{SMALL}\nlayout big = default with {{ RAM = 512M }};\n");
    let directory = directory(&[("a.layout", text.as_bytes())]);
    let layout = path(&directory, "a.layout");
    let address = |layout: &str| {
        let run = mapwright(["translate", layout, "--format", "plain", "0xd0000000"]);
        assert_eq!(run.code, 0, "{run:?}");
        run.out
    };
    assert_eq!(address(&layout), "0xd0000000 fault unmapped kernel\n");
    assert_eq!(
        address(&format!("{layout}:big")),
        "0xd0000000 0x10000000 direct\n"
    );
    let run = mapwright(["translate", &format!("{layout}:bag"), "0"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.err.contains("big"), "{}", run.err);
}

#[test]
fn explain_prints_pages() {
    let run = mapwright(["explain", "overlap"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    assert!(run.out.lines().count() > 5, "{}", run.out);
    assert_eq!(mapwright(["explain", "error[overlap]"]), run);
    let run = mapwright(["explain", "overlapp"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(run.err.contains("did you mean overlap?"), "{}", run.err);
    let run = mapwright(["explain", "--format", "json", "overlap"]);
    let page = &json_lines(&run.out)[0];
    assert_eq!(page["code"], "overlap");
}

#[test]
fn every_listed_code_has_a_page() {
    let run = mapwright(["list", "--format", "json"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let entries = json_lines(&run.out);
    let of = |kind: &str| {
        entries
            .iter()
            .filter(|e| e["kind"] == kind)
            .collect::<Vec<_>>()
    };
    for entry in of("diagnostic") {
        let code = entry["code"].as_str().expect("a code");
        let run = mapwright(["explain", code]);
        assert_eq!(run.code, 0);
        assert!(run.out.lines().count() > 3, "{code}: {}", run.out);
        assert!(!entry["title"].as_str().expect("a title").is_empty());
    }
    for entry in of("layout") {
        let name = entry["name"].as_str().expect("a name");
        assert_eq!(
            mapwright(["fmt", "--check", "-"]).code,
            0,
            "an empty file is formatted"
        );
        assert!(!entry["doc"].as_str().expect("a doc").is_empty(), "{name}");
    }
    let formats = of("paging");
    let x86 = formats
        .iter()
        .find(|e| e["name"] == "x86_64_4level")
        .expect("bundled");
    assert_eq!(
        (&x86["address_bits"], &x86["physical_bits"]),
        (&Value::from(48), &Value::from(52))
    );
    assert_eq!(x86["levels"], Value::from(vec!["PML4", "PDPT", "PD", "PT"]));
    assert_eq!(x86["page_sizes"], Value::from(vec![4096, 2 << 20, 1 << 30]));
}

#[test]
fn the_list_fits_a_terminal() {
    let run = mapwright(["list"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    for words in ["std:linux/i386", "x86_64_4level", "overlap"] {
        assert!(
            run.out.contains(&format!("\n  {words} ")),
            "{words}: {}",
            run.out
        );
    }
}

#[test]
fn help_and_version_are_results() {
    for arguments in [&["--help"][..], &["--version"], &["check", "--help"]] {
        let run = mapwright(arguments);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{arguments:?}");
        assert!(!run.out.is_empty());
    }
    let help = mapwright(["--help"]).out;
    for command in [
        "check",
        "show",
        "translate",
        "emit",
        "explain",
        "fmt",
        "list",
    ] {
        assert!(
            help.contains(&format!("\n  {command} ")),
            "{command}: {help}"
        );
    }
}

#[test]
fn wrong_usage_is_exit_code_2() {
    for arguments in [
        &[][..],
        &["no-such-command"],
        &["check"],
        &["check", "--no-such-option", "x"],
        &["check", "--format", "yaml", "x"],
        &["show"],
        &["translate", "std:linux/i386"],
        &[
            "translate",
            "std:linux/i386",
            "--engine",
            "jit",
            "--reverse",
            "0",
        ],
        &["emit", "std:linux/i386"],
        &["emit", "std:linux/i386", "--target", "cobol"],
        &["explain"],
        &["fmt"],
        &["list", "more"],
    ] {
        let run = mapwright(arguments);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{arguments:?}");
        assert!(!run.err.is_empty(), "{arguments:?}");
    }
}

#[cfg(unix)]
#[test]
fn names_of_files_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt;
    let name = std::ffi::OsStr::from_bytes(b"no\xff\x1b[2Jsuch.layout");
    for arguments in [&["check"][..], &["fmt"], &["show"]] {
        let run = mapwright(arguments.iter().map(std::ffi::OsStr::new).chain([name]));
        assert_eq!(run.code, 2, "{run:?}");
        assert!(!run.err.contains('\x1b'), "{}", run.err);
    }
}
