//! Places that messages propose, as data. They are tried before they are named.

use crate::source::Loc;

/// What a message proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What stands before the places, such as `begin at `.
    pub before: String,
    /// What comes into question, the best first.
    pub places: Vec<Place>,
    /// How many places are named at most.
    pub most: usize,
    /// What stands behind the places.
    pub after: String,
    /// What is said when no place is right; nothing when empty.
    pub otherwise: String,
    /// The values of all variables that show the mistake.
    pub values: Vec<i128>,
}

/// A place that comes into question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// How it is named, such as `0xF000_1000`.
    pub text: String,
    /// What to write where, so that it is taken.
    pub edits: Vec<(Loc, String)>,
}
