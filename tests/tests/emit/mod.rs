//! Generated Rust, compiled by rustc as a kernel would and run: every value is compared with the layout's own table, for
//! several boots.

mod accepted;
mod expected;
mod inside;
mod layouts;
mod random;
mod refused;
mod rustc;
mod translated;

use expected::{boot_literal, lower};
use mapwright::model::{Domain, Model};
use mapwright::show_value::value_literal;
use mapwright::source::{Disk, Files, Input};
use mapwright::{Compilation, Options, compile};
use mapwright_grammar::ast::ParamClass;
use std::fmt::Write as _;

/// How many boots each layout is compared for.
const BOOTS: usize = 8;

/// Numbers that are the same in every run.
#[derive(Debug)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % sides
    }

    /// A value of a domain: often one of its ends.
    fn pick(&mut self, domain: &Domain) -> i128 {
        let last = u64::try_from(domain.count() - 1).unwrap_or(u64::MAX - 1);
        let at = match self.roll(4) {
            0 => 0,
            1 => last,
            _ => self.roll(last + 1),
        };
        match domain {
            Domain::Set(values) => values[usize::try_from(at).expect("a place")],
            Domain::Interval { low, step, .. } => low + step * i128::from(at),
        }
    }
}

/// A layout with its texts, and what is set besides what is learned at boot.
struct Case<'a> {
    name: &'a str,
    input: Input,
    files: &'a (dyn Files + Sync),
    set: Vec<String>,
}

impl Case<'_> {
    /// A bundled layout.
    fn bundled<'a>(path: &'a str, set: &[&str]) -> Case<'a> {
        let set = set.iter().map(|text| (*text).to_owned()).collect();
        Case {
            name: path,
            input: Input::named(&format!("std:{path}")),
            files: &Disk,
            set,
        }
    }

    fn instance(&self, more: &[String]) -> Compilation {
        let set = self.set.iter().chain(more).cloned().collect();
        let options = Options {
            set,
            unchecked: true,
            instance: true,
            ..Options::default()
        };
        compile(&self.input, self.files, &options).expect("the layout is there")
    }

    /// Settings of boot parameters that the layout allows; the defaults first.
    fn boots(&self, model: &Model, values: &[i128]) -> Vec<Vec<String>> {
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
        let boot = || {
            model
                .params
                .iter()
                .filter(|param| param.class == ParamClass::Boot)
        };
        let mut all = vec![Vec::new()];
        for _ in 0..2_000 {
            if all.len() == BOOTS || boot().next().is_none() {
                break;
            }
            let mut next = values.to_vec();
            let mut set = Vec::new();
            for param in boot().filter(|_| true) {
                // Layouts whose parameters hang together are allowed when few of them move at once.
                if dice.roll(3) > 0 {
                    let value = dice.pick(&model.vars[param.var.index()].domain);
                    next[param.var.index()] = value;
                    set.push(format!(
                        "{}={}",
                        param.name,
                        value_literal(model, param.kind, value)
                    ));
                }
            }
            let allowed = |term| model.terms.eval(term, &next) == Ok(1);
            if !set.is_empty() && model.assumes.iter().all(|claim| allowed(claim.cond)) {
                all.push(set);
            }
        }
        all
    }

    /// Emits, compiles under both editions with every warning an error, runs, and asks rustfmt.
    fn assert_agrees(&self) {
        let made = self.instance(&[]);
        assert!(!made.is_wrong(), "{}: {:?}", self.name, made.diagnostics);
        let text =
            mapwright::emit::rust(&made.model, &made.values, self.name).expect("names that fit");
        let mut main = String::from(
            "//! A test.\n#![deny(warnings, missing_docs)]\nmod layout;\nuse layout::*;\n",
        );
        main.push_str(expected::COMPARE);
        let mut calls = String::new();
        let boots = self.boots(&made.model, &made.values);
        for (at, set) in boots.iter().enumerate() {
            let made = self.instance(set);
            assert!(
                !made.is_wrong(),
                "{} {set:?}: {:?}",
                self.name,
                made.diagnostics
            );
            let body = expected::comparisons(&text, &made);
            writeln!(main, "fn compare_{at}() {{\n{body}}}").expect("a string");
            writeln!(calls, "    compare_{at}();").expect("a string");
        }
        writeln!(main, "fn main() {{\n{calls}}}").expect("a string");
        rustc::compile_and_run(self.name, &text, &main);
    }
}

/// The benchmark of translators compiles what is emitted; it is rewritten with UPDATE_EXPECT.
#[test]
fn the_benchmark_has_what_is_emitted() {
    let run = crate::cli::program::mapwright(["emit", "std:linux/i386-3g1g", "--target", "rust"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    expect_test::expect_file!["../../../runtime/jit/benches/translate/emitted.rs"]
        .assert_eq(&run.out);
}
