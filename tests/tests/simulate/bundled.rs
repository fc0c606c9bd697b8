//! Every scenario of `tests/scenarios` holds.

use super::{bundled, folder};
use std::collections::BTreeSet;
use std::fs;

#[test]
fn all_expectations_and_laws_hold() {
    let all = bundled();
    assert!(all.len() >= 30, "{} scenarios", all.len());
    let mut wrong = Vec::new();
    for scenario in &all {
        let run = scenario.run(&[]);
        if run.code != 0 || !run.err.is_empty() {
            wrong.push(format!(
                "{}: exit code {}\n{}",
                scenario.name, run.code, run.err
            ));
        }
        let expects = run.out.contains(" hold");
        assert!(expects, "{} expects nothing:\n{}", scenario.name, run.out);
        let wide = |line: &&str| line.chars().count() > 80 && !is_of_proc(line);
        // The first line has the path of the file.
        let found = run.out.lines().skip(1).find(wide);
        assert_eq!(found, None, "{}", scenario.name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Tables of `/proc` are as wide as the kernel makes them.
fn is_of_proc(line: &str) -> bool {
    line.starts_with("Node 0") || line.contains(" : tunables ")
}

/// The same seed gives the same bytes, in every form.
#[test]
fn runs_repeat_to_the_byte() {
    for scenario in bundled() {
        for form in [&["--events"][..], &["--format", "json"]] {
            let (first, second) = (scenario.run(form), scenario.run(form));
            assert_eq!(first, second, "{}", scenario.name);
        }
    }
}

/// Every number that a scenario expects is derived: it says how in a comment or in an expression.
#[test]
fn every_scenario_says_what_it_shows() {
    for scenario in bundled() {
        let name = &scenario.name;
        assert!(scenario.text.starts_with("about = "), "{name}");
        let comments = scenario.text.lines().filter(|line| line.starts_with("# "));
        assert!(comments.count() >= 1, "{name} derives nothing");
        assert!(scenario.text.contains("expect"), "{name}");
    }
}

#[test]
fn no_file_lies_there_unread() {
    let used: BTreeSet<String> = bundled().into_iter().map(|one| one.text).collect();
    for entry in fs::read_dir(folder()).expect("the folder is there") {
        let file = entry.expect("can be listed").file_name();
        let name = file.to_string_lossy().into_owned();
        let quoted = format!("\"{name}\"");
        let read = used.iter().any(|text| text.contains(&quoted));
        assert!(name.ends_with(".toml") || read, "nobody reads {name}");
    }
}
