//! The prover against enumeration, on random laws over small domains.

use super::{BUDGET, Counterexample, Undecided, Verdict, World, prove, satisfiable};
use crate::domain::{Domain, Var};
use crate::term::{Evaluation, TermId, Terms, VarId};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// An expression as data, so that shrinking works.
#[derive(Debug, Clone)]
enum Shape {
    Const(i128),
    Var(u32),
    Add(Box<Shape>, Box<Shape>),
    Sub(Box<Shape>, Box<Shape>),
    Mul(Box<Shape>, Box<Shape>),
    Scale(Box<Shape>, i128),
    Div(Box<Shape>, i128),
    DivBy(Box<Shape>, Box<Shape>),
    Rem(Box<Shape>, i128),
    AlignDown(Box<Shape>, i128),
    AlignUp(Box<Shape>, i128),
    Min(Box<Shape>, Box<Shape>),
    Max(Box<Shape>, Box<Shape>),
    Log2(Box<Shape>),
    If(Box<Cond>, Box<Shape>, Box<Shape>),
}

#[derive(Debug, Clone)]
enum Cond {
    Le(Box<Shape>, Box<Shape>),
    Eq(Box<Shape>, Box<Shape>),
    And(Box<Cond>, Box<Cond>),
    Or(Box<Cond>, Box<Cond>),
    Not(Box<Cond>),
}

const VARS: u32 = 4;

fn shapes() -> impl Strategy<Value = Shape> {
    let leaf = prop_oneof![
        (-20_i128..40).prop_map(Shape::Const),
        (0..VARS).prop_map(Shape::Var)
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let pair = || (inner.clone().prop_map(Box::new), inner.clone().prop_map(Box::new));
        let one = || inner.clone().prop_map(Box::new);
        prop_oneof![
            3 => pair().prop_map(|(a, b)| Shape::Add(a, b)),
            3 => pair().prop_map(|(a, b)| Shape::Sub(a, b)),
            1 => pair().prop_map(|(a, b)| Shape::Mul(a, b)),
            2 => (one(), -5_i128..6).prop_map(|(a, k)| Shape::Scale(a, k)),
            1 => (one(), 1_i128..9).prop_map(|(a, k)| Shape::Div(a, k)),
            1 => pair().prop_map(|(a, b)| Shape::DivBy(a, b)),
            1 => (one(), 1_i128..9).prop_map(|(a, k)| Shape::Rem(a, k)),
            2 => (one(), 1_i128..9).prop_map(|(a, k)| Shape::AlignDown(a, k)),
            2 => (one(), 1_i128..9).prop_map(|(a, k)| Shape::AlignUp(a, k)),
            2 => pair().prop_map(|(a, b)| Shape::Min(a, b)),
            2 => pair().prop_map(|(a, b)| Shape::Max(a, b)),
            1 => one().prop_map(Shape::Log2),
            2 => (pair(), pair()).prop_map(|((a, b), (c, d))| Shape::If(Box::new(Cond::Le(a, b)), c, d)),
        ]
    })
}

fn conds() -> impl Strategy<Value = Cond> {
    let pair = || (shapes().prop_map(Box::new), shapes().prop_map(Box::new));
    let leaf = prop_oneof![
        3 => pair().prop_map(|(a, b)| Cond::Le(a, b)),
        1 => pair().prop_map(|(a, b)| Cond::Eq(a, b)),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Cond::And(Box::new(a), Box::new(b))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Cond::Or(Box::new(a), Box::new(b))),
            inner.prop_map(|a| Cond::Not(Box::new(a))),
        ]
    })
}

fn domains() -> impl Strategy<Value = Domain> {
    prop_oneof![
        (-6_i128..10, 0_i128..7, 1_i128..5).prop_map(|(low, n, step)| Domain::Interval {
            low,
            high: low + n * step,
            step
        }),
        proptest::collection::btree_set(-10_i128..30, 1..5)
            .prop_map(|set| Domain::Set(set.into_iter().collect())),
    ]
}

fn build(terms: &mut Terms, shape: &Shape) -> TermId {
    match shape {
        Shape::Const(value) => terms.constant(*value),
        Shape::Var(var) => terms.var(VarId(*var)),
        Shape::Add(a, b) => binary(terms, a, b, Terms::add),
        Shape::Sub(a, b) => binary(terms, a, b, Terms::sub),
        Shape::Mul(a, b) => binary(terms, a, b, Terms::mul),
        Shape::DivBy(a, b) => binary(terms, a, b, Terms::div),
        Shape::Min(a, b) => binary(terms, a, b, Terms::min),
        Shape::Max(a, b) => binary(terms, a, b, Terms::max),
        Shape::Scale(a, k) => with_constant(terms, a, *k, Terms::mul),
        Shape::Div(a, k) => with_constant(terms, a, *k, Terms::div),
        Shape::Rem(a, k) => with_constant(terms, a, *k, Terms::rem),
        Shape::AlignDown(a, k) => with_constant(terms, a, *k, Terms::align_down),
        Shape::AlignUp(a, k) => with_constant(terms, a, *k, Terms::align_up),
        Shape::Log2(a) => {
            let a = build(terms, a);
            terms.log2(a)
        }
        Shape::If(c, a, b) => {
            let c = build_cond(terms, c);
            let (a, b) = (build(terms, a), build(terms, b));
            terms.choose(c, a, b)
        }
    }
}

type Operation = fn(&mut Terms, TermId, TermId) -> TermId;

fn binary(terms: &mut Terms, a: &Shape, b: &Shape, operation: Operation) -> TermId {
    let (a, b) = (build(terms, a), build(terms, b));
    operation(terms, a, b)
}

fn with_constant(terms: &mut Terms, a: &Shape, k: i128, operation: Operation) -> TermId {
    let (a, k) = (build(terms, a), terms.constant(k));
    operation(terms, a, k)
}

fn build_cond(terms: &mut Terms, cond: &Cond) -> TermId {
    match cond {
        Cond::Le(a, b) => binary(terms, a, b, Terms::le),
        Cond::Eq(a, b) => binary(terms, a, b, Terms::eq),
        Cond::And(a, b) => {
            let (a, b) = (build_cond(terms, a), build_cond(terms, b));
            terms.and(a, b)
        }
        Cond::Or(a, b) => {
            let (a, b) = (build_cond(terms, a), build_cond(terms, b));
            terms.or(a, b)
        }
        Cond::Not(a) => {
            let a = build_cond(terms, a);
            terms.not(a)
        }
    }
}

fn members(domain: &Domain) -> Vec<i128> {
    match domain {
        Domain::Interval { low, high, step } => {
            (0..=(high - low) / step).map(|i| low + i * step).collect()
        }
        Domain::Set(values) => values.clone(),
    }
}

/// Every assignment that fulfils the assumption and breaks the law, by enumeration.
fn breaking(terms: &Terms, vars: &[Var], assumption: TermId, law: TermId) -> Vec<Vec<i128>> {
    let mut points = vec![Vec::new()];
    for var in vars {
        points = points
            .into_iter()
            .flat_map(|point: Vec<i128>| {
                members(&var.domain).into_iter().map(move |value| {
                    let mut longer = point.clone();
                    longer.push(value);
                    longer
                })
            })
            .collect();
    }
    points.retain(|point| {
        let mut evaluation = Evaluation::new(terms, point);
        evaluation.get(assumption) == Ok(1) && evaluation.get(law) == Ok(0)
    });
    points
}

fn order_key(point: &[i128], defaults: &[i128]) -> (usize, Vec<usize>, Vec<i128>) {
    let changed: Vec<usize> = (0..point.len())
        .filter(|&i| point[i] != defaults[i])
        .collect();
    (changed.len(), changed, point.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    /// Verdict and smallest counterexample are those of enumeration.
    #[test]
    fn agrees_with_enumeration(
        domains in proptest::collection::vec(domains(), VARS as usize),
        picks in proptest::collection::vec(any::<proptest::sample::Index>(), VARS as usize),
        law in conds(),
        assumption in proptest::option::of(conds()),
    ) {
        let mut terms = Terms::new();
        let law = build_cond(&mut terms, &law);
        let assumption = assumption.map_or(TermId::TRUE, |c| build_cond(&mut terms, &c));
        let vars: Vec<Var> = domains
            .into_iter()
            .enumerate()
            .map(|(i, domain)| Var { name: format!("p{i}"), domain, family: false })
            .collect();
        let defaults: Vec<i128> = vars.iter().zip(&picks).map(|(v, p)| *p.get(&members(&v.domain))).collect();
        // Defaults that break the assumption have had their own message before any law is asked: turn it round.
        let assumption = match terms.eval(assumption, &defaults) {
            Ok(1) => assumption,
            Ok(_) => terms.not(assumption),
            Err(_) => TermId::TRUE,
        };
        let assumptions = [assumption];
        let world = World { vars: &vars, defaults: &defaults, assumptions: &assumptions, budget: BUDGET };
        let expected = breaking(&terms, &vars, assumption, law)
            .into_iter()
            .min_by_key(|point| order_key(point, &defaults));
        let verdict = prove(&terms, &world, law);
        match expected {
            None => prop_assert_eq!(verdict, Verdict::Proved),
            Some(point) => prop_assert_eq!(verdict, refuted(point)),
        }
        prop_assert_eq!(satisfiable(&terms, &world), Ok(true));
    }
}

/// A verdict that shows the smallest values.
fn refuted(values: Vec<i128>) -> Verdict {
    Verdict::Refuted(Counterexample {
        values,
        smallest: true,
    })
}

fn interval(name: &str, low: i128, high: i128, step: i128) -> Var {
    Var {
        name: name.to_owned(),
        domain: Domain::Interval { low, high, step },
        family: false,
    }
}

const K: i128 = 1 << 10;
const M: i128 = 1 << 20;
const G: i128 = 1 << 30;

/// RAM x vmalloc reserve, 1.1e12 points: the direct map's end is at most where vmalloc begins.
#[test]
fn a_cap_is_proved_over_two_large_domains() {
    let vars = [
        interval("RAM", 16 * M, 64 * G, 4 * K),
        interval("RESERVE", 16 * M, 512 * M, 4 * K),
    ];
    let mut terms = Terms::new();
    let (ram, reserve) = (terms.var(VarId(0)), terms.var(VarId(1)));
    let room = terms.sum(&[(reserve, -1)], 4 * G - 8 * M - 3 * G);
    let low = terms.min(ram, room);
    let gap_end = terms.plus(low, 3 * G + 8 * M);
    let top = terms.constant(4 * G - 8 * M);
    let law = terms.le(gap_end, top);
    let world = World {
        vars: &vars,
        defaults: &[G, 128 * M],
        assumptions: &[],
        budget: BUDGET,
    };
    assert_eq!(prove(&terms, &world, law), Verdict::Proved);
    // Without room for the gap in the reserve, the smallest reserve below 16M would show it; ask for 20M instead.
    let gap_end = terms.plus(low, 3 * G + 20 * M);
    let law = terms.le(gap_end, top);
    // With the default reserve it holds; with the default RAM the reserve must be below 20M.
    assert_eq!(prove(&terms, &world, law), refuted(vec![G, 16 * M]));
}

/// Alignment leaves no residue: `align_down(x, 4M)` is a multiple of 4M and of 4K.
#[test]
fn congruences_are_known() {
    let vars = [interval("x", 0, 64 * G, 4 * K)];
    let mut terms = Terms::new();
    let x = terms.var(VarId(0));
    let (big, small) = (terms.constant(4 * M), terms.constant(4 * K));
    let shifted = terms.plus(x, 12 * K);
    let aligned = terms.align_down(shifted, big);
    let world = World {
        vars: &vars,
        defaults: &[0],
        assumptions: &[],
        budget: BUDGET,
    };
    for (to, expected) in [(small, TermId::TRUE), (big, TermId::TRUE)] {
        let rest = terms.rem(aligned, to);
        let law = terms.eq(rest, TermId::FALSE);
        assert_eq!(law, expected, "folds without any search");
    }
    let odd = terms.plus(aligned, 4 * K);
    let rest = terms.rem(odd, big);
    let law = terms.ne(rest, TermId::FALSE);
    assert_eq!(prove(&terms, &world, law), Verdict::Proved);
    let rest = terms.rem(shifted, big);
    let law = terms.ne(rest, TermId::FALSE);
    assert_eq!(prove(&terms, &world, law), refuted(vec![4 * M - 12 * K]));
}

/// What cannot be decided is said, not passed over.
#[test]
fn a_budget_that_is_too_small_is_reported() {
    let vars = [interval("x", 1, 1 << 40, 1), interval("y", 1, 1 << 40, 1)];
    let mut terms = Terms::new();
    let (x, y) = (terms.var(VarId(0)), terms.var(VarId(1)));
    let product = terms.mul(x, y);
    let square = terms.constant((1 << 41) - 9);
    let law = terms.ne(product, square);
    let world = World {
        vars: &vars,
        defaults: &[1, 1],
        assumptions: &[],
        budget: 50,
    };
    assert_eq!(
        prove(&terms, &world, law),
        Verdict::Undecided(Undecided::Budget(50))
    );
}

/// Numbers that leave the exact range are said, too.
#[test]
fn numbers_beyond_the_exact_range_are_reported() {
    let vars = [interval("x", 0, 1 << 100, 1), interval("y", 0, 1 << 100, 1)];
    let mut terms = Terms::new();
    let (x, y) = (terms.var(VarId(0)), terms.var(VarId(1)));
    let scaled = terms.sum(&[(x, 1 << 40)], 0);
    let law = terms.le(y, scaled);
    let world = World {
        vars: &vars,
        defaults: &[0, 0],
        assumptions: &[],
        budget: BUDGET,
    };
    assert_eq!(
        prove(&terms, &world, law),
        Verdict::Undecided(Undecided::TooLarge)
    );
}
