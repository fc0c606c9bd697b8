//! Values that depend on parameters: hash-consed expressions over integers.
//!
//! Every number and condition of a resolved layout is a [`TermId`] in one [`Terms`] arena. Sums are kept in one normal
//! form, [`Term::Sum`], so that two ends that both contain `RAM` cancel when they are subtracted, and equal values have
//! equal ids. Booleans are the integers 0 and 1. A child always has a smaller id than its parent.

mod evaluate;
mod substitute;

pub use evaluate::{Evaluation, NoValue};

use rustc_hash::{FxHashMap, FxHashSet};

/// An expression in a [`Terms`] arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TermId(u32);

impl TermId {
    /// The constant 0, and the condition *false*.
    pub const FALSE: Self = Self(0);
    /// The constant 1, and the condition *true*.
    pub const TRUE: Self = Self(1);

    /// Its place in the arena.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A parameter, or the member number of a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VarId(pub u32);

impl VarId {
    /// Its place in an [`Assignment`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// One node.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Term {
    /// A constant.
    Const(i128),
    /// A parameter or family member number.
    Var(VarId),
    /// `constant + sum of coefficient * atom`; atoms sorted by id, coefficients not 0, no atom is a `Const` or `Sum`; never
    /// a lone atom with coefficient 1 and constant 0.
    Sum {
        /// The atoms with their coefficients.
        parts: Vec<(TermId, i128)>,
        /// What is added.
        constant: i128,
    },
    /// A product of two terms that are not constant.
    Product(TermId, TermId),
    /// Quotient rounded down. Defined for a positive divisor.
    Div(TermId, TermId),
    /// `a - b * floor(a / b)`, for a divisor that is not constant. Defined for a positive divisor.
    Rem(TermId, TermId),
    /// The smaller.
    Min(TermId, TermId),
    /// The larger.
    Max(TermId, TermId),
    /// The largest k with `2^k <= x`. Defined for a positive argument.
    Log2(TermId),
    /// `if condition { a } else { b }`
    If(TermId, TermId, TermId),
    /// `a >= 0` (every comparison of integers is brought to this form or to `IsZero`)
    NonNegative(TermId),
    /// `a == 0`
    IsZero(TermId),
    /// All of them; sorted, at least two.
    And(Vec<TermId>),
    /// Any of them; sorted, at least two.
    Or(Vec<TermId>),
    /// Not.
    Not(TermId),
}

/// Values of all variables, by [`VarId`].
pub type Assignment = Vec<i128>;

/// The arena.
#[derive(Debug, Clone)]
pub struct Terms {
    nodes: Vec<Term>,
    ids: FxHashMap<Term, TermId>,
    overflowed: bool,
}

impl Default for Terms {
    fn default() -> Self {
        Self::new()
    }
}

impl Terms {
    /// An arena that holds *false* and *true*.
    #[must_use]
    pub fn new() -> Self {
        let mut terms = Self {
            nodes: Vec::new(),
            ids: FxHashMap::default(),
            overflowed: false,
        };
        terms.intern(Term::Const(0));
        terms.intern(Term::Const(1));
        terms
    }

    /// The node of an id.
    #[must_use]
    pub fn get(&self, id: TermId) -> &Term {
        &self.nodes[id.index()]
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never true: the arena always holds *false* and *true*.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// True once folding constants has left 127 bits, and resets the mark. The term made then is the constant 0; callers
    /// that build terms from user numbers ask after each step and report an overflow.
    pub fn take_overflow(&mut self) -> bool {
        std::mem::take(&mut self.overflowed)
    }

    /// The value, when it does not depend on any variable.
    #[must_use]
    pub fn as_const(&self, id: TermId) -> Option<i128> {
        match self.get(id) {
            Term::Const(value) => Some(*value),
            _ => None,
        }
    }

    fn intern(&mut self, term: Term) -> TermId {
        if let Some(&id) = self.ids.get(&term) {
            return id;
        }
        let id = TermId(u32::try_from(self.nodes.len()).expect("fewer than 2^32 terms"));
        self.nodes.push(term.clone());
        self.ids.insert(term, id);
        id
    }

    /// A constant.
    pub fn constant(&mut self, value: i128) -> TermId {
        self.intern(Term::Const(value))
    }

    /// A condition that is always `value`.
    #[must_use]
    pub const fn boolean(value: bool) -> TermId {
        if value { TermId::TRUE } else { TermId::FALSE }
    }

    /// A variable.
    pub fn var(&mut self, var: VarId) -> TermId {
        self.intern(Term::Var(var))
    }

    fn folded(&mut self, value: Option<i128>) -> TermId {
        match value {
            Some(value) => self.constant(value),
            None => {
                self.overflowed = true;
                TermId::FALSE
            }
        }
    }

    /// `constant + sum of coefficient * term`.
    pub fn sum(&mut self, parts: &[(TermId, i128)], constant: i128) -> TermId {
        match self.try_sum(parts, constant) {
            Some((flat, constant)) => match flat[..] {
                [] => self.constant(constant),
                [(atom, 1)] if constant == 0 => atom,
                _ => self.intern(Term::Sum {
                    parts: flat,
                    constant,
                }),
            },
            None => self.folded(None),
        }
    }

    fn try_sum(
        &self,
        parts: &[(TermId, i128)],
        constant: i128,
    ) -> Option<(Vec<(TermId, i128)>, i128)> {
        let mut flat: Vec<(TermId, i128)> = Vec::with_capacity(parts.len() + 2);
        let mut total = constant;
        for &(id, factor) in parts {
            match self.get(id) {
                Term::Const(value) => total = total.checked_add(value.checked_mul(factor)?)?,
                Term::Sum { parts, constant } => {
                    total = total.checked_add(constant.checked_mul(factor)?)?;
                    for &(atom, coefficient) in parts {
                        flat.push((atom, coefficient.checked_mul(factor)?));
                    }
                }
                _ => flat.push((id, factor)),
            }
        }
        flat.sort_unstable_by_key(|&(atom, _)| atom);
        let mut merged: Vec<(TermId, i128)> = Vec::with_capacity(flat.len());
        for (atom, coefficient) in flat {
            match merged.last_mut() {
                Some(last) if last.0 == atom => last.1 = last.1.checked_add(coefficient)?,
                _ => merged.push((atom, coefficient)),
            }
        }
        merged.retain(|&(_, coefficient)| coefficient != 0);
        Some((merged, total))
    }

    /// `a + b`
    pub fn add(&mut self, a: TermId, b: TermId) -> TermId {
        self.sum(&[(a, 1), (b, 1)], 0)
    }

    /// `a - b`
    pub fn sub(&mut self, a: TermId, b: TermId) -> TermId {
        self.sum(&[(a, 1), (b, -1)], 0)
    }

    /// `a + n`
    pub fn plus(&mut self, a: TermId, n: i128) -> TermId {
        self.sum(&[(a, 1)], n)
    }

    /// `-a`
    pub fn neg(&mut self, a: TermId) -> TermId {
        self.sum(&[(a, -1)], 0)
    }

    /// `a * b`
    pub fn mul(&mut self, a: TermId, b: TermId) -> TermId {
        match (self.as_const(a), self.as_const(b)) {
            (Some(x), _) => self.sum(&[(b, x)], 0),
            (_, Some(y)) => self.sum(&[(a, y)], 0),
            _ => self.intern(Term::Product(a.min(b), a.max(b))),
        }
    }

    /// `floor(a / b)`. A constant divisor must be positive; others are the business of a law.
    pub fn div(&mut self, a: TermId, b: TermId) -> TermId {
        match (self.as_const(a), self.as_const(b)) {
            (Some(x), Some(y)) if y > 0 => self.constant(x.div_euclid(y)),
            (_, Some(1)) => a,
            (None, Some(y)) if y > 0 => self.div_by(a, y),
            _ => self.intern(Term::Div(a, b)),
        }
    }

    /// Takes multiples of the divisor out of the sum, so that alignment leaves no residue where there is none.
    fn div_by(&mut self, a: TermId, divisor: i128) -> TermId {
        let (mut outer, mut inner, mut rest) = (Vec::new(), Vec::new(), 0);
        let mut whole = 0;
        match self.get(a) {
            Term::Sum { parts, constant } => {
                for &(atom, coefficient) in parts {
                    if coefficient % divisor == 0 {
                        outer.push((atom, coefficient / divisor));
                    } else {
                        inner.push((atom, coefficient));
                    }
                }
                whole = constant.div_euclid(divisor);
                rest = constant.rem_euclid(divisor);
            }
            _ => inner.push((a, 1)),
        }
        if !inner.is_empty() {
            let inside = self.sum(&inner, rest);
            let by = self.constant(divisor);
            let quotient = self.intern(Term::Div(inside, by));
            outer.push((quotient, 1));
        }
        self.sum(&outer, whole)
    }

    /// `a - b * floor(a / b)`
    pub fn rem(&mut self, a: TermId, b: TermId) -> TermId {
        if self.as_const(b).is_some_and(|y| y > 0) {
            let down = self.align_down(a, b);
            return self.sub(a, down);
        }
        self.intern(Term::Rem(a, b))
    }

    /// The largest multiple of `to` that is at most `a`.
    pub fn align_down(&mut self, a: TermId, to: TermId) -> TermId {
        let quotient = self.div(a, to);
        self.mul(quotient, to)
    }

    /// The smallest multiple of `to` that is at least `a`.
    pub fn align_up(&mut self, a: TermId, to: TermId) -> TermId {
        let quotient = self.ceil_div(a, to);
        self.mul(quotient, to)
    }

    /// Quotient rounded up: `-floor(-a / b)`.
    pub fn ceil_div(&mut self, a: TermId, b: TermId) -> TermId {
        let negative = self.neg(a);
        let quotient = self.div(negative, b);
        self.neg(quotient)
    }

    /// The smaller.
    pub fn min(&mut self, a: TermId, b: TermId) -> TermId {
        match (self.as_const(a), self.as_const(b)) {
            (Some(x), Some(y)) => self.constant(x.min(y)),
            _ if a == b => a,
            _ => self.intern(Term::Min(a.min(b), a.max(b))),
        }
    }

    /// The larger.
    pub fn max(&mut self, a: TermId, b: TermId) -> TermId {
        match (self.as_const(a), self.as_const(b)) {
            (Some(x), Some(y)) => self.constant(x.max(y)),
            _ if a == b => a,
            _ => self.intern(Term::Max(a.min(b), a.max(b))),
        }
    }

    /// The largest k with `2^k <= a`.
    pub fn log2(&mut self, a: TermId) -> TermId {
        match self.as_const(a) {
            Some(x) if x > 0 => self.constant(i128::from(x.ilog2())),
            _ => self.intern(Term::Log2(a)),
        }
    }

    /// `if condition { a } else { b }`
    pub fn choose(&mut self, condition: TermId, a: TermId, b: TermId) -> TermId {
        match condition {
            TermId::TRUE => a,
            TermId::FALSE => b,
            _ if a == b => a,
            _ => self.intern(Term::If(condition, a, b)),
        }
    }

    /// `a >= b`
    pub fn ge(&mut self, a: TermId, b: TermId) -> TermId {
        let difference = self.sub(a, b);
        match self.as_const(difference) {
            Some(x) => Self::boolean(x >= 0),
            None => self.intern(Term::NonNegative(difference)),
        }
    }

    /// `a <= b`
    pub fn le(&mut self, a: TermId, b: TermId) -> TermId {
        self.ge(b, a)
    }

    /// `a > b`
    pub fn gt(&mut self, a: TermId, b: TermId) -> TermId {
        let next = self.plus(b, 1);
        self.ge(a, next)
    }

    /// `a < b`
    pub fn lt(&mut self, a: TermId, b: TermId) -> TermId {
        self.gt(b, a)
    }

    /// `a == b`, for integers and for conditions.
    pub fn eq(&mut self, a: TermId, b: TermId) -> TermId {
        let difference = self.sub(a, b);
        match self.as_const(difference) {
            Some(x) => Self::boolean(x == 0),
            None => {
                // One sign only, so that `a == b` and `b == a` are the same term.
                let opposite = self.neg(difference);
                self.intern(Term::IsZero(difference.min(opposite)))
            }
        }
    }

    /// `a != b`
    pub fn ne(&mut self, a: TermId, b: TermId) -> TermId {
        let equal = self.eq(a, b);
        self.not(equal)
    }

    /// Not.
    pub fn not(&mut self, a: TermId) -> TermId {
        match self.get(a) {
            Term::Const(value) => Self::boolean(*value == 0),
            Term::Not(inner) => *inner,
            Term::NonNegative(x) => {
                // not (x >= 0) is -x - 1 >= 0
                let x = *x;
                let turned = self.sum(&[(x, -1)], -1);
                self.intern(Term::NonNegative(turned))
            }
            _ => self.intern(Term::Not(a)),
        }
    }

    /// All of them.
    pub fn all(&mut self, conditions: &[TermId]) -> TermId {
        let mut flat = Vec::with_capacity(conditions.len());
        for &condition in conditions {
            match self.get(condition) {
                Term::And(inner) => flat.extend_from_slice(inner),
                _ => flat.push(condition),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        flat.retain(|&condition| condition != TermId::TRUE);
        if flat.contains(&TermId::FALSE) {
            return TermId::FALSE;
        }
        match flat[..] {
            [] => TermId::TRUE,
            [one] => one,
            _ => self.intern(Term::And(flat)),
        }
    }

    /// Any of them.
    pub fn any(&mut self, conditions: &[TermId]) -> TermId {
        let mut flat = Vec::with_capacity(conditions.len());
        for &condition in conditions {
            match self.get(condition) {
                Term::Or(inner) => flat.extend_from_slice(inner),
                _ => flat.push(condition),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        flat.retain(|&condition| condition != TermId::FALSE);
        if flat.contains(&TermId::TRUE) {
            return TermId::TRUE;
        }
        match flat[..] {
            [] => TermId::FALSE,
            [one] => one,
            _ => self.intern(Term::Or(flat)),
        }
    }

    /// Both.
    pub fn and(&mut self, a: TermId, b: TermId) -> TermId {
        self.all(&[a, b])
    }

    /// Either.
    pub fn or(&mut self, a: TermId, b: TermId) -> TermId {
        self.any(&[a, b])
    }

    /// `a` implies `b`.
    pub fn implies(&mut self, a: TermId, b: TermId) -> TermId {
        let not = self.not(a);
        self.or(not, b)
    }

    /// The children of a node.
    pub fn for_children(&self, id: TermId, mut visit: impl FnMut(TermId)) {
        match self.get(id) {
            Term::Const(_) | Term::Var(_) => {}
            Term::Sum { parts, .. } => parts.iter().for_each(|&(atom, _)| visit(atom)),
            Term::Product(a, b)
            | Term::Div(a, b)
            | Term::Rem(a, b)
            | Term::Min(a, b)
            | Term::Max(a, b) => {
                visit(*a);
                visit(*b);
            }
            Term::Log2(a) | Term::NonNegative(a) | Term::IsZero(a) | Term::Not(a) => visit(*a),
            Term::If(c, a, b) => {
                visit(*c);
                visit(*a);
                visit(*b);
            }
            Term::And(all) | Term::Or(all) => all.iter().for_each(|&c| visit(c)),
        }
    }

    /// The variables that a term depends on, sorted.
    #[must_use]
    pub fn vars(&self, roots: &[TermId]) -> Vec<VarId> {
        let mut seen = FxHashSet::default();
        let mut stack = roots.to_vec();
        let mut vars = Vec::new();
        while let Some(id) = stack.pop() {
            if seen.insert(id) {
                if let Term::Var(var) = self.get(id) {
                    vars.push(*var);
                }
                self.for_children(id, |child| stack.push(child));
            }
        }
        vars.sort_unstable();
        vars
    }

    /// The value for an assignment of all variables.
    ///
    /// # Errors
    /// [`NoValue`] when the part that is needed has no value.
    pub fn eval(&self, id: TermId, values: &[i128]) -> Result<i128, NoValue> {
        Evaluation::new(self, values).get(id)
    }
}
