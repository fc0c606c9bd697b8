//! Page frames.

use super::URGENCY;
use crate::simulate::operations::declaration::{Operation, Takes, may, need, number, text};
use crate::simulate::outcome::{Outcome, Refusal};
use crate::simulate::refusals::{FRAMES, FREES, MEMORY};
use crate::simulate::world::{Arguments, World};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "alloc_pages",
        does: "2^order frames in one block",
        arguments: &[
            may(
                "order",
                Takes::Number,
                "the order of the block, 0 if left out",
            ),
            may(
                "zone",
                Takes::Zone,
                "where the request starts, `normal` if left out",
            ),
            may(
                "urgency",
                Takes::Choice(URGENCY),
                "how deep into the reserves it may go",
            ),
            may("cpu", Takes::Number, "the processor that asks"),
        ],
        fields: &[
            number("frame"),
            number("physical"),
            number("address"),
            number("order"),
            text("zone"),
            number("pressure"),
        ],
        refuses: &[&FRAMES, &MEMORY],
        run: alloc_pages,
    },
    Operation {
        name: "free_pages",
        does: "gives back what alloc_pages gave",
        arguments: &[
            need("frame", Takes::Number, "the first frame of the block"),
            may(
                "order",
                Takes::Number,
                "the order of the block, 0 if left out",
            ),
            may("cpu", Takes::Number, "the processor that gives it back"),
        ],
        fields: &[],
        refuses: &[&FREES, &MEMORY],
        run: free_pages,
    },
    Operation {
        name: "drain_lists",
        does: "gives the frames on the lists of processors back to the buddy systems",
        arguments: &[],
        fields: &[number("frames")],
        refuses: &[],
        run: drain_lists,
    },
];

fn alloc_pages(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let order = arguments.order()?;
    let flags = arguments.flags(&world.machine)?;
    let pages = world.machine.alloc_pages(order, flags)?;
    let physical = pages.frame * world.machine.page();
    let zone = world.machine.physical().zones().zone(pages.zone).name();
    Ok(Outcome::new()
        .hex("frame", pages.frame)
        .hex("physical", physical)
        .maybe_hex("address", pages.address)
        .count("order", pages.order.into())
        .text("zone", zone)
        .count("pressure", pages.pressure.into()))
}

fn free_pages(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let order = arguments.order()?;
    let cpu = arguments.cpu(&world.machine)?;
    let frame = arguments.number("frame")?;
    world.machine.free_pages(frame, order, cpu)?;
    Ok(Outcome::new())
}

fn drain_lists(world: &mut World<'_>, _: &Arguments) -> Result<Outcome, Refusal> {
    let zones = world.machine.physical().zones();
    let ids: Vec<_> = zones.iter().map(|(id, _)| id).collect();
    let frames = world.machine.physical_mut().zones_mut().drain(&ids);
    Ok(Outcome::new().count("frames", frames))
}
