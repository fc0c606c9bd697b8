//! Putting a number in the place of a variable: `kstack[3].start` is the start of `kstack[p]`
//! with 3 for p.

use super::Evaluator;
use crate::source::Loc;
use crate::term::{Term, TermId, Terms, VarId};
use std::collections::HashMap;

impl Evaluator<'_> {
    /// `term` with `number` in the place of `var`.
    pub(super) fn substitute(
        &mut self,
        term: TermId,
        var: VarId,
        number: TermId,
        loc: Loc,
    ) -> Option<TermId> {
        self.term(loc, |terms| {
            let mut done = HashMap::new();
            replace(terms, term, var, number, &mut done)
        })
    }
}

/// Every node is rebuilt at most once.
fn replace(
    terms: &mut Terms,
    term: TermId,
    var: VarId,
    number: TermId,
    done: &mut HashMap<TermId, TermId>,
) -> TermId {
    if let Some(&result) = done.get(&term) {
        return result;
    }
    let node = terms.get(term).clone();
    let mut new = |terms: &mut Terms, id| replace(terms, id, var, number, done);
    let result = match node {
        Term::Const(_) => term,
        Term::Var(this) if this == var => number,
        Term::Var(_) => term,
        Term::Sum { parts, constant } => {
            let parts: Vec<(TermId, i128)> = parts
                .into_iter()
                .map(|(atom, factor)| (new(terms, atom), factor))
                .collect();
            terms.sum(&parts, constant)
        }
        Term::Product(a, b) => pair(terms, new, a, b, Terms::mul),
        Term::Div(a, b) => pair(terms, new, a, b, Terms::div),
        Term::Rem(a, b) => pair(terms, new, a, b, Terms::rem),
        Term::Min(a, b) => pair(terms, new, a, b, Terms::min),
        Term::Max(a, b) => pair(terms, new, a, b, Terms::max),
        Term::Log2(a) => {
            let a = new(terms, a);
            terms.log2(a)
        }
        Term::If(c, a, b) => {
            let (c, a, b) = (new(terms, c), new(terms, a), new(terms, b));
            terms.choose(c, a, b)
        }
        Term::NonNegative(a) => {
            let a = new(terms, a);
            terms.ge(a, TermId::FALSE)
        }
        Term::IsZero(a) => {
            let a = new(terms, a);
            terms.eq(a, TermId::FALSE)
        }
        Term::Not(a) => {
            let a = new(terms, a);
            terms.not(a)
        }
        Term::And(all) => {
            let all: Vec<TermId> = all.into_iter().map(|id| new(terms, id)).collect();
            terms.all(&all)
        }
        Term::Or(all) => {
            let all: Vec<TermId> = all.into_iter().map(|id| new(terms, id)).collect();
            terms.any(&all)
        }
    };
    done.insert(term, result);
    result
}

fn pair(
    terms: &mut Terms,
    mut new: impl FnMut(&mut Terms, TermId) -> TermId,
    a: TermId,
    b: TermId,
    build: impl FnOnce(&mut Terms, TermId, TermId) -> TermId,
) -> TermId {
    let (a, b) = (new(terms, a), new(terms, b));
    build(terms, a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_is_that_of_the_number() {
        let mut terms = Terms::new();
        let (p, q) = (VarId(0), VarId(1));
        let (tp, tq) = (terms.var(p), terms.var(q));
        let scaled = terms.sum(&[(tp, 3), (tq, -2)], 7);
        let five = terms.constant(5);
        let rest = terms.rem(scaled, five);
        let low = terms.min(rest, tq);
        let is = terms.ge(low, tp);
        let not = terms.not(is);
        let chosen = terms.choose(not, scaled, low);
        let product = terms.mul(chosen, tp);
        let roots = [scaled, rest, low, is, not, chosen, product];
        let number = terms.plus(tq, 4);
        for root in roots {
            let new = replace(&mut terms, root, p, number, &mut HashMap::new());
            assert!(!terms.vars(&[new]).contains(&p));
            for value in -20..20 {
                let expected = terms.eval(root, &[value + 4, value]);
                assert_eq!(terms.eval(new, &[0, value]), expected);
            }
        }
    }
}
