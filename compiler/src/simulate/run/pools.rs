//! Results by name, and pools of them.

use mapwright_machine::Random;

use crate::simulate::evaluate::Names;
use crate::simulate::outcome::Outcome;
use crate::simulate::scenario::{Draw, Pick, Step};

/// A member that was taken out of a pool.
#[derive(Debug)]
pub(super) struct Drawn {
    /// Where it was.
    at: usize,
    /// What it is.
    pub(super) member: Outcome,
}

impl Names {
    /// Keeps the result of a step, under its name and in its pool.
    pub(super) fn remember(&mut self, step: &Step, outcome: &Outcome) {
        if let Some(name) = &step.name {
            let result = Some(outcome.clone());
            self.results.insert(name.clone(), result);
        }
        if let Some(pool) = &step.into {
            let pool = self.pools.entry(pool.clone()).or_default();
            pool.push(outcome.clone());
        }
    }

    /// The step gave nothing: its name stands for nothing now.
    pub(super) fn forget(&mut self, step: &Step) {
        if let Some(name) = &step.name {
            self.results.insert(name.clone(), None);
        }
    }

    /// Takes a member out of a pool; none out of an empty one.
    pub(super) fn draw(&mut self, draw: &Draw, random: &mut Random) -> Option<Drawn> {
        let pool = self.pools.get_mut(&draw.pool)?;
        let last = pool.len().checked_sub(1)?;
        let at = match draw.pick {
            Pick::First => 0,
            Pick::Last => last,
            // Below the length.
            Pick::Random => random.below(pool.len() as u64) as usize,
        };
        let member = match draw.pick {
            Pick::Random => pool.swap_remove(at),
            _ => pool.remove(at),
        };
        Some(Drawn { at, member })
    }

    /// Puts a member back that was not used.
    pub(super) fn put_back(&mut self, from: Option<&Draw>, drawn: Option<Drawn>) {
        if let (Some(draw), Some(drawn)) = (from, drawn)
            && let Some(pool) = self.pools.get_mut(&draw.pool)
        {
            pool.insert(drawn.at.min(pool.len()), drawn.member);
        }
    }
}
