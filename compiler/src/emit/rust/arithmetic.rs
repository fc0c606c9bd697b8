//! The few functions that generated code brings along, because `core` has them in no constant form.

use super::lines::Lines;

/// A function that the generated code brings along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::emit) enum Service {
    /// The smaller word.
    Min,
    /// The larger word.
    Max,
    /// A multiple at most as large.
    AlignDown,
    /// A quotient that is 0 where there is none.
    Divide,
    /// A remainder that is 0 where there is none.
    Remainder,
    /// The smaller `i128`.
    MinWide,
    /// The larger `i128`.
    MaxWide,
    /// A multiple at most as large.
    AlignDownWide,
    /// A quotient rounded down that is 0 where there is none.
    DivideWide,
    /// A remainder that is 0 where there is none.
    RemainderWide,
    /// A logarithm that is 0 where there is none.
    Log2,
    /// A logarithm that is 0 where there is none.
    Log2Wide,
}

/// All of them, in the order written.
pub(in crate::emit) const SERVICES: [Service; 12] = [
    Service::Min,
    Service::Max,
    Service::AlignDown,
    Service::Divide,
    Service::Remainder,
    Service::Log2,
    Service::MinWide,
    Service::MaxWide,
    Service::AlignDownWide,
    Service::DivideWide,
    Service::RemainderWide,
    Service::Log2Wide,
];

impl Service {
    /// Its name in generated code.
    pub(in crate::emit) const fn name(self) -> &'static str {
        match self {
            Self::Min => "min",
            Self::Max => "max",
            Self::AlignDown => "align_down",
            Self::Divide => "divide",
            Self::Remainder => "remainder",
            Self::Log2 => "log2",
            Self::MinWide => "min_wide",
            Self::MaxWide => "max_wide",
            Self::AlignDownWide => "align_down_wide",
            Self::DivideWide => "divide_wide",
            Self::RemainderWide => "remainder_wide",
            Self::Log2Wide => "log2_wide",
        }
    }

    /// Its comment, parameters, condition, and the values when that holds and when not.
    const fn text(self) -> (&'static str, &'static [&'static str], [&'static str; 3]) {
        match self {
            Self::Min | Self::MinWide => ("The smaller of two.", &["a", "b"], ["a < b", "a", "b"]),
            Self::Max | Self::MaxWide => ("The larger of two.", &["a", "b"], ["a < b", "b", "a"]),
            Self::AlignDown => (
                "The largest multiple of `to` that is at most `x`.",
                &["x", "to"],
                ["", "x - x % to", ""],
            ),
            Self::AlignDownWide => {
                let value = "x - x.rem_euclid(to)";
                (
                    "The largest multiple of `to` that is at most `x`.",
                    &["x", "to"],
                    ["", value, ""],
                )
            }
            Self::Divide => (
                "`a / b`; 0 where that is not asked for.",
                &["a", "b"],
                ["b > 0", "a / b", "0"],
            ),
            Self::Remainder => (
                "`a % b`; 0 where that is not asked for.",
                &["a", "b"],
                ["b > 0", "a % b", "0"],
            ),
            Self::DivideWide => {
                let values = ["b > 0", "a.div_euclid(b)", "0"];
                (
                    "`a / b`, rounded down; 0 where that is not asked for.",
                    &["a", "b"],
                    values,
                )
            }
            Self::RemainderWide => {
                let values = ["b > 0", "a.rem_euclid(b)", "0"];
                (
                    "`a % b`, never negative; 0 where that is not asked for.",
                    &["a", "b"],
                    values,
                )
            }
            Self::Log2 => (
                "The largest k with 2^k at most `x`.",
                &["x"],
                ["x > 0", "x.ilog2() as u64", "0"],
            ),
            Self::Log2Wide => (
                "The largest k with 2^k at most `x`.",
                &["x"],
                ["x > 0", "x.ilog2() as i128", "0"],
            ),
        }
    }

    const fn is_wide(self) -> bool {
        matches!(
            self,
            Self::MinWide
                | Self::MaxWide
                | Self::AlignDownWide
                | Self::DivideWide
                | Self::RemainderWide
                | Self::Log2Wide
        )
    }
}

/// Writes the functions that these lines call.
pub(super) fn write(lines: &mut Lines) {
    let called: Vec<Service> = SERVICES
        .into_iter()
        .filter(|service| lines.call(service.name()))
        .collect();
    for service in called {
        let number = if service.is_wide() { "i128" } else { "u64" };
        let (comment, parameters, [condition, value, otherwise]) = service.text();
        let arguments: Vec<String> = parameters
            .iter()
            .map(|name| format!("{name}: {number}"))
            .collect();
        lines.blank().doc(comment);
        lines.open_function(&format!("const fn {}", service.name()), &arguments, number);
        if condition.is_empty() {
            lines.line(value);
        } else {
            lines.choice(condition, value, otherwise);
        }
        lines.close("}");
    }
}
