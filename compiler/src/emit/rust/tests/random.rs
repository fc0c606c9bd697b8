//! Random expressions: what is written must have the value of the term, whatever its shape.

use super::compiled::{Dice, assert_agrees};
use crate::emit::sketch::{Sketch, interval};
use crate::model::{Domain, Kind};
use crate::term::{TermId, Terms};
use mapwright_grammar::ast::ParamClass;

/// A number from numbers and conditions that there are.
fn number(terms: &mut Terms, dice: &mut Dice, numbers: &[TermId], conditions: &[TermId]) -> TermId {
    let any = |dice: &mut Dice| numbers[usize::try_from(dice.roll(numbers.len() as u64)).expect("small")];
    let (a, b) = (any(dice), any(dice));
    let constant = i128::from(dice.roll(40)) - 8;
    match dice.roll(14) {
        0 => terms.add(a, b),
        1 => terms.sub(a, b),
        2 => terms.sum(&[(a, constant), (b, 3)], 1 << dice.roll(40)),
        3 => terms.min(a, b),
        4 => terms.max(a, b),
        5 => terms.div(a, b),
        6 => terms.rem(a, b),
        7 | 8 => {
            let to = terms.constant(1 << (1 + dice.roll(14)));
            if dice.roll(2) == 0 { terms.align_down(a, to) } else { terms.align_up(a, to) }
        }
        9 => {
            let by = terms.constant(2 + i128::from(dice.roll(9)));
            if dice.roll(2) == 0 { terms.div(a, by) } else { terms.ceil_div(a, by) }
        }
        10 => terms.log2(a),
        11 => {
            let c = conditions[usize::try_from(dice.roll(conditions.len() as u64)).expect("small")];
            terms.choose(c, a, b)
        }
        12 => terms.plus(a, 0xC000_0000),
        _ => {
            let small = terms.constant(3 + constant.abs());
            let rest = terms.rem(a, small);
            terms.mul(rest, b)
        }
    }
}

fn condition(terms: &mut Terms, dice: &mut Dice, numbers: &[TermId], conditions: &[TermId]) -> TermId {
    let any = |dice: &mut Dice, all: &[TermId]| all[usize::try_from(dice.roll(all.len() as u64)).expect("small")];
    let (a, b) = (any(dice, numbers), any(dice, numbers));
    let (c, d) = (any(dice, conditions), any(dice, conditions));
    match dice.roll(8) {
        0 => terms.ge(a, b),
        1 => terms.lt(a, b),
        2 => terms.eq(a, b),
        3 => terms.ne(a, b),
        4 => terms.and(c, d),
        5 => terms.or(c, d),
        6 => terms.eq(c, d),
        _ => terms.not(c),
    }
}

#[test]
fn random_expressions_keep_their_values() {
    let mut dice = Dice::new(0xD1CE_D1CE_D1CE_D1CE);
    let mut s = Sketch::default();
    let ram = s.param(ParamClass::Boot, "RAM", Kind::Size, 1 << 30, interval(1 << 24, 1 << 36, 4096));
    let cpus = s.param(ParamClass::Boot, "CPUS", Kind::Int, 1, interval(0, 64, 1));
    let shift = s.param(ParamClass::Boot, "SHIFT", Kind::Int, 0, interval(-9, 9, 1));
    let flag = s.param(ParamClass::Boot, "FLAG", Kind::Bool, 0, Domain::Set(vec![0, 1]));
    let split = s.choices("Split", &["A", "B", "C"]);
    let choice = s.param(ParamClass::Boot, "SPLIT", Kind::Enum(split), 2, Domain::Set(vec![0, 1, 2]));
    let big = s.n(0xFFFF_8000_0000_0000);
    let mut numbers = vec![ram, cpus, shift, big, s.n(1), s.n(4096)];
    let is_b = s.model.terms.eq(choice, TermId::TRUE);
    let mut conditions = vec![flag, is_b];
    for at in 0..300 {
        let made = number(&mut s.model.terms, &mut dice, &numbers, &conditions);
        let law = condition(&mut s.model.terms, &mut dice, &numbers, &conditions);
        if s.model.terms.take_overflow() {
            continue;
        }
        // Only numbers that stay small enough to be combined further.
        let fits = |value: i128| value.unsigned_abs() < 1 << 100;
        let defaults = s.model.defaults();
        if s.model.terms.eval(made, &defaults).is_ok_and(fits) && s.model.terms.vars(&[made]).len() > 0 {
            numbers.push(made);
            s.named(&format!("number_{at}"), Kind::Int, made);
        }
        conditions.push(law);
        s.named(&format!("law_{at}"), Kind::Bool, law);
        if numbers.len() > 40 {
            numbers.drain(6..20);
            conditions.drain(2..12);
        }
    }
    assert_agrees("random", &s.model, &s.model.defaults());
}
