//! What to think of a step that was refused.

use mapwright_machine::MachineError;

use crate::diagnostic::Diagnostic;
use crate::simulate::outcome::Refusal;
use crate::simulate::scenario::{Expectation, Step};
use crate::simulate::{expectation_fails, law_broken, step_fails};
use crate::source::Loc;

/// What a refusal is, to the scenario.
#[derive(Debug)]
pub(super) enum Verdict {
    /// The one that the step expects.
    AsExpected,
    /// A broken law that nobody expected: the run is over.
    BreaksLaw(Diagnostic),
    /// The word that ends a repeat around.
    EndsRepeat(&'static str),
    /// Another one than the step expects.
    Otherwise(Diagnostic),
    /// An argument that cannot be so, with its place.
    WrongArgument(Loc),
    /// One that nobody expected.
    Unexpected(Diagnostic),
}

/// Judges the refusal of a step; `until` are the words that end the repeats around it.
pub(super) fn of(step: &Step, refusal: &Refusal, until: &[&str]) -> Verdict {
    let operation = format!("`{}`", step.action.name());
    let law = match refusal {
        Refusal::Machine(MachineError::Law(violation)) => Some(violation),
        _ => None,
    };
    let expected = step.expect.iter().find_map(|one| match one {
        Expectation::Error { word, loc }
        | Expectation::Fault { word, loc }
        | Expectation::Law { word, loc } => Some((one, word, *loc)),
        _ => None,
    });
    let as_expected = expected.is_some_and(|(one, word, _)| {
        refusal.word() == Some(word.as_str())
            && match one {
                Expectation::Law { .. } => law.is_some(),
                Expectation::Fault { .. } => refusal.is_fault(),
                _ => law.is_none() && !refusal.is_fault(),
            }
    });
    if as_expected {
        return Verdict::AsExpected;
    }
    if let Some(violation) = law {
        return Verdict::BreaksLaw(law_broken::of(violation, "by this step", step.loc));
    }
    if let Some(word) = refusal.word().filter(|word| until.contains(word)) {
        return Verdict::EndsRepeat(word);
    }
    match (expected, refusal) {
        (Some((_, word, loc)), _) => Verdict::Otherwise(expectation_fails::other_refusal(
            &operation, word, refusal, loc,
        )),
        (None, Refusal::Argument { name, .. }) => {
            Verdict::WrongArgument(step.action.place_of(name).unwrap_or(step.loc))
        }
        (None, _) => Verdict::Unexpected(step_fails::of(&operation, refusal, step.loc)),
    }
}
