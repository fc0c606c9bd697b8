//! Translators, as machine code and as table, against [`Layout::translate`] and each other.

use crate::samples::random_layouts::{addresses, layout};
use crate::samples::{Draft, i386, mixed, regular, sized, x86_64};
use mapwright_jit::{Answer, Engine, InverseTranslator, Translator};
use mapwright_machine::Random;
use mapwright_runtime::layout::{Layout, SpaceId, Target};
use mapwright_runtime::translate::Translation;
use proptest::prelude::*;
use std::thread;

fn linear(layout: &Layout) -> SpaceId {
    layout.space_named("linear").expect("linear")
}

fn physical(layout: &Layout) -> SpaceId {
    layout.space_named("physical").expect("physical")
}

/// Numbers that look random.
fn mix(number: u64) -> u64 {
    Random::new(number).word()
}

/// Addresses over everything: any 64 bits, and near the places.
fn random(layout: &Layout, count: u64) -> Vec<u64> {
    let places: Vec<_> = layout.places().map(|(_, place)| place.range).collect();
    let one = |number| {
        let x = mix(number);
        let place = &places[(x >> 8) as usize % places.len()];
        match x % 4 {
            0 => mix(x),
            1 => mix(x) >> (x >> 3 & 63),
            _ => place
                .base()
                .wrapping_add(mix(x) % (place.size().min(1 << 63) as u64 + 9)),
        }
    };
    (0..count).map(one).collect()
}

/// Both engines, one by one and in batches, give what the table of the layout gives.
fn agree(layout: &Layout, addresses: &[u64]) {
    let space = linear(layout);
    for engine in [Engine::Jit, Engine::Table] {
        let translator = Translator::with_engine(layout, space, engine);
        assert_eq!(translator.engine(), engine);
        agree_narrow(&translator, addresses);
        let mut targets = vec![1; addresses.len()];
        let mut codes = vec![1; addresses.len()];
        translator.translate_batch(addresses, &mut targets, &mut codes);
        for (at, address) in addresses.iter().enumerate() {
            let one = translator.translate(*address);
            let batch = Answer {
                physical: targets[at],
                code: codes[at],
            };
            assert_eq!(one, batch, "{engine}: {address:#x} alone and in a batch");
            let exact = layout.translate(space, *address);
            let decoded = translator.decode(layout, one);
            assert_eq!(decoded, exact, "{engine}: {address:#x}, {translator:?}");
            if !matches!(exact, Translation::Mapped { .. }) {
                assert_eq!(one.physical, *address);
            }
            assert_eq!(translator.place(one.code), exact.place());
        }
    }
}

/// Addresses of 32 bits give the same, whether 32 bits or 64 are read and written.
fn agree_narrow(translator: &Translator, addresses: &[u64]) {
    if !translator.is_narrow() {
        return;
    }
    let addresses: Vec<u32> = addresses.iter().map(|address| *address as u32).collect();
    let (mut targets, mut codes) = (vec![1; addresses.len()], vec![1; addresses.len()]);
    translator.translate_batch_32(&addresses, &mut targets, &mut codes);
    for (at, address) in addresses.iter().enumerate() {
        let wide = translator.translate((*address).into());
        let narrow = Answer {
            physical: targets[at].into(),
            code: codes[at],
        };
        assert_eq!(narrow, wide, "{address:#x}, {translator:?}");
    }
}

#[test]
fn narrow_translators() {
    let narrow = |layout: &Layout| Translator::new(layout, linear(layout)).is_narrow();
    assert!(narrow(&i386()));
    // Nothing is mapped below 4 GiB; what lies there keeps its address.
    assert!(narrow(&regular(3)));
    // Repeated pages of a space of 52 bits.
    assert!(!narrow(&x86_64()));
    let mapped = |at| {
        let mut draft = Draft::new("one", 32, 36, None);
        draft.linear("w", None, sized(0xFFFF_0000, 0x1_0000), at);
        draft.finish()
    };
    assert!(narrow(&mapped(0xFFFF_0000)));
    assert!(!narrow(&mapped(0xFFFF_0001)));
    assert!(!narrow(&mapped(1 << 32)));
}

#[test]
#[should_panic(expected = "targets have more than 32 bits")]
fn wide_targets_need_wide_batches() {
    let mut draft = Draft::new("pae", 32, 36, None);
    draft.linear("w", None, sized(0, 1), 1 << 32);
    let layout = draft.finish();
    let translator = Translator::new(&layout, linear(&layout));
    translator.translate_batch_32(&[0], &mut [0], &mut [0]);
}

/// Pieces of more than half of all 32-bit addresses, and such that end beyond them.
#[test]
fn large_pieces_of_narrow_spaces_agree() {
    for (base, size) in [
        (0, 1 << 32),
        (1, 0xF000_0000),
        (0x7000_0000, 0x9000_0000),
        (5, 1 << 31),
    ] {
        let mut draft = Draft::new("one", 33, 32, None);
        draft.linear("w", None, sized(base, size), 0);
        let layout = draft.finish();
        let mut stream = addresses(&layout, &[]);
        stream.extend((0..4096).map(|number| mix(number) >> 32));
        stream.extend((0..4096).map(|number| number * 0x10_0000));
        stream.extend((0..64).chain((0..64).map(|number| 0xFFFF_FFFF - number)));
        agree(&layout, &stream);
    }
}

#[test]
fn samples_agree_at_every_end() {
    for layout in [i386(), x86_64(), regular(1), regular(100), mixed(100)] {
        agree(&layout, &addresses(&layout, &[]));
    }
}

#[test]
fn samples_agree_on_a_million_addresses() {
    for layout in [i386(), x86_64(), regular(1000), mixed(1000)] {
        agree(&layout, &random(&layout, 250_000));
    }
}

#[test]
fn many_windows_agree() {
    for layout in [regular(65_536), mixed(20_000)] {
        agree(&layout, &random(&layout, 100_000));
        agree(&layout, &addresses(&layout, &[]));
    }
}

/// Streams that stay in a piece, and leave it in every lane of a group.
#[test]
fn runs_of_one_window_agree() {
    for layout in [i386(), x86_64(), regular(65_536)] {
        let places: Vec<u64> = layout
            .places()
            .map(|(_, place)| place.range.base())
            .collect();
        let mut stream = Vec::new();
        for number in 0..2000 {
            let base = places[mix(number) as usize % places.len()];
            for step in 0..mix(number) >> 32 & 31 {
                stream.push(base.wrapping_add(step * 64));
            }
        }
        agree(&layout, &stream);
    }
}

#[test]
fn an_empty_layout_has_a_translator() {
    let layout = Draft::new("empty", 64, 64, None).finish();
    agree(&layout, &[0, 1, u64::MAX, 1 << 63]);
    let layout = Draft::new("empty", 1, 64, None).finish();
    agree(&layout, &[0, 1, 2, u64::MAX]);
}

#[test]
fn every_length_of_a_batch() {
    let layout = i386();
    let all = random(&layout, 40);
    for length in 0..all.len() {
        agree(&layout, &all[..length]);
    }
}

#[test]
#[should_panic(expected = "one code for each address")]
fn lengths_must_agree() {
    let layout = i386();
    let translator = Translator::new(&layout, linear(&layout));
    translator.translate_batch(&[1, 2], &mut [0; 2], &mut [0; 1]);
}

/// Windows at distances that no table of decent size separates.
#[test]
fn scattered_windows_agree() {
    let mut draft = Draft::new("scattered", 64, 64, None);
    let mut bases: Vec<u64> = (0..3000_u64).map(|number| mix(number) & !0xff).collect();
    // Around each of some, one more at every distance that is a power of two.
    for number in 0..100_u64 {
        bases.extend((8..60).map(|bits| mix(number).wrapping_add(1 << bits) & !0xff));
    }
    bases.sort_unstable();
    bases.dedup();
    for (number, base) in bases.iter().enumerate() {
        draft.linear(
            &format!("w{number}"),
            None,
            sized(*base, 0x100),
            mix(*base) >> 1,
        );
    }
    let layout = draft.finish();
    agree(&layout, &addresses(&layout, &[]));
    agree(&layout, &random(&layout, 50_000));
}

#[test]
fn repeated_pages_of_any_size_agree() {
    let mut draft = Draft::new("repeated", 64, 32, None);
    for (number, unit) in [1, 3, 4096, 12_288, 1 << 31].into_iter().enumerate() {
        let range = sized((number as u64) << 34, 1 << 33);
        let at = if unit == 3 {
            1_u64.wrapping_neg()
        } else {
            0x1000
        };
        let target = Target::Linear {
            space: draft.physical,
            at,
            repeat: Some(unit),
        };
        let window = draft.window(&format!("w{number}"), None, range, target);
        draft.guard(&format!("g{number}"), window, sized(range.base() + 5, 2));
    }
    let layout = draft.finish();
    agree(&layout, &addresses(&layout, &[]));
    agree(&layout, &random(&layout, 50_000));
    inverse_agrees(
        &layout,
        &(0..20_000)
            .map(|n| mix(n) >> (32 + n % 32))
            .collect::<Vec<_>>(),
    );
}

/// The inverse is among what [`Layout::reverse`] finds, and its first.
fn inverse_agrees(layout: &Layout, targets: &[u64]) {
    let (space, target_space) = (linear(layout), physical(layout));
    for engine in [Engine::Jit, Engine::Table] {
        let inverse = InverseTranslator::with_engine(layout, space, target_space, engine);
        assert_eq!(inverse.engine(), engine);
        let mut addresses = vec![1; targets.len()];
        let mut codes = vec![1; targets.len()];
        inverse.translate_batch(targets, &mut addresses, &mut codes);
        for (at, target) in targets.iter().enumerate() {
            let one = inverse.translate(*target);
            assert_eq!((one.physical, one.code), (addresses[at], codes[at]));
            let exact = layout.reverse(space, target_space, *target);
            let window = inverse.window(one.code);
            assert_eq!(
                window,
                exact.first().map(|first| first.window),
                "{target:#x}"
            );
            let address = exact.first().map_or(*target, |first| first.address);
            assert_eq!(one.physical, address, "{engine}: {target:#x}, {inverse:?}");
        }
    }
}

#[test]
fn inverse_of_samples() {
    for layout in [i386(), x86_64(), regular(100), mixed(100)] {
        let mut targets: Vec<u64> = (0..50_000).map(|n| mix(n) >> (n % 64)).collect();
        for address in addresses(&layout, &[]) {
            if let Translation::Mapped { address, .. } = layout.translate(linear(&layout), address)
            {
                targets.extend([address, address.wrapping_sub(1), address.wrapping_add(1)]);
            }
        }
        inverse_agrees(&layout, &targets);
    }
}

#[test]
fn a_thousand_threads_share_one() {
    let layout = x86_64();
    let translator = Translator::new(&layout, linear(&layout));
    let addresses = random(&layout, 999);
    let mut expected = (vec![0; 999], vec![0; 999]);
    translator.translate_batch(&addresses, &mut expected.0, &mut expected.1);
    thread::scope(|scope| {
        for _ in 0..1000 {
            scope.spawn(|| {
                let mut found = (vec![0; 999], vec![0; 999]);
                translator.translate_batch(&addresses, &mut found.0, &mut found.1);
                assert_eq!(found, expected);
            });
        }
    });
}

/// The bytes of this process that are executable and come from no file.
#[cfg(target_os = "linux")]
fn code_bytes() -> u64 {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("the mappings");
    let size = |line: &str| -> Option<u64> {
        // `from-to rights offset device inode`, and nothing else for memory without a file.
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let [bounds, "r-xp", _, _, "0"] = fields[..] else {
            return None;
        };
        let (from, to) = bounds.split_once('-')?;
        Some(u64::from_str_radix(to, 16).ok()? - u64::from_str_radix(from, 16).ok()?)
    };
    maps.lines().filter_map(size).sum()
}

#[cfg(target_os = "linux")]
#[test]
fn dropped_translators_give_their_memory_back() {
    let layout = i386();
    let space = linear(&layout);
    let kept: Vec<Translator> = (0..500).map(|_| Translator::new(&layout, space)).collect();
    let held = code_bytes();
    assert!(held >= 500 * 4096, "{held} bytes");
    drop(kept);
    (0..2000).for_each(|_| drop(Translator::new(&layout, space)));
    // Other tests run beside this one and hold a few.
    assert!(
        code_bytes() < held / 4,
        "{held} bytes, then {}",
        code_bytes()
    );
}

#[test]
fn words() {
    let layout = regular(100);
    let translator = Translator::with_engine(&layout, linear(&layout), Engine::Table);
    assert_eq!(translator.engine().to_string(), "table");
    assert_eq!(translator.shape(), "radix, no node");
    assert_eq!(translator.space(), linear(&layout));
    assert!(translator.table_bytes() < 16 << 10);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn random_layouts_agree(
        layout in layout(),
        chance in prop::collection::vec(any::<u64>(), 64),
    ) {
        agree(&layout, &addresses(&layout, &chance));
        inverse_agrees(&layout, &addresses(&layout, &chance));
    }
}
