//! What a step gave: named fields, in the order in which they are told.

use mapwright_machine::MachineError;
use mapwright_machine::bus::BusError;
use mapwright_machine::segments::SegmentFault;
use std::fmt;

use super::refusals;

/// What stands for the name of an argument where the mistake is in an expression; the message is a whole sentence then.
pub(super) const EXPRESSION: &str = "expression";

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// An address, a frame number, an entry: shown in hexadecimal.
    Hex(u64),
    /// A count, in decimal.
    Count(u64),
    /// A text.
    Text(String),
}

impl Value {
    /// Its number, if it is one.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        match self {
            Self::Hex(number) | Self::Count(number) => Some(*number),
            Self::Text(_) => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hex(number) => write!(f, "{number:#x}"),
            Self::Count(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// What a step gave; the first field is its value where only its name is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    fields: Vec<(&'static str, Value)>,
}

impl Outcome {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With another field.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Value) -> Self {
        self.fields.push((name, value));
        self
    }

    /// With an address or another number that is shown in hexadecimal.
    #[must_use]
    pub fn hex(self, name: &'static str, number: u64) -> Self {
        self.with(name, Value::Hex(number))
    }

    /// The same, if there is one.
    #[must_use]
    pub fn maybe_hex(self, name: &'static str, number: Option<u64>) -> Self {
        match number {
            Some(number) => self.hex(name, number),
            None => self,
        }
    }

    /// With a count.
    #[must_use]
    pub fn count(self, name: &'static str, number: u64) -> Self {
        self.with(name, Value::Count(number))
    }

    /// With a text.
    #[must_use]
    pub fn text(self, name: &'static str, text: impl fmt::Display) -> Self {
        self.with(name, Value::Text(text.to_string()))
    }

    /// The fields in order.
    #[must_use]
    pub fn fields(&self) -> &[(&'static str, Value)] {
        &self.fields
    }

    /// The field of this name; the first without one.
    #[must_use]
    pub fn get(&self, name: Option<&str>) -> Option<&Value> {
        let mut fields = self.fields.iter();
        let found = match name {
            Some(name) => fields.find(|(field, _)| *field == name),
            None => fields.next(),
        };
        found.map(|(_, value)| value)
    }
}

/// `address 0xc1000000, cost 32`
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (name, value)) in self.fields.iter().enumerate() {
            let before = if at == 0 { "" } else { ", " };
            write!(f, "{before}{name} {value}")?;
        }
        Ok(())
    }
}

/// Why a step was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The machine refuses.
    Machine(MachineError),
    /// Segmentation refuses.
    Segment(SegmentFault),
    /// Something else, under this word.
    Other {
        /// The word that `expect_error` names.
        word: &'static str,
        /// What is wrong.
        message: String,
    },
    /// An argument cannot be so: the scenario is wrong.
    Argument {
        /// Its name.
        name: &'static str,
        /// What is wrong.
        message: String,
    },
    /// It would use what an earlier step, which was refused, did not give.
    Missing {
        /// What is missing.
        what: String,
        /// True when nothing should be said: an earlier step has said it.
        quiet: bool,
    },
}

impl Refusal {
    /// A refusal of the simulation itself.
    pub(super) fn other(word: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::Other { word, message }
    }

    /// An argument that cannot be so.
    pub(super) fn argument(name: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::Argument { name, message }
    }

    /// The word of the error or fault; `None` for mistakes of the scenario.
    #[must_use]
    pub fn word(&self) -> Option<&'static str> {
        match self {
            Self::Machine(error) => Some(refusals::of(error)),
            Self::Segment(fault) => Some(fault.word()),
            Self::Other { word, .. } => Some(word),
            Self::Argument { .. } | Self::Missing { .. } => None,
        }
    }

    /// True for page faults and faults of segmentation.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        match self {
            Self::Machine(error) => matches!(
                error,
                MachineError::Fault(_) | MachineError::Bus(BusError::Fault(_))
            ),
            Self::Segment(_) => true,
            Self::Other { word, .. } => refusals::is_fault(word),
            _ => false,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Machine(error) => error.fmt(f),
            Self::Segment(fault) => fault.fmt(f),
            Self::Other { message, .. } => f.write_str(message),
            Self::Argument {
                name: EXPRESSION,
                message,
            } => f.write_str(message),
            Self::Argument { name, message } => write!(f, "`{name}` {message}"),
            Self::Missing { what, .. } => write!(f, "{what} is missing"),
        }
    }
}

impl<E: Into<MachineError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Machine(error.into())
    }
}
