//! Processes and their memory.

use mapwright_machine::process::Backing;
use mapwright_runtime::Access;

use crate::simulate::operations::declaration::{Argument, Operation, Takes, may, need, number};
use crate::simulate::outcome::{Outcome, Refusal};
use crate::simulate::refusals::{FRAMES, MEMORY, PROCESSES, TABLES};
use crate::simulate::world::{Arguments, World};

const PROCESS: Argument = need("process", Takes::Number, "the process");
const ADDRESS: Argument = need("address", Takes::Number, "where the range begins");
const BYTES: Argument = need(
    "bytes",
    Takes::Number,
    "how many bytes, rounded up to pages",
);

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "spawn",
        does: "a process with the layout's areas",
        arguments: &[],
        fields: &[number("process"), number("root")],
        refuses: &[&FRAMES, &MEMORY],
        run: spawn,
    },
    Operation {
        name: "fork",
        does: "a copy of a process: frames are shared until somebody writes",
        arguments: &[PROCESS],
        fields: &[number("process"), number("root"), number("shared")],
        refuses: &[&PROCESSES, &FRAMES, &TABLES, &MEMORY],
        run: fork,
    },
    Operation {
        name: "exec",
        does: "the process begins anew with the layout's areas",
        arguments: &[PROCESS],
        fields: &[],
        refuses: &[&PROCESSES, &MEMORY],
        run: exec,
    },
    Operation {
        name: "exit",
        does: "ends a process and gives back everything of its own",
        arguments: &[PROCESS],
        fields: &[],
        refuses: &[&PROCESSES, &MEMORY],
        run: exit,
    },
    Operation {
        name: "brk",
        does: "moves the end of the heap",
        arguments: &[
            PROCESS,
            need("end", Takes::Number, "where the heap is to end"),
        ],
        fields: &[number("end")],
        refuses: &[&PROCESSES, &MEMORY],
        run: brk,
    },
    Operation {
        name: "mmap",
        does: "a new area of a process",
        arguments: &[
            PROCESS,
            BYTES,
            may("address", Takes::Number, "where; the first gap if left out"),
            may(
                "rights",
                Takes::Rights,
                "what the process may do, `rw` if left out",
            ),
            may(
                "backing",
                Takes::Choice(&["anon", "file"]),
                "what is behind it",
            ),
        ],
        fields: &[number("address"), number("bytes"), number("end")],
        refuses: &[&PROCESSES],
        run: mmap,
    },
    Operation {
        name: "munmap",
        does: "takes a range of a process away",
        arguments: &[PROCESS, ADDRESS, BYTES],
        fields: &[],
        refuses: &[&PROCESSES, &MEMORY],
        run: munmap,
    },
    Operation {
        name: "mprotect",
        does: "other rights for a range of a process",
        arguments: &[
            PROCESS,
            ADDRESS,
            BYTES,
            need("rights", Takes::Rights, "the new rights"),
        ],
        fields: &[],
        refuses: &[&PROCESSES, &TABLES, &MEMORY],
        run: mprotect,
    },
    Operation {
        name: "switch",
        does: "a context switch: the tables of a process are loaded, or the kernel's own",
        arguments: &[may(
            "process",
            Takes::Number,
            "the process; the kernel if left out",
        )],
        fields: &[number("root"), number("loaded")],
        refuses: &[&PROCESSES],
        run: switch,
    },
    Operation {
        name: "syscall",
        does: "a system call: another stack and privilege, the same tables",
        arguments: &[PROCESS],
        fields: &[
            number("stack"),
            number("root"),
            number("loaded"),
            number("privilege"),
        ],
        refuses: &[&PROCESSES, &FRAMES, &MEMORY],
        run: syscall,
    },
    Operation {
        name: "run_on",
        does: "what follows happens on another processor",
        arguments: &[need("cpu", Takes::Number, "the processor")],
        fields: &[],
        refuses: &[],
        run: run_on,
    },
];

fn made(world: &World<'_>, id: mapwright_machine::process::ProcessId) -> Result<Outcome, Refusal> {
    let process = world.machine.process(id)?;
    let root = process.tables().roots().first().copied();
    let outcome = Outcome::new().count("process", id.number().into());
    Ok(outcome.maybe_hex("root", root))
}

fn spawn(world: &mut World<'_>, _: &Arguments) -> Result<Outcome, Refusal> {
    let id = world.machine.spawn()?;
    made(world, id)
}

fn fork(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let parent = arguments.process(&world.machine)?;
    let child = world.machine.fork(parent)?;
    let shared = world.machine.process(child)?.resident_pages();
    Ok(made(world, child)?.count("shared", shared))
}

fn exec(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = arguments.process(&world.machine)?;
    world.machine.exec(id)?;
    Ok(Outcome::new())
}

fn exit(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = arguments.process(&world.machine)?;
    world.machine.exit(id)?;
    Ok(Outcome::new())
}

fn brk(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = arguments.process(&world.machine)?;
    let end = world.machine.brk(id, arguments.number("end")?)?;
    Ok(Outcome::new().hex("end", end))
}

fn rights(arguments: &Arguments) -> Access {
    let letters = arguments.text("rights").and_then(Access::from_letters);
    letters.unwrap_or(Access::new(true, true, false))
}

fn mmap(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = arguments.process(&world.machine)?;
    let bytes = arguments.number("bytes")?;
    let backing = match arguments.text("backing") {
        Some("file") => Backing::File,
        _ => Backing::Anon,
    };
    let at = arguments.maybe("address");
    let address = world
        .machine
        .mmap(id, at, bytes, rights(arguments), backing)?;
    // What was mapped is in whole pages, and fits the space.
    let bytes = bytes.next_multiple_of(world.machine.page());
    Ok(Outcome::new()
        .hex("address", address)
        .count("bytes", bytes)
        .hex("end", address.saturating_add(bytes)))
}

fn munmap(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = arguments.process(&world.machine)?;
    let (address, bytes) = (arguments.number("address")?, arguments.number("bytes")?);
    world.machine.munmap(id, address, bytes)?;
    Ok(Outcome::new())
}

fn mprotect(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = arguments.process(&world.machine)?;
    let (address, bytes) = (arguments.number("address")?, arguments.number("bytes")?);
    world
        .machine
        .mprotect(id, address, bytes, rights(arguments))?;
    Ok(Outcome::new())
}

fn switch(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let to = arguments.maybe_process(&world.machine)?;
    let loaded = world.machine.switch_to(to)?;
    let root = match to {
        Some(id) => world.machine.process(id)?.tables().roots().first(),
        None => world.machine.kernel_tables().roots().first(),
    };
    let root = root.copied();
    let outcome = Outcome::new().maybe_hex("root", root);
    Ok(outcome.count("loaded", loaded.into()))
}

fn syscall(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = arguments.process(&world.machine)?;
    let stack = world.stacks.top(&mut world.machine, id)?;
    let cpu = world.machine.this_cpu() as usize;
    let running = world.machine.processors()[cpu].current();
    world.machine.system_call(id)?;
    let root = world.machine.process(id)?.tables().roots().first().copied();
    Ok(Outcome::new()
        .maybe_hex("stack", stack)
        .maybe_hex("root", root)
        .count("loaded", (running != Some(id)).into())
        .count("privilege", 0))
}

fn run_on(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let cpu = arguments.cpu(&world.machine)?;
    world.machine.run_on(cpu);
    Ok(Outcome::new())
}
