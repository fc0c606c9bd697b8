//! Memory pressure: swap, its policies, and victims.

use mapwright_machine::swap::{Policy, replay};

use crate::simulate::operations::declaration::{Operation, Takes, may, need, number};
use crate::simulate::outcome::{Outcome, Refusal};
use crate::simulate::refusals::{FRAMES, MEMORY, SWAP, TABLES};
use crate::simulate::world::{Arguments, World};

const POLICIES: &[&str] = &["fifo", "clock", "two_lists", "optimal"];

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "swap_on",
        does: "a place for pages that are written out",
        arguments: &[
            need("pages", Takes::Number, "how many pages fit"),
            may(
                "policy",
                Takes::Choice(POLICIES),
                "which page goes, `fifo` if left out",
            ),
        ],
        fields: &[],
        refuses: &[],
        run: swap_on,
    },
    Operation {
        name: "evict",
        does: "writes pages of processes out, chosen by the policy",
        arguments: &[may("pages", Takes::Number, "how many, 1 if left out")],
        fields: &[number("pages")],
        refuses: &[&SWAP, &FRAMES, &TABLES, &MEMORY],
        run: evict,
    },
    Operation {
        name: "end_victims",
        does: "whether the process with the most frames is ended when memory runs out",
        arguments: &[need("on", Takes::Flag, "whether it is")],
        fields: &[],
        refuses: &[],
        run: end_victims,
    },
    Operation {
        name: "replay",
        does: "a recorded trace of pages in so many frames, under a policy",
        arguments: &[
            need("policy", Takes::Choice(POLICIES), "which page goes"),
            need("frames", Takes::Number, "how many frames there are"),
            need("trace", Takes::Numbers, "the pages, in the order used"),
        ],
        fields: &[number("faults"), number("evictions"), number("references")],
        refuses: &[],
        run: replay_trace,
    },
];

fn policy(arguments: &Arguments) -> Policy {
    let word = arguments.text("policy").unwrap_or("");
    let mut all = Policy::ALL.into_iter();
    all.find(|policy| policy.word() == word).unwrap_or_default()
}

fn swap_on(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    world
        .machine
        .add_swap(arguments.number("pages")?, policy(arguments));
    Ok(Outcome::new())
}

fn evict(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    if world.machine.swap().is_none() {
        let message = "there is no swap: give it some with `swap_on`";
        return Err(Refusal::other("no_swap", message));
    }
    let wanted = arguments.maybe("pages").unwrap_or(1);
    let mut pages = 0;
    while pages < wanted && world.machine.evict()? {
        pages += 1;
    }
    Ok(Outcome::new().count("pages", pages))
}

fn end_victims(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    world.machine.end_victims(arguments.flag("on"));
    Ok(Outcome::new())
}

fn replay_trace(_: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    // More frames than pages change nothing.
    let frames = arguments.within("frames", 1, u64::MAX, 1)?.min(1 << 32) as usize;
    let counts = replay(policy(arguments), frames, arguments.numbers("trace"));
    Ok(Outcome::new()
        .count("faults", counts.faults)
        .count("evictions", counts.evictions)
        .count("references", counts.references))
}
