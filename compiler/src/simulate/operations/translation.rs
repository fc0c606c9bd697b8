//! Translation: through tables, through the direct map, by the layout, and by hand.

use mapwright_machine::Mode;
use mapwright_machine::tables::Walk;
use mapwright_runtime::translate::Translation;

use super::{ACCESS, MODES, access};
use crate::simulate::operations::declaration::{Field, Operation, Takes, may, need, number, text};
use crate::simulate::outcome::{Outcome, Refusal};
use crate::simulate::refusals::{DIRECT, NO_MEANING, PAGE_FAULTS, PROCESSES};
use crate::simulate::world::{Arguments, World, refs};

/// The fields of a split address: the index of each level, the top one first, at most five.
const SPLIT: &[Field] = &[
    number("index0"),
    number("index1"),
    number("index2"),
    number("index3"),
    number("index4"),
    number("offset"),
    text("indices"),
];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "translate",
        does: "what the tables say of an address, without touching it; with paging off, itself",
        arguments: &[
            need("address", Takes::Number, "the linear address"),
            may(
                "process",
                Takes::Number,
                "whose tables; the kernel's own if left out",
            ),
            may("access", Takes::Choice(ACCESS), "what would be done"),
            may(
                "mode",
                Takes::Choice(MODES),
                "who would do it, `kernel` if left out",
            ),
        ],
        fields: &[
            number("physical"),
            number("frame"),
            number("page"),
            number("reads"),
            number("refs"),
            number("entry"),
            number("entry_at"),
            text("window"),
            text("zone"),
            text("rights"),
        ],
        refuses: &[&PAGE_FAULTS, &PROCESSES],
        run: translate,
    },
    Operation {
        name: "meaning",
        does: "what the layout says of an address: its window, or why there is none",
        arguments: &[
            need("address", Takes::Number, "the address"),
            may(
                "space",
                Takes::Space,
                "its space, the one with page tables if left out",
            ),
        ],
        fields: &[number("physical"), text("meaning"), text("window")],
        refuses: &[&NO_MEANING],
        run: meaning,
    },
    Operation {
        name: "pa",
        does: "__pa(): the physical address of an address in the direct map",
        arguments: &[need("address", Takes::Number, "the address")],
        fields: &[number("physical"), text("zone")],
        refuses: &[&DIRECT],
        run: pa,
    },
    Operation {
        name: "va",
        does: "__va(): the address of a physical address in the direct map",
        arguments: &[need("physical", Takes::Number, "the physical address")],
        fields: &[number("address"), text("window")],
        refuses: &[&DIRECT],
        run: va,
    },
    Operation {
        name: "split",
        does: "the indices of an address in each level of tables",
        arguments: &[need("address", Takes::Number, "the address")],
        fields: SPLIT,
        refuses: &[],
        run: split,
    },
    Operation {
        name: "paging",
        does: "CR0.PG: with paging off, linear addresses are physical ones",
        arguments: &[need("on", Takes::Flag, "whether addresses are translated")],
        fields: &[],
        refuses: &[],
        run: paging,
    },
];

/// What an access would find at an address, without marking anything.
pub(super) fn walk(world: &World<'_>, arguments: &Arguments) -> Result<Walk, Refusal> {
    let address = arguments.number("address")?;
    let process = arguments.maybe_process(&world.machine)?;
    let mode = match arguments.text("mode") {
        Some("user") => Mode::User,
        _ => Mode::Kernel,
    };
    let kind = access::kind(arguments);
    Ok(world.machine.probe(process, address, kind, mode)?)
}

fn translate(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let address = arguments.number("address")?;
    if !world.paging {
        let outcome = Outcome::new().hex("physical", address);
        let outcome = outcome.hex("frame", address / world.machine.page());
        return Ok(outcome.count("reads", 0));
    }
    let walk = walk(world, arguments)?;
    let frame = walk.physical / world.machine.page();
    let mut outcome = Outcome::new()
        .hex("physical", walk.physical)
        .hex("frame", frame)
        .count("page", walk.page.bytes)
        .count("reads", walk.reads.into())
        .count("refs", refs(&world.machine, frame))
        .hex("entry", walk.page.entry)
        .hex("entry_at", walk.page.entry_at)
        .text("window", world.window_at(address));
    if let Some(zone) = world.zone_at(walk.physical) {
        outcome = outcome.text("zone", zone);
    }
    Ok(outcome.text("rights", walk.page.access))
}

fn meaning(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let address = arguments.number("address")?;
    let space = arguments.text("space");
    let space = space.and_then(|name| world.layout.space_named(name));
    let space = space.unwrap_or(world.machine.space());
    let translation = world.layout.translate(space, address);
    match translation {
        Translation::Fault(fault) => {
            let message = format!("{address:#x}: {}", translation.plain(world.layout));
            Err(Refusal::other(fault.word(), message))
        }
        Translation::Mapped { address, .. } => Ok(Outcome::new().hex("physical", address)),
        Translation::Dynamic { .. } => Ok(Outcome::new()),
    }
    .map(|outcome| {
        let kind = match translation {
            Translation::Mapped { .. } => "mapped",
            _ => "dynamic",
        };
        let place = translation.place().map(|place| world.layout.place(place));
        let outcome = outcome.text("meaning", kind);
        match place {
            Some(place) => outcome.text("window", place.label()),
            None => outcome,
        }
    })
}

fn pa(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let address = arguments.number("address")?;
    let windows = world.machine.linear_windows();
    let Some(physical) = windows.physical_of(address) else {
        let meaning = world.layout.translate(world.machine.space(), address);
        let is = meaning.plain(world.layout);
        let message = format!("{address:#x} is not in the direct map: it is `{is}`");
        return Err(Refusal::other("not_direct", message));
    };
    let outcome = Outcome::new().hex("physical", physical);
    Ok(match world.zone_at(physical) {
        Some(zone) => outcome.text("zone", zone),
        None => outcome,
    })
}

fn va(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let physical = arguments.number("physical")?;
    let Some(address) = world.machine.linear_windows().address_of(physical) else {
        let message = format!("no linear window shows {physical:#x}");
        return Err(Refusal::other("no_address", message));
    };
    let outcome = Outcome::new().hex("address", address);
    Ok(outcome.text("window", world.window_at(address)))
}

fn split(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let address = arguments.number("address")?;
    let Some(format) = world.layout.format_of(world.machine.space()) else {
        return Err(Refusal::argument(
            "address",
            "is in a space without page tables",
        ));
    };
    let numbers = SPLIT.iter().filter(|field| field.name.starts_with("index"));
    let mut outcome = Outcome::new();
    let mut words = Vec::new();
    for (level, field) in format.levels().iter().zip(numbers) {
        let index = level.index.of(address);
        outcome = outcome.count(field.name, index);
        words.push(index.to_string());
    }
    let offset = address % format.page_size();
    words.push(format!("{offset:#x}"));
    Ok(outcome
        .hex("offset", offset)
        .text("indices", words.join(" / ")))
}

fn paging(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    world.paging = arguments.flag("on");
    Ok(Outcome::new())
}
