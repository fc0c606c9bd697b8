//! A scenario as read: checked, with a place for everything that may be complained about.

mod arguments;
mod constants;
pub(in crate::simulate) mod document;
pub(in crate::simulate) mod expectations;
pub(in crate::simulate) mod machine;
pub(in crate::simulate) mod memory;
pub(in crate::simulate) mod read;
pub(in crate::simulate) mod scope;
pub(in crate::simulate) mod steps;
mod tlb;

use crate::simulate::expression::{Comparison, Expression};
use crate::simulate::operations::declaration::{Argument, Operation};
use crate::source::Loc;
use document::Text;
use mapwright_machine::MachineSpec;
use mapwright_machine::cost::CostModel;
use mapwright_machine::swap::Policy;

/// A scenario that can be run.
#[derive(Debug)]
pub struct Scenario {
    /// What it shows, in the author's words.
    pub(in crate::simulate) about: String,
    /// Its machine.
    pub(in crate::simulate) machine: Described,
    /// How it is run.
    pub(in crate::simulate) limits: Limits,
    /// Its steps.
    pub(in crate::simulate) steps: Vec<Step>,
}

/// The `[machine]` table.
#[derive(Debug)]
pub(in crate::simulate) struct Described {
    pub(in crate::simulate) spec: MachineSpec,
    pub(in crate::simulate) costs: Option<CostModel>,
    pub(in crate::simulate) swap: Option<(u64, Policy)>,
    /// The process with the most frames is ended when memory runs out.
    pub(in crate::simulate) ends_victims: bool,
    /// Where it is described.
    pub(in crate::simulate) loc: Loc,
}

/// The `[run]` table.
#[derive(Debug, Clone, Copy)]
pub(in crate::simulate) struct Limits {
    /// All laws are checked after so many steps, 0 for at the end only; without a number, as often as costs no more than
    /// the steps themselves.
    pub(in crate::simulate) check_every: Option<u64>,
    /// A run does at most so many steps.
    pub(in crate::simulate) max_steps: u64,
}

/// A step.
#[derive(Debug)]
pub(in crate::simulate) struct Step {
    /// What it does.
    pub(in crate::simulate) action: Action,
    /// The word after `do =`.
    pub(in crate::simulate) loc: Loc,
    /// The line of that word.
    pub(in crate::simulate) line: usize,
    /// The name of its result.
    pub(in crate::simulate) name: Option<String>,
    /// The pool that its result goes into.
    pub(in crate::simulate) into: Option<String>,
    /// How likely it is, among others of a `choose`.
    pub(in crate::simulate) weight: u64,
    /// What is expected of it.
    pub(in crate::simulate) expect: Vec<Expectation>,
}

/// What a step does.
#[derive(Debug)]
pub(in crate::simulate) enum Action {
    /// One operation.
    Do {
        operation: &'static Operation,
        arguments: Vec<(&'static Argument, Given)>,
        /// A member of a pool gives what is not written.
        from: Option<Draw>,
    },
    /// Steps, several times.
    Repeat {
        count: (Expression, Text),
        /// The number of the round, from 0.
        index: Option<String>,
        /// The error or fault that ends it, and must.
        until: Option<(String, Loc)>,
        steps: Vec<Step>,
    },
    /// One of several steps, by chance.
    Choose(Vec<Step>),
}

/// Takes a member out of a pool.
#[derive(Debug)]
pub(in crate::simulate) struct Draw {
    pub(in crate::simulate) pool: String,
    pub(in crate::simulate) pick: Pick,
}

/// Which member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulate) enum Pick {
    /// Any, by chance.
    Random,
    /// The oldest.
    First,
    /// The newest.
    Last,
}

/// The value of an argument with its place.
#[derive(Debug)]
pub(in crate::simulate) struct Given {
    pub(in crate::simulate) loc: Loc,
    pub(in crate::simulate) value: GivenValue,
}

/// The value of an argument.
#[derive(Debug)]
pub(in crate::simulate) enum GivenValue {
    Number(Expression),
    Numbers(Vec<Expression>),
    Flag(bool),
    Text(String),
    Texts(Vec<String>),
}

/// What is expected of a step.
#[derive(Debug)]
pub(in crate::simulate) enum Expectation {
    /// It is refused with this error.
    Error { word: String, loc: Loc },
    /// It is refused with this fault.
    Fault { word: String, loc: Loc },
    /// It breaks this law.
    Law { word: String, loc: Loc },
    /// A field of its result is this number.
    Number {
        field: &'static str,
        value: Expression,
        text: Text,
    },
    /// A field of its result is this text.
    Text {
        field: &'static str,
        text: String,
        loc: Loc,
    },
    /// So many frames are free in a zone, or in all.
    Free {
        zone: Option<String>,
        value: Expression,
        text: Text,
    },
    /// A comparison holds.
    Holds { comparison: Comparison, text: Text },
}

impl Action {
    /// Where the value of an argument is written.
    pub(in crate::simulate) fn place_of(&self, argument: &str) -> Option<Loc> {
        let Self::Do { arguments, .. } = self else {
            return None;
        };
        let mut all = arguments.iter();
        let found = all.find(|(one, _)| one.name == argument);
        found.map(|(_, given)| given.loc)
    }

    /// What it is called in messages.
    pub(in crate::simulate) fn name(&self) -> &'static str {
        match self {
            Self::Do { operation, .. } => operation.name,
            Self::Repeat { .. } => "repeat",
            Self::Choose(_) => "choose",
        }
    }
}
