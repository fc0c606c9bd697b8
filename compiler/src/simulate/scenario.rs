//! A scenario as read: checked, with a place for everything that may be complained about.

use super::document::Text;
use super::expression::{Comparison, Expression};
use super::operation::{Argument, Operation};
use crate::source::Loc;
use mapwright_runtime::machine::MachineSpec;
use mapwright_runtime::machine::cost::CostModel;
use mapwright_runtime::machine::swap::Policy;

/// A scenario that can be run.
#[derive(Debug)]
pub struct Scenario {
    /// What it shows, in the author's words.
    pub(super) about: String,
    /// Its machine.
    pub(super) machine: Described,
    /// How it is run.
    pub(super) limits: Limits,
    /// Its steps.
    pub(super) steps: Vec<Step>,
}

/// The `[machine]` table.
#[derive(Debug)]
pub(super) struct Described {
    pub(super) spec: MachineSpec,
    pub(super) costs: Option<CostModel>,
    pub(super) swap: Option<(u64, Policy)>,
    /// The process with the most frames is ended when memory runs out.
    pub(super) ends_victims: bool,
    /// Where it is described.
    pub(super) loc: Loc,
}

/// The `[run]` table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// All laws are checked after so many steps; 0 for at the end only.
    pub(super) check_every: u64,
    /// A run does at most so many steps.
    pub(super) max_steps: u64,
}

/// A step.
#[derive(Debug)]
pub(super) struct Step {
    /// What it does.
    pub(super) action: Action,
    /// The word after `do =`.
    pub(super) loc: Loc,
    /// The line of that word.
    pub(super) line: usize,
    /// The name of its result.
    pub(super) name: Option<String>,
    /// The pool that its result goes into.
    pub(super) into: Option<String>,
    /// How likely it is, among others of a `choose`.
    pub(super) weight: u64,
    /// What is expected of it.
    pub(super) expect: Vec<Expectation>,
}

/// What a step does.
#[derive(Debug)]
pub(super) enum Action {
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
pub(super) struct Draw {
    pub(super) pool: String,
    pub(super) pick: Pick,
}

/// Which member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pick {
    /// Any, by chance.
    Random,
    /// The oldest.
    First,
    /// The newest.
    Last,
}

/// The value of an argument with its place.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) loc: Loc,
    pub(super) value: GivenValue,
}

/// The value of an argument.
#[derive(Debug)]
pub(super) enum GivenValue {
    Number(Expression),
    Numbers(Vec<Expression>),
    Flag(bool),
    Text(String),
    Texts(Vec<String>),
}

/// What is expected of a step.
#[derive(Debug)]
pub(super) enum Expectation {
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
    pub(super) fn place_of(&self, argument: &str) -> Option<Loc> {
        let Self::Do { arguments, .. } = self else {
            return None;
        };
        let mut all = arguments.iter();
        let found = all.find(|(one, _)| one.name == argument);
        found.map(|(_, given)| given.loc)
    }

    /// What it is called in messages.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Do { operation, .. } => operation.name,
            Self::Repeat { .. } => "repeat",
            Self::Choose(_) => "choose",
        }
    }
}
