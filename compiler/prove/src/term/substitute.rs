//! Copies of terms with other terms in the place of variables.

use super::{Term, TermId, Terms, VarId};
use rustc_hash::FxHashMap;

/// The image of a term.
#[derive(Debug, Clone, Copy)]
struct Image {
    id: TermId,
    /// False when folding left the exact range.
    exact: bool,
}

/// Copies terms of one arena into another with values in the place of some variables, each term once. What a value decides
/// is gone from the copy, and with it that the side not taken may have no value.
#[derive(Debug)]
pub struct Substitution<'a> {
    from: &'a Terms,
    /// Values by [`VarId`]; variables without one stay.
    put: Vec<Option<i128>>,
    images: Vec<Option<Image>>,
}

impl<'a> Substitution<'a> {
    /// Copies of terms of `from`, with the values that `put` has for variables.
    #[must_use]
    pub fn new(from: &'a Terms, put: Vec<Option<i128>>) -> Self {
        Self {
            from,
            put,
            images: vec![None; from.len()],
        }
    }

    /// The copy of a term in `into`, the same arena each time; `None` when it has no exact value in 127 bits.
    pub fn of(&mut self, into: &mut Terms, root: TermId) -> Option<TermId> {
        for id in self
            .from
            .below(root, |id| self.images[id.index()].is_some())
        {
            let (images, put) = (&self.images, &self.put);
            let image = |child: TermId| images[child.index()].expect("children are copied first");
            let variable = |terms: &mut Terms, var| replaced(terms, put, var);
            let made = rebuilt(self.from.get(id), into, image, variable);
            self.images[id.index()] = Some(made);
        }
        let image = self.images[root.index()].expect("the root is the last of those below it");
        image.exact.then_some(image.id)
    }

    /// The copy of a variable: its value, when it has one.
    pub fn variable(&self, into: &mut Terms, var: VarId) -> TermId {
        replaced(into, &self.put, var)
    }
}

fn replaced(terms: &mut Terms, put: &[Option<i128>], var: VarId) -> TermId {
    match put[var.index()] {
        Some(value) => terms.constant(value),
        None => terms.var(var),
    }
}

impl Terms {
    /// The term with one variable renamed, for the second member of a family.
    pub fn renamed(&mut self, id: TermId, from: VarId, to: VarId) -> TermId {
        let to = self.var(to);
        self.substituted(id, from, to)
    }

    /// The term with another in the place of one variable. Overflows are marked as by every constructor.
    pub fn substituted(&mut self, id: TermId, from: VarId, to: TermId) -> TermId {
        let marked = self.take_overflow();
        let mut images: FxHashMap<TermId, Image> = FxHashMap::default();
        for next in self.below(id, |_| false) {
            let node = self.get(next).clone();
            let variable = |terms: &mut Self, var| if var == from { to } else { terms.var(var) };
            let made = rebuilt(&node, self, |child| images[&child], variable);
            images.insert(next, made);
        }
        let image = images[&id];
        if marked || !image.exact {
            self.mark_overflow();
        }
        image.id
    }
}

/// A node over the images of its children: the one place that says how each kind of term is made again.
fn rebuilt(
    node: &Term,
    into: &mut Terms,
    image: impl Fn(TermId) -> Image,
    variable: impl FnOnce(&mut Terms, VarId) -> TermId,
) -> Image {
    let mut exact = true;
    let mut get = |child: TermId| {
        let image = image(child);
        exact &= image.exact;
        image.id
    };
    let id = match node {
        Term::Const(value) => into.constant(*value),
        Term::Var(var) => variable(into, *var),
        Term::Sum { parts, constant } => {
            let parts: Vec<_> = parts.iter().map(|&(atom, by)| (get(atom), by)).collect();
            into.sum(&parts, *constant)
        }
        Term::If(c, a, b) => return chosen(into, image(*c), image(*a), image(*b)),
        Term::And(all) => return joined(into, all, TermId::FALSE, image, Terms::all),
        Term::Or(all) => return joined(into, all, TermId::TRUE, image, Terms::any),
        Term::Log2(a) => into.log2(get(*a)),
        Term::NonNegative(a) => into.ge(get(*a), TermId::FALSE),
        Term::IsZero(a) => into.eq(get(*a), TermId::FALSE),
        Term::Not(a) => into.not(get(*a)),
        Term::Product(a, b) => into.mul(get(*a), get(*b)),
        Term::Div(a, b) => into.div(get(*a), get(*b)),
        Term::Rem(a, b) => into.rem(get(*a), get(*b)),
        Term::Min(a, b) => into.min(get(*a), get(*b)),
        Term::Max(a, b) => into.max(get(*a), get(*b)),
    };
    let exact = !into.take_overflow() && exact;
    Image { id, exact }
}

/// A choice that is decided forgets the other side.
fn chosen(into: &mut Terms, c: Image, a: Image, b: Image) -> Image {
    match c.id {
        _ if !c.exact => c,
        TermId::TRUE => a,
        TermId::FALSE => b,
        _ => Image {
            id: into.choose(c.id, a.id, b.id),
            exact: a.exact && b.exact,
        },
    }
}

/// `decides` is the operand that decides alone, whatever the others are.
fn joined(
    into: &mut Terms,
    all: &[TermId],
    decides: TermId,
    image: impl Fn(TermId) -> Image,
    join: impl FnOnce(&mut Terms, &[TermId]) -> TermId,
) -> Image {
    let all: Vec<Image> = all.iter().map(|&one| image(one)).collect();
    if all.iter().any(|one| one.exact && one.id == decides) {
        return Image {
            id: decides,
            exact: true,
        };
    }
    let ids: Vec<TermId> = all.iter().map(|one| one.id).collect();
    Image {
        id: join(into, &ids),
        exact: all.iter().all(|one| one.exact),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A term of every kind over `p` and `q`.
    fn roots(terms: &mut Terms) -> Vec<TermId> {
        let (tp, tq) = (terms.var(VarId(0)), terms.var(VarId(1)));
        let scaled = terms.sum(&[(tp, 3), (tq, -2)], 7);
        let five = terms.constant(5);
        let rest = terms.rem(scaled, five);
        let low = terms.min(rest, tq);
        let is = terms.ge(low, tp);
        let not = terms.not(is);
        let chosen = terms.choose(not, scaled, low);
        let product = terms.mul(chosen, tp);
        let high = terms.max(product, tq);
        let by = terms.div(high, tp);
        let left = terms.rem(high, tp);
        let log = terms.log2(tp);
        let zero = terms.eq(left, log);
        let (both, either) = (terms.and(zero, is), terms.or(zero, is));
        vec![
            scaled, rest, low, is, not, chosen, product, high, by, left, log, zero, both, either,
        ]
    }

    #[test]
    fn the_value_is_that_of_the_term_put_in() {
        let mut terms = Terms::new();
        let roots = roots(&mut terms);
        let (p, q) = (VarId(0), VarId(1));
        let tq = terms.var(q);
        let number = terms.plus(tq, 4);
        for root in roots {
            let new = terms.substituted(root, p, number);
            assert!(!terms.vars(&[new]).contains(&p));
            for value in -20..20 {
                let expected = terms.eval(root, &[value + 4, value]);
                assert_eq!(terms.eval(new, &[0, value]), expected);
            }
        }
    }

    #[test]
    fn a_copy_with_values_has_the_value_of_the_original() {
        let mut terms = Terms::new();
        let roots = roots(&mut terms);
        for p in -6..7 {
            let mut copies = Substitution::new(&terms, vec![Some(p), None]);
            let mut other = Terms::new();
            for &root in &roots {
                let copy = copies.of(&mut other, root).expect("small numbers");
                for q in -6..7 {
                    let expected = terms.eval(root, &[p, q]);
                    assert_eq!(other.eval(copy, &[0, q]), expected, "{p} {q}");
                }
            }
        }
    }

    #[test]
    fn what_overflows_has_no_copy_unless_it_is_not_taken() {
        let mut terms = Terms::new();
        let (p, q) = (terms.var(VarId(0)), terms.var(VarId(1)));
        let huge = terms.sum(&[(p, i128::MAX)], 0);
        let safe = terms.le(p, TermId::TRUE);
        let guarded = terms.choose(safe, q, huge);
        for (value, exact) in [(1, true), (2, false)] {
            let mut copies = Substitution::new(&terms, vec![Some(value), None]);
            let mut other = Terms::new();
            assert_eq!(copies.of(&mut other, huge).is_some(), exact);
            assert_eq!(copies.of(&mut other, guarded).is_some(), exact);
        }
        let two = terms.constant(2);
        terms.substituted(guarded, VarId(0), TermId::TRUE);
        assert!(!terms.take_overflow(), "the side not taken");
        terms.substituted(guarded, VarId(0), two);
        assert!(terms.take_overflow());
    }
}
