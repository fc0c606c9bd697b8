//! Conditions do not double the work of a proof: layouts with one thing for each of many switches, one behind the other, are
//! proved and refuted within the budget, whatever number of switches there is.

use mapwright::diagnostic::Severity;
use mapwright::source::{Input, Memory};
use mapwright::{Compilation, Options, compile};
use std::fmt::Write as _;

fn compiled(text: &str) -> Compilation {
    compile(
        &Input::named("/t.layout"),
        &Memory::new().with("/t.layout", text),
        &Options::default(),
    )
    .expect("is there")
}

/// What the switches of a layout are.
#[derive(Debug, Clone, Copy)]
enum Switch {
    Bool,
    Enum,
    Version,
}

const SPACES: &str = "boot RAM : size = 1G in 64M ..= 64G step 4K;\n\
    space physical : 40 bits;\nspace linear : 48 bits, to physical;\nzone ram in physical : 0 .. RAM;\n\
    window direct in linear : 0x4000_0000_0000 .. +RAM -> physical at 0 { access: rw };\n";

/// A window for each switch, each behind the one before; one of them `more` bytes too long.
fn stacked(switch: Switch, count: usize, more: &str) -> String {
    let mut text = String::from(match switch {
        Switch::Bool => "",
        Switch::Enum => "enum Size { small, large, huge }\n",
        Switch::Version => "config KERNEL : version = v5.0 in v2.6.20 ..= v6.12;\n",
    });
    let kind = match switch {
        Switch::Bool => "bool = false",
        Switch::Enum => "Size = small",
        Switch::Version => "",
    };
    if !kind.is_empty() {
        (0..count).for_each(|n| writeln!(text, "config C{n} : {kind};").expect("text"));
    }
    text.push_str(SPACES);
    let mut before = String::from("align_up(direct.end, 2M)");
    for n in 0..count {
        let on = match switch {
            Switch::Bool => format!("C{n}"),
            Switch::Enum => format!("C{n} == large"),
            Switch::Version => format!("KERNEL >= v{}.{}", 3 + n / 20, n % 20),
        };
        let extra = if n == count / 2 { more } else { "" };
        let size = 2 * (n + 1);
        writeln!(
            text,
            "let e{n} : addr = {before} + (if {on} {{ {size}M }} else {{ 0 }});\n\
             window w{n} in linear : {before} .. e{n}{extra} -> pages from ram when {on} {{ access: rw }};"
        )
        .expect("text");
        before = format!("e{n}");
    }
    text
}

/// The smallest, or the largest, of many sizes.
fn chained(operator: &str, count: usize, law: &str) -> String {
    let mut text = String::new();
    for n in 0..count {
        writeln!(text, "boot S{n} : size = 1G in 16M ..= 4G step 4K;").expect("text");
    }
    text.push_str(SPACES);
    let mut before = String::from("S0");
    for n in 1..count {
        writeln!(text, "let m{n} : size = {operator}({before}, S{n});").expect("text");
        before = format!("m{n}");
    }
    writeln!(
        text,
        "window pool in linear : 0x5000_0000_0000 .. +{before} -> pages from ram {{ access: rw }};\n\
         guard gap in linear : pool.end .. +4K;\nassert {before} {law};"
    )
    .expect("text");
    text
}

/// Memory of up to so many nodes, one behind the other, all of it shown by one window.
fn nodes(count: usize, more: &str) -> String {
    let mut text = format!("boot NODES : int = 1 in 1 ..= {count};\n");
    for n in 0..count {
        writeln!(text, "boot N{n} : size = 256M in 16M ..= 4G step 16M;").expect("text");
    }
    text.push_str("space physical : 46 bits;\nspace linear : 48 bits, to physical;\n");
    let (mut base, mut total) = (String::from("0"), String::from("N0"));
    for n in 0..count {
        let when = if n == 0 {
            String::new()
        } else {
            format!(" when NODES > {n}")
        };
        writeln!(
            text,
            "let b{n} : addr = {base};\nzone node{n} in physical : b{n} .. +N{n}{when};"
        )
        .expect("text");
        base = match n {
            0 => String::from("N0"),
            _ => format!("b{n} + (if NODES > {n} {{ N{n} }} else {{ 0 }})"),
        };
        if n > 0 {
            write!(total, " + (if NODES > {n} {{ N{n} }} else {{ 0 }})").expect("text");
        }
    }
    writeln!(
        text,
        "let total : size = {total}{more};\n\
         window direct in linear : 0x4000_0000_0000 .. +total -> physical at 0 {{ access: rw }};"
    )
    .expect("text");
    text
}

fn is_proved(text: &str) {
    let made = compiled(text);
    let errors = made
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error);
    assert_eq!(
        errors.map(|d| d.message.as_str()).collect::<Vec<_>>(),
        Vec::<&str>::new(),
        "{text}"
    );
    assert_eq!(made.summary.undecided, 0);
    assert!(made.summary.proved > 10);
}

/// The first mistake, and that its values are the smallest.
fn is_refuted(text: &str, code: &str, values: &[(&str, &str)]) {
    let made = compiled(text);
    assert_eq!(made.summary.undecided, 0);
    let first = made
        .diagnostics
        .iter()
        .find(|d| d.severity == Severity::Error)
        .expect("it is wrong");
    assert_eq!(first.code, code);
    let shown = first.counterexample.as_ref().expect("values");
    assert!(shown.smallest, "{shown:?}");
    let changed = shown.values.iter().filter(|value| !value.default);
    let changed: Vec<(&str, &str)> = changed
        .map(|v| (v.name.as_str(), v.value.as_str()))
        .collect();
    assert_eq!(changed, values);
}

#[test]
fn switches_are_proved_however_many() {
    for count in [8, 16, 32, 64] {
        for switch in [Switch::Bool, Switch::Enum, Switch::Version] {
            is_proved(&stacked(switch, count, ""));
        }
    }
}

#[test]
fn a_mistake_between_switches_is_found() {
    for count in [8, 16, 32] {
        let last = format!("C{}", count - 1);
        let half = format!("C{}", count / 2);
        let values = [(half.as_str(), "true"), (last.as_str(), "true")];
        is_refuted(&stacked(Switch::Bool, count, " + 4K"), "overlap", &values);
    }
}

#[test]
fn chains_of_min_and_max_are_decided() {
    for count in [8, 16, 32, 64] {
        is_proved(&chained("min", count, ">= 16M"));
        is_proved(&chained("max", count, "<= 4G"));
        is_proved(&chained("min", count, "<= S3"));
    }
    is_refuted(
        &chained("min", 32, ">= 32M"),
        "assert-fails",
        &[("S0", "16M")],
    );
    is_refuted(
        &chained("max", 32, "<= 2G"),
        "assert-fails",
        &[("S0", "0x8000_1000 (2.00G)")],
    );
}

#[test]
fn sixteen_nodes_are_decided() {
    for count in [4, 8, 16] {
        is_proved(&nodes(count, ""));
        is_refuted(&nodes(count, " + 16M"), "frames-without-zone", &[]);
    }
}
