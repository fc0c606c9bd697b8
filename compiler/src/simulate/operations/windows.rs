//! The kernel's dynamic windows: areas, slots, fixed slots.

use mapwright_machine::{KernelArea, KmapResult};

use crate::simulate::operations::declaration::{Field, Operation, Takes, may, need, number, text};
use crate::simulate::outcome::{Outcome, Refusal};
use crate::simulate::refusals::{FRAMES, MEMORY, TABLES, WINDOWS};
use crate::simulate::world::{Arguments, World};

/// The fields of an area.
const AREA: &[Field] = &[
    number("address"),
    number("bytes"),
    number("pages"),
    number("end"),
    text("window"),
];

/// The fields of a fixed slot.
const FIXED: &[Field] = &[
    number("address"),
    number("physical"),
    number("overwritten"),
    number("before"),
    text("window"),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "vmalloc",
        does: "bytes that are contiguous in a window only, page by page",
        arguments: &[
            need("bytes", Takes::Number, "how many bytes"),
            may(
                "window",
                Takes::Window,
                "the window, `vmalloc` or the largest if left out",
            ),
        ],
        fields: AREA,
        refuses: &[&WINDOWS, &FRAMES, &TABLES, &MEMORY],
        run: vmalloc,
    },
    Operation {
        name: "vfree",
        does: "takes an area away, with its frames",
        arguments: &[need("address", Takes::Number, "where the area begins")],
        fields: AREA,
        refuses: &[&WINDOWS, &TABLES, &MEMORY],
        run: vfree,
    },
    Operation {
        name: "ioremap",
        does: "maps a device's physical range; where the direct map shows it, that is its address",
        arguments: &[
            need("physical", Takes::Number, "where the range begins"),
            need("bytes", Takes::Number, "how many bytes"),
        ],
        fields: AREA,
        refuses: &[&WINDOWS, &FRAMES, &TABLES, &MEMORY],
        run: ioremap,
    },
    Operation {
        name: "iounmap",
        does: "takes such a mapping away",
        arguments: &[need("address", Takes::Number, "what ioremap gave")],
        fields: AREA,
        refuses: &[&WINDOWS, &TABLES, &MEMORY],
        run: iounmap,
    },
    Operation {
        name: "borrow",
        does: "maps memory that belongs to others, to reach it",
        arguments: &[
            need("physical", Takes::Number, "where the range begins"),
            need("bytes", Takes::Number, "how many bytes"),
            may(
                "window",
                Takes::Window,
                "the window, `vmalloc` or the largest if left out",
            ),
        ],
        fields: AREA,
        refuses: &[&WINDOWS, &FRAMES, &TABLES, &MEMORY],
        run: borrow,
    },
    Operation {
        name: "give_back",
        does: "gives borrowed addresses back",
        arguments: &[need("address", Takes::Number, "what borrow gave")],
        fields: AREA,
        refuses: &[&WINDOWS, &TABLES, &MEMORY],
        run: give_back,
    },
    Operation {
        name: "kmap",
        does: "an address for a frame: its own in the direct map, or a slot's",
        arguments: &[
            need("frame", Takes::Number, "the frame"),
            may(
                "wait",
                Takes::Flag,
                "wait when all slots are in use, instead of being refused",
            ),
        ],
        fields: &[
            number("address"),
            number("frame"),
            number("slot"),
            number("users"),
            number("ticket"),
            text("how"),
        ],
        refuses: &[&WINDOWS, &FRAMES, &TABLES, &MEMORY],
        run: kmap,
    },
    Operation {
        name: "kunmap",
        does: "one user of a frame's slot less",
        arguments: &[need("frame", Takes::Number, "the frame")],
        fields: &[
            number("users"),
            number("slot"),
            number("woken"),
            number("address"),
        ],
        refuses: &[&WINDOWS, &FRAMES, &TABLES, &MEMORY],
        run: kunmap,
    },
    Operation {
        name: "kmap_atomic",
        does: "an address for a frame without waiting: the fixed slot of a processor and a type",
        arguments: &[
            need("frame", Takes::Number, "the frame"),
            may("cpu", Takes::Number, "the processor, 0 if left out"),
            may(
                "type",
                Takes::Number,
                "the type (KM_USER0 and the like), 0 if left out",
            ),
        ],
        fields: FIXED,
        refuses: &[&WINDOWS, &FRAMES, &TABLES, &MEMORY],
        run: kmap_atomic,
    },
    Operation {
        name: "kunmap_atomic",
        does: "frees such a slot",
        arguments: &[
            may("cpu", Takes::Number, "the processor, 0 if left out"),
            may("type", Takes::Number, "the type, 0 if left out"),
        ],
        fields: &[number("address"), number("physical")],
        refuses: &[&WINDOWS, &TABLES, &MEMORY],
        run: kunmap_atomic,
    },
    Operation {
        name: "set_fixmap",
        does: "makes a fixed slot show a page",
        arguments: &[
            need("slot", Takes::Slot, "the name of the slot or group"),
            need(
                "physical",
                Takes::Number,
                "the physical address of the page",
            ),
            may(
                "member",
                Takes::Number,
                "the number in its group, 0 if left out",
            ),
        ],
        fields: FIXED,
        refuses: &[&WINDOWS, &FRAMES, &TABLES, &MEMORY],
        run: set_fixmap,
    },
    Operation {
        name: "clear_fixmap",
        does: "frees a fixed slot",
        arguments: &[
            need("slot", Takes::Slot, "the name of the slot or group"),
            may(
                "member",
                Takes::Number,
                "the number in its group, 0 if left out",
            ),
        ],
        fields: &[number("address"), number("physical")],
        refuses: &[&WINDOWS, &TABLES, &MEMORY],
        run: clear_fixmap,
    },
];

fn area(world: &World<'_>, mapped: KernelArea) -> Outcome {
    let page = world.machine.page();
    let start = mapped.address - mapped.address % page;
    Outcome::new()
        .hex("address", mapped.address)
        .count("bytes", mapped.bytes)
        .count("pages", mapped.pages)
        .hex("end", start.saturating_add(mapped.bytes))
        .text("window", world.window_at(mapped.address))
}

fn vmalloc(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let bytes = arguments.number("bytes")?;
    let mapped = world.machine.vmalloc(bytes, arguments.text("window"))?;
    Ok(area(world, mapped))
}

fn vfree(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let mapped = world.machine.vfree(arguments.number("address")?)?;
    Ok(area(world, mapped))
}

fn ioremap(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let (at, bytes) = (arguments.number("physical")?, arguments.number("bytes")?);
    let mapped = world.machine.ioremap(at, bytes)?;
    Ok(area(world, mapped))
}

fn iounmap(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let mapped = world.machine.iounmap(arguments.number("address")?)?;
    Ok(area(world, mapped))
}

/// What was mapped need not begin at a page: its area does.
fn give_back(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let address = arguments.number("address")?;
    let start = address - address % world.machine.page();
    let mapped = world.machine.vfree(start)?;
    Ok(area(world, mapped))
}

fn borrow(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let (at, bytes) = (arguments.number("physical")?, arguments.number("bytes")?);
    let window = arguments.text("window");
    let mapped = world.machine.borrow_memory(at, bytes, window)?;
    Ok(area(world, mapped))
}

fn kmap(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let frame = arguments.number("frame")?;
    let result = world.machine.kmap(frame, arguments.flag("wait"))?;
    let outcome = Outcome::new();
    Ok(match result {
        KmapResult::Direct { address } => {
            let outcome = outcome.hex("address", address).hex("frame", frame);
            outcome.text("how", "direct")
        }
        KmapResult::Slot {
            address,
            slot,
            users,
        } => outcome
            .hex("address", address)
            .hex("frame", frame)
            .count("slot", slot)
            .count("users", users.into())
            .text("how", "slot"),
        KmapResult::Waits { ticket } => {
            let outcome = outcome.hex("frame", frame).count("ticket", ticket);
            outcome.text("how", "waits")
        }
    })
}

fn kunmap(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let done = world.machine.kunmap(arguments.number("frame")?)?;
    let mut outcome = Outcome::new();
    if let Some(freed) = done.freed {
        outcome = outcome
            .count("users", freed.users.into())
            .count("slot", freed.slot);
    }
    if let Some(woken) = done.woken {
        outcome = outcome.count("woken", woken.ticket);
        if let KmapResult::Slot { address, .. } = woken.result {
            outcome = outcome.hex("address", address);
        }
    }
    Ok(outcome)
}

fn kmap_atomic(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let frame = arguments.number("frame")?;
    let cpu = arguments.cpu(&world.machine)?;
    let kind = arguments.maybe("type").unwrap_or(0);
    let (address, before) = world.machine.kmap_atomic(cpu, kind, frame)?;
    Ok(Outcome::new()
        .hex("address", address)
        .maybe_hex("physical", frame.checked_mul(world.machine.page()))
        .count("overwritten", before.is_some().into())
        .maybe_hex("before", before.map(|before| before.physical))
        .text("window", world.window_at(address)))
}

fn kunmap_atomic(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let cpu = arguments.cpu(&world.machine)?;
    let kind = arguments.maybe("type").unwrap_or(0);
    let was = world.machine.kunmap_atomic(cpu, kind)?;
    Ok(Outcome::new()
        .hex("address", was.address)
        .hex("physical", was.physical))
}

fn set_fixmap(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let name = arguments.text("slot").unwrap_or("");
    let member = arguments.maybe("member").unwrap_or(0);
    let physical = arguments.number("physical")?;
    let (now, before) = world.machine.set_fixed(name, member, physical)?;
    Ok(Outcome::new()
        .hex("address", now.address)
        .hex("physical", now.physical)
        .count("overwritten", before.is_some().into())
        .maybe_hex("before", before.map(|before| before.physical))
        .text("window", world.window_at(now.address)))
}

fn clear_fixmap(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let name = arguments.text("slot").unwrap_or("");
    let member = arguments.maybe("member").unwrap_or(0);
    let was = world.machine.clear_fixed(name, member)?;
    Ok(Outcome::new()
        .hex("address", was.address)
        .hex("physical", was.physical))
}
