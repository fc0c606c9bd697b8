//! Random tables in every bundled format, with pages of all sizes, holes, reserved bits and tables that are not there: the
//! interpreter, the machine code and the walks of the manuals find the same.

use super::list::bundled;
use super::naive::{self, Found};
use mapwright_jit::{WalkEngine, Walker};
use mapwright_machine::Random;
use mapwright_runtime::paging::{AddressForm, EntryForm, Format, Level};
use mapwright_runtime::walk::{Image, Interpreter, Walk, WalkFault};
use std::collections::BTreeMap;

/// Random addresses for each format.
const ADDRESSES: usize = 480_000;

/// The tables of a random tree.
struct Tables {
    roots: Vec<u64>,
    /// Stretches of memory by physical address.
    memory: Vec<(u64, Vec<u8>)>,
    entry_bytes: usize,
}

impl Tables {
    fn image(&self) -> Image<'_> {
        let pieces = self.memory.iter().map(|(base, bytes)| (*base, &bytes[..]));
        Image::new(pieces).expect("stretches are apart")
    }

    fn read(&self, at: u64) -> Option<u64> {
        let (base, bytes) = self
            .memory
            .iter()
            .find(|(base, bytes)| at >= *base && at - base < bytes.len() as u64)?;
        let offset = (at - base) as usize;
        let mut word = [0; 8];
        word[..self.entry_bytes].copy_from_slice(&bytes[offset..offset + self.entry_bytes]);
        Some(u64::from_le_bytes(word))
    }

    /// Random tables: two for each level and root, half of them low in memory, half where the upper bits of an address
    /// count.
    fn new(format: &Format, random: &mut Random) -> Self {
        let page = format.page_size();
        let high = (1_u64 << (format.physical_bits() - 1)) | page << 3;
        let mut next = [page, high];
        // Where the tables of each level are.
        let mut places: Vec<Vec<u64>> = Vec::new();
        let roots = if format.form() == AddressForm::TwoRoots {
            2
        } else {
            1
        };
        for depth in 0..format.levels().len() {
            let bytes = format.table_bytes(depth).expect("a level") as u64;
            let count = if depth == 0 { roots } else { 4 };
            let place = |number: usize| {
                // An upper directory of 32-bit x86 cannot be above 4G.
                let half = if depth == 0 { 0 } else { number % 2 };
                let at = next[half].next_multiple_of(bytes);
                next[half] = (at + bytes).next_multiple_of(page);
                at
            };
            places.push((0..count).map(place).collect());
        }
        let low = vec![0; next[0] as usize];
        let upper = vec![0; (next[1] - high) as usize];
        let mut tables = Self {
            roots: places[0].clone(),
            memory: vec![(0, low), (high, upper)],
            entry_bytes: format.entry_bytes() as usize,
        };
        for (depth, level) in format.levels().iter().enumerate() {
            let below = places.get(depth + 1).map_or(&[][..], Vec::as_slice);
            for table in &places[depth] {
                for index in 0..level.entries() {
                    let entry = entry(format, level, below, random);
                    tables.write(table + index * tables.entry_bytes as u64, entry);
                }
            }
        }
        tables
    }

    fn write(&mut self, at: u64, entry: u64) {
        let (base, bytes) = self
            .memory
            .iter_mut()
            .rev()
            .find(|(base, _)| at >= *base)
            .expect("in memory");
        let offset = (at - *base) as usize;
        let entry = &entry.to_le_bytes()[..self.entry_bytes];
        bytes[offset..offset + entry.len()].copy_from_slice(entry);
    }
}

/// An entry: mostly one that means something, with any attributes.
fn entry(format: &Format, level: &Level, below: &[u64], random: &mut Random) -> u64 {
    let word = u64::MAX >> (64 - 8 * format.entry_bytes());
    let made = match random.below(20) {
        0 => 0,
        1 => random.word() & word,
        // A table that is not there.
        2 => with_form(format, level, random.word(), false, random),
        kind => {
            let to_table = !below.is_empty() && kind < 13;
            let target = match to_table {
                true => below[random.below(below.len() as u64) as usize],
                false => random.word(),
            };
            with_form(format, level, target, !to_table, random)
        }
    };
    match random.below(16) {
        // One wrong bit.
        0 => (made ^ 1 << random.below(64)) & word,
        _ => made,
    }
}

/// An entry of a form that maps pages, or of one that points to tables, with random attributes. Attributes are tried until the
/// condition of the form holds: nothing here solves it.
fn with_form(format: &Format, level: &Level, target: u64, leaf: bool, random: &mut Random) -> u64 {
    let word = u64::MAX >> (64 - 8 * format.entry_bytes());
    let forms: Vec<&EntryForm> = level
        .forms
        .iter()
        .filter(|form| form.leaf == leaf)
        .collect();
    let Some(form) = forms.first() else {
        return random.word() & word;
    };
    let mut frame = 0;
    let mut places = 0;
    for piece in &form.frame {
        places |= piece.slice().mask();
        let mask = piece.slice().max_value();
        frame |= (target >> piece.shift & mask) << piece.lo;
    }
    let reserved = form.reserved.iter().chain(&format.spec().reserved);
    let reserved = reserved.fold(0, |mask, slice| mask | slice.mask());
    for _ in 0..500 {
        let entry = (random.word() & !places & !reserved | frame) & word;
        let fits = level.form_of(entry).is_some_and(|found| found == *form);
        if format.spec().present.holds(entry) && fits {
            // Most entries allow most things, or else no page at the bottom would.
            return entry;
        }
    }
    panic!("no entry of this form in {}", format.name());
}

/// An address near the middle of things: random indices, in a space of 64 bits; one in 16 anywhere.
fn address(format: &Format, random: &mut Random) -> u64 {
    let ranges = format.canonical_ranges();
    let anywhere = random.word();
    match random.below(16) {
        0 => anywhere,
        _ => {
            let range = ranges[random.below(ranges.len() as u64) as usize];
            range.base() + random.between(0, range.last() - range.base())
        }
    }
}

fn as_found(result: Result<Walk, WalkFault>) -> Found {
    match result {
        Ok(walk) => Found::Page {
            physical: walk.physical,
            bytes: walk.page.bytes,
            access: walk.page.access,
        },
        Err(WalkFault::NonCanonical) => Found::NonCanonical,
        Err(fault) => {
            let (level, at, entry) = fault.place().expect("a place");
            Found::Fault(fault.word(), level, at, entry)
        }
    }
}

/// What the walks must have met for the test to mean anything.
fn kind(found: &Found) -> String {
    match found {
        Found::Page { bytes, .. } => format!("page {bytes:#x}"),
        Found::Fault(word, level, ..) => format!("{word} {level}"),
        Found::NonCanonical => "non_canonical".into(),
    }
}

#[test]
fn four_walks_agree() {
    for (name, format) in bundled() {
        let mut random = Random::new(0x5eed);
        let tables = Tables::new(&format, &mut random);
        let image = tables.image();
        let interpreter = Interpreter::new(&format, 64);
        let code = Walker::new(&format, 64);
        assert_eq!(code.engine(), WalkEngine::Jit, "{name}");
        let addresses: Vec<u64> = (0..ADDRESSES)
            .map(|_| address(&format, &mut random))
            .collect();
        let (mut physical, mut codes) = (vec![0; ADDRESSES], vec![0; ADDRESSES]);
        code.walk_batch(&image, &tables.roots, &addresses, &mut physical, &mut codes);
        let (mut cached, mut cached_codes) = (vec![0; ADDRESSES], vec![0; ADDRESSES]);
        let mut cache = code.cache();
        code.walk_batch_cached(
            &mut cache,
            &image,
            &tables.roots,
            &addresses,
            &mut cached,
            &mut cached_codes,
        );
        assert_eq!((&cached, &cached_codes), (&physical, &codes), "{name}");
        let mut met: BTreeMap<String, u64> = BTreeMap::new();
        for (at, address) in addresses.iter().enumerate() {
            let expected = naive::walk(&name, &|at| tables.read(at), &tables.roots, *address);
            let walked = interpreter.walk(&image, &tables.roots, *address);
            assert_eq!(as_found(walked), expected, "{name} {address:#x}");
            // Each in turn, as one call costs more than one of a batch.
            if at % 16 == 0 {
                let walked = code.walk(&image, &tables.roots, *address);
                assert_eq!(as_found(walked), expected, "{name} {address:#x}");
            }
            let batch = match (code.mapped(physical[at], codes[at]), expected) {
                (
                    Some(mapped),
                    Found::Page {
                        physical,
                        bytes,
                        access,
                    },
                ) => {
                    (mapped.physical, mapped.page, mapped.rights.access())
                        == (physical, bytes, access)
                }
                (None, Found::Fault(word, level, entry_at, _)) => {
                    code.fault(physical[at], codes[at]) == Some((word, level, entry_at))
                }
                (None, Found::NonCanonical) => code
                    .fault(physical[at], codes[at])
                    .is_some_and(|(word, ..)| word == "non_canonical"),
                _ => false,
            };
            assert!(batch, "{name} {address:#x}: {expected:?}");
            *met.entry(kind(&expected)).or_default() += 1;
        }
        assert_met(&name, &format, &met);
    }
}

/// Pages of every size, and faults of every kind at every level.
fn assert_met(name: &str, format: &Format, met: &BTreeMap<String, u64>) {
    let mut expected: Vec<String> = format
        .leaf_sizes()
        .iter()
        .map(|size| format!("page {size:#x}"))
        .collect();
    for (level, declared) in format.levels().iter().enumerate() {
        // With so few entries, chance need not give one of every kind.
        if declared.entries() <= 4 {
            continue;
        }
        expected.push(format!("not_present {level}"));
        // Of x86 with two levels only large pages have reserved bits, and the last tables of four levels have none.
        let last = level + 1 == format.levels().len();
        let nothing_reserved = name.starts_with("x86_32") || name.starts_with("x86_64") && last;
        if !nothing_reserved {
            expected.push(format!("reserved_bit {level}"));
        }
        if level > 0 && format.levels()[level - 1].entries() > 4 {
            expected.push(format!("image_hole {level}"));
        }
    }
    if format.va_bits() < 64 {
        expected.push("non_canonical".into());
    }
    for kind in expected {
        assert!(met.contains_key(&kind), "{name} never met {kind}: {met:?}");
    }
}
