//! Brackets, lists and bodies.

use expect_test::expect;

use super::check;

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
