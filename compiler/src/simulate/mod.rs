//! Scenarios: a layout comes alive on a simulated machine, step by step, and says whether it did what was expected.
//!
//! A scenario is a TOML file. [`preface`] says what it fixes of its layout, [`read`] checks it against the layout
//! without running anything, and [`run`] runs it on [`mapwright_machine`]. The reference of the format is
//! `compiler/SCENARIOS.md`; what steps can do is data, in `operations`.

mod evaluate;
mod expression;
mod function;
mod operations;
mod outcome;
mod proc_tables;
mod reference;
mod refusals;
mod report;
mod run;
mod scenario;
mod world;

pub mod expectation_fails;
pub mod law_broken;
pub mod machine_fails;
pub mod scenario_key;
pub mod scenario_layout;
pub mod scenario_name;
pub mod scenario_syntax;
pub mod scenario_value;
pub mod step_fails;
pub mod too_many_steps;

pub use outcome::{Outcome, Refusal, Value};
pub use reference::reference;
pub use report::{Json, Report, Sink, Text};
pub use run::{Counts, Output, Ran, RunOptions, StepEnd, StepReport, run};
pub use scenario::Scenario;
pub use scenario::memory::Beside;
pub use scenario::read::{DEFAULT_MAX_STEPS, Preface, Setting, preface, read};

use crate::diagnostic::Page;

/// The diagnostic codes of scenarios.
pub const PAGES: &[&Page] = &[
    &expectation_fails::PAGE,
    &law_broken::PAGE,
    &machine_fails::PAGE,
    &scenario_key::PAGE,
    &scenario_layout::PAGE,
    &scenario_name::PAGE,
    &scenario_syntax::PAGE,
    &scenario_value::PAGE,
    &step_fails::PAGE,
    &too_many_steps::PAGE,
];
