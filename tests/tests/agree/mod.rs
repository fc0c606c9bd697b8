//! The checker agrees with looking at everything: for random small layouts its verdict is that of an enumeration of every
//! parameter value and every byte, what it refutes is refuted there, and the case that it shows is the smallest.

mod naive;
mod random;

use mapwright::diagnostic::{Diagnostic, Severity};
use mapwright::source::Input;
use mapwright::source::Memory;
use mapwright::{Compilation, Options, compile};
use naive::{Naive, ORDER, Point, pair};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// How many layouts.
const CASES: u32 = 20_000;

#[test]
fn verdicts_and_counterexamples_are_those_of_enumeration() {
    let config = Config { cases: CASES, failure_persistence: None, rng_seed: RngSeed::Fixed(2), max_shrink_iters: 4_000, ..Config::default() };
    let seen: RefCell<BTreeMap<String, u32>> = RefCell::default();
    let result = TestRunner::new(config).run(&random::plans(), |plan| {
        let text = plan.text();
        let code = agree(&text)?;
        *seen.borrow_mut().entry(code).or_default() += 1;
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    // Layouts that are all wrong in the same way would prove little.
    let seen = seen.into_inner();
    for code in ORDER.iter().chain(&["proved"]) {
        assert!(seen.get(*code).is_some_and(|&n| n >= 20), "few layouts of {CASES} are {code}: {seen:?}");
    }
}

/// Compares one layout; gives the code of its first mistake.
fn agree(text: &str) -> Result<String, TestCaseError> {
    let fail = |why: String| Err(TestCaseError::fail(format!("{why}\n{text}")));
    let made = compile(&Input::named("/t.layout"), &Memory::new().with("/t.layout", text), &Options::default()).expect("is there");
    let errors: Vec<&Diagnostic> = made.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
    let (file, _) = mapwright_grammar::parse(text);
    let naive = Naive::new(&file);
    let points: Vec<Point> = naive.points().into_iter().filter(|point| naive.allowed(point)).collect();
    let defaults = naive.defaults();
    let expected = first_code(&naive, &points, &defaults);
    let found = errors.first().map_or("proved", |d| d.code);
    if class(found) != class(expected) {
        return fail(format!("the checker says {found}, enumeration says {expected}\n{}", rendered(&made)));
    }
    // What follows from a number that is not there is nobody's business: enumeration has no value for it at all.
    let no_value = |d: &&Diagnostic| matches!(d.code, "undefined-value" | "may-not-exist" | "no-such-member");
    let valued = errors.iter().position(|d| no_value(d)).map_or(errors.len(), |at| at + 1);
    for (at, error) in errors[..valued].iter().enumerate() {
        if let Err(why) = is_real(&naive, error, at == 0, &points, &defaults) {
            return fail(format!("{why}\n{}", rendered(&made)));
        }
    }
    let at_ease = naive.allowed(&defaults);
    let only = made.summary.refuted == 1 || !matches!(found, "overlap");
    if let (Some(first), true, true) = (errors.first(), at_ease, only) {
        if let Err(why) = is_smallest(&naive, first, &points, &defaults) {
            return fail(format!("{why}\n{}", rendered(&made)));
        }
    }
    Ok(found.to_owned())
}

/// An empty guard breaks the same law as any empty range, with words of its own.
fn class(code: &str) -> &str {
    if code == "guard-empty" { "empty-range" } else { code }
}

fn rendered(made: &Compilation) -> String {
    mapwright::diagnostic::render(&made.diagnostics, &made.sources, false, 100)
}

/// The code of the most basic law that is broken for any values.
fn first_code(naive: &Naive<'_>, points: &[Point], defaults: &[i128]) -> &'static str {
    if points.is_empty() {
        return "assumptions-contradict";
    }
    if !naive.allowed(defaults) {
        return "breaks-assumption";
    }
    let codes: Vec<&str> = points.iter().flat_map(|point| naive.broken(point)).map(|(code, _)| code).collect();
    ORDER.iter().copied().find(|code| codes.contains(code)).unwrap_or("proved")
}

/// What a message is about: the names in its first line.
fn subject(error: &Diagnostic) -> Option<String> {
    let names: Vec<&str> = error.message.split('`').skip(1).step_by(2).collect();
    let plain = |name: &str| name.split('[').next().unwrap_or(name).to_owned();
    Some(match error.code {
        "overlap" | "undeclared-alias" if error.message.starts_with("members") => pair(names.first()?, names.first()?),
        "overlap" => {
            // The places are those of the example, the message may list more.
            pair(&plain(names.first()?), &plain(names.get(1)?))
        }
        "undeclared-alias" => pair(&plain(names.first()?), &plain(names.get(1)?)),
        "empty-range" | "guard-empty" | "outside-space" | "leaves-parent" | "not-page-aligned" | "not-congruent"
        | "target-outside" | "frames-without-zone" | "unreachable-memory" => plain(names.first()?),
        "assert-fails" => "assert 0".to_owned(),
        _ => return None,
    })
}

/// The values that a message shows.
fn shown(naive: &Naive<'_>, error: &Diagnostic, defaults: &[i128]) -> Point {
    let mut point = defaults.to_vec();
    for shown in error.counterexample.iter().flat_map(|example| &example.values) {
        let at = naive.names().iter().position(|name| *name == shown.name).expect("a parameter");
        point[at] = match shown.value.as_str() {
            "true" => 1,
            "false" => 0,
            number => number.split(' ').next().and_then(|n| n.parse().ok()).expect("a small number"),
        };
    }
    point
}

/// The law is broken there. What does not matter to a law has its default in its message, even where an earlier message
/// says that this value is wrong: so for all but the first, some machine with the values shown must break it.
fn is_real(naive: &Naive<'_>, error: &Diagnostic, first: bool, points: &[Point], defaults: &[i128]) -> Result<(), String> {
    if matches!(error.code, "assumptions-contradict" | "breaks-assumption") {
        return Ok(());
    }
    let (point, code) = (shown(naive, error, defaults), error.code);
    let breaks = |point: &Point| {
        let broken = naive.broken(point);
        match subject(error) {
            Some(subject) => broken.contains(&(code, subject)),
            None => broken.iter().any(|(found, _)| *found == code),
        }
    };
    let told: Vec<&str> = error.counterexample.iter().flat_map(|example| &example.values).map(|v| v.name.as_str()).collect();
    let names = naive.names();
    let as_told = |other: &&Point| (0..names.len()).all(|at| !told.contains(&names[at]) || other[at] == point[at]);
    let real = match first && naive.allowed(defaults) {
        true => points.contains(&point) && breaks(&point),
        false => points.iter().filter(as_told).any(breaks),
    };
    if real { Ok(()) } else { Err(format!("{code} is not broken for {point:?}: {:?}", naive.broken(&point))) }
}

/// No values with fewer changes, or smaller ones, break the same law.
fn is_smallest(naive: &Naive<'_>, error: &Diagnostic, points: &[Point], defaults: &[i128]) -> Result<(), String> {
    let Some(subject) = subject(error) else { return Ok(()) };
    let key = |point: &Point| {
        let changed: Vec<usize> = (0..point.len()).filter(|&at| point[at] != defaults[at]).collect();
        (changed.len(), changed, point.clone())
    };
    let law = (error.code, subject);
    let smallest = points.iter().filter(|point| naive.broken(point).contains(&law)).min_by_key(|point| key(point));
    let point = shown(naive, error, defaults);
    match smallest {
        Some(smallest) if *smallest == point => Ok(()),
        Some(smallest) => Err(format!("{law:?} is shown by {point:?}, but {smallest:?} is smaller")),
        None => Err(format!("{law:?} is broken nowhere")),
    }
}
