//! Generated code, compiled by rustc and run: every value is asked for and compared with the terms' own.

use super::super::defs::{Def, Type};
use super::super::{Definer, windows};
use crate::emit::catalogue::Catalogue;
use crate::emit::facts::Facts;
use crate::emit::fixed::Fixed;
use crate::emit::names;
use crate::emit::rust;
use crate::model::{Domain, Kind, Model, Target};
use mapwright_grammar::ast::ParamClass;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How many boots are compared.
const BOOTS: usize = 24;

/// A generator of numbers that are the same in every run.
#[derive(Debug)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % sides
    }
}

/// A value of a domain: often one of its ends.
fn pick(domain: &Domain, dice: &mut Dice) -> i128 {
    match domain {
        Domain::Set(values) => values[usize::try_from(dice.roll(values.len() as u64)).expect("small")],
        Domain::Interval { low, high, step } => match dice.roll(4) {
            0 => *low,
            1 => *high,
            _ => {
                let count = u64::try_from(domain.count()).expect("small enough");
                low + step * i128::from(dice.roll(count))
            }
        },
    }
}

/// Boots that the assumptions allow, the defaults first.
fn boots(model: &Model, values: &[i128]) -> Vec<Vec<i128>> {
    let mut dice = Dice::new(0x9E37_79B9_7F4A_7C15);
    let mut all = vec![values.to_vec()];
    for _ in 0..BOOTS * 20 {
        let mut next = values.to_vec();
        for param in model.params.iter().filter(|param| param.class == ParamClass::Boot) {
            next[param.var.index()] = pick(&model.vars[param.var.index()].domain, &mut dice);
        }
        let allowed = model.assumes.iter().all(|claim| model.terms.eval(claim.cond, &next) == Ok(1));
        if allowed && all.len() < BOOTS {
            all.push(next);
        }
    }
    all
}

/// `Boot { ram: 5, .. }`
fn boot_text(model: &Model, values: &[i128]) -> String {
    let mut text = String::from("Boot { ");
    for param in model.params.iter().filter(|param| param.class == ParamClass::Boot) {
        let value = values[param.var.index()];
        let value = match param.kind {
            Kind::Bool => (value != 0).to_string(),
            Kind::Enum(id) => choice(model, id, value),
            _ => value.to_string(),
        };
        write!(text, "{}: {value}, ", names::escape(&names::function(&param.name))).expect("a string");
    }
    text + "}"
}

fn choice(model: &Model, id: crate::model::EnumId, value: i128) -> String {
    let declared = &model.enums[id.index()];
    let choice = &declared.variants[usize::try_from(value).expect("a choice")].0;
    format!("{}::{}", names::type_name(&declared.name), names::type_name(choice))
}

/// Lines that compare every definition for one boot.
fn comparisons(model: &Model, fixed: &Fixed<'_>, defs: &[Def], values: &[i128]) -> String {
    let mut text = String::new();
    for def in defs {
        let members = def.entry.members.as_ref().filter(|_| def.member.is_some());
        let numbers = members.map_or(vec![None], |members| {
            let bound = |id| fixed.terms.eval(id, values).expect("a bound");
            vec![Some((members.var, bound(members.low))), Some((members.var, bound(members.high) - 1))]
        });
        for number in numbers {
            let mut values = values.to_vec();
            if let Some((var, number)) = number {
                values[var.index()] = number;
            }
            let exists = fixed.terms.eval(def.entry.exists, &values) == Ok(1);
            let value = fixed.terms.eval(def.entry.term, &values);
            let expected = match (def.is_plain(), exists, value) {
                (false, false, _) => "None".to_owned(),
                // Nothing is asked of an expression that has no value.
                (_, _, Err(_)) => continue,
                (plain, _, Ok(value)) => {
                    let value = match def.kind {
                        Type::Bool => (value != 0).to_string(),
                        Type::Choice(id) => choice(model, id, value),
                        Type::Word | Type::Wide => value.to_string(),
                    };
                    if plain { value } else { format!("Some({value})") }
                }
            };
            let mut call = def.call().replace("boot", "&boot");
            if let (Some((_, number)), Some(member)) = (number, &def.member) {
                call = call.replace(&format!("{member})"), &format!("{number})"));
            }
            writeln!(text, "    assert_eq!({call}, {expected}, \"{call}\");").expect("a string");
        }
    }
    text
}

/// Lines that compare the direct maps at the ends of every linear window for one boot.
fn translations(model: &Model, values: &[i128], has_boot: &dyn Fn(&str) -> bool) -> String {
    let mut text = String::new();
    for item in &model.items {
        let (Some(extent), Target::Linear { space, at, repeat: None }) = (item.range, &item.target) else {
            continue;
        };
        let eval = |term| model.terms.eval(term, values).expect("a value");
        let present = eval(item.exists) == 1;
        let (start, end, at) = (eval(extent.start.term), eval(extent.end.term), eval(at.term));
        if item.family.is_some() || !present || start == end {
            continue;
        }
        let mask = eval(model.space(*space).end) - 1;
        let target = names::function(&model.space(*space).name);
        let name = names::function(&item.name);
        for address in [start - 1, start, start + 4095, end - 1, end] {
            if !(0..=i128::from(u64::MAX)).contains(&address) {
                continue;
            }
            let inside = (start..end).contains(&address);
            let physical = (at + address - start) & mask;
            let (to, from) = (format!("{name}_to_{target}"), format!("{name}_from_{target}"));
            let boot = |name: &str| if has_boot(name) { "&boot, " } else { "" };
            let expected = if inside { format!("Some({physical})") } else { "None".to_owned() };
            writeln!(text, "    assert_eq!({to}({}{address}), {expected});", boot(&to)).expect("a string");
            if inside {
                writeln!(text, "    assert_eq!({from}({}{physical}), Some({address}));", boot(&from)).expect("a string");
            }
        }
    }
    text
}

/// The compiler: `$RUSTC`, or the one on the path. `None`, and a word about it, when there is none.
fn rustc() -> Option<PathBuf> {
    let rustc = std::env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from);
    let found = Command::new(&rustc).arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        skipped("rustc is not there: what it makes of generated code is not tested");
    }
    found.then_some(rustc)
}

#[allow(clippy::print_stderr)]
fn skipped(why: &str) {
    eprintln!("{why}");
}

fn run(command: &mut Command) {
    let output = command.output().expect("the command starts");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{text}");
}

/// Emits, compiles under both editions with every warning an error, runs, and asks rustfmt.
pub(super) fn assert_agrees(name: &str, model: &Model, values: &[i128]) {
    let text = rust(model, values, &format!("{name}.layout")).expect("a layout without mistakes");
    let mut fixed = Fixed::new(model, values, false);
    let mut facts = Facts::new(model, &mut fixed, values);
    let groups = Catalogue { model, fixed: &mut fixed, facts: &mut facts }.groups().expect("values");
    let functions = windows::function_names(model, &mut fixed);
    let mut definer = Definer { model, fixed: &mut fixed, facts: &mut facts };
    let defs = definer.define(groups, &functions).expect("names");
    let has_boot = model.params.iter().any(|param| param.class == ParamClass::Boot);
    let mut main = String::from("//! A test.\n#![deny(warnings, missing_docs)]\nmod layout;\nuse layout::*;\n");
    let mut calls = String::new();
    for (at, boot) in boots(model, values).iter().enumerate() {
        writeln!(main, "fn compare_{at}() {{").expect("a string");
        if has_boot {
            let made = boot_text(model, boot);
            writeln!(main, "    let boot = {made};\n    assert!(boot.is_valid());").expect("a string");
            main.push_str("    assert!(laws_hold(&boot));\n");
        }
        main.push_str(&comparisons(model, &fixed, &defs.all, boot));
        let takes_boot = |name: &str| ["boot", "_boot"].iter().any(|boot| text.contains(&format!("fn {name}({boot}:")));
        main.push_str(&translations(model, boot, &takes_boot));
        main.push_str("}\n");
        writeln!(calls, "    compare_{at}();").expect("a string");
    }
    writeln!(main, "fn main() {{\n{calls}}}").expect("a string");
    let folder = std::env::temp_dir().join(format!("mapwright-emit-{name}-{}-{}", std::process::id(), values.iter().fold(0_i128, |sum, value| sum.wrapping_mul(31).wrapping_add(*value)).unsigned_abs() % 0xFFFF));
    compile_and_run(&folder, &text, &main);
}

fn compile_and_run(folder: &Path, text: &str, main: &str) {
    let Some(rustc) = rustc() else { return };
    std::fs::create_dir_all(folder).expect("a folder");
    let library = "//! A test.\n#![no_std]\n#![deny(warnings, missing_docs)]\nmod layout;\n";
    for (file, content) in [("layout.rs", text), ("main.rs", main), ("lib.rs", library)] {
        std::fs::write(folder.join(file), content).expect("a file");
    }
    for edition in ["2021", "2024"] {
        let compile = |kind: &str, source: &str| {
            let mut command = Command::new(&rustc);
            let flags = ["--edition", edition, "--crate-type", kind, "-C", "debug-assertions=on", "--out-dir"];
            command.args(flags).arg(folder).arg(folder.join(source));
            run(&mut command);
        };
        compile("lib", "lib.rs");
        compile("bin", "main.rs");
        run(&mut Command::new(folder.join("main")));
        let mut rustfmt = Command::new(rustc.with_file_name("rustfmt"));
        rustfmt.args(["--check", "--edition", edition]).arg(folder.join("layout.rs"));
        match rustfmt.output() {
            Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout)),
            Err(_) => skipped("rustfmt is not there: the form of generated code is not tested"),
        }
    }
    std::fs::remove_dir_all(folder).expect("the folder goes away");
}
