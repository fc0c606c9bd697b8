//! Deciding laws for all values of all parameters, exactly.
//!
//! A law is proved by showing that no assignment in the domains fulfils the assumptions and breaks it. `query` gathers what
//! bears on it, `search` brings terms to linear forms and splits on what it must, `integer` decides what is left over whole
//! numbers, `linear` is the exact arithmetic of both. A law that is broken is shown by the smallest assignment that breaks
//! it, which `smallest` finds.

mod integer;
mod linear;
mod query;
mod search;
mod smallest;
#[cfg(test)]
mod tests;

use crate::domain::Var;
use crate::term::{Assignment, Bounds, TermId, Terms, Undefined};
use query::Query;

/// What is known about a law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds for every assignment that the assumptions allow.
    Proved,
    /// It does not hold.
    Refuted(Counterexample),
    /// Not decided.
    Undecided(Undecided),
}

/// An assignment that breaks a law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counterexample {
    /// A value for each variable.
    pub values: Assignment,
    /// True when it is the smallest: as many parameters as possible have their default value (of two sets of changed
    /// parameters of one size, the one whose parameters are declared first), the changed ones are as small as possible in
    /// the order of declaration, then the member numbers of families. False when the budget ended before that was known.
    pub smallest: bool,
}

/// Why a law was not decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecided {
    /// The budget ran out after this many cases.
    Budget(u32),
    /// A number left 125 bits.
    TooLarge,
}

impl std::fmt::Display for Undecided {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Budget(cases) => write!(f, "gave up after {cases} cases"),
            Self::TooLarge => f.write_str("a number left the exact range of 125 bits"),
        }
    }
}

/// The world in which laws are decided.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// The variables with their domains.
    pub vars: &'a [Var],
    /// The default value of each variable, in its domain.
    pub defaults: &'a [i128],
    /// What may be assumed. The defaults fulfil it.
    pub assumptions: &'a [TermId],
    /// How many cases may be looked at for one law.
    pub budget: u32,
}

/// Cases for one law, unless the caller says otherwise: some seconds at most.
pub const BUDGET: u32 = 100_000;

/// Decides whether `law` holds in the world. Where the law has no value (a divisor of zero), nothing is asked of it.
#[must_use]
pub fn prove(terms: &Terms, world: &World<'_>, law: TermId) -> Verdict {
    if law == TermId::TRUE {
        return Verdict::Proved;
    }
    // Most laws are seen to hold by their bounds alone; so are products of many parameters, which a search would cut up.
    let bounds = Bounds::new(world.vars, Undefined::Ignored).of(terms, law);
    if bounds.is_some_and(|(least, _)| least > 0) {
        return Verdict::Proved;
    }
    let query = Query::new(terms, world, law);
    match query.find(&query.free(), &[]) {
        Ok(None) => Verdict::Proved,
        Ok(Some(point)) => Verdict::Refuted(query.smallest(point)),
        Err(undecided) => Verdict::Undecided(undecided),
    }
}

/// Whether any assignment fulfils the assumptions.
///
/// # Errors
/// [`Undecided`] when that could not be found out.
pub fn satisfiable(terms: &Terms, world: &World<'_>) -> Result<bool, Undecided> {
    let query = Query::of_assumptions(terms, world);
    Ok(query.find(&query.free(), &[])?.is_some())
}
