//! Every diagnostic code has a page, a rejected layout whose whole message is asserted, and a right one beside it.

use crate::fixtures::{self, rendered};
use expect_test::{expect, expect_file};
use mapwright::diagnostic::Severity;
use mapwright::load::MAX_FILES;
use mapwright::source::{Input, MAX_BYTES, Memory};
use mapwright::{Compilation, Options, compile, pages};
use std::collections::BTreeSet;
use std::fs;

/// Codes whose smallest example is too large for a file: their tests are below.
const MADE_HERE: &[&str] = &["file-too-large", "too-many-files"];

/// Codes of scenarios: `simulate` has its own tests.
const OF_SCENARIOS: &[&str] = &[
    "expectation-fails",
    "law-broken",
    "machine-fails",
    "scenario-key",
    "scenario-layout",
    "scenario-name",
    "scenario-syntax",
    "scenario-value",
    "step-fails",
    "too-many-steps",
];

/// What only `emit` finds: it has its own tests.
const OF_EMIT: &[&str] = &["no-value"];

#[test]
fn rejected_layouts_say_exactly_this() {
    let mut wrong = Vec::new();
    for fixture in fixtures::all("reject") {
        let made = fixture.compile();
        let codes: Vec<&str> = made.diagnostics.iter().map(|d| d.code).collect();
        if codes != [fixture.code()] {
            wrong.push(format!(
                "{} gives {codes:?}:\n{}",
                fixture.path,
                rendered(&made)
            ));
            continue;
        }
        let text = fixtures::root().join(format!("reject/{}.stderr", fixture.name));
        expect_file![text].assert_eq(&rendered(&made));
    }
    assert!(
        wrong.is_empty(),
        "one mistake makes one message:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_code_has_a_page_and_examples() {
    let names = |folder| {
        fixtures::all(folder)
            .iter()
            .map(|f| f.code().to_owned())
            .collect::<BTreeSet<_>>()
    };
    let (rejected, accepted) = (names("reject"), names("accept"));
    let mut missing = Vec::new();
    for page in pages() {
        let code = page.code;
        let text = page.text();
        if !text.contains("```") && !text.contains("Rejected") && !text.contains("rejected") {
            missing.push(format!("the page of {code} shows no rejected example"));
        }
        if OF_EMIT.contains(&code) || MADE_HERE.contains(&code) || OF_SCENARIOS.contains(&code) {
            continue;
        }
        if !rejected.contains(code) {
            missing.push(format!("no reject/{code}.layout"));
        }
        if !accepted.contains(code) {
            missing.push(format!("no accept/{code}.layout"));
        }
    }
    let known: BTreeSet<&str> = pages().iter().map(|page| page.code).collect();
    for code in rejected.iter().chain(&accepted) {
        if !known.contains(code.as_str()) {
            missing.push(format!("{code} is no code of the compiler"));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// A text without its layout, or something else that no test looks at, is a mistake.
#[test]
fn no_fixture_is_unread() {
    let mut unread = Vec::new();
    for (folder, endings) in [
        ("reject", &["layout", "stderr"][..]),
        ("accept", &["layout"][..]),
    ] {
        let known: BTreeSet<String> = fixtures::all(folder).into_iter().map(|f| f.name).collect();
        for entry in fs::read_dir(fixtures::root().join(folder)).expect("the folder is there") {
            let path = entry.expect("can be listed").path();
            let ending = path
                .extension()
                .map(|e| e.to_string_lossy().into_owned())
                .unwrap_or_default();
            let stem = path
                .file_stem()
                .expect("has a name")
                .to_string_lossy()
                .into_owned();
            let beside = path.is_dir() && stem == "beside";
            let is_fixture = endings.contains(&ending.as_str()) && known.contains(&stem);
            if !(beside || is_fixture) {
                unread.push(path.display().to_string());
            }
        }
        // What lies beside is used by name.
        let layouts = fixtures::all(folder)
            .into_iter()
            .chain(fixtures::all(&format!("{folder}/beside")));
        let texts: Vec<String> = layouts
            .map(|f| {
                String::from_utf8_lossy(
                    &fs::read(fixtures::root().join(&f.path)).expect("can be read"),
                )
                .into_owned()
            })
            .collect();
        for entry in
            fs::read_dir(fixtures::root().join(folder).join("beside")).expect("the folder is there")
        {
            let name = entry
                .expect("can be listed")
                .file_name()
                .to_string_lossy()
                .into_owned();
            let used = |text: &String| {
                text.contains(&format!("beside/{name}\"")) || text.contains(&format!("\"{name}\""))
            };
            if !texts.iter().any(used) {
                unread.push(format!("{folder}/beside/{name}"));
            }
        }
    }
    assert!(unread.is_empty(), "nobody reads {}", unread.join(", "));
}

/// The example of a check's page is a whole layout with exactly that mistake.
#[test]
fn examples_of_pages_are_real() {
    let mut wrong = Vec::new();
    for page in mapwright::check::PAGES {
        let text = page.text();
        let mut blocks = 0;
        for block in text.split("```layout\n").skip(1) {
            blocks += 1;
            let source = block.split("```").next().unwrap_or("");
            let made = in_memory(Memory::new().with("/page.layout", source));
            let codes: Vec<&str> = made.diagnostics.iter().map(|d| d.code).collect();
            if codes != [page.code] {
                wrong.push(format!(
                    "the example of {} gives {codes:?}:\n{}",
                    page.code,
                    rendered(&made)
                ));
            }
        }
        if blocks == 0 {
            wrong.push(format!("the page of {} has no example", page.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn in_memory(files: Memory) -> Compilation {
    compile(&Input::named("/page.layout"), &files, &Options::default()).expect("the file is there")
}

#[test]
fn a_file_that_is_too_large() {
    let bytes = vec![b' '; usize::try_from(MAX_BYTES).expect("fits") + 1];
    let made = in_memory(
        Memory::new()
            .with("/page.layout", "use \"large.layout\";\n")
            .with("/large.layout", bytes),
    );
    expect![[r#"
        error[file-too-large]: `/large.layout` is too large for a layout file
          ┌─ /page.layout:1:5
          │
        1 │ use "large.layout";
          │     ^^^^^^^^^^^^^^ used here
          │
          = the limit is 16MiB

    "#]]
    .assert_eq(&rendered(&made));
    assert_eq!(made.diagnostics[0].code, "file-too-large");
}

#[test]
fn too_many_files() {
    let uses: String = (0..=MAX_FILES)
        .map(|n| format!("use \"f{n}.layout\";\n"))
        .collect();
    let mut files = Memory::new().with("/page.layout", uses);
    for n in 0..=MAX_FILES {
        files = files.with(format!("/f{n}.layout"), "");
    }
    let made = in_memory(files);
    assert!(
        made.diagnostics
            .iter()
            .all(|d| d.code == "too-many-files" && d.severity == Severity::Error)
    );
    expect![[r#"
        error[too-many-files]: a layout has at most 256 files
            ┌─ /page.layout:256:5
            │
        256 │ use "f255.layout";
            │     ^^^^^^^^^^^^^ this would be file 257
            │
            = this `use` and all later ones are left out
            = help: put what belongs together in one file

    "#]]
    .assert_eq(&rendered(&made));
}

/// One missing name silences what depends on it, and nothing else: other names, and the laws that look for no window.
#[test]
fn mistakes_do_not_hide_each_other() {
    let text = "space physical : 32 bits;
space virt     : 32 bits, to physical;
CPUS : 3;
split virt {
    user   : 0  .. 2G       { access: user };
    kernel : 3G .. virt.end { access: supervisor };
}
window heap in kernel : BASE .. +1M -> physical at 0;
assert nowhere > 0;
";
    let told = |text: &str| {
        let files = Memory::new().with("some.layout", text);
        let input = Input::Path("some.layout".into());
        let made = compile(&input, &files, &Options::default()).expect("readable");
        let found = made.diagnostics.iter();
        found
            .map(|d| (d.code, d.message.clone()))
            .collect::<Vec<_>>()
    };
    let base = ("unknown-name", "`BASE` is not declared".to_owned());
    let nowhere = ("unknown-name", "`nowhere` is not declared".to_owned());
    let unknown = ("syntax", "unknown item `CPUS`".to_owned());
    let gap = "the split of `virt` leaves 1G between `user` and `kernel` to nobody".to_owned();
    // What `CPUS : 3;` was to be nobody knows, so that it may have been a part.
    assert_eq!(told(text), [unknown, base.clone(), nowhere.clone()]);
    let found = told(&text.replace("CPUS : 3;\n", ""));
    assert_eq!(found[..2], [base, nowhere]);
    assert_eq!(found[2..], [("split-gap", gap)]);
}
