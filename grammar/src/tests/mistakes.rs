//! What people write wrong, and what they are told: whole texts.

use expect_test::{Expect, expect};

use crate::{SyntaxError, parse, parse_expr};

/// The mistakes of a text under their lines, as a compiler would show them.
fn shown(source: &str) -> String {
    parse(source)
        .1
        .iter()
        .map(|error| one(source, error))
        .collect()
}

fn one(source: &str, error: &SyntaxError) -> String {
    let (start, end) = (error.span.start as usize, error.span.end as usize);
    let before = &source[..start];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line_end = source[start..]
        .find('\n')
        .map_or(source.len(), |at| start + at);
    let number = before.matches('\n').count() + 1;
    let column = source[line_start..start].chars().count();
    let carets = source[start..end.min(line_end)].chars().count().max(1);
    let mut out = format!("{:?}: {}\n", error.kind, error.message);
    // What a terminal must not be sent is shown as a dot.
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
    };
    let line: String = source[line_start..line_end]
        .chars()
        .map(|c| if hidden(c) { '·' } else { c })
        .collect();
    out += &format!("{number} | {line}\n");
    out += &format!(
        "  | {}{} {}\n",
        " ".repeat(column),
        "^".repeat(carets),
        error.label
    );
    if let Some(help) = &error.help {
        out += &format!("help: {help}\n");
    }
    out
}

fn check(source: &str, expected: &Expect) {
    expected.assert_eq(&shown(source));
}

#[test]
fn a_missing_semicolon_is_shown_where_it_belongs() {
    check(
        r#"zone low in physical : 0 .. 16M
zone high in physical : 16M .. 32M;"#,
        &expect![[r#"
    Unexpected: expected `;` after `16M`
    1 | zone low in physical : 0 .. 16M
      |                                ^ `;` is missing here
    help: every item, part and clause ends with `;`
"#]],
    );
}

#[test]
fn a_missing_in() {
    check(
        r#"zone low physical : 0 .. 16M;"#,
        &expect![[r#"
        Unexpected: expected `in`, found `physical`
        1 | zone low physical : 0 .. 16M;
          |          ^^^^^^^^ expected `in`
        help: it is written `zone NAME in PARENT : start .. end { attributes };`
    "#]],
    );
}

#[test]
fn a_missing_colon() {
    check(
        r#"zone low in physical 0 .. 16M;"#,
        &expect![[r#"
        Unexpected: expected `:`, found `0`
        1 | zone low in physical 0 .. 16M;
          |                      ^ expected `:`
        help: it is written `zone NAME in PARENT : start .. end { attributes };`
    "#]],
    );
}

#[test]
fn an_inclusive_range() {
    check(
        r#"zone low in physical : 0 ..= 16M;"#,
        &expect![[r#"
        Unexpected: ranges are half-open and written with `..`, not `..=`
        1 | zone low in physical : 0 ..= 16M;
          |                          ^^^ write `..`
        help: write `start .. end`, where `end` is the first address behind the range, or `start .. +size`
    "#]],
    );
}

#[test]
fn a_range_without_an_end() {
    check(
        r#"zone low in physical : 16M;"#,
        &expect![[r#"
        Unexpected: expected `..` and the end of the range, found `;`
        1 | zone low in physical : 16M;
          |                           ^ expected `..`
        help: a range is `start .. end`, or `start .. +size`
    "#]],
    );
}

#[test]
fn a_half_open_domain() {
    check(
        r#"boot RAM : size = 1G in 16M .. 64G;"#,
        &expect![[r#"
        Unexpected: domains include both ends and are written with `..=`, not `..`
        1 | boot RAM : size = 1G in 16M .. 64G;
          |                             ^^ write `..=`
        help: write `low ..= high`, or list the values: `{ a, b, c }`
    "#]],
    );
}

#[test]
fn a_parameter_without_a_kind() {
    check(
        r#"boot RAM = 1G in 16M ..= 64G;"#,
        &expect![[r#"
        Unexpected: a parameter says its kind before its default: `boot RAM : kind = ...`
        1 | boot RAM = 1G in 16M ..= 64G;
          |          ^ expected `:` and a kind
        help: the kinds are addr, size, int, bool, version, and the name of an `enum`
    "#]],
    );
}

#[test]
fn a_parameter_without_a_default() {
    check(
        r#"boot RAM : size in 16M ..= 64G;"#,
        &expect![[r#"
        Unexpected: expected `=` and a default value, found `in`
        1 | boot RAM : size in 16M ..= 64G;
          |                 ^^ expected `=`
        help: every parameter has a default, so that a layout can be looked at without setting any
    "#]],
    );
}

#[test]
fn a_domain_that_is_not_closed() {
    check(
        r#"boot RAM : size = 1G in { 1G, 2G;
let a = 1;"#,
        &expect![[r#"
    Unexpected: expected `}`, found `;`
    1 | boot RAM : size = 1G in { 1G, 2G;
      |                                 ^ `}` is missing here
    help: it closes the `{` in line 1
"#]],
    );
}

#[test]
fn a_fat_arrow() {
    check(
        r#"window w in kernel : 0 .. 4K => physical at 0;"#,
        &expect![[r#"
        Unexpected: the arrow is written `->`, not `=>`
        1 | window w in kernel : 0 .. 4K => physical at 0;
          |                              ^^ write `->`
    "#]],
    );
}

#[test]
fn a_target_without_at() {
    check(
        r#"window w in kernel : 0 .. 4K -> physical 0;"#,
        &expect![[r#"
        Unexpected: expected `at` after `physical`, found `0`
        1 | window w in kernel : 0 .. 4K -> physical 0;
          |                                          ^ expected `at`
        help: a target is `SPACE at ADDRESS`, `pages from ZONE`, `slots N from ZONE`, `fixed { ... }`, `device`, or `table of SIZE per page of SPACE`
    "#]],
    );
}

#[test]
fn pages_without_from() {
    check(
        r#"window w in kernel : 0 .. 4K -> pages HIGHMEM;"#,
        &expect![[r#"
        Unexpected: expected `from` after `pages`, found `HIGHMEM`
        1 | window w in kernel : 0 .. 4K -> pages HIGHMEM;
          |                                       ^^^^^^^ expected `from`
        help: a target is `SPACE at ADDRESS`, `pages from ZONE`, `slots N from ZONE`, `fixed { ... }`, `device`, or `table of SIZE per page of SPACE`
    "#]],
    );
}

#[test]
fn an_unknown_target() {
    check(
        r#"window w in kernel : 0 .. 4K -> dynamic { access: rw };"#,
        &expect![[r#"
        Unexpected: `dynamic` alone is no target
        1 | window w in kernel : 0 .. 4K -> dynamic { access: rw };
          |                                 ^^^^^^^ not a target
        help: a target is `SPACE at ADDRESS`, `pages from ZONE`, `slots N from ZONE`, `fixed { ... }`, `device`, or `table of SIZE per page of SPACE`
    "#]],
    );
}

#[test]
fn a_target_behind_the_attributes() {
    check(
        r#"window w in kernel : 0 .. 4K { access: rw } -> physical at 0;"#,
        &expect![[r#"
        Unexpected: the target must directly follow the range
        1 | window w in kernel : 0 .. 4K { access: rw } -> physical at 0;
          |                                             ^^ too late
        help: the order is: range, `-> target`, `alias of`, `when`, `optional`, `{ attributes }`
    "#]],
    );
}

#[test]
fn a_clause_behind_the_attributes() {
    check(
        r#"window w in kernel : 0 .. 4K -> physical at 0 { access: rw } when PAE;"#,
        &expect![[r#"
        Unexpected: `when` must stand before the attributes
        1 | window w in kernel : 0 .. 4K -> physical at 0 { access: rw } when PAE;
          |                                                              ^^^^ too late
        help: the order is: range, `-> target`, `alias of`, `when`, `optional`, `{ attributes }`
    "#]],
    );
}

#[test]
fn a_clause_written_twice() {
    check(
        r#"zone low in physical : 0 .. 16M optional when PAE optional;"#,
        &expect![[r#"
        Unexpected: `optional` is written twice
        1 | zone low in physical : 0 .. 16M optional when PAE optional;
          |                                                   ^^^^^^^^ the second one
        help: remove one of the two
    "#]],
    );
}

#[test]
fn a_misspelt_item_and_its_neighbour() {
    check(
        r#"windwo w in kernel : 0 .. 4K;
Window v in kernel : 0 .. 4K;
region u in kernel : 0 .. 4K;"#,
        &expect![[r#"
    Unexpected: unknown item `windwo`
    1 | windwo w in kernel : 0 .. 4K;
      | ^^^^^^ no item begins with this word
    help: did you mean `window`?
    Unexpected: unknown item `Window`
    2 | Window v in kernel : 0 .. 4K;
      | ^^^^^^ no item begins with this word
    help: did you mean `window`?
    Unexpected: unknown item `region`
    3 | region u in kernel : 0 .. 4K;
      | ^^^^^^ no item begins with this word
    help: did you mean `window`?
"#]],
    );
}

#[test]
fn an_item_that_does_not_exist() {
    check(
        r#"frobnicate w;
42;"#,
        &expect![[r#"
    Unexpected: unknown item `frobnicate`
    1 | frobnicate w;
      | ^^^^^^^^^^ no item begins with this word
    help: items begin with one of: use, config, boot, assume, let, enum, paging, space, split, zone, reserve, device, window, guard, hole, area, segment, assert, expect, layout, export
    Unexpected: expected an item, found `42`
    2 | 42;
      | ^^ expected an item
    help: items begin with one of: use, config, boot, assume, let, enum, paging, space, split, zone, reserve, device, window, guard, hole, area, segment, assert, expect, layout, export
"#]],
    );
}

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
fn a_split_with_several_mistakes() {
    check(
        r#"split linear {
    user : 0 .. 3G { access: user; tables: shared };
    kernel : 3G .. 4G { access = kernel };
    high 4G .. 8G;
    top : 8G .. 16G
    last : 16G .. 17G,
}
let good = 1;"#,
        &expect![[r#"
            Unexpected: the elements of a list are separated by `,`
            2 |     user : 0 .. 3G { access: user; tables: shared };
              |                                  ^ write `,`
            help: `;` ends a whole item, part or clause
            Unexpected: an attribute is written `access: value`
            3 |     kernel : 3G .. 4G { access = kernel };
              |                                ^ write `:`
            Unexpected: expected `:`, found `4G`
            4 |     high 4G .. 8G;
              |          ^^ expected `:`
            help: a part is written `NAME : start .. end { attributes };`
            Unexpected: expected `;` after `16G`
            5 |     top : 8G .. 16G
              |                    ^ `;` is missing here
            help: every item, part and clause ends with `;`
            Unexpected: a part ends with `;`, not with `,`
            6 |     last : 16G .. 17G,
              |                      ^ write `;`
        "#]],
    );
}

#[test]
fn a_body_that_is_not_closed() {
    check(
        r#"split linear {
    user   : 0  .. 3G;
    kernel : 3G .. 4G;

zone low in physical : 0 .. 16M;"#,
        &expect![[r#"
    Unexpected: expected `}`, found `zone`
    3 |     kernel : 3G .. 4G;
      |                       ^ `}` is missing here
    help: it closes the `{` in line 1
"#]],
    );
}

#[test]
fn brackets_that_are_not_closed() {
    check(
        r#"let x = (1 + 2;
let y = min(1,
    2;
let z = a[3;
enum E { A, B
let w = 1;"#,
        &expect![[r#"
    Unexpected: expected `)`, found `;`
    1 | let x = (1 + 2;
      |               ^ `)` is missing here
    help: it closes the `(` in line 1
    Unexpected: expected `)`, found `;`
    3 |     2;
      |      ^ `)` is missing here
    help: it closes the `(` in line 2
    Unexpected: expected `]`, found `;`
    4 | let z = a[3;
      |            ^ `]` is missing here
    help: it closes the `[` in line 4
    Unexpected: expected `}`, found `let`
    5 | enum E { A, B
      |              ^ `}` is missing here
    help: it closes the `{` in line 5
"#]],
    );
}

#[test]
fn brackets_that_close_nothing() {
    check(
        r#"let a = (1 + 2));
let b = 1;;
}
let c = 1;"#,
        &expect![[r#"
    Unexpected: expected `;`, found `)`
    1 | let a = (1 + 2));
      |                ^ expected `;`
    help: it is written `let NAME : kind = VALUE;`
    Unexpected: this `;` ends nothing
    2 | let b = 1;;
      |           ^ one too many
    help: remove it
    Unexpected: this `}` closes nothing
    3 | }
      | ^ no bracket is open here
    help: remove it, or look above for an item that ended too early
"#]],
    );
}

#[test]
fn a_value_that_is_missing() {
    check(
        r#"let x = 1 +;
let y = ;
let z = a.;
let w : size;"#,
        &expect![[r#"
    Unexpected: expected a value, found `;`
    1 | let x = 1 +;
      |            ^ expected a value
    help: it is written `let NAME : kind = VALUE;`
    Unexpected: expected a value, found `;`
    2 | let y = ;
      |         ^ expected a value
    help: it is written `let NAME : kind = VALUE;`
    Unexpected: expected a name, found `;`
    3 | let z = a.;
      |           ^ expected a name
    help: it is written `let NAME : kind = VALUE;`
    Unexpected: expected `=`, found `;`
    4 | let w : size;
      |             ^ expected `=`
    help: it is written `let NAME : kind = VALUE;`
"#]],
    );
}

#[test]
fn values_without_an_operator() {
    check(
        r#"let x = 1 2;
let y = foo bar;"#,
        &expect![[r#"
    Unexpected: expected `;`, found `2`
    1 | let x = 1 2;
      |           ^ expected `;`
    help: it is written `let NAME : kind = VALUE;`
    Unexpected: expected `;`, found `bar`
    2 | let y = foo bar;
      |             ^^^ expected `;`
    help: it is written `let NAME : kind = VALUE;`
"#]],
    );
}

#[test]
fn numbers_that_are_none() {
    check(
        r#"let a = 16m;
let b = 128MiB;
let c = 0X10;
let d = 1.5G;
let e = 0xG0;
let f = 0FFh;
let g = 512B;
let h = 0b12;"#,
        &expect![[r#"
    Unexpected: `16m` is not a number
    1 | let a = 16m;
      |         ^^^ not a number
    help: write `16M`: the suffixes are K M G T P E, and K is 1024
    Unexpected: `128MiB` is not a number
    2 | let b = 128MiB;
      |         ^^^^^^ not a number
    help: write `128M`: the suffixes are K M G T P E, and K is 1024
    Unexpected: `0X10` is not a number
    3 | let c = 0X10;
      |         ^^^^ not a number
    help: write the prefix small: `0x`
    Unexpected: numbers have no fraction
    4 | let d = 1.5G;
      |           ^^ not a whole number
    help: use a smaller unit: `1536M`
    Unexpected: `0xG0` is not a number
    5 | let e = 0xG0;
      |         ^^^^ not a number
    help: after `0x` stand 0-9 and A-F; size suffixes go with decimal numbers only
    Unexpected: `0FFh` is not a number
    6 | let f = 0FFh;
      |         ^^^^ not a number
    help: hexadecimal numbers begin with `0x`
    Unexpected: `512B` is not a number
    7 | let g = 512B;
      |         ^^^^ not a number
    help: bytes need no suffix: write `512`
    Unexpected: `0b12` is not a number
    8 | let h = 0b12;
      |         ^^^^ not a number
    help: after `0b` stand 0 and 1, after `0o` stand 0 to 7
"#]],
    );
}

#[test]
fn chained_comparisons() {
    check(
        r#"assume 0 <= a < 10;
assert a == b == c, "both";"#,
        &expect![[r#"
            Unexpected: comparisons cannot be chained
            1 | assume 0 <= a < 10;
              |        ^^^^^^^^^^^ two comparisons
            help: write `0 <= a && a < 10`
            Unexpected: comparisons cannot be chained
            2 | assert a == b == c, "both";
              |        ^^^^^^^^^^^ two comparisons
            help: write `a == b && b == c`
        "#]],
    );
}

#[test]
fn an_assignment_for_a_comparison() {
    check(
        r#"assume a = b;
let x = if a = b { 1 } else { 2 };"#,
        &expect![[r#"
    Unexpected: `=` gives a name its value; values are compared with `==`
    1 | assume a = b;
      |          ^ write `==`
    Unexpected: `=` gives a name its value; values are compared with `==`
    2 | let x = if a = b { 1 } else { 2 };
      |              ^ write `==`
"#]],
    );
}

#[test]
fn operators_of_other_languages() {
    check(
        r#"assume PAE and RAM < 4G;
assume not PAE;
let m = a mod b;
let t = a ? b : c;
let x = a ^ b;"#,
        &expect![[r#"
    Unexpected: `and` is no operator
    1 | assume PAE and RAM < 4G;
      |            ^^^ not an operator
    help: write `&&`
    Unexpected: `not` is no operator
    2 | assume not PAE;
      |        ^^^ not an operator
    help: write `!`
    Unexpected: `mod` is no operator
    3 | let m = a mod b;
      |           ^^^ not an operator
    help: write `%`
    Unexpected: `?` does not belong to the language
    4 | let t = a ? b : c;
      |           ^ not known here
    help: conditions are written `if CONDITION { a } else { b }`
    Unexpected: `^` does not belong to the language
    5 | let x = a ^ b;
      |           ^ not known here
    help: there is no such operator; bits are joined with `|` and taken with `[high:low]`
"#]],
    );
}

#[test]
fn an_if_without_else() {
    check(
        r#"let x = if PAE { 1 };
let y = if PAE then 1 else 2;
let z = if PAE { 1 } elif b { 2 } else { 3 };"#,
        &expect![[r#"
    Unexpected: an `if` is a value and needs an `else`
    1 | let x = if PAE { 1 };
      |                     ^ expected `else { ... }`
    help: write `if CONDITION { a } else { b }`
    Unexpected: the branches of an `if` stand in braces
    2 | let y = if PAE then 1 else 2;
      |                ^^^^ expected `{`
    help: write `if CONDITION { a } else { b }`
    Unexpected: an `if` is a value and needs an `else`
    3 | let z = if PAE { 1 } elif b { 2 } else { 3 };
      |                     ^ expected `else { ... }`
    help: write `else if`
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
fn reserved_words_as_names() {
    check(
        r#"let if = 3;
let v6 = 4;
let v6.1 = 5;"#,
        &expect![[r#"
    Unexpected: `if` is reserved and cannot be a name
    1 | let if = 3;
      |     ^^ not a name
    help: use another name, such as `if_`
    Unexpected: `v6` is a version and cannot be a name
    2 | let v6 = 4;
      |     ^^ not a name
    help: use another name, such as `v6_`
    Unexpected: `v6.1` is a version and cannot be a name
    3 | let v6.1 = 5;
      |     ^^^^ not a name
    help: use another name, such as `version`
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
fn a_list_with_semicolons() {
    check(
        r#"window fix in kernel : a .. b -> fixed { A; B };
enum E {
    A;
    B;
}
let a = 1;"#,
        &expect![[r#"
    Unexpected: the elements of a list are separated by `,`
    1 | window fix in kernel : a .. b -> fixed { A; B };
      |                                           ^ write `,`
    help: `;` ends a whole item, part or clause
    Unexpected: the elements of a list are separated by `,`
    3 |     A;
      |      ^ write `,`
    help: `;` ends a whole item, part or clause
"#]],
    );
}

#[test]
fn a_list_without_commas() {
    check(
        r#"enum E { A B }"#,
        &expect![[r#"
        Unexpected: expected `,` or `}`, found `B`
        1 | enum E { A B }
          |            ^ expected `,` or `}`
        help: it is written `enum NAME { A, B }`
    "#]],
    );
}

#[test]
fn a_comma_behind_an_item() {
    check(
        r#"zone low in physical : 0 .. 16M,
zone high in physical : 16M .. 32M;"#,
        &expect![[r#"
    Unexpected: an item ends with `;`, not with `,`
    1 | zone low in physical : 0 .. 16M,
      |                                ^ write `;`
"#]],
    );
}

#[test]
fn a_format_with_several_mistakes() {
    check(
        r#"paging p {
    adress 48 bits;
    level PT : va[20:12] entry[51:12] << 12;
    physical 52;
    pages 4K;
    entry 8 bytes { present 0 };
}"#,
        &expect![[r#"
            Unexpected: unknown clause `adress` in a page-table format
            2 |     adress 48 bits;
              |     ^^^^^^ not a clause
            help: did you mean `address`?
            Unexpected: unknown clause `adress` in a page-table format
            2 |     adress 48 bits;
              |     ^^^^^^ not a clause
            help: did you mean `address`?
            Unexpected: expected `->`, found `entry`
            3 |     level PT : va[20:12] entry[51:12] << 12;
              |                          ^^^^^ expected `->`
            help: it is written `level NAME : va[high:low] -> entry[high:low] << SHIFT, leaf when CONDITION -> entry[high:low] << SHIFT;`
            Unexpected: expected `bits`, found `;`
            4 |     physical 52;
              |                ^ expected `bits`
            help: a width is written `32 bits`; put a longer expression in parentheses if that reads better
            Unexpected: unknown clause `pages` in a page-table format
            5 |     pages 4K;
              |     ^^^^^ not a clause
            help: its clauses are `address`, `physical`, `entry`, `reserved` and `level`
            Unexpected: expected bits `[high:low]` or `when`, found `0`
            6 |     entry 8 bytes { present 0 };
              |                             ^ expected bits `[high:low]` or `when`
            help: it is written `entry 8 bytes { present [0], execute ![63], ... }`
        "#]],
    );
}

#[test]
fn examples_that_do_not_say_what_they_expect() {
    check(
        r#"expect linear 0xC000_0000 physical 0;
expect linear 0xC000_0000 -> physical 0 with RAM: 2G;"#,
        &expect![[r#"
    Unexpected: expected `->`, found `physical`
    1 | expect linear 0xC000_0000 physical 0;
      |                           ^^^^^^^^ expected `->`
    help: it is written `expect SPACE ADDRESS -> SPACE ADDRESS in WINDOW;`
    Unexpected: a value is given with `=`, not `:`
    2 | expect linear 0xC000_0000 -> physical 0 with RAM: 2G;
      |                                                 ^ write `=`
"#]],
    );
}

#[test]
fn a_variant_without_with() {
    check(
        r#"layout big = default { RAM = 4G };"#,
        &expect![[r#"
        Unexpected: expected `with` before the values
        1 | layout big = default { RAM = 4G };
          |                      ^ expected `with`
        help: write `with { NAME = value }`
    "#]],
    );
}

#[test]
fn a_space_without_bits() {
    check(
        r#"space linear : 32, paging x86_32;"#,
        &expect![[r#"
        Unexpected: expected `bits`, found `,`
        1 | space linear : 32, paging x86_32;
          |                  ^ expected `bits`
        help: a width is written `32 bits`; put a longer expression in parentheses if that reads better
    "#]],
    );
}

#[test]
fn a_segment_without_equals() {
    check(
        r#"segment cs : gdt[12] code { base: 0 };"#,
        &expect![[r#"
        Unexpected: expected `=`, found `code`
        1 | segment cs : gdt[12] code { base: 0 };
          |                      ^^^^ expected `=`
        help: it is written `segment NAME : gdt[12] = code { base: 0, limit: 4G, dpl: 0 };`
    "#]],
    );
}

#[test]
fn an_attribute_without_a_value() {
    check(
        r#"device uart in bus : 0x1000 .. +4K { irq: };"#,
        &expect![[r#"
        Unexpected: expected a value, a quoted text or `[`, found `}`
        1 | device uart in bus : 0x1000 .. +4K { irq: };
          |                                           ^ expected a value, a quoted text or `[`
        help: it is written `device NAME in PARENT : start .. end { attributes };`
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

/// The mistake of an expression given on a command line.
fn check_expr(source: &str, expected: &Expect) {
    let error = parse_expr(source).err();
    expected
        .assert_eq(&error.map_or_else(|| "no mistake\n".to_owned(), |error| one(source, &error)));
}

#[test]
fn values_on_the_command_line() {
    check_expr(
        "2G",
        &expect![[r#"
        no mistake
    "#]],
    );
    check_expr(
        "",
        &expect![[r#"
        Unexpected: expected a value, found the end of the text
        1 | 
          | ^ expected a value
    "#]],
    );
    check_expr(
        "2 G",
        &expect![[r#"
        Unexpected: expected the end, found `G`
        1 | 2 G
          |   ^ expected the end
    "#]],
    );
    check_expr(
        "2gb",
        &expect![[r#"
        Unexpected: `2gb` is not a number
        1 | 2gb
          | ^^^ not a number
        help: write `2G`: the suffixes are K M G T P E, and K is 1024
    "#]],
    );
    check_expr(
        "(1 + 2",
        &expect![[r#"
        Unexpected: expected `)`, found the end of the text
        1 | (1 + 2
          |       ^ `)` is missing here
        help: it closes the `(` in line 1
    "#]],
    );
    check_expr(
        "1 < 2 < 3",
        &expect![[r#"
        Unexpected: comparisons cannot be chained
        1 | 1 < 2 < 3
          | ^^^^^^^^^ two comparisons
        help: write `1 < 2 && 2 < 3`
    "#]],
    );
    check_expr(
        "1\u{7}",
        &expect![[r#"
        Character: U+0007 is not allowed: a control character
        1 | 1·
          |  ^ U+0007 here
        help: remove it; lines end with a line feed, and columns are made with blanks or tabs
    "#]],
    );
}
