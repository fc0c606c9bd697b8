//! Devices and their bus addresses.

use mapwright_machine::bus::{BusTables, DeviceId, DomainId};
use mapwright_runtime::Access;

use super::{ACCESS, access};
use crate::simulate::operations::declaration::{Argument, Operation, Takes, may, need, number};
use crate::simulate::outcome::{Outcome, Refusal};
use crate::simulate::refusals::{BUS, BUS_FAULTS, FRAMES, MEMORY, PROCESSES, Subject, TABLES};
use crate::simulate::world::{Arguments, World};

const DEVICE: Argument = need("device", Takes::Text, "the name of the device");
const ADDRESS: Argument = need("address", Takes::Number, "the bus address");

/// A device that shares the tables of a process makes its pages come in as the process would.
const DMA: &[&Subject] = &[&BUS, &BUS_FAULTS, &PROCESSES, &FRAMES, &TABLES, &MEMORY];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "add_device",
        does: "a device on the bus",
        arguments: &[
            need("device", Takes::Text, "its name"),
            may("bits", Takes::Number, "its address lines, 32 if left out"),
        ],
        fields: &[number("device")],
        refuses: &[&BUS],
        run: add_device,
    },
    Operation {
        name: "add_domain",
        does: "tables for devices: an IOMMU's own, or those of the kernel or of a process",
        arguments: &[
            may(
                "tables",
                Takes::Choice(&["own", "kernel", "process"]),
                "whose, `own` if left out",
            ),
            may("process", Takes::Number, "the process, for its tables"),
        ],
        fields: &[number("domain")],
        refuses: &[&BUS, &PROCESSES, &FRAMES, &TABLES, &MEMORY],
        run: add_domain,
    },
    Operation {
        name: "attach",
        does: "the tables of a domain translate for a device, or none",
        arguments: &[
            DEVICE,
            may("domain", Takes::Number, "the domain; none if left out"),
        ],
        fields: &[],
        refuses: &[&BUS],
        run: attach,
    },
    Operation {
        name: "bus_map",
        does: "makes a physical range reachable for a device: its bus address",
        arguments: &[
            DEVICE,
            need("physical", Takes::Number, "where the range begins"),
            need("bytes", Takes::Number, "how many bytes"),
            may(
                "rights",
                Takes::Rights,
                "what the device may do, `rw` if left out",
            ),
        ],
        fields: &[number("address")],
        refuses: &[&BUS, &FRAMES, &TABLES, &MEMORY],
        run: bus_map,
    },
    Operation {
        name: "bus_unmap",
        does: "takes such a mapping away",
        arguments: &[DEVICE, ADDRESS],
        fields: &[],
        refuses: &[&BUS, &TABLES, &MEMORY],
        run: bus_unmap,
    },
    Operation {
        name: "bus_translate",
        does: "what a device finds at a bus address",
        arguments: &[
            DEVICE,
            ADDRESS,
            may(
                "access",
                Takes::Choice(ACCESS),
                "what is done, `read` if left out",
            ),
        ],
        fields: &[number("physical"), number("reads"), number("room")],
        refuses: DMA,
        run: bus_translate,
    },
    Operation {
        name: "dma_read",
        does: "a device reads a number, the lowest byte first",
        arguments: &[
            DEVICE,
            ADDRESS,
            may("bytes", Takes::Number, "1 to 8 bytes, 1 if left out"),
        ],
        fields: &[number("value")],
        refuses: DMA,
        run: dma_read,
    },
    Operation {
        name: "dma_write",
        does: "a device writes a number, the lowest byte first",
        arguments: &[
            DEVICE,
            ADDRESS,
            need("value", Takes::Number, "the number"),
            may("bytes", Takes::Number, "1 to 8 bytes, 1 if left out"),
        ],
        fields: &[],
        refuses: DMA,
        run: dma_write,
    },
];

fn device(world: &World<'_>, arguments: &Arguments) -> Result<DeviceId, Refusal> {
    let name = arguments.text("device").unwrap_or("");
    world.machine.device_named(name).ok_or_else(|| {
        let message = format!("is `{name}`, which no device above is called");
        Refusal::argument("device", message)
    })
}

fn add_device(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let name = arguments.text("device").unwrap_or("");
    let bits = arguments.within("bits", 0, 1 << 16, 32)?;
    // It was checked to be small.
    let id = world.machine.add_device(name, bits as u32)?;
    Ok(Outcome::new().count("device", id.number().into()))
}

fn add_domain(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let uses = match arguments.text("tables") {
        Some("kernel") => BusTables::Kernel,
        Some("process") => BusTables::Process(arguments.process(&world.machine)?),
        _ => BusTables::Own,
    };
    let id = world.machine.add_domain(uses)?;
    Ok(Outcome::new().count("domain", id.number().into()))
}

fn domain(world: &World<'_>, number: u64) -> Result<DomainId, Refusal> {
    let mut domains = world.machine.domains().map(|domain| domain.id());
    let found = domains.find(|id| u64::from(id.number()) == number);
    found.ok_or_else(|| {
        let message = format!("is {number}, which is no domain (any more)");
        Refusal::argument("domain", message)
    })
}

fn attach(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = device(world, arguments)?;
    let to = arguments.maybe("domain");
    let to = to.map(|number| domain(world, number)).transpose()?;
    world.machine.attach(id, to)?;
    Ok(Outcome::new())
}

fn bus_map(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = device(world, arguments)?;
    let (physical, bytes) = (arguments.number("physical")?, arguments.number("bytes")?);
    let rights = arguments.text("rights").and_then(Access::from_letters);
    let rights = rights.unwrap_or(Access::new(true, true, false));
    let address = world.machine.bus_map(id, physical, bytes, rights)?;
    Ok(Outcome::new().hex("address", address))
}

fn bus_unmap(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = device(world, arguments)?;
    world.machine.bus_unmap(id, arguments.number("address")?)?;
    Ok(Outcome::new())
}

fn bus_translate(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = device(world, arguments)?;
    let address = arguments.number("address")?;
    let walk = world
        .machine
        .bus_translate(id, address, access::kind(arguments))?;
    Ok(Outcome::new()
        .hex("physical", walk.physical)
        .count("reads", walk.reads.into())
        .count("room", walk.room))
}

fn dma_read(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = device(world, arguments)?;
    let mut word = [0; 8];
    let bytes = &mut word[..arguments.within("bytes", 1, 8, 1)? as usize];
    world
        .machine
        .dma_read(id, arguments.number("address")?, bytes)?;
    Ok(Outcome::new().count("value", u64::from_le_bytes(word)))
}

fn dma_write(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = device(world, arguments)?;
    let bytes = arguments.within("bytes", 1, 8, 1)? as usize;
    let value = arguments.number("value")?.to_le_bytes();
    let address = arguments.number("address")?;
    world.machine.dma_write(id, address, &value[..bytes])?;
    Ok(Outcome::new())
}
