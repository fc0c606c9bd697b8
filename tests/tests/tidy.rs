//! The invariants of the source tree, so that a reader can rely on them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
        .to_owned()
}

/// Every file below a folder of the workspace with this ending, sorted.
fn files(below: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join(below)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                if path
                    .file_name()
                    .is_none_or(|name| name != "target" && name != ".git")
                {
                    open.push(path);
                }
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn rust_files() -> Vec<PathBuf> {
    ["grammar", "runtime", "compiler", "tests"]
        .iter()
        .flat_map(|package| files(package, ".rs"))
        .collect()
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root())
        .expect("inside")
        .to_string_lossy()
        .replace('\\', "/")
}

/// A file's lines that are code of the product: no comments, and not the tests at its end.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let product = text
        .split("\n#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    let lines = product
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// No file outside `allowed` has one of the `words` in its code.
fn only_in(words: &[&str], allowed: &[&str]) {
    let mut wrong = Vec::new();
    let mut seen = false;
    for path in rust_files() {
        let name = relative(&path);
        let code = code(&path);
        for word in words.iter().filter(|word| code.contains(**word)) {
            if allowed.iter().any(|place| name.starts_with(place)) {
                seen = true;
            } else {
                wrong.push(format!("{name} names {word}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "only {allowed:?} may do this:\n{}",
        wrong.join("\n")
    );
    assert!(
        seen,
        "nobody names {words:?}: this invariant checks nothing"
    );
}

#[test]
fn the_top_level_is_fixed() {
    let mut names: Vec<String> = fs::read_dir(root())
        .expect("the workspace")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| !name.starts_with('.') && name != "target")
        .collect();
    names.sort();
    let expected = [
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "compiler",
        "grammar",
        "layouts",
        "runtime",
        "tests",
    ];
    assert_eq!(names, expected);
}

#[test]
fn one_file_renders_diagnostics() {
    only_in(
        &["codespan_reporting"],
        &["compiler/src/diagnostic.rs", "tests/tests/tidy.rs"],
    );
}

#[test]
fn one_folder_makes_machine_code() {
    only_in(&["cranelift"], &["runtime/jit/src", "tests/tests/tidy.rs"]);
}

#[test]
fn two_places_of_the_compiler_touch_files() {
    let words = [
        "std::fs",
        "fs::read",
        "fs::write",
        "File::open",
        "File::create",
    ];
    // What is built before, and what tests.
    let around = [
        "compiler/build.rs",
        "compiler/src/emit/rust/tests",
        "compiler/src/load/tests.rs",
        "tests/",
        "grammar/",
        "runtime/",
    ];
    only_in(
        &words,
        &[&["compiler/src/cli", "compiler/src/source"][..], &around].concat(),
    );
    for path in files("grammar/src", ".rs")
        .into_iter()
        .chain(files("runtime", ".rs"))
    {
        let tests = relative(&path).contains("/tests") || relative(&path).contains("/benches");
        assert!(
            tests || !code(&path).contains("std::fs"),
            "{} touches files",
            relative(&path)
        );
    }
}

#[test]
fn the_parser_generator_stays_in_the_grammar() {
    only_in(
        &["pest::", "pest_derive"],
        &["grammar/src", "tests/tests/tidy.rs"],
    );
    let library = code(&root().join("grammar/src/lib.rs"));
    assert!(
        !library.contains("pub use pest") && !library.contains("pub mod rule"),
        "rules of pest are the grammar's own"
    );
}

/// One evaluator, one substitution, one analysis of bounds: whoever tells the kinds of terms apart has a file here, and
/// outside the prover's package that is only the writer of expressions, which gives each kind its shape in a language.
#[test]
fn one_room_walks_terms() {
    only_in(
        &["Term::"],
        &[
            "compiler/prove/src",
            WRITES_EXPRESSIONS,
            "tests/tests/tidy.rs",
        ],
    );
    let tells_apart: Vec<String> = files("compiler", ".rs")
        .iter()
        .filter(|path| code(path).contains("Term::Log2("))
        .map(|path| relative(path))
        .collect();
    let expected = [
        "compiler/prove/src/prove/search/forms.rs",
        "compiler/prove/src/prove/search/open.rs",
        "compiler/prove/src/term/bounds.rs",
        "compiler/prove/src/term/build.rs",
        "compiler/prove/src/term/evaluate.rs",
        "compiler/prove/src/term/substitute.rs",
        "compiler/prove/src/term/walk.rs",
        WRITES_EXPRESSIONS,
    ];
    assert_eq!(tells_apart, expected, "a second walk of the same kind?");
}

const WRITES_EXPRESSIONS: &str = "compiler/src/emit/expression/mod.rs";

#[test]
fn unsafe_code_is_in_one_package() {
    let words = ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern"];
    let places = [
        "runtime/jit/src",
        // A file can only be mapped by an unsafe call: others may change it meanwhile.
        MAPPED_FILES,
        // The peer that page walks are measured against can only be made by an unsafe call.
        "runtime/jit/benches/walk/contenders.rs",
        "tests/tests/tidy.rs",
    ];
    only_in(&words, &places);
    let mapping = code(&root().join(MAPPED_FILES));
    assert_eq!(
        mapping.matches("unsafe {").count(),
        1,
        "one call, one argument why it is sound"
    );
}

const MAPPED_FILES: &str = "compiler/src/cli/mapped_file.rs";

/// Whoever may not write unsafe code says so to the compiler, too.
#[test]
fn packages_forbid_unsafe_code() {
    for (library, word) in [
        ("grammar/src/lib.rs", "forbid"),
        ("runtime/src/lib.rs", "forbid"),
        ("runtime/machine/src/lib.rs", "forbid"),
        ("runtime/jit/src/lib.rs", "deny"),
        ("compiler/prove/src/lib.rs", "forbid"),
        ("compiler/src/lib.rs", "deny"),
    ] {
        let attribute = format!("#![{word}(unsafe_code)]");
        assert!(
            code(&root().join(library)).contains(&attribute),
            "{library} has no {attribute}"
        );
    }
}

#[test]
fn one_file_maps_files() {
    only_in(&["memmap2"], &[MAPPED_FILES, "tests/tests/tidy.rs"]);
}

/// Words that tell of a machine or a workplace rather than of the project.
#[test]
fn no_file_names_a_machine() {
    let words = ["/work/", "/tmp/mw", "/root/", "index.crates.io"];
    let mut wrong = Vec::new();
    for ending in [
        ".rs", ".toml", ".md", ".layout", ".pest", ".json", ".lock", "run",
    ] {
        for path in files("", ending) {
            let name = relative(&path);
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            if name != "tests/tests/tidy.rs" {
                wrong.extend(
                    words
                        .iter()
                        .filter(|w| text.contains(**w))
                        .map(|w| format!("{name} has {w}")),
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_is_left_to_do() {
    for path in rust_files() {
        let name = relative(&path);
        let text = fs::read_to_string(&path).expect("readable");
        for word in ["TODO", "FIXME", "XXX", "todo!(", "unimplemented!("] {
            assert!(
                name == "tests/tests/tidy.rs" || !text.contains(word),
                "{name} has {word}"
            );
        }
    }
}

/// Files that a reader can hold in mind: documentation does not count, nor do tests.
#[test]
fn files_stay_readable() {
    let mut wrong = Vec::new();
    for path in rust_files()
        .into_iter()
        .filter(|path| !relative(path).contains("tests"))
    {
        let lines = code(&path)
            .lines()
            .filter(|line| !line.trim().is_empty())
            .count();
        if lines > 500 {
            wrong.push(format!("{} has {lines} lines of code", relative(&path)));
        }
    }
    assert!(wrong.is_empty(), "split by meaning:\n{}", wrong.join("\n"));
}

/// How large the pages of a space are is found out in one place; everything else asks [`mapwright::model::Space`].
#[test]
fn one_file_says_how_large_a_page_is() {
    let home = "compiler/src/model/paging.rs";
    let mut asked = 0;
    for path in files("compiler/src", ".rs") {
        let (name, code) = (relative(&path), code(&path));
        for word in [
            "levels.last()",
            "PLAIN_PAGE: ",
            "fn page_size(",
            "Pages::of(",
        ] {
            // Evaluation hands the formats over, and keeps the answers.
            let asks = name == "compiler/src/eval/pages.rs" && word != "levels.last()";
            asked += u32::from(name == home && code.contains(word));
            assert!(
                name == home || asks || !code.contains(word),
                "{name} has {word}: ask `Space::pages` or `Space::page`"
            );
        }
    }
    assert_eq!(asked, 2, "{home} is not what it was");
}

/// One public type for one word, in all packages below `runtime/`: what is said of `Rights` there is said of one type.
#[test]
fn public_types_have_names_of_their_own() {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut wrong = Vec::new();
    for path in files("runtime", ".rs") {
        let name = relative(&path);
        if !name.contains("/src/") {
            continue;
        }
        for line in code(&path).lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            if let ["pub", "struct" | "enum" | "trait" | "type", word, ..] = words[..] {
                let end = word.find(|c: char| !c.is_alphanumeric());
                let word = &word[..end.unwrap_or(word.len())];
                if let Some(other) = seen.insert(word.to_owned(), name.clone()) {
                    wrong.push(format!("{word} is in {other} and in {name}"));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "name them by what they mean:\n{}",
        wrong.join("\n")
    );
    assert!(seen.len() > 100, "this test looks at nothing");
}
