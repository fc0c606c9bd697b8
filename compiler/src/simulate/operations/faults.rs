//! Faults put in on purpose: allocations that fail, allocators that are wrong, memory written behind the kernel's back.

use mapwright_machine::buddy::FrameRequest;
use mapwright_machine::physical::{FailEvery, Interposer, Verdict};

use super::translation;
use crate::simulate::operations::declaration::{Operation, Takes, may, need, number};
use crate::simulate::outcome::{Outcome, Refusal};
use crate::simulate::refusals::{MEMORY, PAGE_FAULTS, PROCESSES};
use crate::simulate::world::{Arguments, World};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "fail_allocation",
        does: "requests for frames fail from now on, whatever is free; none with neither argument",
        arguments: &[
            may("every", Takes::Number, "every so many-th request fails"),
            may(
                "nth",
                Takes::Number,
                "that request alone fails, counted from 1",
            ),
        ],
        fields: &[],
        refuses: &[],
        run: fail_allocation,
    },
    Operation {
        name: "break_allocator",
        does: "a request for frames is served with a wrong frame",
        arguments: &[
            need("frame", Takes::Number, "the frame that is given"),
            may(
                "nth",
                Takes::Number,
                "at which request from now on, 1 if left out",
            ),
        ],
        fields: &[],
        refuses: &[],
        run: break_allocator,
    },
    Operation {
        name: "corrupt",
        does: "changes the last entry of an address in its table, behind the kernel's back",
        arguments: &[
            need("address", Takes::Number, "the address"),
            may(
                "process",
                Takes::Number,
                "whose tables; the kernel's own if left out",
            ),
            may("flip", Takes::Number, "the bits to invert"),
            may("entry", Takes::Number, "the new entry"),
        ],
        fields: &[
            number("before"),
            number("entry"),
            number("entry_at"),
            number("bytes"),
        ],
        refuses: &[&PAGE_FAULTS, &PROCESSES, &MEMORY],
        run: corrupt,
    },
    Operation {
        name: "peek",
        does: "reads physical memory",
        arguments: &[
            need("physical", Takes::Number, "where"),
            may("bytes", Takes::Number, "1 to 8 bytes, 1 if left out"),
        ],
        fields: &[number("value")],
        refuses: &[&MEMORY],
        run: peek,
    },
    Operation {
        name: "poke",
        does: "writes physical memory behind the kernel's back",
        arguments: &[
            need("physical", Takes::Number, "where"),
            need("value", Takes::Number, "what"),
            may("bytes", Takes::Number, "1 to 8 bytes, 1 if left out"),
        ],
        fields: &[number("before")],
        refuses: &[&MEMORY],
        run: poke,
    },
];

/// Lets one request fail, or be served with a wrong frame.
struct Once {
    number: u64,
    verdict: Verdict,
}

impl Interposer for Once {
    fn decide(&mut self, number: u64, _: &FrameRequest<'_>) -> Verdict {
        if number == self.number {
            self.verdict
        } else {
            Verdict::Serve
        }
    }
}

fn fail_allocation(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let interposer: Option<Box<dyn Interposer>> =
        match (arguments.maybe("every"), arguments.maybe("nth")) {
            (Some(_), Some(_)) => {
                let why = "and `nth` cannot both be";
                return Err(Refusal::argument("every", why));
            }
            (Some(period), None) => Some(Box::new(FailEvery { period })),
            (None, Some(number)) => Some(Box::new(Once {
                number,
                verdict: Verdict::Fail,
            })),
            (None, None) => None,
        };
    world.machine.physical_mut().interpose(interposer);
    Ok(Outcome::new())
}

fn break_allocator(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let frame = arguments.within("frame", 0, 1 << 52, 0)?;
    let once = Once {
        number: arguments.maybe("nth").unwrap_or(1),
        verdict: Verdict::GiveInstead(frame),
    };
    world.machine.physical_mut().interpose(Some(Box::new(once)));
    Ok(Outcome::new())
}

fn corrupt(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let page = translation::walk(world, arguments)?.page;
    let format = world.layout.format_of(world.machine.space());
    let bytes = format.map_or(8, |format| format.entry_bytes());
    let flipped = page.entry ^ arguments.maybe("flip").unwrap_or(0);
    let entry = arguments.maybe("entry").unwrap_or(flipped);
    let memory = world.machine.physical_mut().memory_mut();
    memory.write(page.entry_at, entry, bytes)?;
    Ok(Outcome::new()
        .hex("before", page.entry)
        .hex("entry", entry)
        .hex("entry_at", page.entry_at)
        .count("bytes", bytes.into()))
}

fn peek(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let mut word = [0; 8];
    let bytes = &mut word[..arguments.within("bytes", 1, 8, 1)? as usize];
    let at = arguments.number("physical")?;
    world.machine.physical().memory().read_bytes(at, bytes)?;
    Ok(Outcome::new().count("value", u64::from_le_bytes(word)))
}

fn poke(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let before = peek(world, arguments)?;
    let bytes = arguments.within("bytes", 1, 8, 1)? as usize;
    let value = arguments.number("value")?.to_le_bytes();
    let at = arguments.number("physical")?;
    let memory = world.machine.physical_mut().memory_mut();
    memory.write_bytes(at, &value[..bytes])?;
    let before = before
        .get(None)
        .and_then(crate::simulate::outcome::Value::number);
    Ok(Outcome::new().hex("before", before.unwrap_or(0)))
}
