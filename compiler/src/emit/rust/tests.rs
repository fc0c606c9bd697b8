//! What is written. That rustc makes of it what the layout says is tested from outside.

use super::rust;
use crate::emit::sketch::{Sketch, interval, small_kernel};
use crate::model::{Domain, ItemKind, Kind};
use expect_test::{expect, expect_file};
use mapwright_grammar::ast::{ParamClass, PlaceKind};

#[test]
fn small_kernel_as_rust() {
    let model = small_kernel();
    let text = rust(&model, &model.defaults(), "small.layout").expect("a checked layout");
    expect_file!["tests/small_kernel.txt"].assert_eq(&text);
}

/// A model with one window at the top of a 64-bit space, moved by a boot parameter.
fn top_of_space() -> Sketch {
    let mut s = Sketch::default();
    let size = s.param(
        ParamClass::Boot,
        "SIZE",
        Kind::Size,
        4096,
        interval(4096, 1 << 40, 4096),
    );
    let space = s.space("linear", 64, None);
    let end = s.n(1 << 64);
    let start = s.model.terms.sub(end, size);
    s.item(ItemKind::Place(PlaceKind::Window), "top", space, start, end);
    s
}

#[test]
fn an_end_at_2_64_is_left_out() {
    let model = top_of_space().model;
    let text = rust(&model, &model.defaults(), "top.layout").expect("a checked layout");
    assert!(text.contains("pub const fn top_start(boot: &Boot) -> u64 {\n        (0x1_0000_0000_0000_0000 - boot.size as i128) as u64"));
    assert!(text.contains("pub const TOP_LAST: u64 = 0xFFFF_FFFF_FFFF_FFFF;"));
    assert!(!text.contains("top_end") && !text.contains("TOP_END"));
}

#[test]
fn what_may_be_absent_is_an_option() {
    let mut s = top_of_space();
    let has = s.param(
        ParamClass::Boot,
        "HAS",
        Kind::Bool,
        1,
        Domain::Set(vec![0, 1]),
    );
    let split = s.choices("Split", &["three", "TWO_OPT"]);
    let choice = s.param(
        ParamClass::Boot,
        "SPLIT",
        Kind::Enum(split),
        1,
        Domain::Set(vec![0, 1]),
    );
    let (low, high) = (s.n(0x10_0000), s.n(0x20_0000));
    let id = s.item(
        ItemKind::Place(PlaceKind::Window),
        "perhaps",
        crate::model::SpaceId(0),
        low,
        high,
    );
    let is_two = s.model.terms.eq(choice, crate::term::TermId::TRUE);
    s.get(id).exists = s.model.terms.and(has, is_two);
    s.named("picked", Kind::Enum(split), choice);
    let opposite = s.model.terms.not(has);
    s.named("missing", Kind::Bool, opposite);
    let text = rust(&s.model, &s.model.defaults(), "perhaps.layout").expect("a checked layout");
    let from = text.find("pub const fn perhaps_start").expect("a function");
    let to = text[from..].find("\n\n").expect("an end");
    expect![[r#"
        pub const fn perhaps_start(boot: &Boot) -> Option<u64> {
                if boot.has && matches!(boot.split, Split::TwoOpt) {
                    return Some(0x10_0000);
                }
                None
            }"#]]
    .assert_eq(&text[from..from + to]);
}

#[test]
fn names_that_would_be_one_are_refused() {
    let mut s = top_of_space();
    let value = s.n(0x1234);
    s.named("top_size", Kind::Size, value);
    s.named("topSize", Kind::Size, value);
    let both = rust(&s.model, &s.model.defaults(), "twice").map(|_| ());
    assert_eq!(
        both,
        Ok(()),
        "a constant and a function of one name are two names"
    );
    let other = s.n(0x1235);
    s.named("TOP__SIZE", Kind::Size, other);
    let message = rust(&s.model, &s.model.defaults(), "twice").expect_err("two values");
    assert_eq!(message.code, "name-collision");
    assert_eq!(
        message.message,
        "two things would be named `TOP_SIZE` in generated code"
    );
    let labels = (
        message.primary.expect("a culprit").text,
        message.secondary[0].text.clone(),
    );
    assert_eq!(labels.0, "second: named value `TOP__SIZE`");
    assert_eq!(labels.1, "first: named value `top_size`");
}

#[test]
fn names_of_the_code_itself_are_refused() {
    for name in ["Option", "boot"] {
        let mut s = top_of_space();
        s.choices(name, &["A"]);
        let message = rust(&s.model, &s.model.defaults(), "own").expect_err("a name of its own");
        assert_eq!(message.code, "name-collision");
    }
}

#[test]
fn exports_must_be_names() {
    for (name, fits) in [
        ("VMALLOC_END", true),
        ("type", true),
        ("a b", false),
        ("9p", false),
        ("", false),
    ] {
        let mut s = top_of_space();
        let value = s.n(1);
        s.export(name, Kind::Int, value);
        let result = rust(&s.model, &s.model.defaults(), "exports");
        assert_eq!(result.is_ok(), fits, "{name}");
        if let Err(message) = result {
            assert_eq!(message.code, "export-name");
        }
    }
}

#[test]
fn documentation_cannot_escape_its_comment() {
    let mut s = top_of_space();
    s.model.params[0].doc =
        "a\n```layout\nlet x = 1;\n```\n        deep\n\u{202E}turned\rback */ \"".into();
    s.model.doc = "x\r\n#![feature(y)]\n".into();
    let text = rust(&s.model, &s.model.defaults(), "bad\nname").expect("a checked layout");
    assert!(text.contains("```text\n"));
    assert!(!text.contains('\r') && !text.contains('\u{202E}'));
}

#[test]
fn domains_are_conditions() {
    let mut s = Sketch::default();
    let sets: Vec<i128> = (0..12).map(|n| n * 0x1234_5678).collect();
    s.param(ParamClass::Boot, "A", Kind::Addr, 0, Domain::Set(sets));
    s.param(ParamClass::Boot, "B", Kind::Int, 5, interval(5, 50, 3));
    s.param(ParamClass::Boot, "C", Kind::Int, -7, interval(-7, 9, 4));
    s.param(ParamClass::Boot, "D", Kind::Int, 3, Domain::Set(vec![1, 3]));
    s.param(
        ParamClass::Boot,
        "type",
        Kind::Bool,
        1,
        Domain::Set(vec![1]),
    );
    let text = rust(&s.model, &s.model.defaults(), "domains").expect("a checked layout");
    let from = text.find("pub const fn is_valid").expect("a function");
    let to = from + text[from..].find("\n        }\n").expect("an end");
    expect_file!["tests/domains.txt"].assert_eq(&text[from..to]);
}
