//! Characters, texts, comments and docs.

use expect_test::expect;

use super::check;

#[test]
fn missing_quotes() {
    check(
        r#"use paging/x86.layout;
export VMALLOC_END = vmalloc.last;
assert a == b, sizes match;"#,
        &expect![[r#"
            Unexpected: expected a quoted text, found `paging`
            1 | use paging/x86.layout;
              |     ^^^^^^^^^^^^^^^^^ quotes are missing
            help: write "paging/x86.layout"
            Unexpected: expected a quoted text, found `VMALLOC_END`
            2 | export VMALLOC_END = vmalloc.last;
              |        ^^^^^^^^^^^ quotes are missing
            help: write "VMALLOC_END"
            Unexpected: expected a quoted text, found `sizes`
            3 | assert a == b, sizes match;
              |                ^^^^^^^^^^^ quotes are missing
            help: write "sizes match"
        "#]],
    );
}

#[test]
fn a_text_that_is_not_closed() {
    check(
        r#"use "paging/x86.layout;
let a = 1;"#,
        &expect![[r#"
    Unexpected: this text is not closed on its line
    1 | use "paging/x86.layout;
      |     ^ opened here
    help: add the closing `"`; a text stands on one line, and a quote inside is written `\"`
"#]],
    );
}

#[test]
fn a_backslash_in_a_text() {
    check(
        r#"use "paging\x86.layout";"#,
        &expect![[r#"
        Unexpected: unknown escape `\x` in a text
        1 | use "paging\x86.layout";
          |            ^^ unknown escape
        help: the escapes are `\"` for a quote and `\\` for a backslash; paths are written with `/`
    "#]],
    );
}

#[test]
fn a_reason_without_a_comma() {
    check(
        r#"assert a == b "why";"#,
        &expect![[r#"
        Unexpected: expected `;` or `,`, found a quoted text
        1 | assert a == b "why";
          |               ^^^^^ expected `;` or `,`
        help: it is written `assert CONDITION, "why";`
    "#]],
    );
}

#[test]
fn docs_for_nothing() {
    check(
        r#"let a = 1;
/// Nothing follows."#,
        &expect![[r#"
    LooseDoc: this doc comment is followed by nothing that it could document
    2 | /// Nothing follows.
      | ^^^^^^^^^^^^^^^^^^^^ documents nothing
    help: write `//` for a comment that documents nothing
"#]],
    );
}

#[test]
fn docs_inside_an_item() {
    check(
        r#"let x = /// odd
    3;
split s { user : 0 .. 1; /// last
}"#,
        &expect![[r#"
    LooseDoc: a doc comment cannot stand inside an item
    1 | let x = /// odd
      |         ^^^^^^^ documents nothing
    help: write `//` for a comment that documents nothing
    LooseDoc: this doc comment is followed by nothing that it could document
    3 | split s { user : 0 .. 1; /// last
      |                          ^^^^^^^^ documents nothing
    help: write `//` for a comment that documents nothing
"#]],
    );
}

#[test]
fn file_docs_in_the_middle() {
    check(
        r#"let a = 1;
//! late
let b = 2;"#,
        &expect![[r#"
    LooseDoc: `//!` documents the file and may only stand at its top
    2 | //! late
      | ^^^^^^^^ documents nothing
    help: write `///` to document the next item, or `//` for a comment
"#]],
    );
}

#[test]
fn comments_of_other_languages() {
    check(
        r#"# a comment
let a = 1; /* another */"#,
        &expect![[r#"
    Unexpected: `#` does not begin a comment
    1 | # a comment
      | ^ not a comment
    help: comments are `// ...`, to the end of the line
    Unexpected: `/*` does not begin a comment
    2 | let a = 1; /* another */
      |            ^^ not a comment
    help: comments are `// ...`, to the end of the line
"#]],
    );
}

#[test]
fn typographic_characters() {
    check(
        r#"let a = “x”;
let b = a → c;
let c = a ≤ b;
let d = a + 1;
let e = ä;"#,
        &expect![[r#"
            Unexpected: `“` (U+201C) does not belong to the language
            1 | let a = “x”;
              |         ^ not known here
            help: texts stand between straight double quotes: "..."
            Unexpected: `→` (U+2192) does not belong to the language
            2 | let b = a → c;
              |           ^ not known here
            help: write `->`
            Unexpected: `≤` (U+2264) does not belong to the language
            3 | let c = a ≤ b;
              |           ^ not known here
            help: write `<=`
            Unexpected: ` ` (U+00A0) does not belong to the language
            4 | let d = a + 1;
              |          ^ not known here
            help: put an ordinary blank in its place
            Unexpected: expected a value, found `ä` (U+00E4)
            5 | let e = ä;
              |         ^ expected a value
            help: it is written `let NAME : kind = VALUE;`
        "#]],
    );
}

#[test]
fn characters_that_no_file_may_contain() {
    check(
        "let a = 1;\0\nlet b\u{202E} = 2; // \u{2066}hidden\nlet c = \u{1b}3;\n",
        &expect![[r#"
            Character: U+0000 is not allowed: a NUL character
            1 | let a = 1;·
              |           ^ U+0000 here
            help: remove it; lines end with a line feed, and columns are made with blanks or tabs
            Character: U+202E is not allowed: a character that changes the direction of text
            2 | let b· = 2; // ·hidden
              |      ^ U+202E here
            help: remove it; it makes a line look different from what it says, so it is refused in comments and texts too
            Character: U+2066 is not allowed: a character that changes the direction of text
            2 | let b· = 2; // ·hidden
              |                ^ U+2066 here
            help: remove it; it makes a line look different from what it says, so it is refused in comments and texts too
            Character: U+001B is not allowed: a control character
            3 | let c = ·3;
              |         ^ U+001B here
            help: remove it; lines end with a line feed, and columns are made with blanks or tabs
        "#]],
    );
}

#[test]
fn lines_that_end_in_a_lone_carriage_return() {
    check(
        "let a = 1;\rlet b = 2;\r\nlet c = 3\u{FEFF};\u{2028}",
        &expect![[r#"
            Character: U+000D is not allowed: a carriage return without a line feed
            1 | let a = 1;·let b = 2;·
              |           ^ U+000D here
            help: end lines with a line feed, or with carriage return and line feed
            Character: U+FEFF is not allowed: a byte order mark inside the file
            2 | let c = 3·;·
              |          ^ U+FEFF here
            help: it may only be the first character of a file; remove it here
            Character: U+2028 is not allowed: a Unicode line separator
            2 | let c = 3·;·
              |            ^ U+2028 here
            help: remove it; it makes a line look different from what it says, so it is refused in comments and texts too
        "#]],
    );
}
