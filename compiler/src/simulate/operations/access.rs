//! Reading, writing and touching memory as a process or as the kernel.

use mapwright_machine::process::{ProcessId, UserCopy};
use mapwright_machine::tables::Walk;
use mapwright_machine::{AccessKind, Mode};

use super::{ACCESS, MODES, MOST_BYTES};
use crate::simulate::operations::declaration::{
    Argument, Operation, Takes, may, need, number, text,
};
use crate::simulate::outcome::{Outcome, Refusal};
use crate::simulate::refusals;
use crate::simulate::refusals::{FRAMES, MEMORY, PAGE_FAULTS, PROCESSES, TABLES};
use crate::simulate::world::{Arguments, World, refs};

const PROCESS: Argument = need("process", Takes::Number, "the process");
const WHOSE: Argument = may(
    "process",
    Takes::Number,
    "whose tables; the kernel's own if left out",
);
const ADDRESS: Argument = need("address", Takes::Number, "where it begins");
const MODE: Argument = may(
    "mode",
    Takes::Choice(MODES),
    "who accesses, `user` for a process",
);
const TEXT: Argument = may("text", Takes::Text, "its bytes are written instead");

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "read",
        does: "reads a number, the lowest byte first",
        arguments: &[
            ADDRESS,
            may("bytes", Takes::Number, "1 to 8 bytes, 1 if left out"),
            WHOSE,
            MODE,
        ],
        fields: &[number("value")],
        refuses: &[&PAGE_FAULTS, &PROCESSES, &FRAMES, &TABLES, &MEMORY],
        run: read,
    },
    Operation {
        name: "write",
        does: "writes a number, the lowest byte first, or a text",
        arguments: &[
            ADDRESS,
            may("value", Takes::Number, "the number"),
            may("bytes", Takes::Number, "1 to 8 bytes, 1 if left out"),
            TEXT,
            WHOSE,
            MODE,
        ],
        fields: &[number("bytes")],
        refuses: &[&PAGE_FAULTS, &PROCESSES, &FRAMES, &TABLES, &MEMORY],
        run: write,
    },
    Operation {
        name: "touch",
        does: "accesses every page of a range, without data",
        arguments: &[
            ADDRESS,
            may("bytes", Takes::Number, "how many bytes, 1 if left out"),
            may(
                "access",
                Takes::Choice(ACCESS),
                "what is done, `read` if left out",
            ),
            WHOSE,
            MODE,
        ],
        fields: &[
            number("physical"),
            number("frame"),
            number("refs"),
            number("pages"),
            number("faults"),
            text("zone"),
        ],
        refuses: &[&PAGE_FAULTS, &PROCESSES, &FRAMES, &TABLES, &MEMORY],
        run: touch,
    },
    Operation {
        name: "copy_from_user",
        does: "the kernel reads memory of a process; what could not be read is counted",
        arguments: &[
            PROCESS,
            ADDRESS,
            need("bytes", Takes::Number, "how many bytes"),
        ],
        fields: &[number("left"), number("copied"), text("ended_by")],
        refuses: &[&PROCESSES],
        run: copy_from_user,
    },
    Operation {
        name: "copy_to_user",
        does: "the kernel writes memory of a process; what could not be written is counted",
        arguments: &[
            PROCESS,
            ADDRESS,
            may("bytes", Takes::Number, "how many bytes, all alike"),
            may("value", Takes::Number, "the value of each, 0 if left out"),
            TEXT,
        ],
        fields: &[number("left"), number("copied"), text("ended_by")],
        refuses: &[&PROCESSES],
        run: copy_to_user,
    },
];

/// A process accesses as itself, if nothing else is said; the kernel as the kernel.
fn mode(arguments: &Arguments, process: Option<ProcessId>) -> Mode {
    match (arguments.text("mode"), process) {
        (Some("kernel"), _) | (None, None) => Mode::Kernel,
        _ => Mode::User,
    }
}

/// A buffer for so many bytes.
fn length(arguments: &Arguments, most: u64) -> Result<usize, Refusal> {
    let bytes = arguments.within("bytes", 0, most, 1)?;
    // It was checked to be small.
    Ok(bytes as usize)
}

fn read(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let mut word = [0; 8];
    let bytes = &mut word[..arguments.within("bytes", 1, 8, 1)? as usize];
    let address = arguments.number("address")?;
    match arguments.maybe_process(&world.machine)? {
        _ if !world.paging => world
            .machine
            .physical()
            .memory()
            .read_bytes(address, bytes)?,
        Some(id) => {
            let mode = mode(arguments, Some(id));
            world.machine.read_process(id, address, bytes, mode)?;
        }
        None => world.machine.read_kernel(address, bytes)?,
    }
    Ok(Outcome::new().count("value", u64::from_le_bytes(word)))
}

/// The bytes that a step writes.
fn data(arguments: &Arguments) -> Result<Vec<u8>, Refusal> {
    if let Some(text) = arguments.text("text") {
        return Ok(text.as_bytes().to_vec());
    }
    let value = arguments.maybe("value").unwrap_or(0);
    let bytes = arguments.within("bytes", 1, 8, 1)? as usize;
    if bytes < 8 && value >> (8 * bytes) != 0 {
        let message = format!("is {value}, which does not fit {bytes} bytes");
        return Err(Refusal::argument("value", message));
    }
    Ok(value.to_le_bytes()[..bytes].to_vec())
}

fn write(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let bytes = data(arguments)?;
    let address = arguments.number("address")?;
    match arguments.maybe_process(&world.machine)? {
        _ if !world.paging => {
            let memory = world.machine.physical_mut().memory_mut();
            memory.write_bytes(address, &bytes)?;
        }
        Some(id) => {
            let mode = mode(arguments, Some(id));
            world.machine.write_process(id, address, &bytes, mode)?;
        }
        None => world.machine.write_kernel(address, &bytes)?,
    }
    Ok(Outcome::new().count("bytes", bytes.len() as u64))
}

fn touch(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    if !world.paging {
        let why = "paging is off: there are no pages to touch";
        return Err(Refusal::argument("address", why));
    }
    let process = arguments.maybe_process(&world.machine)?;
    let mode = mode(arguments, process);
    let kind = kind(arguments);
    let address = arguments.number("address")?;
    let bytes = arguments.within("bytes", 1, MOST_BYTES, 1)?;
    let page = world.machine.page();
    let faults = |world: &World<'_>| {
        let process = process.and_then(|id| world.machine.process(id).ok());
        process.map_or(0, |process| process.faults())
    };
    let before = faults(world);
    let last = address.saturating_add(bytes - 1);
    let pages = (last / page) - (address / page) + 1;
    let mut first: Option<Walk> = None;
    for number in 0..pages {
        let at = match number {
            0 => address,
            number => (address / page + number) * page,
        };
        let walk = match process {
            Some(id) => world.machine.touch(id, at, kind, mode)?,
            None => world.machine.touch_kernel(at, kind)?,
        };
        first.get_or_insert(walk);
    }
    let physical = first.map_or(0, |walk| walk.physical);
    let frame = physical / page;
    let mut outcome = Outcome::new()
        .hex("physical", physical)
        .hex("frame", frame)
        .count("refs", refs(&world.machine, frame))
        .count("pages", pages)
        .count("faults", faults(world) - before);
    if let Some(zone) = world.zone_at(physical) {
        outcome = outcome.text("zone", zone);
    }
    Ok(outcome)
}

/// What an access does.
pub(super) fn kind(arguments: &Arguments) -> AccessKind {
    match arguments.text("access") {
        Some("write") => AccessKind::Write,
        Some("execute") => AccessKind::Execute,
        _ => AccessKind::Read,
    }
}

fn copied(copy: &UserCopy) -> Outcome {
    let fault = match (&copy.fault, copy.left) {
        (Some(error), _) => refusals::of(error),
        (None, 0) => "none",
        // Refused before anything was touched.
        (None, _) => "range",
    };
    Outcome::new()
        .count("left", copy.left)
        .count("copied", copy.copied)
        .text("ended_by", fault)
}

fn copy_from_user(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = arguments.process(&world.machine)?;
    let bytes = length(arguments, MOST_BYTES)?;
    let address = arguments.number("address")?;
    let (_, copy) = world.machine.copy_from_user(id, address, bytes);
    Ok(copied(&copy))
}

fn copy_to_user(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = arguments.process(&world.machine)?;
    let bytes = match arguments.text("text") {
        Some(text) => text.as_bytes().to_vec(),
        None => {
            let value = arguments.within("value", 0, 255, 0)?;
            vec![value as u8; length(arguments, MOST_BYTES)?]
        }
    };
    let address = arguments.number("address")?;
    let copy = world.machine.copy_to_user(id, address, &bytes);
    Ok(copied(&copy))
}
