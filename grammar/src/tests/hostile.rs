//! Text that nobody would write by hand: it gets a message, at once, and never a panic.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::arbitrary::{self, Shown};
use crate::ast::File;
use crate::{
    MAX_DEPTH, MAX_ERRORS, MAX_FILE, MAX_ITEM, MAX_NESTING, SyntaxError, SyntaxErrorKind, decode,
    parse, parse_expr, print,
};

/// Far more than any of these texts needs, even on a busy machine; quadratic work would need hours.
const PATIENCE: Duration = Duration::from_secs(20);

/// A real file.
const SAMPLE: &str = include_str!("sample.layout");

/// Parses, and checks what holds for the mistakes of any text.
fn mistakes(text: &str) -> Vec<SyntaxError> {
    let begin = Instant::now();
    let (file, errors) = parse(text);
    let again = print(&file);
    assert!(
        begin.elapsed() < PATIENCE,
        "{:?} for {:?}",
        begin.elapsed(),
        text.chars().take(40).collect::<String>()
    );
    let (printed, wrong) = parse(&again);
    assert!(wrong.is_empty(), "{again}");
    let words = |file: &File| {
        file.comments
            .iter()
            .map(|comment| comment.text.len())
            .sum::<usize>()
    };
    assert!(
        words(&printed) >= words(&file),
        "a comment is lost: {again}"
    );
    assert!(errors.len() <= MAX_ERRORS);
    assert!(errors.is_sorted_by_key(|error| error.span));
    for error in &errors {
        assert!(error.span.start <= error.span.end);
        assert!(
            text.get(error.span.start as usize..error.span.end as usize)
                .is_some(),
            "{error:?}"
        );
        assert!(!error.message.is_empty() && !error.label.is_empty());
        assert!(error.message.len() + error.label.len() < 1_000, "{error:?}");
        assert!(
            error
                .help
                .as_ref()
                .is_none_or(|help| !help.is_empty() && help.len() < 1_000),
            "{error:?}"
        );
    }
    errors
}

fn kinds(text: &str) -> Vec<SyntaxErrorKind> {
    mistakes(text).iter().map(|error| error.kind).collect()
}

#[test]
fn nesting_is_limited_before_it_is_followed() {
    let units = [
        "(", "[", "{", "if ", "!", "-", "- ", "!-", "f(", "a[", "if (", "if a { ", "x.y[(",
        "else if ",
    ];
    for unit in units {
        let found = kinds(&format!(
            "let x = {}\nlet good = 1;\n",
            unit.repeat(1_000_000)
        ));
        assert!(!found.is_empty(), "{unit}");
        for head in [
            "window w in s : 0 .. 1 { a: ",
            "split s { a : ",
            "paging p { level A : va[",
            "",
        ] {
            let found = kinds(&format!("{head}{}\nlet good = 1;\n", unit.repeat(20_000)));
            assert!(!found.is_empty(), "{head}{unit}");
        }
    }
}

#[test]
fn nesting_up_to_the_limit_is_fine() {
    let nested = |depth: usize| format!("let x = {}1{};", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(kinds(&nested(MAX_NESTING)), []);
    assert_eq!(kinds(&nested(MAX_NESTING + 1)), [SyntaxErrorKind::Nesting]);
    let unary = |depth: usize| format!("let x = {}1;", "!".repeat(depth));
    assert_eq!(kinds(&unary(MAX_NESTING)), []);
    assert_eq!(kinds(&unary(MAX_NESTING + 1)), [SyntaxErrorKind::Nesting]);
    let ifs = |depth: usize| {
        format!(
            "let x = {}1{};",
            "if a { ".repeat(depth),
            " } else { 2 }".repeat(depth)
        )
    };
    assert_eq!(kinds(&ifs(MAX_NESTING)), []);
    assert_eq!(kinds(&ifs(MAX_NESTING + 1)), [SyntaxErrorKind::Nesting]);
    let conditions = |depth: usize| {
        format!(
            "let x = {}1{};",
            "if ".repeat(depth),
            " { 1 } else { 2 }".repeat(depth)
        )
    };
    assert_eq!(kinds(&conditions(MAX_NESTING)), []);
    assert_eq!(
        kinds(&conditions(MAX_NESTING + 1)),
        [SyntaxErrorKind::Nesting]
    );
}

#[test]
fn chains_are_limited_too() {
    for (first, unit, last) in [
        ("1", " + 1", ""),
        ("a", ".b", ""),
        ("a", "[0]", ""),
        ("if a { 1 }", " else if b { 2 }", " else { 3 }"),
    ] {
        let chain = |length: usize| format!("let x = {first}{}{last};", unit.repeat(length));
        assert_eq!(kinds(&chain(MAX_DEPTH - 2)), [], "{unit}");
        assert_eq!(
            kinds(&chain(MAX_DEPTH)),
            [SyntaxErrorKind::Nesting],
            "{unit}"
        );
        assert_eq!(kinds(&chain(20_000)), [SyntaxErrorKind::Nesting], "{unit}");
    }
}

#[test]
fn deep_trees_fit_a_small_stack() {
    let branch = format!(
        "{}1{}",
        "min(1, -(".repeat(MAX_NESTING / 2),
        "))".repeat(MAX_NESTING / 2)
    );
    let text = format!(
        "let x = {branch}{};",
        " + 1".repeat(MAX_DEPTH - 3 * MAX_NESTING)
    );
    let small = std::thread::Builder::new().stack_size(1 << 20);
    let thread = small.spawn(move || {
        let found = kinds(&text);
        assert_eq!(found, []);
        let (mut file, _) = parse(&text);
        crate::strip(&mut file);
        drop(file.clone());
    });
    assert!(thread.is_ok_and(|thread| thread.join().is_ok()));
}

#[test]
fn large_files_are_linear() {
    let ten = 10 << 20;
    assert_eq!(
        kinds(&format!("let x = 1{};", " + 1".repeat(ten / 4))),
        [SyntaxErrorKind::FileTooLarge]
    );
    assert_eq!(
        kinds(&"x".repeat(MAX_FILE + 1)),
        [SyntaxErrorKind::FileTooLarge]
    );
    assert_eq!(kinds(&" ".repeat(MAX_FILE)), []);
    assert_eq!(kinds(&format!("//{}", "x".repeat(ten))), []);
    assert_eq!(kinds(&"let a = 1; ".repeat(100_000)), []);
    let large = MAX_ITEM + 1_000;
    for unit in [
        "x",
        "x ",
        "; ",
        "}",
        "\"",
        "\"a\" ",
        "\"\\",
        "/// d\n",
        "//! d\n",
        "// c\n",
        "zone\n",
        "zone a in b : ",
        "zone a in b\n",
        "let\n",
        "let x = 1\n",
        "let x = if a {\n",
        "split s {\n",
        "split s { a : 0 .. 1 ",
        "a : 0 .. 1,\n",
        "{;",
        "({[;]})",
        "{\n;",
        "paging p { level\n",
        "\r",
        "é",
        "→",
        "0x",
        "1 ",
        "v1.",
        "..",
        "-> ",
        "/*",
        "enum e { a;\n",
    ] {
        let text = unit.repeat(large / unit.len());
        mistakes(&text);
        mistakes(&format!("split s {{\n{text}"));
        mistakes(&format!("let x = {text}"));
    }
}

#[test]
fn every_beginning_of_a_file_is_read() {
    assert_eq!(mistakes(SAMPLE), []);
    for (end, _) in SAMPLE.char_indices() {
        mistakes(&SAMPLE[..end]);
    }
}

#[test]
fn every_end_of_a_file_is_read() {
    for (start, _) in SAMPLE.char_indices() {
        mistakes(&SAMPLE[start..]);
    }
}

#[test]
fn line_ends_and_byte_order_marks() {
    let windows = format!("\u{FEFF}{}", SAMPLE.replace('\n', "\r\n"));
    let (file, errors) = parse(&windows);
    assert_eq!(errors, []);
    assert_eq!(print(&file), print(&parse(SAMPLE).0));
}

#[test]
fn bytes_that_are_no_text() {
    assert_eq!(decode(b"let a = 1;"), Ok("let a = 1;".to_owned()));
    let error = decode(b"let a\xFF = 1;").expect_err("0xff is never UTF-8");
    assert_eq!(
        (error.kind, error.span.start, error.span.end),
        (SyntaxErrorKind::Encoding, 5, 6)
    );
    assert_eq!(
        error.message,
        "the file is not UTF-8: byte 0xff at offset 5"
    );
    let error = decode(b"let \xE2\x82").expect_err("the character has three bytes");
    assert_eq!((error.span.start, error.span.end), (4, 6));
}

/// Pieces of text that the language uses, and some that it does not.
fn soup() -> impl Strategy<Value = String> {
    let words = [
        "zone", "window", "split", "paging", "level", "entry", "let", "if", "else", "in", "when",
        "optional", "alias of", "expect", "layout", "enum", "config", "a", "b", "x86", "v6.1", "0",
        "4K", "0x10", "\"t\"", "\"", "(", ")", "[", "]", "{", "}", ";", ",", ":", "=", "->", "..",
        "..=", "+", "-", "!", "&&", "==", "<", ".", "/// d\n", "// c\n", "//! f\n", "\n", " ", "é",
        "#",
    ];
    let piece = prop::sample::select(words.to_vec()).prop_map(str::to_owned);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn soup_is_read(text in soup()) {
        mistakes(&text);
        drop(parse_expr(&text));
    }

    #[test]
    fn random_text_is_read(text in "\\PC{0,80}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        mistakes(&text);
        drop(parse_expr(&text));
        mistakes(&String::from_utf8_lossy(&bytes));
        drop(decode(&bytes));
    }

    #[test]
    fn damaged_files_are_read(Shown(file) in arbitrary::file(), at in any::<prop::sample::Index>(), length in 1..6_usize) {
        let text = print(&file);
        let characters: Vec<char> = text.chars().collect();
        if !characters.is_empty() {
            let at = at.index(characters.len());
            let rest = characters.iter().skip(at + length);
            let damaged: String = characters.iter().take(at).chain(rest).collect();
            mistakes(&damaged);
        }
    }
}
