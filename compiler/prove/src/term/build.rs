//! Making terms: every constructor folds constants and keeps the normal forms that [`Term`] promises.

use super::{Term, TermId, Terms, VarId};

impl Terms {
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
                self.mark_overflow();
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
}
