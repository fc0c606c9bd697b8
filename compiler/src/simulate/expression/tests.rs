//! Expressions as they are written.

use super::*;
use crate::simulate::evaluate::{constant, holds};
use crate::source::{Input, Memory};
use crate::{Options, compile};

#[test]
fn signs_bind_as_usual() {
    let text = "a.b + 2 * c[i - 1].frame % 3 - min(1, 2)";
    let parsed = parse(text).expect("right");
    let Kind::Binary { operator, left, .. } = parsed.kind else {
        panic!("a difference");
    };
    assert_eq!((operator, left.at), (BinaryOp::Sub, (0, 28)));
    assert!(parse_comparison("free() <= 3").is_ok_and(|c| c.relation == BinaryOp::Le));
    assert!(parse_range("0 .. +640K").is_ok_and(|(_, _, sized)| sized));
    assert!(parse_range("a.start .. 4G").is_ok_and(|(_, _, sized)| !sized));
}

#[test]
fn mistakes_have_places() {
    for (text, at) in [
        ("", (0, 0)),
        ("1 +", (3, 3)),
        ("1 + €", (4, 7)),
        ("(1", (2, 2)),
        ("4Q", (0, 2)),
        ("1.5", (2, 3)),
        ("a.", (2, 2)),
        ("frees()", (0, 5)),
        ("min(1)", (0, 6)),
        ("1 2", (2, 3)),
        ("1 < 2", (0, 5)),
        ("1 | 2", (0, 5)),
        ("true", (0, 4)),
        ("if 1 < 2 { 1 } else { 2 }", (0, 25)),
        ("v6.1", (0, 4)),
        ("(1).a", (0, 3)),
    ] {
        assert_eq!(parse(text).expect_err("wrong").at, at, "{text}");
    }
    assert_eq!(parse_comparison("1 + 2").expect_err("wrong").at, (0, 5));
    assert!(parse_comparison("1 < 2 < 3").is_err());
    assert!(parse(&"(".repeat(100_000)).is_err());
    assert!(parse(&"1+".repeat(100_000)).is_err());
    assert!(parse(&"-".repeat(100_000)).is_err());
}

/// Every operator and every calculation, on numbers of both signs and around powers of two: a scenario says what a layout says.
#[test]
fn layouts_and_scenarios_calculate_alike() {
    let numbers = ["(-7)", "(-4)", "(-1)", "0", "1", "2", "3", "4", "7", "4K"];
    let mut expressions = Vec::new();
    for a in numbers {
        for b in numbers {
            for operator in BinaryOp::ALL {
                expressions.push(format!("{a} {} {b}", operator.mark()));
            }
            for function in ["min", "max", "align_up", "align_down", "ceil_div"] {
                expressions.push(format!("{function}({a}, {b})"));
            }
        }
        expressions.push(format!("log2({a})"));
        expressions.push(format!("min({a}, 2, 1) - -{a} * 3 % 2"));
    }
    // With a range, because a machine needs something to be about.
    let base = "space s : 32 bits;\nzone z in s : 0 .. 4K;\n";
    let layout = |text: String| {
        let files = Memory::new().with("some.layout", text);
        let input = Input::Path("some.layout".into());
        let options = Options {
            instance: true,
            ..Options::default()
        };
        let made = compile(&input, &files, &options).expect("readable");
        made.lowered.map(|made| made.layout)
    };
    let empty = layout(base.to_owned()).expect("right");
    let mut agreed = [0, 0];
    for text in expressions {
        // Sizes and counts are one in scenarios: K is left to them, and 4096 said to the layout.
        let in_layout = text.replace("4K", "4096");
        let there = layout(format!("{base}export \"X\" = {in_layout};\n"));
        let there = there.map(|layout| layout.exports()[0].1);
        let number = |expression| constant(&empty, &expression).ok();
        let here = match (parse(&text), parse_comparison(&text)) {
            (Ok(expression), _) => number(expression),
            // What holds is exported as 1.
            (
                _,
                Ok(Comparison {
                    left,
                    relation,
                    right,
                }),
            ) => number(left)
                .zip(number(right))
                .and_then(|(left, right)| holds(relation, left, right).ok())
                .map(i128::from),
            _ => None,
        };
        assert_eq!(here, there, "{text}");
        agreed[usize::from(here.is_some())] += 1;
    }
    assert!(agreed.iter().all(|count| *count > 300), "{agreed:?}");
}
