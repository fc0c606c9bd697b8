//! # outside-domain
//!
//! A value is outside its parameter's domain.
//!
//! A parameter has the values of its domain and no others: everything is proved for those. That
//! holds for its default, for `with` in examples and variants, and for `--set`.
//!
//! Rejected:
//!
//! ```text
//! boot RAM : size = 8M in 16M ..= 64G step 4K;
//! ```
//!
//! What to do: choose a value of the domain, or widen the domain.

use super::domain_text;
use crate::diagnostic::{Diagnostic, Page};
use crate::model::{Domain, Kind, Model};
use crate::show_value::{end_literal, value_text};
use crate::source::Loc;

/// Its page.
pub const PAGE: Page = Page {
    code: "outside-domain",
    title: "a value is outside its parameter's domain",
    source: include_str!("outside_domain.rs"),
};

/// The values of the domain next to `value`: the one below and the one above, as far as there are.
fn nearest(domain: &Domain, value: i128) -> Vec<i128> {
    match domain {
        Domain::Interval { low, high, step } => {
            if value <= *low {
                return vec![*low];
            }
            if value >= *high {
                return vec![*high];
            }
            let below = value - (value - low) % step;
            vec![below, below + step]
        }
        Domain::Set(values) => {
            let above = values.partition_point(|known| *known < value);
            let below = above.checked_sub(1).map(|at| values[at]);
            below
                .into_iter()
                .chain(values.get(above).copied())
                .collect()
        }
    }
}

fn message(model: &Model, name: &str, kind: Kind, value: i128, domain: &Domain) -> Diagnostic {
    let side = if value < domain.low() {
        "below"
    } else if value > domain.high() {
        "above"
    } else {
        "not in"
    };
    let text = value_text(model, kind, value);
    let domain_words = domain_text(model, kind, domain);
    let near: Vec<String> = nearest(domain, value)
        .into_iter()
        .map(|value| end_literal(model, kind, value))
        .collect();
    let plural = if near.len() == 1 { "" } else { "s" };
    Diagnostic::error(
        &PAGE,
        format!("{name} = {text} is {side} the domain {domain_words}"),
    )
    .help(format!("nearest value{plural}: {}", near.join(" and ")))
}

/// A setting that is not in the domain.
pub(crate) fn of(
    model: &Model,
    name: &str,
    kind: Kind,
    value: i128,
    domain: &Domain,
    loc: Loc,
    domain_loc: Loc,
) -> Diagnostic {
    message(model, name, kind, value, domain)
        .at(loc, "not a value of the domain")
        .also(domain_loc, "the domain")
}

/// A default that is not in the domain.
pub(crate) fn default(
    model: &Model,
    name: &str,
    kind: Kind,
    value: i128,
    domain: &Domain,
    loc: Loc,
    domain_loc: Loc,
) -> Diagnostic {
    message(model, name, kind, value, domain)
        .at(loc, "this default is not a value of the domain")
        .also(domain_loc, "the domain")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_values() {
        let interval = Domain::Interval {
            low: 10,
            high: 40,
            step: 10,
        };
        assert_eq!(nearest(&interval, 5), [10]);
        assert_eq!(nearest(&interval, 25), [20, 30]);
        assert_eq!(nearest(&interval, 99), [40]);
        let set = Domain::Set(vec![1, 5, 9]);
        assert_eq!(nearest(&set, 0), [1]);
        assert_eq!(nearest(&set, 6), [5, 9]);
        assert_eq!(nearest(&set, 10), [9]);
    }
}
