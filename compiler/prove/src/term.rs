//! Values that depend on parameters: hash-consed expressions over integers.
//!
//! Every number and condition of a resolved layout is a [`TermId`] in one [`Terms`] arena. Sums are kept in one normal
//! form, [`Term::Sum`], so that two ends that both contain `RAM` cancel when they are subtracted, and equal values have
//! equal ids. Booleans are the integers 0 and 1. A child always has a smaller id than its parent.

mod bounds;
mod build;
mod evaluate;
mod slope;
mod substitute;
mod walk;

pub use bounds::{Bounds, Undefined};
pub use evaluate::{Evaluation, NoValue};
pub use substitute::Substitution;

use rustc_hash::FxHashMap;

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

    fn mark_overflow(&mut self) {
        self.overflowed = true;
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
}
