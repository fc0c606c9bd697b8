//! Every block of the README and of the language reference is run.
//!
//! - ` ```sh `: commands of a fresh checkout. `cargo run -- ARGS` is run as the program; it must succeed.
//! - ` ```layout NAME ` and ` ```toml NAME `: a file of that name, beside the commands of the same document.
//! - ` ```image NAME `: a file of 32-bit words, little-endian; each line says where one stands, and the word; filled up to whole pages.
//! - ` ```console `: `$ mapwright ARGS` and all that it prints; times are not compared.
//! - ` ```layout `: a whole layout without mistakes; `layout,fragment` is only parsed; `layout,reject` has a mistake.

use super::cli::program::{directory, program, with_input};
use std::path::Path;

/// A fenced block.
struct Block {
    /// What stands behind the fence.
    info: String,
    text: String,
    line: usize,
}

fn blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (at, line) in document.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                open = Some(Block {
                    info: info.trim().to_owned(),
                    text: String::new(),
                    line: at + 1,
                });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

fn document(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Words of a command line; quotes keep blanks.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' | '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().expect("one word at least").push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Numbers before ` s` at the end of a line are times.
fn without_times(text: &str) -> String {
    let mut steady = String::new();
    for line in text.lines() {
        match line.rsplit_once(" in ") {
            Some((before, time))
                if time
                    .strip_suffix(" s")
                    .is_some_and(|t| t.parse::<f64>().is_ok()) =>
            {
                steady.push_str(before);
                steady.push_str(" in ... s");
            }
            _ => steady.push_str(line.trim_end()),
        }
        steady.push('\n');
    }
    steady
}

/// Runs `$ mapwright ...` lines in a folder and compares what they print.
fn run_console(block: &Block, folder: &Path) {
    let mut lines = block.text.lines().peekable();
    while let Some(line) = lines.next() {
        let command = line.strip_prefix("$ mapwright ").unwrap_or_else(|| {
            panic!(
                "line {}: a console block begins with `$ mapwright`: {line}",
                block.line
            )
        });
        let mut expected = String::new();
        while let Some(next) = lines.next_if(|next| !next.starts_with("$ ")) {
            expected.push_str(next);
            expected.push('\n');
        }
        let output = program()
            .args(words(command))
            .current_dir(folder)
            .output()
            .expect("the program runs");
        let mut printed = String::from_utf8(output.stderr).expect("UTF-8");
        printed.push_str(&String::from_utf8(output.stdout).expect("UTF-8"));
        assert_eq!(
            without_times(&printed).trim_end(),
            without_times(&expected).trim_end(),
            "`{command}` in the block at line {}",
            block.line
        );
    }
}

fn run_shell(block: &Block) -> usize {
    let mut run = 0;
    for line in block
        .text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
    {
        if let Some(command) = line
            .split_once("-- ")
            .filter(|(cargo, _)| cargo.starts_with("cargo run"))
        {
            let command = command.1.split('#').next().unwrap_or_default();
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
            let output = program()
                .args(words(command))
                .current_dir(root)
                .output()
                .expect("the program runs");
            assert!(output.status.success(), "{line}: {output:?}");
            run += 1;
        } else {
            assert!(
                line.starts_with("cargo test"),
                "line {}: `{line}` is not run by any test",
                block.line
            );
        }
    }
    run
}

/// The bytes of an image: whole pages, at most a megabyte.
fn image(block: &Block) -> Vec<u8> {
    let number = |word: &str| {
        let digits = word.strip_prefix("0x").unwrap_or_else(|| {
            panic!(
                "README line {}: `{word}` is no hexadecimal number",
                block.line
            )
        });
        u32::from_str_radix(digits, 16).expect("32 bits")
    };
    let mut bytes = Vec::new();
    for line in block.text.lines() {
        let (at, word) = line.split_once(' ').expect("an address and a word");
        let (at, word) = (number(at) as usize, number(word.trim()));
        assert!(at < 1 << 20, "README line {}: {at:#x}", block.line);
        bytes.resize(bytes.len().max(at + 4), 0);
        bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
    }
    bytes.resize(bytes.len().next_multiple_of(4096), 0);
    bytes
}

#[test]
fn the_readme_is_true() {
    let text = document("README.md");
    let blocks = blocks(&text);
    let folder = directory(&[]);
    let (mut commands, mut consoles) = (0, 0);
    for block in &blocks {
        match block.info.split_whitespace().collect::<Vec<_>>()[..] {
            ["sh"] => commands += run_shell(block),
            ["layout" | "toml", name] => {
                std::fs::write(folder.path().join(name), &block.text).expect("a file")
            }
            ["image", name] => {
                std::fs::write(folder.path().join(name), image(block)).expect("a file")
            }
            ["console"] => {
                run_console(block, folder.path());
                consoles += 1;
            }
            _ => panic!(
                "README line {}: a block `{}` that nothing runs",
                block.line, block.info
            ),
        }
    }
    assert!(
        commands > 0 && consoles > 0,
        "the README shows how to use Mapwright"
    );
}

/// The second command of the README is what continuous integration runs: it reads it from there.
#[test]
fn the_readme_has_one_test_command() {
    let text = document("README.md");
    let tests: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("cargo test"))
        .collect();
    assert_eq!(tests.len(), 1, "{tests:?}");
    assert!(document(".ci/run").contains("README.md"));
}

#[test]
fn the_reference_is_true() {
    let text = document("grammar/REFERENCE.md");
    let mut whole = 0;
    for block in blocks(&text) {
        let check = || with_input(["check", "-"], block.text.as_bytes());
        match &*block.info {
            "layout" => {
                let run = check();
                assert_eq!(
                    run.code, 0,
                    "REFERENCE.md line {}:\n{}",
                    block.line, run.err
                );
                whole += 1;
            }
            "layout,fragment" => {
                let (_, errors) = mapwright_grammar::parse(&block.text);
                assert!(
                    errors.is_empty(),
                    "REFERENCE.md line {}: {errors:?}",
                    block.line
                );
            }
            "layout,reject" => {
                assert_eq!(
                    check().code,
                    1,
                    "REFERENCE.md line {} is accepted",
                    block.line
                );
            }
            "text" => {}
            other => panic!(
                "REFERENCE.md line {}: a block `{other}` that nothing runs",
                block.line
            ),
        }
    }
    assert!(whole > 5, "the reference shows whole layouts");
}
