//! Where items begin and end, before any of them is parsed.

use crate::lex::{self, TokenKind};
use crate::scan::scan;

fn pieces(text: &str) -> Vec<&str> {
    scan(text)
        .chunks
        .iter()
        .map(|chunk| &text[chunk.start..chunk.end])
        .collect()
}

#[test]
fn items_end_at_their_semicolon_or_brace() {
    let text =
        "let a = 1; /// d\nsplit s { a : 0 .. 1; b : 1 .. 2; }\nenum E { A, B } ; // c\nlet b = 2;";
    let wanted = [
        "let a = 1;",
        "/// d\nsplit s { a : 0 .. 1; b : 1 .. 2; }",
        "enum E { A, B } ;",
        "let b = 2;",
    ];
    assert_eq!(pieces(text), wanted);
}

#[test]
fn semicolons_in_texts_comments_and_docs_end_nothing() {
    let text = "use \"a;b\\\";\"; // ;\n/// ;\nlet a = 1;";
    assert_eq!(pieces(text), ["use \"a;b\\\";\";", "/// ;\nlet a = 1;"]);
}

#[test]
fn a_line_that_begins_an_item_ends_one_that_is_not_closed() {
    let text = "zone a in b : 0 .. 1 { x: 1\n// c\n/// d\nzone c in b : 1 .. 2;\nsplit s {\n a : 0 .. 1;\nlet x = 1;";
    let wanted = [
        "zone a in b : 0 .. 1 { x: 1",
        "/// d\nzone c in b : 1 .. 2;",
        "split s {\n a : 0 .. 1;",
        "let x = 1;",
    ];
    assert_eq!(pieces(text), wanted);
    assert_eq!(
        scan(text)
            .chunks
            .iter()
            .map(|chunk| chunk.cut)
            .collect::<Vec<_>>(),
        [true, false, true, false]
    );
}

#[test]
fn names_that_are_keywords_end_nothing() {
    let text = "expect s 0 -> fault\nguard gap;\nwindow w in s : 0 .. 1 ->\ndevice of\nzone {\nguard: 4K,\nzone };";
    assert_eq!(pieces(text).len(), 2);
}

#[test]
fn depth_counts_brackets_ifs_and_signs() {
    let deepest = |text: &str| scan(text).chunks.iter().find_map(|chunk| chunk.too_deep);
    assert_eq!(
        deepest(&format!("let a = {}1{};", "(".repeat(128), ")".repeat(128))),
        None
    );
    assert_eq!(
        deepest(&format!("let a = {}1{};", "(".repeat(129), ")".repeat(129))),
        Some(8 + 128)
    );
    // A bracket closes what was left open in it.
    assert_eq!(deepest(&format!("let a = {};", "([{)".repeat(1000))), None);
    assert_eq!(
        deepest(&format!("let a = {};", "if x {} else ".repeat(1000))),
        None
    );
    assert_eq!(deepest(&format!("let a = {};", "- 1 ".repeat(1000))), None);
    assert_eq!(
        deepest(&format!("let a = {}1;", "- ".repeat(129))),
        Some(8 + 256)
    );
}

#[test]
fn tokens() {
    let text = "v6.1 v6x.1 0x_1F..=\"a\\\"b\" ////c\n/// d\n->=>a";
    let mut found = Vec::new();
    let mut at = 0;
    loop {
        let token = lex::token(text, at);
        if token.kind == TokenKind::End {
            break;
        }
        found.push(token.text(text));
        at = token.end;
    }
    assert_eq!(
        found,
        [
            "v6.1",
            "v6x",
            ".",
            "1",
            "0x_1F",
            "..=",
            "\"a\\\"b\"",
            "/// d",
            "->",
            "=>",
            "a"
        ]
    );
}
