//! Expressions as they are written.

use super::*;

fn value(text: &str) -> Option<i128> {
    match parse(text).ok()?.kind {
        Kind::Number(value) => Some(value),
        _ => None,
    }
}

#[test]
fn numbers_have_suffixes() {
    assert_eq!(value("0xC010_0000"), Some(0xC010_0000));
    assert_eq!(value("4K"), Some(4096));
    assert_eq!(value("0x1E"), Some(0x1E));
    assert_eq!(value("2E"), Some(2 << 60));
    assert_eq!(value("0x10M"), Some(16 << 20));
    for wrong in [
        "",
        "4Q",
        "0x",
        "_",
        "1.5",
        "9999999999999999999999999999999999999999",
    ] {
        assert_eq!(value(wrong), None, "{wrong}");
    }
}

#[test]
fn signs_bind_as_usual() {
    let text = "a.b + 2 * c[i - 1].frame % 3 - min(1, 2)";
    let parsed = parse(text).expect("right");
    let Kind::Binary { operator, left, .. } = parsed.kind else {
        panic!("a difference");
    };
    assert_eq!((operator, left.at), (Operator::Subtract, (0, 28)));
    assert!(parse_comparison("free() <= 3").is_ok_and(|c| c.relation == Relation::AtMost));
    assert!(parse_range("0 .. +640K").is_ok_and(|(_, _, sized)| sized));
    assert!(parse_range("a.start .. 4G").is_ok_and(|(_, _, sized)| !sized));
}

#[test]
fn mistakes_have_places() {
    for (text, at) in [
        ("1 +", (3, 3)),
        ("1 + €", (4, 7)),
        ("(1", (2, 2)),
        ("4Q", (0, 2)),
        ("a.", (2, 2)),
        ("frees()", (0, 5)),
        ("1 2", (2, 3)),
    ] {
        assert_eq!(parse(text).expect_err("wrong").at, at, "{text}");
    }
    assert!(parse(&"(".repeat(100_000)).is_err());
    assert!(parse(&"1+".repeat(100_000)).is_err());
    assert!(parse(&"-".repeat(100_000)).is_err());
}
