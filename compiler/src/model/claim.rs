//! What is assumed, what is asserted, and what expressions need to have a value.

use super::{ItemId, Kind, Num};
use crate::source::Loc;
use crate::term::TermId;

/// A condition with a reason.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The condition.
    pub cond: TermId,
    /// The expression.
    pub loc: Loc,
    /// The author's reason; may be empty.
    pub why: String,
    /// Where the whole item stands.
    pub item_loc: Loc,
}

/// A comparison in an assumption or assertion.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The `loc` of its claim.
    pub claim: Loc,
    /// What stands on the left.
    pub left: (Kind, Num),
    /// What stands on the right.
    pub right: (Kind, Num),
}

/// What must hold for an expression to have a value.
#[derive(Debug, Clone)]
pub struct Obligation {
    /// The condition.
    pub cond: TermId,
    /// Under which path it is needed.
    pub under: TermId,
    /// The expression that needs it.
    pub loc: Loc,
    /// Which need it is.
    pub need: Need,
}

/// The needs of expressions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// The divisor must be positive. Holds the divisor.
    Divisor(TermId),
    /// The argument of `log2` must be positive. Holds the argument.
    Logarithm(TermId),
    /// The alignment must be positive. Holds it.
    Alignment(TermId),
    /// The item that is named must exist (its `when`).
    Exists(ItemId),
    /// The member number must be one of the family's. Holds the number.
    Member(ItemId, TermId),
}
