//! Random expressions: what is written must have the value that the layout gives it, whatever its shape.

use super::{Case, Dice};
use mapwright::source::{Input, Memory};
use std::fmt::Write as _;

/// An expression over names of numbers and conditions. Every divisor and logarithm is defined.
fn number(dice: &mut Dice, numbers: &[String], conditions: &[String]) -> String {
    let mut any = |from: &[String]| {
        from[usize::try_from(dice.roll(from.len() as u64)).expect("small")].clone()
    };
    let (a, b, c) = (any(numbers), any(numbers), any(conditions));
    let n = dice.roll(40) as i64 - 8;
    match dice.roll(15) {
        0 => format!("{a} + {b}"),
        1 => format!("{a} - {b}"),
        2 => format!("{a} * {n} + {b} * 3 + {}", 1_u64 << dice.roll(40)),
        3 => format!("min({a}, {b})"),
        4 => format!("max({a}, {b})"),
        5 => format!("{a} / max(1, {b})"),
        6 => format!("{a} % max(1, {b})"),
        7 => format!("align_down({a}, {})", 2_u64 << dice.roll(14)),
        8 => format!("align_up({a}, {})", 2_u64 << dice.roll(14)),
        9 => format!("ceil_div({a}, {})", 2 + dice.roll(9)),
        10 => format!("{a} / {}", 2 + dice.roll(9)),
        11 => format!("log2(max(1, {a}))"),
        12 => format!("if {c} {{ {a} }} else {{ {b} }}"),
        13 => format!("{a} + 0xC000_0000"),
        _ => format!("{a} % {} * {b}", 3 + n.abs()),
    }
}

fn condition(dice: &mut Dice, numbers: &[String], conditions: &[String]) -> String {
    let mut any = |from: &[String]| {
        from[usize::try_from(dice.roll(from.len() as u64)).expect("small")].clone()
    };
    let (a, b, c, d) = (any(numbers), any(numbers), any(conditions), any(conditions));
    match dice.roll(8) {
        0 => format!("{a} >= {b}"),
        1 => format!("{a} < {b}"),
        2 => format!("{a} == {b}"),
        3 => format!("{a} != {b}"),
        4 => format!("{c} && {d}"),
        5 => format!("{c} || {d}"),
        6 => format!("{c} == {d}"),
        _ => format!("!{c}"),
    }
}

#[test]
fn random_expressions_keep_their_values() {
    let mut dice = Dice(0xD1CE_D1CE_D1CE_D1CE);
    let mut text = String::from(
        "enum Split { A, B, C }
         boot RAM : int = 0x4000_0000 in 0x100_0000 ..= 0x10_0000_0000 step 4096;
         boot CPUS : int = 1 in 0 ..= 64;
         boot SHIFT : int = 0 in -9 ..= 9;
         boot FLAG : bool = false;
         boot SPLIT : Split = Split.C;
         space linear : 32 bits;
         window all in linear : 0 .. 4G -> device;
         let is_b : bool = SPLIT == Split.B;
         let big : int = 0xFFFF_8000_0000_0000;\n",
    );
    let names = |all: &[&str]| {
        all.iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<String>>()
    };
    let mut numbers = names(&["RAM", "CPUS", "SHIFT", "big", "1", "4096"]);
    let mut conditions = names(&["FLAG", "is_b"]);
    for at in 0..160 {
        // Now and then a number is cut down, so that products stay within 127 bits.
        let made = number(&mut dice, &numbers, &conditions);
        let made = if at % 3 == 0 {
            format!("({made}) % 0x1_0000_0000")
        } else {
            made
        };
        let law = condition(&mut dice, &numbers, &conditions);
        writeln!(
            text,
            "let number_{at} : int = {made};\nlet law_{at} : bool = {law};"
        )
        .expect("a string");
        if at % 3 == 0 {
            numbers.push(format!("number_{at}"));
        }
        conditions.push(format!("law_{at}"));
    }
    let files = Memory::new().with("/t.layout", text);
    let (input, set) = (Input::named("/t.layout"), Vec::new());
    Case {
        name: "random",
        input,
        files: &files,
        set,
    }
    .assert_agrees();
}
