//! For every bundled layout: machine code and table agree, forward and back, at every boundary and on random addresses.

use mapwright::source::{Disk, Input};
use mapwright::{Options, bundled, compile};
use mapwright_jit::{Engine, Translator};
use mapwright_machine::Random;
use mapwright_runtime::layout::{Layout, SpaceId};
use mapwright_runtime::translate::Translation;

/// Random addresses for each space of each layout.
const RANDOM: usize = 1_000_000;

fn layout(name: &str, set: &[&str]) -> Layout {
    let options = Options {
        set: set.iter().map(ToString::to_string).collect(),
        instance: true,
        ..Options::default()
    };
    let made = compile(&Input::named(&format!("std:{name}")), &Disk, &options).expect("bundled");
    made.lowered
        .unwrap_or_else(|| panic!("{name} {set:?}: {:?}", made.diagnostics))
        .layout
}

/// The first and last byte of every place, each with its neighbours one byte and one page away.
fn boundaries(layout: &Layout, space: SpaceId) -> Vec<u64> {
    let mut addresses = vec![0, u64::MAX];
    for (_, place) in layout.places().filter(|(_, place)| place.space == space) {
        for edge in [place.range.base(), place.range.last()] {
            for distance in [0, 1, 0xFFF, 0x1000, 0x1001] {
                addresses.push(edge.wrapping_add(distance));
                addresses.push(edge.wrapping_sub(distance));
            }
        }
    }
    addresses
}

/// Half of them anywhere in the space, half of them near the places, where the meanings are.
fn random(layout: &Layout, space: SpaceId, seed: u64) -> Vec<u64> {
    let mut random = Random::new(seed);
    let ranges: Vec<_> = layout
        .places()
        .filter(|(_, p)| p.space == space)
        .map(|(_, p)| p.range)
        .collect();
    let last = layout.space_range(space).last();
    (0..RANDOM)
        .map(|at| match (at % 2, ranges.len()) {
            (0, _) | (_, 0) => random.word() & last,
            (_, count) => {
                let range = ranges[(random.word() % count as u64) as usize];
                let offset = match range.size() {
                    size if size > u128::from(u64::MAX) => random.word(),
                    size => random.word() % (size as u64),
                };
                range.base() + offset
            }
        })
        .collect()
}

fn agree(layout: &Layout, space: SpaceId, addresses: &[u64]) {
    for engine in [Engine::Jit, Engine::Table] {
        let translator = Translator::with_engine(layout, space, engine);
        let (mut physical, mut codes) = (vec![0; addresses.len()], vec![0; addresses.len()]);
        translator.translate_batch(addresses, &mut physical, &mut codes);
        for (at, &address) in addresses.iter().enumerate() {
            let exact = layout.translate(space, address);
            let answer = translator.translate(address);
            assert_eq!(
                (answer.physical, answer.code),
                (physical[at], codes[at]),
                "{address:#x}: one and many, {engine:?}"
            );
            let fast = translator.decode(layout, answer);
            assert_eq!(
                fast,
                exact,
                "{address:#x} in {} by {engine:?}",
                layout.name()
            );
        }
    }
}

/// What an address means is found again from where it leads.
fn invert(layout: &Layout, space: SpaceId, addresses: &[u64]) {
    for &address in addresses {
        if let Translation::Mapped {
            space: target,
            address: frame,
            ..
        } = layout.translate(space, address)
        {
            let back = layout.reverse(space, target, frame);
            let found = back.iter().any(|inverse| {
                (0..inverse.count).any(|n| {
                    inverse.address.wrapping_add(n.wrapping_mul(inverse.stride)) == address
                })
            });
            assert!(
                found,
                "{address:#x} -> {frame:#x}, which comes back as {back:?}"
            );
        }
    }
}

#[test]
fn machine_code_and_table_agree_on_every_bundled_layout() {
    let settings: &[(&str, &[&str])] = &[
        ("linux/i386", &[]),
        (
            "linux/i386",
            &["RAM=64G", "PAE=true", "PAGE_OFFSET=0x8000_0000"],
        ),
        ("linux/i386", &["RAM=16M", "KERNEL=v2.6.24"]),
        ("linux/i386-3g1g", &["RAM=4G"]),
        ("linux/x86_64", &[]),
        ("linux/x86_64", &["KERNEL=v3.10"]),
        ("examples/small-kernel", &[]),
        ("examples/kestrel", &[]),
    ];
    for name in bundled::names() {
        let listed = settings.iter().any(|(listed, _)| *listed == name);
        assert!(
            listed || name.starts_with("paging/"),
            "{name} is not compared"
        );
    }
    for (seed, (name, set)) in settings.iter().enumerate() {
        let layout = layout(name, set);
        let spaces: Vec<SpaceId> = layout
            .spaces()
            .filter(|(_, s)| s.to.is_some())
            .map(|(id, _)| id)
            .collect();
        assert!(!spaces.is_empty(), "{name} translates nothing");
        for space in spaces {
            let edges = boundaries(&layout, space);
            agree(&layout, space, &edges);
            agree(&layout, space, &random(&layout, space, seed as u64));
            invert(&layout, space, &edges);
        }
    }
}
