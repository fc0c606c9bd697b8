//! The checker agrees with looking at everything: for random small layouts its verdict is that of an enumeration of every
//! parameter value and every byte, what it refutes is refuted there, and the case that it shows is the smallest.

mod naive;
mod random;

use mapwright::diagnostic::{Diagnostic, Severity};
use mapwright::source::{Input, Memory};
use mapwright::{Options, compile};
use naive::{Broken, Naive, ORDER, Point, pair};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestRunner};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// How many layouts each of the two tests looks at; they run side by side.
const CASES: u32 = 10_000;

#[test]
fn verdicts_are_those_of_enumeration() {
    compare(1);
}

#[test]
fn verdicts_are_those_of_enumeration_again() {
    compare(2);
}

fn compare(seed: u64) {
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        max_shrink_iters: 4_000,
        ..Config::default()
    };
    let seen: RefCell<BTreeMap<String, u32>> = RefCell::default();
    let result = TestRunner::new(config).run(&random::plans(), |plan| {
        let code = agree(&plan.text())?;
        *seen.borrow_mut().entry(code).or_default() += 1;
        Ok(())
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
    // Layouts that are all wrong in the same way would prove little.
    let seen = seen.into_inner();
    for code in ORDER.iter().chain(&["proved"]) {
        let few = seen.get(*code).is_none_or(|&n| n < 5);
        assert!(!few, "few layouts of {CASES} are {code}: {seen:?}");
    }
}

/// What enumeration says about a layout.
struct Enumerated<'a> {
    names: Vec<&'a str>,
    defaults: Point,
    /// The defaults fulfil the assumptions.
    at_ease: bool,
    /// Every assignment that the assumptions allow, with the laws that it breaks.
    cases: Vec<(Point, BTreeSet<Broken>)>,
}

impl<'a> Enumerated<'a> {
    fn new(naive: &'a Naive<'a>) -> Self {
        let allowed = naive
            .points()
            .into_iter()
            .filter(|point| naive.allowed(point));
        let cases = allowed
            .map(|point| (point.clone(), naive.broken(&point)))
            .collect();
        let defaults = naive.defaults();
        Self {
            names: naive.names(),
            at_ease: naive.allowed(&defaults),
            defaults,
            cases,
        }
    }

    /// The code of the most basic law that is broken for any values.
    fn first_code(&self) -> &'static str {
        if self.cases.is_empty() {
            return "assumptions-contradict";
        }
        if !self.at_ease {
            return "breaks-assumption";
        }
        let codes: BTreeSet<&str> = self
            .cases
            .iter()
            .flat_map(|(_, broken)| broken)
            .map(|(code, _)| *code)
            .collect();
        ORDER
            .iter()
            .copied()
            .find(|code| codes.contains(code))
            .unwrap_or("proved")
    }
}

/// Compares one layout; gives the code of its first mistake.
fn agree(text: &str) -> Result<String, TestCaseError> {
    let made = compile(
        &Input::named("/t.layout"),
        &Memory::new().with("/t.layout", text),
        &Options::default(),
    )
    .expect("is there");
    let fail = |why: String| {
        let messages = mapwright::diagnostic::render(&made.diagnostics, &made.sources, false, 100);
        Err(TestCaseError::fail(format!("{why}\n{messages}\n{text}")))
    };
    let errors: Vec<&Diagnostic> = made
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .collect();
    let (file, _) = mapwright_grammar::parse(text);
    let naive = Naive::new(&file);
    let all = Enumerated::new(&naive);
    let expected = all.first_code();
    let found = errors.first().map_or("proved", |d| d.code);
    if class(found) != class(expected) {
        return fail(format!(
            "the checker says {found}, enumeration says {expected}"
        ));
    }
    // What follows from a number that is not there is nobody's business: enumeration has no value for it at all.
    let no_value = |d: &&Diagnostic| {
        matches!(
            d.code,
            "undefined-value" | "may-not-exist" | "no-such-member"
        )
    };
    let valued = errors
        .iter()
        .position(no_value)
        .map_or(errors.len(), |at| at + 1);
    for (at, error) in errors[..valued].iter().enumerate() {
        if let Err(why) = is_real(&all, error, at == 0) {
            return fail(why);
        }
    }
    let own = all.at_ease && !errors.iter().any(no_value);
    if let (true, Err(why)) = (own, own_laws(&all, &errors)) {
        return fail(why);
    }
    // Collisions are gathered by culprit: the first that is told need not be the first that was found.
    let first_found = made.summary.refuted == 1 || found != "overlap";
    if let (Some(first), true, true) = (errors.first(), all.at_ease, first_found)
        && let Err(why) = is_smallest(&all, first)
    {
        return fail(why);
    }
    Ok(found.to_owned())
}

/// Of the author's laws every wrong one is told, whatever else is wrong, and with its own smallest values.
fn own_laws(all: &Enumerated<'_>, errors: &[&Diagnostic]) -> Result<(), String> {
    let told: Vec<&&Diagnostic> = errors.iter().filter(|d| d.code == "assert-fails").collect();
    for error in &told {
        is_smallest(all, error)?;
    }
    let told: BTreeSet<String> = told.iter().filter_map(|error| subject(error)).collect();
    let broken = all.cases.iter().flat_map(|(_, broken)| broken);
    let wrong = broken.filter(|(code, _)| *code == "assert-fails");
    let wrong: BTreeSet<String> = wrong.map(|(_, subject)| subject.clone()).collect();
    if told == wrong {
        Ok(())
    } else {
        Err(format!("{told:?} are told, {wrong:?} are wrong"))
    }
}

/// An empty guard breaks the same law as any empty range, with words of its own.
fn class(code: &str) -> &str {
    if code == "guard-empty" {
        "empty-range"
    } else {
        code
    }
}

/// What a message is about: the names in its first line.
fn subject(error: &Diagnostic) -> Option<String> {
    let names: Vec<&str> = error.message.split('`').skip(1).step_by(2).collect();
    let plain = |name: &str| name.split('[').next().unwrap_or(name).to_owned();
    Some(match error.code {
        "overlap" | "undeclared-alias" if error.message.starts_with("members") => {
            pair(names.first()?, names.first()?)
        }
        "overlap" => {
            // The places are those of the example, the message may list more.
            pair(&plain(names.first()?), &plain(names.get(1)?))
        }
        "undeclared-alias" => pair(&plain(names.first()?), &plain(names.get(1)?)),
        "empty-range"
        | "guard-empty"
        | "outside-space"
        | "leaves-parent"
        | "not-page-aligned"
        | "not-congruent"
        | "target-outside"
        | "frames-without-zone"
        | "unreachable-memory" => plain(names.first()?),
        // Each gives its number as its reason.
        "assert-fails" => format!("assert {}", error.message.rsplit(' ').next()?),
        _ => return None,
    })
}

/// The values that a message shows.
fn shown(all: &Enumerated<'_>, error: &Diagnostic) -> Point {
    let mut point = all.defaults.clone();
    for shown in error
        .counterexample
        .iter()
        .flat_map(|example| &example.values)
    {
        let at = all
            .names
            .iter()
            .position(|name| *name == shown.name)
            .expect("a parameter");
        point[at] = match shown.value.as_str() {
            "true" => 1,
            "false" => 0,
            number => number
                .split(' ')
                .next()
                .and_then(|n| n.parse().ok())
                .expect("a small number"),
        };
    }
    point
}

/// The law is broken there. What does not matter to a law has its default in its message, even where an earlier message
/// says that this value is wrong: so for all but the first, some machine with the values shown must break it.
fn is_real(all: &Enumerated<'_>, error: &Diagnostic, first: bool) -> Result<(), String> {
    if matches!(error.code, "assumptions-contradict" | "breaks-assumption") {
        return Ok(());
    }
    let (point, code, subject) = (shown(all, error), error.code, subject(error));
    let breaks = |broken: &BTreeSet<Broken>| match &subject {
        Some(subject) => broken.contains(&(code, subject.clone())),
        None => broken.iter().any(|(found, _)| *found == code),
    };
    let told: Vec<&str> = error
        .counterexample
        .iter()
        .flat_map(|example| &example.values)
        .map(|v| v.name.as_str())
        .collect();
    let as_told = |other: &Point| {
        (0..other.len()).all(|at| !told.contains(&all.names[at]) || other[at] == point[at])
    };
    let exact = first && all.at_ease;
    let real = all.cases.iter().any(|(other, broken)| if exact { *other == point } else { as_told(other) } && breaks(broken));
    if real {
        Ok(())
    } else {
        Err(format!("{code} {subject:?} is not broken for {point:?}"))
    }
}

/// No values with fewer changes, or smaller ones, break the same law.
fn is_smallest(all: &Enumerated<'_>, error: &Diagnostic) -> Result<(), String> {
    let Some(subject) = subject(error) else {
        return Ok(());
    };
    let key = |point: &Point| {
        let changed: Vec<usize> = (0..point.len())
            .filter(|&at| point[at] != all.defaults[at])
            .collect();
        (changed.len(), changed, point.clone())
    };
    let law = (error.code, subject);
    let breaking = all
        .cases
        .iter()
        .filter(|(_, broken)| broken.contains(&law))
        .map(|(point, _)| point);
    let point = shown(all, error);
    match breaking.min_by_key(|point| key(point)) {
        Some(smallest) if *smallest == point => Ok(()),
        Some(smallest) => Err(format!(
            "{law:?} is shown by {point:?}, but {smallest:?} is smaller"
        )),
        None => Err(format!("{law:?} is broken nowhere")),
    }
}
