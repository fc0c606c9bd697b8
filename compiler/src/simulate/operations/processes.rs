//! Processes and their memory.

use mapwright_runtime::Access;
use mapwright_runtime::machine::process::Backing;
use mapwright_runtime::machine::{FrameFlags, ZoneChoice};

use crate::simulate::operation::{Argument, Operation, Takes, may, need, number};
use crate::simulate::outcome::{Outcome, Refusal};
use crate::simulate::session::{Arguments, Session};

const PROCESS: Argument = need("process", Takes::Number, "the process");
const ADDRESS: Argument = need("address", Takes::Number, "where the range begins");
const BYTES: Argument = need(
    "bytes",
    Takes::Number,
    "how many bytes, rounded up to pages",
);

/// A kernel stack is two pages: THREAD_SIZE of 32-bit x86.
const STACK_ORDER: u32 = 1;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "spawn",
        does: "a process with the layout's areas",
        arguments: &[],
        fields: &[number("process"), number("root")],
        run: spawn,
    },
    Operation {
        name: "fork",
        does: "a copy of a process: frames are shared until somebody writes",
        arguments: &[PROCESS],
        fields: &[number("process"), number("root"), number("shared")],
        run: fork,
    },
    Operation {
        name: "exec",
        does: "the process begins anew with the layout's areas",
        arguments: &[PROCESS],
        fields: &[],
        run: exec,
    },
    Operation {
        name: "exit",
        does: "ends a process and gives back everything of its own",
        arguments: &[PROCESS],
        fields: &[],
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
        run: mmap,
    },
    Operation {
        name: "munmap",
        does: "takes a range of a process away",
        arguments: &[PROCESS, ADDRESS, BYTES],
        fields: &[],
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
        run: syscall,
    },
    Operation {
        name: "run_on",
        does: "what follows happens on another processor",
        arguments: &[need("cpu", Takes::Number, "the processor")],
        fields: &[],
        run: run_on,
    },
];

fn made(
    session: &Session<'_>,
    id: mapwright_runtime::machine::process::ProcessId,
) -> Result<Outcome, Refusal> {
    let process = session.machine.process(id)?;
    let root = process.tables().roots().first().copied();
    let outcome = Outcome::new().count("process", id.number().into());
    Ok(outcome.maybe_hex("root", root))
}

fn spawn(session: &mut Session<'_>, _: &Arguments) -> Result<Outcome, Refusal> {
    let id = session.machine.spawn()?;
    made(session, id)
}

fn fork(session: &mut Session<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let parent = session.process(arguments)?;
    let child = session.machine.fork(parent)?;
    let shared = session.machine.process(child)?.resident_pages();
    Ok(made(session, child)?.count("shared", shared))
}

fn exec(session: &mut Session<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = session.process(arguments)?;
    session.machine.exec(id)?;
    Ok(Outcome::new())
}

fn exit(session: &mut Session<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = session.process(arguments)?;
    session.machine.exit(id)?;
    Ok(Outcome::new())
}

fn brk(session: &mut Session<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = session.process(arguments)?;
    let end = session.machine.brk(id, arguments.number("end")?)?;
    Ok(Outcome::new().hex("end", end))
}

fn rights(arguments: &Arguments) -> Access {
    let letters = arguments.text("rights").and_then(Access::from_letters);
    letters.unwrap_or(Access::new(true, true, false))
}

fn mmap(session: &mut Session<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = session.process(arguments)?;
    let bytes = arguments.number("bytes")?;
    let backing = match arguments.text("backing") {
        Some("file") => Backing::File,
        _ => Backing::Anon,
    };
    let at = arguments.maybe("address");
    let address = session
        .machine
        .mmap(id, at, bytes, rights(arguments), backing)?;
    // What was mapped is in whole pages, and fits the space.
    let bytes = bytes.next_multiple_of(session.machine.page());
    Ok(Outcome::new()
        .hex("address", address)
        .count("bytes", bytes)
        .hex("end", address.saturating_add(bytes)))
}

fn munmap(session: &mut Session<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = session.process(arguments)?;
    let (address, bytes) = (arguments.number("address")?, arguments.number("bytes")?);
    session.machine.munmap(id, address, bytes)?;
    Ok(Outcome::new())
}

fn mprotect(session: &mut Session<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = session.process(arguments)?;
    let (address, bytes) = (arguments.number("address")?, arguments.number("bytes")?);
    session
        .machine
        .mprotect(id, address, bytes, rights(arguments))?;
    Ok(Outcome::new())
}

fn switch(session: &mut Session<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let to = session.maybe_process(arguments)?;
    let loaded = session.machine.switch_to(to)?;
    let root = match to {
        Some(id) => session.machine.process(id)?.tables().roots().first(),
        None => session.machine.kernel_tables().roots().first(),
    };
    let root = root.copied();
    let outcome = Outcome::new().maybe_hex("root", root);
    Ok(outcome.count("loaded", loaded.into()))
}

/// The first call of a process gives it a kernel stack, in the direct map.
fn syscall(session: &mut Session<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = session.process(arguments)?;
    if !session.stacks.contains_key(&id.number()) {
        let flags = FrameFlags::from(ZoneChoice::Normal);
        let stack = session.machine.alloc_pages(STACK_ORDER, flags)?;
        session.stacks.insert(id.number(), stack);
    }
    let cpu = session.machine.this_cpu() as usize;
    let running = session.machine.processors()[cpu].current();
    session.machine.system_call(id)?;
    let stack = session.stacks.get(&id.number()).and_then(|stack| {
        let bytes = session.machine.page() << stack.order;
        stack.address?.checked_add(bytes)
    });
    let root = session
        .machine
        .process(id)?
        .tables()
        .roots()
        .first()
        .copied();
    Ok(Outcome::new()
        .maybe_hex("stack", stack)
        .maybe_hex("root", root)
        .count("loaded", (running != Some(id)).into())
        .count("privilege", 0))
}

fn run_on(session: &mut Session<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let cpu = session.cpu(arguments)?;
    session.machine.run_on(cpu);
    Ok(Outcome::new())
}
