//! Values and operators.

use expect_test::expect;

use super::{check, check_expr};

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
