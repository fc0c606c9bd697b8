//! Operations of the kernel: frames, objects, areas, slots, devices.

use super::small::PAGE;
use super::world::{LivePages, RW, World, lawful, must, pick};
use mapwright_machine::buddy::Urgency;
use mapwright_machine::{FrameFlags, KmapResult, MachineError, ZoneChoice};

fn flags(a: u64) -> FrameFlags {
    FrameFlags {
        zone: [ZoneChoice::Dma, ZoneChoice::Normal, ZoneChoice::High][(a % 3) as usize],
        urgency: [
            Urgency::Normal,
            Urgency::Normal,
            Urgency::Atomic,
            Urgency::Emergency,
        ][(a / 3 % 4) as usize],
        cpu: (a / 12 % 2) as u32,
    }
}

pub(super) fn step(world: &mut World, kind: u8, a: u64, b: u64) -> Result<(), String> {
    match kind {
        // Mostly single frames, sometimes nearly all there is.
        0 | 1 => alloc_pages(world, a, [0, 0, 0, 0, 1, 1, 2, 3, 4, 7][(b % 10) as usize]),
        2 => alloc_pages(world, a, (b % 12) as u32),
        3 | 4 => free_pages(world, a, b),
        5 => {
            let object = lawful(world.machine.kmalloc(1 + a % 9_000, flags(b)))?;
            if let Some(object) = object {
                let value = world.value();
                must(world.machine.write_kernel(object.address, &[value]))?;
                world.objects.push((object.address, value));
            }
            Ok(())
        }
        6 => kfree(world, a),
        7 => caches(world, a, b),
        8 => {
            let area = lawful(world.machine.vmalloc(1 + a % (6 * PAGE), None))?;
            if let Some(area) = area {
                let value = world.value();
                must(world.machine.write_kernel(area.address, &[value]))?;
                world.areas.push((area.address, Some(value)));
            }
            Ok(())
        }
        9 => vfree(world, a),
        10 => {
            let at = world.device_address(a) + b % PAGE;
            let mapped = lawful(world.machine.ioremap(at, 1 + b % (3 * PAGE)))?;
            world
                .areas
                .extend(mapped.map(|area| (area.address & !(PAGE - 1), None)));
            Ok(())
        }
        11 => {
            let mapped = lawful(world.machine.borrow_memory(a * PAGE / 4, 1 + b, None))?;
            world
                .areas
                .extend(mapped.map(|area| (area.address & !(PAGE - 1), None)));
            Ok(())
        }
        12 | 13 => kmap(world, a),
        14 => kunmap(world, a),
        15 => atomic(world, a, b),
        16 => {
            let (member, frame) = (a % 2, b % 2048);
            lawful(world.machine.set_fixed("APIC", member, frame * PAGE))?;
            if a.is_multiple_of(3) {
                lawful(world.machine.clear_fixed("APIC", member))?;
            }
            Ok(())
        }
        17 => bus_map(world, a, b),
        18 => dma(world, a, b),
        _ => mistakes(world, a, b),
    }
}

fn alloc_pages(world: &mut World, a: u64, order: u32) -> Result<(), String> {
    let Some(given) = lawful(world.machine.alloc_pages(order, flags(a)))? else {
        return Ok(());
    };
    let value = world.value();
    let memory = world.machine.physical_mut().memory_mut();
    memory
        .write(given.frame * PAGE, value.into(), 1)
        .map_err(|error| error.to_string())?;
    world.pages.push(LivePages {
        frame: given.frame,
        order,
        value,
        bus: None,
        slots: 0,
    });
    Ok(())
}

/// Takes blocks until little memory is left.
pub(super) fn take_most(world: &mut World) -> Result<(), String> {
    for order in (2..8).rev() {
        while world.machine.physical().counts().free > 120 + (1 << order) {
            let held = world.pages.len();
            // Flags 2: from the highest zone.
            alloc_pages(world, 2, order)?;
            if world.pages.len() == held {
                break;
            }
        }
    }
    Ok(())
}

fn free_pages(world: &mut World, a: u64, b: u64) -> Result<(), String> {
    let Some(at) = pick(world.pages.len(), a) else {
        return Ok(());
    };
    let gone = world.pages.swap_remove(at);
    release(world, &gone)?;
    must(
        world
            .machine
            .free_pages(gone.frame, gone.order, (b % 2) as u32),
    )
}

/// Nothing shows the frames any more.
fn release(world: &mut World, pages: &LivePages) -> Result<(), String> {
    if let Some(bus) = pages.bus {
        must(world.machine.bus_unmap(world.card, bus))?;
    }
    for _ in 0..pages.slots {
        must(world.machine.kunmap(pages.frame))?;
    }
    Ok(())
}

fn kfree(world: &mut World, a: u64) -> Result<(), String> {
    let Some(at) = pick(world.objects.len(), a) else {
        return Ok(());
    };
    let (address, _) = world.objects.swap_remove(at);
    must(world.machine.kfree(address)).map(|_| ())
}

fn caches(world: &mut World, a: u64, b: u64) -> Result<(), String> {
    let Some(at) = pick(world.caches.len(), a).filter(|_| !b.is_multiple_of(8)) else {
        let name = format!("cache{}", a % 6);
        let made = lawful(world.machine.cache_create(&name, b % 5_000, 1 << (a % 8)))?;
        world.caches.extend(made.map(|cache| (cache, Vec::new())));
        return Ok(());
    };
    let cache = world.caches[at].0;
    match b % 8 {
        1..5 => {
            let object = lawful(world.machine.cache_alloc(cache, flags(a)))?;
            world.caches[at]
                .1
                .extend(object.map(|object| object.address));
        }
        5 | 6 => {
            if let Some(address) = world.caches[at].1.pop() {
                must(world.machine.cache_free(cache, address))?;
            }
        }
        _ => {
            let destroyed = lawful(world.machine.cache_destroy(cache))?;
            if destroyed.is_some() != world.caches[at].1.is_empty() {
                return Err("a cache is destroyed when it is empty".into());
            }
            if destroyed.is_some() {
                world.caches.swap_remove(at);
            }
        }
    }
    Ok(())
}

fn vfree(world: &mut World, a: u64) -> Result<(), String> {
    let Some(at) = pick(world.areas.len(), a) else {
        return Ok(());
    };
    let (address, _) = world.areas.swap_remove(at);
    must(world.machine.vfree(address)).map(|_| ())
}

fn kmap(world: &mut World, a: u64) -> Result<(), String> {
    let Some(at) = pick(world.pages.len(), a) else {
        return Ok(());
    };
    let (frame, value) = (world.pages[at].frame, world.pages[at].value);
    // Nobody waits: a process that sleeps is not part of this.
    let Some(result) = lawful(world.machine.kmap(frame, false))? else {
        return Ok(());
    };
    let address = match result {
        KmapResult::Direct { address } => address,
        KmapResult::Slot { address, .. } => {
            world.pages[at].slots += 1;
            address
        }
        KmapResult::Waits { .. } => return Err("nobody waits".into()),
    };
    read_back(world, address, value)
}

fn read_back(world: &mut World, address: u64, value: u8) -> Result<(), String> {
    let mut byte = [0];
    must(world.machine.read_kernel(address, &mut byte))?;
    if byte[0] == value {
        Ok(())
    } else {
        Err(format!("{address:#x} holds {}, not {value}", byte[0]))
    }
}

fn kunmap(world: &mut World, a: u64) -> Result<(), String> {
    let Some(at) = pick(world.pages.len(), a) else {
        return Ok(());
    };
    let pages = &mut world.pages[at];
    let done = world.machine.kunmap(pages.frame);
    // Frames of the direct map have no slot, and nothing to be wrong with.
    let high = pages.frame * PAGE >= 4 << 20;
    if done.is_ok() != (!high || pages.slots != 0) {
        return Err(format!("{} slots, but {done:?}", pages.slots));
    }
    if high && done.is_ok() {
        pages.slots -= 1;
    }
    lawful(done).map(|_| ())
}

fn atomic(world: &mut World, a: u64, b: u64) -> Result<(), String> {
    let (cpu, kind) = ((a % 2) as u32, b % 4);
    if let Some(at) = pick(world.pages.len(), b) {
        let (frame, value) = (world.pages[at].frame, world.pages[at].value);
        let mapped = lawful(world.machine.kmap_atomic(cpu, kind, frame))?;
        if let Some((address, _)) = mapped {
            read_back(world, address, value)?;
        }
    }
    if a % 5 < 3 {
        lawful(world.machine.kunmap_atomic(cpu, kind))?;
    }
    Ok(())
}

fn bus_map(world: &mut World, a: u64, b: u64) -> Result<(), String> {
    let domain = world.own_domain()?;
    let Some(at) = pick(world.pages.len(), a).filter(|_| domain.is_some()) else {
        return Ok(());
    };
    let pages = &world.pages[at];
    let (frame, order, bus) = (pages.frame, pages.order, pages.bus);
    if let Some(bus) = bus {
        must(world.machine.bus_unmap(world.card, bus))?;
        world.pages[at].bus = None;
        return Ok(());
    }
    let bytes = (PAGE << order).min(1 + b);
    world.pages[at].bus = lawful(world.machine.bus_map(world.card, frame * PAGE, bytes, RW))?;
    Ok(())
}

fn dma(world: &mut World, a: u64, b: u64) -> Result<(), String> {
    let mapped = world.pages.iter().position(|pages| pages.bus.is_some());
    let Some(at) = mapped else {
        let mut bytes = [0; 8];
        return lawful(world.machine.dma_read(world.card, a * b, &mut bytes)).map(|_| ());
    };
    let bus = world.pages[at].bus.unwrap_or(0);
    if world.domain.is_some() {
        let mut byte = [0];
        must(world.machine.dma_read(world.card, bus, &mut byte))?;
        if byte[0] != world.pages[at].value {
            return Err(format!("a device reads {}", byte[0]));
        }
        let value = world.value();
        must(world.machine.dma_write(world.card, bus, &[value]))?;
        world.pages[at].value = value;
    }
    let mut bytes = [0; 100];
    let read = world
        .machine
        .dma_read(world.card, bus + a * PAGE, &mut bytes);
    lawful(read).map(|_| ())
}

/// What callers do wrong has a name, and changes nothing.
fn mistakes(world: &mut World, a: u64, b: u64) -> Result<(), String> {
    let before = world.machine.physical().counts();
    let wrong = |what: &str, done: Result<(), MachineError>| match done {
        Err(MachineError::Law(violation)) => Err(violation.to_string()),
        Err(_) => Ok(()),
        Ok(()) => Err(format!("a mistake was not seen: {what}")),
    };
    let machine = &mut world.machine;
    let frame = a % 2048;
    if !world.pages.iter().any(|pages| pages.frame == frame) {
        wrong("free", machine.free_pages(frame, (b % 3) as u32, 0))?;
        if frame >= 1024 {
            wrong("kunmap", machine.kunmap(frame).map(|_| ()))?;
        }
    }
    if let Some(pages) = world.pages.first() {
        let (frame, order) = (pages.frame, pages.order);
        wrong("order", machine.free_pages(frame, order + 1, 0))?;
    }
    // Objects lie at multiples of 8.
    let object = (3 << 30) + a * 4096 + (b | 1);
    wrong("kfree", machine.kfree(object).map(|_| ()))?;
    wrong("vfree", machine.vfree(0xF000_0000 + (b | 1)).map(|_| ()))?;
    wrong(
        "ioremap",
        machine.ioremap(a * PAGE % (8 << 20), 1 + b).map(|_| ()),
    )?;
    if world.domain.is_some() {
        wrong("bus", machine.bus_unmap(world.card, 0x7000_0000_0000 + a))?;
    }
    wrong("foreign", machine.free_pages(1 << 40, 0, 0))?;
    if world.machine.physical().counts() == before {
        Ok(())
    } else {
        Err("a mistake changed something".into())
    }
}

/// Frames, objects and areas hold what was written to them.
pub(super) fn contents(world: &mut World) -> Result<(), String> {
    let memory = world.machine.physical().memory();
    for pages in &world.pages {
        let found = memory.read(pages.frame * PAGE, 1);
        if found != Ok(pages.value.into()) {
            return Err(format!(
                "frame {:#x} holds {found:?}, not {}",
                pages.frame, pages.value
            ));
        }
    }
    let objects = world.objects.iter().copied();
    let areas = world
        .areas
        .iter()
        .filter_map(|(at, value)| value.map(|value| (*at, value)));
    for (address, value) in objects.chain(areas).collect::<Vec<_>>() {
        read_back(world, address, value)?;
    }
    Ok(())
}

pub(super) fn give_back(world: &mut World) -> Result<(), String> {
    // The domain is gone, and its mappings with it.
    for mut pages in std::mem::take(&mut world.pages) {
        pages.bus = None;
        release(world, &pages)?;
        must(world.machine.free_pages(pages.frame, pages.order, 0))?;
    }
    while !world.objects.is_empty() {
        kfree(world, 0)?;
    }
    while !world.areas.is_empty() {
        vfree(world, 0)?;
    }
    for (cache, objects) in std::mem::take(&mut world.caches) {
        for address in objects {
            must(world.machine.cache_free(cache, address))?;
        }
        must(world.machine.cache_destroy(cache))?;
    }
    Ok(())
}
