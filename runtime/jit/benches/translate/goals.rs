//! What the project wants of translators, and what this run found.

use std::cell::RefCell;

/// Which way a goal lies.
#[derive(Clone, Copy, PartialEq)]
pub enum Wanted {
    AtLeast,
    AtMost,
}

/// A goal with the worst that was found.
struct Goal {
    what: String,
    wanted: Wanted,
    limit: f64,
    worst: f64,
    /// Where the worst was found.
    place: String,
}

/// All goals that something was measured for, in the order first met.
#[derive(Default)]
pub struct Goals(RefCell<Vec<Goal>>);

impl Goals {
    /// Notes a measured value.
    pub fn note(&self, what: &str, wanted: Wanted, limit: f64, place: &str, value: f64) {
        let mut goals = self.0.borrow_mut();
        let Some(goal) = goals.iter_mut().find(|goal| goal.what == what) else {
            let (what, place) = (what.into(), place.into());
            goals.push(Goal {
                what,
                wanted,
                limit,
                worst: value,
                place,
            });
            return;
        };
        let worse = match wanted {
            Wanted::AtLeast => value < goal.worst,
            Wanted::AtMost => value > goal.worst,
        };
        if worse {
            (goal.worst, goal.place) = (value, place.into());
        }
    }

    /// One line for each goal: what is wanted, the worst found, and where.
    pub fn print(&self) {
        println!("goals, each with the worst that this run found");
        for goal in &*self.0.borrow() {
            let (sign, met) = match goal.wanted {
                Wanted::AtLeast => (">=", goal.worst >= goal.limit),
                Wanted::AtMost => ("<=", goal.worst <= goal.limit),
            };
            println!(
                "  {:58} {sign} {:5} {:7.2}  {:6} ({})",
                goal.what,
                goal.limit,
                goal.worst,
                if met { "met" } else { "MISSED" },
                goal.place
            );
        }
    }
}
