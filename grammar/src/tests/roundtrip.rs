//! Printing and parsing undo each other.

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::arbitrary::{self, Shown};
use crate::ast::File;
use crate::lex::{self, TokenKind};
use crate::{expr_text, parse, parse_expr, print, strip};

fn stripped(mut file: File) -> File {
    strip(&mut file);
    file
}

/// Parses text that must be right.
fn parsed(text: &str) -> Result<File, TestCaseError> {
    let (file, errors) = parse(text);
    prop_assert!(errors.is_empty(), "{errors:#?}\n{text}");
    Ok(file)
}

fn prints_back(file: File) -> TestCaseResult {
    let text = print(&file);
    let again = parsed(&text)?;
    prop_assert_eq!(print(&again), text.clone(), "not idempotent");
    prop_assert_eq!(stripped(again), stripped(file), "{}", text);
    Ok(())
}

/// The tokens of a text, and what to put between them.
fn respaced(text: &str, between: &mut dyn FnMut(TokenKind) -> String) -> String {
    let mut out = String::new();
    let mut at = 0;
    loop {
        let token = lex::token(text, at);
        if token.kind == TokenKind::End {
            return out;
        }
        out.push_str(token.text(text));
        // A doc line must end with its line.
        out.push_str(if token.kind == TokenKind::Doc {
            "\n"
        } else {
            ""
        });
        out.push_str(&between(token.kind));
        at = token.end;
    }
}

/// So many cases, and no files with seeds beside the sources: a failure prints its text, which becomes a test of its own.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn a_printed_tree_parses_to_itself(Shown(file) in arbitrary::file()) {
        prints_back(file)?;
    }

    #[test]
    fn a_printed_expression_parses_to_itself(expr in arbitrary::expr()) {
        let text = expr_text(&expr);
        let again = parse_expr(&text);
        prop_assert!(again.is_ok(), "{text}: {again:?}");
        if let Ok(again) = again {
            prop_assert_eq!(expr_text(&again), text);
        }
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    /// Where lines are broken means nothing: the scan for the ends of items never cuts a correct item.
    #[test]
    fn blanks_mean_nothing(Shown(file) in arbitrary::file(), choices in prop::collection::vec(0..3_usize, 1..40)) {
        let mut choice = choices.iter().cycle();
        let mut blank = |_| ["\n", " ", "\r\n\t"][*choice.next().unwrap_or(&0)].to_owned();
        let again = parsed(&respaced(&print(&file), &mut blank))?;
        prop_assert_eq!(stripped(again), stripped(file));
    }

    /// Comments may stand between any two tokens, are never lost, and do not keep printing from being idempotent.
    #[test]
    fn comments_are_kept(Shown(file) in arbitrary::file(), choices in prop::collection::vec(0..8_usize, 1..40)) {
        let mut choice = choices.iter().cycle();
        let mut count = 0;
        let mut between = |_| match choice.next() {
            Some(0) => { count += 1; format!(" // c{count}\n") }
            Some(1) => { count += 1; format!("\n // c{count}\n") }
            Some(2) => { count += 1; format!("\n\n// c{count}\n\n") }
            _ => " ".to_owned(),
        };
        let text = respaced(&print(&file), &mut between);
        let commented = parsed(&text)?;
        prop_assert_eq!(commented.comments.len(), count);
        let printed = print(&commented);
        let again = parsed(&printed)?;
        let mut found: Vec<&str> = again.comments.iter().flat_map(|comment| comment.text.split("  //")).collect();
        let mut wanted: Vec<&str> = commented.comments.iter().map(|comment| comment.text.as_str()).collect();
        found.sort_unstable();
        wanted.sort_unstable();
        prop_assert_eq!(found, wanted, "{}\n--- printed\n{}", text, printed);
        prop_assert_eq!(print(&again), printed, "from\n{}", text);
        prop_assert_eq!(stripped(commented), stripped(file), "{}", text);
    }
}
