//! The values of a step's arguments, and what they name on the machine.

use std::collections::BTreeMap;

use mapwright_machine::buddy::Urgency;
use mapwright_machine::process::{ProcessError, ProcessId};
use mapwright_machine::{FrameFlags, Machine, ZoneChoice};

use crate::simulate::outcome::Refusal;

/// The values of a step's arguments.
#[derive(Debug, Default)]
pub(crate) struct Arguments {
    values: BTreeMap<&'static str, Argued>,
}

/// The value of an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Argued {
    Number(u64),
    Numbers(Vec<u64>),
    Flag(bool),
    Text(String),
    Texts(Vec<String>),
}

impl Arguments {
    /// Gives an argument a value, unless it has one.
    pub(crate) fn supply(&mut self, name: &'static str, value: Argued) {
        self.values.entry(name).or_insert(value);
    }

    /// A number that must be there.
    pub(crate) fn number(&self, name: &'static str) -> Result<u64, Refusal> {
        let missing = || Refusal::argument(name, "is missing");
        self.maybe(name).ok_or_else(missing)
    }

    /// A number that may be there.
    pub(crate) fn maybe(&self, name: &str) -> Option<u64> {
        match self.values.get(name) {
            Some(Argued::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// A number from `least` to `most`, or what it is without one.
    pub(crate) fn within(
        &self,
        name: &'static str,
        least: u64,
        most: u64,
        usual: u64,
    ) -> Result<u64, Refusal> {
        let number = self.maybe(name).unwrap_or(usual);
        if (least..=most).contains(&number) {
            return Ok(number);
        }
        let message = format!("is {number}, and must be from {least} to {most}");
        Err(Refusal::argument(name, message))
    }

    /// Numbers.
    pub(crate) fn numbers(&self, name: &str) -> &[u64] {
        match self.values.get(name) {
            Some(Argued::Numbers(numbers)) => numbers,
            _ => &[],
        }
    }

    /// A flag; false without one.
    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.values.get(name), Some(Argued::Flag(true)))
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.values.get(name) {
            Some(Argued::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Texts.
    pub(crate) fn texts(&self, name: &str) -> &[String] {
        match self.values.get(name) {
            Some(Argued::Texts(texts)) => texts,
            _ => &[],
        }
    }
}

/// What arguments name.
impl Arguments {
    /// The process that an argument names.
    pub(crate) fn process(&self, machine: &Machine) -> Result<ProcessId, Refusal> {
        process_numbered(machine, self.number("process")?)
    }

    /// The process that an argument names, if there is one.
    pub(crate) fn maybe_process(&self, machine: &Machine) -> Result<Option<ProcessId>, Refusal> {
        let number = self.maybe("process");
        number
            .map(|number| process_numbered(machine, number))
            .transpose()
    }

    /// A processor of the machine; the first without the argument.
    pub(crate) fn cpu(&self, machine: &Machine) -> Result<u32, Refusal> {
        let last = u64::from(machine.cpus()) - 1;
        // There are at most 4096.
        Ok(self.within("cpu", 0, last, 0)? as u32)
    }

    /// An order of blocks that numbers can be shifted by.
    pub(crate) fn order(&self) -> Result<u32, Refusal> {
        Ok(self.within("order", 0, 40, 0)? as u32)
    }

    /// Where a request for frames starts, how urgent it is, and on which processor.
    pub(crate) fn flags(&self, machine: &Machine) -> Result<FrameFlags, Refusal> {
        let zone = match self.text("zone") {
            None | Some("normal") => ZoneChoice::Normal,
            Some("dma") => ZoneChoice::Dma,
            Some("high") => ZoneChoice::High,
            Some(name) => match machine.physical().zones().named(name) {
                Some(id) => ZoneChoice::Zone(id),
                None => {
                    let message = format!("is `{name}`, which is no zone of this machine");
                    return Err(Refusal::argument("zone", message));
                }
            },
        };
        let urgency = match self.text("urgency") {
            Some("atomic") => Urgency::Atomic,
            Some("emergency") => Urgency::Emergency,
            _ => Urgency::Normal,
        };
        let cpu = self.cpu(machine)?;
        Ok(FrameFlags { zone, urgency, cpu })
    }
}

/// The process of this number.
pub(crate) fn process_numbered(machine: &Machine, number: u64) -> Result<ProcessId, Refusal> {
    let found = u32::try_from(number).ok();
    let found = found.and_then(|number| machine.process_numbered(number));
    found.ok_or_else(|| {
        let process = u32::try_from(number).unwrap_or(u32::MAX);
        ProcessError::NoProcess { process }.into()
    })
}
