//! Items, ranges and clauses.

use expect_test::expect;

use super::check;

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
            help: a target is `SPACE at ADDRESS`, `pages from ZONE`, `slots N from ZONE`, `fixed { ... }`, `device`, `table of SIZE per page of SPACE`, or `tables of SPACE via LEVEL[ENTRY]`
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
            help: a target is `SPACE at ADDRESS`, `pages from ZONE`, `slots N from ZONE`, `fixed { ... }`, `device`, `table of SIZE per page of SPACE`, or `tables of SPACE via LEVEL[ENTRY]`
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
            help: a target is `SPACE at ADDRESS`, `pages from ZONE`, `slots N from ZONE`, `fixed { ... }`, `device`, `table of SIZE per page of SPACE`, or `tables of SPACE via LEVEL[ENTRY]`
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
            help: the order is: range, `-> target`, then `because`, `alias of`, `covers`, `when` and `optional`, and `{ attributes }` last
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
            help: the order is: range, `-> target`, then `because`, `alias of`, `covers`, `when` and `optional`, and `{ attributes }` last
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
