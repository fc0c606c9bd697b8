//! Variables and the finite sets of values that they have.

/// A variable of the terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Var {
    /// Its name.
    pub name: String,
    /// Its values.
    pub domain: Domain,
    /// True for the member number of a family.
    pub family: bool,
}

/// The values of a variable: never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Domain {
    /// `low, low + step, ...` up to `high`, which is one of them.
    Interval {
        /// The smallest.
        low: i128,
        /// The largest.
        high: i128,
        /// The distance, at least 1.
        step: i128,
    },
    /// Sorted, without repetition.
    Set(Vec<i128>),
}

impl Domain {
    /// The smallest value.
    #[must_use]
    pub fn low(&self) -> i128 {
        match self {
            Self::Interval { low, .. } => *low,
            Self::Set(values) => values[0],
        }
    }

    /// The largest value.
    #[must_use]
    pub fn high(&self) -> i128 {
        match self {
            Self::Interval { high, .. } => *high,
            Self::Set(values) => values[values.len() - 1],
        }
    }

    /// How many values there are (saturating).
    #[must_use]
    pub fn count(&self) -> u128 {
        match self {
            Self::Interval { low, high, step } => high.abs_diff(*low) / step.unsigned_abs() + 1,
            Self::Set(values) => values.len() as u128,
        }
    }

    /// True when `value` is one of them.
    #[must_use]
    pub fn contains(&self, value: i128) -> bool {
        match self {
            Self::Interval { low, high, step } => {
                (*low..=*high).contains(&value) && value.abs_diff(*low) % step.unsigned_abs() == 0
            }
            Self::Set(values) => values.binary_search(&value).is_ok(),
        }
    }
}
