//! Interpreter, machine code, machine code with a cache, and a walker that shares nothing with them: the same on random
//! trees of every format.

use super::formats;
use super::naive::{self, Bytes, Naive};
use super::trees::{self, Tree};
use mapwright_jit::{Answer, Engine, Translator, WalkCache, WalkEngine, Walker};
use mapwright_machine::Random;
use mapwright_runtime::paging::Format;
use mapwright_runtime::walk::{Image, Interpreter, Reading, Rights, Walk, WalkFault};

/// A fault as the naive walker says it.
fn naive_fault(address: u64, fault: &WalkFault) -> Naive {
    let (level, at, entry) = fault.place().unwrap_or((0, address, 0));
    Naive::Fault(fault.word(), level, at, entry)
}

fn naive_rights(rights: Rights) -> [bool; 6] {
    [
        Rights::READ,
        Rights::WRITE,
        Rights::KERNEL_EXECUTE,
        Rights::USER,
        Rights::USER_EXECUTE,
        Rights::GLOBAL,
    ]
    .map(|right| rights.has(right))
}

/// A walk as the naive walker says it.
fn naive_walk(address: u64, walk: &Result<Walk, WalkFault>) -> Naive {
    match walk {
        Ok(walk) => Naive::Mapped(
            walk.physical,
            walk.level,
            walk.page.bytes,
            naive_rights(walk.page.rights),
            walk.reserved.map(|fault| fault.level().expect("an entry")),
        ),
        Err(fault) => naive_fault(address, fault),
    }
}

/// An answer of a batch, without the entry of a fault.
fn naive_answer(walker: &Walker, physical: u64, code: u32) -> Naive {
    match walker.fault(physical, code) {
        Some((word, level, at)) => Naive::Fault(word, level, at, 0),
        None => {
            let found = walker.mapped(physical, code).expect("mapped or a fault");
            let rights = naive_rights(found.rights);
            let told = found.reserved.then_some(0);
            Naive::Mapped(found.physical, found.level, found.page, rights, told)
        }
    }
}

/// What a batch can say of it: not which entry it was.
fn without_entry(naive: Naive) -> Naive {
    match naive {
        Naive::Mapped(physical, level, page, rights, Some(_)) => {
            Naive::Mapped(physical, level, page, rights, Some(0))
        }
        Naive::Fault(word, level, at, _) => Naive::Fault(word, level, at, 0),
        mapped => mapped,
    }
}

/// The same bytes as an image: in one piece, or cut at random places with some of it missing.
fn pieces<'a>(tree: &'a Tree, random: &mut Random) -> Vec<(u64, &'a [u8])> {
    let whole = vec![(tree.base, &tree.bytes[..])];
    if random.chance(1, 2) {
        return whole;
    }
    let mut cuts = Vec::new();
    for _ in 0..random.between(1, 12) {
        let cut = random.below(tree.bytes.len() as u64) as usize;
        cuts.push(if random.chance(3, 4) {
            cut & !0xfff
        } else {
            cut
        });
    }
    cuts.extend([0, tree.bytes.len()]);
    cuts.sort_unstable();
    let parts = cuts.windows(2).map(|cut| (cut[0], cut[1]));
    let kept = parts.filter(|_| random.chance(9, 10));
    kept.map(|(from, to)| (tree.base + from as u64, &tree.bytes[from..to]))
        .collect()
}

/// What one tree is tried with.
struct Trial<'a> {
    format: &'a Format,
    bits: u32,
    reading: Reading,
    interpreter: Interpreter,
    walker: Walker,
    cache: WalkCache,
}

impl Trial<'_> {
    /// Compares everything on so many addresses of a tree; the naive walker, which is slow, on the first
    /// `naive` of them. Notes which kinds of answers there were.
    fn compare(
        &mut self,
        tree: &Tree,
        random: &mut Random,
        count: usize,
        naive: usize,
        seen: &mut Vec<(&'static str, u32)>,
    ) {
        let pieces = pieces(tree, random);
        let mut image = Image::new(pieces.iter().copied()).expect("apart");
        if random.chance(1, 3) {
            image = image.bounded(random.between(13, 48) as u32);
        }
        let physical_bits = mapwright_runtime::walk::PhysicalMemory::physical_bits(&image);
        let bytes = Bytes {
            pieces,
            bits: physical_bits,
        };
        let addresses: Vec<u64> = (0..count)
            .map(|_| tree.address(self.format, random))
            .collect();
        let (mut physical, mut codes) = (vec![0; count], vec![0; count]);
        self.walker
            .walk_batch(&image, &tree.roots, &addresses, &mut physical, &mut codes);
        let (mut physical_cached, mut codes_cached) = (vec![0; count], vec![0; count]);
        for _ in 0..2 {
            self.walker.walk_batch_cached(
                &mut self.cache,
                &image,
                &tree.roots,
                &addresses,
                &mut physical_cached,
                &mut codes_cached,
            );
            for (at, address) in addresses.iter().enumerate() {
                let one = naive_answer(&self.walker, physical[at], codes[at]);
                let other = naive_answer(&self.walker, physical_cached[at], codes_cached[at]);
                let name = self.format.name();
                assert_eq!(one, other, "{name}: {address:#x} with a cache");
            }
        }
        for (at, address) in addresses.iter().enumerate() {
            let walk = self.interpreter.walk(&image, &tree.roots, *address);
            let expected = naive_walk(*address, &walk);
            let found = naive_answer(&self.walker, physical[at], codes[at]);
            let name = self.format.name();
            assert_eq!(without_entry(expected), found, "{name}: {address:#x}");
            if at < naive {
                let single = self.walker.walk(&image, &tree.roots, *address);
                assert_eq!(walk, single, "{name}: {address:#x}");
                let roots = &tree.roots;
                let naive = naive::walk(
                    &bytes,
                    self.format,
                    self.bits,
                    roots,
                    *address,
                    self.reading,
                );
                assert_eq!(naive, expected, "{name}: {address:#x}");
                let kind = match naive {
                    Naive::Mapped(.., Some(level)) => ("told", level),
                    Naive::Mapped(_, level, ..) => ("mapped", level),
                    Naive::Fault(word, level, ..) => (word, level),
                };
                if !seen.contains(&kind) {
                    seen.push(kind);
                }
            }
        }
    }
}

/// At least this many addresses are compared, of all formats together.
const ADDRESSES: usize = 8_000_000;

#[test]
fn all_walkers_agree() {
    agree(Reading::Strict, ADDRESSES, 24);
}

/// Readers of dumps, too, and they tell of the same entries.
#[test]
fn all_lax_walkers_agree() {
    agree(Reading::Lax, ADDRESSES / 4, 24);
}

fn agree(reading: Reading, addresses: usize, trees: usize) {
    let formats = formats::all();
    let count = addresses.div_ceil(formats.len() * trees);
    for (number, (format, bits)) in formats.iter().enumerate() {
        let walker = Walker::with_reading(format, *bits, reading);
        if cfg!(all(
            unix,
            any(target_arch = "x86_64", target_arch = "aarch64")
        )) {
            assert_eq!(walker.engine(), WalkEngine::Jit, "{}", format.name());
        }
        let mut trial = Trial {
            format,
            bits: *bits,
            reading,
            interpreter: Interpreter::with_reading(format, *bits, reading),
            cache: walker.cache(),
            walker,
        };
        let mut random = Random::new(number as u64);
        let mut seen = Vec::new();
        for _ in 0..trees {
            let tree = trees::tree(format, *bits, &mut random, 40);
            // Another image may be where the last one was, which nobody can see.
            trial.cache.invalidate_all();
            trial.compare(&tree, &mut random, count, count / 20, &mut seen);
        }
        check_seen(format, *bits, &mut seen);
        let told = seen.iter().any(|(kind, _)| *kind == "told");
        let may_tell = reading == Reading::Lax && has_reserved(format);
        assert_eq!(told, may_tell, "{}: {seen:?}", format.name());
    }
}

fn has_reserved(format: &Format) -> bool {
    let forms = || format.levels().iter().flat_map(|level| &level.forms);
    !format.spec().reserved.is_empty() || forms().any(|form| !form.reserved.is_empty())
}

/// The trees are worth something: they have shown all that the format can say.
fn check_seen(format: &Format, bits: u32, seen: &mut [(&'static str, u32)]) {
    seen.sort_unstable();
    let name = format.name();
    for (number, level) in format.levels().iter().enumerate() {
        let depth = number as u32;
        let leaf = level.forms.iter().any(|form| form.leaf);
        let mut kinds = vec!["not_present"];
        kinds.extend(leaf.then_some("mapped"));
        // A small top table may be in every image.
        kinds.extend((number > 0).then_some("image_hole"));
        for kind in kinds {
            let is = seen.contains(&(kind, depth));
            assert!(is, "{name}: no {kind} at level {depth}: {seen:?}");
        }
    }
    // A root alone is seldom beyond what a machine has.
    if format.levels().len() > 1 {
        let bad = |(kind, _): &(&str, u32)| *kind == "bad_table_address";
        assert!(seen.iter().any(bad), "{name}: {seen:?}");
    }
    if !format
        .canonical_ranges_in(bits)
        .iter()
        .any(|range| range.size() == 1 << 64)
    {
        assert!(seen.contains(&("non_canonical", 0)), "{name}: {seen:?}");
    }
}

/// The fallback says the same, and says that it is one.
#[test]
fn without_machine_code() {
    for (format, bits) in formats::all() {
        let jit = Walker::new(&format, bits);
        let plain = Walker::with_engine(&format, bits, Reading::Strict, WalkEngine::Interpreter);
        assert_eq!(plain.engine(), WalkEngine::Interpreter);
        assert!(!plain.is_cacheable());
        let mut random = Random::new(99);
        let tree = trees::tree(&format, bits, &mut random, 20);
        let image = Image::new([(tree.base, &tree.bytes[..])]).expect("one");
        let addresses: Vec<u64> = (0..5_000)
            .map(|_| tree.address(&format, &mut random))
            .collect();
        let mut cache = plain.cache();
        let (mut one, mut one_codes) = (vec![0; 5_000], vec![0; 5_000]);
        let (mut two, mut two_codes) = (vec![0; 5_000], vec![0; 5_000]);
        jit.walk_batch(&image, &tree.roots, &addresses, &mut one, &mut one_codes);
        let (roots, cache) = (&tree.roots, &mut cache);
        plain.walk_batch_cached(cache, &image, roots, &addresses, &mut two, &mut two_codes);
        for (at, address) in addresses.iter().enumerate() {
            assert_eq!(
                naive_answer(&jit, one[at], one_codes[at]),
                naive_answer(&plain, two[at], two_codes[at])
            );
            let answer = (one[at], one_codes[at]);
            let decoded = jit.decode(&image, roots, *address, answer);
            let walk = plain.walk(&image, roots, *address);
            assert_eq!(
                decoded.map(|found| found.physical),
                walk.map(|walk| walk.physical)
            );
        }
    }
}

/// Roots that no table can have, that are not given, and images without anything.
#[test]
fn roots_and_images_that_are_none() {
    for (format, bits) in formats::all() {
        let walker = Walker::new(&format, bits);
        let mut random = Random::new(5);
        let tree = trees::tree(&format, bits, &mut random, 8);
        let whole = Image::new([(tree.base, &tree.bytes[..])]).expect("one");
        let empty = Image::new([]).expect("none");
        let small = Image::new([(tree.base, &tree.bytes[..3])]).expect("one");
        let off: Vec<u64> = tree.roots.iter().map(|root| root + 8).collect();
        let high: Vec<u64> = tree.roots.iter().map(|root| root | 1 << 63).collect();
        let one = tree.roots[..1].to_vec();
        for roots in [Vec::new(), one, off, high, tree.roots.clone()] {
            for image in [&whole, &empty, &small] {
                let addresses: Vec<u64> = (0..300)
                    .map(|_| tree.address(&format, &mut random))
                    .collect();
                let (mut physical, mut codes) = (vec![0; 300], vec![0; 300]);
                walker.walk_batch(image, &roots, &addresses, &mut physical, &mut codes);
                for (at, address) in addresses.iter().enumerate() {
                    let walk = walker.interpreter().walk(image, &roots, *address);
                    assert_eq!(walk, walker.walk(image, &roots, *address));
                    let answer = naive_answer(&walker, physical[at], codes[at]);
                    assert_eq!(without_entry(naive_walk(*address, &walk)), answer);
                }
            }
        }
    }
}

/// A format may have a table that no memory holds: every engine leaves it alone.
#[test]
fn giant_tables_are_not_read() {
    let format = formats::giant();
    let image = Image::new([(0, &[0; 64][..])]).expect("one piece");
    let interpreter = Interpreter::new(&format, 64);
    let walker = Walker::new(&format, 64);
    for address in [0, 0x1c, 1 << 40, u64::MAX] {
        let walk = interpreter.walk(&image, &[0], address);
        assert!(walk.is_err(), "{address:#x}");
        assert_eq!(walk, walker.walk(&image, &[0], address), "{address:#x}");
    }
}

/// The other translators, in the same number: their machine code and their tables, and the layout itself for some.
#[test]
fn translators_agree() {
    let layouts = [
        crate::samples::i386(),
        crate::samples::x86_64(),
        crate::samples::mixed(300),
    ];
    let count = 2_000_000_usize.div_ceil(layouts.len());
    for layout in layouts {
        let space = layout.space_named("linear").expect("a space");
        let translators = [Engine::Jit, Engine::Table]
            .map(|engine| Translator::with_engine(&layout, space, engine));
        let places = layout.in_address_order(space);
        let mut random = Random::new(3);
        let mut address = || {
            let place = places[random.below(places.len() as u64) as usize];
            let range = layout.place(place).range;
            match random.below(8) {
                0 => random.word() & layout.space_range(space).last(),
                1 => range.base().wrapping_sub(random.below(2)),
                2 => range.last().wrapping_add(random.below(2)),
                _ => random.between(range.base(), range.last()),
            }
        };
        let addresses: Vec<u64> = (0..count).map(|_| address()).collect();
        let [(one, one_codes), (two, two_codes)] = translators.each_ref().map(|translator| {
            let (mut physical, mut codes) = (vec![0; count], vec![0; count]);
            translator.translate_batch(&addresses, &mut physical, &mut codes);
            (physical, codes)
        });
        for (at, address) in addresses.iter().enumerate() {
            let (first, second) = ((one[at], one_codes[at]), (two[at], two_codes[at]));
            assert_eq!(first, second, "{address:#x}");
            if at % 50 == 0 {
                let (physical, code) = first;
                let decoded = translators[0].decode(&layout, Answer { physical, code });
                assert_eq!(decoded, layout.translate(space, *address), "{address:#x}");
            }
        }
    }
}
