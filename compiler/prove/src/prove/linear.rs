//! Linear forms over the solver's integer variables, exact: every operation that would leave 127 bits says so.

/// A variable of the solver: first one for each variable of the layout (its index in its domain), then quotients.
pub(super) type Unknown = u32;

/// Left the exact range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLarge;

/// `constant + sum of coefficient * unknown`: sorted by unknown, no coefficient is 0.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Linear {
    pub(super) parts: Vec<(Unknown, i128)>,
    pub(super) constant: i128,
}

impl Linear {
    pub(super) fn constant(constant: i128) -> Self {
        Self {
            parts: Vec::new(),
            constant,
        }
    }

    pub(super) fn unknown(unknown: Unknown, coefficient: i128, constant: i128) -> Self {
        let parts = if coefficient == 0 {
            Vec::new()
        } else {
            vec![(unknown, coefficient)]
        };
        Self { parts, constant }
    }

    pub(super) fn as_const(&self) -> Option<i128> {
        self.parts.is_empty().then_some(self.constant)
    }

    /// `self + other * factor`
    pub(super) fn plus(&self, other: &Self, factor: i128) -> Result<Self, TooLarge> {
        let parts = combine(&self.parts, 1, &other.parts, factor)?;
        let constant = add(times(other.constant, factor)?, self.constant)?;
        Ok(Self { parts, constant })
    }

    pub(super) fn scaled(&self, factor: i128) -> Result<Self, TooLarge> {
        Self::default().plus(self, factor)
    }
}

/// Numbers stay two bits below the type's range, so that a negation or one more addition is always safe.
const LIMIT: u128 = 1 << 125;

fn within(value: Option<i128>) -> Result<i128, TooLarge> {
    value.filter(|v| v.unsigned_abs() <= LIMIT).ok_or(TooLarge)
}

pub(super) fn times(a: i128, b: i128) -> Result<i128, TooLarge> {
    within(a.checked_mul(b))
}

pub(super) fn add(a: i128, b: i128) -> Result<i128, TooLarge> {
    within(a.checked_add(b))
}

pub(super) fn sub(a: i128, b: i128) -> Result<i128, TooLarge> {
    within(a.checked_sub(b))
}

/// `a * fa + b * fb`, merged and without zeros.
pub(super) fn combine(
    a: &[(Unknown, i128)],
    fa: i128,
    b: &[(Unknown, i128)],
    fb: i128,
) -> Result<Vec<(Unknown, i128)>, TooLarge> {
    let mut out = Vec::with_capacity(a.len() + b.len());
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        let take_a = j == b.len() || (i < a.len() && a[i].0 <= b[j].0);
        let take_b = i == a.len() || (j < b.len() && b[j].0 <= a[i].0);
        let unknown = if take_a { a[i].0 } else { b[j].0 };
        let mut coefficient = 0;
        if take_a {
            coefficient = times(a[i].1, fa)?;
            i += 1;
        }
        if take_b {
            coefficient = add(coefficient, times(b[j].1, fb)?)?;
            j += 1;
        }
        if coefficient != 0 {
            out.push((unknown, coefficient));
        }
    }
    Ok(out)
}

/// An inclusive interval of integers; empty when `low > high`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interval {
    pub(super) low: i128,
    pub(super) high: i128,
}

impl Interval {
    pub(super) const fn new(low: i128, high: i128) -> Self {
        Self { low, high }
    }

    pub(super) const fn is_empty(self) -> bool {
        self.low > self.high
    }

    pub(super) fn meet(self, other: Self) -> Self {
        Self {
            low: self.low.max(other.low),
            high: self.high.min(other.high),
        }
    }

    pub(super) fn width(self) -> u128 {
        if self.is_empty() {
            0
        } else {
            self.high.abs_diff(self.low)
        }
    }

    pub(super) fn shifted(self, by: i128) -> Result<Self, TooLarge> {
        Ok(Self {
            low: add(self.low, by)?,
            high: add(self.high, by)?,
        })
    }
}

/// The interval of `sum of coefficient * unknown` for unknowns within bounds.
pub(super) fn hull(parts: &[(Unknown, i128)], bounds: &[Interval]) -> Result<Interval, TooLarge> {
    let mut total = Interval::new(0, 0);
    for &(unknown, coefficient) in parts {
        let bound = bounds[unknown as usize];
        let (a, b) = (
            times(bound.low, coefficient)?,
            times(bound.high, coefficient)?,
        );
        total.low = add(total.low, a.min(b))?;
        total.high = add(total.high, a.max(b))?;
    }
    Ok(total)
}

/// A canonical form (no common divisor, first coefficient positive) held within an interval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) parts: Vec<(Unknown, i128)>,
    pub(super) range: Interval,
}

impl Row {
    /// The row that says `range` of a sum, divided by its common divisor: bounds move inwards to whole numbers.
    ///
    /// The sum must have at least one part.
    pub(super) fn new(mut parts: Vec<(Unknown, i128)>, range: Interval) -> Result<Self, TooLarge> {
        let divisor = divisor(&parts);
        let negative = parts[0].1 < 0;
        if divisor != 1 || negative {
            let signed = if negative { -divisor } else { divisor };
            for part in &mut parts {
                part.1 /= signed;
            }
        }
        let range = if negative {
            Interval::new(
                range.high.checked_neg().ok_or(TooLarge)?,
                range.low.checked_neg().ok_or(TooLarge)?,
            )
        } else {
            range
        };
        let range = Interval::new(ceil_div(range.low, divisor), floor_div(range.high, divisor));
        Ok(Self { parts, range })
    }
}

/// The common divisor of all coefficients; there is at least one.
pub(super) fn divisor(parts: &[(Unknown, i128)]) -> i128 {
    let mut divisor = 0;
    for &(_, c) in parts {
        divisor = gcd(divisor, c.unsigned_abs());
        if divisor == 1 {
            break;
        }
    }
    // Coefficients stay far below the type's range.
    divisor as i128
}

/// Quotient rounded down, for a positive divisor. Nearly all numbers fit a machine word, whose division is far quicker.
pub(super) fn floor_div(a: i128, b: i128) -> i128 {
    match (i64::try_from(a), i64::try_from(b)) {
        (_, Ok(1)) => a,
        (Ok(a), Ok(b)) => i128::from(a.div_euclid(b)),
        _ => a.div_euclid(b),
    }
}

/// Quotient rounded up, for a positive divisor.
pub(super) fn ceil_div(a: i128, b: i128) -> i128 {
    -floor_div(-a, b)
}

pub(super) fn gcd(a: u128, b: u128) -> u128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        if let (Ok(mut x), Ok(mut y)) = (u64::try_from(a), u64::try_from(b)) {
            while y != 0 {
                (x, y) = (y, x % y);
            }
            return u128::from(x);
        }
        (a, b) = (b, a % b);
    }
    a
}
