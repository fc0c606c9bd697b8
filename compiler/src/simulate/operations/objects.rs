//! Objects: `kmalloc` and named caches.

use mapwright_machine::slab::{CacheId, Object, SlabError};

use super::URGENCY;
use crate::simulate::operations::declaration::{
    Argument, Field, Operation, Takes, may, need, number, text,
};
use crate::simulate::outcome::{Outcome, Refusal};
use crate::simulate::refusals::{FRAMES, MEMORY, OBJECTS};
use crate::simulate::world::{Arguments, World};

/// The fields of an object.
const OBJECT: &[Field] = &[
    number("address"),
    number("physical"),
    number("cost"),
    text("cache"),
    number("new_frames"),
];

const CACHE: Argument = need("cache", Takes::Text, "the name of the cache");

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "kmalloc",
        does: "bytes in the direct map, contiguous in memory",
        arguments: &[
            need("bytes", Takes::Number, "how many bytes"),
            may(
                "zone",
                Takes::Choice(&["normal", "dma"]),
                "where they must lie",
            ),
            may(
                "urgency",
                Takes::Choice(URGENCY),
                "how deep into the reserves it may go",
            ),
            may("cpu", Takes::Number, "the processor that asks"),
        ],
        fields: OBJECT,
        refuses: &[&OBJECTS, &FRAMES, &MEMORY],
        run: kmalloc,
    },
    Operation {
        name: "kfree",
        does: "gives an object back, of kmalloc or of any cache",
        arguments: &[need("address", Takes::Number, "where the object begins")],
        fields: &[text("cache")],
        refuses: &[&OBJECTS, &MEMORY],
        run: kfree,
    },
    Operation {
        name: "cache_create",
        does: "a cache for objects of one size",
        arguments: &[
            CACHE,
            need("bytes", Takes::Number, "the bytes of an object"),
            may(
                "align",
                Takes::Number,
                "what objects begin at multiples of, 8 if left out",
            ),
        ],
        fields: &[number("cost"), number("per_slab"), number("order")],
        refuses: &[&OBJECTS],
        run: cache_create,
    },
    Operation {
        name: "cache_alloc",
        does: "an object of a cache",
        arguments: &[
            CACHE,
            may(
                "urgency",
                Takes::Choice(URGENCY),
                "how deep into the reserves it may go",
            ),
            may("cpu", Takes::Number, "the processor that asks"),
        ],
        fields: OBJECT,
        refuses: &[&OBJECTS, &FRAMES, &MEMORY],
        run: cache_alloc,
    },
    Operation {
        name: "cache_free",
        does: "gives an object of a cache back",
        arguments: &[
            CACHE,
            need("address", Takes::Number, "where the object begins"),
        ],
        fields: &[],
        refuses: &[&OBJECTS, &MEMORY],
        run: cache_free,
    },
    Operation {
        name: "cache_destroy",
        does: "takes a cache without objects away",
        arguments: &[CACHE],
        fields: &[],
        refuses: &[&OBJECTS, &MEMORY],
        run: cache_destroy,
    },
    Operation {
        name: "reap_slabs",
        does: "gives back all slabs without objects",
        arguments: &[],
        fields: &[number("slabs")],
        refuses: &[&MEMORY],
        run: reap_slabs,
    },
];

fn cache(world: &World<'_>, arguments: &Arguments) -> Result<CacheId, Refusal> {
    let name = arguments.text("cache").unwrap_or("");
    let unknown = || SlabError::UnknownCache { name: name.into() };
    Ok(world.machine.slabs().named(name).ok_or_else(unknown)?)
}

fn object(world: &World<'_>, object: Object) -> Result<Outcome, Refusal> {
    let cache = world.machine.slabs().cache(object.cache)?;
    let physical = world.machine.linear_windows().physical_of(object.address);
    let new_frames = object.new_slab.map_or(0, |(_, order)| 1 << order);
    Ok(Outcome::new()
        .hex("address", object.address)
        .maybe_hex("physical", physical)
        .count("cost", object.cost)
        .text("cache", &cache.spec().name)
        .count("new_frames", new_frames))
}

fn kmalloc(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let flags = arguments.flags(&world.machine)?;
    let given = world.machine.kmalloc(arguments.number("bytes")?, flags)?;
    object(world, given)
}

fn kfree(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = world.machine.kfree(arguments.number("address")?)?;
    let cache = world.machine.slabs().cache(id)?;
    Ok(Outcome::new().text("cache", &cache.spec().name))
}

fn cache_create(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let name = arguments.text("cache").unwrap_or("");
    let bytes = arguments.number("bytes")?;
    let align = arguments.maybe("align").unwrap_or(8);
    let id = world.machine.cache_create(name, bytes, align)?;
    let shape = world.machine.slabs().cache(id)?.shape();
    Ok(Outcome::new()
        .count("cost", shape.stride)
        .count("per_slab", shape.objects)
        .count("order", shape.order.into()))
}

fn cache_alloc(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = cache(world, arguments)?;
    let flags = arguments.flags(&world.machine)?;
    let given = world.machine.cache_alloc(id, flags)?;
    object(world, given)
}

fn cache_free(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = cache(world, arguments)?;
    world.machine.cache_free(id, arguments.number("address")?)?;
    Ok(Outcome::new())
}

fn cache_destroy(world: &mut World<'_>, arguments: &Arguments) -> Result<Outcome, Refusal> {
    let id = cache(world, arguments)?;
    world.machine.cache_destroy(id)?;
    Ok(Outcome::new())
}

fn reap_slabs(world: &mut World<'_>, _: &Arguments) -> Result<Outcome, Refusal> {
    let slabs = world.machine.reap_slabs()?;
    Ok(Outcome::new().count("slabs", slabs))
}
