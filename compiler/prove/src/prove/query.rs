//! One question to the search: is there an assignment that meets some goals?

use super::linear::Interval;
use super::search::{Few, GiveUp, Goal, Search, index_of};
use super::{Undecided, World};
use crate::term::{TermId, Terms, VarId};
use std::cell::Cell;

/// The search for an assignment that breaks a law.
pub(super) struct Query<'a> {
    terms: &'a Terms,
    pub(super) world: &'a World<'a>,
    goals: Vec<Goal>,
    /// The variables that the law depends on, directly or through assumptions; the others keep their defaults.
    pub(super) vars: Vec<VarId>,
    /// The last answer was found while terms stood open.
    opened: Cell<bool>,
}

impl<'a> Query<'a> {
    /// What could break a law: it, and the assumptions that share variables with it, directly or by way of others.
    pub(super) fn new(terms: &'a Terms, world: &'a World<'a>, law: TermId) -> Self {
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
            opened: Cell::new(false),
        }
    }

    /// The assumptions alone.
    pub(super) fn of_assumptions(terms: &'a Terms, world: &'a World<'a>) -> Self {
        Self {
            terms,
            world,
            goals: world.assumptions.iter().map(|&a| (a, true)).collect(),
            vars: (0..world.vars.len()).map(|i| VarId(i as u32)).collect(),
            opened: Cell::new(false),
        }
    }

    /// The indices that each variable may have in its domain; those that do not matter keep their default.
    pub(super) fn free(&self) -> Vec<Interval> {
        let count = self.world.vars.len();
        let mut indices: Vec<Interval> = (0..count).map(|i| self.default_index(i)).collect();
        for var in &self.vars {
            let last = self.world.vars[var.index()].domain.count() - 1;
            let last = i128::try_from(last).unwrap_or(i128::MAX >> 4);
            indices[var.index()] = Interval::new(0, last);
        }
        indices
    }

    /// The index of a variable's default value, as a range.
    pub(super) fn default_index(&self, var: usize) -> Interval {
        let index = index_of(&self.world.vars[var].domain, self.world.defaults[var]).unwrap_or(0);
        Interval::new(index, index)
    }

    /// A point within these indices that meets all goals, and at which few of some parameters have other values than their
    /// defaults.
    pub(super) fn find(
        &self,
        indices: &[Interval],
        few: &[Few],
    ) -> Result<Option<Vec<i128>>, Undecided> {
        let mut left = self.world.budget;
        self.find_within(indices, few, &mut left)
    }

    /// The same on a budget that is shared: what is used of it is taken off.
    ///
    /// Two ways of searching take turns, for neither is always better: one that splits every undecided term at once, with
    /// many cheap cases, and one in which terms stand open, with few dear ones.
    pub(super) fn find_within(
        &self,
        indices: &[Interval],
        few: &[Few],
        left: &mut u32,
    ) -> Result<Option<Vec<i128>>, Undecided> {
        let mut too_large = false;
        let turns = if self.opened.get() {
            TURNS_OPEN_FIRST
        } else {
            TURNS
        };
        for &(opens, most) in turns {
            let budget = most.min(*left);
            let of = (self.world.vars, self.world.defaults);
            let mut search = Search::new(self.terms, of, indices, opens, budget);
            let found = search.find_few(&self.goals, few);
            *left -= budget - search.budget;
            match found {
                Ok(found) => {
                    self.opened.set(opens);
                    return Ok(found);
                }
                Err(GiveUp::TooLarge) => too_large = true,
                Err(GiveUp::Budget) => {}
            }
        }
        Err(if too_large {
            Undecided::TooLarge
        } else {
            Undecided::Budget(self.world.budget)
        })
    }
}

/// Whether terms may stand open in a turn, and how many cases it has.
const TURNS: &[(bool, u32)] = &[
    (false, 128),
    (true, 8),
    (false, 4_000),
    (true, 400),
    (false, u32::MAX),
];

/// The same after a question that was answered while terms stood open: the next one is much like it.
const TURNS_OPEN_FIRST: &[(bool, u32)] = &[
    (true, 200),
    (false, 4_000),
    (true, 2_000),
    (false, u32::MAX),
];
