//! What steps can do: names, arguments and results as data, so that a scenario is checked before it runs.

use crate::simulate::operations;
use crate::simulate::outcome::{Outcome, Refusal};
use crate::simulate::refusals::Subject;
use crate::simulate::world::{Arguments, World};

/// What an argument takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// A number: an integer or an expression.
    Number,
    /// An array of numbers.
    Numbers,
    /// `true` or `false`.
    Flag,
    /// A text.
    Text,
    /// The letters of `rwx`.
    Rights,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// One or more of these words.
    Choices(&'static [&'static str]),
    /// `dma`, `normal`, `high`, or the name of a zone.
    Zone,
    /// The name of a window.
    Window,
    /// The name of a space.
    Space,
    /// The name of a fixed slot, or of a group of them.
    Slot,
    /// The name of a segment.
    Segment,
}

/// An argument of an operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Argument {
    /// Its key.
    pub(crate) name: &'static str,
    /// What it takes.
    pub(crate) takes: Takes,
    /// It must be there.
    pub(crate) required: bool,
    /// What it is.
    pub(crate) does: &'static str,
}

/// An argument that must be there.
pub(crate) const fn need(name: &'static str, takes: Takes, does: &'static str) -> Argument {
    Argument {
        name,
        takes,
        required: true,
        does,
    }
}

/// An argument that may be left out.
pub(crate) const fn may(name: &'static str, takes: Takes, does: &'static str) -> Argument {
    Argument {
        name,
        takes,
        required: false,
        does,
    }
}

/// A field of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field {
    /// Its name.
    pub(crate) name: &'static str,
    /// It is a text, not a number.
    pub(crate) is_text: bool,
}

/// A field that is a number.
pub(crate) const fn number(name: &'static str) -> Field {
    Field {
        name,
        is_text: false,
    }
}

/// A field that is a text.
pub(crate) const fn text(name: &'static str) -> Field {
    Field {
        name,
        is_text: true,
    }
}

/// Something that a step can do.
#[derive(Clone, Copy)]
pub(crate) struct Operation {
    /// The word after `do =`.
    pub(crate) name: &'static str,
    /// What it does.
    pub(crate) does: &'static str,
    /// Its arguments.
    pub(crate) arguments: &'static [Argument],
    /// What its result has; some only at times.
    pub(crate) fields: &'static [Field],
    /// What it may be refused for.
    pub(crate) refuses: &'static [&'static Subject],
    /// Does it.
    pub(crate) run: fn(&mut World<'_>, &Arguments) -> Result<Outcome, Refusal>,
}

impl std::fmt::Debug for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Operation {
    /// The operation of this name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        Self::all().find(|operation| operation.name == name)
    }

    /// All of them, subject by subject.
    pub(crate) fn all() -> impl Iterator<Item = &'static Self> + Clone {
        operations::ALL.iter().copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_say_what_they_do() {
        let mut names = BTreeSet::from(["repeat", "choose"]);
        for operation in Operation::all() {
            assert!(names.insert(operation.name), "{}", operation.name);
            assert!(!operation.does.is_empty());
            let keys: BTreeSet<&str> = operation.arguments.iter().map(|one| one.name).collect();
            assert_eq!(keys.len(), operation.arguments.len(), "{}", operation.name);
            for field in operation.fields {
                let others = ["error", "fault", "law", "free"];
                assert!(!others.contains(&field.name), "{}", operation.name);
            }
            for key in ["do", "as", "into", "from", "pick", "weight", "step"] {
                assert!(!keys.contains(key), "{}", operation.name);
            }
        }
    }
}
