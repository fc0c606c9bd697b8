//! `translate` in all its formats.

use super::program::{Run, SMALL, mapwright, with_input};
use expect_test::expect;
use serde_json::Value;

/// The textbook picture with 2 GiB of memory.
fn textbook(arguments: &[&str]) -> Run {
    let fixed = ["translate", "std:linux/i386-3g1g", "--set", "RAM=2G"];
    mapwright(fixed.iter().chain(arguments))
}

#[test]
fn the_textbook_picture_in_plain_lines() {
    let run = textbook(&[
        "--format",
        "plain",
        "0xc0100000",
        "0xbfffffff",
        "0xf7ffffff",
        "0xf8000000",
        "0xff800000",
        "0x1_0000_0000",
    ]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    expect![[r#"
        0xc0100000 0x100000 lowmem
        0xbfffffff dynamic user
        0xf7ffffff 0x37ffffff lowmem
        0xf8000000 fault guard gap
        0xff800000 dynamic pkmap
        0x100000000 fault out_of_space
    "#]]
    .assert_eq(&run.out);
    let run = textbook(&["--format", "plain", "--reverse", "0x100000", "0x7fffffff"]);
    expect![[r#"
        0x100000 0xc0100000 lowmem
        0x7fffffff fault unmapped
    "#]]
    .assert_eq(&run.out);
}

#[test]
fn the_textbook_picture_in_a_table() {
    let run = textbook(&["0xc0100000", "0xbfffffff", "0xf8000000", "0xff800000"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    expect![[r#"
        ADDRESS     MEANS                WHERE                ACCESS  ZONE
        0xc0100000  0x100000             window lowmem        rwx     DMA
        0xbfffffff  dynamic              part user
        0xf8000000  fault guard          guard gap
        0xff800000  dynamic              window pkmap

        user is declared at std:linux/i386-3g1g:41:5
        lowmem is declared at std:linux/i386-3g1g:54:8
        gap is declared at std:linux/i386-3g1g:56:8
        pkmap is declared at std:linux/i386-3g1g:63:8
    "#]]
    .assert_eq(&run.out);
    for line in run.out.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn x86_64_has_holes_and_aliases() {
    let translate = |arguments: &[&str]| {
        let fixed = [
            "translate",
            "std:linux/x86_64",
            "--set",
            "KERNEL=v3.10",
            "--format",
            "plain",
        ];
        let run = mapwright(fixed.iter().chain(arguments));
        assert_eq!((run.code, run.err.as_str()), (0, ""));
        run.out
    };
    expect![[r#"
        0xffff880000001000 0x1000 direct
        0xffffffff81000000 0x1000000 kernel_text
        0x800000000000 fault non_canonical
        0xffff800000000000 fault hole guard_hole
    "#]]
    .assert_eq(&translate(&[
        "0xffff880000001000",
        "0xffffffff81000000",
        "0x0000800000000000",
        "0xffff800000000000",
    ]));
    expect![[r#"
        0x1000000 0xffff880001000000 direct
        0x1000000 0xffffffff81000000 kernel_text alias
    "#]]
    .assert_eq(&translate(&["--reverse", "0x1000000"]));
}

#[test]
fn json_has_the_keys_of_the_contract() {
    let run = textbook(&["--format", "json", "0xc0100000", "0xbfffffff", "0xf8000000"]);
    let keys = [
        "address",
        "space",
        "result",
        "window",
        "target",
        "physical",
        "zone",
        "access",
        "fault",
        "declared_at",
    ];
    let mut results = Vec::new();
    for line in run.out.lines() {
        let object: Value = serde_json::from_str(line).expect("JSON");
        let found: Vec<&String> = object.as_object().expect("an object").keys().collect();
        let mut expected = keys.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected);
        results.push(object["result"].as_str().expect("a word").to_string());
    }
    assert_eq!(results, ["mapped", "dynamic", "fault"]);
}

#[test]
fn addresses_from_standard_input() {
    let input = b"0xc0100000\n\n  3G  \r\nnonsense\n-5\n0xffffffffffffffffff\n\xff\xfe\n0xbfffffff";
    let run = with_input(
        ["translate", "std:linux/i386-3g1g", "--format", "plain", "-"],
        input,
    );
    assert_eq!(run.code, 2, "three lines are no addresses");
    expect![[r#"
        0xc0100000 0x100000 lowmem
        0xc0000000 0x0 lowmem
        0xffffffffffffffffff fault out_of_space
        0xbfffffff dynamic user
    "#]]
    .assert_eq(&run.out);
    expect![[r#"
        error: <stdin>:4: `nonsense` is not a number; a number is `4096`, `4K`, `0x1000`, `0b1010` or `0o17`; digits may be grouped with `_`
        error: <stdin>:5: `-5` is negative
        error: <stdin>:7: `��` is not a number; a number is `4096`, `4K`, `0x1000`, `0b1010` or `0o17`; digits may be grouped with `_`
    "#]]
    .assert_eq(&run.err);
}

#[test]
fn bad_addresses_do_not_hide_good_ones() {
    let run = textbook(&["--format", "plain", "zzz", "0xc0000000"]);
    assert_eq!((run.code, run.out.as_str()), (2, "0xc0000000 0x0 lowmem\n"));
    assert_eq!(
        run.err,
        "error: `zzz` is not a number; a number is `4096`, `4K`, `0x1000`, `0b1010` or `0o17`; digits may be grouped with `_`\n"
    );
}

#[test]
fn spaces_are_chosen_by_name() {
    let run = textbook(&["--format", "plain", "--space", "physical", "0x100000"]);
    assert_eq!(run.code, 0, "{run:?}");
    let run = textbook(&["--space", "liner", "0"]);
    assert_eq!(run.code, 2);
    assert_eq!(
        run.err,
        "error: the layout has no space `liner`; did you mean linear?\n"
    );
    let run = textbook(&["--space", "physical", "--reverse", "0"]);
    assert_eq!(run.code, 2, "{run:?}");
}

#[test]
fn the_layout_and_the_addresses_cannot_share_standard_input() {
    let run = with_input(["translate", "-", "-"], SMALL.as_bytes());
    assert_eq!(run.code, 2);
    let run = with_input(
        ["translate", "-", "--format", "plain", "3G"],
        SMALL.as_bytes(),
    );
    assert_eq!((run.code, run.out.as_str()), (0, "0xc0000000 0x0 direct\n"));
}

#[test]
fn both_engines_say_the_same() {
    let addresses = [
        "0",
        "0xbfffffff",
        "0xc0000000",
        "0xf7ffffff",
        "0xf8000000",
        "0xffffffff",
        "0x100000000",
    ];
    let with = |engine: &str| {
        let run = textbook(&[&["--format", "json", "--engine", engine][..], &addresses].concat());
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{engine}");
        run.out
    };
    assert_eq!(with("jit"), with("table"));
}
