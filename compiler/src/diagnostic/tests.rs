use super::*;
use crate::source::Loc;
use expect_test::{Expect, expect};
use mapwright_grammar::ast::Span;
use proptest::prelude::*;

const PAGE: Page = Page {
    code: "overlap",
    title: "two ranges overlap",
    source: "//! Two ranges.\n//!\n//!     indented\n\nfn x() {}\n//! not this",
};

/// The place of the first `words` in the only file of `sources`.
fn at(sources: &Sources, file: u32, words: &str) -> Loc {
    let file = FileId(file);
    let start = sources.get(file).text.find(words).expect("words in text");
    Loc {
        file,
        span: Span::new(
            u32::try_from(start).expect("short"),
            u32::try_from(start + words.len()).expect("short"),
        ),
    }
}

fn one(name: &str, text: &str) -> Sources {
    let mut sources = Sources::default();
    sources.add(name, text);
    sources
}

fn check(diagnostic: Diagnostic, sources: &Sources, expected: &Expect) {
    expected.assert_eq(&render(&[diagnostic], sources, false, 80));
}

fn value(name: &str, value: &str, default: bool) -> CounterValue {
    CounterValue {
        name: name.to_string(),
        value: value.to_string(),
        default,
    }
}

const KERNEL: &str = "\
split linear {
    user   : 0 .. 3G;
    kernel : 3G .. linear.end;
}

window lowmem in kernel : 3G .. +RAM -> physical at 0;
guard  gap    in kernel : 4088M .. +8M;
";

#[test]
fn a_whole_message() {
    let sources = one("kernel.layout", KERNEL);
    let diagnostic = Diagnostic::error(&PAGE, "window `lowmem` runs into guard `gap`")
        .at(at(&sources, 0, "3G .. +RAM"), "ends at 0x100000000")
        .also(at(&sources, 0, "4088M .. +8M"), "starts at 0xff800000")
        .note("they share 0xff800000 .. 0x100000000 (8M)")
        .help("cap it: `3G .. +min(RAM, 1016M)`")
        .shown_by(Some(Counterexample {
            smallest: true,
            values: vec![value("RAM", "1G", false)],
        }));
    check(
        diagnostic,
        &sources,
        &expect![[r#"
            error[overlap]: window `lowmem` runs into guard `gap`
              ┌─ kernel.layout:6:27
              │
            6 │ window lowmem in kernel : 3G .. +RAM -> physical at 0;
              │                           ^^^^^^^^^^ ends at 0x100000000
            7 │ guard  gap    in kernel : 4088M .. +8M;
              │                           ------------ starts at 0xff800000
              │
              = they share 0xff800000 .. 0x100000000 (8M)
              = shown by: RAM = 1G; all other parameters at their defaults
              = help: cap it: `3G .. +min(RAM, 1016M)`

        "#]],
    );
}

#[test]
fn counterexamples_read_at_once() {
    let of = |values| {
        shown_by(&Counterexample {
            values,
            smallest: true,
        })
    };
    assert_eq!(of(vec![]), "shown by: every value of the parameters");
    assert_eq!(
        of(vec![value("RAM", "1G", true), value("PAE", "false", true)]),
        "shown by: the defaults, RAM = 1G, PAE = false"
    );
    assert_eq!(
        of(vec![
            value("CPUS", "8", true),
            value("RAM", "904M", false),
            value("PAE", "true", false),
        ]),
        "shown by: RAM = 904M, PAE = true; all other parameters at their defaults, CPUS = 8"
    );
}

#[test]
fn several_files_and_long_labels() {
    let mut sources = one("kernel.layout", KERNEL);
    sources.add("std:paging/x86", "/// Two levels.\npaging x86_32 {\n}\n");
    let whole = at(&sources, 0, KERNEL[..KERNEL.len() - 1].trim_end());
    let diagnostic = Diagnostic::warning(&PAGE, "two files")
        .at(whole, "all of it")
        .also(at(&sources, 1, "x86_32"), "declared here");
    check(
        diagnostic,
        &sources,
        &expect![[r#"
            warning[overlap]: two files
              ┌─ kernel.layout:1:1
              │
            1 │ ╭ split linear {
            2 │ │     user   : 0 .. 3G;
            3 │ │     kernel : 3G .. linear.end;
              · │
            6 │ │ window lowmem in kernel : 3G .. +RAM -> physical at 0;
            7 │ │ guard  gap    in kernel : 4088M .. +8M;
              │ ╰───────────────────────────────────────^ all of it
              │
              ┌─ std:paging/x86:2:8
              │
            2 │ paging x86_32 {
              │        ------ declared here

        "#]],
    );
}

#[test]
fn distant_lines_keep_their_numbers() {
    let mut text = String::from("first\n");
    text.push_str(&"-\n".repeat(1000));
    text.push_str("middle\nbetween\nlast\n");
    let sources = one("long.layout", &text);
    let diagnostic = Diagnostic::error(&PAGE, "far apart")
        .at(at(&sources, 0, "last"), "")
        .also(at(&sources, 0, "middle"), "")
        .also(at(&sources, 0, "first"), "here");
    check(
        diagnostic,
        &sources,
        &expect![[r#"
            error[overlap]: far apart
                 ┌─ long.layout:1004:1
                 │
               1 │ first
                 │ ----- here
                 ·
            1002 │ middle
                 │ ------
            1003 │ between
            1004 │ last
                 │ ^^^^

        "#]],
    );
}

#[test]
fn a_line_of_ten_megabytes() {
    let mut text = "x".repeat(5 << 20);
    text.push_str(" culprit ");
    text.push_str(&"y".repeat(5 << 20));
    let sources = one("wide.layout", &text);
    let diagnostic =
        Diagnostic::error(&PAGE, "in the middle").at(at(&sources, 0, "culprit"), "here");
    check(
        diagnostic,
        &sources,
        &expect![[r#"
            error[overlap]: in the middle
              ┌─ wide.layout:1:5242882
              │
            1 │ …xxxxxxxxxxxxxxxxxx culprit yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…
              │                     ^^^^^^^ here

        "#]],
    );
}

#[test]
fn hostile_text_is_harmless() {
    let text = "let \u{202e}x = \x1b[31m1;\tlet 日本 = y; \u{feff}\x07\r\nlet z = 1;\r\n";
    let sources = one("a\x1b[2J.layout", text);
    let diagnostic = Diagnostic::error(&PAGE, "bad \x1b]0;title\x07 name\nsecond line")
        .at(at(&sources, 0, "y;"), "not\u{200b} known")
        .also(at(&sources, 0, "日本"), "wide")
        .note("written\x08 by\nan enemy");
    check(
        diagnostic,
        &sources,
        &expect![[r#"
            error[overlap]: bad ␛]0;title␇ name second line
              ┌─ a␛[2J.layout:1:27
              │
            1 │ let <U+202E>x = ␛[31m1; let 日本 = y; <U+FEFF>␇
              │                             ----   ^^ not<U+200B> known
              │                             │
              │                             wide
              │
              = written␈ by
                an enemy

        "#]],
    );
}

#[test]
fn ends_of_files() {
    let sources = one("end.layout", "let a = 1;\r\nlet b");
    let end = Loc {
        file: FileId(0),
        span: Span::new(17, 17),
    };
    check(
        Diagnostic::error(&PAGE, "unexpected end").at(end, "here"),
        &sources,
        &expect![[r#"
            error[overlap]: unexpected end
              ┌─ end.layout:2:6
              │
            2 │ let b
              │      ^ here

        "#]],
    );
    let line_break = Loc {
        file: FileId(0),
        span: Span::new(9, 12),
    };
    check(
        Diagnostic::error(&PAGE, "with its line break").at(line_break, "here"),
        &sources,
        &expect![[r#"
            error[overlap]: with its line break
              ┌─ end.layout:1:10
              │
            1 │ let a = 1;
              │          ^ here

        "#]],
    );
}

#[test]
fn empty_files_and_no_place() {
    let sources = one("empty.layout", "");
    let start = Loc {
        file: FileId(0),
        span: Span::new(0, 0),
    };
    check(
        Diagnostic::error(&PAGE, "nothing here").at(start, ""),
        &sources,
        &expect![[r#"
            error[overlap]: nothing here
              ┌─ empty.layout:1:1
              │
            1 │
              │ ^

        "#]],
    );
    check(
        Diagnostic::error(&PAGE, "nowhere").note("at all"),
        &sources,
        &expect![[r#"
            error[overlap]: nowhere
             = at all

        "#]],
    );
}

#[test]
fn a_hundred_are_enough() {
    let sources = one("a.layout", "x\n");
    let mut many: Vec<Diagnostic> = (0..103)
        .map(|n| Diagnostic::error(&PAGE, format!("number {n}")))
        .collect();
    many.push(Diagnostic::warning(&PAGE, "a warning"));
    let text = render(&many, &sources, false, 80);
    assert!(text.contains("number 99\n") && !text.contains("number 100\n"));
    assert!(text.contains("a warning\n"));
    assert_eq!(
        summary(&many, 0, "a.layout").as_deref(),
        Some("error: 103 errors (100 shown), 1 warning in a.layout")
    );
    assert_eq!(
        summary(&many[..2], 7, "a.layout").as_deref(),
        Some("error: 9 errors (2 shown) in a.layout")
    );
    assert_eq!(summary(&[], 0, "a.layout"), None);
}

#[test]
fn many_places_are_counted() {
    let text = "abcdefghijklmnopqrstuvwxyz\n";
    let sources = one("a.layout", text);
    let mut diagnostic = Diagnostic::error(&PAGE, "everywhere").at(at(&sources, 0, "a"), "");
    for letter in text[1..].trim().chars() {
        diagnostic = diagnostic.also(at(&sources, 0, &letter.to_string()), "");
    }
    let text = render(&[diagnostic], &sources, false, 80);
    assert!(text.contains("│ ^--------\n"), "{text}");
    assert!(text.contains("= and 17 more places not shown\n"), "{text}");
}

#[test]
fn colors_only_on_demand() {
    let sources = one("a.layout", "x\n");
    let diagnostic = Diagnostic::error(&PAGE, "red").at(at(&sources, 0, "x"), "");
    assert!(!render(std::slice::from_ref(&diagnostic), &sources, false, 80).contains('\x1b'));
    assert!(render(&[diagnostic], &sources, true, 80).contains("\x1b["));
}

#[test]
fn json_says_everything() {
    let sources = one("kernel.layout", KERNEL);
    let diagnostic = Diagnostic::error(&PAGE, "they overlap")
        .at(at(&sources, 0, "3G .. +RAM"), "ends")
        .also(at(&sources, 0, "4088M"), "starts")
        .note("a note")
        .help("a way out")
        .shown_by(Some(Counterexample {
            smallest: true,
            values: vec![value("RAM", "1G", false), value("A", "1", true)],
        }));
    let nowhere = Diagnostic::warning(&PAGE, "nowhere");
    expect![[r#"
        {"code":"overlap","severity":"error","message":"they overlap","file":"kernel.layout","line":6,"column":27,"end_line":6,"end_column":37,"labels":[{"primary":true,"file":"kernel.layout","line":6,"column":27,"end_line":6,"end_column":37,"message":"ends"},{"primary":false,"file":"kernel.layout","line":7,"column":27,"end_line":7,"end_column":32,"message":"starts"}],"notes":["a note","help: a way out"],"counterexample":{"RAM":"1G","A":"1"}}
        {"code":"overlap","severity":"warning","message":"nowhere","file":null,"line":null,"column":null,"end_line":null,"end_column":null,"labels":[],"notes":[],"counterexample":null}
    "#]]
    .assert_eq(&json::render(&[diagnostic, nowhere], &sources));
}

#[test]
fn pages_are_the_leading_docs() {
    assert_eq!(PAGE.text(), "Two ranges.\n\n    indented\n");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]
    #[test]
    fn any_place_renders(
        text in "(?s)[ab \t\r\n\u{301}日\u{202e}\\x00\\x1bé]{0,80}",
        places in proptest::collection::vec((0u32..3, 0u32..200, 0u32..200), 1..6),
        width in 0usize..60,
    ) {
        let mut sources = one("a.layout", &text);
        sources.add("b.layout", "");
        let loc = |(file, start, end)| Loc { file: FileId(file), span: Span::new(start, end) };
        let mut diagnostic = Diagnostic::error(&PAGE, "m").at(loc(places[0]), "here");
        for &place in &places[1..] {
            diagnostic = diagnostic.also(loc(place), "there");
        }
        let rendered = render(std::slice::from_ref(&diagnostic), &sources, false, width);
        prop_assert!(rendered.contains("here"));
        prop_assert!(!rendered.chars().any(|c| c.is_control() && c != '\n'), "{rendered:?}");
        let parsed: serde_json::Value =
            serde_json::from_str(&json::render(&[diagnostic], &sources)).expect("JSON");
        prop_assert_eq!(parsed["code"].as_str(), Some("overlap"));
    }
}
