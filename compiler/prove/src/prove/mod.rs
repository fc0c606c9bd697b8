//! Deciding laws for all values of all parameters, exactly.
//!
//! A law is proved by showing that no assignment in the domains fulfils the assumptions and breaks it. `search` splits
//! on conditions and keeps linear forms, `integer` decides what is left over whole numbers, `linear` is the exact
//! arithmetic of both. A law that is broken is shown by the smallest assignment that breaks it.

mod integer;
mod linear;
mod search;
#[cfg(test)]
mod tests;

use crate::domain::Var;
use crate::term::{Assignment, Bounds, TermId, Terms, Undefined, VarId};
use linear::Interval;
use search::{GiveUp, Goal, Search, index_of, value_at};

/// What is known about a law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds for every assignment that the assumptions allow.
    Proved,
    /// It does not hold. The assignment is the smallest: as many parameters as possible have their default value (of two
    /// sets of changed parameters of one size, the one whose parameters are declared first), the changed ones are as
    /// small as possible in the order of declaration, then the member numbers of families.
    Refuted(Assignment),
    /// Not decided.
    Undecided(Undecided),
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
pub const BUDGET: u32 = 200_000;

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
    let free: Vec<Interval> = world
        .vars
        .iter()
        .map(|var| Interval::new(0, last_index(var)))
        .collect();
    let free = query.only_relevant(&free);
    match query.find(&free) {
        Ok(None) => Verdict::Proved,
        Ok(Some(point)) => query
            .smallest(&free, point)
            .map_or_else(Verdict::Undecided, Verdict::Refuted),
        Err(undecided) => Verdict::Undecided(undecided),
    }
}

/// Whether any assignment fulfils the assumptions.
///
/// # Errors
/// [`Undecided`] when that could not be found out.
pub fn satisfiable(terms: &Terms, world: &World<'_>) -> Result<bool, Undecided> {
    let query = Query {
        terms,
        world,
        goals: world.assumptions.iter().map(|&a| (a, true)).collect(),
        vars: (0..world.vars.len()).map(|i| VarId(i as u32)).collect(),
    };
    let free: Vec<Interval> = world
        .vars
        .iter()
        .map(|var| Interval::new(0, last_index(var)))
        .collect();
    Ok(query.find(&free)?.is_some())
}

fn last_index(var: &Var) -> i128 {
    i128::try_from(var.domain.count() - 1).unwrap_or(i128::MAX >> 4)
}

/// The search for an assignment that breaks a law.
struct Query<'a> {
    terms: &'a Terms,
    world: &'a World<'a>,
    goals: Vec<Goal>,
    /// The variables that the law depends on, directly or through assumptions; the others keep their defaults.
    vars: Vec<VarId>,
}

impl<'a> Query<'a> {
    fn new(terms: &'a Terms, world: &'a World<'a>, law: TermId) -> Self {
        let mut vars = terms.vars(&[law]);
        let mut open: Vec<(TermId, Vec<VarId>)> = world
            .assumptions
            .iter()
            .map(|&a| (a, terms.vars(&[a])))
            .collect();
        let mut goals = vec![(law, false)];
        loop {
            let (near, far): (Vec<_>, Vec<_>) = open
                .into_iter()
                .partition(|(_, uses)| uses.iter().any(|var| vars.contains(var)));
            open = far;
            if near.is_empty() {
                break;
            }
            for (assumption, uses) in near {
                goals.push((assumption, true));
                vars.extend(uses);
            }
            vars.sort_unstable();
            vars.dedup();
        }
        Self {
            terms,
            world,
            goals,
            vars,
        }
    }

    fn only_relevant(&self, indices: &[Interval]) -> Vec<Interval> {
        let mut fixed: Vec<Interval> = (0..indices.len()).map(|i| self.default_index(i)).collect();
        for var in &self.vars {
            fixed[var.index()] = indices[var.index()];
        }
        fixed
    }

    fn default_index(&self, var: usize) -> Interval {
        let index = index_of(&self.world.vars[var].domain, self.world.defaults[var]).unwrap_or(0);
        Interval::new(index, index)
    }

    fn find(&self, indices: &[Interval]) -> Result<Option<Vec<i128>>, Undecided> {
        let mut search = Search::new(self.terms, self.world.vars, indices, self.world.budget);
        search.find(&self.goals).map_err(|give_up| match give_up {
            GiveUp::TooLarge => Undecided::TooLarge,
            GiveUp::Budget => Undecided::Budget(self.world.budget),
        })
    }

    /// The smallest assignment, given one that breaks the law.
    fn smallest(&self, free: &[Interval], point: Vec<i128>) -> Result<Assignment, Undecided> {
        let params: Vec<usize> = self
            .vars
            .iter()
            .map(|v| v.index())
            .filter(|&v| !self.world.vars[v].family)
            .collect();
        let changed = params
            .iter()
            .filter(|&&v| point[v] != self.world.defaults[v])
            .count();
        for size in 0..=changed {
            let mut found = Ok(None);
            combinations(&params, size, &mut |chosen| {
                let mut indices = free.to_vec();
                for &param in &params {
                    if !chosen.contains(&param) {
                        indices[param] = self.default_index(param);
                    }
                }
                found = self
                    .find(&indices)
                    .map(|point| point.map(|point| (indices, point)));
                !matches!(found, Ok(None))
            });
            if let Some((indices, point)) = found? {
                return self.lowest(indices, point);
            }
        }
        Ok(point)
    }

    /// The smallest value of each variable in turn, by halving.
    fn lowest(
        &self,
        mut indices: Vec<Interval>,
        mut point: Vec<i128>,
    ) -> Result<Assignment, Undecided> {
        let (families, params): (Vec<usize>, Vec<usize>) = self
            .vars
            .iter()
            .map(|v| v.index())
            .partition(|&v| self.world.vars[v].family);
        for var in params.into_iter().chain(families) {
            let domain = &self.world.vars[var].domain;
            let mut low = indices[var].low;
            let mut high = index_of(domain, point[var]).unwrap_or(indices[var].high);
            while low < high {
                let middle = low + (high - low) / 2;
                indices[var] = Interval::new(low, middle);
                match self.find(&indices)? {
                    Some(better) => {
                        high = index_of(domain, better[var]).unwrap_or(middle);
                        point = better;
                    }
                    None => low = middle + 1,
                }
            }
            indices[var] = Interval::new(high, high);
            debug_assert_eq!(value_at(domain, high), point[var]);
        }
        Ok(point)
    }
}

/// Calls `visit` with every choice of `size` items in lexicographic order, until it returns true.
fn combinations(items: &[usize], size: usize, visit: &mut dyn FnMut(&[usize]) -> bool) -> bool {
    fn extend(
        items: &[usize],
        size: usize,
        chosen: &mut Vec<usize>,
        visit: &mut dyn FnMut(&[usize]) -> bool,
    ) -> bool {
        if size == 0 {
            return visit(chosen);
        }
        (0..=items.len().saturating_sub(size)).any(|at| {
            if items.len() < size {
                return false;
            }
            chosen.push(items[at]);
            let stop = extend(&items[at + 1..], size - 1, chosen, visit);
            chosen.pop();
            stop
        })
    }
    extend(items, size, &mut Vec::new(), visit)
}
